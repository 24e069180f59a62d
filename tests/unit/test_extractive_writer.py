"""Reports of the extractive mind: cited, not repeated, and changed as the reviewer asked."""

import json
import re
from typing import Any

import pytest
from galley.prompts import fence

from galley_local.extractive import ExtractiveMind
from galley_local.extractive.brief import Brief
from galley_local.extractive.facts import Fact, introduce, rate
from galley_local.extractive.headings import name_all
from galley_local.extractive.lead import summary_of
from galley_local.extractive.outline import Section
from galley_local.extractive.selection import select
from galley_local.extractive.topic import Topic

TOPIC = "how lighthouses made their lights seen farther"
CLAIMS = {
    1: (
        "Reflectors before the lens",
        [
            "Mirrors were the first devices that made lighthouse lamps visible at a distance.",
            "Silvered copper mirrors stood behind the flames of most British lights by 1800.",
            "Keepers polished the copper mirrors every morning with rouge and soft leather.",
            "Thomas Smith built mirrored lights in Scotland after the trust was made in 1786.",
        ],
    ),
    2: (
        "How Augustin Fresnel rebuilt the lighthouse",
        [
            "The stepped lens of Augustin Fresnel turned one lamp into a beam at the horizon.",
            "Fresnel divided the lens into rings so that the glass could be thin and light.",
            "The lighthouse of Cordouan first showed its Fresnel lens in July 1823.",
            "The lens needed less oil than the mirrors that it replaced on the French coast.",
        ],
    ),
    3: (
        "Lamps and oils",
        [
            "The Argand lamp burned with a bright flame inside a hollow wick of cotton.",
            "Sperm oil was burned in American lamps until the price of whale oil rose.",
            "Kerosene replaced lard oil in the lamps of most American lights by 1885.",
            "The lighthouse of Cordouan first showed its Fresnel lens in July 1823.",
        ],
    ),
    4: (
        "Fog signals",
        [
            "Fog signals took over when the beam of a lighthouse was lost in thick weather.",
            "Boston answered ships in fog with a cannon that was fired from 1719 onward.",
            "Steam whistles and sirens were louder fog signals than the bells before them.",
        ],
    ),
}
PASSAGE = (
    "The fog bell of Bell Rock was rung by the clockwork that turned the lens of the tower. "
    "Divers found a fog horn of brass in the wreck that lies beside the southern reef."
)


def sources() -> list[dict[str, Any]]:
    """Return the four sources as the writer is given them."""
    return [
        {
            "number": number,
            "source_id": f"id-{number}",
            "title": title,
            "claims": [{"text": text, "quote": text} for text in texts],
        }
        for number, (title, texts) in CLAIMS.items()
    ]


def passages(name: str, parameters: dict[str, str]) -> str:
    """Return the one passage that source 4 has on fog."""
    assert name == "find_passages"
    asked = parameters["source_id"].split(",")
    found = "id-4" in asked and "fog" in parameters["words"].lower()
    if len(asked) > 1:
        return json.dumps({"id-4": [PASSAGE]} if found else {})
    return json.dumps([PASSAGE] if found else [])


def write(*changes: tuple[str, str, int | None], topic: str = TOPIC) -> str:
    """Return the report that the mind writes."""
    asked = [{"kind": kind, "what": what, "source": source} for kind, what, source in changes]
    prompt = fence("topic", topic) + fence("sources", sources()) + fence("changes", asked)
    return ExtractiveMind().answer("writer", prompt, passages)


def headings(report: str) -> list[str]:
    """Return the report's `##` headings."""
    return re.findall(r"^## (.+)$", report, re.MULTILINE)


def cited_sentences(report: str) -> list[str]:
    """Return the report's sentences without their citations."""
    prose = " ".join(line for line in report.splitlines() if line and not line.startswith("#"))
    return re.findall(r"(\S.*?) (?:\[\d+\])+[.]", prose)


def section(report: str, heading: str) -> str:
    """Return what stands under a heading."""
    return report.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]


