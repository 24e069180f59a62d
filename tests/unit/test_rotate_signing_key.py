"""Rotate signing key: the steps, each as often as it likes, and never at the price of a link."""

import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from galley.errors import RotationRefusedError, StorageRefusedError, StorageUnavailableError
from galley.rotation import Rotation
from galley.secrets import FRESH_SECONDS, SigningKeys, secrets_manager
from moto.secretsmanager.models import secretsmanager_backends

from functions.rotate_signing_key import app
from tests.unit.conftest import ACCOUNT
from tests.unit.fakes import SIGNING_KEY, a_context, aws_error, load_event
from tests.unit.test_structure import RESOURCES

ARN = os.environ["SIGNING_KEY_ARN"]
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
OLD_ENOUGH = app.LINK_SECONDS + FRESH_SECONDS + 1


class Secret:
    """The secret of the tests, as Secrets Manager works on it."""

    def __init__(self) -> None:
        self._kept: Any = secretsmanager_backends[ACCOUNT]["us-east-1"].secrets[ARN]

    def begin(self, value: str | None = None) -> str:
        """Begin a rotation; return the id of the pending version, which has no value yet."""
        version_id = str(uuid.uuid4())
        version = {"version_id": version_id, "version_stages": ["AWSPENDING"]}
        value_of = {} if value is None else {"secret_string": value}
        self._kept.versions[version_id] = {**version, **value_of, "createdate": self._now()}
        return version_id

    def age(self, seconds: int) -> None:
        """Let the current key be as old as this."""
        self.current()["createdate"] = self._now() - seconds

    def rotated(self, seconds_ago: int) -> None:
        """Let Secrets Manager have finished a rotation some time ago."""
        self._kept.rotation_requested = True
        self._kept.last_rotation_date = self._now() - seconds_ago

    def current(self) -> dict[str, Any]:
        """Return the current version."""
        return self._staged("AWSCURRENT")

    def keys(self) -> dict[str, str]:
        """Return the values by their stages."""
        return {
            stage: version["secret_string"]
            for version in self._kept.versions.values()
            for stage in version["version_stages"]
            if "secret_string" in version
        }

    def _staged(self, stage: str) -> dict[str, Any]:
        versions = self._kept.versions.values()
        return next(each for each in versions if stage in each["version_stages"])

    @staticmethod
    def _now() -> int:
        return int(datetime.now(UTC).timestamp())


@pytest.fixture
def secret(aws: None) -> Secret:
    """Give a secret whose key is old enough to be replaced."""
    secret = Secret()
    secret.age(OLD_ENOUGH)
    return secret


def take(step: str, version_id: str) -> bool:
    """Take a step as Secrets Manager asks for it."""
    event = {"Step": step, "SecretId": ARN, "ClientRequestToken": version_id}
    done: bool = app.lambda_handler(event, a_context())["done"]
    return done


def test_a_new_key_takes_the_old_ones_place_and_the_old_one_stays_known(secret: Secret) -> None:
    version_id = secret.begin()

    assert [True] * 4 == [take(step, version_id) for step in STEPS]

    keys = SigningKeys(ARN)
    assert version_id == secret.current()["version_id"]
    assert keys.current() != SIGNING_KEY
    assert keys.find(SIGNING_KEY.id) == SIGNING_KEY
    assert secret.keys()["AWSPREVIOUS"] == SIGNING_KEY.secret.decode()


def test_a_key_is_long_and_another_each_time(secret: Secret) -> None:
    made = set()
    for _ in range(3):
        version_id = secret.begin()
        take("createSecret", version_id)
        made.add(secret.keys()["AWSPENDING"])

    assert {64} == {len(key) for key in made}
    assert len(made) == 3


def test_a_key_that_was_made_is_kept(secret: Secret) -> None:
    version_id = secret.begin()
    take("createSecret", version_id)
    made = secret.keys()["AWSPENDING"]

    take("createSecret", version_id)

    assert made == secret.keys()["AWSPENDING"]


@pytest.mark.parametrize("step", STEPS)
def test_what_is_over_is_not_done_again(secret: Secret, step: str) -> None:
    version_id = secret.begin()
    for each in STEPS:
        take(each, version_id)
    before = secret.keys()

    assert not take(step, version_id)

    assert before == secret.keys()


@pytest.mark.parametrize("step", STEPS[:3])
def test_nothing_but_the_last_step_touches_what_signs(secret: Secret, step: str) -> None:
    version_id = secret.begin("x" * 64)

    take(step, version_id)

    assert secret.keys()["AWSCURRENT"] == SIGNING_KEY.secret.decode()


