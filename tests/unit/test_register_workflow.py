"""Register workflow: the request is checked, and its record is written once per workflow_id."""

from collections.abc import Callable
from typing import Any

import pytest
from galley.errors import InvalidRequestError
from galley.workflows import Workflows

from functions.register_workflow import app
from tests.unit.fakes import load_event

EVENT = load_event("register_workflow")
REQUEST, EXECUTION = EVENT["request"], EVENT["execution"]
OTHER_EXECUTION = {**EXECUTION, "id": EXECUTION["id"] + "-2", "name": "lighthouses-2"}


def test_a_request_becomes_flat_checked_fields(aws: None, context: Any) -> None:
    registered = app.lambda_handler(EVENT, context)

    expected = {
        "workflow_id": "lighthouses-1",
        "tenant": "press",
        "topic": "How lighthouses made their lights seen farther",
        "reviewers": ["editor@example.com"],
        "approval": "any",
        "max_sources": 10,
        "max_revisions": 3,
        "fresh": False,
        "budget_usd": "",
        "at_budget": "partial",
        "cast": {},
        "budget": {"at_budget": "partial"},
    }
    assert expected == registered


def test_the_record_says_who_asked_for_what_and_which_execution_runs(workflows: Workflows) -> None:
    app.register(REQUEST, EXECUTION, workflows, app.SETTINGS)

    record = workflows.find("lighthouses-1")
    assert record is not None
    expected = ("RUNNING", "press", EXECUTION["id"], EXECUTION["version"], EXECUTION["started_at"])
    names = ("status", "tenant", "execution", "version", "started_at")
    assert expected == tuple(record[name] for name in names)


def test_without_a_workflow_id_the_execution_names_the_workflow(workflows: Workflows) -> None:
    request = {name: value for name, value in REQUEST.items() if name != "workflow_id"}

    registered = app.register(request, {**EXECUTION, "name": "run-7"}, workflows, app.SETTINGS)

    assert registered["workflow_id"] == "run-7"


def test_a_workflow_id_of_another_execution_is_refused(workflows: Workflows) -> None:
    app.register(REQUEST, EXECUTION, workflows, app.SETTINGS)

    with pytest.raises(InvalidRequestError, match="workflow_id: 'lighthouses-1' is taken"):
        app.register(REQUEST, OTHER_EXECUTION, workflows, app.SETTINGS)


def test_a_workflow_id_of_another_tenant_is_refused(workflows: Workflows) -> None:
    app.register(REQUEST, EXECUTION, workflows, app.SETTINGS)

    with pytest.raises(InvalidRequestError, match="is taken"):
        app.register({**REQUEST, "tenant": "radio"}, OTHER_EXECUTION, workflows, app.SETTINGS)


def test_the_same_execution_may_register_again(
    workflows: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    first = app.register(REQUEST, EXECUTION, workflows, app.SETTINGS)
    items = all_items()

    again = app.register(REQUEST, EXECUTION, workflows, app.SETTINGS)

    assert (first, items) == (again, all_items())


def test_registering_late_does_not_undo_what_has_become_of_it(workflows: Workflows) -> None:
    app.register(REQUEST, EXECUTION, workflows, app.SETTINGS)
    workflows.set_status("lighthouses-1", "PUBLISHED")
    published = workflows.find("lighthouses-1")

    app.register(REQUEST, EXECUTION, workflows, app.SETTINGS)

    assert workflows.find("lighthouses-1") == published


def test_a_bad_request_leaves_no_record(
    workflows: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    with pytest.raises(InvalidRequestError):
        app.register({**REQUEST, "topic": ""}, EXECUTION, workflows, app.SETTINGS)

    assert all_items() == []


def test_lines_say_whose_a_request_is_that_does_not_say_it(
    aws: None, context: Any, all_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    request = {"topic": "Lights", "reviewer": "editor@example.com"}

    app.lambda_handler({"request": request, "execution": EXECUTION}, context)

    (line,) = all_lines()
    assert ("lighthouses-1", "default") == (line["workflow_id"], line["tenant"])
