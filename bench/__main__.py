"""Figures, printed: `make bench`."""

from bench import build, cold, page, runs

runs.main()
for each in (page, cold, build):
    print()
    each.main()
