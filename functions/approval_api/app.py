"""Approval API: GET shows the draft and changes nothing, POST decides, once."""

import os
from http import HTTPStatus
from typing import Any

from galley import telemetry
from galley.approval.admission import admitted, way_in
from galley.approval.answers import Answer
from galley.approval.approvals import Approvals
from galley.approval.audit import Audit
from galley.approval.forms import Form, FormError, check_sender, decision_in, form_in
from galley.approval.inboxes import Inboxes
from galley.approval.review import shown
from galley.approval.tokens import TaskTokens
from galley.artifacts import Artifacts, s3_client
from galley.calls import Call, Response, respond
from galley.mail.notices import tell_the_others
from galley.mail.outbox import Outbox
from galley.pages import Page
from galley.secrets import SigningKeys
from galley.sign_in.sessions import session_in
from galley.workflows import Workflows, table_named

TABLE = table_named(os.environ["TABLE_NAME"])
WORKFLOWS, INBOXES, AUDIT = Workflows(TABLE), Inboxes(TABLE), Audit(TABLE)
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
APPROVALS = Approvals(WORKFLOWS, ARTIFACTS, TaskTokens(os.environ["TASK_TOKEN_KEY_ARN"]))
OUTBOX = Outbox(os.environ["OUTBOX_ARN"])
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
SIGNS_IN = bool(os.environ["POOL_ID"])
PAGE = Page.named("approval_api")


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return Call.from_event(event, "approval_api").answered_by(ROUTES)


def show(call: Call) -> Response:
    """Return the page of a draft, with its form while it waits for a decision."""
    return _answered(call, _find(call), {})


def decide(call: Call) -> Response:
    """Take the decision of the page's form."""
    answer, form = _find(call), {}
    if answer.approval is not None:
        try:
            form = form_in(call.body, call.is_base64)
            check_sender(form, call, answer.form_token)
            decision = decision_in(form, answer.draft)
        except FormError as error:
            answer = answer.refusing(error)
        else:
            answer, form = APPROVALS.decide(answer, decision), {}
    return _answered(call, answer, form)


def _find(call: Call) -> Answer:
    workflow_id, round_number = (call.variables.get(name, "") for name in ("workflow_id", "round"))
    answer = APPROVALS.find(workflow_id, round_number, call.query, KEYS)
    return admitted(answer, session_in(call.cookies, KEYS)) if SIGNS_IN else answer


def _answered(call: Call, answer: Answer, form: Form) -> Response:
    AUDIT.keep(answer, call.context)
    tell_the_others(answer, INBOXES, OUTBOX)
    sign_in = way_in(call.path, call.query)
    if answer.status is HTTPStatus.UNAUTHORIZED and call.method == "GET":
        return respond(HTTPStatus.SEE_OTHER, {**PAGE.headers, "Location": sign_in})
    page = PAGE.fill(sign_in=sign_in, **shown(answer, ARTIFACTS, WORKFLOWS, form))
    return respond(answer.status, PAGE.headers, page)


ROUTES = {
    "GET /approvals/{workflow_id}/{round}": show,
    "POST /approvals/{workflow_id}/{round}": decide,
}
