"""What a month of a size costs: measured workflows, so many times, and what stands beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from galley_cli.cost.account import Account
from galley_cli.cost.assumptions import Assumptions, with_models
from galley_cli.cost.counting import GB
from galley_cli.cost.counts import Count, added
from galley_cli.cost.prices import Prices
from galley_cli.cost.sizes import LINES, REST, SEED_LINES, SIZES, Size

# What is kept, and what is assumed of it.
MONTHS_KEPT = 12  # of artifacts and records, none deleted: the bill of the last of them
CORPUS_PASSAGES = 100_000
PASSAGE_TOKENS, PASSAGE_BYTES = 300, 5_400  # of a vector of 1,024 numbers, and of its text
QUERY_TOKENS = 25  # embedded for each retrieval
METRICS_OF_ROLES, METRICS_OF_A_TENANT = 4 * 7, 1
METRICS_BESIDE = 3  # NeedsAPerson and AgentThrottles from log lines, OldestWaitingSeconds
TABLES = 3  # a record, and a copy in each of the two indexes

AS_MEASURED = Assumptions()
NOVA = "amazon.nova-2-lite-v1:0"
WHAT_IF = {
    "agents say as little as the extractive ones": replace(AS_MEASURED, said=1.0),
    "agents say three times as much as those": replace(AS_MEASURED, said=3.0),
    "every answer is as long as it may be": replace(AS_MEASURED, longest=True),
    "a token has three characters, not four": replace(AS_MEASURED, characters_per_token=3),
    "agents ask for their tools together": replace(AS_MEASURED, together=True),
    "global inference profiles": replace(AS_MEASURED, geography="global"),
    "both of these": replace(AS_MEASURED, together=True, geography="global"),
    "Nova 2 Lite searches, summarises and makes briefs": replace(AS_MEASURED, small_model=NOVA),
    "all three of these": replace(AS_MEASURED, together=True, geography="global", small_model=NOVA),
}


@dataclass(frozen=True)
class Month:
    """A size and what it costs."""

    size: Size
    tasks: float  # of a workflow, in the mean
    account: Account

    @property
    def usd(self) -> float:
        """What the month costs."""
        return self.account.usd

    @property
    def is_met(self) -> bool:
        """Whether it costs no more than is aimed at."""
        return self.usd <= self.size.goal_usd

    def lines(self) -> dict[str, float]:
        """Return the sums by the seed's lines, in its order."""
        sums = self.account.by(lambda count: LINES.get(count.service, REST))
        return {line: sums.get(line, 0.0) for line in SEED_LINES}


def months(measured: Mapping[str, Any], assumed: Assumptions = AS_MEASURED) -> list[Month]:
    """Return what each size costs, after a file of measured counts."""
    return [_month(measured, size, assumed) for size in SIZES]


def _month(measured: Mapping[str, Any], size: Size, assumed: Assumptions) -> Month:
    shapes = measured["sizes"][size.name]
    counts = [
        count.times(size.workflows * shape["share"])
        for shape in shapes
        for count in with_models(
            map(counted, shape["counts"]), shape["agents"], shape["adapter_gb"], assumed
        )
    ]
    standing = [counted(each) for each in measured["standing"]]
    counts = added([*counts, *standing, *_kept(counts, shapes, size)])
    tasks = sum(shape["tasks"] * shape["share"] for shape in shapes)
    return Month(size, tasks, Account.of(counts, Prices()))


def counted(kept: Mapping[str, Any]) -> Count:
    """Read a count as `Count.to_json` writes it."""
    return Count(**{"measured": True, **kept})


def _kept(counts: list[Count], shapes: list[Any], size: Size) -> Iterator[Count]:
    def bytes_of(name: str) -> float:
        mean = sum(shape[name] * shape["share"] for shape in shapes)
        return float(mean * size.workflows * MONTHS_KEPT)

    def sum_of(key: str) -> float:
        return sum(count.amount for count in counts if count.key == key)

    records = bytes_of("record_bytes") * TABLES / GB
    metrics = METRICS_OF_ROLES + METRICS_BESIDE + METRICS_OF_A_TENANT * size.tenants
    embedded = CORPUS_PASSAGES * PASSAGE_TOKENS + QUERY_TOKENS * sum_of("knowledge-base.retrievals")
    for service, unit, amount in (
        ("s3", "gb_months", bytes_of("stored_bytes") / GB),
        ("dynamodb", "gb_months", records),
        ("dynamodb", "backup_gb_months", records),
        ("logs", "gb_months", sum_of("logs.gb")),  # for thirty days
        ("knowledge-base", "gb_months", CORPUS_PASSAGES * PASSAGE_BYTES / GB),
        ("knowledge-base", "put_gb", CORPUS_PASSAGES * PASSAGE_BYTES / GB),
        ("knowledge-base", "embedded_tokens", embedded),
        ("cloudwatch", "metric_months", metrics),
        ("cloudwatch", "alarm_months", size.tenants),  # TenantCostAlarm watches each
    ):
        yield Count(service, unit, amount, measured=False)
