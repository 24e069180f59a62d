"""Artifacts: what is kept can be read, what is missing says so, what fails can be retried."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from galley.artifacts import Artifacts, s3_client, sha256
from galley.contracts import Source
from galley.errors import ArtifactMissingError, StorageRefusedError, StorageUnavailableError

from tests.unit.fakes import a_source, aws_error


class BrokenS3:
    """An S3 whose every operation fails with one error."""

    exceptions = s3_client().exceptions

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *_args: Any, **_arguments: Any) -> Any:
        raise self.error


class PagedS3:
    """An S3 that lists its objects page by page."""

    def __init__(self, *pages: list[dict[str, str]]) -> None:
        self.pages = [{"Contents": page} for page in pages]

    def get_paginator(self, _operation: str) -> "PagedS3":
        """Return what pages are asked of."""
        return self

    def paginate(self, **_arguments: str) -> list[dict[str, Any]]:
        """Return all pages and an empty one."""
        return [*self.pages, {}]


def test_a_record_is_found_as_it_was_kept(artifacts: Artifacts) -> None:
    artifacts.keep("a/source.json", a_source())

    assert a_source() == artifacts.read("a/source.json", Source)
    assert a_source() == artifacts.find("a/source.json", Source)


def test_a_text_is_kept_as_utf_8(artifacts: Artifacts) -> None:
    artifacts.keep("a/draft.md", "灯 💡")

    assert ("灯 💡", "灯 💡".encode()) == (
        artifacts.read_text("a/draft.md"),
        artifacts.read_bytes("a/draft.md"),
    )


@pytest.mark.parametrize("content", ["灯 💡", "灯 💡".encode()], ids=["text", "bytes"])
def test_keeping_returns_the_hash_of_the_bytes(artifacts: Artifacts, content: str | bytes) -> None:
    digest = artifacts.keep("a/draft.md", content)

    assert sha256(artifacts.read_bytes("a/draft.md")) == digest


@pytest.mark.parametrize(
    ("key", "content_type"),
    [
        ("a/1.md", "text/markdown; charset=utf-8"),
        ("a/1.html", "text/html; charset=utf-8"),
        ("a/1.json", "application/json"),
        ("a/1.xyz", "application/octet-stream"),
    ],
)
def test_an_object_says_what_it_is(artifacts: Artifacts, key: str, content_type: str) -> None:
    artifacts.keep(key, "x")

    head = s3_client().head_object(Bucket=artifacts.bucket, Key=key)
    assert content_type == head["ContentType"]


def test_what_is_missing_is_none_to_find_and_an_error_to_read(artifacts: Artifacts) -> None:
    assert artifacts.find("a/source.json", Source) is None
    assert artifacts.find_bytes("a/source.json") is None
    with pytest.raises(ArtifactMissingError, match=r"s3://galley-artifacts/a/source\.json"):
        artifacts.read("a/source.json", Source)


def test_an_empty_object_is_there(artifacts: Artifacts) -> None:
    artifacts.keep("a/draft.md", b"")

    assert artifacts.read_bytes("a/draft.md") == b""


def test_keys_are_listed_sorted_and_under_their_prefix_alone(artifacts: Artifacts) -> None:
    for key in ("a/found/2.json", "a/found/1.json", "a/foundry/3.json", "b/found/4.json"):
        artifacts.keep(key, "x")

    assert ["a/found/1.json", "a/found/2.json"] == artifacts.list_keys("a/found/")


def test_listing_goes_on_beyond_one_page() -> None:
    pages: Any = PagedS3([{"Key": "a/2"}], [{"Key": "a/1"}, {"Key": "a/3"}])

    assert ["a/1", "a/2", "a/3"] == Artifacts("bucket", pages).list_keys("a/")


@pytest.mark.parametrize(
    "error",
    [
        aws_error("SlowDown", "secret"),
        EndpointConnectionError(endpoint_url="https://secret"),
        ReadTimeoutError(endpoint_url="https://secret"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("verb", ["read", "write"])
def test_a_storage_that_fails_is_retried(verb: str, error: Exception) -> None:
    broken: Any = BrokenS3(error)
    artifacts = Artifacts("bucket", broken)

    with pytest.raises(StorageUnavailableError, match=f"S3 could not {verb} a/1.md") as failed:
        artifacts.find_bytes("a/1.md") if verb == "read" else artifacts.keep("a/1.md", "x")

    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("verb", ["read", "write"])
def test_a_storage_that_refuses_is_not_retried(verb: str) -> None:
    refusing: Any = BrokenS3(aws_error("AccessDenied", "secret"))
    artifacts = Artifacts("bucket", refusing)

    with pytest.raises(StorageRefusedError, match="lacks a permission") as failed:
        artifacts.find_bytes("a/1.md") if verb == "read" else artifacts.keep("a/1.md", "x")

    assert "secret" not in str(failed.value)


def test_what_is_written_by_two_at_once_is_tried_again_while_there_is_nothing_yet(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict(**_: Any) -> None:
        raise aws_error("ConditionalRequestConflict")

    with monkeypatch.context() as patched:
        patched.setattr(s3_client(), "put_object", conflict)
        with pytest.raises(StorageUnavailableError, match=r"could not write a/1\.md"):
            artifacts.keep_first("a/1.md", "second")
    artifacts.keep("a/1.md", "first")
    monkeypatch.setattr(s3_client(), "put_object", conflict)

    assert artifacts.keep_first("a/1.md", "second") == sha256(b"first")


def test_a_hash_is_sha_256_in_hexadecimal() -> None:
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    assert expected == sha256(b"abc")
