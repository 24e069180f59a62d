"""What CloudFormation asks and takes: defaults that work, and a clear no to what cannot."""

import re
from typing import Any

import pytest

from tests.unit.test_structure import TEMPLATE

PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]

ROLES = ("Search", "Summary", "Writer", "Reviser")
HARNESS = "arn:aws:bedrock-agentcore:us-east-1:123456789012:harness/my_harness-AbCdEf1234"
ENDPOINT = f"{HARNESS}/harness-endpoint/live"
ALIAS = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT12345/ALIAS12345"
PROFILE = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.vendor.model-v1:0"
GIVEN = [
    ("MailSender", "galley@example.com"),
    ("InferenceGeography", "eu"),
    ("LargeModelId", "amazon.nova-pro-v1:0"),
    ("SmallModelId", "anthropic.claude-haiku-4-5-20251001-v1:0"),
    ("KnowledgeBaseId", "KB12345678"),
    ("ScheduleExpression", "rate(7 days)"),
    ("AgentBackend", "bedrock-agents"),
    ("WebProviders", "tavily"),
    ("WebProviders", "openalex,wikipedia,tavily"),
    (
        "WebKeysSecretArn",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:galley/web-AbCd12",
    ),
    ("WebContact", "robots@example.com"),
    ("WebContact", "https://example.com/robots"),
    ("WebAllowedDomains", "example.org,gov"),
    ("WebBlockedDomains", "example.com"),
    ("ScheduleExpression", "rate(1 hour)"),
    ("ScheduleExpression", "cron(0 6 ? * MON *)"),
    ("ScheduleExpression", "cron(15 10 L * ? 2027-2030)"),
    ("ScheduleExpression", "at(2030-01-31T06:00:00)"),
    ("ScheduledTopic", "Wie Leuchttürme weiter sichtbar wurden – und warum?"),
    ("ScheduledTenant", "press"),
    ("ScheduledReviewer", "first.last+galley@mail.example.com"),
    ("ApprovalTimeoutSeconds", "31536000"),
    ("ReminderSeconds", "1"),
    ("SigningKeyRotationDays", "1000"),
    ("ReservedSummaryConcurrency", "20"),
    ("CreateGuardrail", "true"),
    ("ApprovalUrl", "https://approve.example.com"),
    ("ApprovalUrl", "https://example.com:8443"),
    ("ApprovalUrl", "http://127.0.0.1:4566"),
    ("UserPoolId", "eu-central-1_AbCdEfGhI"),
    ("UserPoolId", "us-gov-west-1_AbCdEfGhI"),
    ("UserPoolClientId", "1example23456789"),
    ("UserPoolDomain", "https://example.auth.eu-central-1.amazoncognito.com"),
    ("UserPoolDomain", "https://sign-in.example.com"),
    ("UserPoolDomain", "http://127.0.0.1:4566"),
    ("Version", "2026.11.23-rc_1"),
    ("Runtime", "python3.12"),
    ("Architectures", "x86_64"),
    *((f"Existing{role}Agent", "AGENT12345/ALIAS12345") for role in ROLES),
    *((f"Existing{role}Agent", HARNESS) for role in ROLES),
    *((f"{role}VariantAgents", HARNESS) for role in ROLES),
    *((f"{role}VariantAgents", f"{ENDPOINT},{HARNESS},{ALIAS}") for role in ROLES),
    ("VariantModels", "arn:aws:bedrock:*::foundation-model/vendor.model-v1:0"),
    ("VariantModels", f"{PROFILE},arn:aws:bedrock:us-west-2::foundation-model/vendor.model-v1:0"),
]
REFUSED = [
    ("MailSender", "Galley <galley@example.com>"),
    ("InferenceGeography", "mars"),
    ("LargeModelId", "claude"),
    ("KnowledgeBaseId", "my-knowledge-base"),
    ("WebProviders", "duckduckgo"),
    ("WebProviders", "tavily, wikipedia"),
    ("WebKeysSecretArn", "tvly-a-key"),
    ("WebContact", "call me"),
    ("WebContact", "a@b.org) evil"),
    ("WebAllowedDomains", "https://example.org"),
    ("WebBlockedDomains", "a.org, b.org"),
    ("ScheduleExpression", "every Monday"),
    ("ScheduleExpression", "rate(0 days)"),
    ("ScheduleExpression", "rate(7 weeks)"),
    ("ScheduleExpression", "cron(0 6 * * MON)"),
    ("ScheduleExpression", "at(tomorrow)"),
    ("ScheduledTopic", 'the "best" lamp'),
    ("ScheduledTopic", "two\nlines"),
    ("ScheduledTopic", "x" * 501),
    ("ScheduledTenant", "The Press"),
    ("ScheduledReviewer", "editor"),
    ("ApprovalTimeoutSeconds", "1"),
    ("ApprovalTimeoutSeconds", "31536001"),
    ("ReminderSeconds", "0"),
    ("SigningKeyRotationDays", "0"),
    ("SigningKeyRotationDays", "1001"),
    ("MinimumSources", "41"),
    ("SummaryConcurrency", "41"),
    ("ReservedSummaryConcurrency", "0"),
    ("ReservedSummaryConcurrency", "1001"),
    ("SearchCacheSeconds", "-1"),
    ("LogRetentionDays", "2"),
    ("CreateGuardrail", "yes"),
    ("ApprovalUrl", "approve.example.com"),
    ("ApprovalUrl", "https://approve.example.com/"),
    ("ApprovalUrl", "https://example.com/galley"),
    ("ApprovalUrl", "http://approve.example.com"),
    ("UserPoolId", "AbCdEfGhI"),
    ("UserPoolId", "eu-central-1_../x"),
    ("UserPoolClientId", "my client"),
    ("UserPoolDomain", "example.auth.eu-central-1.amazoncognito.com"),
    ("UserPoolDomain", "https://sign-in.example.com/"),
    ("UserPoolDomain", "http://sign-in.example.com"),
    ("UserPoolDomain", "https://sign-in.example.com; script-src *"),
    ("Version", "v 1"),
    ("Runtime", "python3.9"),
    ("Architectures", "arm"),
    *((f"Existing{role}Agent", "AGENT12345") for role in ROLES),
    *((f"Existing{role}Agent", "AGENT12345/") for role in ROLES),
    *((f"Existing{role}Agent", "my-agent/live") for role in ROLES),
    *((f"Existing{role}Agent", HARNESS.partition("-AbC")[0]) for role in ROLES),
    *((f"Existing{role}Agent", HARNESS.replace("harness/", "runtime/")) for role in ROLES),
    ("AgentBackend", "strands"),
    *((f"{role}VariantAgents", "AGENT12345/ALIAS12345") for role in ROLES),
    *((f"{role}VariantAgents", f"{HARNESS}, {ALIAS}") for role in ROLES),
    *((f"{role}VariantAgents", HARNESS.replace("my_harness-AbCdEf1234", "*")) for role in ROLES),
    ("VariantModels", "vendor.model-v1:0"),
    ("VariantModels", "arn:aws:bedrock:*::foundation-model/*"),
]


def is_taken(name: str, value: str) -> bool:
    """Tell whether CloudFormation takes a value: it matches patterns from end to end."""
    parameter = PARAMETERS[name]
    if "AllowedValues" in parameter:
        return value in map(str, parameter["AllowedValues"])
    if parameter["Type"] == "Number":
        return bool(parameter["MinValue"] <= float(value) <= parameter["MaxValue"])
    return re.fullmatch(parameter["AllowedPattern"], value) is not None


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_question_has_an_answer_that_works(name: str) -> None:
    assert is_taken(name, str(PARAMETERS[name]["Default"]))


@pytest.mark.parametrize(("name", "value"), GIVEN)
def test_what_can_work_is_taken(name: str, value: str) -> None:
    assert is_taken(name, value)


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_what_cannot_work_is_refused(name: str, value: str) -> None:
    assert not is_taken(name, value)


@pytest.mark.parametrize(
    "name", [name for name, parameter in PARAMETERS.items() if "AllowedPattern" in parameter]
)
def test_a_pattern_says_in_words_what_it_expects(name: str) -> None:
    assert PARAMETERS[name]["ConstraintDescription"].startswith("must ")
