"""The key that signs approval links, read once per execution environment."""

from functools import cache

import boto3

from galley.aws import AWS_ERRORS, STORAGE, storage_error


@cache
def signing_key(secret_arn: str) -> bytes:
    """Return the key's bytes."""
    client = boto3.client("secretsmanager", config=STORAGE)
    try:
        return client.get_secret_value(SecretId=secret_arn)["SecretString"].encode("utf-8")
    except AWS_ERRORS as error:
        raise storage_error("the signing key could not be read", error) from error
