"""Cases of the evals: read field by field, and refused by the names of file and field."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from galley_cli.main import app
from galley_local.evals.cases import load_cases
from galley_local.evals.fields import CaseError
from galley_local.evals.library import EVALS, Library
from galley_local.evals.roles import ROLES

FERRY = """\
# The ferry

The ferry of Tern Sound has crossed since 1873. It carries six cars.
"""
GOOD = {
    "search": "{why: w, topic: The ferry, must: {wanted: [ferry.md]}}",
    "summary": "{why: w, topic: The ferry, source: ferry.md, must: {points: [[1873]]}}",
    "writer": "{why: w, topic: The ferry, sources: [ferry.md], must: {points: [[six cars]]}}",
    "reviser": "{why: w, topic: The ferry, sources: [ferry.md], draft: ferry.md, "
    "comments: More on the cars., must: {changes: [{kind: expand, what: cars}]}}",
}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Give a folder with one document, its claims, a draft, and a good case for each role."""
    folder = tmp_path / "evals"
    for name in ("sources", "drafts", *ROLES):
        (folder / name).mkdir(parents=True)
    (folder / "sources" / "ferry.md").write_text(FERRY, encoding="utf-8")
    (folder / "drafts" / "ferry.md").write_text("# The ferry\n", encoding="utf-8")
    (folder / "claims.yaml").write_text("ferry.md: [It carries six cars.]\n", encoding="utf-8")
    for role, case in GOOD.items():
        (folder / role / "cases.yaml").write_text(f"good: {case}\n", encoding="utf-8")
    return Library(folder)


