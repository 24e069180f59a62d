"""Reports: leads whoever has the link of a published report to its files."""

import os
import time
from http import HTTPStatus
from typing import Any

import boto3
from botocore.config import Config
from galley import telemetry
from galley.approval.admission import way_in
from galley.aws import STORAGE
from galley.calls import Call, Response, respond
from galley.reports.publications import FILES, ReportLink
from galley.secrets import SigningKeys
from galley.sign_in.sessions import session_in

BUCKET = os.environ["BUCKET_NAME"]
S3 = boto3.client("s3", config=STORAGE.merge(Config(signature_version="s3v4")))  # for addresses
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
SIGNS_IN = bool(os.environ["POOL_ID"])
ADDRESS_SECONDS = 60  # that a browser has to follow where it is led
SHOWN = FILES[0]  # the others are kept as files
INVALID = "This link is not valid, or no longer: reports lie in the bucket under published/."
HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return Call.from_event(event, "reports").answered_by(ROUTES)


def show(call: Call) -> Response:
    """Lead to a file of the report, by an address that S3 takes for a minute."""
    name = call.query.get("file", SHOWN)
    link = _link_in(call)
    if link is None or name not in FILES:
        return respond(HTTPStatus.FORBIDDEN, HEADERS, INVALID)
    if SIGNS_IN and session_in(call.cookies, KEYS) is None:
        return _to(way_in(call.path, call.query))
    asked = {"Bucket": BUCKET, "Key": link.key_of(name)}
    if name != SHOWN:
        asked["ResponseContentDisposition"] = f'attachment; filename="{name}"'
    return _to(S3.generate_presigned_url("get_object", asked, ADDRESS_SECONDS))


def _link_in(call: Call) -> ReportLink | None:
    expires, key = call.query.get("expires", ""), KEYS.find(call.query.get("kid", ""))
    if key is None or not (expires.isascii() and expires.isdigit()) or int(expires) <= time.time():
        return None
    link = ReportLink(call.variables["tenant"], call.variables["workflow_id"], int(expires))
    return link if link.is_linked_by(call.query, key) else None


def _to(address: str) -> Response:
    return respond(HTTPStatus.SEE_OTHER, {**HEADERS, "Location": address})


ROUTES = {"GET /reports/{tenant}/{workflow_id}": show}
