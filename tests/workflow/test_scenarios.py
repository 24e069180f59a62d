"""Whole workflows: the real state machine and handlers, with agents that do what a test says."""

import json
import random
import re
from collections.abc import Callable
from hashlib import sha256
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from galley.prompts import fenced_values

from galley_local.bedrock.session import ServiceError, UseTool
from galley_local.reviewer import decide, open_link

from .conftest import Ended, ScriptedMind, Workflow

Start = Callable[..., Workflow]

CITED_SENTENCE = re.compile(r"([^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*?)\s*((?:\[\d+\])+)[.!?]?")


def test_an_approved_draft_is_published_byte_for_byte(start: Start) -> None:
    workflow = start()

    assert workflow.approve() == 200
    ended = workflow.end()

    assert ended.status == "SUCCEEDED"
    assert ended.output["status"] == "PUBLISHED"
    assert workflow.text("published/report.md") == workflow.text("drafts/1.md")
    assert workflow.record()["status"] == "PUBLISHED"
    assert workflow.events() == ["Approval requested", "Report published"]


def test_every_citation_leads_to_a_source_that_says_so(start: Start) -> None:
    workflow = start()

    workflow.approve()
    ended = workflow.end()

    report = workflow.text("published/report.md")
    body, _, listed = report.partition("## Sources")
    summaries = [workflow.text(f"sources/{source_id}.json") for source_id in _summarised(ended)]
    cited = [
        (" ".join(sentence.split()), int(number))
        for sentence, numbers in CITED_SENTENCE.findall(body)
        for number in re.findall(r"\d+", numbers)
    ]
    assert len(cited) > 20
    for sentence, number in cited:
        assert f"[{number}] " in listed
        assert _words(sentence) in _words(summaries[number - 1]), sentence


def test_copies_and_strangers_are_not_sources(start: Start) -> None:
    workflow = start()

    workflow.approve()
    workflow.end()

    listed = workflow.text("published/report.md").partition("## Sources")[2]
    copies = ("fresnel-lens-history.md", "the-glass-that-lit-the-sea.html")
    assert sum(name in listed for name in copies) == 1
    assert not any(name in listed for name in ("bread-from-a-levain.md", "bicycle-chain.txt"))


def test_rejections_are_obeyed_until_the_draft_is_approved(start: Start) -> None:
    workflow = start()

    assert workflow.reject("Please tell more about fog signals.") == 200
    assert workflow.reject("Drop source 2. Start with mercury.", round_number=2) == 200
    assert workflow.approve(round_number=3) == 200
    ended = workflow.end()

    first, second, third = (workflow.text(f"drafts/{number}.md") for number in (1, 2, 3))
    assert ended.output["rounds"] == 3
    assert second.lower().count("fog") > first.lower().count("fog")
    assert "[2]" in second
    assert "[2]" not in third
    assert "mercury" in third.partition("## Summary")[2].partition("\n## ")[2][:600].lower()
    assert workflow.text("published/report.md") == third
    assert workflow.events() == ["Approval requested"] * 3 + ["Report published"]


def test_a_source_that_is_lost_becomes_a_gap(start: Start, mind: ScriptedMind) -> None:
    lost: list[str] = []

    def lose_one(role: str, prompt: str, use_tool: UseTool) -> str:
        source_id = fenced_values(prompt)["source"]["source_id"]
        if not lost or source_id in lost:
            lost.append(source_id)
            raise ServiceError(403, "AccessDeniedException", "no")
        return mind.usual(role, prompt, use_tool)

    mind.scripts["summary"] = lose_one
    workflow = start()

    workflow.approve()
    ended = workflow.end()

    assert ended.status == "SUCCEEDED"
    assert {"source_id": lost[0], "gap": "AgentRefusedError"} in ended.output["gaps"]
    assert "Note the gap" in ended.states()


def test_too_few_sources_fail_the_run_as_failed(start: Start, mind: ScriptedMind) -> None:
    mind.scripts["search"] = lambda *_: '{"sources": []}'
    workflow = start()

    ended = workflow.end()

    assert ended.status == "FAILED"
    assert ended.error == "TooFewSourcesError"
    assert workflow.record()["status"] == "FAILED"
    assert workflow.record()["error"] == "TooFewSourcesError"
    assert workflow.events() == ["Research failed"]


