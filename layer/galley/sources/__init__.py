"""Sources: what was found, what is chosen of it, and the passages that they hold."""
