"""Huge sources, drafts, comments and requests: each ends well, or with an error that says why."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from galley_local.bedrock.agent_runtime import QUERY_CHARACTERS
from galley_local.bedrock.session import UseTool
from galley_local.reviewer import decide
from galley_local.step_functions import interpreter

from .conftest import ScriptedMind, Workflow

LONGEST_SOURCE_CHARACTERS = 500_000
# One for each document, each in words of its own: they are no copies.
SENTENCES = {
    "red": "The red lens of the lighthouse made its light seen farther, and keeper {} trimmed it. ",
    "green": "Keeper {} had a green lens, by which ships saw lights of lighthouses farther off. ",
    "white": "With white lenses, number {} of the lighthouses showed lights seen farther. ",
    "amber": "Seen from farther away, amber lights of lighthouses had lenses keeper {} cleaned. ",
    "blue": "Of all lighthouses keeper {} chose one whose blue lens made lights farther seen. ",
}
COLOURS = tuple(SENTENCES)
DRAFT = "# Lights\n\n## Summary\n\nThe lens made the light seen farther [1].\n\n"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of documents that are large in different ways."""
    folder = tmp_path_factory.mktemp("corpus")
    red, green, white, amber, blue = (
        [sentence.format(number) for number in range(35_000)] for sentence in SENTENCES.values()
    )
    (folder / "paragraphs.md").write_text("# Paragraphs\n\n" + "\n\n".join(red))
    (folder / "one-line.txt").write_text("One line\n" + "".join(green[:12_000]))
    (folder / "lines.txt").write_text(f"Lines\n{white[0]}\n" + "ab\n" * 1_000_000)
    (folder / "heading.md").write_text("# a" + " " * 1_000_000 + "b\n\n" + amber[0])
    (folder / "small.md").write_text("# Small\n\n" + "".join(blue[:5]))
    return folder


def test_sources_of_megabytes_become_a_report(
    start: Callable[..., Workflow], mind: ScriptedMind
) -> None:
    def search(_role: str, _prompt: str, use_tool: UseTool) -> str:
        told = [use_tool("search_knowledge_base", {"queries": each}) for each in COLOURS]
        found = [json.loads(each) for each in told]
        chosen = [{"source_id": each[0]["source_id"], "reason": "It is large."} for each in found]
        return json.dumps({"sources": chosen})

    mind.scripts["search"] = search
    workflow = start()

    workflow.approve()
    ended = workflow.end()

    kept = [json.loads(workflow.text(f"sources/{each}.json")) for each in sources(workflow)]
    assert ended.status == "SUCCEEDED"
    assert len(kept) == len(COLOURS)
    assert max(len(each["text"]) for each in kept) == LONGEST_SOURCE_CHARACTERS
    assert max(each["left_out"] for each in kept) > 2_000_000
    assert "characters followed" in workflow.page().text


def test_a_query_longer_than_retrieve_takes_is_cut(
    start: Callable[..., Workflow], mind: ScriptedMind
) -> None:
    answers = []

    def search(_role: str, prompt: str, use_tool: UseTool) -> str:
        query = "How lighthouses made their lights seen farther " * 100
        assert len(query) > QUERY_CHARACTERS
        answers.append(use_tool("search_knowledge_base", {"queries": query}))
        return mind.usual("search", prompt, use_tool)

    mind.scripts["search"] = search
    workflow = start(topic=("How lighthouses made lights seen farther " * 13)[:500])

    workflow.approve()

    assert workflow.end().status == "SUCCEEDED"
    assert json.loads(answers[0])


def test_a_draft_of_megabytes_is_refused_and_says_so(
    start: Callable[..., Workflow], mind: ScriptedMind
) -> None:
    mind.scripts["writer"] = lambda *_: DRAFT + "The lens [1]. " * 400_000

    with interpreter.without_waits():
        ended = start().end()

    assert (ended.status, ended.error) == ("FAILED", "AgentReplyError")
    assert "5,600," in ended.cause


def test_the_longest_draft_is_reviewed_revised_and_published(
    start: Callable[..., Workflow], mind: ScriptedMind
) -> None:
    said = "The lens gathers light and bends it forward, to where a ship may be. " * 3
    texts = iter((f"{said}[1] ", f"{said}[1]\n\n"))
    mind.scripts["writer"] = lambda *_: DRAFT + (text := next(texts)) * (190_000 // len(text))
    workflow = start()

    workflow.reject("More on lamps.")
    page = workflow.page(2)
    decided = decide(page, "approved")

    assert (page.status, decided.status) == (200, 200)
    assert workflow.end().status == "SUCCEEDED"


def test_comments_of_megabytes_decide_nothing_and_harm_nothing(
    start: Callable[..., Workflow],
) -> None:
    workflow = start()
    page = workflow.page()

    answers = [
        decide(page, "rejected", "x" * characters) for characters in (10_001, 1_000_000, 11_000_000)
    ]

    assert [answer.status for answer in answers] == [400, 413, 413]
    assert answers[-1].text == '{"message":"Request Entity Too Large"}'  # the API's own
    assert workflow.approve() == 200
    assert workflow.end().status == "SUCCEEDED"


def test_a_request_that_is_too_large_says_what_is_wrong(start: Callable[..., Workflow]) -> None:
    reviewers = [f"reviewer-{number}@example.com" for number in range(100)]

    ended = start(topic="x" * 250_000, reviewer=None, reviewers=reviewers).end()

    assert ended.error == "InvalidRequestError"
    assert "topic: 250,000 characters, expected at most 500" in ended.cause
    assert "reviewers: expected a list of 1 to 8" in ended.cause


def sources(workflow: Workflow) -> list[str]:
    """Return the ids of the sources that a workflow keeps."""
    found = workflow.stack.client("s3").list_objects_v2(
        Bucket=workflow.stack.outputs["ArtifactsBucket"],
        Prefix=f"{workflow.tenant}/{workflow.name}/sources/",
    )
    return [each["Key"].rpartition("/")[2].removesuffix(".json") for each in found["Contents"]]
