"""
A cassette: one answer of an agent, found again by its role and the hash of its prompt.

Neither the prompt nor what tools said is kept, only their hashes: they are made anew when it is
played. Buckets have names of their own on each stack, so these are left out of what is hashed.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

SCHEMA = "galley-cassette-1"
_BUCKET = re.compile(r"s3://[a-z0-9.-]+/")
_FILLED = re.compile(r"<(\w+)>\n.*?\n</\1>", re.DOTALL)
_EVAL_SESSION = re.compile(r"[0-9a-f]{8}\.(\w+)\.(?P<case>[\w-]+)\.\1\.(?P<item>.+)")


class CassetteError(ValueError):
    """A cassette that cannot be read or played; the message says which and what to do."""


@dataclass(frozen=True)
class ToolUse:
    """A tool that was used, with which parameters, and the hash of what it said."""

    name: str
    given: dict[str, str]
    said_sha256: str


@dataclass(frozen=True)
class Cassette:
    """One answer; `item` tells apart the answers that one case asked for."""

    role: str
    case: str
    item: str
    prompt_sha256: str
    template_sha256: str
    made_by: str  # whose answer it is
    backend: str
    model: str
    input_tokens: int
    output_tokens: int
    text: str
    tools: list[ToolUse] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a cassette, or raise `CassetteError`."""
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            if fields.pop("schema") != SCHEMA:
                raise CassetteError(f"{path} is no cassette of the schema {SCHEMA}")
            tools = [ToolUse(**each) for each in fields.pop("tools")]
            return cls(**fields, tools=tools)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, CassetteError):
                raise
            raise CassetteError(f"{path} is no whole cassette ({error!r})") from error

    def write(self, folder: Path) -> Path:
        """Write it into a folder of cassettes, over the one that the same question had."""
        path = folder / self.role / f"{self.case}.{self.item}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        fields = {"schema": SCHEMA, **asdict(self)}
        path.write_text(json.dumps(fields, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path


def read_cassettes(folder: Path) -> list[Cassette]:
    """Return the cassettes in a folder, or raise `CassetteError` where there are none."""
    cassettes = [Cassette.read(path) for path in sorted(folder.glob("*/*.json"))]
    if not cassettes:
        raise CassetteError(
            f"{folder} has no cassettes; `galley eval --record {folder}` makes some"
        )
    return cassettes


def question_of(session_id: str) -> tuple[str, str]:
    """Return the case that a session of evals is about, and the item of it."""
    if found := _EVAL_SESSION.fullmatch(session_id):
        return found["case"], found["item"]
    return session_id, "0"


def digest(text: str) -> str:
    """Return the SHA-256 of a text, the same on every stack."""
    return hashlib.sha256(_BUCKET.sub("s3://bucket/", text).encode("utf-8")).hexdigest()


def template_digest(prompt: str) -> str:
    """Return the SHA-256 of the template that a prompt was filled from, as its evidence has it."""
    template = _FILLED.sub(lambda match: f"{{{{{match[1]}}}}}", prompt)
    return hashlib.sha256(template.encode("utf-8")).hexdigest()


def about_nothing(_role: str) -> dict[str, Any]:
    """Return that there is neither backend nor model."""
    return {"backend": "none", "model": "none"}
