"""Approval API: GET shows the draft and changes nothing, POST decides, once."""

import os
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from galley import telemetry
from galley.approvals import Answer, Approvals, Decision, form_in
from galley.artifacts import Artifacts, s3_client
from galley.errors import InvalidRequestError
from galley.events import check_event
from galley.rendering import fill_page, html_from_markdown
from galley.secrets import signing_key
from galley.workflows import Workflows, table_named

API = APIGatewayHttpResolver()
API_CALL = {  # the HTTP API's payload format, as far as it is read here
    "version": "2.0",
    "routeKey": str,
    "rawPath": str,
    "requestContext": {"stage": str, "http": {"method": str}},
}
APPROVALS = Approvals(
    Workflows(table_named(os.environ["TABLE_NAME"])),
    Artifacts(os.environ["BUCKET_NAME"], s3_client()),
)
PAGE = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, API_CALL, "approval_api")
    return API.resolve(event, context)


@API.get("/approvals/<workflow_id>/<round_number>")
def show(workflow_id: str, round_number: str) -> Response[str]:
    """Return the page of a draft, with its form while it waits for a decision."""
    return _page(_find(workflow_id, round_number))


@API.post("/approvals/<workflow_id>/<round_number>")
def decide(workflow_id: str, round_number: str) -> Response[str]:
    """Take the decision of the page's form."""
    answer = _find(workflow_id, round_number)
    if answer.approval is not None:
        form = form_in(API.current_event.body, API.current_event.is_base64_encoded)
        try:
            decision = Decision.from_form(form)
        except InvalidRequestError as error:
            typed = form.get("comments", [""])[0]
            return _page(answer.saying(HTTPStatus.BAD_REQUEST, str(error)), typed)
        answer = APPROVALS.decide(answer, decision)
    return _page(answer)


def _find(workflow_id: str, round_number: str) -> Answer:
    signature = (API.current_event.query_string_parameters or {}).get("signature", "")
    key = signing_key(os.environ["SIGNING_KEY_ARN"])
    return APPROVALS.find(workflow_id, round_number, signature, key)


def _page(answer: Answer, comments: str = "") -> Response[str]:
    body = fill_page(PAGE, answer=answer, draft=html_from_markdown(answer.draft), comments=comments)
    return Response(
        status_code=answer.status,
        content_type="text/html; charset=utf-8",
        body=body,
        headers=HEADERS,
    )
