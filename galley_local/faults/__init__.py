"""
What can go wrong, made to go wrong on a laptop: at a call that is chosen, and the same each time.

`python -m galley_local.faults` kills a worker at every AWS call of a run, each in a run of its own,
and prints what came of it.
"""
