"""Choosing: copies are one source, no site has too many, and the order is the same each time."""

import random
from itertools import combinations
from pathlib import Path

import pytest
from galley.contracts import Source
from galley.documents import read_document
from galley.sources import choosing
from galley.sources.choosing import MOST_OF_ONE_SITE, Candidate, asked_for, choose
from galley.sources.copies import COPIED, is_copy, likeness, sketch_of
from galley.sources.kinds import kind_of, site_of

from tests.unit.fakes import ROOT

EXAMPLES = sorted((ROOT / "examples" / "corpus").iterdir())
CHINESE = (
    "灯塔的透镜把光线汇聚成一束，照向远方的海面。船员们在很远的地方就能看见它，"
    "所以每座灯塔都有自己的节奏。"
)


def text_of(path: Path) -> str:
    return read_document(path.name, path.read_bytes()).text


def edited(text: str) -> str:
    """Return a text as another site prints it: its own head and foot, cut, some words changed."""
    words = text.split()
    words = words[len(words) // 20 : -len(words) // 20]
    words[::60] = ["Editor"] * len(words[::60])
    return f"By our correspondent. All rights reserved. {' '.join(words)} Subscribe to our letter."


def a_candidate(name: str, text: str, uri: str = "") -> Candidate:
    uri = uri or f"s3://galley-artifacts/corpus/{name}.md"
    return Candidate.of(Source(name, name.title(), uri, text))


def chosen(candidates: list[Candidate], most: int = 10) -> list[str]:
    return [each.source_id for each in choose(candidates, [], most)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.stem))
def test_an_edited_copy_is_a_copy(path: Path) -> None:
    text = text_of(path)

    assert is_copy(sketch_of(text), sketch_of(edited(text)))


def test_documents_on_one_subject_are_no_copies() -> None:
    sketches = {path.stem: sketch_of(text_of(path)) for path in EXAMPLES}
    alike = {
        (one, other)
        for one, other in combinations(sketches, 2)
        if likeness(sketches[one], sketches[other]) > COPIED / 4
    }

    # The second is what a site made of the first, and lies there to be found out.
    assert alike == {("fresnel-lens-history", "the-glass-that-lit-the-sea")}


def test_a_copy_is_seen_without_spaces_between_words() -> None:
    other = CHINESE.replace("船员", "水手")

    assert is_copy(sketch_of(CHINESE), sketch_of(other))
    assert not is_copy(
        sketch_of(CHINESE),
        sketch_of("各国的灯塔管理局保存着看守人的日记和航海图，其中最早的来自十七世纪。"),
    )


def test_nothing_is_like_nothing() -> None:
    assert likeness(sketch_of(""), sketch_of("")) == 0.0


def test_a_corpus_of_copies_is_one_source_and_their_names() -> None:
    text = text_of(EXAMPLES[0])
    copies = [
        a_candidate(f"copy-{number}", edited(text) + f" Page {number}.") for number in range(9)
    ]

    (kept,) = choose(copies[:5], copies, 10)

    assert kept.source_id == "copy-0"
    assert [f"copy-{number}" for number in range(1, 9)] == [one.source_id for one in kept.copies]


def test_copies_do_not_take_the_place_of_others() -> None:
    texts = [text_of(path) for path in EXAMPLES[:4]]
    candidates = [a_candidate(f"one-{place}", text) for place, text in enumerate(texts)]
    candidates[1:1] = [a_candidate("copy", edited(texts[0]))]

    assert {"one-0", "one-1", "one-2"} == {*chosen(candidates, 3)}


def test_no_site_has_more_than_a_few() -> None:
    candidates = [
        a_candidate(f"page-{number}", text_of(path), f"https://www.lights.example/{number}")
        for number, path in enumerate(EXAMPLES[:5])
    ]
    candidates.append(a_candidate("other", text_of(EXAMPLES[6]), "https://other.example/"))

    names = chosen(candidates)

    assert MOST_OF_ONE_SITE == sum(name.startswith("page") for name in names)
    assert "other" in names


def test_the_documents_of_the_knowledge_base_are_no_site() -> None:
    candidates = [a_candidate(path.stem, text_of(path)) for path in EXAMPLES[:8]]

    assert len(chosen(candidates)) == 8


def test_what_adds_goes_before_what_repeats() -> None:
    lens, sailor = text_of(EXAMPLES[0]), text_of(EXAMPLES[3])
    words = lens.split()
    random.Random(1).shuffle(words)  # the same words, and no copy
    candidates = [
        a_candidate("first", lens),
        a_candidate("same", " ".join(words)),
        a_candidate("other", sailor),
    ]

    kept = choose(candidates, [], 3)

    assert ["first", "other", "same"] == [each.source_id for each in kept]
    assert "adds to those before" in kept[1].reason


def test_the_kind_of_a_source_decides_between_near_equals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "REPEATING", 0.0)
    addresses = [f"https://{number}.example/" for number in range(8)]
    addresses[4:6] = ["https://www.reddit.com/r/1", "https://www.legislation.gov.uk/1"]
    candidates = [
        a_candidate(str(place), text_of(EXAMPLES[place]), address)
        for place, address in enumerate(addresses)
    ]

    assert ["0", "1", "2", "3", "5", "4", "6", "7"] == chosen(candidates)


def test_the_choice_is_the_same_whatever_order_was_found() -> None:
    candidates = [a_candidate(path.stem, text_of(path)) for path in EXAMPLES]
    mixed = random.Random(7).sample(candidates, len(candidates))

    assert choose(candidates[:12], candidates, 10) == choose(candidates[:12], mixed, 10)


def test_nothing_chosen_is_nothing() -> None:
    assert chosen([]) == []


def test_a_few_more_are_asked_for() -> None:
    assert [2, 12, 48] == [asked_for(most) for most in (1, 10, 40)]


@pytest.mark.parametrize(
    ("uri", "kind", "site"),
    [
        ("s3://bucket/corpus/a.md", "document of the knowledge base", ""),
        ("https://www.gov.uk/lights", "official source", "gov.uk"),
        ("https://maritime.ec.europa.eu/a", "official source", "europa.eu"),
        ("https://www.ox.ac.uk/a", "scholarly work", "ox.ac.uk"),
        ("https://doi.org/10.1000/1", "scholarly work", ""),
        ("https://en.wikipedia.org/wiki/Lens", "encyclopedia", "wikipedia.org"),
        ("https://lights.medium.com/a", "blog", "medium.com"),
        ("https://www.reddit.com/r/a", "forum", "reddit.com"),
        ("https://news.example.co.uk/a", "web page", "example.co.uk"),
        ("https://notreddit.com/", "web page", "notreddit.com"),
        ("https://[::1", "web page", ""),
        ("https://localhost/", "web page", "localhost"),
    ],
)
def test_an_address_tells_the_kind_and_the_site(uri: str, kind: str, site: str) -> None:
    assert (kind, site) == (kind_of(uri), site_of(uri))


def test_of_a_paper_and_its_abstract_one_is_chosen() -> None:
    paper = a_candidate("paper", "How a lens of many steps gathers light.", "https://a.example/1")
    abstract = a_candidate("abstract", "Lenses were compared.", "https://a.example/1")

    assert ["paper"] == chosen([paper, abstract])
