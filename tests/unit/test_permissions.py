"""Policies, evaluated as IAM does for what the template has in them."""

from typing import Any

import pytest

from galley_local.permissions import Call, Permissions, statements_of

READ = {
    "Effect": "Allow",
    "Sid": "Read",
    "Action": ["s3:GetObject", "s3:List*"],
    "Resource": "arn:aws:s3:::bucket/*/drafts/*",
}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        pytest.param("s3:GetObject", "arn:aws:s3:::bucket/press/w/drafts/1.md", True, id="granted"),
        pytest.param("S3:getobject", "arn:aws:s3:::bucket/press/w/drafts/1.md", True, id="case"),
        pytest.param("s3:ListBucket", "arn:aws:s3:::bucket/a/drafts/b", True, id="wildcard"),
        pytest.param("s3:PutObject", "arn:aws:s3:::bucket/a/drafts/b", False, id="other action"),
        pytest.param("s3:GetObject", "arn:aws:s3:::bucket/a/sources/b", False, id="other prefix"),
        pytest.param("s3:GetObject", "arn:aws:s3:::other/a/drafts/b", False, id="other bucket"),
    ],
)
def test_a_call_needs_its_action_on_its_resource(action: str, resource: str, allowed: bool) -> None:
    (statement,) = statements_of(policy(READ))

    assert statement.allows(Call(action, resource)) is allowed


@pytest.mark.parametrize(
    ("condition", "context", "allowed"),
    [
        pytest.param("StringEquals", ("a@b",), True, id="equal"),
        pytest.param("StringEquals", ("c@d",), False, id="not equal"),
        pytest.param("StringEquals", (), False, id="missing"),
        pytest.param("ForAllValues:StringLike", ("a@b",), True, id="all alike"),
        pytest.param("ForAllValues:StringLike", ("a@b", "c"), False, id="one is not"),
    ],
)
def test_a_condition_has_to_hold(condition: str, context: tuple[str, ...], allowed: bool) -> None:
    only = {**READ, "Resource": "*", "Condition": {condition: {"key": "a@b"}}}
    (statement,) = statements_of(policy(only))

    assert statement.allows(Call("s3:GetObject", "x", {"key": context})) is allowed


def test_an_operator_that_is_not_evaluated_is_no_silent_yes() -> None:
    (statement,) = statements_of(policy({**READ, "Condition": {"IpAddress": {"k": "v"}}}))

    with pytest.raises(KeyError):
        statement.allows(Call("s3:GetObject", "arn:aws:s3:::bucket/a/drafts/b"))


def test_a_deny_is_refused_because_it_is_not_evaluated() -> None:
    with pytest.raises(ValueError, match="Deny"):
        statements_of(policy({**READ, "Effect": "Deny"}))


def test_what_is_not_allowed_is_remembered_with_role_action_and_resource() -> None:
    permissions = Permissions()
    permissions.add("KEY", "writer-role", [policy(READ)])

    denial = permissions.check("KEY", Call("s3:PutObject", "arn:aws:s3:::bucket/x"))

    assert [denial] == permissions.denials
    assert str(denial) == (
        "writer-role is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::bucket/x"
    )
