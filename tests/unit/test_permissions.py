"""Who may do what: calls are checked, remembered, and refused with what would allow them."""

import pytest

from galley_local.iam.permissions import SOURCE, Denial, Errand, Grant, Permissions, logical_id
from galley_local.iam.policies import Call, Statement

ROLE = "galley-WriterAgentFunctionRole-ABC123"
DRAFTS = "arn:aws:s3:::bucket/*/drafts/*"
DRAFT = "arn:aws:s3:::bucket/press/w/drafts/1.md"
KEEP = Statement("Keep", ("s3:GetObject", "s3:PutObject"), (DRAFTS,))


@pytest.fixture
def permissions() -> Permissions:
    """Return a role that may read and write drafts."""
    permissions = Permissions()
    permissions.grant(ROLE, [KEEP])
    return permissions


def test_a_call_that_is_allowed_is_remembered_as_used(permissions: Permissions) -> None:
    assert permissions.check(ROLE, Call("s3:PutObject", DRAFT)) is None

    used = [grant.action for grant in permissions.grants() if permissions.uses(grant)]
    assert used == ["s3:PutObject"]
    assert permissions.denials == []


def test_a_call_that_is_not_is_a_denial_with_holder_action_and_resource(
    permissions: Permissions,
) -> None:
    denial = permissions.check(ROLE, Call("s3:DeleteObject", DRAFT))

    assert [denial] == permissions.denials
    assert str(denial) == (
        f"{ROLE} is not authorized to perform: s3:DeleteObject on resource: {DRAFT}"
    )


def test_a_holder_of_nothing_may_do_nothing(permissions: Permissions) -> None:
    assert permissions.check("galley-OtherRole-A", Call("s3:GetObject", DRAFT))


def test_what_holders_are_granted_adds_up(permissions: Permissions) -> None:
    permissions.grant(ROLE, [Statement("Drop", ("s3:DeleteObject",), (DRAFTS,))])

    assert permissions.check(ROLE, Call("s3:DeleteObject", DRAFT)) is None
    assert permissions.check(ROLE, Call("s3:GetObject", DRAFT)) is None


def test_one_permission_can_be_taken_away_for_a_while(permissions: Permissions) -> None:
    reading, _ = permissions.grants()

    with permissions.without(reading):
        assert permissions.check(ROLE, Call("s3:GetObject", DRAFT))
        assert permissions.check(ROLE, Call("s3:PutObject", DRAFT)) is None

    assert permissions.check(ROLE, Call("s3:GetObject", DRAFT)) is None


def test_an_errand_names_everything_that_is_missing(permissions: Permissions) -> None:
    calls = [Call(f"s3:{verb}", DRAFT) for verb in ("GetObject", "DeleteObject", "PutObjectAcl")]

    first = permissions.check_all(Errand.of(f"arn:aws:iam::1:role/{ROLE}", calls))

    assert first is permissions.denials[0]
    assert [denial.call for denial in permissions.denials] == calls[1:]


def test_calls_are_recorded_for_a_while(permissions: Permissions) -> None:
    permissions.check(ROLE, Call("s3:GetObject", DRAFT))

    with permissions.recording() as calls:
        permissions.check(ROLE, Call("s3:PutObject", DRAFT))
    permissions.check(ROLE, Call("s3:DeleteObject", DRAFT))

    assert calls == {ROLE: {Call("s3:PutObject", DRAFT)}}


def test_only_who_has_a_role_is_known_by_its_key(permissions: Permissions) -> None:
    permissions.identify("KEY", ROLE)

    assert permissions.role_of("KEY") == ROLE
    assert permissions.role_of("operator") is None


@pytest.mark.parametrize(
    ("denial", "remedy"),
    [
        pytest.param(
            Denial(ROLE, Call("s3:PutObject", DRAFT)),
            "WriterAgentFunctionRole needs the statement "
            f"{{Effect: Allow, Action: s3:PutObject, Resource: {DRAFT}}}",
            id="role",
        ),
        pytest.param(
            Denial(
                "bedrock.amazonaws.com",
                Call("lambda:InvokeFunction", "function", {SOURCE: ("agent",)}),
            ),
            "the template needs an AWS::Lambda::Permission with "
            "{FunctionName: function, Principal: bedrock.amazonaws.com, SourceArn: agent}",
            id="function",
        ),
        pytest.param(
            Denial("events.amazonaws.com", Call("sqs:SendMessage", "queue", {SOURCE: ("rule",)})),
            "the policy of queue needs a statement that lets events.amazonaws.com do "
            "sqs:SendMessage for rule",
            id="queue",
        ),
        pytest.param(
            Denial("lambda.amazonaws.com", Call("sts:AssumeRole", f"arn:aws:iam::1:role/{ROLE}")),
            "WriterAgentFunctionRole needs an AssumeRolePolicyDocument that trusts "
            "lambda.amazonaws.com",
            id="trust",
        ),
    ],
)
def test_a_denial_says_what_the_template_needs(denial: Denial, remedy: str) -> None:
    assert denial.remedy == remedy


def test_a_service_is_named_with_those_for_whom_it_calls() -> None:
    call = Call("lambda:InvokeFunction", "function", {SOURCE: ("agent",)})

    assert str(Denial("bedrock.amazonaws.com", call)).startswith("bedrock.amazonaws.com for agent ")


def test_a_permission_is_named_by_its_role_in_the_template() -> None:
    assert logical_id(ROLE) == "WriterAgentFunctionRole"
    assert logical_id("events.amazonaws.com") == "events.amazonaws.com"
    part = KEEP.single()[0]
    assert str(Grant(ROLE, part)) == f"WriterAgentFunctionRole Keep: s3:GetObject on {DRAFTS}"
