"""Rules, schedules and what becomes of events that reach nobody."""