def test_a_malformed_reply_is_tried_again(start: Start, mind: ScriptedMind) -> None:
    def malformed_at_first(role: str, prompt: str, use_tool: UseTool) -> str:
        if mind.calls.count("writer") == 1:
            return "I am afraid I cannot write this as asked."
        return mind.usual(role, prompt, use_tool)

    mind.scripts["writer"] = malformed_at_first
    workflow = start()

    workflow.approve()
    ended = workflow.end()

    assert ended.status == "SUCCEEDED"
    assert mind.calls.count("writer") == 2
    assert mind.calls.count("search") == 1


def test_an_agent_that_fails_for_good_is_recorded_and_reported(
    start: Start, mind: ScriptedMind
) -> None:
    def refuse(*_: object) -> str:
        raise ServiceError(400, "ValidationException", "the prompt of a customer")

    mind.scripts["writer"] = refuse
    workflow = start()

    ended = workflow.end()

    assert ended.status == "FAILED"
    assert ended.error == "AgentRefusedError"
    assert mind.calls.count("writer") == 1
    assert workflow.record()["error"] == "AgentRefusedError"
    assert "customer" not in workflow.record()["cause"]
    assert workflow.events() == ["Research failed"]


def test_a_draft_that_is_rejected_too_often_ends_the_run(start: Start) -> None:
    workflow = start(options={"max_revisions": 1})

    workflow.reject("More on reflectors.")
    workflow.reject("Still more on reflectors.", round_number=2)
    ended = workflow.end()

    assert ended.error == "RevisionLimitError"
    assert workflow.text("drafts/2.md").startswith("# ")
    assert workflow.record()["status"] == "FAILED"


def test_the_same_search_is_answered_from_the_cache(start: Start, mind: ScriptedMind) -> None:
    first = start("-first")
    first.approve()
    first.end()

    second = start("-second")
    second.approve()
    ended = second.end()

    assert ended.status == "SUCCEEDED"
    assert mind.calls.count("search") == 1
    assert second.text("published/report.md") == first.text("published/report.md")


def test_two_workflows_cannot_have_one_id(start: Start) -> None:
    first = start(workflow_id="taken")
    first.approve()
    first.end()

    ended = start("-again", workflow_id="taken").end()

    assert ended.error == "InvalidRequestError"
    assert "taken" in ended.cause


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param('"Quotes" and back\\slashes in lighthouse lenses', id="quotes"),
        pytest.param("Lighthouse {% $workflow_id %} lenses ${TableName}", id="placeholders"),
        pytest.param("Lighthouse\nlenses\tand 🔦 lamps", id="newline-emoji"),
        pytest.param("lighthouses", id="one-word"),
    ],
)
def test_a_topic_is_data_wherever_it_goes(start: Start, topic: str) -> None:
    workflow = start(topic=topic)

    workflow.approve()
    ended = workflow.end()

    assert ended.status == "SUCCEEDED"
    assert workflow.record()["topic"] == " ".join(topic.split())


def test_a_bad_request_says_which_fields_are_wrong(start: Start) -> None:
    ended = start(topic="", tenant="a/b", reviewer="nobody", options={"max_sources": 99}).end()

    assert ended.error == "InvalidRequestError"
    for field in ("topic", "tenant", "reviewer", "options.max_sources"):
        assert f"{field}:" in ended.cause
    assert ended.states() == ["Register workflow"]


def test_looking_at_the_page_decides_nothing(start: Start) -> None:
    workflow = start()
    link = workflow.link()

    statuses = [look(link, method) for method in ("GET", "HEAD", "GET", "OPTIONS", "PUT")]

    assert statuses == [200, 404, 200, 404, 404]

    assert workflow.record()["status"] == "WAITING_FOR_APPROVAL"
    assert workflow.approve() == 200
    assert workflow.end().status == "SUCCEEDED"


def test_the_task_token_is_on_no_page_and_sealed_in_the_table(start: Start) -> None:
    workflow = start()
    page = workflow.page().text
    workflow.approve()
    token = workflow.token()
    workflow.end()

    table = workflow.stack.client("dynamodb").scan(TableName=workflow.stack.outputs["TableName"])
    assert token not in page
    assert token not in str(table)