def write(library: Library, role: str, text: str) -> None:
    """Replace the cases of a role."""
    (library.folder / role / "cases.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_at_least_25_cases_and_each_is_sound(role: str) -> None:
    cases = load_cases(ROLES[role], Library())

    assert len(cases) >= 25


def test_every_document_is_named_by_a_case() -> None:
    library = Library()
    named = {
        each
        for role in ROLES.values()
        for entry in load_cases(role, library)
        for names in entry.case.documents().values()
        for each in names
    }

    there = {path.name for path in (EVALS / "sources").iterdir()}
    assert there - named == set()


@pytest.mark.parametrize("role", ROLES)
def test_a_good_case_is_read(library: Library, role: str) -> None:
    (entry,) = load_cases(ROLES[role], library)

    assert ("good", "cases", "The ferry") == (entry.name, entry.theme, entry.case.topic)


BROKEN = [
    ("summary", "good: {topic: t, source: ferry.md, must: {nothing: true}}", "good.why is missing"),
    (
        "summary",
        "good: {why: w, topic: t, source: ferry.md, must: {pionts: []}}",
        "good.must.pionts: no such field; is it 'points'?",
    ),
    (
        "summary",
        "good: {why: w, topic: t, source: ferry.md, must: {points: six cars}}",
        "good.must.points: expected a list",
    ),
    (
        "summary",
        "good: {why: w, topic: t, source: ferry.md, must: {points: [[six cars], [[a]]]}}",
        "good.must.points[1][0]: expected text",
    ),
    (
        "summary",
        "good: {why: w, topic: t, source: ferry.md, must: {points: [[seven cars]]}}",
        "good.must.points[0]: 'seven cars' is not in ferry.md",
    ),
    (
        "summary",
        "good: {why: w, topic: t, source: ferry.md, must: {}}",
        "good.must.points: name what a claim has to say",
    ),
    (
        "summary",
        "good: {why: w, topic: t, source: bridge.md, must: {nothing: true}}",
        "good.source: there is no document 'bridge.md'",
    ),
    (
        "summary",
        "good: {why: w, topic: t, source: ../drafts/ferry.md, must: {nothing: true}}",
        "there is no document '../drafts/ferry.md'",
    ),
    (
        "search",
        "good: {why: w, topic: t, most: many, must: {wanted: [ferry.md]}}",
        "good.most: expected a whole number",
    ),
    (
        "search",
        "good: {why: w, topic: t, must: {wanted: [fresnel-lens-history.md]}}",
        "good.must.wanted: 'fresnel-lens-history.md' is not in evals/sources",
    ),
    (
        "search",
        "good: {why: w, topic: t, must: {wanted: [ferry.md], nothing: true}}",
        "good.must.nothing: true, although documents are wanted",
    ),
    (
        "writer",
        (
            "good: {why: w, topic: t, sources: [ferry.md], changes: [{kind: explode}], "
            "must: {cites: [ferry.md]}}"
        ),
        "good.changes[0].kind: 'explode' is none of",
    ),
    (
        "writer",
        (
            "good: {why: w, topic: t, sources: [ferry.md], "
            "changes: [{kind: drop_source, source: 2}], must: {cites: [ferry.md]}}"
        ),
        "good.changes[0].source: the case has 1 sources",
    ),
    (
        "writer",
        (
            "good: {why: w, topic: t, sources: [ferry.md], must: {cites: [ferry.md]}, "
            "sent_back: {draft: a, sentence: b, what: c, cites: [1]}}"
        ),
        "good.sent_back.sentence: it does not stand in the draft",
    ),
    (
        "reviser",
        (
            "good: {why: w, topic: t, sources: [ferry.md], draft: bridge.md, comments: c, "
            "must: {changes: [{kind: shorten}]}}"
        ),
        "good.draft: there is no draft 'bridge.md'",
    ),
    (
        "reviser",
        (
            "good: {why: w, topic: t, sources: [ferry.md], draft: ferry.md, comments: c, "
            "must: {changes: [{kind: drop_source}]}}"
        ),
        "good.must.changes[0].source: say which source is dropped",
    ),
    ("reviser", "good: just a text", "good: expected fields"),
    ("reviser", "- a list", "expected cases by their names"),
    ("reviser", "Good Case: {}", "Good Case: a name has lower-case letters"),
    ("reviser", "good: {why: w\nother: [", "no YAML (line"),
    ("reviser", "good: {}\ngood: {}\n", "'good' is there twice (line 2)"),
]


@pytest.mark.parametrize(("role", "text", "said"), BROKEN, ids=[each[2][:50] for each in BROKEN])
def test_a_broken_case_is_refused_by_file_and_field(
    library: Library, role: str, text: str, said: str
) -> None:
    write(library, role, text)

    with pytest.raises(CaseError) as refused:
        load_cases(ROLES[role], library)

    assert f"evals/{role}/cases.yaml: " in str(refused.value)
    assert said in str(refused.value)


def test_a_name_in_two_files_is_refused(library: Library) -> None:
    (library.folder / "search" / "more.yaml").write_text(f"good: {GOOD['search']}\n")

    with pytest.raises(CaseError, match=r"more.yaml: good: cases.yaml has a case of this name"):
        load_cases(ROLES["search"], library)


def test_a_claim_that_its_document_does_not_hold_is_refused(library: Library) -> None:
    (library.folder / "claims.yaml").write_text("ferry.md: [It carries nine cars.]\n")

    with pytest.raises(CaseError, match=r"^evals/claims.yaml: ferry.md\[0\].quote does not stand"):
        load_cases(ROLES["writer"], library)


def test_a_role_without_cases_is_refused(library: Library) -> None:
    (library.folder / "search" / "cases.yaml").unlink()

    with pytest.raises(CaseError, match="has no cases"):
        load_cases(ROLES["search"], library)


@pytest.mark.parametrize("role", ["writer", "reviser"])
def test_a_case_is_another_when_what_it_is_made_of_is(library: Library, role: str) -> None:
    (before,) = load_cases(ROLES[role], library)
    (library.folder / "claims.yaml").write_text(
        "ferry.md: [{text: It has room for six cars., quote: It carries six cars.}]\n"
    )
    (after,) = load_cases(ROLES[role], Library(library.folder))

    assert before.digest != after.digest


def test_a_case_stays_the_same_when_only_its_reason_is_worded_anew(library: Library) -> None:
    (before,) = load_cases(ROLES["search"], library)
    write(library, "search", f"good: {GOOD['search'].replace('why: w', 'why: another')}\n")
    (after,) = load_cases(ROLES["search"], library)

    assert before.digest == after.digest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--case", "nowhere"], "there is no case nowhere"),
        (["--agents", "extractive", "--stack", "galley"], "exclude each other"),
        (["--profile", "press"], "--profile and --region go with --stack"),
        (["--model", "nonsense"], "a model is given as"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_the_command_refuses_bad_input(library: Library, arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["eval", "--cases", str(library.folder), *arguments])

    assert done.exit_code == 2
    assert said in done.output


def test_the_command_names_file_and_field_of_a_broken_case(library: Library) -> None:
    write(library, "writer", "good: {why: w, topic: t, sources: ferry.md, must: {}}")

    done = CliRunner().invoke(app, ["eval", "--cases", str(library.folder)])

    assert done.exit_code == 2
    assert "error: evals/writer/cases.yaml: good.sources: expected a list" in done.output


def test_the_command_refuses_a_baseline_that_is_none(library: Library) -> None:
    (library.folder / "baseline.json").write_text('{"extractive": {"search": {"good": {}}}}')

    done = CliRunner().invoke(app, ["eval", "--cases", str(library.folder)])

    assert done.exit_code == 2
    assert "baseline.json is no baseline" in done.output
    assert "or remove it and make it anew" in " ".join(done.output.split())
