"""What an agent's role has to allow before its model answers."""

from typing import Any

import pytest

from galley_local.iam.model_access import thinking

ROLE = "arn:aws:iam::123456789012:role/writer"
INVOKE = {"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"}


def calls(model: str, **more: Any) -> dict[str, set[str]]:
    """Return the actions by resource that an agent with a model needs."""
    agent = {"FoundationModel": model, "AgentResourceRoleArn": ROLE, **more}
    errand = thinking(agent, "us-east-1", "123456789012")
    assert errand.role == "writer"
    found: dict[str, set[str]] = {}
    for call in errand.calls:
        found.setdefault(call.resource, set()).add(call.action)
    return found


def test_a_profile_needs_itself_and_its_model_wherever_it_runs() -> None:
    model = {*INVOKE, "bedrock:GetFoundationModel"}

    assert calls("eu.vendor.model-v1:0") == {
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.vendor.model-v1:0": {
            *INVOKE,
            "bedrock:GetInferenceProfile",
        },
        "arn:aws:bedrock:us-east-1::foundation-model/vendor.model-v1:0": model,
        "arn:aws:bedrock:us-west-2::foundation-model/vendor.model-v1:0": model,
    }


def test_a_global_profile_needs_its_model_without_a_region() -> None:
    assert "arn:aws:bedrock:::foundation-model/vendor.model" in calls("global.vendor.model")


def test_a_model_without_a_profile_needs_itself_where_the_agent_is() -> None:
    assert set(calls("vendor.model-4.7")) == {
        "arn:aws:bedrock:us-east-1::foundation-model/vendor.model-4.7"
    }


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param("guard", id="id"),
        pytest.param("arn:aws:bedrock:us-east-1:123456789012:guardrail/guard", id="ARN"),
    ],
)
def test_a_guardrail_has_to_be_applied(identifier: str) -> None:
    found = calls("vendor.model", GuardrailConfiguration={"GuardrailIdentifier": identifier})

    guardrail = "arn:aws:bedrock:us-east-1:123456789012:guardrail/guard"
    assert found[guardrail] == {"bedrock:ApplyGuardrail"}
