"""`sam local invoke`: the functions that the sample run does not reach, built, in a container."""

import json

from galley_local.lambdas.function import Function
from galley_local.rehearsal import Call, recording, sample_request, wait_for_end, wait_until
from galley_local.reviewer import decide, open_link
from galley_local.stack import ROOT, Stack
from tests.container.sam import Sam
from tests.container.storage import Kept
from tests.container.waiting import started


def test_a_stopped_workflow_is_closed_in_a_container(
    stack: Stack, sam: Sam, functions: dict[str, Function], rehearsed: dict[str, Call]
) -> None:
    waits = started(stack, "lighthouses-stopped")
    with recording(stack.lambdas) as calls:
        stack.client("stepfunctions").stop_execution(executionArn=waits.execution)
        wait_until(lambda: "close_workflow" in calls)
    kept = Kept(stack, sample_request()["tenant"], waits.workflow_id)
    closed = kept.items("META")
    kept.forget("META", "closed", "cause", "error")

    answer = sam.invoke(functions["close_workflow"], calls["close_workflow"].event)

    assert answer == calls["close_workflow"].answer == {"closed": True}
    assert closed == kept.items("META")


def test_a_decision_is_collected_in_a_container(
    stack: Stack, sam: Sam, functions: dict[str, Function], rehearsed: dict[str, Call]
) -> None:
    waits = started(stack, "lighthouses-collected")
    assert decide(open_link(waits.link), "approved").status == 200
    wait_for_end(stack, waits.execution)
    sample = json.loads((ROOT / "events" / "collect_decision.json").read_text(encoding="utf-8"))

    answer = sam.invoke(functions["collect_decision"], {**sample, "workflow_id": waits.workflow_id})

    assert answer["decision"] == "approved"
    assert answer["approved_by"] == [sample_request()["reviewer"]]


def test_what_got_stuck_is_looked_for_in_a_container(
    stack: Stack, sam: Sam, functions: dict[str, Function], rehearsed: dict[str, Call]
) -> None:
    sample = json.loads((ROOT / "events" / "reconcile.json").read_text(encoding="utf-8"))
    (here,) = (each for each in stack.lambdas.functions.values() if each.code.name == "reconcile")
    stack.lambdas.invoke(here, sample)  # mends what it can

    answer = sam.invoke(functions["reconcile"], sample)

    assert answer == stack.lambdas.invoke(here, sample).payload
    assert "errorMessage" not in answer


def test_the_signing_key_is_rotated_in_a_container(
    stack: Stack, sam: Sam, functions: dict[str, Function]
) -> None:
    stack.rotation.let_key_age()
    steps = stack.rotation.begin()

    answers = [sam.invoke(functions["rotate_signing_key"], step) for step in steps]

    assert answers == [{"done": True}] * len(steps)
    secret = stack.client("secretsmanager").describe_secret(SecretId=steps[0]["SecretId"])
    assert "AWSCURRENT" in secret["VersionIdsToStages"][steps[0]["ClientRequestToken"]]
