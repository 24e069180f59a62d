"""Rotation: a link outlives one change of the key that has signed it, and not a second one."""

from collections.abc import Callable

import pytest

from galley_local.reviewer import decide, open_link
from galley_local.rotation import RotationFailedError
from galley_local.stack import Stack

from .conftest import Workflow

Start = Callable[..., Workflow]
SHORT = {"options": {"max_sources": 2}}


def rotate(stack: Stack) -> None:
    """Rotate the key when its time has come; functions read the keys again."""
    stack.rotation.let_key_age()
    stack.rotation.run()
    stack.lambdas.cool()


def keys(stack: Stack) -> dict[str, str]:
    """Return the stages of the secret's versions, and which they are."""
    arn = stack.rotation.secret_arn
    secret = stack.client("secretsmanager").describe_secret(SecretId=arn)
    versions = secret["VersionIdsToStages"].items()
    return {stage: version_id for version_id, stages in versions for stage in stages}


def test_a_link_opens_and_decides_after_a_rotation(stack: Stack, start: Start) -> None:
    workflow = start(**SHORT)
    link, before = workflow.link(), keys(stack)

    rotate(stack)

    page = open_link(link)
    assert keys(stack)["AWSPREVIOUS"] == before["AWSCURRENT"]
    assert page.status == 200
    assert decide(page, "approved").status == 200
    assert workflow.end().status == "SUCCEEDED"


def test_a_page_that_is_open_during_a_rotation_decides(stack: Stack, start: Start) -> None:
    workflow = start(**SHORT)
    workflow.page()

    rotate(stack)

    assert workflow.approve() == 200
    assert workflow.end().status == "SUCCEEDED"


def test_after_a_second_rotation_a_link_is_not_valid_and_its_page_says_so(
    stack: Stack, start: Start
) -> None:
    workflow = start(**SHORT)
    page = workflow.page()

    rotate(stack)
    rotate(stack)

    for answer in (open_link(page.link), decide(page, "approved")):
        assert answer.status == 403
        assert "This link is not valid." in answer.text
        assert workflow.record()["topic"] not in answer.text
    assert workflow.record()["status"] == "WAITING_FOR_APPROVAL"


def test_a_link_of_the_new_key_is_valid(stack: Stack, start: Start) -> None:
    old = start("-old", **SHORT).link()
    rotate(stack)

    workflow = start("-new", **SHORT)

    assert kid_of(old) != kid_of(workflow.link())
    assert workflow.approve() == 200


def kid_of(link: str) -> str:
    """Return which key a link names."""
    return link.partition("kid=")[2].partition("&")[0]


def test_a_key_whose_predecessors_links_may_wait_stays_until_they_do_not(
    stack: Stack, start: Start
) -> None:
    workflow = start(**SHORT)
    rotate(stack)
    before = keys(stack)

    for _ in range(2):  # Secrets Manager tries again
        with pytest.raises(
            RotationFailedError, match=r"^createSecret: RotationRefusedError: .*UTC"
        ):
            stack.rotation.run()
    pending = keys(stack)
    stack.lambdas.cool()

    assert workflow.page().status == 200
    assert {**before, "AWSPENDING": pending["AWSPENDING"]} == pending

    rotate(stack)
    assert keys(stack)["AWSCURRENT"] == pending["AWSPENDING"]


def test_a_deployment_tries_the_schedule_with_a_key_that_is_new(stack: Stack) -> None:
    rotate(stack)
    before = keys(stack)

    stack.rotation.try_out()

    assert keys(stack) == before


def test_nothing_was_denied(stack: Stack) -> None:
    assert [str(denial) for denial in stack.permissions.denials] == []
