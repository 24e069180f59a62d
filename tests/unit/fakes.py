"""Small recording fakes for the seams, and builders of what the functions work on."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from galley.agents import Answer
from galley.agents.answer import Allow, always
from galley.approval.decisions import Approval, Rule, Verdict, Vote
from galley.artifacts import sha256
from galley.contracts import Brief, Change, Claim, Review, Source, Summary
from galley.mail.outbox import Outbox
from galley.scope import Scope
from galley.secrets import SigningKeys
from galley.signing import SigningKey, Ticket

if TYPE_CHECKING:
    from galley.agents.usage import Tokens

ROOT = Path(__file__).parents[2]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))

SCOPE = Scope("press", "lighthouses-1")
TOPIC = "How lighthouses made their lights seen farther"
REVIEWER = "editor@example.com"
SIGNING_KEY = SigningKey(b"a signing key of the tests")
TASK_TOKEN = "a-task-token-of-step-functions"  # stands in for one
FRESNEL = "fb06f71e"
LIGHTSHIPS = "b5fa4af7"

DRAFT = "# Lights\n\n## Summary\n\nThe Fresnel lens gathers light [1].\n"


def load_event(name: str) -> dict[str, Any]:
    """Return a function's example input, `events/<name>.json`."""
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text("utf-8"))
    return event


@dataclass(frozen=True)
class Asked:
    """One call of a fake agent."""

    prompt: str
    session_id: str
    attributes: dict[str, str]


class FakeAgent:
    """Gives its scripted replies in turn, and remembers what it was asked."""

    model = "us.anthropic.claude-haiku-4-5-20251001-v1:0"

    def __init__(self, *replies: str | Mapping[str, Any] | Exception) -> None:
        self.replies = list(replies)
        self.asked: list[Asked] = []
        self.turns: list[tuple[Tokens, int]] = []  # for which it asks leave

    def ask(
        self,
        prompt: str,
        session_id: str,
        attributes: Mapping[str, str],
        allow: Allow = always,
    ) -> Answer:
        """Return the next reply; one that is an exception is raised."""
        self.asked.append(Asked(prompt, session_id, dict(attributes)))
        for taken, reads in self.turns:
            allow(taken, reads)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        text = reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)
        return Answer(text, session_id, input_tokens=11, output_tokens=7, seconds=0.5)


class FakeOutbox(Outbox):
    """Keeps what it is given once under each key; `fails_with` is raised in place of that."""

    def __init__(self, fails_with: Exception | None = None) -> None:
        super().__init__("")
        self.fails_with = fails_with
        self._sent: dict[tuple[object, ...], dict[str, Any]] = {}

    def _put(self, content: dict[str, Any], about: str, *key: object) -> None:
        if self.fails_with:
            raise self.fails_with
        self._sent.setdefault((about, *key), content)

    @property
    def mails(self) -> list[tuple[str, str, str]]:
        """The letters: to whom, subject, text."""
        letters = [each for each in self._sent.values() if each["kind"] == "letter"]
        return [(each["to"], each["subject"], each["text"]) for each in letters]

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """The kind and the detail of each event."""
        events = [each for each in self._sent.values() if each["kind"] == "event"]
        return [(each["detail_type"], each["detail"]) for each in events]


class FakeKeys(SigningKeys):
    """Keys without a secret to read them from: the current one first."""

    def __init__(self, *keys: SigningKey) -> None:
        super().__init__("no secret")
        self.keys = list(keys)

    def _not_older_than(self, seconds: float) -> list[SigningKey]:
        return self.keys


class FakeStepFunctions:
    """Takes the answers to task tokens; `fails_with` is raised in place of taking one."""

    class exceptions:  # noqa: N801  # the name that boto3's clients give it
        """The errors that the client names."""

        class TaskTimedOut(Exception):  # noqa: N818
            """Nobody waits any more."""

        class TaskDoesNotExist(Exception):  # noqa: N818
            """Nobody ever waited."""

    def __init__(self) -> None:
        self.fails_with: Exception | None = None
        self.answers: list[tuple[str, dict[str, Any]]] = []

    def send_task_success(self, *, taskToken: str, output: str) -> None:  # noqa: N803
        """Keep one answer."""
        if self.fails_with:
            raise self.fails_with
        self.answers.append((taskToken, json.loads(output)))


