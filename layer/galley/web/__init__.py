"""The way to the internet: searches by providers, and pages that a search has named."""
