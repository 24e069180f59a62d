"""Approval API: GET shows the draft and changes nothing, POST decides, once."""

import os
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from galley import telemetry
from galley.approvals import Answer, Approvals, Decision
from galley.artifacts import Artifacts, s3_client
from galley.errors import InvalidRequestError
from galley.rendering import fill_page, html_from_markdown
from galley.secrets import signing_key
from galley.workflows import Workflows, table_named

API = APIGatewayHttpResolver()
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
APPROVALS = Approvals(Workflows(table_named(os.environ["TABLE_NAME"])), ARTIFACTS)
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
        form = parse_qs(API.current_event.decoded_body or "", keep_blank_values=True)
        try:
            decision = Decision.from_form(form)
        except InvalidRequestError as error:
            typed = form.get("comments", [""])[0]
            return _page(answer.refused(HTTPStatus.BAD_REQUEST, str(error)), typed)
        answer = APPROVALS.decide(answer.approval, decision)
    return _page(answer)


def _find(workflow_id: str, round_number: str) -> Answer:
    signature = (API.current_event.query_string_parameters or {}).get("signature", "")
    key = signing_key(os.environ["SIGNING_KEY_ARN"])
    return APPROVALS.find(workflow_id, round_number, signature, key)


def _page(answer: Answer, comments: str = "") -> Response[str]:
    draft = ARTIFACTS.read_text(answer.approval["draft_key"]) if answer.approval else ""
    body = fill_page(PAGE, answer=answer, draft=html_from_markdown(draft), comments=comments)
    return Response(
        status_code=answer.status,
        content_type="text/html; charset=utf-8",
        body=body,
        headers=HEADERS,
    )
