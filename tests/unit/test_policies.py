"""Policies, evaluated as IAM does for what the template has in them."""

from typing import Any

import pytest

from galley_local.iam.policies import Call, statements_of, trusting

READ = {
    "Effect": "Allow",
    "Sid": "Read",
    "Action": ["s3:GetObject", "s3:List*"],
    "Resource": "arn:aws:s3:::bucket/*/drafts/*",
}


def policy(*statements: dict[str, Any] | None) -> dict[str, Any]:
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
    ("pattern", "resource", "allowed"),
    [
        pytest.param("*", "arn:aws:s3:::bucket", True, id="anything"),
        pytest.param("arn:aws:bedrock:*::model/m", "arn:aws:bedrock:eu::model/m", True, id="any"),
        pytest.param("arn:aws:bedrock:*:1:a/b", "arn:aws:bedrock:eu:2:a/b", False, id="account"),
        pytest.param("arn:aws:sqs:*:q", "arn:aws:sqs:eu:1:q", False, id="not over a colon"),
        pytest.param("arn:aws:x:eu:1:m/v1:?", "arn:aws:x:eu:1:m/v1:0", True, id="colon at the end"),
        pytest.param("arn:aws:s3:::b/[ab]", "arn:aws:s3:::b/a", False, id="a bracket is one"),
    ],
)
def test_a_wildcard_stays_in_its_part_of_an_arn(pattern: str, resource: str, allowed: bool) -> None:
    (statement,) = statements_of(policy({**READ, "Resource": pattern}))

    assert statement.allows(Call("s3:GetObject", resource)) is allowed


@pytest.mark.parametrize(
    ("operator", "expected", "values", "allowed"),
    [
        pytest.param("StringEquals", "a@b", ("a@b",), True, id="equal"),
        pytest.param("StringEquals", "a@b", ("c@d",), False, id="not equal"),
        pytest.param("StringEquals", "a*", ("a@b",), False, id="no wildcard"),
        pytest.param("StringEquals", "a@b", (), False, id="missing"),
        pytest.param("StringEqualsIfExists", "a@b", (), True, id="missing, and may be"),
        pytest.param("StringEqualsIfExists", "a@b", ("c@d",), False, id="there, and another"),
        pytest.param("StringLike", ["c*", "a*"], ("a@b",), True, id="like one of several"),
        pytest.param("StringLike", "a*", ("b@a",), False, id="unlike"),
        pytest.param("ArnLike", "arn:*:x:*:1:r/*", ("arn:aws:x:eu:1:r/a",), True, id="ARN"),
        pytest.param("ArnLike", "arn:aws:*:r/*", ("arn:aws:x:eu:1:r/a",), False, id="ARN's parts"),
        pytest.param("ForAllValues:StringLike", "a*", ("a@b", "a@c"), True, id="all alike"),
        pytest.param("ForAllValues:StringLike", "a*", ("a@b", "c"), False, id="one is not"),
        pytest.param("ForAllValues:StringLike", "a*", (), True, id="all of none"),
        pytest.param("ForAnyValue:StringLike", "a*", ("b", "a"), True, id="one is enough"),
    ],
)
def test_a_condition_has_to_hold(
    operator: str, expected: Any, values: tuple[str, ...], allowed: bool
) -> None:
    condition = {operator: {"aws:Key": expected}}
    (statement,) = statements_of(policy({**READ, "Resource": "*", "Condition": condition}))

    assert statement.allows(Call("s3:GetObject", "x", {"AWS:key": values})) is allowed


@pytest.mark.parametrize(
    ("element", "named"),
    [
        pytest.param({"Effect": "Deny"}, "Deny", id="denial"),
        pytest.param({"NotAction": "s3:*"}, "NotAction", id="exception"),
        pytest.param({"Condition": {"IpAddress": {"k": "v"}}}, "IpAddress", id="operator"),
        pytest.param({"Condition": {"Some:StringLike": {"k": "v"}}}, "Some", id="quantifier"),
    ],
)
def test_what_is_not_evaluated_is_refused_when_it_is_read(
    element: dict[str, Any], named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        statements_of(policy({**READ, **element}))


def test_a_statement_falls_into_one_permission_for_each_action_on_each_resource() -> None:
    (statement,) = statements_of(policy({**READ, "Resource": ["a", "b"]}))

    parts = [(*part.actions, *part.resources) for part in statement.single()]

    assert parts == [
        ("s3:GetObject", "a"),
        ("s3:GetObject", "b"),
        ("s3:List*", "a"),
        ("s3:List*", "b"),
    ]


def test_a_role_says_which_services_may_assume_it() -> None:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": ["lambda.amazonaws.com", "events.amazonaws.com"]},
        "Action": "sts:AssumeRole",
    }

    found = trusting(policy(trust), "role")

    assert [service for service, _ in found] == ["lambda.amazonaws.com", "events.amazonaws.com"]
    assert all(statement.allows(Call("sts:AssumeRole", "role")) for _, statement in found)


def test_a_statement_that_a_condition_of_the_template_leaves_out_is_none() -> None:
    assert len(statements_of(policy(None, READ))) == 1
