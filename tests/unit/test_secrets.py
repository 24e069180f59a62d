"""The signing keys: read again when that is due, and never shown."""

import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from galley import secrets
from galley.errors import StorageUnavailableError
from galley.secrets import AGAIN_SECONDS, FRESH_SECONDS, SigningKeys
from galley.signing import SigningKey

OLDEST, OLD, NEW = (SigningKey(text.encode()) for text in ("oldest", "geheim-ü", "new"))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Give a way to let time pass."""
    started = time.time()
    now = [started]
    monkeypatch.setattr("galley.secrets.time.time", lambda: now[0])

    def pass_by(seconds: float) -> None:
        now[0] += seconds

    return pass_by


@pytest.fixture
def keys(aws: None, later: Callable[[float], None]) -> SigningKeys:
    """Give the keys of a secret with one version."""
    boto3.client("secretsmanager").create_secret(Name="a-key", SecretString="geheim-ü")
    return SigningKeys("a-key")


def rotate(key: SigningKey) -> None:
    """Put the next key into the secret, as an operator does."""
    client = boto3.client("secretsmanager")
    client.put_secret_value(SecretId="a-key", SecretString=key.secret.decode())


def test_the_key_is_the_secrets_bytes(keys: SigningKeys) -> None:
    assert OLD == keys.current()
    assert OLD == keys.find(OLD.id)


def test_after_a_rotation_the_new_key_signs_and_both_are_known(
    keys: SigningKeys, later: Callable[[float], None]
) -> None:
    assert OLD == keys.current()

    rotate(NEW)
    later(FRESH_SECONDS)

    assert NEW == keys.current()
    assert [NEW, OLD] == [keys.find(key.id) for key in (NEW, OLD)]


def test_a_warm_function_learns_of_a_rotation_from_a_link(
    keys: SigningKeys, later: Callable[[float], None]
) -> None:
    keys.current()
    rotate(NEW)
    later(AGAIN_SECONDS)

    assert NEW == keys.find(NEW.id)


def test_a_key_that_was_replaced_twice_is_unknown(
    keys: SigningKeys, later: Callable[[float], None]
) -> None:
    rotate(NEW)
    rotate(OLDEST)

    assert keys.find(OLD.id) is None
    assert [NEW, OLDEST] == [keys.find(key.id) for key in (NEW, OLDEST)]


def test_unknown_keys_cost_few_reads(
    keys: SigningKeys, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Counting:
        reads = 0

        def get_secret_value(self, **_: Any) -> dict[str, str]:
            self.reads += 1
            return {"SecretString": "x"}

    counting = Counting()
    monkeypatch.setattr(secrets, "secrets_manager", lambda: counting)

    assert [keys.find("00000000") for _ in range(100)] == [None] * 100
    assert counting.reads == 2  # one of either version


def test_a_key_that_cannot_be_read_is_retried_and_read_the_next_time(aws: None) -> None:
    keys = SigningKeys("later")
    with pytest.raises(StorageUnavailableError, match="signing key could not be read"):
        keys.current()

    boto3.client("secretsmanager").create_secret(Name="later", SecretString="x")
    assert keys.current() == SigningKey(b"x")
