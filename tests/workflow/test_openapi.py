"""The approval API answers as `docs/openapi.yaml` says, whatever it is sent."""

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from samtranslator.yaml_helper import yaml_parse

from galley_local.attacks.wire import Door
from galley_local.reviewer import Page, open_link
from galley_local.stack import Stack

from .conftest import TOPIC, Workflow

DOCUMENT: dict[str, Any] = yaml_parse(
    (Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text("utf-8")
)
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
EXAMPLES = 30  # of each operation, besides those that its schema suggests
FEWER_EXAMPLES = 8  # where sign-in adds to what was tried without it
LONGEST_SECONDS = 120
ROUTES = {
    f"{method.upper()} /{path.split('/')[1]}"
    for path, item in DOCUMENT["paths"].items()
    for method in item.keys() - {"parameters"}
}
REVIEWER = "editor@example.com"
WITH_SIGN_IN = pytest.mark.parametrize("with_sign_in", [True], indirect=True)


@dataclass(frozen=True)
class Answers:
    """What the API has answered to what was generated."""

    statuses: dict[str, set[int]]  # by method and the first word of the path
    targets: set[str]  # of redirects


@pytest.fixture(scope="module", params=[False])
def with_sign_in(request: pytest.FixtureRequest) -> bool:
    """Return whether reviewers sign in, as a test says."""
    return bool(request.param)


@pytest.fixture(scope="module")
def page(_stack: tuple[Stack, Any]) -> Page:
    """Return the page of a draft that waits, as its reviewer sees it."""
    asked = {"topic": TOPIC, "tenant": "press", "reviewer": REVIEWER, "options": {"max_sources": 2}}
    return Workflow(_stack[0], asked, name="described").page()


def stated(name: str) -> str:
    """Return the pattern that the description has for a header."""
    return str(DOCUMENT["components"]["headers"][name]["schema"]["pattern"])


def for_link(page: Page) -> dict[str, Any]:
    """Return the description of one link: its parts, and its form's token, have one value each."""
    parts = urlsplit(page.link)
    workflow_id, round_number = parts.path.split("/")[2:]
    known = {"workflow_id": workflow_id, "round": int(round_number), **dict(parse_qsl(parts.query))}
    document = deepcopy(DOCUMENT)
    for name, value in known.items():
        parameter = document["components"]["parameters"][name]
        parameter |= {"schema": {"enum": [value]}, "example": value}
    document["components"]["securitySchemes"].clear()  # a browser's cookies are for it to send
    form = document["components"]["schemas"]["DecisionForm"]
    form["properties"]["form_token"] = {"enum": [page.form_token]}
    form["example"]["form_token"] = page.form_token
    return document


def cookie_of(page: Page) -> str:
    """Return an option that has every request sent by whoever looks at a page."""
    cookies = "; ".join(f"{each.name}={each.value}" for each in page.browser.cookies)
    return f"--header=Cookie: {cookies}"


def answers(
    document: dict[str, Any], stack: Stack, folder: Path, *options: str, examples: int = EXAMPLES
) -> Answers:
    """Have requests generated from a description, sent, and their answers held to it."""
    description, archive = folder / "openapi.json", folder / "sent.har"
    description.write_text(json.dumps(document), "utf-8")
    command = [str(SCHEMATHESIS), "run", str(description), "--url", stack.url, "--no-color"]
    limits = ["--generation-deterministic", "--max-examples", str(examples)]
    checked = ["--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS)]
    finished = subprocess.run(
        [*command, *limits, *checked, "--report-har-path", str(archive), *options],
        cwd=folder,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    statuses, targets = defaultdict(set), set()
    for entry in json.loads(archive.read_text("utf-8"))["log"]["entries"]:
        asked, answer = entry["request"], entry["response"]
        operation = f"{asked['method']} /{urlsplit(asked['url']).path.split('/')[1]}"
        statuses[operation].add(answer["status"])
        if answer["redirectURL"]:
            targets.add(answer["redirectURL"])
        elif answer["content"]["mimeType"].startswith("text/html"):
            assert answer["content"]["text"].startswith("<!doctype html>")
    return Answers(statuses, targets)


def test_without_a_link_everything_is_refused(stack: Stack, page: Page, tmp_path: Path) -> None:
    found = answers(DOCUMENT, stack, tmp_path)

    said = {name: found.statuses.pop(name) for name in ROUTES}
    assert said.pop("GET /approvals") | said.pop("POST /approvals") <= {403, 404}
    assert said.pop("POST /sign-out") <= {403, 404}
    assert said.pop("GET /reports") <= {403, 404}
    assert list(said.values()) == [{404}] * len(said)  # nobody signs in here
    assert {name.partition(" ")[0] for name in found.statuses} >= {"PUT", "DELETE", "OPTIONS"}
    assert all(statuses == {404} for statuses in found.statuses.values())
    assert found.targets == set()


def test_a_link_can_be_looked_at(stack: Stack, page: Page, tmp_path: Path) -> None:
    found = answers(for_link(page), stack, tmp_path, "--include-operation-id", "show")

    assert found.statuses["GET /approvals"] >= {200, 403}


def test_a_link_can_be_decided_by(stack: Stack, page: Page, tmp_path: Path) -> None:
    found = answers(for_link(page), stack, tmp_path, "--include-operation-id", "decide")

    assert found.statuses["POST /approvals"] >= {200, 400, 403, 409}


@WITH_SIGN_IN
def test_every_step_of_signing_in_leads_where_it_should(stack: Stack, page: Page) -> None:
    door = Door.at(page.link)

    shown = door.send("GET")
    begun = door.send("GET", path="/sign-in", query=urlsplit(shown.headers["location"]).query)
    asked = urlsplit(begun.headers["location"])
    at_the_pool = door.send("POST", {"address": REVIEWER}, path=asked.path, query=asked.query)
    cookie = {"Cookie": begun.headers["set-cookie"].partition(";")[0]}
    code = urlsplit(at_the_pool.headers["location"]).query
    finished = door.send("GET", headers=cookie, path="/signed-in", query=code)

    assert [reply.status for reply in (shown, begun, finished)] == [303] * 3
    assert re.search(stated("ToSignIn"), shown.headers["location"])
    assert re.search(stated("ToThePool"), begun.headers["location"])
    assert re.search(stated("AttemptCookie"), begun.headers["set-cookie"])
    assert re.search(stated("ToThePage"), finished.headers["location"])
    assert re.search(stated("SessionCookie"), finished.headers["set-cookie"])
    assert finished.headers["location"] == page.link


@WITH_SIGN_IN
def test_whoever_is_not_signed_in_is_led_to_it(stack: Stack, page: Page, tmp_path: Path) -> None:
    found = answers(for_link(page), stack, tmp_path, examples=FEWER_EXAMPLES)

    assert found.statuses["GET /approvals"] >= {303, 403}
    assert found.statuses["POST /approvals"] == {401, 403}
    assert found.statuses["GET /inbox"] == {303}
    assert found.statuses["GET /sign-in"] == {303, 400}
    assert found.statuses["POST /sign-out"] == {200, 403}
    ways = "|".join(map(stated, ("ToSignIn", "ToThePool")))
    assert [target for target in found.targets if not re.search(ways, target)] == []


@WITH_SIGN_IN
def test_somebody_else_sees_no_draft(stack: Stack, page: Page, tmp_path: Path) -> None:
    somebody = open_link(page.link, "somebody@example.com")

    found = answers(for_link(page), stack, tmp_path, cookie_of(somebody), examples=FEWER_EXAMPLES)

    assert found.statuses["GET /approvals"] | found.statuses["POST /approvals"] <= {403, 404}
    assert found.statuses["GET /inbox"] == {200}


@WITH_SIGN_IN
def test_whoever_is_signed_in_decides(stack: Stack, page: Page, tmp_path: Path) -> None:
    found = answers(for_link(page), stack, tmp_path, cookie_of(page), examples=FEWER_EXAMPLES)

    assert found.statuses["GET /approvals"] >= {200, 403}
    assert found.statuses["POST /approvals"] >= {200, 400, 403, 409}
    assert found.statuses["GET /inbox"] == found.statuses["GET /sign-out"] == {200}
