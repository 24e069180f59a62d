"""
Functions that nobody waits for: tried again, then sent to their destination for failures.

Lambda waits minutes between attempts; here they follow at once.
"""

import json
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from galley_local.eventbridge.dead_letters import DeadLetters
from galley_local.iam.service_calls import ServiceCalls
from galley_local.lambdas.concurrency import TooManyRequestsError
from galley_local.lambdas.function import Function, Outcome
from galley_local.resources.eventbridge import EventInvokeConfig

LOG = logging.getLogger(__name__)

WAIT_SECONDS, MOST_WAITS = 0.1, 1000
RETRIES = 2  # what Lambda does where the template says nothing


class AsynchronousCalls:
    """Invokes functions as Lambda does with events from a queue of its own."""

    def __init__(
        self,
        calls: ServiceCalls,
        settings: Mapping[str, EventInvokeConfig],
        dead_letters: DeadLetters,
    ) -> None:
        self._calls = calls
        self._settings = settings  # by function name
        self._dead_letters = dead_letters

    def invoke(self, service: str, source_arn: str, function_arn: str, event: Any) -> None:
        """Run a function on an event until it succeeds or its attempts are used up."""
        function = self._calls.function(function_arn)
        if function is None:
            raise LookupError(f"no function {function_arn}")
        config = self._settings.get(function.name)
        properties = config.properties if config else {}
        attempts = 1 + int(properties.get("MaximumRetryAttempts", RETRIES))
        for attempt in range(1, attempts + 1):
            outcome = self._invoke(service, source_arn, function, event)
            if not outcome.failed:
                return
            LOG.warning("%s failed, attempt %s: %s", function.name, attempt, outcome.payload)
        on_failure = properties.get("DestinationConfig", {}).get("OnFailure", {})
        if "Destination" in on_failure:
            record = _record(function, event, outcome.payload, attempts)
            self._send(function, on_failure["Destination"], record)

    def _invoke(self, service: str, source_arn: str, function: Function, event: Any) -> Outcome:
        for _ in range(MOST_WAITS):  # Lambda keeps what is throttled for hours
            with suppress(TooManyRequestsError):
                return self._calls.invoke(service, source_arn, function, event)
            time.sleep(WAIT_SECONDS)
        return self._calls.invoke(service, source_arn, function, event)

    def _send(self, function: Function, queue_arn: str, record: dict[str, Any]) -> None:
        caller = function.environment["AWS_ACCESS_KEY_ID"]
        try:
            self._dead_letters.send(caller, queue_arn, json.dumps(record))
        except ClientError as error:
            LOG.warning("what %s could not do is lost: %s", function.name, error)


def _record(function: Function, event: Any, error: Any, attempts: int) -> dict[str, Any]:
    """Return what Lambda sends to a destination for failures."""
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(),
        "requestContext": {
            "functionArn": f"{function.arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": attempts,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "responsePayload": error,
    }
