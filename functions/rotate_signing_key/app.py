"""Rotate signing key: the steps in which Secrets Manager has a new key take the old one's place."""

import os
from typing import Any, Literal

from galley import telemetry
from galley.errors import RotationRefusedError
from galley.events import check_event
from galley.rotation import Rotation
from galley.signing import SigningKey, Ticket

STEP = {  # as Secrets Manager sends it
    "Step": Literal["createSecret", "setSecret", "testSecret", "finishSecret"],
    "SecretId": str,
    "ClientRequestToken": str,
}
LINK_SECONDS = int(os.environ["APPROVAL_TIMEOUT_SECONDS"])
SHORTEST_KEY_BYTES = 32  # as long as what it signs with
TICKET = Ticket("a-workflow", "a-tenant", 1, "reviewer@example.com", 64 * "0", expires_at=1)


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, STEP, "rotate_signing_key")
    rotation = Rotation.begun(event["SecretId"], event["ClientRequestToken"])
    return {"done": rotate(event["Step"], rotation)}


def rotate(step: str, rotation: Rotation) -> bool:
    """Take one step, as often as it is asked for; return False where the next key is in place."""
    if rotation.is_over:
        return False
    match step:
        case "createSecret":
            rotation.check_age(LINK_SECONDS)
            rotation.make_key()
        case "setSecret":
            pass  # nobody else holds the key
        case "testSecret":
            # Whatever its age: when its schedule is deployed Secrets Manager takes this step alone.
            _check_key(rotation.next_key())
        case "finishSecret":
            rotation.check_age(LINK_SECONDS)
            _check_key(rotation.next_key())
            rotation.finish()
    return True


def _check_key(key: SigningKey) -> None:
    is_long = len(key.secret) >= SHORTEST_KEY_BYTES
    if not is_long or not TICKET.is_linked_by(TICKET.query(key), key):
        raise RotationRefusedError(
            f"the next signing key cannot sign links: it needs {SHORTEST_KEY_BYTES} bytes or more"
        )
