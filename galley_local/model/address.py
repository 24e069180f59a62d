"""Where a model answers: the address of its server, and its name there."""

import os
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

FORM = "URL#NAME"
KEY_VARIABLE = "GALLEY_MODEL_KEY"
PROBE_SECONDS = 10
NAMES_TOLD = 10  # of those that a server has

_EXAMPLES = "http://127.0.0.1:11434#qwen3 (Ollama) or https://example.com/v1#qwen3 (others)"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class ModelError(ValueError):
    """A model cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class ModelAddress:
    """A server's URL and a model's name; a URL without a path is Ollama's."""

    url: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `URL#NAME`; raises `ModelError`."""
        url, _, name = text.partition("#")
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            raise ModelError(f"{error}: a model is given as {FORM}, such as {_EXAMPLES}") from error
        if parts.scheme not in {"http", "https"} or not parts.hostname or not name:
            raise ModelError(f"a model is given as {FORM}, such as {_EXAMPLES}")
        if parts.query or parts.username or parts.password:
            raise ModelError(
                f"a model's URL has no query and no password; put its key into {KEY_VARIABLE}"
            )
        return cls(url.rstrip("/"), name)

    @property
    def is_ollama(self) -> bool:
        """Whether it is spoken to as Ollama is, and not by OpenAI's API."""
        return not urlsplit(self.url).path

    @property
    def key(self) -> str:
        """The key that the server wants, where it wants one."""
        return os.environ.get(KEY_VARIABLE, "")

    def check(self) -> None:
        """Ask the server for its models; raises `ModelError` where this one cannot be used."""
        try:
            import httpx
        except ImportError as error:
            raise ModelError("a model needs more packages: pip install 'galley[model]'") from error
        if urlsplit(self.url).hostname in _LOOPBACK:
            _leave_out_proxies()
        try:
            answer = httpx.get(
                self.url + ("/api/tags" if self.is_ollama else "/models"),
                headers={"Authorization": f"Bearer {self.key}"} if self.key else {},
                timeout=PROBE_SECONDS,
            )
            listed = answer.json() if answer.status_code == httpx.codes.OK else None
        except ValueError:
            listed = None  # it answers, though not with a list
        except httpx.HTTPError as error:
            raise ModelError(f"no model answers at {self.url} ({error}); is it running?") from error
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise ModelError(f"{self.url} wants a key, or another one: set {KEY_VARIABLE}")
        names = _names_in(listed)
        if names and not {self.name, f"{self.name}:latest"} & set(names):
            told = ", ".join(names[:NAMES_TOLD])
            raise ModelError(f"{self.url} has no model {self.name!r}; it has {told}")


def _names_in(listed: Any) -> list[str]:
    """Return the models' names in what a server answered, none where it is no list."""
    fields = listed if isinstance(listed, dict) else {}
    found = fields.get("data") or fields.get("models")
    models = found if isinstance(found, list) else []
    return [
        str(each.get("id") or each.get("name", "")) for each in models if isinstance(each, dict)
    ]


def _leave_out_proxies() -> None:
    # what is on this machine is not reached by a proxy, whatever HTTP_PROXY says
    others = [each for each in os.environ.get("NO_PROXY", "").split(",") if each]
    os.environ["NO_PROXY"] = ",".join([*others, *sorted(_LOOPBACK)])
