"""Approval API: looking changes nothing, and a decision is taken once."""

import base64
from collections.abc import Callable
from dataclasses import replace
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from galley.approval.decisions import Rule
from galley.artifacts import Artifacts
from galley.contracts import Review
from galley.sign_in.sessions import Session
from galley.signing import SigningKey
from galley.workflows import WAITING, Workflows

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
    a_vote,
    an_approval,
    aws_error,
    load_event,
)

TICKET = a_ticket()
QUERY = TICKET.query(SIGNING_KEY)
APPROVE = {"decision": "approved", "comments": ""}
REJECT = {"decision": "rejected", "comments": "More on fog signals."}

AllItems = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _without_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "SIGNS_IN", False)


@pytest.fixture
def audited(all_items: AllItems, workflows: Workflows) -> AllItems:
    """Give a way to read the audit, oldest first."""
    table: Any = workflows._table
    return lambda: sorted(
        (item for item in table.scan()["Items"] if item["pk"] == "AUDIT#lighthouses-1"),
        key=itemgetter("sk"),
    )


@pytest.fixture
def all_items(all_items: AllItems) -> AllItems:
    """Give a way to read the whole table but the audit, to which every request adds."""
    return lambda: [item for item in all_items() if not item["pk"].startswith("AUDIT#")]


@pytest.fixture
def asked(artifacts: Artifacts, registered: Workflows) -> Workflows:
    """Give a table with one approval that waits, and its draft in the bucket."""
    artifacts.keep(SCOPE.draft_key(1), DRAFT)
    ask(registered)
    return registered


def ask(workflows: Workflows, **fields: Any) -> None:
    """Open the approval of the first round."""
    sealed = app.APPROVALS._tokens.seal(TASK_TOKEN, SCOPE)
    table: Any = workflows._table
    table.delete_item(Key={"pk": "WORKFLOW#lighthouses-1", "sk": "APPROVAL#001"})
    workflows.ask_approval(an_approval(task_token=sealed, **fields))
    workflows.set_status("lighthouses-1", WAITING, round=1)


def call(  # noqa: PLR0913, PLR0917  # as much as a browser sends
    method: str,
    form: dict[str, Any] | None = None,
    query: dict[str, str] = QUERY,
    path: str = "/approvals/lighthouses-1/1",
    headers: dict[str, str] | None = None,
    cookies: list[str] | None = None,
) -> dict[str, Any]:
    """Send a request as the HTTP API does: a form's body comes in base64."""
    event = load_event("approval_api")
    workflow_id, round_number = path.split("/")[2:]
    event["routeKey"] = f"{method} /approvals/{{workflow_id}}/{{round}}"
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["requestContext"]["http"]["method"] = method
    event["pathParameters"] = {"workflow_id": workflow_id, "round": round_number}
    event["queryStringParameters"] = query
    event["headers"] |= headers or {}
    event["cookies"] = cookies or []
    if form is not None:
        form = {"form_token": TICKET.form_token(SIGNING_KEY), **form}
        body = urlencode(form, doseq=True).encode()
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return app.lambda_handler(event, a_context())