@pytest.mark.parametrize("step", ["createSecret", "finishSecret"])
@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(0, id="just made"),
        pytest.param(app.LINK_SECONDS, id="a warm function may have signed with the one before"),
        pytest.param(OLD_ENOUGH - 10, id="ten seconds too early"),
    ],
)
def test_a_key_is_not_replaced_while_links_of_the_one_before_it_wait(
    secret: Secret, step: str, seconds: int
) -> None:
    version_id = secret.begin("x" * 64 if step == "finishSecret" else None)
    secret.age(seconds)
    before = secret.keys()

    with pytest.raises(RotationRefusedError, match=r"may wait until 20.* UTC: rotate it after"):
        take(step, version_id)

    assert before == secret.keys()


def test_the_message_says_when(secret: Secret) -> None:
    since = datetime(2026, 11, 23, 8, tzinfo=UTC)
    rotation = Rotation(ARN, "next", "current", since)
    day = int(timedelta(days=40_000).total_seconds())

    with pytest.raises(RotationRefusedError, match=r"current since 2026-11-23 08:00 UTC, .*2136-"):
        rotation.check_age(day)


def test_a_key_that_waited_to_become_current_is_as_young_as_its_rotation(secret: Secret) -> None:
    secret.rotated(seconds_ago=60)

    with pytest.raises(RotationRefusedError, match="may wait until"):
        take("createSecret", secret.begin())


def test_the_schedule_can_be_tried_while_the_key_is_young(secret: Secret) -> None:
    secret.age(0)
    version_id = secret.begin("x" * 64)  # with a value: the current key's, as it is deployed

    assert take("testSecret", version_id)


@pytest.mark.parametrize("step", ["testSecret", "finishSecret"])
@pytest.mark.parametrize("key", ["", "too short", "x" * 31])
def test_a_key_that_is_too_short_is_refused(secret: Secret, step: str, key: str) -> None:
    version_id = secret.begin(key)

    with pytest.raises(RotationRefusedError, match="cannot sign links: it needs 32 bytes"):
        take(step, version_id)

    assert secret.keys()["AWSCURRENT"] == SIGNING_KEY.secret.decode()


@pytest.mark.parametrize("step", ["testSecret", "finishSecret"])
def test_a_version_without_a_key_never_becomes_current(secret: Secret, step: str) -> None:
    version_id = secret.begin()

    with pytest.raises(StorageUnavailableError, match="ResourceNotFoundException"):
        take(step, version_id)

    assert secret.keys()["AWSCURRENT"] == SIGNING_KEY.secret.decode()


@pytest.mark.parametrize("step", STEPS)
def test_a_rotation_that_has_not_begun_is_refused(secret: Secret, step: str) -> None:
    with pytest.raises(RotationRefusedError, match="begin one with `aws secretsmanager"):
        take(step, load_event("rotate_signing_key")["ClientRequestToken"])


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Exception], None]:
    """Give a way to have a call of Secrets Manager fail."""

    def refuse(call: str, error: Exception) -> None:
        def fail(**_: Any) -> None:
            raise error

        monkeypatch.setattr(secrets_manager(), call, fail)

    return refuse


@pytest.mark.parametrize(
    ("call", "step"),
    [
        ("describe_secret", "setSecret"),
        ("get_secret_value", "testSecret"),
        ("put_secret_value", "createSecret"),
        ("update_secret_version_stage", "finishSecret"),
    ],
)
def test_a_missing_permission_is_named_as_one(
    secret: Secret, refusing: Callable[[str, Exception], None], call: str, step: str
) -> None:
    version_id = secret.begin("x" * 64 if step == "finishSecret" else None)
    refusing(call, aws_error("AccessDeniedException", "with a secret in it"))

    with pytest.raises(StorageRefusedError, match="signing key could not be rotated: Acc") as found:
        take(step, version_id)

    assert "a secret in it" not in str(found.value)


def test_no_key_is_logged(secret: Secret, log_lines: Callable[[], list[dict[str, Any]]]) -> None:
    version_id = secret.begin()
    for step in STEPS:
        take(step, version_id)

    assert not any(key in str(log_lines()) for key in secret.keys().values())


def test_the_first_key_is_as_long_as_the_next_ones(secret: Secret) -> None:
    version_id = secret.begin()
    take("createSecret", version_id)

    rules = RESOURCES["SigningKey"]["Properties"]["GenerateSecretString"]
    assert rules["PasswordLength"] == len(secret.keys()["AWSPENDING"])
