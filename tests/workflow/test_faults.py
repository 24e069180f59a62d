"""Faults: a sample of the matrices, and that these notice what they must."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from galley_local.faults.fault import KINDS, AtCall, AtInvocation, Fault, InAnswer
from galley_local.faults.matrix import (
    PARAMETERS,
    Recorded,
    Tried,
    disturbances,
    kills,
    record,
    refusals,
    try_each,
)
from galley_local.faults.outcome import Difference, Outcome
from galley_local.faults.table import table
from galley_local.faults.trial import EXPIRED, FORGOTTEN, REVIEWED
from galley_local.playing import short_corpus
from galley_local.stack import Stack
from galley_local.step_functions import interpreter

from .conftest import CORPUS

# Where a second attempt could do twice what the first has done: both sides of each are tried.
TELLING = (
    ("request_approval", "StartExecution"),
    ("request_approval", "PutItem"),
    ("approval_api", "SendTaskSuccess"),
    ("approval_api", "StartExecution"),
    ("writer_agent", "InvokeAgent"),
    ("writer_agent", "PutObject"),
    ("search_agent", "InvokeAgent"),
    ("publish", "UpdateItem"),
    ("register_workflow", "PutItem"),
)
KILLS = [
    Fault(kind, holder, call)
    for holder, call in TELLING
    for kind in (AtCall.KILL_BEFORE, AtCall.KILL_AFTER)
]
# Of every other kind, one.
OTHERS = [
    Fault(AtCall.TIMEOUT, "publish", "PutObject"),
    Fault(AtCall.LOST, "register_workflow", "PutItem"),
    Fault(AtCall.THROTTLE, "research", "InvokeFunction", times=3),
    Fault(AtCall.ERROR, "outbox", "SendEmail", times=3),
    Fault(AtCall.CONFLICT, "reviser_agent", "PutObject", times=3),
    Fault(AtCall.DEPENDENCY, "summary_agent", "InvokeAgent"),
    Fault(AtInvocation.TWICE, "request_approval"),
    Fault(AtInvocation.LATE, "request_approval"),
    Fault(AtInvocation.CLOCK, "publish", seconds=-3600),
    Fault(InAnswer.THROTTLED, "writer_agent"),
    Fault(InAnswer.FAILED, "reviser_agent"),
    Fault(InAnswer.CONFLICTED, "search_agent"),
    Fault(InAnswer.DEPENDENT, "summary_agent"),
    Fault(InAnswer.EMPTY, "writer_agent"),
    Fault(InAnswer.CUT, "writer_agent"),
    Fault(InAnswer.MALFORMED, "search_agent"),
    Fault(InAnswer.TOO_LONG, "reviser_agent"),
    Fault(InAnswer.OTHER_LANGUAGE, "writer_agent"),
    Fault(InAnswer.OBEDIENT, "writer_agent"),
]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Return a stack whose runs are short and always the same."""
    corpus = short_corpus(CORPUS)
    with Stack(corpus, parameters=PARAMETERS) as stack, interpreter.without_waits():
        yield stack


@pytest.fixture(scope="module")
def recorded(stack: Stack) -> list[Recorded]:
    """Return each kind of run, in which nothing goes wrong."""
    return record(stack)


NUMBERS = count(1)


def tried(stack: Stack, recorded: Recorded, fault: Fault) -> Tried:
    """Return what came of a fault."""
    return next(try_each(stack, recorded, [fault], f"sample-{next(NUMBERS)}"))


@pytest.mark.parametrize("fault", [*KILLS, *OTHERS], ids=str)
def test_nothing_is_lost_and_nothing_happens_twice(
    stack: Stack, recorded: list[Recorded], fault: Fault
) -> None:
    one = tried(stack, recorded[0], fault)

    assert one.happened, f"{fault} has not happened"
    assert one.is_right, one.difference


@pytest.mark.parametrize("role", ["writer_agent", "search_agent"])
def test_a_kill_after_the_agents_answer_repeats_that_call(
    stack: Stack, recorded: list[Recorded], role: str
) -> None:
    before, after = (
        tried(stack, recorded[0], Fault(kind, role, "InvokeAgent"))
        for kind in (AtCall.KILL_BEFORE, AtCall.KILL_AFTER)
    )

    assert before.difference.repeated_agent_calls == 0
    assert after.difference.repeated_agent_calls == 1


