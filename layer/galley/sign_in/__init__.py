"""Reviewers who sign in: the user pool's answers, and the sessions that are made of them."""
