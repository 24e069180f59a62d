"""Figures, printed: `make bench`."""

from bench import build, cold, exports, gate, page, runs

runs.main()
for each in (gate, page, exports, cold, build):
    print()
    each.main()
