"""The one page that `galley show` prints of a workflow."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from galley_cli.view import QUIET
from galley_cli.workflows.reader import by_role
from galley_cli.workflows.seen import Artifact, Round, State, Workflow
from galley_cli.workflows.steps import next_steps
from galley_cli.workflows.words import COLOURS, STATUSES, ago, dollars, duration, moment, size

_ENDS = {"drafts", "published"}  # whose files are named one by one


def show_page(workflow: Workflow, console: Console) -> None:
    """Print everything that an operator needs to know of a workflow."""
    for part in _parts(workflow):
        console.print(part, highlight=False, soft_wrap=isinstance(part, Text))


def show_end(workflow: Workflow, console: Console) -> None:
    """Print how a workflow ended, and what to do next."""
    status = STATUSES.get(workflow.status, workflow.status)
    took = ""
    if workflow.started_at and workflow.ended_at:
        took = f" after {duration((workflow.ended_at - workflow.started_at).total_seconds())}"
    colour = COLOURS.get(workflow.status, "cyan")
    parts = [Text.assemble(workflow.workflow_id, " ", (status, f"bold {colour}"), took)]
    for part in (*parts, *_failure(workflow), *map(_hanging, next_steps(workflow))):
        console.print(part, highlight=False, soft_wrap=isinstance(part, Text))


def _parts(workflow: Workflow) -> Iterator[RenderableType]:
    yield Text(workflow.topic or workflow.workflow_id, "bold")
    status = STATUSES.get(workflow.status, workflow.status)
    yield Text.assemble(
        workflow.workflow_id, " ", (status, f"bold {COLOURS.get(workflow.status, 'cyan')}")
    )
    yield from _facts(workflow)
    yield from _failure(workflow)
    yield _heading("Next")
    for step in next_steps(workflow):
        yield _hanging(step)
    if workflow.states:
        yield _heading("States")
        yield _states(workflow)
    if workflow.sources:
        yield from _sources(workflow)
    if workflow.calls:
        yield _heading("Agents")
        yield _agents(workflow)
        for model, roles in _models(workflow).items():
            yield _hanging(f"{model}: {', '.join(roles)}", "dim")
    if workflow.rounds:
        yield _heading("Decisions")
        for each in workflow.rounds:
            yield from _round(each)
        for visit in workflow.visits:
            by = f" (as {visit.by})" if visit.by else ""
            yield _hanging(f"{moment(visit.at)} {visit.reviewer}{by}: {visit.did}", "dim")
    if workflow.artifacts:
        yield _heading("Artifacts")
        yield _artifacts(workflow)


def _heading(name: str) -> Text:
    return Text(f"\n{name}", "bold")


def _facts(workflow: Workflow) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, min_width=len("execution"))
    table.add_column(overflow="fold")
    if workflow.started_at:
        begun = f"{moment(workflow.started_at)} UTC ({ago(workflow.started_at)})"
        table.add_row("started", begun)
    if workflow.started_at and workflow.ended_at:
        took = duration((workflow.ended_at - workflow.started_at).total_seconds())
        table.add_row("ended", f"{moment(workflow.ended_at)} UTC, after {took}")
    for name in ("tenant", "version"):
        if said := getattr(workflow, name):
            table.add_row(name, said)
    if workflow.redrives:
        table.add_row("redriven", f"{workflow.redrives}×")
    if workflow.cost_usd is not None or workflow.budget_usd is not None:
        table.add_row("cost", _cost(workflow))
    if workflow.partial:
        table.add_row("partial", "its budget was used up: the draft is made of what there was")
    yield Padding(table, (0, 0, 0, 2), expand=False)
    if workflow.execution:  # whole, whatever the width: it is copied
        yield Text.assemble(("  execution  ", "dim"), workflow.execution)


def _cost(workflow: Workflow) -> str:
    spent = f"{dollars(workflow.cost_usd)}"
    if workflow.budget_usd is None:
        return f"{spent}, no budget"
    then = {"partial": "then a partial report", "fail": "then it fails"}
    at_budget = then.get(workflow.at_budget, "")
    return f"{spent} of {dollars(workflow.budget_usd)}{', ' if at_budget else ''}{at_budget}"


def _failure(workflow: Workflow) -> Iterator[RenderableType]:
    if workflow.failure is None:
        return
    where = f" in {workflow.state.name}" if workflow.state else ""
    yield Text(f"\n{workflow.failure.name}{where}", "bold red")
    yield _hanging(workflow.failure.message)
    yield _hanging(f"It means: {workflow.failure.advice.meaning}.")


def _states(workflow: Workflow) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    day = None
    for state in workflow.states:
        if state.name in QUIET and state.over:
            continue
        began = moment(state.entered)
        shown = began if began[:10] != day else began[11:]
        day = began[:10]
        table.add_row(Text(shown, justify="right"), *_state(state, workflow))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _state(state: State, workflow: Workflow) -> tuple[Text, Text, Text]:
    note = f"tried again {state.retries}×" if state.retries else ""
    # where it was cancelled, what its state says is how that ended, not what went wrong
    is_own = state.over or workflow.status != "ABORTED"
    if state.error and is_own and (state.retries or not state.over):
        note += f"{', last: ' if note else ''}{state.error}"
    if state.over:
        return Text(state.name), Text(duration(state.seconds)), Text(note, "yellow")
    colour = "red" if workflow.failure else "cyan"
    until = "" if workflow.failure or workflow.ended_at else " so far"
    return (
        Text(state.name, f"bold {colour}"),
        Text(duration(state.seconds) + until),
        Text(note, "yellow"),
    )


def _sources(workflow: Workflow) -> Iterator[RenderableType]:
    counts = {"done": 0, "running": 0, "gap": 0}
    for source in workflow.sources:
        counts[source.status] += 1
    said = [f"{counts['done']} summarised"]
    said += [f"{counts['running']} under way"] * bool(counts["running"])
    said += [f"{counts['gap']} left out"] * bool(counts["gap"])
    yield _heading("Sources")
    yield _hanging(", ".join(said))
    for source in workflow.sources:
        if source.gap:
            yield _hanging(f"{source.source_id} left out: {source.gap}", "yellow")


def _agents(workflow: Workflow) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("role", no_wrap=True)
    for name in ("calls", "failed", "in", "out", "cached", "time", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for role, calls in by_role(workflow.calls).items():
        failed = sum(each.outcome not in {"", "answered"} for each in calls)
        open_ones = sum(not each.outcome for each in calls)
        known = [each.usd for each in calls if each.usd is not None]
        table.add_row(
            role,
            f"{len(calls)}" + (f" ({open_ones} open)" if open_ones else ""),
            Text(str(failed), "red" if failed else ""),
            f"{sum(each.input_tokens for each in calls):,}",
            f"{sum(each.output_tokens for each in calls):,}",
            f"{sum(each.cache_read_tokens for each in calls):,}",
            duration(sum(each.seconds for each in calls)),
            dollars(sum(known)) if known else "–",
        )
    return Padding(table, (0, 0, 0, 2), expand=False)


def _models(workflow: Workflow) -> dict[str, list[str]]:
    """Return which roles each model has played."""
    found: dict[str, list[str]] = {}
    for role, calls in by_role(workflow.calls).items():
        for model in sorted({each.model for each in calls if each.model}):
            found.setdefault(model, []).append(role)
    return found


def _round(each: Round) -> Iterator[RenderableType]:
    several = len(each.reviewers) > 1
    rule = {"all": "all of ", "any": "any of "}[each.rule] if several else ""
    yield _hanging(
        f"Round {each.number}: asked {rule}{', '.join(each.reviewers)}, "
        f"until {moment(each.expires_at)} UTC"
    )
    yield _hanging(f"sha256 {each.draft_sha256}", "dim", 4)
    for vote in each.votes:
        who = f"{vote.by} for {vote.reviewer}" if vote.by else vote.reviewer
        colour = "green" if vote.decision == "approved" else "red"
        yield _hanging(f"{vote.decision} by {who} at {moment(vote.at)} UTC", colour, 4)
        if vote.comments:
            yield _hanging(f"“{vote.comments}”", "", 6)
    if not each.votes:
        yield _hanging("nobody has decided", "dim", 4)


def _artifacts(workflow: Workflow) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)

    def folder(artifact: Artifact) -> str:
        return artifact.key.partition("/")[0]

    for name, group in groupby(workflow.artifacts, key=folder):
        files = list(group)
        if name in _ENDS:
            for each in files:
                table.add_row(Text(each.key), size(each.bytes))
        else:
            objects = f"{len(files)} object{'s' * (len(files) > 1)}"
            table.add_row(f"{name}/ ({objects})", size(sum(each.bytes for each in files)))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _hanging(text: str, style: str = "", indent: int = 2) -> RenderableType:
    return Padding(Text(text, style, overflow="fold"), (0, 0, 0, indent), expand=False)
