"""Recorded answers go through the adapters, the gate and the graders again, without any agent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from galley_cli.answering import Answering, AnsweringError, with_cassettes
from galley_cli.main import app
from galley_local.cassettes.minds import CassetteMind
from galley_local.evals import selection
from galley_local.evals.baseline import Baseline
from galley_local.evals.library import EVALS, Library
from galley_local.evals.report import Report
from galley_local.evals.run import run_cases
from galley_local.evals.target import Target

CASSETTES = EVALS / "cassettes"


@pytest.fixture(scope="module")
def played() -> CassetteMind:
    """Give what plays the repository's cassettes."""
    return CassetteMind(CASSETTES)


@pytest.fixture(scope="module")
def target(played: CassetteMind) -> Iterator[Target]:
    """Give a stack whose agents are cassettes."""
    with Answering(agents=f"cassette:{CASSETTES}").target(Library(), played) as target:
        yield target


def test_every_cassette_of_the_repository_is_played_and_as_good_as_it_was(
    target: Target, played: CassetteMind
) -> None:
    entries = with_cassettes(selection.cases_of(Library(), ()), played)

    results = run_cases(entries, Library(), target)

    assert [each.not_run for each in results] == [""] * len(played.cases)
    report = Report.of(
        results, Baseline(EVALS / "baseline.json"), "extractive", is_deterministic=True
    )
    assert report.worse == {}
    assert len(report.roles) == 4


def test_a_case_without_a_cassette_is_named(target: Target) -> None:
    entries = selection.named(selection.cases_of(Library(), ["reviser"]), ["a-question"])

    (result,) = run_cases(entries, Library(), target)

    assert "the cassette of reviser case a-question is missing" in result.not_run


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Answering(agents="extractive", model="x"), "exclude each other"),
        (Answering(agents="clever"), "not 'clever'"),
        (Answering(agents="cassette:"), "not 'cassette:'"),
        (Answering(agents="cassette:x", record=Path("y")), "has been recorded"),
        (Answering(profile="x"), "go with --stack"),
    ],
    ids=["two", "unknown", "nameless", "both", "profile"],
)
def test_options_that_do_not_go_together_are_refused(options: Answering, says: str) -> None:
    with pytest.raises(AnsweringError, match=says):
        options.check()


def test_the_command_refuses_a_folder_without_cassettes(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "--agents", f"cassette:{tmp_path}"])

    assert result.exit_code == 2
    assert "has no cassettes" in result.stderr
