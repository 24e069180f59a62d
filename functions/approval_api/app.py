"""Approval API: GET shows the draft and changes nothing, POST decides, once."""

import os
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from galley import telemetry
from galley.answers import Answer
from galley.approvals import Approvals
from galley.artifacts import Artifacts, s3_client
from galley.audit import Audit
from galley.events import check_event
from galley.forms import Form, FormError, check_sender, decision_in, form_in
from galley.inboxes import Inboxes
from galley.mail import Mailer
from galley.notices import tell_the_others
from galley.pages import Page
from galley.review import comments_of, proof_of
from galley.secrets import SigningKeys
from galley.tokens import TaskTokens
from galley.workflows import Workflows, table_named

API = APIGatewayHttpResolver()
API_CALL = {  # the HTTP API's payload format, as far as it is read here
    "version": "2.0",
    "routeKey": str,
    "rawPath": str,
    "requestContext": {"stage": str, "http": {"method": str}},
}
TABLE = table_named(os.environ["TABLE_NAME"])
WORKFLOWS, INBOXES, AUDIT = Workflows(TABLE), Inboxes(TABLE), Audit(TABLE)
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
APPROVALS = Approvals(WORKFLOWS, ARTIFACTS, TaskTokens(os.environ["TASK_TOKEN_KEY_ARN"]))
MAILER = Mailer(os.environ["APPROVAL_TOPIC_ARN"], os.environ["MAIL_SENDER"])
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
PAGE = Page.beside(__file__)


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, API_CALL, "approval_api")
    return API.resolve(event, context)


@API.get("/approvals/<workflow_id>/<round_number>")
def show(workflow_id: str, round_number: str) -> Response[str]:
    """Return the page of a draft, with its form while it waits for a decision."""
    return _answered(_find(workflow_id, round_number))


@API.post("/approvals/<workflow_id>/<round_number>")
def decide(workflow_id: str, round_number: str) -> Response[str]:
    """Take the decision of the page's form."""
    answer, call, form = _find(workflow_id, round_number), API.current_event, {}
    if answer.approval is not None:
        try:
            form = form_in(call.body, call.is_base64_encoded)
            check_sender(form, call.headers, answer.form_token)
            decision = decision_in({**form, "comments": comments_of(form, answer.draft)})
        except FormError as error:
            answer = answer.refusing(error)
        else:
            answer, form = APPROVALS.decide(answer, decision), {}
            tell_the_others(answer, INBOXES, MAILER)
    return _answered(answer, form)


def _find(workflow_id: str, round_number: str) -> Answer:
    query = API.current_event.query_string_parameters or {}
    return APPROVALS.find(workflow_id, round_number, query, KEYS)


def _answered(answer: Answer, form: Form | None = None) -> Response[str]:
    AUDIT.keep(answer, API.current_event["requestContext"])
    values: dict[str, Any] = {"answer": answer}
    if approval := answer.approval:
        values["proof"] = proof_of(ARTIFACTS, approval.scope, approval.round, answer.draft)
        values["record"] = WORKFLOWS.find(approval.scope.workflow_id)
        values["typed"] = {name: typed[0] for name, typed in (form or {}).items()}
    return Response(answer.status, "text/html; charset=utf-8", PAGE.fill(**values), PAGE.headers)
