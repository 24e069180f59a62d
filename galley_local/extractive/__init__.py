"""
A mind without a model: it quotes the documents and invents nothing.

It answers the four agents' prompts on a laptop, so that a whole run needs no model, and the
same run gives the same report every time.
"""

from galley_local.extractive.mind import ExtractiveMind, UseTool

__all__ = ["ExtractiveMind", "UseTool"]
