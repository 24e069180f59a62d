"""Figures, printed: `make bench`."""

from bench import build, runs

runs.main()
print()
build.main()
