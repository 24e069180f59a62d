"""Workers that die: a sample of the crash matrix, and that it notices what it must."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from galley_local.faults.kills import Point, When
from galley_local.faults.matrix import PARAMETERS, Kill, kill_at_each, record, table
from galley_local.faults.trial import Outcome
from galley_local.playing import short_corpus
from galley_local.stack import Stack
from galley_local.step_functions import interpreter

from .conftest import CORPUS

# Where a second attempt could do twice what the first has done: both sides of each are tried.
TELLING = {
    "request_approval": ("states:StartExecution", "dynamodb:PutItem"),
    "approval_api": ("states:SendTaskSuccess", "states:StartExecution"),
    "writer_agent": ("bedrock:InvokeAgent", "s3:PutObject"),
    "search_agent": ("bedrock:InvokeAgent",),
    "publish": ("dynamodb:UpdateItem",),
    "register_workflow": ("dynamodb:PutItem",),
}


@pytest.fixture(scope="module")
def kills() -> Iterator[list[Kill]]:
    """Return what came of killing workers at the calls that matter most."""
    corpus = short_corpus(CORPUS)
    with Stack(corpus, parameters=PARAMETERS) as stack, interpreter.without_waits():
        points, healthy = record(stack)
        chosen: dict[tuple[str, str], Point] = {}
        for point in points:
            if point.action in TELLING.get(point.function, ()):
                chosen.setdefault((point.function, point.action), point)
        yield list(kill_at_each(stack, list(chosen.values()), healthy))


def test_nothing_is_lost_and_nothing_happens_twice(kills: list[Kill]) -> None:
    wrong = [(str(kill.point), kill.when, kill.outcome) for kill in kills if not kill.is_right]

    assert wrong == []


def test_the_workers_did_die(kills: list[Kill]) -> None:
    assert len(kills) == 2 * sum(map(len, TELLING.values()))
    assert all(kill.was_killed for kill in kills)


def test_a_kill_after_the_agents_answer_repeats_that_call_and_no_other(kills: list[Kill]) -> None:
    repeated = {
        (kill.point.function, kill.when)
        for kill in kills
        if kill.point.action == "bedrock:InvokeAgent" and kill.repeated_agent_calls
    }

    assert repeated == {("writer_agent", When.AFTER), ("search_agent", When.AFTER)}


RIGHT = Outcome(
    status="SUCCEEDED",
    mails=Counter(
        {
            (to, number, "Approve?"): 1
            for to in ("first@example.com", "second@example.com")
            for number in ("1", "2")
        }
    ),
    events=Counter({"Approval requested": 2, "Report published": 1}),
    sessions=Counter({"w.writer.1": 1}),
    published=1,
    is_approved=True,
)


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(replace(RIGHT, status="FAILED"), id="a lost run"),
        pytest.param(replace(RIGHT, is_approved=False), id="other bytes"),
        pytest.param(replace(RIGHT, published=2), id="published twice"),
        pytest.param(
            replace(RIGHT, mails=RIGHT.mails + Counter([("first@example.com", "1", "Approve?")])),
            id="a mail twice",
        ),
        pytest.param(replace(RIGHT, mails=Counter()), id="no mail"),
        pytest.param(
            replace(RIGHT, events=RIGHT.events + Counter(["Report published"])),
            id="an event twice",
        ),
        pytest.param(replace(RIGHT, events=Counter()), id="no event"),
        pytest.param(
            replace(RIGHT, sessions=Counter({"w.writer.1": 3})), id="two agent calls more"
        ),
    ],
)
def test_what_went_wrong_is_noticed_and_counted(outcome: Outcome) -> None:
    kill = Kill(Point("writer_agent", 1, "s3:PutObject"), When.AFTER, outcome, True, 1)

    assert replace(kill, outcome=RIGHT).is_right
    assert not kill.is_right
    assert table([kill]).splitlines()[-1] != table([replace(kill, outcome=RIGHT)]).splitlines()[-1]
