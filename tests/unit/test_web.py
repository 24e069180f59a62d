"""The web that a stack reaches: what an operator's keys make of it."""

import json
from typing import Any

import pytest

from galley_local.web import Web

KEYS = ("GALLEY_TAVILY_KEY", "GALLEY_OPENALEX_KEY", "GALLEY_WEB_CONTACT")


class FakeSecrets:
    """Keeps the secrets that are put into it."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def create_secret(self, **secret: str) -> dict[str, str]:
        """Keep a secret."""
        self.kept[secret["Name"]] = json.loads(secret["SecretString"])
        return {"ARN": "arn:aws:secretsmanager:us-east-1:000000000042:secret:web"}


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no keys in the environment."""
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


def test_without_a_key_those_are_asked_that_need_none() -> None:
    secrets = FakeSecrets()

    parameters = Web.of_this_machine().parameters_in(secrets)

    assert parameters == {
        "WebProviders": "openalex,wikipedia",
        "WebKeysSecretArn": "",
        "WebContact": "",
    }
    assert secrets.kept == {}


def test_keys_lie_in_a_secret_and_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GALLEY_TAVILY_KEY", "tvly-key")
    monkeypatch.setenv("GALLEY_WEB_CONTACT", "me@example.com")
    secrets, web = FakeSecrets(), Web.of_this_machine()

    parameters = web.parameters_in(secrets)

    assert parameters["WebProviders"] == "tavily,openalex,wikipedia"
    assert parameters["WebContact"] == "me@example.com"
    assert secrets.kept == {"galley-web-keys": {"tavily": "tvly-key"}}
    assert "tvly" not in repr(web)
    assert "tvly" not in str(parameters)
