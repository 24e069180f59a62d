"""
Errors planted in reports, to measure what the citation gate sees.

The reports are written by the extractive agents from the documents of this repository, so what
they state is true. Each case changes one sentence: an error is planted, or it is worded in another
way that is still true. Nothing here looks at how the gate works.
"""
