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


def prompt_beside(module_file: str) -> PromptTemplate:
    """Return the template `prompt.md` in the directory of an adapter's module."""
    return PromptTemplate(Path(module_file).with_name("prompt.md").read_text(encoding="utf-8"))


def fence(name: str, value: Any) -> str:
    """Return `value` as JSON between `<name>` tags, unable to break out of them."""
    data = json.dumps(value, ensure_ascii=False, indent=1)
    data = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f"<{name}>\n{data}\n</{name}>"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fenced_values(prompt: str) -> dict[str, Any]:
    """Return what `fence` put into a prompt, by name."""
    return {name: json.loads(data) for name, data in _FENCE.findall(prompt)}
