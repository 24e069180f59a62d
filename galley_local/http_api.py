"""The HTTP API on a laptop: the template's routes, answered by their Lambda in format 2.0."""

import base64
import re
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from galley_local.lambdas import Lambdas
from galley_local.resources import HttpApi

_FUNCTION = re.compile(r"/functions/(arn:[^/]+)/invocations")
_VARIABLE = re.compile(r"\{(\w+)\}")
# Everything else reaches the function as base64, forms too.
TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")


class HttpApiServer:
    """Routes requests to functions as API Gateway does."""

    def __init__(self, api: HttpApi, lambdas: Lambdas) -> None:
        self._lambdas = lambdas
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
            return Response('{"message":"Not Found"}', 404, content_type="application/json")
        found = _FUNCTION.search(uri)
        function = self._lambdas.named(found[1]) if found else None
        if function is None:
            return Response('{"message":"Not Found"}', 404, content_type="application/json")
        outcome = self._lambdas.invoke(function, _event(request, route, variables))
        if outcome.failed or not isinstance(outcome.payload, dict):
            error = '{"message":"Internal Server Error"}'
            return Response(error, 500, content_type="application/json")
        return _response(outcome.payload)


def _event(request: Request, route: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    data = request.get_data()
    is_text = request.mimetype.startswith(TEXT_TYPES)
    now = time.time()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": request.path,
        "rawQueryString": request.query_string.decode("latin-1"),
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "queryStringParameters": {name: ",".join(values) for name, values in request.args.lists()},
        "pathParameters": dict(variables),
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
            "stage": "$default",
            "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": bool(data) and not is_text,
    }
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
