"""A/B tests of one role: what workflows under each variant came to, and what that shows."""
