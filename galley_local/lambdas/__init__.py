"""Lambda on a laptop: functions as deployed, in warm execution environments."""
