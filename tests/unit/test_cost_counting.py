"""What a workflow has left becomes counts in the units that are billed, each at its place."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from galley_cli.aws_words import Access
from galley_cli.cost import counting
from galley_cli.cost.account import Account
from galley_cli.cost.counts import Count, added
from galley_cli.cost.prices import Prices
from galley_cli.cost.reader import EVENT_BYTES, Line, Run, read_run
from galley_cli.cost.standing import RECONCILED_A_MONTH, reconciling
from galley_cli.cost.states import States
from galley_cli.target import Target, TargetError
from tests.unit.test_structure import TEMPLATE

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
SUMMARY, TOOLS = "galley-SummaryAgentFunction-1A", "galley-SummaryActionsFunction-2B"


def entered(number: int, before: int, state: str, kind: str = "Task") -> dict[str, Any]:
    """Return the event of a state that is entered."""
    return {
        "id": number,
        "previousEventId": before,
        "timestamp": AT,
        "type": f"{kind}StateEntered",
        "stateEnteredEventDetails": {"name": state},
    }


def scheduled(number: int, before: int, function: str = SUMMARY) -> dict[str, Any]:
    """Return the event of an attempt of a task."""
    arn = f"arn:aws:lambda:us-east-1:000000000042:function:{function}"
    details = {"resourceType": "lambda", "parameters": f'{{"FunctionName": "{arn}"}}'}
    return {
        "id": number,
        "previousEventId": before,
        "timestamp": AT,
        "type": "TaskScheduled",
        "taskScheduledEventDetails": details,
    }


def failed(number: int, before: int) -> dict[str, Any]:
    """Return the event of an attempt that failed."""
    return {"id": number, "previousEventId": before, "timestamp": AT, "type": "TaskFailed"}


def used(function: str = SUMMARY, **more: Any) -> Line:
    """Return the line of an invocation."""
    said = {"function": function, "memory_mb": 512, "seconds": 1.5, "calls": {}, **more}
    return Line(int(AT.timestamp() * 1000) + 5, 600, said)


def a_run(**fields: Any) -> Run:
    """Return a run that has left one summary, and what a test says besides."""
    history = [entered(2, 0, "Summarize source"), scheduled(3, 2)]
    kept = {"history": history, "lines": [used()], "calls": [], "stored_bytes": 2_000_000_000}
    return Run(**{"workflow_id": "w", "tenant": "press", "status": "PUBLISHED", **kept, **fields})


def amounts(run: Run) -> dict[str, float]:
    """Return the amounts of a run's counts, by what they are priced by."""
    sums: dict[str, float] = {}
    for count in counting.counted(run):
        sums[count.key] = sums.get(count.key, 0) + count.amount
    return sums


def test_a_retry_is_a_transition_of_the_state_that_is_tried_again() -> None:
    # two stays side by side, as in a Map: the chain of events tells whose attempt one is
    history = [
        entered(1, 0, "Summarize sources", "Map"),
        entered(2, 1, "Summarize source"),
        entered(3, 1, "Summarize source"),
        scheduled(4, 2),
        scheduled(5, 3),
        failed(6, 4),
        scheduled(7, 6),
        failed(8, 7),
        scheduled(9, 8),
    ]

    states = States.of(history)

    assert states.transitions == {"Summarize sources": 1, "Summarize source": 2 + 2}
    assert len(states.attempts) == 4


def test_gb_seconds_are_memory_times_seconds_those_of_a_cold_start_too() -> None:
    found = amounts(a_run(lines=[used(), used(seconds=0.5, init_seconds=0.25)]))

    assert found["lambda.gb_seconds_arm64"] == pytest.approx((1.5 + 0.5 + 0.25) / 2)
    assert found["lambda.requests"] == 2


@pytest.mark.parametrize(
    ("call", "key"),
    [
        ("s3.GetObject", "s3.get_requests"),
        ("s3.HeadObject", "s3.get_requests"),
        ("s3.PutObject", "s3.put_requests"),
        ("s3.ListObjectsV2", "s3.put_requests"),
        ("kms.Encrypt", "kms.requests"),
        ("secrets-manager.GetSecretValue", "secrets-manager.requests"),
        ("bedrock-agent-runtime.Retrieve", "knowledge-base.retrievals"),
    ],
)
def test_a_call_is_billed_as_its_service_bills_it(call: str, key: str) -> None:
    assert amounts(a_run(lines=[used(calls={call: 3})]))[key] == 3


