"""A model as the mind: the template's instructions and tools, on OpenAI's and Ollama's wire."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from galley.contracts import Summary

from galley_local.bedrock.agent import Tool
from galley_local.bedrock.session import ServiceError, Session
from galley_local.model.address import KEY_VARIABLE, ModelAddress, ModelError
from galley_local.model.mind import TURNS, ModelMind
from galley_local.playing import short_corpus
from galley_local.stack import ROOT, Stack
from tests.model_server import NAME, Server, scripted_server
from tests.workflow.conftest import Workflow

REQUEST = {
    "tenant": "press",
    "topic": "How lighthouses made their lights seen farther",
    "reviewer": "reviewer@example.com",
    "options": {"max_sources": 2},
}
SEARCH = {
    "Name": "search_knowledge_base",
    "Description": "Searches.",
    "Parameters": {"queries": {"Type": "string", "Description": "What for.", "Required": True}},
}
PROMPT = '<topic>\n"Lights"\n</topic>\n<max_sources>\n2\n</max_sources>'


@pytest.fixture
def server() -> Iterator[Server]:
    with scripted_server() as running:
        yield running


class FakeSession:
    """An agent with one tool, which says what a test wants, or fails."""

    def __init__(self, failure: ServiceError | None = None) -> None:
        self.agent = SimpleNamespace(
            instruction="You search.", tools={SEARCH["Name"]: Tool("search", "arn", SEARCH)}
        )
        self.usage: Any = None
        self.used: list[tuple[str, dict[str, str]]] = []
        self._failure = failure

    def __call__(self, function: str, parameters: dict[str, str]) -> str:
        self.used.append((function, parameters))
        if self._failure:
            raise self._failure
        return '[{"source_id": "a1b2c3d4"}]'


def answer(server: Server, session: FakeSession, path: str = "/v1") -> str:
    mind = ModelMind(ModelAddress(server.url + path, NAME))
    return mind.answer("search", PROMPT, cast("Session", session))


@pytest.mark.parametrize("path", ["/v1", ""])
def test_a_model_takes_a_workflow_to_its_end(server: Server, path: str) -> None:
    mind = ModelMind(ModelAddress(server.url + path, NAME))
    corpus = short_corpus(ROOT / "examples" / "corpus")
    with Stack(corpus, mind=mind) as stack:
        workflow = Workflow(stack, REQUEST, "press_0001")
        workflow.reject("Make it shorter.")
        workflow.approve(2)
        ended = workflow.end()
        report = workflow.text("published/report.md")
        bucket = stack.outputs["ArtifactsBucket"]
        listed = stack.client("s3").list_objects_v2(Bucket=bucket, Prefix="press/press_0001/summ")
        names = [each["Key"].split("/", 2)[2] for each in listed["Contents"]]
        summaries = [Summary.from_json(workflow.text(name)) for name in names]

    assert ended.status == "SUCCEEDED"
    assert report.startswith("# What a model wrote")
    # search twice, for its tool; two summaries; two drafts; one brief
    assert len(server.asked) == 7
    roles = [re.findall(r"You are the (\w+) agent", _system_of(asked)) for asked in server.asked]
    assert sorted(role for found in roles for role in found) == [
        *["reviser", "search", "search", "summary", "summary", "writer", "writer"]
    ]
    assert [each.agent["input_tokens"] for each in summaries] == [1000, 1000]
    assert [each.agent["output_tokens"] for each in summaries] == [100, 100]


def _system_of(asked: dict[str, Any]) -> str:
    content = next(each["content"] for each in asked["messages"] if each["role"] == "system")
    return content if isinstance(content, str) else "".join(each["text"] for each in content)


@pytest.mark.parametrize("path", ["/v1", ""])
def test_a_tool_is_used_as_the_template_describes_it(server: Server, path: str) -> None:
    session = FakeSession()

    text = answer(server, session, path)

    function = server.asked[0]["tools"][0]["function"]
    assert function["name"] == SEARCH["Name"]
    assert function["parameters"]["required"] == ["queries"]
    assert session.used == [(SEARCH["Name"], {"queries": "Lights"})]  # what it made up is left out
    assert text == '{"sources": [{"source_id": "a1b2c3d4", "reason": "it fits"}]}'
    assert session.usage.to_dict() == {"inputTokens": 2000, "outputTokens": 200}


def test_a_key_goes_to_the_server_alone(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "k-123")

    answer(server, FakeSession())

    assert server.keys == {"Bearer k-123"}
    assert "k-123" not in str(server.asked)


@pytest.mark.parametrize(
    ("status", "code"), [(429, "ThrottlingException"), (500, "DependencyFailedException")]
)
def test_a_server_that_fails_is_asked_once(server: Server, status: int, code: str) -> None:
    server.failing = status

    with pytest.raises(ServiceError) as failed:
        answer(server, FakeSession())

    assert failed.value.code == code
    assert len(server.asked) == 1
    assert "Lights" not in str(failed.value)


def test_a_tool_that_fails_fails_the_answer(server: Server) -> None:
    failure = ServiceError(424, "DependencyFailedException", "search_knowledge_base failed")

    with pytest.raises(ServiceError, match="search_knowledge_base failed"):
        answer(server, FakeSession(failure))


def test_a_model_that_only_uses_tools_is_stopped(server: Server) -> None:
    server.always_uses_tool = True

    with pytest.raises(ServiceError, match="did not come to an end"):
        answer(server, FakeSession())

    assert len(server.asked) == TURNS


def test_a_server_is_asked_for_its_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "example.com")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with scripted_server() as server:
        for path in ("", "/v1"):
            ModelAddress(server.url + path, "scripted").check()
            with pytest.raises(ModelError, match="has no model 'other'; it has scripted"):
                ModelAddress(server.url + path, "other").check()


def test_a_server_that_is_not_there_or_wants_a_key_is_named() -> None:
    with pytest.raises(ModelError, match=r"no model answers at http://127\.0\.0\.1:9/v1"):
        ModelAddress("http://127.0.0.1:9/v1", "any").check()
    with scripted_server() as server:
        server.failing = 401
        with pytest.raises(ModelError, match=f"wants a key, or another one: set {KEY_VARIABLE}"):
            ModelAddress(f"{server.url}/v1", "scripted").check()
