"""Letters to reviewers: what they say, and that each is sent once."""