def test_a_letter_is_a_mail_and_two_transitions_and_a_trace() -> None:
    found = amounts(a_run(lines=[used(calls={"outbox.letter": 2, "sfn.StartExecution": 2})]))

    assert found["mail.letters"] == 2
    assert found["step-functions.transitions"] == 1 + 4
    assert found["x-ray.traces"] == 1 + 2


def test_a_turn_of_a_harness_holds_its_microvm_until_it_is_idle_for_a_minute() -> None:
    found = amounts(a_run(lines=[used(calls={"bedrock-agentcore.InvokeHarness": 2})]))

    assert found["agentcore.gb_hours"] == pytest.approx(0.5 * (1.5 + 2 * 60) / 3600)
    assert found["agentcore.vcpu_hours"] == pytest.approx(2 / 3600)


def test_what_a_tool_does_is_its_agents_states() -> None:
    (count,) = [
        each
        for each in counting.counted(a_run(lines=[used(TOOLS, read_units=1.5)]))
        if each.key == "dynamodb.read_units"
    ]

    assert count == Count("dynamodb", "read_units", 1.5, "Summarize source", "summary")


def test_tokens_are_counted_by_model_and_role_and_are_estimates_on_a_laptop() -> None:
    call = {"role": "summary", "model": HAIKU, "input_tokens": 4000, "output_tokens": 300}

    on_aws = counting.counted(a_run(calls=[call]))
    on_laptop = counting.counted(a_run(calls=[call], is_laptop=True))

    expected = Count("models", f"{HAIKU}/input", 4000, "Summarize source", "summary")
    assert expected in on_aws
    assert expected not in on_laptop
    assert Count(**{**vars(expected), "measured": False}) in on_laptop


def test_a_call_of_an_agent_that_is_under_way_has_no_tokens_yet() -> None:
    assert "models" not in {each.service for each in counting.counted(a_run(calls=[{"role": "x"}]))}


def test_an_invocation_that_left_no_line_is_missed() -> None:
    history = [entered(2, 0, "Summarize source"), scheduled(3, 2), failed(4, 3), scheduled(5, 4)]

    assert counting.unheard(a_run(history=history)) == 1
    assert counting.unheard(a_run()) == 0


def test_a_call_that_nobody_knows_is_named() -> None:
    run = a_run(lines=[used(calls={"polly.SynthesizeSpeech": 1, "s3.GetObject": 1})])

    assert counting.unknown_calls(run) == ["polly.SynthesizeSpeech"]


def test_a_sum_is_that_of_its_parts() -> None:
    account = Account.of(
        [
            Count("s3", "put_requests", 1000, "Write draft", "writer"),
            Count("models", f"{HAIKU}/input", 1_000_000, "Write draft", "writer"),
            Count("models", f"{HAIKU}/output", 1_000_000, role="summary", measured=False),
        ],
        Prices(),
    )

    assert account.by(lambda count: count.service) == {"models": 1.10 + 5.50, "s3": 0.005}
    assert account.usd == pytest.approx(6.605)
    assert account.estimated_usd == pytest.approx(5.50)
    assert account.by(lambda count: count.role) == {"summary": 5.50, "writer": 1.105}
    assert account.notes == []


@pytest.mark.parametrize(
    ("count", "where"),
    [
        (Count("models", "some.model/input", 5), "layer/galley/ledger/prices.json"),
        (Count("lambda", "gb_seconds_riscv64", 5), "galley_cli/cost/prices.json"),
    ],
    ids=["a model", "a service"],
)
def test_what_has_no_price_is_left_out_and_named_with_what_to_do(count: Count, where: str) -> None:
    account = Account.of([count, count, Count("s3", "put_requests", 1000)], Prices())

    assert account.usd == pytest.approx(0.005)
    (note,) = account.notes
    assert where in note
    assert "not in the sums" in note


def test_a_region_without_prices_is_priced_as_another_and_that_is_said() -> None:
    prices = Prices("eu-central-1")

    assert prices.usd(Count("s3", "put_requests", 1000)) == pytest.approx(0.005)
    assert "no prices of eu-central-1: those of us-east-1 are taken" in prices.notes[0]


