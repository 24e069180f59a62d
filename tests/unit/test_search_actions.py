"""Search actions: documents of the knowledge base, each kept with its text."""

import json
from typing import Any

import pytest
from galley.artifacts import Artifacts
from galley.contracts import Source

from functions.search_actions import app
from tests.unit.fakes import (
    SCOPE,
    FakeRuntime,
    aws_error,
    load_event,
    tool_answer,
    tool_state,
    with_parameters,
)
from tests.unit.papers import a_pdf

EVENT = load_event("search_actions")
TEXT = "# The lens\n\nThe Fresnel lens gathers light that a mirror would lose.\n"


def a_passage(name: str, text: str = "The Fresnel lens", score: float = 0.5) -> dict[str, Any]:
    """Return one result of Retrieve."""
    uri = f"s3://galley-artifacts/corpus/{name}"
    return {
        "content": {"text": text},
        "location": {"type": "S3", "s3Location": {"uri": uri}},
        "score": score,
    }


@pytest.fixture
def corpus(artifacts: Artifacts) -> Artifacts:
    """Give a bucket with two documents of the knowledge base."""
    artifacts.keep("corpus/lens.md", TEXT)
    artifacts.keep("corpus/ships.md", TEXT.replace("lens", "ship"))
    return artifacts


def search(
    monkeypatch: pytest.MonkeyPatch, context: Any, *passages: Any, **runtime: Any
) -> dict[str, Any]:
    """Call the tool with what the knowledge base will find."""
    monkeypatch.setattr(app, "RUNTIME", FakeRuntime(results=passages, **runtime))
    return app.lambda_handler(EVENT, context)


def test_each_document_is_listed_once_with_its_best_passage(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = a_passage("lens.md", "best", 0.91234), a_passage("ships.md"), a_passage("lens.md")

    found = json.loads(tool_answer(search(monkeypatch, context, *passages)))

    assert [
        [{"text": "best", "matches": [[1, 1, 0.912]]}],
        [{"text": "The Fresnel lens", "matches": [[1, 2, 0.5]]}],
    ] == [each["passages"] for each in found]


def test_a_document_that_several_queries_find_is_told_once(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lens, ships = a_passage("lens.md"), a_passage("ships.md")
    results = {"lens": [lens, ships], "ship": [lens]}
    monkeypatch.setattr(app, "_retrieve", lambda query: results[query])

    answer = app.lambda_handler(with_parameters(EVENT, queries=" lens\n\nship\n"), context)

    assert [
        [{"text": "The Fresnel lens", "matches": [[1, 1, 0.5], [2, 1, 0.5]]}],
        [{"text": "The Fresnel lens", "matches": [[1, 2, 0.5]]}],
    ] == [each["passages"] for each in json.loads(tool_answer(answer))]


def test_all_queries_together_find_no_more_documents_than_a_request_can_ask_for(
    artifacts: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [[f"{query}-{number}.md" for number in range(30)] for query in ("lens", "ship")]
    for name in (name for names in found for name in names):
        artifacts.keep(f"corpus/{name}", TEXT)
    results = {names[0][:4]: [a_passage(name) for name in names] for names in found}
    monkeypatch.setattr(app, "_retrieve", lambda query: results[query])

    answer = app.lambda_handler(with_parameters(EVENT, queries="lens\nship"), context)

    places = [each["passages"][0]["matches"][0][:2] for each in json.loads(tool_answer(answer))]
    assert [[1, place] for place in range(1, 21)] + [[2, place] for place in range(1, 21)] == places


def test_an_agent_that_knows_the_tool_as_it_was_is_answered(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "RUNTIME", FakeRuntime(results=[a_passage("lens.md")]))

    answer = app.lambda_handler(with_parameters(EVENT, query="lens"), context)

    assert ["The lens"] == [each["title"] for each in json.loads(tool_answer(answer))]


def test_a_document_that_is_found_is_kept_whole_under_its_id(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = search(monkeypatch, context, a_passage("lens.md"))

    (found,) = json.loads(tool_answer(answer))
    kept = corpus.read(SCOPE.found_key(found["source_id"]), Source)
    assert ("The lens", TEXT.strip()) == (kept.title, kept.text)
    assert found["source_id"] == kept.source_id


def test_the_same_document_has_the_same_id_in_every_search(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tool_answer(search(monkeypatch, context, a_passage("lens.md")))

    again = tool_answer(search(monkeypatch, context, a_passage("lens.md")))

    assert first == again


def test_a_document_that_cannot_be_read_is_left_out(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.keep("corpus/scan.pdf", b"%PDF-1.7")
    passages = a_passage("scan.pdf"), a_passage("gone.md"), a_passage("lens.md")

    for _ in range(2):  # what was kept as a gap stays one
        found = json.loads(tool_answer(search(monkeypatch, context, *passages)))
        assert ["The lens"] == [each["title"] for each in found]

    kept = [corpus.read(key, Source) for key in corpus.list_keys(SCOPE.key("found/"))]
    assert {"scan.pdf": "cut off: the end of the file is missing",
            "gone.md": "it is no longer among the documents"} == {
        each.title: each.gap for each in kept if each.gap
    }  # fmt: skip


def test_a_pdf_is_kept_with_its_pages(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.keep("corpus/lens.pdf", a_pdf(f"# The lens\n\n{TEXT[12:]}", "It is made of glass."))

    (found,) = json.loads(tool_answer(search(monkeypatch, context, a_passage("lens.pdf"))))

    kept = corpus.read(SCOPE.found_key(found["source_id"]), Source)
    assert kept.title == "The lens"
    assert ["# The", "It is"] == [kept.text[start : start + 5] for start in kept.pages]


def test_a_result_that_is_no_document_in_the_bucket_is_left_out(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = {**a_passage("x"), "location": {"type": "WEB", "webLocation": {"url": "https://x.org"}}}

    found = json.loads(tool_answer(search(monkeypatch, context, web, a_passage("lens.md"))))

    assert ["The lens"] == [each["title"] for each in found]


def test_a_query_is_cut_to_what_the_knowledge_base_takes(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = FakeRuntime()
    monkeypatch.setattr(app, "RUNTIME", runtime)

    app.lambda_handler(with_parameters(EVENT, queries="lens " * 1000), context)

    assert len(runtime.requests[0]["retrievalQuery"]["text"]) == 1000


@pytest.mark.parametrize("queries", ["", " \n", "lens\n" * 11], ids=["none", "blank", "eleven"])
def test_no_query_and_too_many_are_answered_in_words(
    queries: str, corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "RUNTIME", FakeRuntime(results=[a_passage("lens.md")]))

    response = app.lambda_handler(with_parameters(EVENT, queries=queries), context)

    assert tool_state(response) == "REPROMPT"
    assert "1 to 10 lines" in tool_answer(response)


def test_a_knowledge_base_that_fails_is_a_failure_without_details(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = aws_error("ThrottlingException", "account 000000000042 is too fast")

    response = search(monkeypatch, context, fails_with=error)

    assert tool_state(response) == "FAILURE"
    assert tool_answer(response) == "The tool is not available at the moment."


def test_nothing_found_is_an_empty_list(
    corpus: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tool_answer(search(monkeypatch, context)) == "[]"
