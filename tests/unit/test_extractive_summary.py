"""Summaries of the extractive mind: verbatim, on topic, read on but not forever."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from galley.prompts import fence

from galley_local.extractive import ExtractiveMind

TOPIC = "How lighthouses made their lights seen farther"
LIGHTS = """# Lights of the coast

Mirrors made the light of a lighthouse visible at a useful distance for the first time.
The mirrors of the early lighthouses tarnished quickly in the damp air of the sea.

The stepped lens of Augustin Fresnel sent the light of one lamp to the horizon in 1823.
It was soon copied by the makers of lighthouse lamps in the rest of Europe.
The lens needed far less oil than any mirror before it in a lighthouse.

The keeper's wife sold eggs to visitors on Sundays and kept a small garden behind the wall.
"""
BREAD = """# Bread

A light crumb needs a lively levain that was fed on the evening before the dough is mixed.
The baker folds the dough every half hour until it holds its shape in the wooden bowl.
"""


class Reader:
    """The tool that reads on in a source, `part` characters at a time."""

    def __init__(self, text: str, part: int = 20_000) -> None:
        self.text = text
        self.part = part
        self.starts: list[int] = []

    def __call__(self, name: str, parameters: dict[str, str]) -> str:
        assert name == "read_source"
        start = int(parameters["start"])
        self.starts.append(start)
        part = self.text[start : start + self.part]
        answer = {"text": part, "start": start, "end": start + len(part)}
        return json.dumps(answer | {"characters": len(self.text)})


def summary_prompt(text: str, given: int = 20_000, most: int = 12) -> str:
    """Return the prompt for a source of which `given` characters are shown."""
    source = {"source_id": "1", "title": "", "uri": "", "characters": len(text)}
    shown = source | {"text": text[:given]}
    return fence("topic", TOPIC) + fence("source", shown) + fence("max_claims", most)


def summarize(text: str, *, given: int = 20_000, most: int = 12, reader: Any = None) -> list[Any]:
    """Return the claims of the mind's summary."""
    prompt = summary_prompt(text, given, most)
    answer = ExtractiveMind().answer("summary", prompt, reader or Reader(text))
    return [{"text": claim["quote"], **claim} for claim in json.loads(answer)["claims"]]


def test_claims_are_sentences_of_the_source_word_for_word() -> None:
    claims = summarize(LIGHTS)

    assert claims
    assert all(claim["quote"] in " ".join(LIGHTS.split()) for claim in claims)


def test_what_carries_the_topic_comes_before_what_does_not() -> None:
    texts = [claim["text"] for claim in summarize(LIGHTS, most=3)]

    assert any("Fresnel" in text for text in texts)
    assert not any("eggs" in text for text in texts)


def test_a_sentence_that_leans_on_another_is_no_claim() -> None:
    assert not any(claim["text"].startswith("It ") for claim in summarize(LIGHTS))


def test_a_source_that_shares_a_word_with_the_topic_has_no_claims() -> None:
    assert summarize(BREAD) == []


def test_there_are_no_more_claims_than_asked_for() -> None:
    assert len(summarize(LIGHTS, most=2)) == 2


def test_the_same_fact_is_claimed_once() -> None:
    again = (
        "In 1823 the stepped lens of Augustin Fresnel sent the light of one lamp to the horizon."
    )

    claims = summarize(f"{LIGHTS}\n\n{again}\n")

    assert sum("1823" in claim["text"] for claim in claims) == 1


def test_a_long_source_is_read_on() -> None:
    filler = "The harbour office kept its books in the usual way and nothing was noted. " * 30
    before, after = LIGHTS.split("The stepped")
    text = f"{before}\n{filler}\n\nThe stepped{after}"

    claims = summarize(text, given=300)

    assert any("Fresnel" in claim["text"] for claim in claims)


def test_reading_on_comes_to_an_end() -> None:
    reader = Reader("The lighthouse showed its light to many ships on every night. " * 20_000)

    summarize(reader.text, reader=reader)

    assert reader.starts == [20_000, 40_000, 60_000, 80_000, 100_000]


def test_a_tool_that_fails_leaves_the_part_that_was_given() -> None:
    text = LIGHTS + "x" * 30_000

    claims = summarize(text, reader=lambda *_: "The tool is not available at the moment.")

    assert claims


@pytest.mark.parametrize("workers", [1, 10])
def test_summaries_side_by_side_are_the_same_as_one_by_one(workers: int) -> None:
    mind, prompts = ExtractiveMind(), [summary_prompt(LIGHTS), summary_prompt(BREAD)] * 10

    with ThreadPoolExecutor(workers) as pool:
        answers = list(pool.map(lambda one: mind.answer("summary", one, Reader("")), prompts))

    assert len(set(answers[::2])) == len(set(answers[1::2])) == 1


ANECDOTES = """# Chronicle

Keepers told many stories, and most of the stories were told by the fire on winter nights.

The album of the lighthouse holds lines in which Scott makes the light of the rock speak.
The lighthouse on Sambro has shown a light since 1758 and is the oldest in the country.

A coal fire was visible at eight miles in good weather and could not be found from two in rain.
A second mirror behind the flame made it visible at twice the distance for the same oil.

The keeper of the lighthouse painted the light of the evening on plates that visitors bought.
The lighthouse trustees met in Edinburgh and gave each light a number in a book of accounts.
"""


def test_anecdotes_with_the_topics_words_lose_against_what_answers_it() -> None:
    texts = [claim["text"] for claim in summarize(ANECDOTES, most=2)]

    assert any("eight miles" in text for text in texts)
    assert not any("album" in text or "painted" in text for text in texts)


def test_a_sentence_comes_with_the_one_that_introduces_its_subject() -> None:
    text = (
        "# Lights\n\nShips paid for the harbour on the day of their arrival and in the autumn.\n\n"
        "Parliament named a commission of twelve members in the spring of 1811. "
        "The commission made the lights of lighthouses visible at twice the distance.\n\n"
        "Each lighthouse of the west had a lamp that was seen from a range of ten miles.\n\n"
        "Mirrors of copper made each northern lighthouse visible far beyond its old range.\n"
    )

    texts = [claim["text"] for claim in summarize(text, most=3)]

    assert texts[0].startswith("Parliament") or texts[1].startswith("Parliament")
    assert "The commission" in texts[1] + texts[2]
