"""The providers' keys: one secret, a JSON object of keys by the providers' names."""

import json

from galley.aws import AWS_ERRORS, storage_error
from galley.secrets import secrets_manager


class ProviderKeys:
    """What one secret holds, read once by an environment; without a secret there are no keys."""

    def __init__(self, secret_arn: str) -> None:
        self._secret_arn = secret_arn
        self._keys: dict[str, str] | None = None

    def read(self) -> dict[str, str]:
        """Return the keys by provider."""
        if self._keys is None:
            self._keys = self._read() if self._secret_arn else {}
        return self._keys

    def _read(self) -> dict[str, str]:
        try:
            text = secrets_manager().get_secret_value(SecretId=self._secret_arn)["SecretString"]
        except AWS_ERRORS as error:
            raise storage_error("the search providers' keys could not be read", error) from error
        try:
            return {str(name): str(key).strip() for name, key in json.loads(text).items()}
        except (ValueError, AttributeError):
            return {}  # which is told of each provider that needs one
