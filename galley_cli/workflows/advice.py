"""
What an error that ended a run means, and what to do: the table in docs/operations.md, as data.

Step Functions names an error by the class name of `galley.errors`, or by one of its own.
"""

from dataclasses import dataclass
from enum import StrEnum


class Redrive(StrEnum):
    """Whether a run that ended so can go on from where it failed."""

    NOW = "now"  # what failed may have passed
    AFTER = "after"  # once the cause is mended; before, it fails again
    NEVER = "never"  # it would fail again: a new workflow is needed


@dataclass(frozen=True)
class Advice:
    """What an error means, what to do, and whether to redrive."""

    meaning: str
    action: str
    redrive: Redrive


ADVICE = {
    "InvalidRequestError": Advice(
        "the request's fields are wrong; the message names each",
        "start again with a better request",
        Redrive.NEVER,
    ),
    "InvalidEventError": Advice(
        "a function got an event that is not its own; parts of the stack are of different releases",
        "deploy again, then redrive",
        Redrive.AFTER,
    ),
    "StorageRefusedError": Advice(
        "a role lacks a permission; the message names the call",
        "compare the function's role with template.yaml, then redrive",
        Redrive.AFTER,
    ),
    "StorageUnavailableError": Advice(
        "S3, DynamoDB, SES, SNS or EventBridge failed four times in a row",
        "look at the service's status, then redrive",
        Redrive.NOW,
    ),
    "AgentThrottledError": Advice(
        "the model's quota was used up for half an hour, seventeen times in a row",
        "lower SummaryConcurrency, set ReservedSummaryConcurrency or ask for more quota, "
        "then redrive",
        Redrive.NOW,
    ),
    "Lambda.TooManyRequestsException": Advice(
        "the account's Lambda concurrency was used up for half an hour, seventeen times in a row",
        "lower SummaryConcurrency or ask for more concurrency, then redrive",
        Redrive.NOW,
    ),
    "AgentUnavailableError": Advice(
        "Bedrock failed or said nothing, four times in a row", "redrive later", Redrive.NOW
    ),
    "AgentRefusedError": Advice(
        "no such agent or alias, no access to the model, or a guardrail stopped it",
        "check the agent in the Bedrock console, and access to its model, then redrive",
        Redrive.AFTER,
    ),
    "AgentReplyError": Advice(
        "the agent's reply did not keep its contract, four times in a row",
        "read the workflow's log lines; redrive, or change the agent's instruction first",
        Redrive.NOW,
    ),
    "CitationError": Advice(
        "three drafts of a round stated or quoted what their sources do not hold",
        "look at drafts/{round}.attempt-*.json; redrive for three more drafts, or change the "
        "writer agent's instruction first",
        Redrive.NOW,
    ),
    "BudgetReservedError": Advice(
        "for half an hour, what was left of a budget was set aside for other calls",
        "redrive: those calls are over",
        Redrive.NOW,
    ),
    "BudgetExceededError": Advice(
        "the next agent call, or another turn of one, could have cost more than a budget had left; "
        "the message says which",
        "start again with a higher --budget, or first set a higher month for the tenant: "
        "galley tenant budget",
        Redrive.NEVER,
    ),
    "PriceMissingError": Advice(
        "a budget is set, and nobody has noted what the model costs, or which model the agent has; "
        "the message says which",
        "a model without a price: add it to layer/galley/ledger/prices.json and deploy, then "
        "redrive. An agent whose model is not known: start again, with the template's agents, with "
        "a harness whose model is named (galley role use ROLE --agent ARN --model ID), or without "
        "a budget",
        Redrive.AFTER,
    ),
    "ArtifactMissingError": Advice(
        "something that an earlier state kept is gone from the bucket",
        "restore it (the bucket is versioned), then redrive; or start again",
        Redrive.AFTER,
    ),
    "IrrelevantSourceError": Advice(
        "a source says nothing on the topic", "add documents on it, then start again", Redrive.NEVER
    ),
    "TooFewSourcesError": Advice(
        "the corpus says too little on the topic, or too many summaries failed",
        "add documents on the topic and ingest them, or word the topic as they do; start again",
        Redrive.NEVER,
    ),
    "RevisionLimitError": Advice(
        "the draft was rejected more often than the request allows; the last one is kept",
        "start again with another topic or a higher --max-revisions",
        Redrive.NEVER,
    ),
    "ApprovalExpiredError": Advice(
        "nobody decided in time; the draft is kept",
        "tell the reviewers, and start again",
        Redrive.NEVER,
    ),
    "ApprovalMismatchError": Advice(
        "the draft in the bucket is not the one that was approved; nothing was published",
        "find out who wrote it (the bucket is versioned); restore the approved one, then redrive",
        Redrive.AFTER,
    ),
    "RotationRefusedError": Advice(
        "the signing key was not replaced: links that still wait would have died",
        "nothing, if it was too early; else SigningKeyRotationDays must be longer than "
        "ApprovalTimeoutSeconds",
        Redrive.NEVER,
    ),
    "UnknownDecisionError": Advice(
        "a decision arrived that is neither an approval nor a rejection",
        "find out who called SendTaskSuccess; the approval API does not. Start again",
        Redrive.NEVER,
    ),
    "States.Timeout": Advice(
        "a state took longer than it may",
        "read the log lines of its function, then redrive",
        Redrive.NOW,
    ),
    "States.Aborted": Advice(
        "somebody stopped it", "redrive if it was stopped by mistake", Redrive.NOW
    ),
    "States.Runtime": Advice(
        "the state machine's definition cannot go on from what it was given",
        "mend the definition, deploy, and start again: what began keeps the old definition",
        Redrive.NEVER,
    ),
    "States.DataLimitExceeded": Advice(
        "a state's input or output is over 256 KiB",
        "start again with fewer sources",
        Redrive.NEVER,
    ),
}

_OF_LAMBDA = Advice(
    "a function was too slow, crashed or could not be called, five times in a row",
    "read its log lines, and the Lambda console, then redrive",
    Redrive.NOW,
)
_UNKNOWN = Advice(
    "an error that Galley has no name for",
    "read the workflow's log lines; redrive if it may pass",
    Redrive.NOW,
)
_LAMBDA_PREFIXES = ("Lambda.", "Sandbox.", "Runtime.")


def advice_on(error: str) -> Advice:
    """Return what to do about an error, by the name that Step Functions gives it."""
    if error in ADVICE:
        return ADVICE[error]
    return _OF_LAMBDA if error.startswith(_LAMBDA_PREFIXES) else _UNKNOWN
