"""
What attackers try at the human gate: `python -m galley_local.attacks` tries it on a stack here.

With `--link` it tries what needs no more than a link on any endpoint that you may attack; nothing
is decided by it unless the endpoint is broken.
"""
