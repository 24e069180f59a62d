"""Approval API: GET shows the draft and changes nothing, POST decides, once."""

import os
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from galley import telemetry
from galley.admission import admitted, way_in
from galley.answers import Answer
from galley.approvals import Approvals
from galley.artifacts import Artifacts, s3_client
from galley.audit import Audit
from galley.events import API_CALL, check_event
from galley.forms import Form, FormError, check_sender, decision_in, form_in
from galley.inboxes import Inboxes
from galley.notices import tell_the_others
from galley.outbox import Outbox
from galley.pages import Page
from galley.review import shown
from galley.secrets import SigningKeys
from galley.sessions import session_in
from galley.tokens import TaskTokens
from galley.workflows import Workflows, table_named

API = APIGatewayHttpResolver()
TABLE = table_named(os.environ["TABLE_NAME"])
WORKFLOWS, INBOXES, AUDIT = Workflows(TABLE), Inboxes(TABLE), Audit(TABLE)
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
APPROVALS = Approvals(WORKFLOWS, ARTIFACTS, TaskTokens(os.environ["TASK_TOKEN_KEY_ARN"]))
OUTBOX = Outbox(os.environ["OUTBOX_ARN"])
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
SIGNS_IN = bool(os.environ["POOL_ID"])
PAGE = Page.beside(__file__)


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, API_CALL, "approval_api")
    return API.resolve(event, context)


@API.get("/approvals/<workflow_id>/<round_number>")
def show(workflow_id: str, round_number: str) -> Response[str]:
    """Return the page of a draft, with its form while it waits for a decision."""
    return _answered(_find(workflow_id, round_number), {})


@API.post("/approvals/<workflow_id>/<round_number>")
def decide(workflow_id: str, round_number: str) -> Response[str]:
    """Take the decision of the page's form."""
    answer, call, form = _find(workflow_id, round_number), API.current_event, {}
    if answer.approval is not None:
        try:
            form = form_in(call.body, call.is_base64_encoded)
            check_sender(form, call.headers, answer.form_token)
            decision = decision_in(form, answer.draft)
        except FormError as error:
            answer = answer.refusing(error)
        else:
            answer, form = APPROVALS.decide(answer, decision), {}
    return _answered(answer, form)


def _find(workflow_id: str, round_number: str) -> Answer:
    call = API.current_event
    query = call.query_string_parameters or {}
    answer = APPROVALS.find(workflow_id, round_number, query, KEYS)
    return admitted(answer, session_in(call.cookies, KEYS)) if SIGNS_IN else answer


def _answered(answer: Answer, form: Form) -> Response[str]:
    call = API.current_event
    AUDIT.keep(answer, call["requestContext"])
    tell_the_others(answer, INBOXES, OUTBOX)
    sign_in = way_in(call.path, call.query_string_parameters or {})
    if answer.status is HTTPStatus.UNAUTHORIZED and call.http_method == "GET":
        return Response(HTTPStatus.SEE_OTHER, headers={**PAGE.headers, "Location": sign_in})
    page = PAGE.fill(sign_in=sign_in, **shown(answer, ARTIFACTS, WORKFLOWS, form))
    return Response(answer.status, "text/html; charset=utf-8", page, PAGE.headers)
