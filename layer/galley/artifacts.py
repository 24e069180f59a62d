"""Artifacts in S3: everything larger than a pointer. Keys come from `galley.scope`."""

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import boto3

from galley.aws import AWS_ERRORS, STORAGE, error_code, storage_error
from galley.contracts import Contract
from galley.errors import ArtifactMissingError, GalleyError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The object is there, or another write of it is under way.
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}

Record = TypeVar("Record", bound=Contract)


@cache
def s3_client() -> "S3Client":
    """Return the function's one S3 client."""
    return boto3.client("s3", config=STORAGE)


class Artifacts:
    """One bucket; what is read is whole and what is written replaces the same content."""

    def __init__(self, bucket: str, client: "S3Client") -> None:
        self.bucket = bucket
        self._s3 = client

    def read_bytes(self, key: str) -> bytes:
        """Return an object's bytes."""
        found = self.find_bytes(key)
        if found is None:
            raise ArtifactMissingError(f"s3://{self.bucket}/{key} is missing")
        return found

    def read_text(self, key: str) -> str:
        """Return an object's text (UTF-8)."""
        return self.read_bytes(key).decode("utf-8")

    def read(self, key: str, kind: type[Record]) -> Record:
        """Return the record kept under a key."""
        return kind.from_json(self.read_text(key))

    def find(self, key: str, kind: type[Record]) -> Record | None:
        """Return the record kept under a key, or None where there is none yet."""
        found = self.find_bytes(key)
        return None if found is None else kind.from_json(found.decode("utf-8"))

    def find_bytes(self, key: str) -> bytes | None:
        """Return an object's bytes, or None where there is no such object."""
        try:
            return self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return None
        except AWS_ERRORS as error:
            raise _failed("read", key, error) from error

    def keep(self, key: str, content: Contract | str | bytes) -> str:
        """Write an artifact and return its SHA-256; the same content again changes nothing."""
        data = _bytes(content)
        try:
            self._put(key, data)
        except AWS_ERRORS as error:
            raise _failed("write", key, error) from error
        return sha256(data)

    def keep_first(self, key: str, content: Contract | str | bytes) -> str:
        """
        Write an artifact once and return the SHA-256 of what lies there.

        A state that is tried again may run beside its first attempt; whoever comes second gets
        what the first has written, so that nothing changes under a reviewer's eyes.
        """
        data = _bytes(content)
        try:
            self._put(key, data, IfNoneMatch="*")
        except AWS_ERRORS as error:
            # a write that is under way may fail: then there is nothing yet, and it is tried again
            there = self.find_bytes(key) if error_code(error) in _TAKEN else None
            if there is None:
                raise _failed("write", key, error) from error
            return sha256(there)
        return sha256(data)

    def _put(self, key: str, data: bytes, **condition: Any) -> None:
        kind = _content_type(key)
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=kind, **condition)

    def list_keys(self, prefix: str) -> list[str]:
        """Return the keys under a prefix, sorted."""
        return [key for key, _ in self._listed(prefix)]

    def state_of(self, prefix: str) -> str:
        """Return a hash of what lies under a prefix: another one when any object is another."""
        return sha256(json.dumps(self._listed(prefix)).encode("utf-8"))

    def _listed(self, prefix: str) -> list[tuple[str, str]]:
        """Return keys and entity tags, sorted."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix
        )
        try:
            return sorted(
                (item["Key"], item.get("ETag", ""))
                for page in pages
                for item in page.get("Contents", [])
            )
        except AWS_ERRORS as error:
            raise _failed("list", prefix, error) from error


def _bytes(content: Contract | str | bytes) -> bytes:
    text = content.to_json() if isinstance(content, Contract) else content
    return text.encode("utf-8") if isinstance(text, str) else text


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _content_type(key: str) -> str:
    kinds: dict[str, str] = {
        "json": "application/json",
        "md": "text/markdown; charset=utf-8",
        "html": "text/html; charset=utf-8",
    }
    return kinds.get(key.rpartition(".")[2], "application/octet-stream")


def _failed(verb: str, key: str, error: Exception) -> GalleyError:
    return storage_error(f"S3 could not {verb} {key}", error)
