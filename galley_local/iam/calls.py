"""
An AWS request as IAM sees it: which action on which resource, with which condition keys.

As far as this application makes calls; a service that is not listed is refused, so that a new one
cannot slip past the check.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from werkzeug.wrappers import Request, Response

from galley_local.iam.permissions import Denial
from galley_local.iam.policies import Call
from galley_local.refusals import refusal

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([\w-]+)/([\w-]+)/aws4_request")
_LAMBDA = re.compile(r"/2015-03-31/functions/(.+)/invocations")
_AGENT = re.compile(r"/agents/(\w+)/agentAliases/(\w+)/sessions/.+/text")
_RETRIEVE = re.compile(r"/knowledgebases/(\w+)/retrieve")


@dataclass(frozen=True)
class Signed:
    """Who signed a request, and for which service."""

    access_key: str
    region: str
    service: str


@dataclass(frozen=True)
class Account:
    """What ARNs are made of, and the state machine whose tokens are answered."""

    account_id: str
    state_machine_arn: str

    def arn(self, service: str, region: str, resource: str) -> str:
        """Return the ARN of a resource of this account."""
        return f"arn:aws:{service}:{region}:{self.account_id}:{resource}"


def signed_by(request: Request) -> Signed | None:
    """Return who signed a request; None for a browser."""
    # in a header, or in an address that was signed for a browser
    in_address = f"Credential={request.args.get('X-Amz-Credential', '')}"
    found = _CREDENTIAL.search(request.headers.get("Authorization", in_address))
    return Signed(found[1], found[2], found[3]) if found else None


def call_of(request: Request, signed: Signed, account: Account) -> Call:
    """Return the call that a request is."""
    read = _READERS.get(signed.service)
    if read is None:
        raise KeyError(f"galley_local.iam.calls does not know the calls of {signed.service}")
    return read(request, signed, account)


def to_be_told(call: Call) -> Call | None:
    """Return the call that one must be allowed to be told that what one asked for is missing."""
    if call.action != "s3:GetObject":
        return None
    return Call("s3:ListBucket", call.resource.partition("/")[0])


def along_with(call: Call) -> Call | None:
    """Return the call that one must be allowed besides: a harness is a runtime underneath."""
    if call.action != "bedrock-agentcore:InvokeHarness":
        return None
    return Call("bedrock-agentcore:InvokeAgentRuntime", call.resource)


def denied(denial: Denial, service: str) -> Response:
    """Return the answer that a service gives to a call that is not allowed."""
    code = {"s3": "AccessDenied", "sns": "AuthorizationError"}.get(service, "AccessDeniedException")
    return refusal(service, 403, code, str(denial))


def _s3(request: Request, _signed: Signed, _account: Account) -> Call:
    bucket, _, key = request.path.lstrip("/").partition("/")
    if not key:
        return Call("s3:ListBucket", f"arn:aws:s3:::{bucket}")
    return Call(f"s3:{_S3_VERBS[request.method]}", f"arn:aws:s3:::{bucket}/{key}")


def _dynamodb(request: Request, signed: Signed, account: Account) -> Call:
    asked = _json(request)
    key = (asked.get("Key") or asked.get("Item") or {}).get("pk", {}).get("S")
    if asked.get("KeyConditionExpression", "").startswith("pk = :pk"):
        key = asked["ExpressionAttributeValues"][":pk"]["S"]
    context = {"dynamodb:LeadingKeys": (key,)} if key else {}
    index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
    table = account.arn("dynamodb", signed.region, f"table/{asked['TableName']}{index}")
    return Call(f"dynamodb:{_target(request)}", table, context)


def _lambda(request: Request, signed: Signed, account: Account) -> Call:
    found = _LAMBDA.fullmatch(request.path)
    name = unquote(found[1]) if found else request.path
    arn = name if ":" in name else account.arn("lambda", signed.region, f"function:{name}")
    return Call("lambda:InvokeFunction", arn)


def _bedrock(request: Request, signed: Signed, account: Account) -> Call:
    if found := _AGENT.fullmatch(request.path):
        alias = f"agent-alias/{found[1]}/{found[2]}"
        return Call("bedrock:InvokeAgent", account.arn("bedrock", signed.region, alias))
    if found := _RETRIEVE.fullmatch(request.path):
        base = account.arn("bedrock", signed.region, f"knowledge-base/{found[1]}")
        return Call("bedrock:Retrieve", base)
    return Call("bedrock:Unknown", request.path)


def _agentcore(request: Request, _: Signed, __: Account) -> Call:
    return Call("bedrock-agentcore:InvokeHarness", request.args["harnessArn"])


def _secrets(request: Request, _: Signed, __: Account) -> Call:
    return Call(f"secretsmanager:{_target(request)}", _json(request)["SecretId"])


def _kms(request: Request, _: Signed, __: Account) -> Call:
    return Call(f"kms:{_target(request)}", _json(request)["KeyId"])


def _states(request: Request, _: Signed, account: Account) -> Call:
    asked = _json(request)
    if "executionArn" in asked:
        return Call(f"states:{_target(request)}", asked["executionArn"])
    # A task token says nothing of its state machine, and there is only one here. What is done with
    # a version or an alias is done with its state machine.
    machine = asked.get("stateMachineArn", account.state_machine_arn)
    return Call(f"states:{_target(request)}", ":".join(machine.split(":")[:7]))


def _events(request: Request, signed: Signed, account: Account) -> Call:
    (bus,) = {entry["EventBusName"] for entry in _json(request)["Entries"]}  # one at a time
    arn = bus if ":" in bus else account.arn("events", signed.region, f"event-bus/{bus}")
    return Call(f"events:{_target(request)}", arn)


def _ses(request: Request, signed: Signed, account: Account) -> Call:
    sender = _json(request)["FromEmailAddress"]
    identity = account.arn("ses", signed.region, f"identity/{sender}")
    return Call("ses:SendEmail", identity, {"ses:FromAddress": (sender,)})


def _sns(request: Request, _: Signed, __: Account) -> Call:
    form = parse_qs(request.get_data(cache=True, as_text=True))
    return Call(f"sns:{form['Action'][0]}", form["TopicArn"][0])


def _sqs(request: Request, signed: Signed, account: Account) -> Call:
    name = _json(request)["QueueUrl"].rpartition("/")[2]
    return Call(f"sqs:{_target(request)}", account.arn("sqs", signed.region, name))


def _target(request: Request) -> str:
    return request.headers["X-Amz-Target"].rpartition(".")[2]


def _json(request: Request) -> dict[str, Any]:
    return dict(json.loads(request.get_data(cache=True)))


# One that is missing is an error, loud enough to add it here.
_S3_VERBS = {
    "GET": "GetObject",
    "HEAD": "GetObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
}
_READERS: dict[str, Callable[[Request, Signed, Account], Call]] = {
    "s3": _s3,
    "dynamodb": _dynamodb,
    "lambda": _lambda,
    "bedrock": _bedrock,
    "bedrock-agentcore": _agentcore,
    "secretsmanager": _secrets,
    "kms": _kms,
    "states": _states,
    "events": _events,
    "ses": _ses,
    "sns": _sns,
    "sqs": _sqs,
}
