"""The gate of the evals: intervals and tests against known values, and what counts as worse."""

import json
from pathlib import Path
from typing import Any

import pytest

from galley_local.evals.baseline import Baseline, compare
from galley_local.evals.cases import Entry
from galley_local.evals.report import Report
from galley_local.evals.report_page import page_of
from galley_local.evals.role import Case
from galley_local.evals.roles import ROLES
from galley_local.evals.run import WHOLE, Result
from galley_local.evals.stats import chance_of_losing, holm, wilson


@pytest.mark.parametrize(
    ("passed", "count", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),  # Newcombe (1998), table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (28, 28, 0.8794, 1.0),
    ],
)
def test_wilsons_interval_is_that_of_the_literature(
    passed: int, count: int, low: float, high: float
) -> None:
    assert (low, high) == pytest.approx(wilson(passed, count), abs=5e-5)


def test_nothing_seen_leaves_everything_possible() -> None:
    assert (0.0, 1.0) == wilson(0, 0)


@pytest.mark.parametrize(
    ("lost", "won", "chance"),
    [(0, 0, 1.0), (1, 0, 0.5), (5, 0, 0.03125), (0, 5, 1.0), (8, 2, 0.0546875), (3, 3, 0.65625)],
)
def test_the_chance_of_losing_is_a_fair_coins(lost: int, won: int, chance: float) -> None:
    assert chance == chance_of_losing(lost, won)


def test_holms_correction_is_that_of_the_book() -> None:
    corrected = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})

    assert {"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02} == pytest.approx(corrected)


def results(*passed: bool, grader: str = "points") -> list[Result]:
    """Return results of cases c0, c1, … by one grader."""
    case = Case(why="w", topic="t")
    return [
        Result(
            Entry(ROLES["summary"], f"c{number}", "theme", case, digest=f"d{number}"),
            {"contract": [], grader: [] if each else ["does not say: <so>"]},
            shown="a claim",
        )
        for number, each in enumerate(passed)
    ]


def kept(*passed: bool, tmp_path: Path) -> Baseline:
    """Return a baseline of the same cases."""
    baseline = Baseline(tmp_path / "baseline.json")
    before = results(*passed)
    names = {each.entry.name for each in before}
    baseline.keep("agents", before, {"summary": names})
    return Baseline(tmp_path / "baseline.json")


def worse(now: list[Result], before: Baseline, *, is_deterministic: bool) -> list[str]:
    """Return the graders by which the role got worse."""
    kept_cases = before.of("agents", "summary")
    lines = compare(now, kept_cases, is_deterministic=is_deterministic)
    return [line.grader for line in lines if line.is_worse]


def test_the_same_again_is_no_worse(tmp_path: Path) -> None:
    before = kept(True, False, True, tmp_path=tmp_path)

    assert worse(results(True, False, True), before, is_deterministic=True) == []


def test_agents_without_noise_may_lose_no_case(tmp_path: Path) -> None:
    before = kept(True, False, True, tmp_path=tmp_path)

    now = results(True, True, False)

    assert worse(now, before, is_deterministic=True) == [WHOLE, "points"]


@pytest.mark.parametrize(("lost", "is_worse"), [(5, False), (8, True)])
def test_agents_with_noise_are_worse_beyond_chance_only(
    tmp_path: Path, lost: int, is_worse: bool
) -> None:
    before = kept(*[True] * 25, tmp_path=tmp_path)

    now = results(*[number >= lost for number in range(25)])

    assert bool(worse(now, before, is_deterministic=False)) is is_worse


def test_a_case_that_asks_something_else_now_is_not_compared(tmp_path: Path) -> None:
    before = kept(True, True, tmp_path=tmp_path)
    now = results(False, True)
    other = Entry(ROLES["summary"], "c0", "theme", now[0].entry.case, digest="another")

    changed = [Result(other, now[0].grades), now[1]]

    assert worse(changed, before, is_deterministic=True) == []


def test_a_grader_that_was_not_asked_then_is_not_compared(tmp_path: Path) -> None:
    before = kept(True, tmp_path=tmp_path)

    (line,) = [
        each
        for each in compare(
            results(False, grader="absent"),
            before.of("agents", "summary"),
            is_deterministic=True,
        )
        if each.grader == "absent"
    ]

    assert (0, [], False) == (line.compared, line.lost, line.is_worse)


def test_other_agents_have_a_baseline_of_their_own(tmp_path: Path) -> None:
    before = kept(True, tmp_path=tmp_path)

    assert before.of("model qwen3", "summary") == {}


def test_a_baseline_keeps_what_was_not_run_and_forgets_what_is_no_more(tmp_path: Path) -> None:
    baseline = kept(True, True, True, tmp_path=tmp_path)

    baseline.keep("agents", results(False), {"summary": {"c0", "c2"}})

    found = Baseline(baseline.path).of("agents", "summary")
    assert ["c0", "c2"] == list(found)
    assert ["points" in found[name]["passed"] for name in found] == [False, True]


def test_a_baseline_has_a_line_for_each_list(tmp_path: Path) -> None:
    text = kept(True, False, tmp_path=tmp_path).path.read_text()

    assert '"passed": ["whole case", "contract", "points"]' in text
    assert json.loads(text)["agents"]["summary"]["c1"]["failed"] == ["whole case", "points"]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Give the report of a run in which a case was lost and another could not be run."""
    before = kept(True, False, True, tmp_path=tmp_path)
    now = results(False, False, True)
    not_run = Result(now[2].entry, not_run="AgentThrottledError: slow down")
    return Report.of([*now[:2], not_run], before, "agents", is_deterministic=True)


def test_a_report_names_role_and_grader(report: Report) -> None:
    found: dict[str, Any] = report.to_json()

    assert {"summary": ["points"]} == found["worse"]
    assert ["summary/c2: AgentThrottledError: slow down"] == found["not_run"]
    points = found["roles"]["summary"]["graders"]["points"]
    assert (0, 2, ["c0"]) == (points["passed"], points["count"], points["lost"])
    assert found["roles"]["summary"]["cases"]["c0"]["reply"] == "a claim"


def test_a_page_has_its_plots_inside_and_loads_nothing(report: Report) -> None:
    page = page_of(report)

    assert page.count("<svg ") == 1
    assert "does not say: &lt;so&gt;" in page
    assert not [each for each in ("<script", "src=", "http://", "https://", "url(") if each in page]


def test_a_page_marks_what_was_lost_apart_from_what_failed_before(report: Report) -> None:
    page = page_of(report)

    assert page.count('title="points: lost"') == 1
    assert page.count('title="points: failed"') == 1
