"""What the documents list is what there is."""

import re
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from galley import errors, reconciliation
from samtranslator.yaml_helper import yaml_parse

from galley_local.faults.fault import KINDS
from tests.unit.fakes import ROOT
from tests.unit.test_structure import LAMBDA_TASKS, RESOURCES, TEMPLATE, leaves_below, seconds

OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
RELIABILITY = (ROOT / "docs" / "reliability.md").read_text("utf-8")


def row(name: str, parameter: dict[str, Any]) -> str:
    """Return a parameter's row of the table, which can be pasted into the document."""
    default = str(parameter["Default"])
    if "AllowedValues" in parameter:
        must = "be " + ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    elif "MinValue" in parameter:
        must = f"be {parameter['MinValue']:,} to {parameter['MaxValue']:,}"
    else:
        must = parameter["ConstraintDescription"].removeprefix("must ")
    shown = f"`{default}`" if default else "empty"
    return f"| `{name}` | {shown} | {must} | {parameter['Description']} |"


def test_the_table_of_parameters_is_the_templates() -> None:
    head = "| parameter | default | must | meaning |\n|---|---|---|---|\n"
    rows = [row(name, parameter) for name, parameter in TEMPLATE["Parameters"].items()]

    assert "\n".join(rows) == OPERATIONS.partition(head)[2].strip()


@pytest.mark.parametrize("error", sorted(leaves_below(errors.GalleyError)))
def test_what_to_do_is_said_of_every_error(error: str) -> None:
    told = [line for line in OPERATIONS.splitlines() if line.startswith("| `")]

    # a source that says nothing on the topic is a gap, which ends no run
    assert any(f"`{error}`" in line for line in told) or error == "IrrelevantSourceError"


DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_link_to_a_file_leads_to_one(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text("utf-8"))

    assert [] == [link for link in links if not (document.parent / link).exists()]


def budget(name: str) -> str:
    """Return a state's row of the table of times, which can be pasted into the document."""
    task = LAMBDA_TASKS[name]
    function = task["Arguments"]["FunctionName"].removeprefix("${").removesuffix("Arn}")
    properties = RESOURCES[function]["Properties"]
    variables = properties.get("Environment", {}).get("Variables", {})
    answer = f"{variables['AGENT_READ_TIMEOUT_SECONDS']} s" if "AGENT" in variables else ""
    attempts, slowest = 1, seconds(task["TimeoutSeconds"])
    waits = 0.0
    for each in task["Retry"]:
        attempts += each["MaxAttempts"]
        waits += sum(
            min(each["IntervalSeconds"] * each["BackoffRate"] ** attempt, each["MaxDelaySeconds"])
            for attempt in range(each["MaxAttempts"])
        )
    most = ceil((attempts * slowest + waits) / 60)
    cells = (name, answer, f"{properties['Timeout']} s", f"{slowest} s", attempts, f"{most} min")
    return f"| {' | '.join(map(str, cells))} |".replace("|  |", "| |")


WAITING = {"Ask for approval", "Remind reviewers"}


def longest_delay(name: str) -> float:
    """Return for how many seconds a state may be tried again without what it waits for."""
    task = LAMBDA_TASKS[name]
    function = task["Arguments"]["FunctionName"].removeprefix("${").removesuffix("Arn}")
    attempts, waits = 1, 0.0
    for each in task["Retry"]:
        attempts += each["MaxAttempts"]
        waits += each["MaxAttempts"] * each["MaxDelaySeconds"]
    return attempts * float(RESOURCES[function]["Properties"]["Timeout"]) + waits


def test_reconcile_waits_longer_than_a_healthy_run_may_take() -> None:
    before_a_record = longest_delay("Register workflow")
    after_the_deadline = sum(map(longest_delay, [*WAITING, "Collect decision"]))

    assert before_a_record < reconciliation.REGISTERED.total_seconds()
    assert after_the_deadline < reconciliation.LATE_SECONDS


@pytest.mark.parametrize("name", sorted(LAMBDA_TASKS.keys() - WAITING))
def test_the_table_of_times_is_the_state_machines(name: str) -> None:
    assert budget(name) in (ROOT / "docs" / "architecture.md").read_text("utf-8").splitlines()


def test_every_route_of_the_template_is_described() -> None:
    described = yaml_parse((ROOT / "docs" / "openapi.yaml").read_text("utf-8"))["paths"]

    events = [
        event["Properties"]
        for resource in RESOURCES.values()
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]
    routes = {(event["Path"], event["Method"].lower()) for event in events}
    methods = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
    assert routes == {
        (path, method) for path, item in described.items() for method in methods & item.keys()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_is_described(kind: str) -> None:
    named = re.findall(r"`([a-z-]+)(?:[+-]\d+)?`", RELIABILITY.partition("| kind |")[2])

    assert kind in named


def test_the_tests_that_hold_a_guarantee_are_there() -> None:
    named = re.findall(r"`((?:tests/\w+/)?test_\w+\.py)`", RELIABILITY)
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")}

    assert len(named) > 10
    assert [each for each in named if not any(path.endswith(each) for path in there)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_is_left_to_be_filled_in(document: Path) -> None:
    assert re.findall(r"^[A-Z]+$", document.read_text("utf-8"), re.M) == []
