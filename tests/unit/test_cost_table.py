"""The cost of a month is counts times prices: of the page, its counts and its picture alike."""

import json
from pathlib import Path
from typing import Any

import pytest
from galley.ledger.prices import price_of
from typer.testing import CliRunner

from galley_cli.cost.assumptions import Assumptions, with_models
from galley_cli.cost.counts import Count
from galley_cli.cost.monthly import AS_MEASURED, WHAT_IF, counted, months
from galley_cli.cost.page import BEGIN, END, PageError, made, renewed
from galley_cli.cost.picture import drawn
from galley_cli.cost.prices import sources
from galley_cli.cost.sizes import SEED_LINES, SIZES, Shape
from galley_cli.main import app
from tests.unit.fakes import ROOT

PAGE = ROOT / "docs" / "cost.md"
KEPT = ROOT / "docs" / "cost.json"
MEASURED: dict[str, Any] = json.loads(KEPT.read_text("utf-8"))
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
AGENTS = {
    "summary": {
        "calls": 2,
        "turns": 6,
        "turns_together": 4,
        "input_together": 5_000.0,
        "most_tokens": 4_096,
    }
}
COUNTS = [
    Count("models", f"{HAIKU}/input", 8_000, "Summarize source", "summary", measured=False),
    Count("models", f"{HAIKU}/output", 1_200, "Summarize source", "summary", measured=False),
    Count("lambda", "gb_seconds_arm64", 3.0, "Summarize source", "summary"),
]


def of(key: str, counts: list[Count]) -> float:
    """Return the amount of what is priced by a key."""
    return sum(count.amount for count in counts if count.key == key)


def test_the_page_says_what_the_counts_come_to() -> None:
    assert renewed(PAGE.read_text("utf-8"), MEASURED) == PAGE.read_text("utf-8")


def test_the_picture_shows_what_the_counts_come_to() -> None:
    assert drawn(months(MEASURED)) == (PAGE.parent / "pictures" / "cost.svg").read_text("utf-8")


@pytest.mark.parametrize("index", range(3), ids=[size.name for size in SIZES])
def test_a_month_is_its_counts_times_their_prices(index: int) -> None:
    month, prices = months(MEASURED)[index], sources()

    usd = 0.0
    for each in month.account.lines:
        if each.count.service == "models":
            model, _, kind = each.count.unit.rpartition("/")
            price: Any = price_of(model)
            usd += each.count.amount * float(getattr(price, kind)) / 1e6
        else:
            usd += each.count.amount * prices[each.count.key]["usd"] / prices[each.count.key]["per"]

    assert month.usd == pytest.approx(usd)
    assert sum(month.lines().values()) == pytest.approx(usd)
    assert month.account.notes == []  # everything has a price


def test_every_price_has_a_source_and_a_date() -> None:
    assert [
        key for key, price in sources().items() if not (price["source"] and price["date"])
    ] == []


def test_measured_workflows_have_the_tasks_that_the_seed_asks_for() -> None:
    for size in SIZES:
        tasks = sum(shape.tasks * shape.share for shape in size.shapes)
        assert size.tasks <= tasks < size.tasks + 1
        kept = MEASURED["sizes"][size.name]
        assert [shape["tasks"] for shape in kept] == [shape.tasks for shape in size.shapes]


def test_the_seeds_lines_are_the_seeds_sum() -> None:
    assert sum(SEED_LINES.values()) == pytest.approx(1_050, abs=1)


def test_a_rejection_is_three_tasks() -> None:
    assert Shape(4, 0, 1).tasks == 8
    assert Shape(4, 1, 1).tasks == 11


def test_what_a_model_says_is_so_much_more_than_what_was_measured() -> None:
    counts = with_models(COUNTS, AGENTS, {"summary": 0.5}, Assumptions(said=1.5))

    assert of(f"models.{HAIKU}/output", counts) == 1_800
    assert of(f"models.{HAIKU}/input", counts) == 8_000


