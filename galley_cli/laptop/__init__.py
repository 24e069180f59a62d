"""What runs on this machine: one workflow from topic to report, or a stack that stays."""
