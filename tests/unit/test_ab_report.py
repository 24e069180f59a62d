"""What a report says of an experiment, from workflows whose truth is known."""

import io
import json
import math
import random
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from galley_cli.ab import words
from galley_cli.ab.kept import keep, read_kept
from galley_cli.ab.observations import Experiment, ExperimentError, Observation
from galley_cli.ab.outcomes import OUTCOMES
from galley_cli.ab.report import report_on
from galley_cli.ab.show import plot, show_report
from galley_cli.experiments import app as ab
from galley_cli.settings import PRIMARIES

EXPERIMENT = Experiment("writer-prompt", "writer", {"control": 0.5, "shorter": 0.5})
EFFECT = 0.2
EVIL = {"name": "../e", "role": "writer", "shares": {"../../evil": 0.5, "b": 0.5}}
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


def simulated(count: int, effect: float = EFFECT, seed: int = 4) -> list[Observation]:
    """Return workflows of which the control's are approved at 55 %."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        treated = chance.random() < 0.5
        approved = chance.random() < 0.55 + effect * treated
        outcomes = {
            "approved_first_round": float(approved),
            "tokens": math.exp(chance.gauss(9.0, 0.3)) * (0.7 if treated else 1),
            "citation_warnings": float(chance.randrange(3)),
        }
        at = (BEGAN + timedelta(minutes=number)).isoformat()
        variant = "shorter" if treated else "control"
        made.append(Observation(f"w{number}", variant, at, at, outcomes))
    return made


def test_a_known_effect_is_found_within_its_interval_in_400_workflows() -> None:
    (found,) = report_on(EXPERIMENT, simulated(400)).primary

    assert found.verdict == "better"
    assert 0 < found.low < EFFECT < found.high
    assert found.low < found.effect < found.high
    assert found.p_value < 0.05
    assert found.probability_better > 0.95
    assert found.needed == 0


@pytest.mark.parametrize("seed", range(12))
def test_intervals_hold_the_effect_in_other_experiments(seed: int) -> None:
    (found,) = report_on(EXPERIMENT, simulated(400, seed=100 + seed)).primary

    assert found.low <= EFFECT <= found.high


def test_nothing_is_shown_by_few_workflows_and_more_are_asked_for() -> None:
    (found,) = report_on(EXPERIMENT, simulated(60)).primary

    assert found.verdict == "open"
    assert found.low < 0 < found.high
    assert found.needed is not None
    assert 50 < found.needed < 1000
    assert "Go on: about" in words.advice(found)


def test_a_side_that_has_more_workflows_by_chance_is_no_difference() -> None:
    ones = [
        replace(each, outcomes={"approved_first_round": 1.0}, variant=variant)
        for each, variant in zip(simulated(3), ("control", "control", "shorter"), strict=True)
    ]

    (found,) = report_on(EXPERIMENT, ones).primary

    assert found.needed is None


def test_while_a_scale_is_learned_there_is_no_interval() -> None:
    few, more = report_on(EXPERIMENT, simulated(20)), report_on(EXPERIMENT, simulated(40))

    assert {"none yet"} == {words.interval(each) for each in few.secondary}
    assert "none yet" not in {words.interval(each) for each in more.secondary}


def test_what_is_needed_is_about_what_it_takes() -> None:
    early = simulated(100, seed=7)
    (found,) = report_on(EXPERIMENT, early, smallest=EFFECT).primary
    assert found.verdict == "open"

    takes = []
    for seed in range(8):
        later = [
            replace(
                each, workflow_id=f"later-{each.workflow_id}", at=each.at.replace("2026", "2027")
            )
            for each in simulated(600, seed=200 + seed)
        ]
        (longer,) = report_on(EXPERIMENT, [*early, *later]).primary
        takes += [look.workflows for look in longer.looks if look.low > 0][:1]

    median = sorted(takes)[len(takes) // 2] - 100
    assert found.needed_for_smallest is not None
    assert 0.5 < found.needed_for_smallest / median < 2


def test_variants_that_do_not_differ_are_called_alike_in_the_end() -> None:
    (found,) = report_on(EXPERIMENT, simulated(3000, effect=0.0)).primary

    assert found.verdict == "alike"
    assert found.probability_none > 0.5
    assert words.advice(found).startswith("Stop")


def test_a_worse_variant_is_called_worse() -> None:
    (found,) = report_on(EXPERIMENT, simulated(400, effect=-0.3)).primary

    assert found.verdict == "worse"
    assert "stay with control" in words.advice(found)


def test_fewer_tokens_are_better() -> None:
    report = report_on(EXPERIMENT, simulated(400))

    (tokens,) = (each for each in report.secondary if each.outcome == "tokens")
    assert tokens.verdict == "better"
    assert tokens.low < math.log(0.7) < tokens.high < 0
    assert words.effect(tokens, math.log(0.7)) == "-30 %"


def test_what_costs_less_is_better_and_is_told_in_dollars() -> None:
    observations = [
        replace(each, outcomes={"cost": each.outcomes["tokens"] / 1_000_000})
        for each in simulated(400)
    ]
    experiment = replace(EXPERIMENT, primary="cost")

    (cost,) = report_on(experiment, observations).primary

    assert cost.verdict == "better"
    assert cost.low < math.log(0.7) < cost.high < 0
    assert OUTCOMES["cost"].level(cost.means["control"]) == "$0.008"
    assert words.effect(cost, math.log(0.7)) == "-30 %"


def test_the_outcomes_that_may_decide_are_those_that_are_reported() -> None:
    assert set(PRIMARIES) == set(OUTCOMES)


def test_one_monstrous_workflow_does_not_turn_the_result() -> None:
    observations = simulated(400)
    monster = {"tokens": 1e12, "approved_first_round": 1.0}
    observations.append(Observation("m", "shorter", "2028-01-01", "2028-01-01", monster))

    (tokens,) = (
        each for each in report_on(EXPERIMENT, observations).secondary if each.outcome == "tokens"
    )
    assert tokens.verdict == "better"


def test_means_are_of_what_was_measured_and_what_lies_beyond_the_scale_is_told() -> None:
    observations = simulated(400)
    taken = [each.outcomes["tokens"] for each in observations if each.variant == "shorter"]
    monster = {"tokens": 1e12, "approved_first_round": 1.0}
    observations.append(Observation("m", "shorter", "2028-01-01", "2028-01-01", monster))
    report = report_on(EXPERIMENT, observations)

    (tokens,) = (each for each in report.secondary if each.outcome == "tokens")
    (approved,) = report.primary
    assert tokens.means["shorter"] == pytest.approx(
        sum(map(math.log, [*taken, 1e12])) / (len(taken) + 1)
    )
    assert tokens.beyond >= 1
    assert words.beyond(approved) == ""
    assert f"{tokens.beyond} of 401 workflows lie beyond" in words.beyond(tokens)
    shown = io.StringIO()
    show_report(report, Console(file=shown, width=80))
    assert words.beyond(tokens) in shown.getvalue()


def test_what_a_scale_is_learned_from_is_not_bet_on() -> None:
    (tokens,) = (
        each for each in report_on(EXPERIMENT, simulated(60)).secondary if each.outcome == "tokens"
    )

    whole = tokens.looks[0].high
    assert {whole} == {look.high for look in tokens.looks[:20]}
    assert tokens.looks[-1].high < whole


def test_the_order_in_which_workflows_are_read_does_not_matter() -> None:
    observations = simulated(200)

    assert report_on(EXPERIMENT, observations) == report_on(EXPERIMENT, observations[::-1])


def test_an_effect_that_was_once_ruled_out_stays_so() -> None:
    looks = report_on(EXPERIMENT, simulated(400)).primary[0].looks

    assert all(a.low <= b.low and b.high <= a.high for a, b in pairwise(looks))


def test_several_variants_are_compared_with_the_control_and_corrected() -> None:
    thirds = Experiment("x", "writer", {"control": 0.3, "shorter": 0.3, "longer": 0.4})
    longer = [
        replace(each, workflow_id=f"l{each.workflow_id}", variant="longer")
        for each in simulated(300)
        if each.variant == "control"
    ]

    report = report_on(thirds, [*simulated(400), *longer])

    assert [each.variant for each in report.primary] == ["shorter", "longer"]
    assert [each.alpha for each in report.primary] == [0.025, 0.025]
    assert words.confidence(report.primary[0]) == "97.5 % interval"


def test_what_has_not_ended_is_counted_and_not_compared() -> None:
    observations = simulated(100)
    pending = [replace(each, ended_at="") for each in observations[50:]]

    report = report_on(EXPERIMENT, [*observations[:50], *pending])

    assert (report.pending, report.waiting) == (50, 0)
    assert sum(report.primary[0].workflows.values()) == 50
    assert report.warnings == []


def test_what_ended_before_its_turn_waits_for_the_one_that_is_before_it() -> None:
    observations = simulated(100)
    observations[50] = replace(observations[50], ended_at="")

    report = report_on(EXPERIMENT, observations)

    assert (report.pending, report.waiting) == (1, 49)
    assert sum(report.primary[0].workflows.values()) == 50
    assert "49 workflows that have ended are not counted yet" in report.warnings[0]


def test_what_does_not_end_at_all_holds_up_nobody() -> None:
    observations = simulated(100)
    long_ago = (BEGAN - timedelta(days=31)).isoformat()
    observations[50] = replace(observations[50], at=long_ago, ended_at="")

    assert report_on(EXPERIMENT, observations).waiting == 0


def as_known(observations: list[Observation], hour: int) -> list[Observation]:
    """Return what is known after so many hours where approvals take one, and rejections four."""
    now = BEGAN + timedelta(hours=hour)
    known = []
    for each in observations:
        began = datetime.fromisoformat(each.at)
        ended = began + timedelta(hours=1 if each.outcomes["approved_first_round"] else 4)
        if began <= now:
            known.append(replace(each, ended_at=ended.isoformat() if ended <= now else ""))
    return known


def test_rejections_that_take_longer_move_no_interval() -> None:
    left_out = 0
    for seed in range(20):
        observations = simulated(400, seed=300 + seed)
        reports = (report_on(EXPERIMENT, as_known(observations, hour)) for hour in range(1, 11))
        looks = [one for report in reports for one in report.primary]
        left_out += any(not one.low <= EFFECT <= one.high for one in looks)

    assert left_out <= 3


def test_shares_that_were_not_kept_are_warned_of() -> None:
    observations = [each for each in simulated(600) if each.variant == "control"][:200]
    observations += [each for each in simulated(600) if each.variant == "shorter"][:80]

    assert "do not fit their shares" in report_on(EXPERIMENT, observations).warnings[0]


def test_a_variant_that_another_answered_for_is_warned_of() -> None:
    observations = [replace(each, fell_back=each.variant == "shorter") for each in simulated(10)]

    assert any(
        "had to answer for it" in each for each in report_on(EXPERIMENT, observations).warnings
    )


def test_an_experiment_without_workflows_is_reported_as_such() -> None:
    report = report_on(EXPERIMENT, [])

    assert report.primary == []
    assert report.warnings == ["shorter or control has no workflow yet whose outcome is known."]


@pytest.mark.parametrize(
    ("experiment", "says"),
    [
        (replace(EXPERIMENT, shares={"control": 0.5, "shorter": 0.4}), "add up to 0.9"),
        (replace(EXPERIMENT, shares={"control": 1.0}), "fewer than two variants"),
        (replace(EXPERIMENT, shares={"control": 1.0, "shorter": 0.0}), "above 0"),
        (replace(EXPERIMENT, primary="beauty"), "decides by 'beauty'"),
        (
            replace(EXPERIMENT, shares={"control": 0.5, "longer": 0.5}),
            "does not: shorter",
        ),
    ],
    ids=["shares", "one", "none", "outcome", "stranger"],
)
def test_what_cannot_be_reported_on_is_refused_and_says_why(
    experiment: Experiment, says: str
) -> None:
    with pytest.raises(ExperimentError, match=says):
        report_on(experiment, simulated(10))


def test_the_terminal_shows_verdict_interval_and_course() -> None:
    report = report_on(EXPERIMENT, simulated(400))
    console = Console(width=120, record=True, file=io.StringIO())

    show_report(report, console)

    shown = console.export_text()
    assert "shorter is better than control (approved in the first round). Stop, and use" in shown
    assert "95 % interval +" in shown
    rows = plot(report.primary[0])
    assert len(rows) == 13
    assert rows[-1].startswith("      400")
    assert rows[1].count("┼") == 1  # nothing is ruled out at first
    assert rows[-1].index("│") < rows[-1].index("─") < rows[-1].index("●")


def run(*arguments: str) -> tuple[int, str, str]:
    """Run `galley ab`."""
    result = CliRunner().invoke(ab, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Give a file with an experiment."""
    keep(EXPERIMENT, simulated(400), tmp_path / "kept.json")
    return tmp_path / "kept.json"