def test_adapters_and_microvms_wait_for_what_a_model_says() -> None:
    counts = with_models(COUNTS, AGENTS, {"summary": 0.5}, Assumptions(said=1.0))

    seconds = 1_200 / 120 + 6 * 0.8
    assert of("lambda.gb_seconds_arm64", counts) == pytest.approx(3.0 + seconds * 0.5)
    assert of("agentcore.gb_hours", counts) == pytest.approx(0.5 * (seconds + 6 * 60) / 3600)
    assert of("agentcore.vcpu_hours", counts) == pytest.approx(6 / 3600)


@pytest.mark.parametrize(
    ("assumed", "read", "said"),
    [
        (Assumptions(said=1, characters_per_token=2), 16_000, 2_400),
        (Assumptions(said=1, together=True), 5_000, 1_200),
        (Assumptions(longest=True), 8_000, 2 * 4_096),
    ],
    ids=["shorter tokens", "tools together", "longest answers"],
)
def test_what_if_something_else_is_assumed(assumed: Assumptions, read: int, said: int) -> None:
    counts = with_models(COUNTS, AGENTS, {"summary": 0.5}, assumed)

    assert of(f"models.{HAIKU}/input", counts) == read
    assert of(f"models.{HAIKU}/output", counts) == said


def test_another_geography_is_another_profile_at_its_own_price() -> None:
    counts = with_models(COUNTS, AGENTS, {"summary": 0.5}, WHAT_IF["global inference profiles"])

    assert of(f"models.{HAIKU.replace('us.', 'global.')}/input", counts) == 8_000
    assert of(f"models.{HAIKU}/input", counts) == 0


def test_each_size_is_so_many_workflows_and_what_stands_beside_them() -> None:
    month = months(MEASURED, AS_MEASURED)[0]

    transitions = sum(
        each["amount"] * shape["share"] * 100
        for shape in MEASURED["sizes"]["S"]
        for each in shape["counts"]
        if each["unit"] == "transitions"
    )
    counts = [each.count for each in month.account.lines]
    assert of("step-functions.transitions", counts) == pytest.approx(transitions)
    standing = [counted(each) for each in MEASURED["standing"]]
    assert of("kms.key_months", counts) == of("kms.key_months", standing) > 0


def test_a_count_is_read_as_it_was_written() -> None:
    assert [counted(count.to_json()) for count in COUNTS] == COUNTS


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(PageError, match="no marks"):
        renewed("# What it costs\n", MEASURED)


def test_what_is_around_the_marks_stays() -> None:
    page = renewed(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n", MEASURED)

    assert page == f"before\n\n{BEGIN}\n\n{made(MEASURED)}\n{END}\n\nafter\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give either the id of a workflow or --table"),
        (["lighthouses-1", "--table"], "give either the id of a workflow or --table"),
        (["lighthouses-1", "--write", "a.md"], "--from and --write go with --table"),
        (["--table", "--from", "no-such-file.json"], "holds no measured counts"),
        (["--table", "--from", str(KEPT), "--write", "no-such-page.md"], "cannot be written"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(arguments: list[str], words: str) -> None:
    said = CliRunner().invoke(app, ["cost", *arguments])

    assert said.exit_code == 2
    assert words in said.stderr


@pytest.mark.parametrize("text", ["", "[]", '{"sizes": {}}'])
def test_a_file_of_something_else_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "cost.json").write_text(text, encoding="utf-8")

    said = CliRunner().invoke(app, ["cost", "--table", "--from", str(tmp_path / "cost.json")])

    assert said.exit_code == 2
    assert "holds no measured counts" in said.stderr


def test_the_table_is_printed_from_kept_counts() -> None:
    said = CliRunner().invoke(app, ["cost", "--table", "--from", str(KEPT), "--json"])

    made = json.loads(said.stdout)
    found = {each["size"]: each["usd"] for each in made["sizes"]}
    assert found == {month.size.name: round(month.usd, 6) for month in months(MEASURED)}
    assert set(made["what_if"]) == set(WHAT_IF)
