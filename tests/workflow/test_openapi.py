"""The approval API answers as `docs/openapi.yaml` says, whatever it is sent."""

import json
import os
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

from galley_local.reviewer import Page
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
LONGEST_SECONDS = 120
METHODS = {"GET", "POST"}


@dataclass(frozen=True)
class Answers:
    """What the API has answered to what was generated."""

    statuses: dict[str, set[int]]  # by method
    pages: list[str]


@pytest.fixture(scope="module")
def page(_stack: tuple[Stack, Any]) -> Page:
    """Return the page of a draft that waits."""
    request = {"topic": TOPIC, "tenant": "press", "reviewer": "editor@example.com"}
    short = {**request, "options": {"max_sources": 2}}
    return Workflow(_stack[0], short, name="described").page()


def for_link(page: Page) -> dict[str, Any]:
    """Return the description of one link: its parts, and its form's token, have one value each."""
    parts = urlsplit(page.link)
    workflow_id, round_number = parts.path.split("/")[2:]
    known = {"workflow_id": workflow_id, "round": int(round_number), **dict(parse_qsl(parts.query))}
    document = deepcopy(DOCUMENT)
    for name, value in known.items():
        parameter = document["components"]["parameters"][name]
        parameter |= {"schema": {"enum": [value]}, "example": value}
    form = document["components"]["schemas"]["DecisionForm"]
    form["properties"]["form_token"] = {"enum": [page.form_token]}
    form["example"]["form_token"] = page.form_token
    return document


def answers(document: dict[str, Any], stack: Stack, folder: Path, *options: str) -> Answers:
    """Have requests generated from a description, sent, and their answers held to it."""
    description, archive = folder / "openapi.json", folder / "sent.har"
    description.write_text(json.dumps(document), "utf-8")
    command = [str(SCHEMATHESIS), "run", str(description), "--url", stack.url, "--no-color"]
    limits = ["--generation-deterministic", "--max-examples", str(EXAMPLES)]
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
    statuses, pages = defaultdict(set), []
    for entry in json.loads(archive.read_text("utf-8"))["log"]["entries"]:
        answer = entry["response"]
        statuses[entry["request"]["method"]].add(answer["status"])
        if answer["content"]["mimeType"].startswith("text/html"):
            pages.append(answer["content"]["text"])
    return Answers(statuses, pages)


def test_without_a_link_everything_is_refused(stack: Stack, page: Page, tmp_path: Path) -> None:
    found = answers(DOCUMENT, stack, tmp_path)

    assert found.statuses["GET"] | found.statuses["POST"] == {403, 404}
    others = {method: said for method, said in found.statuses.items() if method not in METHODS}
    assert others.keys() >= {"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
    assert all(said == {404} for said in others.values())
    assert all(text.startswith("<!doctype html>") for text in found.pages)


def test_a_link_can_be_looked_at(stack: Stack, page: Page, tmp_path: Path) -> None:
    found = answers(for_link(page), stack, tmp_path, "--include-method", "GET")

    assert found.statuses["GET"] >= {200, 403}
    assert all(text.startswith("<!doctype html>") for text in found.pages)


def test_a_link_can_be_decided_by(stack: Stack, page: Page, tmp_path: Path) -> None:
    found = answers(for_link(page), stack, tmp_path, "--include-method", "POST")

    assert found.statuses["POST"] >= {200, 400, 403, 409}
    assert all(text.startswith("<!doctype html>") for text in found.pages)
