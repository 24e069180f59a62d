"""The `galley` command."""
