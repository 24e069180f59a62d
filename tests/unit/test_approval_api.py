"""Approval API: looking changes nothing, and a decision is taken once."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from galley.artifacts import Artifacts
from galley.contracts import Review
from galley.workflows import Workflows

from functions.approval_api import app
from tests.unit.fakes import (
    DRAFT,
    REVIEWER,
    SCOPE,
    SIGNING_KEY,
    TASK_TOKEN,
    TOPIC,
    FakeStepFunctions,
    a_context,
    a_ticket,
    aws_error,
    load_event,
)

TICKET = a_ticket()
APPROVE = {"decision": "approved", "comments": ""}
REJECT = {"decision": "rejected", "comments": "More on fog signals."}

AllItems = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def asked(artifacts: Artifacts, registered: Workflows) -> Workflows:
    """Give a table with one approval that waits, and its draft in the bucket."""
    artifacts.keep(SCOPE.draft_key(1), DRAFT)
    ask(registered)
    return registered


def ask(workflows: Workflows, **fields: Any) -> None:
    """Open the approval of the first round."""
    approval = {
        "task_token": TASK_TOKEN,
        "topic": TOPIC,
        "reviewer": REVIEWER,
        "draft_key": SCOPE.draft_key(1),
        "draft_sha256": TICKET.draft_sha256,
        "expires_at": TICKET.expires_at,
    }
    workflows.ask_approval(SCOPE, 1, approval | fields)


def call(
    method: str,
    form: dict[str, Any] | None = None,
    signature: str = TICKET.signature(SIGNING_KEY),
    path: str = "/approvals/lighthouses-1/1",
) -> dict[str, Any]:
    """Send a request as the HTTP API does: a form's body comes in base64."""
    event = load_event("approval_api")
    workflow_id, round_number = path.split("/")[2:]
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["requestContext"]["http"]["method"] = method
    event["pathParameters"] = {"workflow_id": workflow_id, "round": round_number}
    event["queryStringParameters"] = {"signature": signature}
    if form is not None:
        body = urlencode(form, doseq=True).encode()
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return app.lambda_handler(event, a_context())


def test_the_page_shows_draft_topic_and_form(asked: Workflows) -> None:
    response = call("GET")

    assert response["statusCode"] == 200
    assert all(part in response["body"] for part in ("The Fresnel lens", TOPIC, "<form", REVIEWER))


