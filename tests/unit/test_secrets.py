"""The signing key: read once, and never shown."""

import boto3
import pytest
from galley.errors import StorageUnavailableError
from galley.secrets import signing_key


def test_the_key_is_the_secrets_bytes(aws: None) -> None:
    boto3.client("secretsmanager").create_secret(Name="a-key", SecretString="geheim-ü")

    assert "geheim-ü".encode() == signing_key("a-key")


def test_the_key_is_read_once_per_environment(aws: None) -> None:
    client = boto3.client("secretsmanager")
    client.create_secret(Name="once", SecretString="first")
    first = signing_key("once")

    client.put_secret_value(SecretId="once", SecretString="second")

    assert first == signing_key("once")


def test_a_key_that_cannot_be_read_is_retried_and_read_the_next_time(aws: None) -> None:
    with pytest.raises(StorageUnavailableError, match="signing key could not be read"):
        signing_key("later")

    boto3.client("secretsmanager").create_secret(Name="later", SecretString="x")
    assert signing_key("later") == b"x"
