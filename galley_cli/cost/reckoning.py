"""What one workflow of a stack has cost, and what stands beside it by the month."""

from dataclasses import dataclass
from typing import Any

from galley_cli.cost import counting
from galley_cli.cost.account import Account
from galley_cli.cost.prices import SHOWN, Prices
from galley_cli.cost.reader import Run, read_run
from galley_cli.cost.standing import standing
from galley_cli.target import Target


@dataclass(frozen=True)
class Reckoning:
    """A workflow, its account, and the account of a month."""

    run: Run
    account: Account
    monthly: Account

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        monthly = self.monthly.to_json()
        return {
            "workflow_id": self.run.workflow_id,
            "tenant": self.run.tenant,
            "status": self.run.status,
            **self.account.to_json(),
            "monthly": {name: monthly[name] for name in ("usd", "by_service", "counts")},
            "notes": self.account.notes,
        }


def reckon(target: Target, workflow_id: str) -> Reckoning:
    """Return what a workflow has cost; raises `TargetError` that says what to do."""
    run = read_run(target, workflow_id)
    # what the parameters say of functions and of letters
    processor = target.parameters.get("Architectures") or "arm64"
    by_topic = not target.parameters.get("MailSender")
    region = target.client("dynamodb").meta.region_name
    prices = Prices(region)
    counts = counting.counted(run, processor, by_topic=by_topic)
    monthly = [*counting.kept(run), *standing(target, processor)]
    account = Account.of(counts, prices)
    beside = Account.of(monthly, prices)
    account.notes[:] = [*run.notes, *_of_counts(run), *prices.notes]
    return Reckoning(run, account, beside)


def _of_counts(run: Run) -> list[str]:
    notes = [
        f"nobody has said what a call of {name} costs; say it in galley_cli/cost/counting.py "
        f"and {SHOWN}"
        for name in counting.unknown_calls(run)
    ]
    if number := counting.unheard(run):
        notes.append(
            f"{number} invocations have left no line, because they were killed or ran out of time: "
            "their seconds and calls are not in the sums"
        )
    if run.is_laptop:
        notes.append(
            "on a laptop functions run as fast as it can, agents answer without a model, and "
            "tokens are a fourth of the characters"
        )
    return notes
