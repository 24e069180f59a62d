"""`sam local invoke`: each function, built, does in a container what it did on the laptop."""

import html
import json
import re
from typing import Any

import pytest

from galley_local.lambdas.function import Function
from galley_local.rehearsal import (
    Call,
    recording,
    sample_request,
    wait_for_end,
    wait_until,
)
from galley_local.reviewer import decide, open_link
from galley_local.stack import ROOT, Stack
from tests.container.sam import Sam, with_variables
from tests.container.storage import Kept
from tests.container.waiting import Waiting, started

# By the sample run: they have tests of their own.
NOT_REACHED = {
    *("close_workflow", "collect_decision", "reconcile", "rotate_signing_key"),
    "web_actions",  # reached by those who ask for it
}
FUNCTIONS = sorted({path.parent.name for path in ROOT.glob("functions/*/app.py")} - NOT_REACHED)
TOOLS = [name for name in FUNCTIONS if name.endswith("_actions")]

# What functions make in the sample run: how keys begin in the bucket, and items in the table.
OBJECTS = {
    "publish": ["published/"],
    "reviser_agent": ["briefs/1.json"],
    "search_agent": ["found/", "sources/"],
    "summary_agent": ["summaries/{source_id}.json"],
    "writer_agent": ["drafts/1.md"],
}
ITEMS = {
    "register_workflow": ["META"],
    "request_approval": ["APPROVAL#001"],
    "search_agent": ["CACHE"],
}

_OF_ITS_TIME = re.compile(r"(?i)\b(expires|signature|x-amz-date|x-amz-signature)=[^&\"]*")
_SO_FAR = re.compile(r'"cost_usd": [\d.e-]+')  # all that was spent by then
_OF_ITS_PLACE = re.compile(r"http://[\d.]+:\d+")  # a container knows the stack by another address


@pytest.fixture(scope="module")
def kept(stack: Stack, rehearsed: dict[str, Call]) -> Kept:
    """Return what the sample run has kept."""
    return Kept(stack, sample_request()["tenant"], sample_request()["workflow_id"])


def objects_of(name: str, call: Call) -> list[str]:
    """Return how the keys begin of the objects that a call has made."""
    if name == "search_actions":
        found = json.loads(text_of(call.answer))
        return [f"found/{document['source_id']}.json" for document in found]
    return [each.format(**call.event.get("source", {})) for each in OBJECTS.get(name, [])]


def text_of(answer: Any) -> str:
    """Return what a tool tells its agent."""
    return str(answer["response"]["functionResponse"]["responseBody"]["TEXT"]["body"])


def timeless(answer: Any) -> str:
    """Return an answer without what it has of its time and place."""
    links = _OF_ITS_TIME.sub(r"\1=…", json.dumps(answer, sort_keys=True))
    return _SO_FAR.sub('"cost_usd": …', _OF_ITS_PLACE.sub("http://…", links))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_does_its_work_in_a_container(
    name: str, sam: Sam, functions: dict[str, Function], calls: dict[str, Call], kept: Kept
) -> None:
    call = calls[name]
    objects, items = objects_of(name, call), ITEMS.get(name, [])
    objects_before, items_before = kept.objects(*objects), kept.items(*items)
    assert bool(objects) == bool(objects_before)
    assert set(items) == set(items_before)
    kept.remove(*objects, *items)

    answer = sam.invoke(functions[name], call.event)

    assert timeless(call.answer) == timeless(answer)
    assert objects_before == kept.objects(*objects)
    items_after = kept.items(*items)
    assert set(items) == set(items_after)
    for sort_key, item in items_after.items():
        # a record gets more attributes as its workflow goes on, and this one was made just now
        before = {**items_before[sort_key], "asked_at": item.get("asked_at")}
        assert item.items() <= before.items()


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_answers_its_agent(
    name: str, sam: Sam, functions: dict[str, Function], calls: dict[str, Call]
) -> None:
    response = calls[name].answer["response"]

    assert response["function"] == calls[name].event["function"]
    assert "REPROMPT" not in json.dumps(response)
    assert len(text_of(calls[name].answer)) > 100


def test_the_approval_page_shows_the_draft(
    stack: Stack, calls: dict[str, Call], waiting: Waiting
) -> None:
    answer = calls["approval_api"].answer
    (draft,) = (
        Kept(stack, sample_request()["tenant"], waiting.workflow_id).objects("drafts/").values()
    )
    headings = re.findall(r"^#+ (.+)$", draft.decode("utf-8"), re.MULTILINE)

    assert answer["statusCode"] == 200
    assert headings
    assert [each for each in headings if html.escape(each) not in answer["body"]] == []


def test_what_a_container_has_asked_can_be_decided(
    stack: Stack, sam: Sam, functions: dict[str, Function], rehearsed: dict[str, Call]
) -> None:
    with recording(stack.lambdas) as calls:
        waits = started(stack, "lighthouses-asked")
        wait_until(lambda: "request_approval" in calls)
    event, mails = calls["request_approval"].event, stack.mailbox.mails()
    Kept(stack, sample_request()["tenant"], waits.workflow_id).remove("APPROVAL#001")

    answer = sam.invoke(functions["request_approval"], event)

    assert answer == calls["request_approval"].answer
    assert mails == stack.mailbox.mails()  # nobody is asked twice
    table = stack.client("dynamodb").scan(TableName=stack.outputs["TableName"])
    assert event["task_token"] not in str(table["Items"])
    assert decide(open_link(waits.link), "approved").status == 200
    wait_for_end(stack, waits.execution)


def test_a_function_may_do_only_what_its_role_may(
    sam: Sam, functions: dict[str, Function], calls: dict[str, Call]
) -> None:
    credentials = {
        name: value
        for name, value in functions["search_agent"].environment.items()
        if name in {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    }

    answer = sam.invoke(with_variables(functions["publish"], **credentials), calls["publish"].event)

    assert "AccessDenied" in answer["errorMessage"]


def test_an_event_of_another_function_is_an_error_that_says_so(
    sam: Sam, functions: dict[str, Function], calls: dict[str, Call]
) -> None:
    answer = sam.invoke(functions["publish"], calls["search_agent"].event)

    assert answer["errorMessage"]
    assert "draft_key" in answer["errorMessage"]