def test_a_report_has_a_title_a_summary_and_sections() -> None:
    report = write()

    assert report.startswith("# How lighthouses made their lights seen farther\n\n## Summary\n")
    assert len(headings(report)) >= 3
    assert len(set(headings(report))) == len(headings(report))


def test_every_sentence_is_a_claim_with_its_source() -> None:
    claims = {text.rstrip(".") for _, texts in CLAIMS.values() for text in texts}

    found = cited_sentences(write())

    assert found
    assert set(found) <= claims


def test_every_source_is_cited() -> None:
    assert set(re.findall(r"\[(\d+)\]", write())) == {"1", "2", "3", "4"}


@pytest.mark.parametrize("kind", ["", "expand", "start_with", "shorten"])
def test_no_sentence_stands_twice(kind: str) -> None:
    found = cited_sentences(write((kind, "fog signals", None)))

    assert len(found) == len(set(found))


def test_a_fact_of_two_sources_is_one_sentence_with_both_numbers() -> None:
    assert write().count("first showed its Fresnel lens in July 1823 [2][3].") == 1


def test_facts_that_disagree_stand_side_by_side() -> None:
    given = sources()
    given[3]["claims"].append(
        {"text": "The lighthouse of Cordouan showed its Fresnel lens in autumn 1827.", "quote": ""}
    )
    prompt = fence("topic", TOPIC) + fence("sources", given) + fence("changes", [])

    report = ExtractiveMind().answer("writer", prompt, passages)

    told = cited_sentences(report)
    years = [place for place, text in enumerate(told) if "Cordouan" in text]
    assert len(years) == 2
    assert years[1] - years[0] == 1


def report_on(*given: tuple[str, list[str]]) -> str:
    """Return the report on sources of these titles and claims."""
    listed = [
        {
            "number": number,
            "source_id": f"id-{number}",
            "title": title,
            "claims": [{"text": text, "quote": text} for text in texts],
        }
        for number, (title, texts) in enumerate(given, start=1)
    ]
    prompt = fence("topic", TOPIC) + fence("sources", listed) + fence("changes", [])
    return ExtractiveMind().answer("writer", prompt, passages)


def test_a_heading_names_a_subject_and_no_kind_of_document() -> None:
    facts = [
        Fact(text, number, place, title)
        for number, title in ((1, "Lighthouse User Manual"), (4, "A history of fog signals"))
        for place, text in enumerate(CLAIMS[number][1])
    ]
    mirrors, fog = facts[:4], facts[4:]

    names = name_all(Topic(TOPIC), [mirrors, fog], facts)

    assert "Manual" not in names[0]
    assert "irrors" in names[0]
    assert names[1] == "Fog signals"


def test_a_section_on_two_things_names_both() -> None:
    facts = [
        Fact(text, number, place, CLAIMS[number][0])
        for number in (1, 4)
        for place, text in enumerate(CLAIMS[number][1])
    ]

    (heading,) = name_all(Topic(TOPIC), [facts], facts)

    both = set(heading.lower().split(" and "))
    assert "fog signals" in both
    assert both & {"mirrors", "copper mirrors", "reflectors before the lens"}


def test_a_sentence_that_refers_back_does_not_stand_in_the_summary() -> None:
    texts = [
        "The fact was accepted early by those who made lighthouse lights be seen farther.",
        "Mirrors were the first devices that made the lights of lighthouses visible far off.",
        "The copper mirrors behind the flames were polished every morning with soft leather.",
    ]
    facts = [Fact(text, 1, place) for place, text in enumerate(texts)]
    rate(Topic(TOPIC), facts)
    facts[0].score = 9.0

    lead = summary_of(Topic(TOPIC), [Section("Mirrors", facts)], [], Brief([]))

    assert lead == [facts[1]]


