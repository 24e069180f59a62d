"""Pages that carry their own style and script, and may load nothing else."""

import time
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from jinja2 import Environment

_SPANS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


class Page:
    """A template, its style sheet and its script; every value in it is escaped."""

    def __init__(self, template: str, style: str, script: str) -> None:
        environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        environment.filters |= {"moment": moment, "so_far": so_far}
        environment.globals |= {"style": style, "script": script}
        self._template = environment.from_string(template)
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
    def beside(cls, file: str) -> Self:
        """Return the page of the function in `file`: page.html, page.css and page.js, if any."""
        files = (Path(file).with_name(f"page.{kind}") for kind in ("html", "css", "js"))
        return cls(*(each.read_text(encoding="utf-8") if each.exists() else "" for each in files))

    def fill(self, **values: Any) -> str:
        """Return the page with its values."""
        return self._template.render(values)


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
