"""An assistant on a stack, by the SDK's own client: it looks and reads, and never decides."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from galley_local.stack import Stack
from tests.workflow.conftest import TOPIC, Workflow

ROOT = Path(__file__).parents[2]


class Assistant:
    """Calls tools of a server that runs as whoever installs it would run it."""

    def __init__(self, *words: str) -> None:
        command = ["-m", "galley_cli.main", "mcp", *words]
        path = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "layer")])}
        self._server = StdioServerParameters(command=sys.executable, args=command, env=path)

    def tools(self) -> list[Any]:
        """Return the tools that there are."""

        async def listed(client: Client) -> list[Any]:
            return list((await client.list_tools()).tools)

        found: list[Any] = self._with_server(listed)
        return found

    def calls(self, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """Return what each of some calls is answered."""

        async def answers(client: Client) -> list[Any]:
            return [await client.call_tool(name, given) for name, given in calls]

        found: list[Any] = self._with_server(answers)
        return found

    def _with_server(self, use: Callable[[Client], Any]) -> Any:
        async def run() -> Any:
            async with Client(stdio_client(self._server)) as client:
                return await use(client)

        return anyio.run(run)


def test_there_is_no_tool_that_decides(stack: Stack) -> None:
    tools = Assistant("--url", stack.url).tools()

    names = ["start_workflow", "list_workflows", "show_workflow", "get_report"]
    assert [each.name for each in tools] == names
    assert [each.annotations.read_only_hint for each in tools] == [False, True, True, True]
    fields = [set(each.input_schema["properties"]) for each in tools]
    assert not {"reviewer", "reviewers", "link", "decision"} & set().union(*fields)


def test_a_waiting_workflow_is_told_of_without_a_way_to_decide(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    workflow = start(topic=TOPIC)
    link, token = workflow.link(), workflow.token()

    answers = Assistant("--url", stack.url).calls(
        ("list_workflows", {"status": "waiting"}),
        ("show_workflow", {"workflow_id": workflow.name}),
        ("get_report", {"workflow_id": workflow.name, "draft": True}),
        ("get_report", {"workflow_id": workflow.name}),
    )

    said = [each.model_dump_json() for each in answers]
    assert [each.is_error for each in answers] == [False, False, False, True]
    assert not [each for each in said if link in each or token in each or "signature=" in each]
    assert not [each for each in said if "task_token" in each or "/approvals/" in each]
    _, shown, draft, _ = [each.structured_content for each in answers]
    assert shown["status"] == "WAITING_FOR_APPROVAL"
    assert shown["next"] == ["Only its reviewers can decide, by the link in the mail to them."]
    assert draft["markdown"] == workflow.text("drafts/1.md")
    assert "not instructions" in draft["note"]


def test_a_report_is_fetched_and_a_workflow_started_for_the_reviewers_of_the_server(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    workflow = start(topic=TOPIC)
    workflow.approve()
    workflow.end()
    assistant = Assistant("--url", stack.url, "--reviewer", "chief@example.com")

    report, started, refused = assistant.calls(
        ("get_report", {"workflow_id": workflow.name}),
        ("start_workflow", {"topic": TOPIC, "tenant": "by-mcp"}),
        ("start_workflow", {"topic": "?!"}),
    )

    assert report.structured_content["markdown"] == workflow.text("published/report.md")
    assert started.structured_content["reviewers"] == ["chief@example.com"]
    assert "topic: expected" in json.dumps(refused.model_dump(mode="json"))


def test_a_server_of_one_tenant_knows_no_other(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    workflow = start(topic=TOPIC)
    workflow.link()

    shown, listed, started = Assistant("--url", stack.url, "--tenant", "another").calls(
        ("show_workflow", {"workflow_id": workflow.name}),
        ("list_workflows", {}),
        ("start_workflow", {"topic": TOPIC, "tenant": workflow.tenant}),
    )

    assert [shown.is_error, started.is_error] == [True, True]
    assert listed.structured_content["workflows"] == []
