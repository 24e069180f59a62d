"""
The keys that sign approval links: the current one, and the one that was current before.

They are two versions of one secret, so that a key is rotated by putting the next one there
(`galley.rotation`). An execution environment reads them again now and then, and when a link names a
key it does not know.
"""

import time
from functools import cache
from typing import TYPE_CHECKING

import boto3

from galley.aws import AWS_ERRORS, STORAGE, error_code, storage_error
from galley.signing import SigningKey

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

FRESH_SECONDS = 300
AGAIN_SECONDS = 2  # however many links name no key of ours
CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"


@cache
def secrets_manager() -> "SecretsManagerClient":
    """Return the function's one Secrets Manager client."""
    return boto3.client("secretsmanager", config=STORAGE)


class SigningKeys:
    """The keys of one secret."""

    def __init__(self, secret_arn: str) -> None:
        self._secret_arn = secret_arn
        self._keys: list[SigningKey] = []
        self._read_at = 0.0

    def current(self) -> SigningKey:
        """Return the key that signs."""
        return self._not_older_than(FRESH_SECONDS)[0]

    def find(self, key_id: str) -> SigningKey | None:
        """Return the key of an id, unless there is none, or none any more."""
        for seconds in (FRESH_SECONDS, AGAIN_SECONDS):
            for key in self._not_older_than(seconds):
                if key.id == key_id:
                    return key
        return None

    def _not_older_than(self, seconds: float) -> list[SigningKey]:
        if not self._keys or time.time() - self._read_at >= seconds:
            versions = [self._version(stage) for stage in (CURRENT, PREVIOUS)]
            self._keys = [key for key in versions if key]
            self._read_at = time.time()
        return self._keys

    def _version(self, stage: str) -> SigningKey | None:
        try:
            found = secrets_manager().get_secret_value(
                SecretId=self._secret_arn, VersionStage=stage
            )
        except AWS_ERRORS as error:
            # a key that was never rotated has no previous one
            if stage == PREVIOUS and error_code(error) == "ResourceNotFoundException":
                return None
            raise storage_error("the signing key could not be read", error) from error
        return SigningKey(found["SecretString"].encode("utf-8"))
