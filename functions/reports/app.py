"""Reports: leads whoever has the link of a published report to its files."""

import os
from http import HTTPStatus
from typing import Any

import boto3
from botocore.config import Config
from galley import telemetry
from galley.approval.admission import way_in
from galley.aws import AWS_ERRORS, STORAGE, error_code
from galley.calls import Call, Response, respond
from galley.reports.files import FILES
from galley.reports.publications import ReportLink
from galley.secrets import SigningKeys
from galley.sign_in.sessions import session_in
from galley.telemetry import logger

BUCKET = os.environ["BUCKET_NAME"]
S3 = boto3.client("s3", config=STORAGE.merge(Config(signature_version="s3v4")))  # for addresses
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
SIGNS_IN = bool(os.environ["POOL_ID"])
ADDRESS_SECONDS = 60  # that a browser has to follow where it is led
SHOWN = FILES[0]  # the others are kept as files
INVALID = "This link is not valid, or no longer: reports lie in the bucket under published/."
MISSING = "This file is not there. Try the others: the page, .pdf, .docx, .md (file=report.md)."
NOT_YOURS = "You are signed in as somebody who was not asked about this report."
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
    link = ReportLink.in_call(call, KEYS)
    if link is None or name not in FILES:
        return respond(HTTPStatus.FORBIDDEN, HEADERS, INVALID)
    if SIGNS_IN:
        session = session_in(call.cookies, KEYS)
        if session is None:
            return _to(way_in(call.path, call.query))
        if not link.is_for(session):
            return respond(HTTPStatus.FORBIDDEN, HEADERS, NOT_YOURS)
    asked = {"Bucket": BUCKET, "Key": link.key_of(name)}
    if not _is_there(asked["Key"]):
        return respond(HTTPStatus.NOT_FOUND, HEADERS, MISSING)
    if name != SHOWN:
        asked["ResponseContentDisposition"] = f'attachment; filename="{name}"'
    return _to(S3.generate_presigned_url("get_object", asked, ADDRESS_SECONDS))


def _is_there(key: str) -> bool:
    try:
        S3.head_object(Bucket=BUCKET, Key=key)
    except AWS_ERRORS as error:
        logger.warning("a link leads to no file: %s", error_code(error))
        return False
    return True


def _to(address: str) -> Response:
    return respond(HTTPStatus.SEE_OTHER, {**HEADERS, "Location": address})


ROUTES = {"GET /reports/{tenant}/{workflow_id}": show}
