"""Deleting what a stack keeps of one workflow, of one tenant, or of all before a day."""
