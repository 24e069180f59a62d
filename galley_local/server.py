"""
One port for everything: AWS's services, the reviewers' API, the mails.

A signed request is an AWS call; anything else is a browser. The services that the laptop plays
itself come first, moto answers the rest.
"""

import json
import socket
import threading
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from galley_local import capacity
from galley_local.bedrock.agent_runtime import AgentRuntime
from galley_local.bedrock.throttle import ThrottledRuntime
from galley_local.http_api import HttpApiServer
from galley_local.iam.calls import signed_by
from galley_local.iam.gate import Gate
from galley_local.lambdas.concurrency import TooManyRequestsError
from galley_local.lambdas.service import Lambdas
from galley_local.mailbox import Mailbox

if TYPE_CHECKING:
    from galley_local.cognito.hosted_sign_in import HostedSignIn
    from galley_local.load.watch import WatchedGate
    from galley_local.logs import FunctionLogs

StartResponse = Callable[..., Any]
REQUEST_BYTES = 6_291_456  # of an invocation
BACKLOG = 1024  # connections that wait to be taken: many workflows may begin at once
_INVOKE_PREFIX, _INVOKE_SUFFIX = "/2015-03-31/functions/", "/invocations"


class _QuietHandler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open, which clients count on
    timeout = 3600

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the stack's user sees states, not requests."""


class _Moto(DomainDispatcherApplication):
    """moto's services; for which of them a host stands it asks the file system only once."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._backends: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        """Return the name of a service's backend."""
        if host not in self._backends:
            self._backends[host] = super().get_backend_for_host(host)
        return self._backends[host]


class Application:
    """The WSGI application of a stack; its parts are set once the template is deployed."""

    def __init__(self) -> None:
        self.lambdas: Lambdas | None = None
        self.agents: AgentRuntime | ThrottledRuntime | None = None
        self.api: HttpApiServer | None = None
        self.mailbox: Mailbox | None = None
        self.gate: Gate | WatchedGate | None = None
        self.hosted_sign_in: HostedSignIn | None = None
        self.logs: FunctionLogs | None = None
        self._moto = _Moto()

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        signed = signed_by(request)
        answering: Any = self._services
        if signed and signed.service == "logs" and self.logs and self.lambdas:
            self.logs.catch_up(self.lambdas.functions)
        if signed is None:
            answering = self._browser(request)
        elif self.gate:
            answering = self.gate.admit(request, signed, self._services)
        answered: Iterable[bytes] = answering(environ, start)
        return answered

    def _services(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        response = self._own_service(request)
        if response is None and capacity.is_asked_for(request):
            response = capacity.said(request, self._moto)
        answering: Any = self._moto if response is None else response
        answered: Iterable[bytes] = answering(environ, start)
        return answered

    def _own_service(self, request: Request) -> Response | None:
        path = request.path
        if path.startswith(_INVOKE_PREFIX) and path.endswith(_INVOKE_SUFFIX) and self.lambdas:
            name = unquote(path.removeprefix(_INVOKE_PREFIX).removesuffix(_INVOKE_SUFFIX))
            return _invoke(self.lambdas, name, request)
        if self.mailbox and (taken := self.mailbox.respond(request)):
            return taken
        return self.agents.respond(request) if self.agents else None

    def _browser(self, request: Request) -> Response:
        if request.path == "/mail" and self.mailbox:
            return Response(self.mailbox.page(), content_type="text/html; charset=utf-8")
        if request.path == "/mail.json" and self.mailbox:
            return Response(self.mailbox.listing(), content_type="application/json")
        if self.hosted_sign_in and (answer := self.hosted_sign_in.respond(request)):
            return answer
        return self.api.respond(request) if self.api else Response("Not Found", 404)


class Server:
    """Serves an application on loopback, on a free port unless one is given."""

    def __init__(self, application: Application, port: int = 0) -> None:
        # Bound here, because werkzeug ends the whole process where a port is taken.
        self._socket = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
        port = self._socket.getsockname()[1]
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1",
            port,
            application,
            threaded=True,
            request_handler=_QuietHandler,
            fd=self._socket.fileno(),
        )
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.port: int = port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._socket.close()
        self._thread.join()


def _invoke(lambdas: Lambdas, name: str, request: Request) -> Response:
    function = lambdas.named(name)
    if function is None:
        return _refusal(404, "ResourceNotFoundException", f"Function not found: {name}")
    data = request.get_data()
    if len(data) > REQUEST_BYTES:
        too_large = f"{len(data)} byte payload is too large"
        return _refusal(413, "RequestEntityTooLargeException", too_large)
    try:
        outcome = lambdas.invoke(function, json.loads(data or b"{}"))
    except TooManyRequestsError as error:
        return _refusal(429, "TooManyRequestsException", str(error), Reason=error.reason)
    headers = {"X-Amz-Executed-Version": "$LATEST"}
    if outcome.failed:
        headers["X-Amz-Function-Error"] = "Unhandled"
    return Response(json.dumps(outcome.payload), 200, headers, content_type="application/json")


def _refusal(status: int, code: str, message: str, **more: str) -> Response:
    body = json.dumps({"Message": message, "Type": "User", **more})
    # which Step Functions puts into an error's cause
    headers = {"x-amzn-ErrorType": code, "x-amzn-RequestId": str(uuid.uuid4())}
    return Response(body, status, headers, content_type="application/json")
