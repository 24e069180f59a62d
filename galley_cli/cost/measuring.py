"""Measures workflows of every size on a laptop stack, and what a month of nothing takes."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from galley_cli.cost.counting import counted, logical_id, role_of
from galley_cli.cost.counts import Count, added
from galley_cli.cost.noting import Asked, NotingMind
from galley_cli.cost.reader import Run, lines_with, read_run
from galley_cli.cost.sizes import SIZES, Shape
from galley_cli.cost.standing import RECONCILE, of_resources, reconciling, resources
from galley_cli.target import Target, target_of
from galley_local.corpus import Corpus

if TYPE_CHECKING:
    from galley_local.stack import Stack

TOPICS = (
    "How lighthouses made their lights seen farther",
    "How lighthouses changed from fire to electricity",
)
COMMENT = "More on fog signals, and begin with the Fresnel lens."
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "corpus"
EVENT = ROOT / "events" / "reconcile.json"
ADAPTER = "Agent"
TURN = "bedrock-agentcore.InvokeHarness"


@dataclass(frozen=True)
class Measured:
    """What workflows of a shape have used, in the mean of so many runs."""

    shape: Shape
    runs: int
    counts: list[Count]
    agents: dict[str, dict[str, float]]  # by role; see `assumptions.Agents`
    gb: dict[str, float]  # of each role's adapter
    stored_bytes: float
    record_bytes: float

    def to_json(self) -> dict[str, Any]:
        """Return it as the file of counts has it."""
        return {
            "sources": self.shape.sources,
            "rejections": self.shape.rejections,
            "share": self.shape.share,
            "tasks": self.shape.tasks,
            "runs": self.runs,
            "agents": self.agents,
            "adapter_gb": self.gb,
            "stored_bytes": round(self.stored_bytes),
            "record_bytes": round(self.record_bytes),
            "counts": [each.to_json() for each in self.counts],
        }


def measure(folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Run workflows of every shape over a folder of documents; return the counts as JSON."""
    from galley_local.stack import Stack

    mind = NotingMind()
    with Stack(Corpus.read(folder), mind=mind) as stack:
        target = target_of("", stack.url, "", "")
        shapes = {}
        for shape in dict.fromkeys(each for size in SIZES for each in size.shapes):
            say(f"{shape.sources} sources, rejected {shape.rejections} times")
            shapes[shape] = _measured(stack, target, shape, mind)
        standing = [
            *of_resources(resources(target)),
            *_reconciled(stack, target),
        ]
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "documents": folder.name,
        "standing": [each.to_json() for each in standing],
        "sizes": {size.name: [shapes[each].to_json() for each in size.shapes] for size in SIZES},
    }


def _measured(stack: "Stack", target: Target, shape: Shape, mind: NotingMind) -> Measured:
    mind.asked.clear()
    runs = [_run(stack, target, shape, topic) for topic in TOPICS]
    shares = [count.times(1 / len(runs)) for run in runs for count in counted(run)]
    return Measured(
        shape,
        len(runs),
        added(shares),
        _agents(runs, mind.asked),
        _memory(runs),
        mean(run.stored_bytes for run in runs),
        mean(run.record_bytes for run in runs),
    )


def _run(stack: "Stack", target: Target, shape: Shape, topic: str) -> Run:
    from galley_local.rehearsal import wait_for_end, wait_for_link, wait_for_report
    from galley_local.reviewer import decide, open_link

    name = f"cost-{shape.sources}-{shape.rejections}-{TOPICS.index(topic)}"
    request = {
        "topic": topic,
        "reviewer": "reviewer@example.com",
        "workflow_id": name,
        "options": {"max_sources": shape.sources, "fresh": True},
    }
    execution = stack.start(request, name=name)
    for number in range(1, shape.rejections + 2):
        link = open_link(wait_for_link(stack, name, number))
        rejects = number <= shape.rejections
        decide(link, "rejected" if rejects else "approved", COMMENT if rejects else "")
    wait_for_end(stack, execution)
    open_link(wait_for_report(stack, name))
    stack.let_outbox_finish()
    run = read_run(target, name)
    tasks = Counter[str]()
    for each in counted(run):
        if each.unit == "transitions":
            tasks[each.state] += round(each.amount)
    if tasks["Summarize source"] != shape.sources:  # or it would not be of its shape
        raise RuntimeError(f"{name} has summarised {tasks['Summarize source']:g} sources")
    return run


def _agents(runs: list[Run], asked: list[Asked]) -> dict[str, dict[str, float]]:
    turns: Counter[str] = Counter()
    for line in (line for run in runs for line in run.lines if line.used):
        used: Any = line.used
        turns[role_of(used["function"])] += used["calls"].get(TURN, 0)
    found = {}
    for role in sorted({each.role for each in asked}):
        own = [each for each in asked if each.role == role]
        sums = {
            "calls": len(own),
            "turns": turns[role],
            "turns_together": sum(each.turns_together for each in own),
            "input_together": sum(each.input_together for each in own),
        }
        means = {name: round(number / len(runs), 2) for name, number in sums.items()}
        found[role] = {**means, "most_tokens": own[0].most_tokens}
    return found


def _memory(runs: list[Run]) -> dict[str, float]:
    used: list[Any] = [line.used for run in runs for line in run.lines if line.used]
    return {
        role_of(each["function"]): round(each["memory_mb"] / 1024, 4)
        for each in used
        if logical_id(each["function"]).endswith(ADAPTER)
    }


def _reconciled(stack: "Stack", target: Target) -> list[Count]:
    function = next(
        each for name, each in stack.lambdas.functions.items() if logical_id(name) == RECONCILE
    )
    stack.lambdas.invoke(function, json.loads(EVENT.read_text("utf-8")))
    since = datetime.now(UTC) - timedelta(minutes=1)
    return reconciling([line for _, line in lines_with(target, f"{RECONCILE}Function", since)])