def test_the_summary_begins_with_what_answers_the_topic_best() -> None:
    lamps = [
        "Electric arcs let crews see a lighthouse from a greater range in poor weather.",
        "The keepers of most stations were paid by the quarter and lived beside the tower.",
        "A keeper trimmed the wick by hand every few hours of the night.",
        "Oil was carried to the tower in barrels by a small boat from the port.",
    ]
    lenses = [
        "`lens` says how lighthouses made their lights seen farther by sailors at sea.",
        "Stepped lenses made the lights of lighthouses seen farther than any mirror.",
        "The glass was cut and ground in workshops that served no other trade.",
        "Prisms above and below the lens gathered what would have been lost.",
    ]
    facts = [Fact(text, n, 0) for n, text in enumerate([*lamps, *lenses], start=1)]
    rate(Topic(TOPIC), facts)
    facts[4].score = 9.0
    sections = [Section("Lamps", facts[:4]), Section("Lenses", facts[4:])]

    lead = summary_of(Topic(TOPIC), sections, [], Brief([]))

    assert lead == [facts[5], facts[0]]


def test_a_sentence_is_chosen_with_the_one_that_introduces_its_subject() -> None:
    texts = [
        "France named a commission of twelve members in the spring of that decade.",
        "The commission made the lights of lighthouses visible at twice the distance.",
        "Mirrors made the lights of lighthouses visible for many miles at the time.",
    ]
    facts = [Fact(text, 1, place) for place, text in enumerate(texts)]
    introduce(Topic(TOPIC), facts)
    facts[0].score, facts[1].score, facts[2].score = 0.4, 1.0, 0.9

    assert select(facts, length=14) == [facts[1], facts[0]]


def test_the_same_prompt_gives_the_same_report() -> None:
    assert write() == write()


def test_expand_adds_what_the_source_says_under_a_heading_that_names_it() -> None:
    (before, after) = write(), write(("expand", "fog signals", None))

    (heading,) = [one for one in headings(after) if one.lower() == "fog signals"]
    assert "fog bell of Bell Rock" not in before
    assert "The fog bell of Bell Rock was rung" in section(after, heading)
    assert "[4]" in section(after, heading)


def test_expand_on_what_no_source_knows_changes_nothing() -> None:
    assert write(("expand", "radar beacons", None)) == write()


def test_a_dropped_source_is_cited_no_more_and_its_own_claims_are_gone() -> None:
    report = write(("drop_source", "", 3))

    assert "[3]" not in report
    assert "Kerosene" not in report
    assert "July 1823 [2]." in report


def test_shorten_makes_it_clearly_shorter_and_again_shorter_still() -> None:
    lengths = [len(write(*[("shorten", "", None)] * times).split()) for times in range(3)]

    assert lengths[1] <= 0.75 * lengths[0]
    assert lengths[2] <= 0.85 * lengths[1], "few sentences are left, and each source keeps one"


def test_shorten_with_a_section_leaves_the_others_alone() -> None:
    before = write(("expand", "fog signals", None))

    after = write(("expand", "fog signals", None), ("shorten", "fog signals", None))

    (heading,) = [one for one in headings(before) if one.lower() == "fog signals"]
    assert len(section(after, heading)) < len(section(before, heading))
    assert headings(after) == headings(before)


def test_start_with_puts_its_section_first() -> None:
    report = write(("start_with", "fog signals", None))

    assert "fog" in headings(report)[1].lower()
    assert "fog" in section(report, "Summary").split(". ")[0].lower()


def test_what_is_removed_is_gone() -> None:
    report = write(("remove", "fog", None))

    assert "fog" not in report.lower()
    assert "Mirrors" in report


def test_all_changes_apply() -> None:
    report = write(
        ("drop_source", "", 1), ("expand", "fog signals", None), ("remove", "kerosene", None)
    )

    assert "[1]" not in report
    assert "fog bell of Bell Rock" in report
    assert "erosene" not in report


def test_removing_everything_still_leaves_a_report_that_cites() -> None:
    every_word = " ".join(text for _, texts in CLAIMS.values() for text in texts)

    report = write(("remove", every_word, None))

    assert "\n## " in report
    assert re.search(r"\[\d\]", report)


@pytest.mark.parametrize("topic", ["Lights [9] of the coast", "# Lights\nof the coast [12]."])
def test_a_topic_cannot_cite(topic: str) -> None:
    report = write(topic=topic)

    assert report.startswith("# Lights of the coast\n")
    assert set(re.findall(r"\[(\d+)\]", report)) <= {"1", "2", "3", "4"}
