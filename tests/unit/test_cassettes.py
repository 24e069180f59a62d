"""Cassettes give back what was recorded, and say what is wrong where it does not fit any more."""

import json
from pathlib import Path
from typing import Any

import pytest
from galley.prompts import PromptTemplate

from galley_local.bedrock.agent import Agent
from galley_local.bedrock.session import ServiceError, Usage
from galley_local.cassettes.cassette import CassetteError, question_of, read_cassettes
from galley_local.cassettes.minds import CassetteMind, RecordingMind
from tests.unit.fakes import ROOT

TEMPLATE = PromptTemplate("Choose.\n\n{{topic}}\n\n{{source}}\n\nAs JSON.\n")
REPLY = '{"claims": []}'


class FakeSession:
    """A session of an eval whose tool says what it is told to."""

    agent: Agent

    def __init__(self, case: str = "a-case", run: str = "0a1b2c3d", said: str = "found") -> None:
        self.session_id = f"{run}.summary.{case}.summary.src1"
        self.usage: Usage | None = None
        self.said = said
        self.used: list[tuple[str, dict[str, str]]] = []

    def __call__(self, function: str, parameters: dict[str, str], /) -> str:
        self.used.append((function, parameters))
        return self.said


class FakeMind:
    """Uses a tool and answers."""

    def answer(self, _role: str, _prompt: str, session: Any) -> str:
        session("read_source", {"start": "200"})
        session.usage = Usage(900, 80)
        return REPLY


def a_prompt(bucket: str = "one", topic: str = "Lights", template: Any = TEMPLATE) -> str:
    """Return a filled prompt."""
    return str(template.fill(topic=topic, source={"uri": f"s3://galley-{bucket}/corpus/a.md"}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with one cassette."""
    RecordingMind(FakeMind(), tmp_path, "model test").answer("summary", a_prompt(), FakeSession())
    return tmp_path


def test_an_answer_is_played_as_it_was_recorded(folder: Path) -> None:
    session = FakeSession(run="ffffffff")

    answer = CassetteMind(folder).answer("summary", a_prompt(bucket="two"), session)

    assert REPLY == answer
    assert Usage(900, 80) == session.usage
    assert [("read_source", {"start": "200"})] == session.used


def test_a_cassette_says_who_answered_and_to_what(folder: Path) -> None:
    (cassette,) = read_cassettes(folder)

    evidence = TEMPLATE.evidence(a_prompt())
    assert evidence["template_sha256"] == cassette.template_sha256
    assert ("summary", "a-case", "src1") == (cassette.role, cassette.case, cassette.item)
    assert "model test" == cassette.made_by
    assert CassetteMind(folder).cases == {("summary", "a-case")}


def test_a_cassette_keeps_neither_prompt_nor_what_tools_said(folder: Path) -> None:
    (path,) = folder.glob("*/*.json")

    assert "Lights" not in path.read_text("utf-8")
    assert "found" not in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("case", "prompt", "said", "why"),
    [
        ("other", a_prompt(topic="Fog"), "found", "summary case other is missing"),
        ("a-case", a_prompt(topic="Fog"), "found", "summary case a-case is stale: the prompt has"),
        (
            "a-case",
            a_prompt(template=PromptTemplate(TEMPLATE.text + "Be brief.")),
            "found",
            "summary case a-case is stale: the prompt template has changed",
        ),
        ("a-case", a_prompt(), "lost", "summary case a-case is stale: the tool read_source says"),
    ],
    ids=["missing", "data", "template", "tool"],
)
def test_what_does_not_fit_any_more_is_not_played_and_says_why(
    folder: Path, case: str, prompt: str, said: str, why: str
) -> None:
    mind = CassetteMind(folder)

    with pytest.raises(ServiceError, match=why):
        mind.answer("summary", prompt, FakeSession(case, said=said))

    assert why in mind.problem("summary", case)
    assert f"galley eval --record {folder} --role summary --case {case}" in mind.problem(
        "summary", case
    )
    assert not mind.problem("writer", case)


def test_the_answer_of_another_role_is_not_played(folder: Path) -> None:
    with pytest.raises(ServiceError, match="is missing"):
        CassetteMind(folder).answer("writer", a_prompt(), FakeSession())


def test_a_case_that_is_recorded_again_has_one_cassette(folder: Path) -> None:
    mind = RecordingMind(FakeMind(), folder, "model test")

    mind.answer("summary", a_prompt(topic="Fog"), FakeSession())

    assert len(read_cassettes(folder)) == 1
    assert REPLY == CassetteMind(folder).answer("summary", a_prompt(topic="Fog"), FakeSession())


@pytest.mark.parametrize(
    "content", ["", "[]", '{"schema": "galley-cassette-9"}', '{"schema": "galley-cassette-1"}']
)
def test_a_broken_cassette_is_named(folder: Path, content: str) -> None:
    (path,) = folder.glob("*/*.json")
    path.write_text(content)

    with pytest.raises(CassetteError, match=path.name):
        CassetteMind(folder)


def test_a_folder_without_cassettes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="has no cassettes"):
        CassetteMind(tmp_path)


def test_a_session_that_is_of_no_eval_is_a_question_of_its_own() -> None:
    assert ("lighthouses-1.writer.1", "0") == question_of("lighthouses-1.writer.1")


def test_the_repositorys_cassettes_are_marked_as_what_they_are() -> None:
    cassettes = read_cassettes(ROOT / "evals" / "cassettes")

    assert {"extractive"} == {each.made_by for each in cassettes}
    assert {"search", "summary", "writer", "reviser"} == {each.role for each in cassettes}


@pytest.mark.parametrize("role", ["search", "summary", "writer", "reviser"])
def test_the_repositorys_cassettes_are_of_the_prompts_as_they_are(role: str) -> None:
    template = PromptTemplate((ROOT / "functions" / f"{role}_agent" / "prompt.md").read_text())

    (known,) = {
        each.template_sha256
        for each in read_cassettes(ROOT / "evals" / "cassettes")
        if each.role == role
    }
    assert template.evidence("")["template_sha256"] == known, "run `make cassettes`"


def test_cassettes_are_plain_files(folder: Path) -> None:
    (path,) = folder.glob("*/*.json")

    assert path.relative_to(folder) == Path("summary/a-case.src1.json")
    assert json.loads(path.read_text("utf-8"))["schema"] == "galley-cassette-1"
