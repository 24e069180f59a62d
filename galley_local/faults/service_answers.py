"""What services answer to a call that they do not do, or say that they have not done."""

from galley_local.faults.fault import ENDS_WORKER, AtCall

_USUAL = ""

# Status and code by service, where it is not the usual.
_ANSWERS: dict[AtCall, dict[str, tuple[int, str]]] = {
    AtCall.THROTTLE: {
        _USUAL: (400, "ThrottlingException"),
        "s3": (503, "SlowDown"),
        "dynamodb": (400, "ProvisionedThroughputExceededException"),
        "bedrock": (429, "ThrottlingException"),
        "bedrock-agentcore": (429, "ThrottlingException"),
        "lambda": (429, "TooManyRequestsException"),
        "ses": (429, "TooManyRequestsException"),
    },
    AtCall.ERROR: {
        _USUAL: (500, "InternalFailure"),
        "s3": (500, "InternalError"),
        "dynamodb": (500, "InternalServerError"),
        "bedrock": (500, "InternalServerException"),
        "bedrock-agentcore": (500, "InternalServerException"),
        "lambda": (500, "ServiceException"),
    },
    AtCall.CONFLICT: {
        "s3": (409, "ConditionalRequestConflict"),
        "dynamodb": (400, "TransactionConflictException"),
        "bedrock": (409, "ConflictException"),
    },
    AtCall.DEPENDENCY: {
        "bedrock": (424, "DependencyFailedException"),
        "bedrock-agentcore": (424, "RuntimeClientError"),
    },
}
_ANSWERS[AtCall.LOST] = _ANSWERS[AtCall.ERROR]
# What can be in conflict with another: reading never is.
_WRITES = {"PutObject", "PutItem", "UpdateItem", "DeleteItem", "InvokeAgent"}


def can_happen(kind: AtCall, action: str) -> bool:
    """Tell whether this can go wrong with an action, as IAM names it."""
    service, _, operation = action.partition(":")
    if kind in ENDS_WORKER:
        return True
    if kind is AtCall.CONFLICT and operation not in _WRITES:
        return False
    return not {service, _USUAL}.isdisjoint(_ANSWERS[kind])


def answer(kind: AtCall, service: str) -> tuple[int, str]:
    """Return status and code of what a service answers."""
    return _ANSWERS[kind].get(service) or _ANSWERS[kind][_USUAL]
