"""The web that a stack reaches: the real one where somebody asks for it, or a played one."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from galley_local.internet.server import PlayedInternet

SECRET_NAME = "galley-web-keys"  # noqa: S105  # where the keys lie, not one of them
KEYS = {"tavily": "GALLEY_TAVILY_KEY", "openalex": "GALLEY_OPENALEX_KEY"}
CONTACT = "GALLEY_WEB_CONTACT"


@dataclass(frozen=True)
class Web:
    """Which providers are asked, with which keys; `internet` is played, or else the real one."""

    providers: tuple[str, ...]
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    contact: str = ""
    internet: "PlayedInternet | None" = None

    @classmethod
    def of_this_machine(cls) -> "Web":
        """Return the real web, with whatever keys stand in the environment."""
        keys = {name: os.environ[each] for name, each in KEYS.items() if os.environ.get(each)}
        free = ("openalex", "wikipedia")
        providers = ("tavily", *free) if "tavily" in keys else free
        return cls(providers, keys, os.environ.get(CONTACT, ""))

    def parameters_in(self, secrets: Any) -> dict[str, str]:
        """Put the keys into a secret, as an operator does, and return the template's parameters."""
        arn = ""
        if self.keys:
            secret = json.dumps(dict(self.keys))
            arn = secrets.create_secret(Name=SECRET_NAME, SecretString=secret)["ARN"]
        return {
            "WebProviders": ",".join(self.providers),
            "WebKeysSecretArn": arn,
            "WebContact": self.contact,
        }
