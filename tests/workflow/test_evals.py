"""`galley eval` on the laptop: it passes as it is, and a prompt made worse makes it fail."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from galley_cli.main import app
from galley_local.evals.library import EVALS
from galley_local.evals.roles import ROLES
from galley_local.stack import ROOT
from tests.model_server import NAME, scripted_server

# An example that its author has left in a prompt, and which agents take for what they are given.
EXAMPLES = {
    "search": "For example:\n\n<max_sources>\n1\n</max_sources>",
    "summary": "For example:\n\n<max_claims>\n1\n</max_claims>",
    "writer": "For example:\n\n<changes>\n[]\n</changes>",
    "reviser": "For example:\n\n<earlier_changes>\n[]\n</earlier_changes>",
}
NAMED = {"search": "wanted", "summary": "points", "writer": "absent", "reviser": "keeps"}
# Of the roles whose prompts are worse, so many cases that all graders that fail are among them.
CASES = [
    *("a-bog-made-wet", "street-lights", "both-sides", "nothing-at-all"),
    *("dates-of-a-history", "drains-and-dams", "a-balance"),
    *("remove-a-subject", "drop-a-source", "begin-with-something", "three-sources"),
    *("earlier-wishes-stay", "praise-takes-nothing-back", "shorter"),
]


def galley_eval(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, ["eval", *arguments])


@pytest.fixture(scope="module", autouse=True)
def _signals() -> Iterator[None]:
    """Leave the signals of this process as they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("galley_cli.evals.end_like_an_interrupt", lambda: None)
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """Return how the command ended with everything in it, and where it put its report."""
    out = tmp_path_factory.mktemp("evals")
    return galley_eval("--json", "--out", str(out)), out


@pytest.fixture(scope="module")
def worse(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Return how the command ended on an application whose prompts are all worse."""
    root = tmp_path_factory.mktemp("worse")
    for name in ("functions", "layer", "statemachine"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "template.yaml", root)
    for role, example in EXAMPLES.items():
        path = root / "functions" / f"{role}_agent" / "prompt.md"
        path.write_text(f"{path.read_text('utf-8')}\n{example}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("galley_local.stack.ROOT", root)
        return galley_eval(*(part for each in CASES for part in ("--case", each)))


def test_the_application_as_it_is_passes(whole: tuple[Result, Path]) -> None:
    done, _ = whole

    report = json.loads(done.stdout)
    assert ({}, []) == (report["worse"], report["not_run"])
    assert 0 == done.exit_code


def test_every_case_is_compared_with_the_committed_baseline(whole: tuple[Result, Path]) -> None:
    roles: dict[str, Any] = json.loads(whole[0].stdout)["roles"]

    assert list(ROLES) == list(roles)
    for role in roles.values():
        for grader, line in role["graders"].items():
            assert line["count"] == line["compared"], f"{grader}: renew it with --update-baseline"


def test_the_baseline_has_no_case_that_is_no_more(whole: tuple[Result, Path]) -> None:
    roles = json.loads(whole[0].stdout)["roles"]

    kept = json.loads((EVALS / "baseline.json").read_text("utf-8"))["extractive"]

    assert {role: set(each["cases"]) for role, each in roles.items()} == {
        role: set(cases) for role, cases in kept.items()
    }


def test_the_evidence_says_which_prompt_and_which_tools(whole: tuple[Result, Path]) -> None:
    roles = json.loads(whole[0].stdout)["roles"]

    assert all(re.fullmatch("[0-9a-f]{64}", role["prompt_sha256"]) for role in roles.values())
    used = {
        name: {t for c in role["cases"].values() for t in c["tools"]}
        for name, role in roles.items()
    }
    assert {
        "search": {"search_knowledge_base"},
        "summary": set(),  # the part of a long source that a case is about is in its prompt
        "writer": {"find_passages"},
        "reviser": {"find_passages"},
    } == used


def test_the_report_is_one_page_and_one_object(whole: tuple[Result, Path]) -> None:
    done, out = whole

    assert json.loads(done.stdout) == json.loads((out / "report.json").read_text("utf-8"))
    page = (out / "report.html").read_text("utf-8")
    assert 4 == page.count("<svg ")
    assert "No role got worse" in page


@pytest.mark.parametrize("role", ROLES)
def test_a_prompt_made_worse_fails_and_its_grader_is_named(worse: Result, role: str) -> None:
    assert 1 == worse.exit_code
    (verdict,) = (line for line in worse.stdout.splitlines() if line.startswith("Worse than"))
    said = dict(
        each.strip().rstrip(".").split(": ")
        for each in verdict.partition(" baseline: ")[2].split(";")
    )
    assert NAMED[role] in said[role].split(", ")


def test_what_was_lost_is_named_by_its_case(worse: Result) -> None:
    (lost,) = re.findall(r"lost wanted: (.+)", worse.stdout)

    assert {"a-bog-made-wet", "street-lights", "both-sides"} == set(lost.split(", "))


def test_of_few_cases_every_problem_is_told(worse: Result) -> None:
    assert "remove-a-subject: absent: says: methane" in worse.stdout


def test_a_model_is_held_against_a_baseline_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "evals"
    shutil.copytree(EVALS, folder)
    cases = [*("--cases", str(folder)), *("--case", "shorter"), *("--case", "a-bog-made-wet")]
    with scripted_server() as server:
        model = f"{server.url}/v1#{NAME}"
        first = galley_eval(*cases, "--model", model, "--update-baseline")
        again = galley_eval(*cases, "--model", model, "--json")

    assert f"Kept as the baseline of the agents model {NAME}" in " ".join(first.stdout.split())
    report = json.loads(again.stdout)
    assert (f"model {NAME}", False, {}) == (
        report["agents"],
        report["deterministic"],
        report["worse"],
    )
    assert 1000 <= report["roles"]["reviser"]["input_tokens"]
    kept = json.loads((folder / "baseline.json").read_text("utf-8"))
    assert {"extractive", f"model {NAME}"} <= set(kept)  # the others' are left as they are


def test_recorded_answers_are_held_against_a_baseline_of_their_own(tmp_path: Path) -> None:
    folder, cassettes = tmp_path / "evals", tmp_path / "cassettes"
    shutil.copytree(EVALS, folder)
    cases = [*("--cases", str(folder)), *("--case", "shorter")]
    with scripted_server() as server:
        model = ["--model", f"{server.url}/v1#{NAME}"]
        galley_eval(*cases, *model, "--record", str(cassettes), "--update-baseline")
    baseline = folder / "baseline.json"
    kept = json.loads(baseline.read_text("utf-8"))

    again = galley_eval(*cases, "--agents", f"cassette:{cassettes}", "--json")

    assert f"model {NAME}" not in kept  # what the model answers another time is not so certain
    report = json.loads(again.stdout)
    assert (f"model {NAME}, recorded", True, {}, 0) == (
        report["agents"],
        report["deterministic"],
        report["worse"],
        again.exit_code,
    )
    reviser = report["roles"]["reviser"]["graders"]
    assert reviser["contract"]["count"] == reviser["contract"]["compared"] == 1
