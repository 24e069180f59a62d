"""IAM in front of the services: what S3 says of what is missing, and to whom."""

from typing import Any

import pytest
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request, Response

from galley_local.iam.calls import Account, signed_by
from galley_local.iam.gate import Gate
from galley_local.iam.permissions import Permissions
from galley_local.iam.policies import Statement

ACCOUNT = Account("123456789012", "machine")
READ = Statement("Read", ("s3:GetObject",), ("arn:aws:s3:::bucket/*",))
LIST = Statement("List", ("s3:ListBucket",), ("arn:aws:s3:::bucket",))
KEY = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=KEY/20261123/us-east-1/s3/aws4_request, x",
}


def get(path: str, permissions: Permissions, method: str = "GET") -> TestResponse:
    """Ask S3, which has one object, as the role."""
    permissions.identify("KEY", "role")
    gate = Gate(permissions, ACCOUNT, lambda *call: call[-1])

    def s3(environ: Any, start: Any) -> Any:
        status = 200 if Request(environ).path == "/bucket/there" else 404
        return Response(status=status)(environ, start)

    def guarded(environ: Any, start: Any) -> Any:
        request = Request(environ)
        signed = signed_by(request)
        assert signed is not None
        return gate.admit(request, signed, s3)(environ, start)

    return Client(guarded).open(path, method=method, headers=KEY)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_missing_object_is_forbidden_to_those_who_may_not_list(method: str) -> None:
    permissions = Permissions()
    permissions.grant("role", [READ])

    assert get("/bucket/missing", permissions, method).status_code == 403

    (denial,) = permissions.denials
    assert (denial.call.action, denial.call.resource) == ("s3:ListBucket", "arn:aws:s3:::bucket")


def test_a_missing_object_is_missing_to_those_who_may_list() -> None:
    permissions = Permissions()
    permissions.grant("role", [READ, LIST])

    assert get("/bucket/missing", permissions).status_code == 404
    assert permissions.denials == []
    assert {call.action for call in permissions.calls["role"]} == {"s3:GetObject", "s3:ListBucket"}


def test_an_object_that_is_there_needs_no_listing() -> None:
    permissions = Permissions()
    permissions.grant("role", [READ])

    assert get("/bucket/there", permissions).status_code == 200
    assert {call.action for call in permissions.calls["role"]} == {"s3:GetObject"}


def test_what_may_not_be_read_does_not_reach_the_service() -> None:
    permissions = Permissions()
    permissions.grant("role", [LIST])

    answer = get("/bucket/there", permissions)

    assert answer.status_code == 403
    assert b"<Code>AccessDenied</Code>" in answer.data
    assert b"s3:GetObject on resource: arn:aws:s3:::bucket/there" in answer.data
