"""Answers by which services refuse a call, each in the form that its clients read."""

import json

from werkzeug.wrappers import Response

REQUEST_ID = {"x-amzn-RequestId": "refused"}  # which Step Functions tells of in its errors


def refusal(service: str, status: int, code: str, message: str) -> Response:
    """Return what a service answers to a call that it does not do."""
    if service == "s3":
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        return Response(body, status, content_type="application/xml")
    if service == "sns":
        error = f"<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>"
        body = f"<Error>{error}</Error><RequestId>refused</RequestId>"
        body = f"<ErrorResponse>{body}</ErrorResponse>"
        return Response(body, status, REQUEST_ID, content_type="text/xml")
    body = json.dumps({"__type": code, "message": message})
    headers = {"x-amzn-ErrorType": code, **REQUEST_ID}
    return Response(body, status, headers, content_type="application/json")
