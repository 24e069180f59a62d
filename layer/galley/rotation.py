"""
The next signing key, on its way to becoming the current one.

A link has to stay valid until its deadline, and of all keys only the current one and the one before
it are known. So a key is replaced no sooner than the links of the one before it are over.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from galley.aws import AWS_ERRORS, storage_error
from galley.errors import RotationRefusedError
from galley.secrets import CURRENT, FRESH_SECONDS, secrets_manager
from galley.signing import SigningKey

PENDING = "AWSPENDING"
KEY_BYTES = 48  # 64 characters, as many as the first key has


@dataclass(frozen=True)
class Rotation:
    """One rotation: of a secret, from its current version to one that Secrets Manager has begun."""

    secret_arn: str
    version_id: str
    current_id: str
    current_since: datetime

    @classmethod
    def begun(cls, secret_arn: str, version_id: str) -> Self:
        """Return the rotation to a version; raises `RotationRefusedError` where none has begun."""
        with _as_ours():
            secret = secrets_manager().describe_secret(SecretId=secret_arn)
            current = secrets_manager().get_secret_value(SecretId=secret_arn, VersionStage=CURRENT)
        if not {CURRENT, PENDING}.intersection(secret["VersionIdsToStages"].get(version_id, [])):
            raise RotationRefusedError(
                "no rotation to the version that ClientRequestToken names has begun; "
                "begin one with `aws secretsmanager rotate-secret`"
            )
        # a key that waited for its rotation to succeed has signed nothing since it was made
        made = current["CreatedDate"]
        since = max(made, secret.get("LastRotatedDate", made))
        return cls(secret_arn, version_id, current["VersionId"], since)

    @property
    def is_over(self) -> bool:
        """Whether the next key is the current one already."""
        return self.version_id == self.current_id

    def check_age(self, link_seconds: int) -> None:
        """Raise `RotationRefusedError` while links may wait that the key before has signed."""
        # a warm function goes on signing with the key before until it reads again
        over = self.current_since + timedelta(seconds=link_seconds + FRESH_SECONDS)
        if over > datetime.now(UTC):
            raise RotationRefusedError(
                f"the signing key is current since {_minute(self.current_since)}, and links that "
                f"the one before it has signed may wait until {_minute(over)}: rotate it after that"
            )

    def make_key(self) -> None:
        """Make the next key, unless an earlier attempt has made it."""
        with _as_ours():
            try:
                self._next_value()
            except secrets_manager().exceptions.ResourceNotFoundException:
                secrets_manager().put_secret_value(
                    SecretId=self.secret_arn,
                    ClientRequestToken=self.version_id,
                    SecretString=secrets.token_urlsafe(KEY_BYTES),
                    VersionStages=[PENDING],
                )

    def next_key(self) -> SigningKey:
        """Return the next key."""
        with _as_ours():
            return SigningKey(self._next_value().encode("utf-8"))

    def finish(self) -> None:
        """Make the next key the current one, by which the current one becomes the previous one."""
        with _as_ours():
            secrets_manager().update_secret_version_stage(
                SecretId=self.secret_arn,
                VersionStage=CURRENT,
                MoveToVersionId=self.version_id,
                RemoveFromVersionId=self.current_id,
            )

    def _next_value(self) -> str:
        found = secrets_manager().get_secret_value(
            SecretId=self.secret_arn, VersionId=self.version_id
        )
        return found["SecretString"]


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except AWS_ERRORS as error:
        raise storage_error("the signing key could not be rotated", error) from error


def _minute(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
