"""What the application has put on its bus, kept for whoever wants to see it."""

import json
from typing import Any

from moto.events.models import events_backends

from galley_local.clients import ACCOUNT_ID, REGION


def archive_of(bus_name: str) -> Any:
    """Return an archive of the application's own events on a bus."""
    backend = events_backends[ACCOUNT_ID][REGION]
    pattern = json.dumps({"source": ["galley"]})
    bus = backend.describe_event_bus(bus_name)
    return backend.create_archive("everything", bus.arn, "", pattern, "")
