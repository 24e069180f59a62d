"""The extractive mind: reads a role's prompt and answers in that role's format."""

from typing import Any

from galley.prompts import fenced_values

from galley_local.extractive.reviser import revise
from galley_local.extractive.search import search
from galley_local.extractive.summary import summarize
from galley_local.extractive.tools import UseTool
from galley_local.extractive.topic import Topic
from galley_local.extractive.writer import write

__all__ = ["ExtractiveMind", "UseTool"]


class ExtractiveMind:
    """Answers the agents' prompts from the documents alone; it keeps nothing between calls."""

    def answer(self, role: str, prompt: str, use_tool: UseTool) -> str:
        """Return the answer of the agent in `role`; `use_tool` calls its tool by name."""
        values = fenced_values(prompt)
        topic = Topic(values["topic"])
        if role == "search":
            return search(topic, int(values["max_sources"]), use_tool)
        if role == "summary":
            return summarize(topic, values["source"], int(values["max_claims"]), use_tool)
        if role == "writer":
            sources = _without_problems(values["sources"], values.get("returned", []))
            return write(topic, sources, values["changes"], use_tool)
        if role == "reviser":
            return revise(values, use_tool)
        raise ValueError(f"the extractive mind knows no role {role!r}")


def _without_problems(
    sources: list[dict[str, Any]], returned: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the sources without the claims of sentences that a check did not let pass."""
    problems = [problem["sentence"] for draft in returned for problem in draft["problems"]]
    return [
        source
        | {
            "claims": [
                claim
                for claim in source["claims"]
                if not any(claim["text"].rstrip(" .!?") in problem for problem in problems)
            ]
        }
        for source in sources
    ]
