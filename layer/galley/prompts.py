"""
Prompt templates: the text lies beside each adapter, the data is fenced in tags.

Whatever comes from outside (topics, sources, drafts, comments) enters a prompt as JSON
between tags, with every angle bracket escaped. Nothing inside can close its own fence,
so an instruction hidden in a source stays data.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from galley.variants import SettingError

PROMPT_BYTES = 50_000
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_FENCE = re.compile(r"<(\w+)>\s*(.*?)\s*</\1>", re.DOTALL)


class PromptTemplate:
    """A text with `{{name}}` placeholders, each filled with one fenced value."""

    def __init__(self, text: str, *, instead_of: str = "") -> None:
        self.text = text
        self.instead_of = instead_of  # by its hash, a template that cannot be used
        self.names = frozenset(_PLACEHOLDER.findall(text))

    def fill(self, **values: Any) -> str:
        """Return the prompt; the values must be exactly those the template names."""
        if self.names != values.keys():
            expected, given = sorted(self.names), sorted(values)
            raise ValueError(f"prompt template expects {expected}, was given {given}")
        return _PLACEHOLDER.sub(lambda match: fence(match[1], values[match[1]]), self.text)

    def evidence(self, prompt: str) -> dict[str, str]:
        """Return what is kept of a filled prompt: the template whole, the rest by its hash."""
        kept = {
            "template": self.text,
            "template_sha256": _sha256(self.text),
            "prompt_sha256": _sha256(prompt),
        }
        return kept | ({"instead_of_template": self.instead_of} if self.instead_of else {})


def template_of(data: bytes | None, digest: str, usual: PromptTemplate) -> PromptTemplate:
    """Return a prompt template that can stand in for an adapter's own; raises `SettingError`."""
    if data is None:
        raise SettingError("the prompt is missing")
    if len(data) > PROMPT_BYTES:
        raise SettingError(f"the prompt has {len(data):,} bytes, expected at most {PROMPT_BYTES:,}")
    if hashlib.sha256(data).hexdigest() != digest:
        raise SettingError("the prompt is not the one that was set: its SHA-256 is another")
    try:
        template = PromptTemplate(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SettingError("the prompt is not text in UTF-8") from error
    if template.names != usual.names:
        wanted, there = (", ".join(sorted(each.names)) or "none" for each in (usual, template))
        raise SettingError(f"the prompt's placeholders are {there}; expected {wanted}")
    return template


def prompt_beside(module_file: str) -> PromptTemplate:
    """Return the template `prompt.md` in the directory of an adapter's module."""
    return PromptTemplate(Path(module_file).with_name("prompt.md").read_text(encoding="utf-8"))


def fence(name: str, value: Any) -> str:
    """Return `value` as JSON between `<name>` tags, unable to break out of them."""
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))  # blanks are tokens
    data = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f"<{name}>\n{data}\n</{name}>"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fenced_values(prompt: str) -> dict[str, Any]:
    """Return what `fence` put into a prompt, by name."""
    return {name: json.loads(data) for name, data in _FENCE.findall(prompt)}
