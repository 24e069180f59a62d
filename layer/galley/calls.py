"""
Calls of the HTTP API and the responses to them, in its payload format 2.0.

API Gateway has matched the route and decoded path and query before it calls a function, so that a
table of routes is all the router there is. What a call has none of is left out of the event; here
it is empty.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlsplit

from aws_lambda_powertools.shared.cookies import Cookie

from galley.events import check_event

# What no call lacks.
API_CALL = {
    "version": "2.0",
    "routeKey": str,
    "rawPath": str,
    "requestContext": {"domainName": str, "http": {"method": str}},
}

Response = dict[str, Any]
Routes = Mapping[str, Callable[["Call"], Response]]


@dataclass(frozen=True)
class Call:
    """One call; header names are in lower case, and what was sent twice is joined by commas."""

    route: str  # as the template has it: GET /approvals/{workflow_id}/{round}
    path: str
    variables: Mapping[str, str]  # of the path
    query: Mapping[str, str]
    headers: Mapping[str, str]
    cookies: list[str]
    body: str
    is_base64: bool
    context: Mapping[str, Any]  # who called, when, and by which name of the API

    @classmethod
    def from_event(cls, event: Any, function: str) -> Self:
        """Read a call, or raise `InvalidEventError`."""
        check_event(event, API_CALL, function)
        headers = event.get("headers") or {}
        return cls(
            route=event["routeKey"],
            path=event["rawPath"],
            variables=event.get("pathParameters") or {},
            query=event.get("queryStringParameters") or {},
            headers={name.lower(): text for name, text in headers.items()},
            cookies=event.get("cookies") or [],
            body=event.get("body") or "",
            is_base64=bool(event.get("isBase64Encoded")),
            context=event["requestContext"],
        )

    @property
    def method(self) -> str:
        """What the call asks for: GET, POST."""
        return str(self.context["http"]["method"])

    @property
    def is_cross_site(self) -> bool:
        """Whether a browser says that the call comes from another site's page."""
        if site := self.headers.get("sec-fetch-site"):
            return site not in {"same-origin", "none"}
        # What old browsers say instead; they say "null" of pages that send no referrer.
        origin = self.headers.get("origin", "null")
        try:
            return origin != "null" and urlsplit(origin).netloc != self.headers.get("host")
        except ValueError:
            return True

    def answered_by(self, routes: Routes) -> Response:
        """Return what the route's function responds; a route that is not here is not found."""
        if function := routes.get(self.route):
            return function(self)
        body = '{"message":"Not Found"}'  # as API Gateway says it itself
        return respond(HTTPStatus.NOT_FOUND, {"Content-Type": "application/json"}, body)


def respond(
    status: int, headers: Mapping[str, str], body: str = "", cookies: Iterable[Cookie] = ()
) -> Response:
    """Return a response as the HTTP API takes it."""
    return {
        "statusCode": int(status),
        "headers": dict(headers),
        "cookies": [str(cookie) for cookie in cookies],
        "body": body,
        "isBase64Encoded": False,
    }
