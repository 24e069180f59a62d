"""AWS requests as IAM sees them."""

import json

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from galley_local.iam.calls import Account, Signed, call_of
from galley_local.iam.policies import Call

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:galley-research"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:galley-research:one"


def states(action: str, **asked: str) -> Call:
    """Return the call that a request to Step Functions is."""
    headers = Headers({"X-Amz-Target": f"AWSStepFunctions.{action}"})
    builder = EnvironBuilder(method="POST", headers=headers, data=json.dumps(asked))
    signed = Signed("KEY", "us-east-1", "states")
    return call_of(Request(builder.get_environ()), signed, Account("123456789012", MACHINE))


@pytest.mark.parametrize("qualifier", ["", ":live", ":7"])
def test_a_version_and_an_alias_are_their_state_machine(qualifier: str) -> None:
    called = states("StartExecution", stateMachineArn=MACHINE + qualifier)

    assert called == Call("states:StartExecution", MACHINE)


def test_an_execution_is_named_in_full() -> None:
    assert states("RedriveExecution", executionArn=EXECUTION).resource == EXECUTION


def test_a_token_is_of_the_one_state_machine() -> None:
    assert states("SendTaskSuccess", taskToken="token").resource == MACHINE
