"""The stack that a command is about: one that is deployed, or one that `galley up` keeps here."""

import getpass
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

LAPTOP_STACK = "galley"
LAPTOP_URL = "http://127.0.0.1:4566"

StackOption = Annotated[
    str, typer.Option("--stack", help="The deployed stack's name.", show_default=False)
]
UrlOption = Annotated[
    str,
    typer.Option(
        "--url", help=f"The address of a `galley up`, such as {LAPTOP_URL}.", show_default=False
    ),
]
ProfileOption = Annotated[
    str, typer.Option("--profile", help="The AWS CLI's profile.", show_default=False)
]
RegionOption = Annotated[
    str, typer.Option("--region", help="The stack's region.", show_default="the profile's")
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


def target_of(stack: str, url: str, profile: str, region: str) -> Target:
    """Return the stack that the options name; raises `TargetError`."""
    if bool(stack) == bool(url):
        raise TargetError("give either --stack NAME or --url ADDRESS of a `galley up`")
    try:
        client = _on_laptop(url) if url else _on_aws(profile, region)
        (described,) = client("cloudformation").describe_stacks(StackName=stack or LAPTOP_STACK)[
            "Stacks"
        ]
        caller = getpass.getuser() if url else client("sts").get_caller_identity()["Arn"]
    except (BotoCoreError, ClientError, ValueError, OSError, KeyError) as error:
        raise TargetError(f"{url or stack}: {error}") from error
    return Target(
        client,
        {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]},
        {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]},
        caller,
    )


def _on_aws(profile: str, region: str) -> Callable[[str], Any]:
    session: Any = boto3.Session(profile_name=profile or None, region_name=region or None)
    client: Callable[[str], Any] = session.client
    return client


def _on_laptop(url: str) -> Callable[[str], Any]:
    from galley_local.clients import REGION

    connect: Any = boto3.client

    def client(service: str) -> Any:
        return connect(
            service,
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id="operator",
            aws_secret_access_key="operator",  # noqa: S106  # moto takes any
            config=Config(
                connect_timeout=3, retries={"total_max_attempts": 1}, proxies={"http": ""}
            ),
        )

    return client