def status_of(workflows: Workflows) -> str:
    """Return the status in the workflow's record."""
    return str((workflows.find("lighthouses-1") or {})["status"])


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

    page = call("GET", query=ticket.query(SIGNING_KEY))["body"]

    assert "<script>alert" not in page
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
        pytest.param({"query": QUERY | {"signature": "0" * 64}}, id="forged signature"),
        pytest.param({"query": QUERY | {"signature": ""}}, id="an empty signature"),
        pytest.param({"query": QUERY | {"signature": "ünlesbar"}}, id="no hexadecimal"),
        pytest.param({"query": QUERY | {"signature": "\ud800"}}, id="no character"),
        pytest.param({"query": QUERY | {"expires": "4102444801"}}, id="a later deadline"),
        pytest.param({"query": QUERY | {"kid": "00000000"}}, id="an unknown key"),
        pytest.param({"query": {}}, id="nothing"),
        *(
            pytest.param({"query": {k: v for k, v in QUERY.items() if k != name}}, id=f"no {name}")
            for name in QUERY
        ),
        pytest.param({"path": "/approvals/lighthouses-1/2"}, id="other round"),
        pytest.param({"path": "/approvals/lighthouses-2/1"}, id="other workflow"),
        pytest.param({"path": "/approvals/lighthouses-1/-1"}, id="no round"),
        pytest.param({"path": "/approvals/lighthouses-1/01"}, id="a round in another form"),
        pytest.param({"path": "/approvals/lighthouses-1/1000000000"}, id="a long round"),
        pytest.param({"path": "/approvals/lighthouses-1/²"}, id="a digit that is no number"),
        pytest.param(
            {"query": replace(TICKET, reviewer="eve@example.com").query(SIGNING_KEY)},
            id="another reviewer's",
        ),
        pytest.param(
            {"query": replace(TICKET, draft_sha256="1" * 64).query(SIGNING_KEY)},
            id="another draft's",
        ),
        pytest.param({"query": TICKET.query(SigningKey(b"another key"))}, id="another key's"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_was_not_sent_is_refused(
    method: str,
    link: dict[str, Any],
    asked: Workflows,
    all_items: AllItems,
    step_functions: FakeStepFunctions,
) -> None:
    asked.ask_approval(an_approval(round=2, draft_sha256="2" * 64))
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
    assert "Already approved by editor@example.com" in response["body"]
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
    registered: Workflows,
    all_items: AllItems,
    step_functions: FakeStepFunctions,
) -> None:
    ask(registered, expires_at=1)
    before = all_items()

    response = call(method, APPROVE, replace(TICKET, expires_at=1).query(SIGNING_KEY))

    assert response["statusCode"] == 410
    assert before == all_items()
    assert step_functions.answers == []


def test_a_decision_between_two_tokens_is_kept_and_asked_for_again(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    step_functions.fails_with = step_functions.exceptions.TaskTimedOut()

    response = call("POST", APPROVE)

    assert response["statusCode"] == 503
    assert "The decision is kept" in response["body"]
    approval = asked.find_approval("lighthouses-1", 1)
    assert approval is not None
    assert approval.approvers == [REVIEWER]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("ABORTED", "no longer waits"),
        ("FAILED", "no longer waits"),
        ("TIMED_OUT", "no longer waits"),
        ("EXPIRED", "is over"),
    ],
)
def test_a_workflow_that_has_ended_is_gone_and_stays_as_it_ended(
    status: str,
    words: str,
    asked: Workflows,
    all_items: AllItems,
    step_functions: FakeStepFunctions,
) -> None:
    asked.set_status("lighthouses-1", status)
    before = all_items()

    responses = [call("GET"), call("POST", APPROVE)]

    assert [410, 410] == [response["statusCode"] for response in responses]
    assert all(words in response["body"] for response in responses)
    assert before == all_items()
    assert step_functions.answers == []


def test_a_workflow_that_ends_while_its_reviewer_decides_is_not_called_approved(
    asked: Workflows, monkeypatch: pytest.MonkeyPatch, step_functions: FakeStepFunctions
) -> None:
    def stopped(*_: object, **__: object) -> None:
        asked.set_status("lighthouses-1", "ABORTED")
        raise step_functions.exceptions.TaskTimedOut

    monkeypatch.setattr(step_functions, "send_task_success", stopped)

    responses = [call("POST", APPROVE), call("POST", APPROVE), call("GET")]

    assert [410, 410, 410] == [response["statusCode"] for response in responses]
    assert status_of(asked) == "ABORTED"


def test_an_end_that_is_recorded_while_the_workflow_is_told_stays(
    asked: Workflows, monkeypatch: pytest.MonkeyPatch, step_functions: FakeStepFunctions
) -> None:
    def published_at_once(**_: object) -> None:
        asked.set_status("lighthouses-1", "PUBLISHED")

    monkeypatch.setattr(step_functions, "send_task_success", published_at_once)

    assert call("POST", APPROVE)["statusCode"] == 200
    assert status_of(asked) == "PUBLISHED"


