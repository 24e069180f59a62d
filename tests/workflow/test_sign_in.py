"""Reviewers sign in on a whole stack, at the laptop's user pool."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from galley.secrets import SigningKeys
from galley.sign_in.sessions import Session, session_in
from galley.signing import SigningKey
from typer.testing import CliRunner

from galley_cli.main import app
from galley_local.reviewer import Browser, Page, sign_in
from galley_local.stack import Stack

from .conftest import TOPIC, ScriptedMind, Workflow

REVIEWER = "editor@example.com"


@pytest.fixture(scope="module")
def with_sign_in() -> bool:
    """Have reviewers sign in."""
    return True


@pytest.fixture
def workflow(stack: Stack, mind: ScriptedMind, request: pytest.FixtureRequest) -> Workflow:
    """Give a workflow that asks a reviewer."""
    asked = {"topic": TOPIC, "tenant": "press", "reviewer": REVIEWER}
    name = request.node.name.replace("_", "-")[-60:]
    return Workflow(stack, {**asked, "options": {"max_sources": 2}}, name)


def signing_in(stack: Stack, link: str) -> Page:
    """Return the page on which the pool asks who wants to go to a link."""
    path = link.removeprefix(stack.url)
    return Browser().open(f"{stack.url}/sign-in?{urlencode({'to': path})}")


def session_of(stack: Stack, browser: Browser) -> Session | None:
    """Return whom the approval API takes a browser for."""
    secrets = stack.client("secretsmanager")
    arn = secrets.list_secrets()["SecretList"][0]["ARN"]
    keys = SigningKeys(arn)
    secret = secrets.get_secret_value(SecretId=arn)["SecretString"]
    keys._keys, keys._read_at = [SigningKey(secret.encode())], float("inf")
    return session_in([f"{each.name}={each.value}" for each in browser.cookies], keys)


def test_a_reviewer_signs_in_on_the_way_to_a_draft(stack: Stack, workflow: Workflow) -> None:
    link = workflow.link()
    asked = signing_in(stack, link)

    page = sign_in(asked, REVIEWER)

    assert asked.asks_to_sign_in
    assert page.link == link
    assert page.status == 200
    assert page.form_token
    session = session_of(stack, page.browser)
    assert session
    assert session.may_review(REVIEWER, "any tenant")
    assert not session.may_review("somebody@example.com", "press")


def test_groups_are_the_pools(stack: Stack, workflow: Workflow) -> None:
    cognito, pool = stack.client("cognito-idp"), {"UserPoolId": stack.user_pool.id}
    verified = [
        {"Name": "email", "Value": "chief@example.com"},
        {"Name": "email_verified", "Value": "true"},
    ]
    cognito.create_group(GroupName="reviewers-press", **pool)
    cognito.admin_create_user(Username="chief@example.com", UserAttributes=verified, **pool)
    cognito.admin_add_user_to_group(
        Username="chief@example.com", GroupName="reviewers-press", **pool
    )

    page = sign_in(signing_in(stack, workflow.link()), "chief@example.com")

    session = session_of(stack, page.browser)
    assert session
    assert session.groups == ("reviewers-press",)
    assert session.may_review(REVIEWER, "press")
    assert not session.may_review(REVIEWER, "radio")


def test_who_signs_out_is_signed_out(stack: Stack, workflow: Workflow) -> None:
    browser = sign_in(signing_in(stack, workflow.link()), REVIEWER).browser
    before = browser.open(f"{stack.url}/sign-out")

    page = browser.send(f"{stack.url}/sign-out", {})

    assert REVIEWER in before.text
    assert "/logout?" in page.text
    assert session_of(stack, browser) is None
    assert "You are signed out" in browser.open(f"{stack.url}/sign-out").text


def test_no_log_holds_a_code_a_token_or_a_session(stack: Stack, workflow: Workflow) -> None:
    asked = signing_in(stack, workflow.link())
    state = parse_qs(urlsplit(asked.link).query)["state"][0]

    page = sign_in(asked, REVIEWER)

    (session,) = (str(each.value) for each in page.browser.cookies if "session" in each.name)
    logs = "".join(log.read_text() for log in stack.work.glob("*.log"))
    assert logs
    assert session not in logs
    assert state not in logs
    assert "code=" not in logs
    assert "eyJ" not in logs  # as every JWT begins


def test_a_command_cannot_sign_in_for_a_reviewer(stack: Stack, workflow: Workflow) -> None:
    link = workflow.link()

    words = ["approve", workflow.name, "--yes", "--url", stack.url, "--link", "-"]
    refused = CliRunner().invoke(app, words, input=f"{link}\n")

    assert refused.exit_code == 2
    assert "reviewers of this stack sign in, which a command cannot do" in refused.stderr
    assert f"{stack.url}/inbox" in refused.stderr
    assert workflow.record()["status"] == "WAITING_FOR_APPROVAL"