def test_an_end_that_could_not_be_recorded_is_found(stack: Stack, recorded: list[Recorded]) -> None:
    fault = Fault(AtCall.THROTTLE, "close_workflow", "GetItem", times=6)

    assert recorded[1].trial is EXPIRED
    one = tried(stack, recorded[1], fault)

    assert one.happened == 6
    assert one.is_right, one.difference


def test_a_decision_is_sent_though_the_one_who_looks_for_it_dies(
    stack: Stack, recorded: list[Recorded]
) -> None:
    fault = Fault(AtCall.KILL_AFTER, "reconcile", "SendTaskSuccess")

    assert recorded[2].trial is FORGOTTEN
    one = tried(stack, recorded[2], fault)

    assert one.is_right, one.difference


def test_the_matrices_reach_every_function_of_a_run_and_every_kind_of_fault(
    recorded: list[Recorded],
) -> None:
    everything = [
        fault
        for each in recorded
        for faults in (kills, refusals, disturbances)
        for fault in faults(each)
    ]
    no_part = {"inbox", "sign_in", "rotate_signing_key"}  # in a run
    functions = {each.parent.name for each in (CORPUS.parents[1] / "functions").glob("*/app.py")}
    without_calls = {"summary_actions", "writer_actions", "reviser_actions"}

    assert {fault.kind for fault in everything} == set(KINDS.values())
    assert {fault.holder for fault in everything} >= functions - no_part - without_calls
    assert {"research", "outbox"} <= {fault.holder for fault in everything}


RIGHT = Outcome(
    status="SUCCEEDED",
    record="PUBLISHED",
    mails=Counter(
        {
            (to, number, "Approve?"): 1
            for to in ("first@example.com", "second@example.com")
            for number in ("1", "2")
        }
    ),
    events=Counter({"Approval requested": 2, "Report published": 1}),
    sessions=Counter({"w.writer.1": 1}),
    artifacts=frozenset({"drafts/1.md"}),
    published=1,
)


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(replace(RIGHT, status="FAILED"), id="a lost run"),
        pytest.param(replace(RIGHT, record="RUNNING"), id="an end that is not recorded"),
        pytest.param(replace(RIGHT, is_approved=False), id="other bytes"),
        pytest.param(replace(RIGHT, published=2), id="published twice"),
        pytest.param(
            replace(RIGHT, mails=RIGHT.mails + Counter([("first@example.com", "1", "Approve?")])),
            id="a mail twice",
        ),
        pytest.param(replace(RIGHT, mails=Counter()), id="no mail"),
        pytest.param(
            replace(RIGHT, mails=RIGHT.mails + Counter([("mallory@example.com", "1", "Approve?")])),
            id="a mail to somebody else",
        ),
        pytest.param(
            replace(RIGHT, events=RIGHT.events + Counter(["Report published"])),
            id="an event twice",
        ),
        pytest.param(replace(RIGHT, events=Counter()), id="no event"),
        pytest.param(
            replace(RIGHT, artifacts=frozenset({"drafts/1.md", "drafts/2.md"})),
            id="an artifact of nothing",
        ),
        pytest.param(replace(RIGHT, artifacts=frozenset()), id="an artifact that is gone"),
        pytest.param(
            replace(RIGHT, sessions=Counter({"w.writer.1": 3})), id="two agent calls more"
        ),
    ],
)
def test_what_went_wrong_is_noticed_and_counted(outcome: Outcome) -> None:
    right = Tried(Fault(AtCall.KILL_AFTER, "publish"), REVIEWED, Difference(RIGHT, RIGHT), 1)
    wrong = replace(right, difference=Difference(outcome, RIGHT))

    assert right.is_right
    assert not wrong.is_right
    assert table([wrong], "", str).splitlines()[-1] != table([right], "", str).splitlines()[-1]


def test_a_fault_that_does_not_happen_shows_nothing() -> None:
    one = Tried(Fault(AtCall.KILL_AFTER, "publish"), REVIEWED, Difference(RIGHT, RIGHT), 0)

    assert not one.is_right
