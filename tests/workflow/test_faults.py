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
from galley_local.faults.outcome import REPORT, Difference, Outcome
from galley_local.faults.table import table
from galley_local.faults.trial import EXPIRED, FORGOTTEN, REVIEWED, REVIEWERS
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
    ("writer_agent", "InvokeHarness"),
    ("writer_agent", "PutObject"),
    ("writer_agent", "UpdateItem"),
    ("search_agent", "InvokeHarness"),
    ("search_agent", "InvokeFunction"),
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
    Fault(AtCall.LOST, "summary_agent", "UpdateItem"),
    Fault(AtCall.LOST, "summary_agent", "UpdateItem", number=5, times=2),
    Fault(AtCall.THROTTLE, "research", "InvokeFunction", times=3),
    Fault(AtCall.ERROR, "outbox", "SendEmail", times=3),
    Fault(AtCall.CONFLICT, "reviser_agent", "PutObject", times=3),
    Fault(AtCall.DEPENDENCY, "summary_agent", "InvokeHarness"),
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
ASKS = {"harness": "InvokeHarness", "bedrock-agents": "InvokeAgent"}
# What has to do with agents is tried with both backends, what has not with one.
CASES = [
    *(("harness", fault) for fault in (*KILLS, *OTHERS)),
    *(
        ("bedrock-agents", replace(fault, call="InvokeAgent" if fault.call else ""))
        for fault in (*KILLS, *OTHERS)
        if fault.call == "InvokeHarness" or isinstance(fault.kind, InAnswer)
    ),
]


