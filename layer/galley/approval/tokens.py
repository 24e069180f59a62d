"""Task tokens as the table keeps them: sealed with a key that only the human gate may use."""

from base64 import b64decode, b64encode
from functools import cache
from typing import TYPE_CHECKING

import boto3

from galley.aws import AWS_ERRORS, STORAGE, storage_error

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

    from galley.scope import Scope


@cache
def _kms() -> "KMSClient":
    return boto3.client("kms", config=STORAGE)


class TaskTokens:
    """Seals and opens task tokens; one that was sealed for a workflow opens for no other."""

    def __init__(self, key_arn: str) -> None:
        self._key_arn = key_arn

    def seal(self, token: str, scope: "Scope") -> str:
        """Return a token as it is kept."""
        try:
            sealed = _kms().encrypt(
                KeyId=self._key_arn,
                Plaintext=token.encode("utf-8"),
                EncryptionContext=_context(scope),
            )
        except AWS_ERRORS as error:
            raise storage_error("a task token could not be sealed", error) from error
        return b64encode(sealed["CiphertextBlob"]).decode("ascii")

    def open(self, sealed: str, scope: "Scope") -> str:
        """Return the token that `seal` was given."""
        try:
            opened = _kms().decrypt(
                KeyId=self._key_arn,
                CiphertextBlob=b64decode(sealed),
                EncryptionContext=_context(scope),
            )
        except AWS_ERRORS as error:
            raise storage_error("a task token could not be opened", error) from error
        return opened["Plaintext"].decode("utf-8")


def _context(scope: "Scope") -> dict[str, str]:
    return {"tenant": scope.tenant, "workflow_id": scope.workflow_id}
