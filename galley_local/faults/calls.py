"""AWS calls that go wrong: the worker dies at one, or the service answers that it failed."""

from werkzeug.wrappers import Request, Response

from galley_local.faults.fault import ENDS_WORKER, AtCall, Fault
from galley_local.faults.faults import Faults
from galley_local.faults.service_answers import answer
from galley_local.iam.gate import Wsgi
from galley_local.lambdas.environments import caller_of
from galley_local.lambdas.service import Lambdas
from galley_local.refusals import refusal

_DONE_FIRST = {AtCall.KILL_AFTER, AtCall.TIMEOUT, AtCall.LOST}


class CallFaults:
    """Stands between those who call and the services."""

    def __init__(self, faults: Faults, lambdas: Lambdas) -> None:
        self._faults = faults
        self._lambdas = lambdas

    def around(self, request: Request, role: str, action: str, services: Wsgi) -> Wsgi:
        """Return what answers a call of a role: the services, or what goes wrong with them."""
        fault = self._faults.at_call(role, action)
        if fault is None:
            return services
        done: Response | None = None
        if fault.kind in _DONE_FIRST:
            done = Response.from_app(services, request.environ)
        else:
            request.get_data()  # or the next request on this connection would begin with it
        if fault.kind in ENDS_WORKER:
            self._lambdas.kill(caller_of(request), timed_out=fault.kind is AtCall.TIMEOUT)
            return done or Response(status=500)
        return _refused(fault, action.partition(":")[0])


def _refused(fault: Fault, service: str) -> Response:
    status, code = answer(AtCall(fault.kind), service)
    return refusal(service, status, code, f"as wanted: {fault}")
