"""Secrets Manager's rotation on a laptop: a version that is pending, and the function's steps."""

import time
from typing import Any

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.moto_api._internal import mock_random
from moto.secretsmanager.models import secretsmanager_backends

from galley_local.iam.service_calls import NotPermittedError, ServiceCalls
from galley_local.resources.secrets import RotationSchedule

SECRETS_MANAGER = "secretsmanager.amazonaws.com"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
LONG_SECONDS = 400 * 86_400  # longer than any link may wait


class RotationFailedError(Exception):
    """A step has failed; the message says which, and how."""


class KeyRotation:
    """The rotation that a schedule asks for; moto's own invokes functions of moto's."""

    def __init__(self, schedule: RotationSchedule, service_calls: ServiceCalls) -> None:
        self.secret_arn = str(schedule.properties["SecretId"])
        backend: Any = secretsmanager_backends[schedule.account_id][schedule.region]
        self._secret = backend.secrets[self.secret_arn]
        self._secret.rotation_requested = self._secret.rotation_enabled = True
        self._function = schedule.properties["RotationLambdaARN"]
        self._service_calls = service_calls

    def run(self) -> None:
        """Rotate the key; raises `RotationFailedError` where a step fails."""
        events = self.begin()
        for event in events:
            self._take(event)
        self._secret.set_default_version_id(events[0]["ClientRequestToken"])
        self._secret.last_rotation_date = int(time.time())

    def begin(self) -> list[dict[str, str]]:
        """Begin a rotation, or again one that has failed; return the events of its steps."""
        version_id = self._pending() or self._add_pending({})
        return [self._event(step, version_id) for step in STEPS]

    def try_out(self) -> None:
        """Do what a deployment does: have the current key tested in the next one's place."""
        (current,) = (each for each in self._versions() if "AWSCURRENT" in each["version_stages"])
        version_id = self._add_pending({"secret_string": current["secret_string"]})
        try:
            self._take(self._event("testSecret", version_id))
        finally:
            del self._secret.versions[version_id]

    def let_key_age(self) -> None:
        """Let so much time pass that no link waits any more which the key before has signed."""
        self._secret.last_rotation_date = None
        for version in self._versions():
            version["createdate"] -= LONG_SECONDS

    def _versions(self) -> list[dict[str, Any]]:
        return list(self._secret.versions.values())

    def _pending(self) -> str:
        pending = (each for each in self._versions() if each["version_stages"] == ["AWSPENDING"])
        return next((str(each["version_id"]) for each in pending), "")

    def _add_pending(self, value: dict[str, str]) -> str:
        version_id = str(mock_random.uuid4())
        version = {"version_id": version_id, "version_stages": ["AWSPENDING"], **value}
        self._secret.versions[version_id] = {**version, "createdate": int(time.time())}
        return version_id

    def _event(self, step: str, version_id: str) -> dict[str, str]:
        return {"Step": step, "SecretId": self.secret_arn, "ClientRequestToken": version_id}

    def _take(self, event: dict[str, str]) -> None:
        function = self._service_calls.function(self._function)
        if function is None:
            raise RotationFailedError(f"there is no function {self._function}")
        try:
            outcome = self._service_calls.invoke(SECRETS_MANAGER, self.secret_arn, function, event)
        except NotPermittedError as error:
            raise RotationFailedError(str(error)) from error
        if outcome.failed:
            failure = "{errorType}: {errorMessage}".format(**outcome.payload)
            raise RotationFailedError(f"{event['Step']}: {failure}")
