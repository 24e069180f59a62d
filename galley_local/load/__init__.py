"""Many workflows at once: that all of them end, and that none sees another's."""
