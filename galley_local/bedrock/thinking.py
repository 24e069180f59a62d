"""What thinks behind the local agents, and what may become of its answers."""

import logging
from typing import Protocol

from galley_local.bedrock.session import ServiceError, Session

LOG = logging.getLogger(__name__)
GUARDED = "guardrail_intervened"
TOO_LONG = "max_tokens"


class Mind(Protocol):
    """What thinks behind the local agents."""

    def answer(self, role: str, prompt: str, session: Session, /) -> str:
        """Return the reply of a role to a prompt; a session is called to use a tool."""


class BrokenAnswerError(Exception):
    """
    An answer that does not come as it should.

    With a code, an exception stands in its stream, or, where that is `GUARDED`, what a guardrail
    says instead, and where it is `TOO_LONG`, what its model had said until then; with a text, it
    breaks off in the middle of that; with neither, it is empty.
    """

    def __init__(self, message: str, code: str = "", text: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.text = text


def think(mind: Mind, prompt: str, session: Session) -> str:
    """Return a mind's answer; what goes wrong in it is the service's own failure."""
    role = session.agent.role
    try:
        return mind.answer(role, prompt, session)
    except (ServiceError, BrokenAnswerError):
        raise
    except Exception as error:
        LOG.exception("the mind failed as %s", role)
        raise ServiceError(500, "InternalServerException", "the agent failed") from error