@pytest.fixture(scope="module", params=ASKS)
def backend(request: pytest.FixtureRequest) -> str:
    """Return which service runs the agents: each in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def stack(backend: str) -> Iterator[Stack]:
    """Return a stack whose runs are short and always the same."""
    corpus, parameters = short_corpus(CORPUS), PARAMETERS | {"AgentBackend": backend}
    with Stack(corpus, parameters=parameters) as stack, interpreter.without_waits():
        yield stack


@pytest.fixture(scope="module")
def recorded(stack: Stack) -> list[Recorded]:
    """Return each kind of run, in which nothing goes wrong."""
    return record(stack)


NUMBERS = count(1)
ONCE = pytest.mark.parametrize("backend", ["harness"], indirect=True)


def tried(stack: Stack, recorded: Recorded, fault: Fault) -> Tried:
    """Return what came of a fault."""
    return next(try_each(stack, recorded, [fault], f"sample-{next(NUMBERS)}"))


def test_where_nothing_goes_wrong_everything_is_there_once(recorded: list[Recorded]) -> None:
    reviewed, expired, forgotten = (each.outcome for each in recorded)
    asked = {(to, "1", "Approve?"): 1 for to in REVIEWERS}

    assert reviewed.mails == {
        **asked,
        **{(to, "2", "Approve?"): 1 for to in REVIEWERS},
        ("another", "1", "Rejected:"): 1,
        ("another", "2", "Approved:"): 1,
        **{(to, "2", "Published:"): 1 for to in REVIEWERS},
    }
    assert reviewed.events == dict.fromkeys(
        ("Approval requested 1", "Approval requested 2", "Report published 2"), 1
    )
    assert reviewed.kept == dict.fromkeys(reviewed.kept, 1) | {"votes of APPROVAL#002": 2}
    assert {REPORT, "META", "drafts/1.md", "briefs/1.json", "drafts/2.md"} <= {*reviewed.kept}
    assert len(reviewed.sessions) == 6
    assert "COST" in reviewed.kept
    assert [each.outcome.errors_in_books for each in recorded] == [0, 0, 0]
    assert expired.mails == {
        **asked,
        **{(to, "1", "Reminder:"): 1 for to in REVIEWERS},
        **{(to, "", "Expired:"): 1 for to in REVIEWERS},
    }
    assert expired.events == {"Approval requested 1": 1, "Approval expired": 1}
    assert forgotten.mails == asked | {(to, "1", "Published:"): 1 for to in REVIEWERS}
    assert forgotten.kept[REPORT] == 1
    assert "reconcile" in {point.holder for point in recorded[2].points}


@pytest.mark.parametrize(("backend", "fault"), CASES, indirect=["backend"], ids=str, scope="module")
def test_nothing_is_lost_and_nothing_happens_twice(
    stack: Stack, recorded: list[Recorded], fault: Fault
) -> None:
    one = tried(stack, recorded[0], fault)

    assert one.happened, f"{fault} has not happened"
    assert one.is_right, one.difference


@pytest.mark.parametrize("role", ["writer_agent", "search_agent"])
def test_a_kill_after_the_agents_answer_repeats_that_call(
    stack: Stack, recorded: list[Recorded], backend: str, role: str
) -> None:
    before, after = (
        tried(stack, recorded[0], Fault(kind, role, ASKS[backend]))
        for kind in (AtCall.KILL_BEFORE, AtCall.KILL_AFTER)
    )

    assert before.difference.repeated_agent_calls == 0
    assert after.difference.repeated_agent_calls == 1


@ONCE
def test_an_end_that_could_not_be_recorded_is_found(stack: Stack, recorded: list[Recorded]) -> None:
    fault = Fault(AtCall.THROTTLE, "close_workflow", "GetItem", times=6)

    assert recorded[1].trial is EXPIRED
    one = tried(stack, recorded[1], fault)

    assert one.happened == 6
    assert one.is_right, one.difference


@ONCE
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
    no_part = {"inbox", "reports", "sign_in", "rotate_signing_key", "web_actions"}  # in a run
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
        | {("another", "2", "Approved:"): 1}
    ),
    events=Counter({"Approval requested 1": 1, "Approval requested 2": 1, "Report published 2": 1}),
    sessions=Counter({".writer.1": 1, ".search.0": 1}),
    kept=Counter({"drafts/1.md": 1, REPORT: 1, "META": 1, "votes of APPROVAL#001": 1}),
)


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(replace(RIGHT, status="FAILED"), id="a lost run"),
        pytest.param(replace(RIGHT, record="RUNNING"), id="an end that is not recorded"),
        pytest.param(replace(RIGHT, is_approved=False), id="other bytes"),
        pytest.param(
            replace(RIGHT, kept=RIGHT.kept + Counter([REPORT])), id="published with other bytes"
        ),
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
            replace(RIGHT, mails=RIGHT.mails - Counter([("another", "2", "Approved:")])),
            id="the others are not told",
        ),
        pytest.param(
            replace(RIGHT, events=RIGHT.events + Counter(["Report published 2"])),
            id="an event twice",
        ),
        pytest.param(replace(RIGHT, events=Counter()), id="no event"),
        pytest.param(
            replace(RIGHT, kept=RIGHT.kept + Counter(["drafts/2.md"])), id="an artifact of nothing"
        ),
        pytest.param(
            replace(RIGHT, kept=RIGHT.kept + Counter(["drafts/1.md"])), id="a draft that changed"
        ),
        pytest.param(
            replace(RIGHT, kept=RIGHT.kept + Counter(["votes of APPROVAL#001"])), id="a vote twice"
        ),
        pytest.param(replace(RIGHT, kept=Counter()), id="an artifact that is gone"),
        pytest.param(
            replace(RIGHT, sessions=RIGHT.sessions + Counter([".writer.1"])),
            id="an agent asked again for a function that asks none",
        ),
        pytest.param(
            replace(RIGHT, sessions=Counter({".writer.1": 2})), id="one agent for another"
        ),
        pytest.param(replace(RIGHT, errors_in_books=1), id="a call that nobody noted"),
    ],
)
def test_what_went_wrong_is_noticed_and_counted(outcome: Outcome) -> None:
    right = Tried(Fault(AtCall.KILL_AFTER, "publish"), REVIEWED, Difference(RIGHT, RIGHT), 1)
    wrong = replace(right, difference=Difference(outcome, RIGHT))

    assert right.is_right
    assert not wrong.is_right
    assert table([wrong], "", str).splitlines()[-1] != table([right], "", str).splitlines()[-1]


def test_what_a_fault_may_cost_is_an_agent_call_and_the_word_to_the_others() -> None:
    again = replace(RIGHT, sessions=RIGHT.sessions + Counter([".writer.1"]))
    untold = replace(RIGHT, mails=RIGHT.mails - Counter([("another", "2", "Approved:")]))
    at_agent, at_api = Fault(AtCall.LOST, "writer_agent"), Fault(AtCall.LOST, "approval_api")

    assert Tried(at_agent, REVIEWED, Difference(again, RIGHT), 1).is_right
    assert not Tried(at_api, REVIEWED, Difference(again, RIGHT), 1).is_right
    assert Tried(at_api, REVIEWED, Difference(untold, RIGHT), 1).is_right
    assert not Tried(at_agent, REVIEWED, Difference(untold, RIGHT), 1).is_right


def test_a_fault_that_does_not_happen_shows_nothing() -> None:
    one = Tried(Fault(AtCall.KILL_AFTER, "publish"), REVIEWED, Difference(RIGHT, RIGHT), 0)

    assert not one.is_right
