"""
A harness of Amazon Bedrock AgentCore: it stops at each tool, and is told what that said.

The harness keeps nothing (its memory is off), so every turn brings the whole conversation. Whether
a session that is still warm would remember its turns all the same, AWS does not say: each turn has
a session of its own, which nothing can have been said in before.
"""

import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Self

import boto3

from galley.agents.action_groups import ActionGroups, ToolCall
from galley.agents.answer import Allow, Answer, always
from galley.agents.failures import FAILURES, named, patience
from galley.agents.harness_stream import Turn, read_turn
from galley.agents.usage import Tokens, charged, tokens_of
from galley.errors import AgentUnavailableError, GalleyError

# Of the time that is left, what a turn is given: it ends there, and says so, before this gives up.
_FOR_A_TURN = 0.96
MOST_TURNS = 24  # answers of the model to one prompt, those included that ask for tools


class HarnessAgent:
    """A harness, and the functions behind its role's tools."""

    def __init__(  # noqa: PLR0913  # what an answer says of the agent, too
        self,
        arn: str,
        client: Any,
        action_groups: ActionGroups,
        seconds: int,
        *,
        version: str = "",
        model: str = "",
        override: Mapping[str, Any] | None = None,
    ) -> None:
        # An endpoint of a harness has an ARN that the service takes in two parts.
        self._arn, _, endpoint = arn.partition("/harness-endpoint/")
        self._more: dict[str, Any] = {"qualifier": endpoint} if endpoint else {}
        if override:  # the model of this call, in place of the harness's own
            self._more["model"] = {"bedrockModelConfig": dict(override)}
        self._runtime = client
        self._action_groups = action_groups
        self._seconds = seconds
        self.model = model
        self._about: dict[str, Any] = {"agent": arn, "agent_version": version, "model": model}

    @classmethod
    def of(cls, arn: str, tools: str, seconds: int, **about: Any) -> Self:
        """Return the harness of an ARN with its tools, which together may take so long."""
        config = patience(seconds)
        action_groups = ActionGroups.of(tools, boto3.client("lambda", config=config))
        client = boto3.client("bedrock-agentcore", config=config)
        return cls(arn, client, action_groups, seconds, **about)

    def ask(
        self,
        prompt: str,
        session_id: str,
        attributes: Mapping[str, str],
        allow: Allow = always,
    ) -> Answer:
        """Return the harness's answer, the usage of all its turns summed."""
        started = time.monotonic()
        messages: list[Any] = [{"role": "user", "content": [{"text": prompt}]}]
        turns: list[Turn] = []
        try:
            self._turn(messages, session_id, turns, started)
            while calls := turns[-1].calls:
                results = [self._used(call, session_id, attributes, started) for call in calls]
                messages += [turns[-1].message, {"role": "user", "content": results}]
                allow(_taken(turns), tokens_of(messages))
                self._turn(messages, session_id, turns, started)
        except FAILURES as error:
            raise _charged(named(error, session_id), turns, messages) from error
        except GalleyError as error:
            _charged(error, turns, messages)
            raise
        return Answer(
            text=turns[-1].text,
            session_id=session_id,
            **asdict(_taken(turns)),
            seconds=round(time.monotonic() - started, 3),
            trace_id=turns[0].request_id,
            tools=[call.name for turn in turns for call in turn.calls],
            backend="harness",
            **self._about,
        )

    def _turn(
        self, messages: list[Any], session_id: str, turns: list[Turn], started: float
    ) -> None:
        if len(turns) >= MOST_TURNS:
            raise AgentUnavailableError(f"session {session_id}: no answer in {MOST_TURNS} turns")
        left = self._seconds_left(session_id, started)
        # first: what it took counts, whatever comes of it
        turns.append(turn := Turn(reads=tokens_of(messages)))
        response = self._runtime.invoke_harness(
            harnessArn=self._arn,
            runtimeSessionId=runtime_session(session_id, len(turns)),
            messages=messages,
            timeoutSeconds=left,
            baggage=f"galley.session={session_id}",  # by which its traces are found
            **self._more,
        )
        turn.request_id = response.get("ResponseMetadata", {}).get("RequestId")
        read_turn(self._in_time(response["stream"], session_id, started), session_id, turn)

    def _used(
        self, call: ToolCall, session_id: str, attributes: Mapping[str, str], started: float
    ) -> dict[str, Any]:
        self._seconds_left(session_id, started)
        return self._action_groups.use(call, self._arn, session_id, attributes)

    def _in_time(self, stream: Any, session_id: str, started: float) -> Iterator[Any]:
        """Yield what a stream brings while there is time; each part alone may come soon enough."""
        for event in stream:
            self._seconds_left(session_id, started)
            yield event

    def _seconds_left(self, session_id: str, started: float) -> int:
        left = self._seconds - (time.monotonic() - started)
        if left < 1:
            # The function's own time would be over before the next part of the answer.
            raise AgentUnavailableError(f"session {session_id}: no answer in {self._seconds} s")
        return max(1, int(left * _FOR_A_TURN))


def runtime_session(session_id: str, turn: int) -> str:
    """Return the session of a turn in AgentCore's form: 33 to 100 letters, digits and hyphens."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", session_id)[:56]
    digest = hashlib.sha256(session_id.encode()).hexdigest()
    return f"turn-{turn}-{digest[:32]}-{readable}"


def _taken(turns: list[Turn]) -> Tokens:
    return sum((turn.tokens for turn in turns), Tokens())


def _charged(error: GalleyError, turns: list[Turn], messages: list[Any]) -> GalleyError:
    if turns and not turns[-1].usage:
        return charged(error, _taken(turns[:-1]), messages)
    return charged(error, _taken(turns))