def test_what_was_kept_is_read_as_it_was(kept: Path) -> None:
    assert (EXPERIMENT, simulated(400)) == read_kept(kept)


def test_the_command_writes_page_pictures_and_figures(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    status, said, _ = run("report", "writer-prompt", "--from", str(kept), "--out", str(out))

    assert status == 0
    assert "shorter is better than control" in said
    names = {"report.html", "report.json", "shorter.svg", "observations.json"}
    assert names == {each.name for each in out.iterdir()}
    page = (out / "report.html").read_text("utf-8")
    assert "<svg" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")  # it needs nothing else
    assert ET.parse(out / "shorter.svg").getroot().tag.endswith("svg")
    again = run("report", "writer-prompt", "--from", str(out / "observations.json"), "--json")[1]
    assert json.loads(again) == json.loads((out / "report.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "holds no experiment"),
        ("{}", "holds no experiment"),
        (None, "cannot be read"),
        (
            json.dumps({"experiment": {**EVIL, "shares": {"a": 1}}, "observations": []}),
            "is no name",
        ),
        (json.dumps({"experiment": {**EVIL, "name": "e"}, "observations": []}), "is no name"),
    ],
    ids=["no-json", "empty", "missing", "a path for an experiment", "a path for a variant"],
)
def test_a_file_that_holds_no_experiment_is_refused(
    tmp_path: Path, content: str | None, says: str
) -> None:
    path = tmp_path / "kept.json"
    if content is not None:
        path.write_text(content)

    status, _, error = run("report", "writer-prompt", "--from", str(path))

    assert status == 2
    assert says in error


def test_another_experiment_than_the_files_is_refused(kept: Path) -> None:
    status, _, error = run("report", "other", "--from", str(kept))

    assert status == 2
    assert "holds experiment 'writer-prompt', not 'other'" in error


def test_the_command_makes_the_figures_of_the_method(tmp_path: Path) -> None:
    status, said, _ = run("simulate", "--runs", "10", "--out", str(tmp_path), "--json")

    assert status == 0
    figures = json.loads(said)
    assert len(figures["false_alarms"]) == 14
    assert [each["effect"] for each in figures["power"]] == [0.05, 0.1, 0.15, 0.2, 0.3]
    assert ET.parse(tmp_path / "ab-power.svg").getroot().tag.endswith("svg")


def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_simulated(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    status, _, error = run("simulate", "--runs", "10", "--out", str(tmp_path / "file" / "below"))

    assert status == 2
    assert "cannot be written" in error
    assert "no difference" not in error
