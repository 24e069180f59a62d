"""
Errors the workflow knows by name. Step Functions matches the leaf's class name.

* GalleyError
  + RetryableError            the state machine tries again
    - AgentThrottledError         the agent service asks to slow down
    - AgentUnavailableError       the agent service failed, or said nothing
    - AgentReplyError             not what the role's contract says
    - CitationError               a draft cites what the sources do not hold
    - StorageUnavailableError     S3, DynamoDB or the mail service did not answer
    - BudgetReservedError         what is left of a budget is set aside for calls under way
  + TerminalError             the state machine stops the run
    - InvalidEventError           a function got an event that is not its own
    - InvalidRequestError         the request's fields are wrong; the message names them
    - StorageRefusedError         a role lacks a permission that its function needs
    - AgentRefusedError           the agent service will not take the call at all
    - BudgetExceededError         the next agent call, or turn, could cost more than is left
    - PriceMissingError           a budget is set, and nobody has noted what the model costs
    - IrrelevantSourceError       the source says nothing on the topic (a gap, not a dead run)
    - ArtifactMissingError        something an earlier state kept is gone
    - TooFewSourcesError          the quorum was not reached, or a reviewer has dropped all
    - RevisionLimitError          raised by the state machine: rejected more often than allowed
    - UnknownDecisionError        raised by the state machine: neither approved nor rejected
    - ApprovalExpiredError        raised by the state machine: nobody decided in time
    - ApprovalMismatchError       what would be published is not what was approved
    - RotationRefusedError        the next signing key would void links, or cannot sign
"""

import json
from typing import Any, Self


class GalleyError(Exception):
    """Any failure this application names."""

    tokens: Any = None  # of an agent call that failed: what it took, as far as its agent knows
    is_unread = False  # the agent service refused the call itself: nothing was read or is billed


class RetryableError(GalleyError):
    """A failure that may pass: the state machine tries the same call again."""


class TerminalError(GalleyError):
    """A failure that repeating cannot mend: the state machine records and reports it."""


class AgentThrottledError(RetryableError):
    """The agent service refused the call because of its rate or quota."""

    is_unread = True


class AgentUnavailableError(RetryableError):
    """The agent service failed, timed out, or closed its answer without a word."""


class AgentReplyError(RetryableError):
    """An agent's reply does not keep its role's contract."""


class CitationError(RetryableError):
    """A draft cites a source that this run does not have."""


class StorageUnavailableError(RetryableError):
    """A storage or mail service failed in a way that may pass."""


class BudgetReservedError(RetryableError):
    """What is left of a budget is set aside for calls that are under way and may cost less."""


class InvalidEventError(TerminalError):
    """An event is not for the function that got it; the message says what is expected."""


class InvalidRequestError(TerminalError):
    """A request cannot be run; the message says which fields and what is expected."""


class StorageRefusedError(TerminalError):
    """A storage or mail service does not let this function do what it needs to."""


class AgentRefusedError(TerminalError):
    """The agent service rejects the call, or a guardrail or filter stops what it was about."""

    is_gone = False  # it rejects every call: there is no such agent, or it may not be asked

    @classmethod
    def gone(cls, message: str) -> Self:
        """Return the error of an agent that cannot be asked at all."""
        error = cls.unread(message)
        error.is_gone = True
        return error

    @classmethod
    def unread(cls, message: str) -> Self:
        """Return the error of a call that the service has rejected before anything was read."""
        error = cls(message)
        error.is_unread = True
        return error


class BudgetExceededError(TerminalError):
    """
    The next agent call, or another turn of one, could cost more than is left of a budget.

    The message says of which.
    """


class PriceMissingError(TerminalError):
    """A budget cannot hold for a model whose price nobody has noted; the message says where to."""


class IrrelevantSourceError(TerminalError):
    """A source holds nothing on the topic."""


class ArtifactMissingError(TerminalError):
    """An artifact that the workflow points at is not in the bucket."""


class TooFewSourcesError(TerminalError):
    """Fewer summaries succeeded than a report needs."""


class RevisionLimitError(TerminalError):
    """The draft was rejected more often than the request allows."""


class UnknownDecisionError(TerminalError):
    """A decision arrived that is neither an approval nor a rejection."""


class ApprovalExpiredError(TerminalError):
    """Nobody decided before the deadline."""


class ApprovalMismatchError(TerminalError):
    """The draft in the bucket is not the draft that was approved."""


class RotationRefusedError(TerminalError):
    """The next signing key cannot take its place: not yet, or not at all; the message says why."""


def message_in(cause: str) -> str:
    """
    Return what a person wants to read of an execution's cause.

    What a function raised arrives as JSON, `{"errorMessage": …, "errorType": …, "stackTrace": …}`;
    a cause that the state machine words itself is text.
    """
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return cause
