"""Reports: a genuine link leads to the files of one publication, and to nothing else."""

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from galley.reports.publications import FILES, ReportLink
from galley.sign_in.sessions import Session

from functions.reports import app
from tests.unit.fakes import REVIEWER, SIGNING_KEY, FakeKeys, a_context, load_event

LINK = ReportLink("press", "lighthouses-1", 4_102_444_800)


@pytest.fixture(autouse=True)
def with_keys(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the function its keys, and let nobody sign in."""
    monkeypatch.setattr(app, "KEYS", FakeKeys(SIGNING_KEY))
    monkeypatch.setattr(app, "SIGNS_IN", False)


def opened(link: ReportLink = LINK, address: str = "", **query: str) -> dict[str, Any]:
    """Return what comes of opening a link; `query` is changed in it."""
    event, asked = load_event("reports"), urlsplit(link.path(SIGNING_KEY))
    event["pathParameters"] = {"tenant": link.tenant, "workflow_id": link.workflow_id}
    event["queryStringParameters"] = dict(parse_qsl(asked.query)) | query
    if address:
        cookie = Session.begin(address, ()).cookie(SIGNING_KEY, "https://approvals.example.com")
        event["cookies"] = [f"{cookie.name}={cookie.value}"]
    return app.lambda_handler(event, a_context())


def test_a_link_leads_to_the_page_for_a_minute() -> None:
    response = opened()

    address = urlsplit(response["headers"]["Location"])
    assert 303 == response["statusCode"]
    assert f"{address.hostname}{address.path}".endswith(
        "/press/lighthouses-1/published/report.html"
    )
    said = parse_qs(address.query)
    assert ["60"] == said.get("X-Amz-Expires", ["60"])
    assert "Signature" in address.query


@pytest.mark.parametrize("name", FILES[1:])
def test_other_files_are_saved_by_their_name(name: str) -> None:
    location = opened(file=name)["headers"]["Location"]

    said = parse_qs(urlsplit(location).query)
    assert urlsplit(location).path.endswith(f"/published/{name}")
    assert [f'attachment; filename="{name}"'] == said["response-content-disposition"]


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "0" * 64},
        {"signature": "é"},
        {"expires": "4102444801"},
        {"expires": "1"},
        {"expires": "²"},
        {"kid": "00000000"},
        {"file": "../drafts/1.md"},
        {"file": "other.html"},
    ],
    ids=lambda change: " ".join(map("=".join, change.items()))[:30],
)
def test_any_other_link_is_refused(change: dict[str, str]) -> None:
    response = opened(LINK, "", **change)

    assert (403, app.INVALID) == (response["statusCode"], response["body"])
    assert "Location" not in response["headers"]


@pytest.mark.parametrize("name", ["tenant", "workflow_id"])
def test_a_link_is_good_for_its_own_report_alone(name: str) -> None:
    event = load_event("reports")
    event["queryStringParameters"] = dict(parse_qsl(urlsplit(LINK.path(SIGNING_KEY)).query))
    event["pathParameters"] = {"tenant": "press", "workflow_id": "lighthouses-1"} | {name: "x"}

    assert 403 == app.lambda_handler(event, a_context())["statusCode"]


def test_a_link_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.reports.app.time.time", lambda: LINK.expires_at)

    assert 403 == opened()["statusCode"]


def test_where_reviewers_sign_in_the_link_alone_is_not_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "SIGNS_IN", True)

    sent_away, shown = opened(), opened(address=REVIEWER)

    assert sent_away["headers"]["Location"].startswith("/sign-in?to=%2Freports%2Fpress%2F")
    assert "/published/report.html?" in shown["headers"]["Location"]
