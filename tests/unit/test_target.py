"""Which stack a command is about, and what is said where it cannot be asked."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from galley_cli import running
from galley_cli.aws_words import Access, in_words
from galley_cli.target import Target, TargetError, target_of

NOBODY = 2**22 + 1  # a process id that Linux gives nobody
AWS = Access("galley", "newsroom", "eu-central-1")
PLAIN = Access("galley", "", "eu-central-1")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own, and no AWS settings."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "galley" / "stacks"


def a_stack_of(state: Path, pid: int, url: str = "http://127.0.0.1:9") -> Path:
    """Leave the file of a laptop stack."""
    state.mkdir(parents=True, exist_ok=True)
    path = state / f"{pid}.json"
    said = {"url": url, "pid": pid, "started": "2026-11-28T08:00:00Z"}
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no laptop stack be where a test says that there is one."""

    def client(url: str) -> Any:
        def service(_: str) -> Any:
            raise exceptions.EndpointConnectionError(endpoint_url=url)

        return service

    monkeypatch.setattr("galley_cli.target._laptop_client", client)


def refused(code: str, message: str, operation: str = "DescribeStacks") -> ClientError:
    """Return an error of a service as boto3 raises it."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


# ---- the laptop stack that runs ------------------------------------------------------------------


def test_a_stack_is_announced_while_it_runs_and_only_to_its_owner(state: Path) -> None:
    with running.announced("http://127.0.0.1:4566"):
        (known,) = running.known()
        mode = (state / f"{os.getpid()}.json").stat().st_mode & 0o777

    assert (known.url, known.pid, known.is_alive) == ("http://127.0.0.1:4566", os.getpid(), True)
    assert mode == 0o600
    assert running.known() == []


def test_a_home_that_cannot_be_written_keeps_no_stack_from_running(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", os.devnull)

    with running.announced("http://127.0.0.1:4566"):
        assert running.known() == []


def test_without_a_stack_it_is_said_how_to_start_one() -> None:
    with pytest.raises(TargetError, match="no laptop stack runs: start one with `galley up`"):
        target_of("", "", "", "")


def test_a_stack_that_was_killed_is_named_once_and_forgotten(state: Path) -> None:
    left = a_stack_of(state, NOBODY)

    with pytest.raises(TargetError, match=rf"process {NOBODY}, since \S+\) is gone"):
        target_of("", "", "", "")

    assert not left.exists()


def test_a_number_that_another_process_has_by_now_is_seen_too(state: Path) -> None:
    left = a_stack_of(state, os.getpid())

    with pytest.raises(TargetError, match="does not answer any more: start one with `galley up`"):
        target_of("", "", "", "")

    assert not left.exists()


def test_one_of_several_has_to_be_chosen(state: Path) -> None:
    a_stack_of(state, os.getpid(), "http://127.0.0.1:1")
    a_stack_of(state, os.getppid(), "http://127.0.0.1:2")

    with pytest.raises(TargetError, match=r"--url: http://127.0.0.1:\d .*, http://127.0.0.1:\d "):
        target_of("", "", "", "")


def test_what_is_no_file_of_a_stack_is_passed_over(state: Path) -> None:
    state.mkdir(parents=True)
    (state / "1.json").write_text('{"url": ', encoding="utf-8")

    assert running.known() == []


# ---- options -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("galley", "http://127.0.0.1:9", "", ""), "either --stack NAME or --url"),
        (("", "", "newsroom", ""), "--profile and --region go with --stack"),
        (("", "http://127.0.0.1:9", "", "eu-central-1"), "--profile and --region go with --stack"),
        (
            ("", "http://127.0.0.1:9", "", ""),
            "nothing answers at http.*: .*`galley up`",
        ),
    ],
)
def test_options_that_name_no_stack_are_refused(options: tuple[str, ...], why: str) -> None:
    with pytest.raises(TargetError, match=why):
        target_of(*options)


def test_a_profile_that_does_not_exist_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "newsroom")

    with pytest.raises(TargetError, match="no profile newsroom; see `aws configure list-profiles`"):
        target_of("galley", "", "", "")


def test_an_output_that_an_older_release_lacks_is_named() -> None:
    with pytest.raises(TargetError, match="no output LogGroupName"):
        Target(lambda _: None, {"TableName": "workflows"}).output("LogGroupName")


# ---- what AWS says -------------------------------------------------------------------------------

CASES: list[Any] = [
    (
        refused("ValidationError", "Stack with id galley does not exist"),
        AWS,
        [
            "there is no stack galley (profile newsroom, region eu-central-1)",
            "aws cloudformation list-stacks --profile newsroom --region eu-central-1",
        ],
    ),
    (
        refused("ExpiredToken", "The security token included in the request is expired"),
        AWS,
        ["expired", "aws sso login --profile newsroom"],
    ),
    (refused("ExpiredTokenException", "expired"), PLAIN, ["expired", "`aws sso login`"]),
    (exceptions.UnauthorizedSSOTokenError(), AWS, ["expired", "aws sso login --profile newsroom"]),
    (exceptions.SSOTokenLoadError(error_msg="none"), AWS, ["aws sso login --profile newsroom"]),
    (
        exceptions.TokenRetrievalError(provider="sso", error_msg="Token has expired"),
        AWS,
        ["aws sso login --profile newsroom"],
    ),
    (refused("InvalidClientTokenId", "invalid"), AWS, ["does not know these credentials"]),
    (refused("UnrecognizedClientException", "invalid"), PLAIN, ["does not know these credentials"]),
    (exceptions.NoCredentialsError(), PLAIN, ["no AWS credentials", "--profile"]),
    (exceptions.NoRegionError(), PLAIN, ["--region", "AWS_REGION"]),
    (
        exceptions.EndpointConnectionError(endpoint_url="https://dynamodb"),
        AWS,
        ["cannot be reached", "region eu-central-1"],
    ),
    (
        refused(
            "AccessDeniedException",
            "User: arn:aws:sts::1:assumed-role/reader/ada is not authorized to perform: "
            "dynamodb:Query on resource: arn:aws:dynamodb:eu-central-1:1:table/t/index/by-tenant "
            "because no identity-based policy allows the dynamodb:Query action",
            "Query",
        ),
        AWS,
        [
            "arn:aws:sts::1:assumed-role/reader/ada may not call dynamodb:Query on arn:",
            ":1:table/t/index/by-tenant (profile newsroom",
            "because no identity-based policy",
            "docs/command.md",
        ],
    ),
    (refused("AccessDenied", "Access Denied", "GetObject"), AWS, ["does not allow GetObject"]),
    (refused("ThrottlingException", "Rate exceeded"), AWS, ["slow down", "try again"]),
    (refused("InternalFailure", "Oh no"), AWS, ["DescribeStacks: Oh no"]),
]


@pytest.mark.parametrize(
    ("error", "access", "said"), CASES, ids=[type(case[0]).__name__ for case in CASES]
)
def test_an_error_is_said_in_words_with_what_to_do(
    error: Exception, access: Access, said: list[str]
) -> None:
    words = in_words(error, access)

    assert [each for each in said if each not in words] == []
