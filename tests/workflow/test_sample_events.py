"""The events of `events/` have the shape of what functions get in a run of today."""

import json
from typing import Any

import pytest

from galley_local.rehearsal import COMMENT, EVENTS, Call, Thorough, rehearse, sample
from galley_local.stack import ROOT, Stack

# Called when an execution fails, when a key is rotated and now and then, with events that AWS
# documents; and when a deadline is over.
NOT_REACHED = {
    *("close_workflow", "collect_decision", "reconcile", "rotate_signing_key"),
    "web_actions",  # reached by those who ask for it
}
REACHED = sorted({path.parent.name for path in ROOT.glob("functions/*/app.py")} - NOT_REACHED)


@pytest.fixture(scope="module")
def calls(_stack: tuple[Stack, Any]) -> dict[str, Call]:
    """Return the first call of each function in the sample run."""
    stack, mind = _stack
    mind.scripts["summary"] = Thorough().answer
    return rehearse(stack)


def committed(name: str) -> Any:
    """Return the sample event of a function."""
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def shape(value: Any) -> Any:
    """Return the names and types of a value; a list has the shapes of its items, each once."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(shape(each), sort_keys=True) for each in value})
    return type(value).__name__


def test_the_sample_run_reaches_every_function(calls: dict[str, Call]) -> None:
    assert REACHED == sorted(calls)


@pytest.mark.parametrize("name", REACHED)
def test_a_sample_event_has_the_shape_of_a_real_one(name: str, calls: dict[str, Call]) -> None:
    assert shape(committed(name)) == shape(calls[name].event)


def test_a_sample_event_holds_no_token_and_no_signature(calls: dict[str, Call]) -> None:
    token = calls["request_approval"].event["task_token"]
    signature = calls["approval_api"].event["queryStringParameters"]["signature"]

    samples = json.dumps([sample(call.event) for call in calls.values()])

    assert token not in samples
    assert signature not in samples


def test_the_sample_run_is_rejected_once(calls: dict[str, Call], stack: Stack) -> None:
    s3, bucket = stack.client("s3"), stack.outputs["ArtifactsBucket"]
    event = calls["publish"].event
    key = f"{event['tenant']}/{event['workflow_id']}/reviews/1.json"

    review = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    assert review["comments"] == COMMENT
    assert event["draft_key"].endswith("drafts/2.md")
