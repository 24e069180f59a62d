"""AWS calls that go wrong: the worker dies at one, or the service answers that it failed."""

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from galley_local.faults.fault import ENDS_WORKER, AtCall, Fault
from galley_local.faults.faults import Faults
from galley_local.lambdas.environments import caller_of
from galley_local.lambdas.service import Lambdas
from galley_local.refusals import refusal

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# What each service answers, where it is not the usual.
_USUAL = ""
_ANSWERS: dict[AtCall, dict[str, tuple[int, str]]] = {
    AtCall.THROTTLE: {
        _USUAL: (400, "ThrottlingException"),
        "s3": (503, "SlowDown"),
        "dynamodb": (400, "ProvisionedThroughputExceededException"),
        "bedrock": (429, "ThrottlingException"),
        "lambda": (429, "TooManyRequestsException"),
        "ses": (429, "TooManyRequestsException"),
    },
    AtCall.ERROR: {
        _USUAL: (500, "InternalFailure"),
        "s3": (500, "InternalError"),
        "dynamodb": (500, "InternalServerError"),
        "bedrock": (500, "InternalServerException"),
        "lambda": (500, "ServiceException"),
    },
    AtCall.CONFLICT: {
        "s3": (409, "ConditionalRequestConflict"),
        "dynamodb": (400, "TransactionConflictException"),
        "bedrock": (409, "ConflictException"),
    },
    AtCall.DEPENDENCY: {"bedrock": (424, "DependencyFailedException")},
}
_ANSWERS[AtCall.LOST] = _ANSWERS[AtCall.ERROR]
# What can be in conflict with another: reading never is.
_WRITES = {"PutObject", "PutItem", "UpdateItem", "DeleteItem", "InvokeAgent"}
_DONE_FIRST = {AtCall.KILL_AFTER, AtCall.TIMEOUT, AtCall.LOST}


def can_answer(kind: AtCall, action: str) -> bool:
    """Tell whether an action, as IAM names it, is ever answered so."""
    service, _, operation = action.partition(":")
    if kind is AtCall.CONFLICT and operation not in _WRITES:
        return False
    return not {service, _USUAL}.isdisjoint(_ANSWERS.get(kind, {}))


class CallFaults:
    """Stands between those who call and the services."""

    def __init__(self, faults: Faults, lambdas: Lambdas) -> None:
        self._faults = faults
        self._lambdas = lambdas

    def around(self, request: Request, role: str, action: str, services: Wsgi) -> Wsgi:
        """Return what answers a call of a role: the services, or what goes wrong with them."""
        fault = self._faults.at_call(role, action)
        return _spoilt(fault, request, action, services, self._lambdas) if fault else services


def _spoilt(fault: Fault, request: Request, action: str, services: Wsgi, lambdas: Lambdas) -> Wsgi:
    kind, service = AtCall(fault.kind), action.partition(":")[0]
    answer: Response | None = None
    if kind in _DONE_FIRST:
        answer = Response.from_app(services, request.environ)
    else:
        request.get_data()  # or the next request on this connection would begin with it
    if kind in ENDS_WORKER:
        if pid := caller_of(request):
            lambdas.kill(pid, timed_out=kind is AtCall.TIMEOUT)
        return answer or Response(status=500)
    if not can_answer(kind, action):
        return services
    status, code = _ANSWERS[kind].get(service) or _ANSWERS[kind][_USUAL]
    return refusal(service, status, code, f"as wanted: {fault}")