def test_a_report_that_is_published_before_the_answer_is_noted_was_approved(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    asked.vote(an_approval(), a_vote())
    asked.set_status("lighthouses-1", "PUBLISHED")

    response = call("GET")

    assert response["statusCode"] == 200
    assert "approved by editor@example.com" in response["body"]


def test_the_record_says_what_was_decided(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    call("POST", REJECT)

    assert status_of(asked) == "REJECTED"


def test_a_draft_that_a_newer_one_has_replaced_is_gone_and_names_the_newer(
    asked: Workflows, all_items: AllItems, step_functions: FakeStepFunctions
) -> None:
    call("POST", REJECT)
    asked.set_status("lighthouses-1", WAITING, round=2)
    before = all_items()

    responses = [call("GET"), call("POST", REJECT), call("POST", APPROVE)]

    assert [410, 200, 409] == [response["statusCode"] for response in responses]
    assert all("rejected by editor@example.com" in each["body"] for each in responses)
    assert "A newer draft, of round 2" in responses[0]["body"]
    assert not any("<form" in each["body"] for each in responses)
    assert before == all_items()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_draft_that_was_replaced_undecided_takes_no_decision(
    method: str, asked: Workflows, all_items: AllItems, step_functions: FakeStepFunctions
) -> None:
    asked.set_status("lighthouses-1", WAITING, round=2)
    before = all_items()

    response = call(method, APPROVE)

    assert response["statusCode"] == 410
    assert "A newer draft, of round 2" in response["body"]
    assert before == all_items()
    assert step_functions.answers == []


def test_a_second_approval_that_comes_while_the_first_is_told_may_have_to_be_sent_again(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    asked.vote(an_approval(), a_vote())
    step_functions.fails_with = step_functions.exceptions.TaskTimedOut()

    responses = [call("POST", APPROVE), call("POST", APPROVE)]

    assert [503, 503] == [each["statusCode"] for each in responses]  # nobody has taken it yet


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
    token = TICKET.form_token(SIGNING_KEY).encode()

    response = post_bytes(b"form_token=" + token + b"&decision=\xff\xfe")

    assert response["statusCode"] == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"x" * 250_000, 413, id="too large"),
        pytest.param(b"&".join([b"a=b"] * 201), 400, id="too many fields"),
        pytest.param(b"", 403, id="nothing"),
        pytest.param(b"\xff\xfe\x00", 403, id="no text"),
        pytest.param(b'{"decision": "approved"}', 403, id="JSON"),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_refused(
    body: bytes,
    status: int,
    asked: Workflows,
    all_items: AllItems,
    step_functions: FakeStepFunctions,
) -> None:
    before = all_items()

    assert status == post_bytes(body)["statusCode"]
    assert before == all_items()
    assert step_functions.answers == []


def post_bytes(body: bytes) -> dict[str, Any]:
    """Send a body as it is."""
    event = load_event("approval_api")
    event["routeKey"] = "POST /approvals/{workflow_id}/{round}"
    event["requestContext"]["http"]["method"] = "POST"
    event["queryStringParameters"] = QUERY
    event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return app.lambda_handler(event, a_context())


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="none"),
        pytest.param("0" * 64, id="made up"),
        pytest.param([TICKET.form_token(SIGNING_KEY)] * 2, id="doubled"),
        pytest.param(QUERY["signature"], id="the link's signature"),
        pytest.param(a_ticket(round=2).form_token(SIGNING_KEY), id="another round's"),
        pytest.param(a_ticket(reviewer="eve@example.com").form_token(SIGNING_KEY), id="of another"),
        pytest.param("ünlesbar", id="no hexadecimal"),
    ],
)
def test_a_form_that_is_not_the_pages_is_refused(
    token: Any, asked: Workflows, all_items: AllItems, step_functions: FakeStepFunctions
) -> None:
    before = all_items()

    response = call("POST", {**APPROVE, "form_token": token})

    assert response["statusCode"] == 403
    assert "Open the link in your mail again" in response["body"]
    assert TOPIC not in response["body"]
    assert before == all_items()
    assert step_functions.answers == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"sec-fetch-site": "cross-site"}, 403, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour"),
        pytest.param({"origin": "https://evil.example"}, 403, id="another origin"),
        pytest.param({"origin": "https://approvals.example.com.evil.example"}, 403, id="alike"),
        pytest.param({"sec-fetch-site": "same-origin", "origin": "null"}, 200, id="the page"),
        pytest.param({"origin": "null"}, 200, id="the page in an old browser"),
        pytest.param({"origin": "https://approvals.example.com"}, 200, id="the page's origin"),
    ],
)
def test_a_form_from_another_site_is_refused(
    headers: dict[str, str], status: int, asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    assert status == call("POST", APPROVE, headers=headers)["statusCode"]
    assert (status == 200) == bool(step_functions.answers)


def test_the_page_carries_the_token_of_its_form(asked: Workflows) -> None:
    token = TICKET.form_token(SIGNING_KEY)

    assert f'name="form_token" value="{token}"' in call("GET")["body"]


def test_every_view_decision_and_refusal_is_audited(
    asked: Workflows, artifacts: Artifacts, audited: AllItems, step_functions: FakeStepFunctions
) -> None:
    call("GET")
    call("POST", {**APPROVE, "form_token": ""})
    call("POST", {})
    call("POST", APPROVE)
    call("POST", REJECT)
    call("GET")

    expected = ["viewed", "refused", "refused", "approved", "refused", "viewed"]
    assert expected == [each["did"] for each in audited()]
    assert [200, 403, 400, 200, 409, 200] == [each["answered"] for each in audited()]
    assert {(REVIEWER, TICKET.draft_sha256, "127.0.0.1")} == {
        (each["reviewer"], each["draft_sha256"], each["source_ip"]) for each in audited()
    }


def test_the_audit_holds_no_secret(
    asked: Workflows, audited: AllItems, step_functions: FakeStepFunctions
) -> None:
    call("GET")
    call("POST", APPROVE)

    secrets = (TASK_TOKEN, QUERY["signature"], TICKET.form_token(SIGNING_KEY))
    assert not any(secret in repr(audited()) for secret in secrets)


def test_a_link_that_is_not_genuine_is_logged_and_fills_no_table(
    asked: Workflows, audited: AllItems, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    forged = QUERY | {"signature": "0" * 64}

    call("GET", query=forged)
    call("POST", APPROVE, query=forged)

    assert audited() == []
    refused = [line for line in log_lines() if line["message"] == "a link was refused"]
    assert [("lighthouses-1", "127.0.0.1")] * 2 == [
        (line["workflow_id"], line["source_ip"]) for line in refused
    ]


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


# ---- where reviewers sign in ---------------------------------------------------------------------


@pytest.fixture
def _with_sign_in(_without_sign_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "SIGNS_IN", True)


def cookies_of(address: str, *groups: str) -> list[str]:
    """Return what the browser of somebody who has signed in sends."""
    cookie = Session.begin(address, groups).cookie(SIGNING_KEY, "https://approvals.example.com")
    return [f"{cookie.name}={cookie.value}"]


@pytest.mark.usefixtures("_with_sign_in")
def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(asked: Workflows) -> None:
    response = call("GET")

    where = urlsplit(response["headers"]["Location"])
    assert (303, "/sign-in") == (response["statusCode"], where.path)
    back = urlsplit(parse_qs(where.query)["to"][0])
    assert (back.path, dict(parse_qsl(back.query))) == ("/approvals/lighthouses-1/1", QUERY)
    assert TOPIC not in repr(response)


@pytest.mark.usefixtures("_with_sign_in")
def test_whoever_is_not_signed_in_decides_nothing(
    asked: Workflows, all_items: AllItems, step_functions: FakeStepFunctions
) -> None:
    before = all_items()

    response = call("POST", APPROVE)

    assert response["statusCode"] == 401
    assert "Sign in to see this draft" in response["body"]
    assert TOPIC not in response["body"]
    assert before == all_items()
    assert step_functions.answers == []


@pytest.mark.usefixtures("_with_sign_in")
@pytest.mark.parametrize("address", [REVIEWER, REVIEWER.upper()])
def test_the_reviewer_who_has_signed_in_decides(
    address: str, asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    cookies = cookies_of(address)

    assert call("GET", cookies=cookies)["statusCode"] == 200
    assert "approved by editor@example.com at" in call("POST", APPROVE, cookies=cookies)["body"]


@pytest.mark.usefixtures("_with_sign_in")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "groups",
    [
        pytest.param([], id="no group"),
        pytest.param(["reviewers-radio"], id="another tenant's"),
        pytest.param(["press", "reviewers-", "reviewers-pres", "reviewers-*"], id="alike"),
    ],
)
def test_somebody_else_sees_and_decides_nothing(  # noqa: PLR0913, PLR0917  # all is looked at
    method: str,
    groups: list[str],
    asked: Workflows,
    all_items: AllItems,
    audited: AllItems,
    step_functions: FakeStepFunctions,
) -> None:
    before = all_items()

    response = call(method, APPROVE, cookies=cookies_of("eve@example.com", *groups))

    assert response["statusCode"] == 403
    assert "You are signed in as eve@example.com" in response["body"]
    assert TOPIC not in response["body"]
    assert before == all_items()
    assert [("refused", "eve@example.com")] == [(each["did"], each["by"]) for each in audited()]


@pytest.mark.usefixtures("_with_sign_in")
def test_a_reviewer_of_the_tenant_may_stand_in_and_is_named(
    asked: Workflows, audited: AllItems, step_functions: FakeStepFunctions
) -> None:
    cookies = cookies_of("chief@example.com", "reviewers-press")

    response = call("POST", APPROVE, cookies=cookies)

    assert response["statusCode"] == 200
    assert "by chief@example.com for editor@example.com" in response["body"]
    assert [("approved", "chief@example.com")] == [(each["did"], each["by"]) for each in audited()]


@pytest.mark.usefixtures("_with_sign_in")
def test_signing_in_does_not_make_a_link_genuine(asked: Workflows) -> None:
    forged = QUERY | {"signature": "0" * 64}

    response = call("GET", query=forged, cookies=cookies_of(REVIEWER, "reviewers-press"))

    assert response["statusCode"] == 403
    assert "This link is not valid" in response["body"]


@pytest.mark.usefixtures("_with_sign_in")
@pytest.mark.parametrize("stand_in", ["lawyer@example.com", "Chief@example.com"])
def test_where_all_must_approve_nobody_decides_for_two(
    stand_in: str, asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    both = [REVIEWER, "lawyer@example.com"]
    ask(asked, reviewers=both, rule=Rule.ALL)
    cookies = cookies_of(stand_in, "reviewers-press")
    own = an_approval().ticket_of("lawyer@example.com")
    form = {**APPROVE, "form_token": own.form_token(SIGNING_KEY)}
    call("POST", form, own.query(SIGNING_KEY), cookies=cookies)

    response = call("POST", APPROVE, cookies=cookies)

    assert response["statusCode"] == 403
    assert "nobody decides for two" in response["body"]
    approval = asked.find_approval("lighthouses-1", 1)
    assert approval is not None
    assert len(approval.votes) == 1
    assert step_functions.answers == []


@pytest.mark.usefixtures("_with_sign_in")
def test_a_stand_in_may_send_again_what_could_not_be_told(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    ask(asked, reviewers=[REVIEWER, "lawyer@example.com"], rule=Rule.ALL)
    asked.vote(an_approval(), a_vote(reviewer="lawyer@example.com"))
    cookies = cookies_of("chief@example.com", "reviewers-press")
    step_functions.fails_with = aws_error("ServiceUnavailable")
    refused = call("POST", APPROVE, cookies=cookies)
    step_functions.fails_with = None

    again = call("POST", APPROVE, cookies=cookies)

    assert [503, 200] == [refused["statusCode"], again["statusCode"]]
    assert len(step_functions.answers) == 1


@pytest.mark.usefixtures("_with_sign_in")
def test_the_workflow_is_told_who_approved_and_not_whom_they_stood_in_for(
    asked: Workflows, step_functions: FakeStepFunctions
) -> None:
    call("POST", APPROVE, cookies=cookies_of("chief@example.com", "reviewers-press"))

    ((_, output),) = step_functions.answers
    assert (output["reviewer"], output["approved_by"]) == (
        "chief@example.com",
        ["chief@example.com"],
    )


@pytest.mark.usefixtures("_with_sign_in")
def test_a_group_of_no_tenant_makes_nobody_the_reviewer(
    asked: Workflows, audited: AllItems, step_functions: FakeStepFunctions
) -> None:
    call("POST", APPROVE, cookies=cookies_of("chief@example.com", "reviewers-", "reviewers-press"))

    assert [each["by"] for each in audited()] == ["chief@example.com"]


def test_lines_say_whose_a_draft_is_once_its_link_is_known_to_be_genuine(
    asked: Workflows, all_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    call("GET")
    call("GET", query={**QUERY, "signature": "0" * 64})

    genuine, *forged = all_lines()
    assert ("lighthouses-1", "press") == (genuine["workflow_id"], genuine["tenant"])
    assert forged
    assert all("tenant" not in each for each in forged)