def test_the_page_is_kept_by_no_cache_and_runs_no_script(asked: Workflows) -> None:
    headers = call("GET")["headers"]

    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_script_in_a_draft_reaches_the_page_as_text(
    asked: Workflows, artifacts: Artifacts
) -> None:
    evil = DRAFT + "\n<script>alert(1)</script>\n"
    ticket = replace(TICKET, draft_sha256=artifacts.keep(SCOPE.draft_key(1), evil))
    ask(asked, draft_sha256=ticket.draft_sha256)

    page = call("GET", signature=ticket.signature(SIGNING_KEY))["body"]

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_topic_is_escaped_in_the_page(asked: Workflows) -> None:
    ask(asked, topic="<img src=x onerror=alert(1)>")

    assert "<img src=x" not in call("GET")["body"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_never_changes_the_record(
    method: str, asked: Workflows, all_items: AllItems, step_functions: FakeStepFunctions
) -> None:
    before = all_items()

    call(method)
    call(method, REJECT)

    assert before == all_items()
    assert step_functions.answers == []


@pytest.mark.parametrize(
    "link",
    [
        pytest.param({"signature": "0" * 64}, id="forged signature"),
        pytest.param({"signature": ""}, id="no signature"),
        pytest.param({"signature": "ünlesbar"}, id="no hexadecimal"),
        pytest.param({"path": "/approvals/lighthouses-1/2"}, id="other round"),
        pytest.param({"path": "/approvals/lighthouses-2/1"}, id="other workflow"),
        pytest.param({"path": "/approvals/lighthouses-1/-1"}, id="no round"),
        pytest.param({"path": "/approvals/lighthouses-1/1000000000"}, id="a long round"),
        pytest.param({"path": "/approvals/lighthouses-1/²"}, id="a digit that is no number"),
        pytest.param(
            {"signature": replace(TICKET, reviewer="eve@example.com").signature(SIGNING_KEY)},
            id="another reviewer's",
        ),
        pytest.param(
            {"signature": replace(TICKET, draft_sha256="1" * 64).signature(SIGNING_KEY)},
            id="another draft's",
        ),
        pytest.param({"signature": TICKET.signature(b"another key")}, id="another key's"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_was_not_sent_is_refused(
    method: str,
    link: dict[str, str],
    asked: Workflows,
    all_items: AllItems,
    step_functions: FakeStepFunctions,
) -> None:
    ask_other_round = {"draft_sha256": "2" * 64}
    asked.ask_approval(
        SCOPE, 2, {**(asked.find_approval("lighthouses-1", 1) or {}), **ask_other_round}
    )
    before = all_items()

    response = call(method, APPROVE, **link)

    assert response["statusCode"] == 403
    assert TOPIC not in response["body"]
    assert before == all_items()
    assert step_functions.answers == []


def test_without_a_query_a_link_is_refused(asked: Workflows) -> None:
    event = load_event("approval_api")
    del event["queryStringParameters"]

    assert app.lambda_handler(event, a_context())["statusCode"] == 403


def test_an_approval_goes_to_the_workflow_with_the_hash_of_the_draft(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    response = call("POST", APPROVE)

    assert response["statusCode"] == 200
    ((token, output),) = step_functions.answers
    assert token == TASK_TOKEN
    assert (output["decision"], output["draft_sha256"]) == ("approved", TICKET.draft_sha256)


def test_a_rejection_is_kept_with_its_comments(
    asked: Workflows, artifacts: Artifacts, step_functions: FakeStepFunctions
) -> None:
    call("POST", REJECT)

    ((_, output),) = step_functions.answers
    review = artifacts.read(output["review_key"], Review)
    assert ("rejected", "More on fog signals.") == (review.decision, review.comments)
    assert output["review_key"] == "press/lighthouses-1/reviews/1.json"


def test_comments_travel_by_pointer_and_not_in_the_payload(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    call("POST", REJECT)

    assert "fog signals" not in repr(step_functions.answers)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({}, id="nothing"),
        pytest.param(
            {"decision": "rejected", "comments": " \n "}, id="a rejection without comment"
        ),
        pytest.param({"decision": "aproved"}, id="misspelt"),
        pytest.param({"decision": "APPROVED"}, id="in capitals"),
        pytest.param({"decision": ["approved", "rejected"], "comments": "x"}, id="doubled"),
        pytest.param({"decision": ["approved", "approved"]}, id="the same twice"),
        pytest.param({**REJECT, "comments": ["a", "b"]}, id="two comments"),
        pytest.param({**REJECT, "comments": "x" * 10_001}, id="a comment too long"),
    ],
)
def test_a_form_that_says_nothing_clear_decides_nothing(
    form: dict[str, Any],
    asked: Workflows,
    all_items: AllItems,
    step_functions: FakeStepFunctions,
) -> None:
    before = all_items()

    response = call("POST", form)

    assert response["statusCode"] == 400
    assert "<form" in response["body"]
    assert before == all_items()
    assert step_functions.answers == []


def test_a_comment_that_the_page_lets_pass_is_not_too_long(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    # a text area counts a line's end as one character and sends two
    comment = "\r\n".join(["x" * 99] * 100)

    response = call("POST", {**REJECT, "comments": comment})

    assert response["statusCode"] == 200


def test_the_same_decision_again_is_welcome(
    asked: Workflows, all_items: AllItems, step_functions: FakeStepFunctions
) -> None:
    call("POST", APPROVE)
    before = all_items()

    response = call("POST", APPROVE)

    assert response["statusCode"] == 200
    assert "approved by editor@example.com" in response["body"]
    assert before == all_items()


def test_an_opposite_decision_is_refused(
    asked: Workflows, all_items: AllItems, step_functions: FakeStepFunctions
) -> None:
    call("POST", APPROVE)
    before = all_items()

    response = call("POST", REJECT)

    assert response["statusCode"] == 409
    assert "approved by editor@example.com" in response["body"]
    assert before == all_items()
    assert ["approved"] == [output["decision"] for _, output in step_functions.answers]


def test_a_decided_page_has_no_form(asked: Workflows, step_functions: FakeStepFunctions) -> None:
    call("POST", APPROVE)

    response = call("GET")

    assert response["statusCode"] == 200
    assert "<form" not in response["body"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_after_the_deadline_nothing_can_be_decided(
    method: str,
    artifacts: Artifacts,
    workflows: Workflows,
    all_items: AllItems,
    step_functions: FakeStepFunctions,
) -> None:
    ask(workflows, expires_at=1)
    before = all_items()

    response = call(method, APPROVE, replace(TICKET, expires_at=1).signature(SIGNING_KEY))

    assert response["statusCode"] == 410
    assert before == all_items()
    assert step_functions.answers == []


def test_a_workflow_that_waits_no_longer_is_gone(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    step_functions.fails_with = step_functions.exceptions.TaskTimedOut()

    assert call("POST", APPROVE)["statusCode"] == 410


def test_a_second_approval_that_comes_while_the_first_is_told_is_welcome(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    asked.decide("lighthouses-1", 1, {**APPROVE, "decided_at": "2026-11-23T08:00:00+00:00"})
    step_functions.fails_with = step_functions.exceptions.TaskTimedOut()

    assert call("POST", APPROVE)["statusCode"] == 200


def test_other_comments_do_not_replace_the_first(
    asked: Workflows, artifacts: Artifacts, step_functions: FakeStepFunctions
) -> None:
    call("POST", REJECT)

    response = call("POST", {**REJECT, "comments": "Less on fog signals."})

    assert response["statusCode"] == 409
    review = artifacts.read(SCOPE.review_key(1), Review)
    assert review.comments == "More on fog signals."


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_draft_that_has_changed_cannot_be_decided_on(
    method: str,
    asked: Workflows,
    artifacts: Artifacts,
    all_items: AllItems,
    step_functions: FakeStepFunctions,
) -> None:
    artifacts.keep(SCOPE.draft_key(1), DRAFT + "And one more sentence [1].")
    before = all_items()

    response = call(method, APPROVE)

    assert response["statusCode"] == 409
    assert "<form" not in response["body"]
    assert before == all_items()
    assert step_functions.answers == []


def test_bytes_that_are_no_text_are_refused_in_words(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    event = load_event("approval_api")
    event["requestContext"]["http"]["method"] = "POST"
    event["queryStringParameters"] = {"signature": TICKET.signature(SIGNING_KEY)}
    event |= {"body": base64.b64encode(b"decision=\xff\xfe").decode(), "isBase64Encoded": True}

    assert app.lambda_handler(event, a_context())["statusCode"] == 400


def test_a_workflow_that_could_not_be_told_is_told_when_the_reviewer_decides_again(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    step_functions.fails_with = aws_error("ServiceUnavailable")
    refused = call("POST", APPROVE)
    page = call("GET")
    step_functions.fails_with = None

    response = call("POST", APPROVE)

    assert refused["statusCode"] == 503
    assert all("<form" in each["body"] for each in (refused, page))
    assert response["statusCode"] == 200
    assert [TASK_TOKEN] == [token for token, _ in step_functions.answers]


def test_the_task_token_is_on_no_page(asked: Workflows, step_functions: FakeStepFunctions) -> None:
    responses = [call("GET"), call("POST", {}), call("POST", APPROVE), call("POST", REJECT)]

    assert TASK_TOKEN not in repr(responses)
