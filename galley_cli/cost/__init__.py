"""What a workflow costs: its own counts, at prices that have a source and a date."""
