"""The tokens of agent calls: of those that answered, and what is known of those that failed."""

import json
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from galley.errors import GalleyError

# English takes four to five bytes a token, Chinese and Japanese two and a half to three: with
# three, an estimate of what is not counted yet is rather too high.
BYTES_PER_TOKEN = 3

Failure = TypeVar("Failure", bound=GalleyError)


@dataclass(frozen=True)
class Tokens:
    """What a call took."""

    input_tokens: int = 0  # without those that came from a cache
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def __add__(self, other: Self) -> "Tokens":
        """Return the sum."""
        return Tokens(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
        )


def tokens_in(text: str) -> int:
    """Estimate the tokens of a text, rather too many than too few."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)


def tokens_of(messages: Any) -> int:
    """Estimate the tokens of a conversation, a text or messages of the service's form."""
    if isinstance(messages, str):
        return tokens_in(messages)
    # a model's hidden thoughts are bytes
    return tokens_in(json.dumps(messages, ensure_ascii=False, default=str))


def charged(error: Failure, known: Tokens, untold: Any = None) -> Failure:
    """
    Return a call's failure with what it took.

    `known` is what the service has counted; `untold` what it was last sent and has not counted. It
    was read all the same, unless the service refused to; what a guardrail stops was read.
    """
    if untold is not None and not error.is_unread:
        known += Tokens(input_tokens=tokens_of(untold))
    error.tokens = known
    return error
