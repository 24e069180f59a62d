"""The HTTP API on a laptop: the template's routes, answered by their Lambda in format 2.0."""

import base64
import json
import re
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from galley_local.iam.service_calls import API_GATEWAY, NotPermittedError, ServiceCalls
from galley_local.lambdas.concurrency import TooManyRequestsError
from galley_local.lambdas.function import Function
from galley_local.resources.http_api import HttpApi

_FUNCTION = re.compile(r"/functions/(arn:[^/]+)/invocations")
_VARIABLE = re.compile(r"\{(\w+)\}")
STAGE = "$default"
PAYLOAD_BYTES = 10 * 1024 * 1024
# Everything else reaches the function as base64, forms too.
TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")


class HttpApiServer:
    """Routes requests to functions as API Gateway does."""

    def __init__(self, api: HttpApi, service_calls: ServiceCalls) -> None:
        self._arn = api.arn("execute-api", api.identifier)
        self._service_calls = service_calls
        self._routes = Map(
            [
                Rule(
                    _VARIABLE.sub(r"<\1>", path),
                    methods=[method],
                    endpoint=(
                        f"{method.upper()} {path}",
                        operation["x-amazon-apigateway-integration"]["uri"],
                    ),
                )
                for path, methods in api.properties["Body"]["paths"].items()
                for method, operation in methods.items()
            ]
        )

    def respond(self, request: Request) -> Response:
        """Answer a request, or say that there is no such route."""
        try:
            (route, uri), variables = self._routes.bind_to_environ(request.environ).match()
        except HTTPException:
            route = uri = ""
        # a route for GET takes no HEAD here, unlike in most web frameworks
        if not route.startswith(f"{request.method} "):
            return _error(404, "Not Found")
        found = _FUNCTION.search(uri)
        function = self._service_calls.function(found[1]) if found else None
        if function is None:
            return _error(404, "Not Found")
        if len(request.get_data()) > PAYLOAD_BYTES:
            return _error(413, "Request Entity Too Large")
        return self._answer(route, function, _event(request, route, variables))

    def _answer(self, route: str, function: Function, event: dict[str, Any]) -> Response:
        try:
            outcome = self._service_calls.invoke(API_GATEWAY, self._source(route), function, event)
        except NotPermittedError:
            return _error(500, "Internal Server Error")
        except TooManyRequestsError:
            return _error(503, "Service Unavailable")
        if outcome.failed or not isinstance(outcome.payload, dict):
            return _error(500, "Internal Server Error")
        return _response(outcome.payload)

    def _source(self, route: str) -> str:
        """Return the ARN of a route, which is what a function's permission names."""
        method, _, path = route.partition(" ")
        return f"{self._arn}/{STAGE}/{method}{path}"


def _error(status: int, message: str) -> Response:
    body = json.dumps({"message": message}, separators=(",", ":"))
    return Response(body, status, content_type="application/json")


def _event(request: Request, route: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    data = request.get_data()
    is_text = request.mimetype.startswith(TEXT_TYPES)
    now = time.time()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": request.path,
        "rawQueryString": request.query_string.decode("latin-1"),
        "headers": {
            name.lower(): value for name, value in request.headers.items() if name != "Cookie"
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "laptop",
            "domainName": request.host,
            "domainPrefix": request.host.partition(".")[0],
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.remote_addr or "",
                "userAgent": request.headers.get("User-Agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": route,
            "stage": STAGE,
            "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": bool(data) and not is_text,
    }
    # what a request has none of is left out
    if request.args:
        query = {name: ",".join(values) for name, values in request.args.lists()}
        event["queryStringParameters"] = query
    if variables:
        event["pathParameters"] = dict(variables)
    if cookies := request.headers.get("Cookie"):
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if data:
        event["body"] = (
            data.decode("utf-8", errors="replace")
            if is_text
            else base64.b64encode(data).decode("ascii")
        )
    return event


def _response(payload: dict[str, Any]) -> Response:
    body = payload.get("body", "")
    data = base64.b64decode(body) if payload.get("isBase64Encoded") else body
    response = Response(data, payload.get("statusCode", 200))
    for name, value in payload.get("headers", {}).items():
        response.headers[name] = str(value)
    for cookie in payload.get("cookies", []):
        response.headers.add("Set-Cookie", cookie)
    return response
