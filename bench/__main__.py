"""Figures, printed: `make bench`."""

from bench import build, cold, gate, page, runs

runs.main()
for each in (gate, page, cold, build):
    print()
    each.main()
