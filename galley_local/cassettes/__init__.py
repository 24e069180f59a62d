"""Cassettes: what agents answered, kept so that it can be played again without them."""
