"""Evidence: every citation leads to the words of the source that it rests on."""

from galley.contracts import Claim, Source
from galley.reports.evidence import (
    MOST_QUOTES,
    QUOTE_CHARACTERS,
    Evidence,
    Witness,
    evidence_of,
    leads_of,
)
from galley.reports.rendering import Manuscript

from tests.unit.fakes import a_source, a_summary

LENS = "The Fresnel lens gathers light that a mirror would lose."
FOG = "Bells were rung in fog."
HORN = "A horn was blown by steam at every station."
TEXT = f"# Lights\n\nFirst words of the paragraph. {LENS}\n\n## Fog\n\n{FOG} {HORN}"
CLAIMS = [Claim("A lens gathers more light than a mirror.", LENS), Claim(FOG, FOG)]


def evidence(draft: str, source: Source | None, *claims: Claim, uri: str = "") -> Evidence:
    """Return the evidence for a draft of one section that cites one source."""
    manuscript = Manuscript.from_markdown(f"## Lights\n\n{draft}\n\n## Sources\n\n[1] T (t.md)\n")
    summary = a_summary(claims=list(claims), uri=uri or "s3://bucket/corpus/t.md")
    witnesses = {1: Witness(1, summary, source)}
    (found,) = evidence_of(manuscript, witnesses, leads_of(manuscript, witnesses))
    return found


def test_a_citation_leads_to_the_claim_that_its_sentence_was_made_from() -> None:
    found = evidence("Bells were rung in thick fog [1].", a_source(text=TEXT), *CLAIMS)

    (quoted,) = found.quotes
    assert quoted.anchor == "source-1-2"
    assert [use.anchor for use in quoted.uses] == ["cited-1"]
    assert [use.section for use in quoted.uses] == ["Lights"]


def test_a_quote_stands_between_the_words_of_its_paragraph() -> None:
    found = evidence("The lens gathers light [1].", a_source(text=TEXT), *CLAIMS)

    (quoted,) = found.quotes
    assert quoted.passage == ("First words of the paragraph.", LENS, "")
    assert quoted.claim == CLAIMS[0].text
    assert quoted.stands


def test_a_claim_in_the_words_of_its_quote_is_not_said_twice() -> None:
    found = evidence("Bells were rung in fog [1].", a_source(text=TEXT), *CLAIMS)

    assert [quoted.claim for quoted in found.quotes] == [""]


def test_what_no_claim_says_leads_to_the_nearest_words_of_the_source() -> None:
    found = evidence("A horn was blown by steam [1].", a_source(text=TEXT), *CLAIMS)

    (quoted,) = found.quotes
    assert (quoted.passage.quote, quoted.is_nearest) == (HORN, True)
    assert found.others == len(CLAIMS)


def test_what_the_source_does_not_say_leads_to_the_source_alone() -> None:
    found = evidence("Railways crossed the alps [1].", a_source(text=TEXT), *CLAIMS)

    assert [use.anchor for use in found.uses] == ["cited-1"]
    assert [quoted.uses for quoted in found.quotes] == [[], []]


def test_a_quote_that_the_source_does_not_hold_is_told_apart() -> None:
    invented = Claim("The lens gathers light.", "The lens gathers all the light there is.")

    (quoted,) = evidence("The lens gathers light [1].", a_source(text=TEXT), invented).quotes

    assert not quoted.stands
    assert quoted.passage == ("", invented.quote, "")


def test_without_its_source_a_quote_is_shown_and_not_accused() -> None:
    (quoted,) = evidence("Bells were rung in fog [1].", None, CLAIMS[1]).quotes

    assert (quoted.passage.quote, quoted.stands) == (FOG, True)


def test_claims_that_the_draft_leaves_out_are_counted() -> None:
    found = evidence("The lens gathers light [1].", a_source(text=TEXT), *CLAIMS)

    assert (len(found.quotes), found.others) == (1, 1)


def test_long_quotes_are_cut_and_many_lead_to_the_source() -> None:
    words = [f"word{number} " * 200 for number in range(MOST_QUOTES + 3)]
    claims = [Claim("c", each) for each in words]
    draft = " ".join(f"Only word{number} stands here [1]." for number in range(len(words)))

    found = evidence(draft.replace("Only ", "").replace(" stands here", ""), None, *claims)

    assert len(found.quotes) == MOST_QUOTES
    assert len(found.uses) == 3
    assert {len(quoted.passage.quote) for quoted in found.quotes} == {QUOTE_CHARACTERS + 2}


def test_only_an_address_on_the_web_is_a_link() -> None:
    links = [
        evidence("x [1].", None, uri=uri).link
        for uri in ("https://example.org/a", "javascript:alert(1)", "s3://bucket/corpus/t.md")
    ]

    assert links == ["https://example.org/a", "", ""]


def test_an_entry_that_nothing_is_known_of_is_shown_as_the_draft_has_it() -> None:
    manuscript = Manuscript.from_markdown("x [1].\n\n## Sources\n\n[1] A \\*title\\* (t.md)\n")

    (found,) = evidence_of(manuscript, {}, leads_of(manuscript, {}))

    assert (found.title, found.quotes) == ("A *title* (t.md)", [])
    assert [use.anchor for use in found.uses] == ["cited-1"]
