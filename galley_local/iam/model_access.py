"""
What the role of an agent, or of a harness, must allow before its model answers.

Bedrock reaches a model through an inference profile, which picks a region of its geography: the
role needs the profile, and the model behind it wherever it may be picked.
"""

from collections.abc import Mapping
from typing import Any

from galley_local.iam.permissions import Errand
from galley_local.iam.policies import Call

GEOGRAPHIES = {"us", "us-gov", "eu", "apac", "jp", "au", "ca", "global"}
ANOTHER_REGION = "us-west-2"  # one that a profile may pick besides the stack's own
NO_REGION = ""  # what AWS asks for where a global profile picks


def thinking(agent: Mapping[str, Any], region: str, account_id: str) -> Errand:
    """Return what Bedrock does as the role of an agent whenever the agent is asked."""
    guardrail = agent.get("GuardrailConfiguration", {}).get("GuardrailIdentifier")
    calls = _calls_for(agent["FoundationModel"], region, account_id)
    if guardrail:
        own = f"arn:aws:bedrock:{region}:{account_id}:guardrail/{guardrail}"
        arn = guardrail if guardrail.startswith("arn:") else own
        calls.append(Call("bedrock:ApplyGuardrail", arn))
    return Errand.of(agent["AgentResourceRoleArn"], calls)


def harness_thinking(harness: Mapping[str, Any], region: str, account_id: str) -> Errand:
    """Return what AgentCore does as the role of a harness whenever the harness is asked."""
    model = harness["Model"]["BedrockModelConfig"]
    guardrail = model.get("AdditionalParams", {}).get("guardrailConfig")
    calls = [call for call in _calls_for(model["ModelId"], region, account_id) if _invokes(call)]
    if guardrail:
        calls.append(Call("bedrock:ApplyGuardrail", guardrail["guardrailIdentifier"]))
    return Errand.of(harness["ExecutionRoleArn"], [*calls, *_running(region, account_id)])


def _invokes(call: Call) -> bool:
    return call.action.startswith("bedrock:InvokeModel")


def _running(region: str, account_id: str) -> list[Call]:
    """Return what AWS's documentation has every harness do that runs on its managed image."""
    group = f"arn:aws:logs:{region}:{account_id}:log-group:/aws/bedrock-agentcore/runtimes/harness"
    namespace = {"cloudwatch:namespace": ("bedrock-agentcore",)}
    return [
        Call("ecr-public:GetAuthorizationToken", "*"),
        Call("sts:GetServiceBearerToken", "*"),
        Call("logs:CreateLogGroup", group),
        Call("logs:DescribeLogStreams", group),
        Call("logs:CreateLogStream", f"{group}:log-stream:turn"),
        Call("logs:PutLogEvents", f"{group}:log-stream:turn"),
        Call("xray:PutTraceSegments", "*"),
        Call("xray:PutTelemetryRecords", "*"),
        Call("cloudwatch:PutMetricData", "*", namespace),
    ]


def _calls_for(model_id: str, region: str, account_id: str) -> list[Call]:
    geography, _, model = model_id.partition(".")
    if geography not in GEOGRAPHIES:
        return _model_calls(model_id, region)
    profile = f"arn:aws:bedrock:{region}:{account_id}:inference-profile/{model_id}"
    return [
        Call("bedrock:GetInferenceProfile", profile),
        Call("bedrock:InvokeModel", profile),
        Call("bedrock:InvokeModelWithResponseStream", profile),
        *_model_calls(model, region),
        *_model_calls(model, NO_REGION if geography == "global" else ANOTHER_REGION),
    ]


def _model_calls(model_id: str, region: str) -> list[Call]:
    model = f"arn:aws:bedrock:{region}::foundation-model/{model_id}"
    return [
        Call("bedrock:GetFoundationModel", model),
        Call("bedrock:InvokeModel", model),
        Call("bedrock:InvokeModelWithResponseStream", model),
    ]
