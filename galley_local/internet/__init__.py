"""A small internet on this machine, for runs that must not leave it."""
