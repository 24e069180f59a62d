"""The stack that a command is about: one that is deployed, or one that `galley up` keeps here."""

import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import boto3
import typer
from botocore.config import Config
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from galley_cli import running
from galley_cli.aws_words import AWS_ERRORS, Access, in_words

LAPTOP_STACK = "galley"
LAPTOP_URL = "http://127.0.0.1:4566"

StackOption = Annotated[
    str,
    typer.Option(
        "--stack", help="The deployed stack's name.", show_default="the laptop stack that runs"
    ),
]
UrlOption = Annotated[
    str,
    typer.Option(
        "--url",
        help=f"The address of a `galley up`, such as {LAPTOP_URL}.",
        show_default="that of the one that runs",
    ),
]
ProfileOption = Annotated[
    str,
    typer.Option("--profile", help="The AWS CLI's profile.", show_default="AWS_PROFILE"),
]
RegionOption = Annotated[
    str,
    typer.Option("--region", help="The stack's region.", show_default="AWS_REGION, the profile's"),
]


class TargetError(Exception):
    """There is no such stack, or it cannot be asked; the message says what to do."""


@dataclass(frozen=True)
class Target:
    """A stack: its outputs, its parameters, and who asks."""

    client: Callable[[str], Any]  # a boto3 client of a service
    outputs: Mapping[str, str]
    parameters: Mapping[str, str] = field(default_factory=dict)
    caller: str = ""
    access: Access = field(default_factory=Access)

    @property
    def is_laptop(self) -> bool:
        """Whether the stack runs on this machine."""
        return bool(self.access.url)

    def output(self, name: str) -> str:
        """Return one output; raises `TargetError` where the stack has none of that name."""
        if name not in self.outputs:
            raise TargetError(
                f"the stack has no output {name}: it is not Galley's, or of an older release; "
                "deploy this one"
            )
        return self.outputs[name]


def target_of(stack: str, url: str, profile: str, region: str) -> Target:
    """Return the stack that the options name, or the one laptop stack; raises `TargetError`."""
    if stack and url:
        raise TargetError("give either --stack NAME or --url ADDRESS of a `galley up`")
    if stack:
        return _on_aws(stack, profile, region)
    if profile or region:
        raise TargetError("--profile and --region go with --stack; a laptop stack has neither")
    return _on_laptop(url.rstrip("/")) if url else _that_runs()


def _on_aws(stack: str, profile: str, region: str) -> Target:
    profile = profile or os.environ.get("AWS_PROFILE", "")
    # the AWS CLI reads AWS_REGION first, boto3 does not read it at all
    region = region or os.environ.get("AWS_REGION", "")
    access = Access(stack, profile, region)
    try:
        session: Any = boto3.Session(profile_name=profile or None, region_name=region or None)
        access = Access(stack, profile, session.region_name or "")
        client: Callable[[str], Any] = session.client
        described = _described(client, stack)
        caller = str(client("sts").get_caller_identity()["Arn"])
    except AWS_ERRORS as error:
        raise TargetError(in_words(error, access)) from error
    return _target(client, described, caller, access)


def _that_runs() -> Target:
    stacks = running.known()
    alive = [each for each in stacks if each.is_alive]
    for each in stacks:
        if each not in alive:
            each.forget()
    if not alive:
        gone = "".join(f"; {each} is gone" for each in stacks[-1:])
        raise TargetError(
            f"no laptop stack runs{gone}: start one with `galley up`, or name a deployed stack "
            "with --stack"
        )
    if len(alive) > 1:
        raise TargetError(
            f"several laptop stacks run; choose by --url: {', '.join(map(str, alive))}"
        )
    try:
        return _on_laptop(alive[0].url)
    except TargetError as error:
        if error.__cause__ is None:  # it has answered
            raise
        alive[0].forget()  # another process has its number by now
        raise TargetError(
            f"the laptop stack {alive[0]} does not answer any more: start one with `galley up`, "
            "or name a deployed stack with --stack"
        ) from error


def _on_laptop(url: str) -> Target:
    access, client = Access(url=url), _laptop_client(url)
    try:
        described = _described(client, LAPTOP_STACK)
    except AWS_ERRORS as error:
        raise TargetError(in_words(error, access)) from error
    except ResponseParserError as error:
        raise TargetError(f"what answers at {url} is no laptop stack") from error
    except ValueError as error:
        raise TargetError(f"{url} is no address such as {LAPTOP_URL}") from error
    return _target(client, described, getpass.getuser(), access)


def _described(client: Callable[[str], Any], stack: str) -> dict[str, Any]:
    (described,) = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return dict(described)


def _target(
    client: Callable[[str], Any], described: Mapping[str, Any], caller: str, access: Access
) -> Target:
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    if not outputs:
        status = described.get("StackStatus", "not there")
        raise TargetError(
            f"the stack {access.stack or LAPTOP_STACK} has no outputs: it is {status} ({access}); "
            "once it is deployed, try again"
        )
    if not {"WorkflowArn", "TableName"} <= outputs.keys():
        raise TargetError(
            f"the stack {access.stack} is not one of Galley's: it has no outputs WorkflowArn and "
            f"TableName ({access})"
        )
    parameters = {
        each["ParameterKey"]: each.get("ParameterValue", "")
        for each in described.get("Parameters", [])
    }
    return Target(client, outputs, parameters, caller, access)


def _laptop_client(url: str) -> Callable[[str], Any]:
    from galley_local.clients import REGION

    # Nothing here talks to AWS: a profile that does not exist or a broken file must not matter.
    nowhere = (None, None, os.devnull, None)
    unset: dict[str, Any] = {"profile": (None, [], None, None), "config_file": nowhere}
    session: Any = boto3.Session(
        botocore_session=get_session({**unset, "credentials_file": nowhere}),
        aws_access_key_id="operator",
        aws_secret_access_key="operator",  # noqa: S106  # moto takes any
        region_name=REGION,
    )

    def client(service: str) -> Any:
        return session.client(
            service,
            endpoint_url=url,
            config=Config(
                connect_timeout=3, retries={"total_max_attempts": 1}, proxies={"http": ""}
            ),
        )

    return client
