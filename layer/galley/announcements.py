"""Events on the application's bus, where functions and not the state machine put them."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from galley.aws import AWS_ERRORS, storage_error
from galley.errors import StorageUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "galley"


class Announcements:
    """The application's bus."""

    def __init__(self, bus_name: str, client: "EventBridgeClient") -> None:
        self._bus_name = bus_name
        self._client = client

    def put(self, kind: str, detail: Mapping[str, str]) -> None:
        """Put one event; EventBridge answers before it delivers, and says what it does not take."""
        entry: PutEventsRequestEntryTypeDef = {
            "EventBusName": self._bus_name,
            "Source": SOURCE,
            "DetailType": kind,
            "Detail": json.dumps(detail),
        }
        try:
            answer = self._client.put_events(Entries=[entry])
        except AWS_ERRORS as error:
            raise storage_error(f"'{kind}' could not be announced", error) from error
        if answer["FailedEntryCount"]:
            raise StorageUnavailableError(f"'{kind}' could not be announced: the bus refused it")