@pytest.mark.parametrize("processor", TEMPLATE["Parameters"]["Architectures"]["AllowedValues"])
def test_whatever_processor_the_template_allows_has_a_price(processor: str) -> None:
    (count,) = (
        each
        for each in counting.counted(a_run(), processor)
        if each.unit.startswith("gb_seconds") and each.service == "lambda"
    )

    assert Prices().usd(count) is not None


def test_counts_of_the_same_thing_at_the_same_place_are_one() -> None:
    one, other = Count("s3", "put_requests", 1, "a"), Count("s3", "put_requests", 1, "b")

    assert added([one, other, one]) == [Count("s3", "put_requests", 2, "a"), other]


def test_a_month_of_reconciliation_is_as_many_times_what_one_takes() -> None:
    lines = [used("galley-ReconcileFunction-3C", read_units=0.5), used()]

    units = next(each for each in reconciling(lines) if each.key == "dynamodb.read_units")

    assert units.amount == pytest.approx(RECONCILED_A_MONTH / 2)


class FakeClient:
    """Has one workflow's record; whoever asks for the logs is refused."""

    def __init__(self, service: str) -> None:
        self.service = service

    def get_paginator(self, operation: str) -> Any:
        """Return what pages of an operation are asked of."""
        self.operation = operation
        return self

    def paginate(self, **asked: Any) -> Any:
        """Return the pages of an operation."""
        if self.operation == "filter_log_events":
            message = (
                "User: arn:aws:iam::000000000042:user/ann is not authorized to perform: "
                "logs:FilterLogEvents on resource: arn:aws:logs:us-east-1:000000000042:log-group:g"
            )
            raise ClientError(
                {"Error": {"Code": "AccessDeniedException", "Message": message}}, "FilterLogEvents"
            )
        if self.operation == "query":
            known = asked["ExpressionAttributeValues"][":pk"]["S"] == "WORKFLOW#known"
            fields = {"sk": "META", "execution": "arn", "started_at": "2026-11-28T12:00:00Z"}
            item = {name: {"S": text} for name, text in fields.items()}
            return [{"Items": [item] if known else []}]
        return [{"events": []}]


@pytest.mark.parametrize(
    ("workflow_id", "words"),
    [
        ("known", "may not call logs:FilterLogEvents"),
        ("unknown", "there is no workflow unknown: `galley list` names"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_do(workflow_id: str, words: str) -> None:
    outputs = {"TableName": "t", "LogGroupName": "g", "ArtifactsBucket": "b"}
    target = Target(FakeClient, outputs, access=Access(region="us-east-1"))

    with pytest.raises(TargetError) as refused:
        read_run(target, workflow_id)

    assert words in str(refused.value)


class FakeLogs:
    """Has a workflow that ended, and keeps what its log is asked for."""

    def __init__(self, last: str) -> None:
        self.last = last
        self.asked: dict[str, Any] = {}

    def get_paginator(self, operation: str) -> Any:
        """Return what pages of an operation are asked of."""
        self.operation = operation
        return self

    def paginate(self, **asked: Any) -> Any:
        """Return the pages of an operation."""
        if self.operation == "query":
            return FakeClient("dynamodb").get_paginator("query").paginate(**asked)
        if self.operation == "filter_log_events":
            self.asked = asked
        return [{"events": [{"id": 1, "type": self.last, "timestamp": AT}]}]


@pytest.mark.parametrize(
    ("last", "hours"),
    [("ExecutionSucceeded", 24), ("ExecutionAborted", 24), ("TaskScheduled", None)],
)
def test_lines_are_read_until_a_day_after_the_end(last: str, hours: int | None) -> None:
    logs = FakeLogs(last)
    outputs = {"TableName": "t", "LogGroupName": "g", "ArtifactsBucket": "b"}

    with suppress(KeyError):  # the record has no more than what is needed until here
        read_run(Target(lambda _: logs, outputs), "known")

    ended = int(AT.timestamp() * 1000)
    assert logs.asked.get("endTime") == (None if hours is None else ended + hours * 3_600_000)


def test_a_line_is_billed_with_what_the_log_adds_to_it() -> None:
    found = amounts(a_run(lines=[Line(0, 100 + EVENT_BYTES, None)]))

    assert found["logs.gb"] == pytest.approx(126 / counting.GB)
