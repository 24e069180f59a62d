"""Reports: a genuine link leads to the files of one publication, and to nothing else."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from galley.artifacts import Artifacts
from galley.reports.files import FILES
from galley.reports.publications import ReportLink, readers_of
from galley.sign_in.sessions import Session

from functions.reports import app
from tests.unit.fakes import REVIEWER, SIGNING_KEY, FakeKeys, a_context, load_event

LINK = ReportLink("press", "lighthouses-1", 4_102_444_800)


@pytest.fixture(autouse=True)
def with_keys(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the function its keys, and let nobody sign in."""
    monkeypatch.setattr(app, "KEYS", FakeKeys(SIGNING_KEY))
    monkeypatch.setattr(app, "SIGNS_IN", False)
    for name in FILES:
        artifacts.keep(LINK.key_of(name), "a file")


def opened(
    link: ReportLink = LINK, address: str = "", groups: tuple[str, ...] = (), **query: str
) -> dict[str, Any]:
    """Return what comes of opening a link; `query` is changed in it."""
    event, asked = load_event("reports"), urlsplit(link.path(SIGNING_KEY))
    event["pathParameters"] = {"tenant": link.tenant, "workflow_id": link.workflow_id}
    event["queryStringParameters"] = dict(parse_qsl(asked.query)) | query
    if address:
        cookie = Session.begin(address, groups).cookie(SIGNING_KEY, "https://approvals.example.com")
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
    assert ["60"] == said["X-Amz-Expires"]
    assert ["AWS4-HMAC-SHA256"] == said["X-Amz-Algorithm"]


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
        {"expires": "9" * 5000},
        {"readers": readers_of([REVIEWER])},
        {"file": "evidence.json"},
        {"kid": "00000000"},
        {"file": "../drafts/1.md"},
        {"file": "other.html"},
    ],
    ids=lambda change: " ".join(map("=".join, change.items()))[:30],
)
def test_any_other_link_is_refused(change: dict[str, str]) -> None:
    response = opened(LINK, "", (), **change)

    assert (403, app.INVALID) == (response["statusCode"], response["body"])
    assert "Location" not in response["headers"]


@pytest.mark.parametrize("name", ["tenant", "workflow_id"])
def test_a_link_is_good_for_its_own_report_alone(name: str) -> None:
    event = load_event("reports")
    event["queryStringParameters"] = dict(parse_qsl(urlsplit(LINK.path(SIGNING_KEY)).query))
    event["pathParameters"] = {"tenant": "press", "workflow_id": "lighthouses-1"} | {name: "x"}

    assert 403 == app.lambda_handler(event, a_context())["statusCode"]


def test_a_link_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("galley.reports.publications.time.time", lambda: LINK.expires_at)

    assert 403 == opened()["statusCode"]


def test_where_reviewers_sign_in_the_link_alone_is_not_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "SIGNS_IN", True)

    theirs = replace(LINK, readers=readers_of(["other@example.com", REVIEWER.upper()]))

    sent_away, shown = opened(theirs), opened(theirs, address=REVIEWER)
    colleague = opened(theirs, address="colleague@example.com", groups=("reviewers-press",))
    strangers = [
        opened(theirs, address="mallory@example.com", groups=("reviewers-rival",)),
        opened(LINK, address=REVIEWER),
    ]

    assert sent_away["headers"]["Location"].startswith("/sign-in?to=%2Freports%2Fpress%2F")
    assert "/published/report.html?" in shown["headers"]["Location"]
    assert "/published/report.html?" in colleague["headers"]["Location"]
    assert [403, 403] == [each["statusCode"] for each in strangers]


def test_a_link_says_that_a_file_is_not_there(artifacts: Artifacts) -> None:
    other = replace(LINK, workflow_id="lighthouses-2")

    response = opened(other)

    assert (404, app.MISSING) == (response["statusCode"], response["body"])
