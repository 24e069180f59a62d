"""What AWS's refusals mean for whoever typed the command, and what to do about each."""

import re
from dataclasses import dataclass
from typing import Any

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

AWS_ERRORS = (BotoCoreError, ClientError)
POLICIES = "docs/command.md has the policies that this command needs"

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_UNKNOWN_KEYS = {
    *("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
    *("SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"),
    *("IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken"),
}
_DENIED = {
    *("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"),
    *("NotAuthorized", "403", "Forbidden", "KMSAccessDeniedException"),
}
_THROTTLED = {
    *("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"),
    *("ProvisionedThroughputExceededException", "SlowDown", "LimitExceededException"),
}
_UNREACHABLE = (exceptions.ConnectionError, exceptions.HTTPClientError)
# How AWS words it: who is not authorized to perform what, on which resource, and why.
_NOT_AUTHORIZED = re.compile(
    r"(?:User: (?P<who>\S+) is )?not authorized to perform: (?P<action>[\w:*-]+)"
    r"(?: on resource: \"?(?P<resource>[^\s\"]+))?(?P<why> because .*| with an explicit deny.*)?"
)


@dataclass(frozen=True)
class Access:
    """By which way AWS is asked: what the options and the environment come to."""

    stack: str = ""
    profile: str = ""
    region: str = ""
    url: str = ""  # of a laptop stack, which has no profile

    @property
    def login(self) -> str:
        """The command that logs in anew."""
        return "aws sso login" + (f" --profile {self.profile}" if self.profile else "")

    def __str__(self) -> str:
        """Say by which profile and in which region."""
        if self.url:
            return self.url
        profile = f"profile {self.profile}" if self.profile else "the default profile"
        return f"{profile}, region {self.region or 'unknown'}"


# What botocore raises before a service has answered; the first that fits says it.
_ON_THE_WAY: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (exceptions.ProfileNotFound,),
        "there is no profile {access.profile}; see `aws configure list-profiles`",
    ),
    (
        (exceptions.NoRegionError,),
        "no region is set: give --region, or set AWS_REGION or the profile's region",
    ),
    (
        (exceptions.SSOError, exceptions.TokenRetrievalError, exceptions.LoginError),
        "the login has expired ({access}): run `{access.login}`, then try again",
    ),
    (
        (
            exceptions.NoCredentialsError,
            exceptions.PartialCredentialsError,
            exceptions.CredentialRetrievalError,
            exceptions.NoAuthTokenError,
        ),
        "no AWS credentials ({access}): give --profile; `aws configure sso` makes one",
    ),
    (
        _UNREACHABLE,
        "AWS cannot be reached ({access}): {error}; check the network and the region",
    ),
)


def in_words(error: Exception, access: Access) -> str:
    """Say what an error of AWS, or on the way to it, means, and what to do."""
    if isinstance(error, ClientError):
        return _of_service(error, access)
    if access.url and isinstance(error, _UNREACHABLE):
        return f"nothing answers at {access.url}: start a stack there with `galley up`"
    for kinds, words in _ON_THE_WAY:
        if isinstance(error, kinds):
            return words.format(access=access, error=error)
    return f"{error} ({access})"


def _of_service(error: ClientError, access: Access) -> str:
    said: Any = error.response.get("Error", {})
    code, message = str(said.get("Code", "")), str(said.get("Message", ""))
    if code in _EXPIRED:
        return (
            f"the login has expired ({access}): run `{access.login}`, "
            "or get new session credentials, then try again"
        )
    if code in _UNKNOWN_KEYS:
        return (
            f"AWS does not know these credentials ({access}; {code}): "
            f"run `{access.login}`, or check the keys of the profile"
        )
    if code in _DENIED:
        return _denied(error.operation_name, message, access)
    if code in _THROTTLED:
        return f"AWS asks to slow down ({error.operation_name}): try again in a moment"
    if code == "ValidationError" and "does not exist" in message and access.stack:
        return (
            f"there is no stack {access.stack} ({access}); `aws cloudformation list-stacks"
            f"{_options(access)}` names those that there are: give --stack, --region or --profile"
        )
    return f"{error.operation_name}: {message or code} ({access})"


def _denied(operation: str, message: str, access: Access) -> str:
    found = _NOT_AUTHORIZED.search(message)
    if found is None:
        return (
            f"AWS does not allow {operation} ({access}): {message or 'access denied'}; {POLICIES}"
        )
    who = f"{found['who']} may not" if found["who"] else "you may not"
    resource = f" on {found['resource'].rstrip('.,')}" if found["resource"] else ""
    why = (found["why"] or "").strip().rstrip(".")
    return (
        f"{who} call {found['action']}{resource} ({access}{'; ' + why if why else ''}): "
        f"ask whoever administers the account for that permission; {POLICIES}"
    )


def _options(access: Access) -> str:
    named = {"--profile": access.profile, "--region": access.region}
    return "".join(f" {name} {value}" for name, value in named.items() if value)
