"""
Pages that carry their own style and script, and may load nothing else.

Their templates, and those of letters, lie in the layer: where it is built they are compiled, so
that no cold start does it. On a laptop each is compiled when it is first used.
"""

import time
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    Template,
    select_autoescape,
)

from galley.ledger.budget import in_dollars

TEMPLATES = Path(__file__).with_name("templates")
COMPILED = TEMPLATES / "compiled"

_SPANS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


class Page:
    """A template, its style sheet and its script; every value in it is escaped."""

    def __init__(self, template: Template, style: str = "", script: str = "") -> None:
        self._template = template
        self._carried = {"style": style, "script": script}
        self.headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; "
            f"style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
            "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the page of a name, with its style sheet and its script, if any."""
        files = (TEMPLATES / f"{name}.{kind}" for kind in ("css", "js"))
        carried = (each.read_text(encoding="utf-8") if each.exists() else "" for each in files)
        return cls(ENVIRONMENT.get_template(f"{name}.html"), *carried)

    def fill(self, **values: Any) -> str:
        """Return the page with its values."""
        return self._template.render(self._carried, **values)


def moment(when: float | str) -> str:
    """Return a time as people write it, from seconds since 1970 or from ISO 8601."""
    known = datetime.fromisoformat(when) if isinstance(when, str) else _utc(when)
    known = known.astimezone(UTC)
    return f"{known.day} {known:%B %Y, %H:%M} UTC"


def so_far(start: str) -> str:
    """Return how long something has taken by now, in the largest unit that says enough."""
    seconds = time.time() - datetime.fromisoformat(start).timestamp()
    for length, name in _SPANS:
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}"


ENVIRONMENT = Environment(
    loader=ChoiceLoader([ModuleLoader(COMPILED), FileSystemLoader(TEMPLATES)]),
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
ENVIRONMENT.filters |= {"moment": moment, "so_far": so_far, "dollars": in_dollars}
