"""
Where the tokens of a run go: `python -m bench.tokens`, by role, part of the prompt, and turn.

A run on the laptop fills the prompts and uses the tools as any run does; what is counted are its
texts, four characters a token. A model's own counts stand in its answers. Every turn brings all
that was said before: a part counts as often as it is sent. With Bedrock Agents the service makes
the turns, and adds instructions of its own, which cannot be counted here.
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from galley.ledger.prices import prices

from bench.manuals import make_manuals
from bench.runs import CORPUS, FILES, TOPIC
from galley_local.bedrock.session import CHARACTERS_PER_TOKEN, Session
from galley_local.corpus import Corpus
from galley_local.extractive import ExtractiveMind
from galley_local.rehearsal import COMMENT, wait_for_end, wait_for_link
from galley_local.reviewer import decide, open_link
from galley_local.stack import Stack

_SMALL, _LARGE = "anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-sonnet-4-6"
MODELS = {"search": _SMALL, "summary": _SMALL, "writer": _LARGE, "reviser": _SMALL}
BACKENDS = ("harness", "bedrock-agents")

_FENCED = re.compile(r"<(\w+)>\n.*?\n</\1>", re.DOTALL)


@dataclass
class Call:
    """One question to an agent: the characters of its parts, and those of each turn."""

    role: str
    prompt: dict[str, int]
    said: list[int] = field(default_factory=list)  # the call of a tool and what it said, by turn
    answer: int = 0

    @property
    def turns(self) -> int:
        """How often the model answers: one tool a turn, and the answer itself."""
        return len(self.said) + 1

    def sent(self) -> Counter[str]:
        """Return the characters of each part, as often as it is sent."""
        parts = Counter({name: size * self.turns for name, size in self.prompt.items()})
        later = range(len(self.said), 0, -1)
        parts["tools said"] = sum(
            size * times for size, times in zip(self.said, later, strict=True)
        )
        return parts


class CountingMind(ExtractiveMind):
    """The extractive mind, and the calls that it was asked for."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def answer(self, role: str, prompt: str, use_tool: Any) -> str:
        """Return its answer, once what it took is noted."""
        call = Call(role, _parts(prompt, use_tool))
        self.calls.append(call)

        def used(name: str, parameters: dict[str, str]) -> str:
            said = str(use_tool(name, parameters))
            if name in use_tool.agent.tools:  # no model asks for a tool that it does not have
                call.said.append(len(json.dumps(parameters)) + len(said))
            return said

        text = super().answer(role, prompt, used)
        call.answer = len(text)
        return text


def _parts(prompt: str, session: Session) -> dict[str, int]:
    told = [tool.function for tool in session.agent.tools.values()]
    parts = {"instruction": len(session.agent.instruction) + len(json.dumps(told))}
    parts["template"] = len(_FENCED.sub("", prompt))
    return parts | {each[1]: len(each[0]) for each in _FENCED.finditer(prompt)}


def count(topic: str, folder: Path, most: int, backend: str) -> list[Call]:
    """Return the calls of a run whose reviewer rejects the first draft and approves the second."""
    mind, name = CountingMind(), "tokens"
    with Stack(Corpus.read(folder), mind=mind, parameters={"AgentBackend": backend}) as stack:
        request = {"topic": topic, "reviewer": "reviewer@example.com"}
        started = stack.start({**request, "options": {"max_sources": most}}, name=name)
        decide(open_link(wait_for_link(stack, name, 1)), "rejected", COMMENT)
        decide(open_link(wait_for_link(stack, name, 2)), "approved")
        wait_for_end(stack, started)
    return mind.calls


def rows(calls: list[Call]) -> Iterator[tuple[str, str, int, int, float]]:
    """Yield role, part, tokens sent once, tokens in all, and dollars."""
    for role, model in MODELS.items():
        listed = prices()["models"][model]  # USD for a million
        price_in, price_out = float(listed["input"]), float(listed["output"])
        asked = [call for call in calls if call.role == role]
        once, sent = Counter[str](), Counter[str]()
        for call in asked:
            once.update(call.prompt)
            once["tools said"] += sum(call.said)
            sent.update(call.sent())
        for part, size in sent.items():
            yield role, part, _tokens(once[part]), _tokens(size), _tokens(size) * price_in / 1e6
        out = _tokens(sum(call.answer for call in asked))
        yield role, "answers", out, out, out * price_out / 1e6


def _tokens(characters: int) -> int:
    return round(characters / CHARACTERS_PER_TOKEN)


def report(case: str, calls: list[Call]) -> None:
    """Print the tokens of a run."""
    print(f"\n{case}")
    print(f"{'role (calls, turns)':<26}{'part':<18}{'tokens':>10}{'sent':>10}{'USD':>10}")
    total, shown = [0, 0, 0.0], ""
    for role, part, once, sent, usd in rows(calls):
        asked = [call for call in calls if call.role == role]
        title = f"{role} ({len(asked)}, {sum(call.turns for call in asked)})"
        print(f"{title if title != shown else '':<26}{part:<18}{once:>10,}{sent:>10,}{usd:>10.4f}")
        total, shown = [total[0] + once, total[1] + sent, total[2] + usd], title
    print(f"{'all':<44}{total[0]:>10,}{total[1]:>10,}{total[2]:>10.4f}")


def main() -> None:
    """Print the tokens of the demo and of manuals, or those of a topic and a folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.tokens", description=__doc__)
    parser.add_argument("--topic", default=FILES)
    parser.add_argument("--corpus", type=Path, help="a folder of documents")
    parser.add_argument("--max-sources", type=int, default=10)
    parser.add_argument("--backend", choices=BACKENDS, default=BACKENDS[0])
    given = parser.parse_args()
    most, backend = given.max_sources, given.backend
    if given.corpus:
        calls = count(given.topic, given.corpus, most, backend)
        report(f"{given.topic} ({given.corpus.name}, {most} sources, {backend})", calls)
        return
    report(f"demo: 23 documents, {most} sources, {backend}", count(TOPIC, CORPUS, most, backend))
    with tempfile.TemporaryDirectory() as folder:
        make_manuals(Path(folder), 10)
        calls = count(FILES, Path(folder), most, backend)
        report(f"10 PDFs of 100 pages, {most} sources, {backend}", calls)


if __name__ == "__main__":
    main()