class FakeRuntime:
    """Bedrock's agent runtime: a scripted completion stream, and scripted search results."""

    def __init__(
        self,
        events: Iterable[Mapping[str, Any] | Exception] = (),
        results: Iterable[Mapping[str, Any]] = (),
        fails_with: Exception | None = None,
    ) -> None:
        self.events, self.results, self.fails_with = list(events), list(results), fails_with
        self.requests: list[dict[str, Any]] = []

    def invoke_agent(self, **request: Any) -> dict[str, Any]:
        """Answer with the event stream; an event that is an exception is raised inside it."""
        self.requests.append(request)
        if self.fails_with:
            raise self.fails_with
        return {"completion": self._stream()}

    def retrieve(self, **request: Any) -> dict[str, Any]:
        """Answer with the search results."""
        self.requests.append(request)
        if self.fails_with:
            raise self.fails_with
        return {"retrievalResults": self.results}

    def _stream(self) -> Iterable[Mapping[str, Any]]:
        for event in self.events:
            if isinstance(event, Exception):
                raise event
            yield event


def a_context() -> Any:
    """Return what Lambda passes beside the event."""
    return SimpleNamespace(
        aws_request_id="6f0f4a9e-request",
        function_name="galley-function",
        function_version="1",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:us-east-1:000000000042:function:galley-function",
    )


def a_source(source_id: str = FRESNEL, **fields: Any) -> Source:
    """Return a source with a sentence that can be quoted."""
    return Source(
        **{
            "source_id": source_id,
            "title": f"Title of {source_id}",
            "uri": f"s3://galley-artifacts/corpus/{source_id}.md",
            "text": "# The lens\n\nThe Fresnel lens gathers light\nthat a mirror would lose.",
            **fields,
        }
    )


def a_summary(source_id: str = FRESNEL, **fields: Any) -> Summary:
    """Return a summary with one claim."""
    return Summary(
        **{
            "source_id": source_id,
            "title": f"Title of {source_id}",
            "uri": f"s3://galley-artifacts/corpus/{source_id}.md",
            "claims": [Claim("The lens gathers light.", "The Fresnel lens gathers light")],
            **fields,
        }
    )


def a_review(comments: str = "More on fog signals.") -> Review:
    """Return a rejection."""
    vote = a_vote(Verdict.REJECTED, comments)
    return Review(vote.decision, comments, "0" * 64, vote.decided_at, [vote])


def a_vote(
    decision: Verdict = Verdict.APPROVED, comments: str = "", reviewer: str = REVIEWER
) -> Vote:
    """Return a reviewer's vote."""
    return Vote(reviewer, decision, comments, "2026-11-23T08:00:00+00:00")


def an_approval(**fields: Any) -> Approval:
    """Return the approval of the first round's draft, on which nobody has voted."""
    return Approval(
        **{
            "scope": SCOPE,
            "round": 1,
            "topic": TOPIC,
            "reviewers": [REVIEWER],
            "rule": Rule.ANY,
            "draft_key": SCOPE.draft_key(1),
            "draft_sha256": sha256(DRAFT.encode()),
            "expires_at": 4_102_444_800,
            "task_token": "a sealed token",
            **fields,
        }
    )


def a_brief(*changes: Change) -> Brief:
    """Return a brief of some changes."""
    return Brief(list(changes) or [Change("expand", "fog signals")])


def a_ticket(**fields: Any) -> Ticket:
    """Return the ticket of the first round's draft, which stays valid."""
    return replace(an_approval().ticket_of(REVIEWER), **fields)


def tool_answer(response: Mapping[str, Any]) -> str:
    """Return the text that an action group gives to its model."""
    body: str = response["response"]["functionResponse"]["responseBody"]["TEXT"]["body"]
    return body


def tool_state(response: Mapping[str, Any]) -> str | None:
    """Return REPROMPT, FAILURE or None, as an action group answers."""
    state: str | None = response["response"]["functionResponse"].get("responseState")
    return state


def with_parameters(event: Mapping[str, Any], **values: str) -> dict[str, Any]:
    """Return an action group's event with other parameters, their types as they were."""
    types = {each["name"]: each["type"] for each in event["parameters"]}
    parameters = [
        {"name": name, "type": types.get(name, "string"), "value": value}
        for name, value in values.items()
    ]
    return {**event, "parameters": parameters}


def aws_error(code: str, message: str = "as AWS says it") -> ClientError:
    """Return an error as boto3 raises it."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "AnyOperation")
