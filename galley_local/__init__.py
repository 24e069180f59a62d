"""The same application on a laptop: the template that is deployed, in one process tree."""
