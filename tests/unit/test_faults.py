"""Faults: how they are named, and when they happen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galley_local.faults.fault import AtCall, AtInvocation, Fault, FaultError, InAnswer
from galley_local.faults.faults import Faults, holder_of

ROLE = "galley-WriterAgentFunctionRole-ABC"
FAULTS = st.one_of(
    st.builds(
        Fault,
        st.sampled_from(list(AtCall)),
        st.sampled_from(["publish", "writer_agent", "research"]),
        st.sampled_from(["", "PutObject", "InvokeAgent"]),
        st.integers(1, 99),
        st.integers(1, 99),
    ),
    st.builds(Fault, st.just(AtInvocation.CLOCK), st.just("publish"), seconds=st.integers(-9, -1)),
    st.builds(Fault, st.sampled_from(list(InAnswer)), st.just("writer_agent")),
)


@given(FAULTS)
def test_a_fault_is_read_as_it_is_written(fault: Fault) -> None:
    assert Fault.parse(str(fault)) == fault


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "KIND@FUNCTION"),
        ("kill-after", "KIND@FUNCTION"),
        ("kill-after@publish#0", "KIND@FUNCTION"),
        ("explode@publish", "none of kill-before, kill-after"),
        ("clock@publish", "which needs them"),
        ("twice+5@publish", "are for clock"),
        ("clock+0@publish", "KIND@FUNCTION"),
        ("empty@writer_agent.InvokeAgent", "nothing to do with a call"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_what_is_expected(text: str, says: str) -> None:
    with pytest.raises(FaultError, match=says):
        Fault.parse(text)


def test_it_happens_from_the_chosen_call_on_and_so_many_times() -> None:
    faults = Faults()
    fault = Fault(AtCall.ERROR, "writer_agent", "PutObject", number=2, times=2)
    calls = ["s3:PutObject", "s3:GetObject", *["s3:PutObject"] * 4]

    with faults.during(fault) as happened:
        met = [faults.at_call(ROLE, action) for action in calls]

    assert met == [None, None, fault, fault, None, None]
    assert happened[fault] == 2
    assert faults.at_call(ROLE, "s3:PutObject") is None


def test_a_fault_happens_only_where_its_kind_can() -> None:
    faults = Faults()
    with faults.during(Fault(InAnswer.EMPTY, "writer_agent"), Fault(AtInvocation.TWICE, "publish")):
        assert faults.at_call(ROLE, "bedrock:InvokeAgent") is None
        assert faults.at_invocation("galley-WriterAgentFunction-ABC") is None
        assert faults.in_answer("search") is None
        assert faults.in_answer("writer") is not None
        assert faults.at_invocation("galley-PublishFunction-ABC") is not None


def test_points_are_numbered_for_each_holder() -> None:
    faults = Faults()

    with faults.recording() as done:
        faults.at_invocation("galley-WriterAgentFunction-ABC")
        faults.at_call(ROLE, "s3:GetObject")
        faults.at_call("galley-OutboxStateMachineRole-ABC", "ses:SendEmail")
        faults.at_call(ROLE, "s3:PutObject")
    faults.at_call(ROLE, "s3:PutObject")

    assert [str(each) for each in done.points] == [
        "writer_agent 1: s3:GetObject",
        "outbox 1: ses:SendEmail",
        "writer_agent 2: s3:PutObject",
    ]
    assert [each.invocation for each in done.points] == [1, 0, 1]
    assert [each.of_action for each in done.points] == [1, 1, 1]
    assert done.invocations == {"writer_agent": 1}


def test_what_a_service_never_answers_does_not_happen() -> None:
    faults, fault = Faults(), Fault(AtCall.CONFLICT, "writer_agent")

    with faults.during(fault) as happened:
        assert faults.at_call(ROLE, "s3:GetObject") is None
        assert faults.at_call(ROLE, "s3:PutObject") is fault
    assert happened == {fault: 1}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault(AtCall.ERROR, "nobody"), "'nobody' is none of publish, research"),
        (Fault(AtCall.KILL_AFTER, "research"), "no worker"),
        (Fault(AtInvocation.TWICE, "research"), "no worker"),
        (Fault(InAnswer.EMPTY, "publish"), "only agents"),
    ],
    ids=str,
)
def test_a_fault_that_can_happen_to_nobody_is_refused(fault: Fault, says: str) -> None:
    with pytest.raises(FaultError, match=says):
        fault.check({"research", "publish"})

    Fault(AtCall.ERROR, "research").check({"research", "publish"})


@pytest.mark.parametrize(
    ("name", "holder"),
    [
        ("galley-ApprovalApiFunctionRole-X1", "approval_api"),
        ("galley-PublishFunction-X1", "publish"),
        ("galley-ResearchStateMachineRole-X1", "research"),
        ("galley-WriterAgentRole-X1", ""),
        ("events.amazonaws.com", ""),
    ],
)
def test_holders_are_named_as_their_code_is(name: str, holder: str) -> None:
    assert holder_of(name) == holder