def test_a_byte_that_is_flipped_after_the_approval_stops_the_publication(start: Start) -> None:
    workflow = start()
    workflow.link()
    draft = workflow.text("drafts/1.md").encode()
    place = random.randrange(len(draft))
    changed = draft[:place] + bytes([draft[place] ^ 1]) + draft[place + 1 :]
    key = f"{workflow.tenant}/{workflow.name}/drafts/1.md"
    s3, bucket = workflow.stack.client("s3"), workflow.stack.outputs["ArtifactsBucket"]
    s3.put_object(Bucket=bucket, Key=key, Body=changed)

    assert workflow.approve() == 409  # the page has no form for it either
    approved = {"decision": "approved", "draft_sha256": sha256(draft).hexdigest()}
    workflow.answer({**approved, "reviewer": "", "approved_by": []})
    ended = workflow.end()

    assert (ended.status, ended.error) == ("FAILED", "ApprovalMismatchError")
    assert "has changed since it was approved" in ended.cause
    assert sha256(changed).hexdigest() in ended.cause


def test_all_reviewers_must_approve_where_the_request_says_so(start: Start) -> None:
    both = ["editor@example.com", "lawyer@example.com"]
    workflow = start(reviewer=None, reviewers=both, approval="all")
    first, second = (open_link(workflow.link(1, each)) for each in both)

    halfway = decide(first, "approved")
    status = workflow.record()["status"]
    last = decide(second, "approved", "Well done.")
    ended = workflow.end()

    assert "The draft still waits for lawyer@example.com" in halfway.text
    assert status == "WAITING_FOR_APPROVAL"
    assert "approved by editor@example.com and lawyer@example.com" in last.text.lower()
    assert ended.status == "SUCCEEDED"
    workflow.stack.let_outbox_finish()
    mails = workflow.stack.mailbox.mails()
    (told,) = (mail for mail in mails if "Well done." in mail.text)
    assert told.to == ("editor@example.com",)


def test_one_rejection_is_enough_and_every_comment_counts(start: Start) -> None:
    both = ["editor@example.com", "lawyer@example.com"]
    workflow = start(reviewer=None, reviewers=both, approval="all")
    first, second = (open_link(workflow.link(1, each)) for each in both)

    decide(first, "approved", "Fine, but start with mirrors.")
    decide(second, "rejected", "More on reflectors.")
    workflow.link(2)

    review = json.loads(workflow.text("reviews/1.json"))
    assert review["decision"] == "rejected"
    assert ["Fine, but start with mirrors.", "More on reflectors."] == [
        vote["comments"] for vote in review["votes"]
    ]
    assert all(vote["comments"] in review["comments"] for vote in review["votes"])


def test_where_any_may_decide_the_others_come_too_late(start: Start) -> None:
    both = ["editor@example.com", "lawyer@example.com"]
    workflow = start(reviewer=None, reviewers=both)
    first, second = (open_link(workflow.link(1, each)) for each in both)

    assert decide(first, "approved").status == 200
    late = decide(second, "rejected", "No.")

    assert late.status == 409
    assert "approved by editor@example.com" in late.text.lower()
    assert workflow.end().status == "SUCCEEDED"


def test_the_second_decision_is_refused(start: Start) -> None:
    workflow = start()

    assert workflow.reject("More on lenses.") == 200
    assert workflow.approve() == 409
    assert workflow.reject("More on lenses.") == 200
    workflow.approve(round_number=2)

    assert workflow.end().output["rounds"] == 2


def look(link: str, method: str) -> int:
    """Ask for a link without deciding, and return the status."""
    try:
        with urlopen(Request(link, method=method)) as response:
            return int(response.status)
    except HTTPError as error:
        error.close()
        return error.code


def _summarised(ended: Ended) -> list[str]:
    """Return the ids of the sources that the writer was given, in the order of their numbers."""
    writer = next(
        event["taskScheduledEventDetails"]["parameters"]
        for event in ended.history
        if "WriterAgent" in event.get("taskScheduledEventDetails", {}).get("parameters", "")
    )
    return [summary["source_id"] for summary in json.loads(writer)["Payload"]["summaries"]]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
