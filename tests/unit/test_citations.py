"""The citation gate: what fails a draft, what is only said, and what is left alone."""

from typing import Any

import pytest
from galley.citations import findings
from galley.citations.checking import check
from galley.citations.findings import MOST_KEPT, Check, Finding, Returned
from galley.contracts import Claim, Source
from hypothesis import given, settings
from hypothesis import strategies as st

LENS = (
    "In 1822 Augustin Fresnel showed a lens of 12 prisms to the Commission des Phares. The lens at "
    "Cordouan, lit on 25 July 1823, stood 60 metres above the sea and cost 1,200 francs. Its "
    "light, wrote the keeper, “was seen like a star from the farthest boats of the fleet”."
)
BREAD = "A levain needs flour, water and 3 days. Bakers in Lyon feed it each morning."
SOURCES = {1: Source("aaaaaaaa", "Lens", "u", LENS), 2: Source("bbbbbbbb", "Bread", "v", BREAD)}
TRUE = "Augustin Fresnel showed a lens of 12 prisms to the Commission des Phares in 1822 [1]."


def checked(*sentences: str, given: str = "", **claims: Any) -> Check:
    """Return what the gate says of a draft, a paragraph for each sentence."""
    draft = "# Lights\n\n## Summary\n\n" + "\n\n".join(sentences)
    known = {number: claims.get(f"of_{number}", []) for number in SOURCES}
    return check(draft, known, SOURCES.__getitem__, given)


def said(found: list[Finding]) -> list[tuple[str, str]]:
    """Return the kinds of some findings, and what they are about."""
    return [(each.kind, each.what) for each in found]


def test_a_true_sentence_passes() -> None:
    found = checked(TRUE)

    assert ([], [], 1, 0, [2]) == (
        found.failures,
        found.warnings,
        found.sentences,
        found.uncited,
        found.unused,
    )


@pytest.mark.parametrize(
    ("sentence", "kind", "what"),
    [
        pytest.param(
            "Fresnel showed a lens in 1822 [7].", findings.UNKNOWN_SOURCE, "7", id="source"
        ),
        pytest.param("Fresnel showed a lens in 1832 [1].", findings.FIGURE, "1832", id="year"),
        pytest.param("The lens of 13 prisms [1].", findings.FIGURE, "13", id="number"),
        pytest.param("It was lit on 26 July 1823 [1].", findings.FIGURE, "26 July 1823", id="date"),
        pytest.param("It was lit on 1823-08-25 [1].", findings.FIGURE, "1823-08-25", id="month"),
        pytest.param("It cost 12,000 francs [1].", findings.FIGURE, "12,000", id="thousands"),
        pytest.param(
            "He wrote that it “was seen like a moon from the farthest boats” [1].",
            findings.QUOTATION,
            "was seen like a moon from the farthest boats",
            id="quotation",
        ),
    ],
)
def test_what_no_cited_source_has_fails_the_draft(sentence: str, kind: str, what: str) -> None:
    assert (kind, what) in said(checked(TRUE, sentence).failures)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("It was lit on July 25, 1823 [1].", id="date"),
        pytest.param("It was lit on 1823-07-25 [1].", id="iso date"),
        pytest.param("It was lit in July 1823, in the 1820s [1].", id="decade"),
        pytest.param("Fresnel's lens had twelve prisms [1].", id="words for digits"),
        pytest.param("The lens at Cordouan cost 1200 francs [1].", id="thousands"),
        pytest.param("The lens at Cordouan cost 1.2 thousand francs [1].", id="scale"),
        pytest.param(
            "The light “was seen like a star … boats of the fleet”, he wrote [1].", id="gap"
        ),
        pytest.param("THE LIGHT WAS SEEN FROM THE FARTHEST BOATS OF THE FLEET [1].", id="capitals"),
        pytest.param(
            "A lens was shown by Fresnel; a levain needs 3 days [1][2].", id="two sources"
        ),
    ],
)
def test_what_is_only_written_in_another_way_passes(sentence: str) -> None:
    assert [] == checked(sentence).failures + checked(sentence).warnings


def test_a_quotation_that_leaves_out_more_than_it_says_fails() -> None:
    found = checked("The light “was seen like a star … by a passing whale”, he wrote [1].")

    assert findings.QUOTATION in dict(said(found.failures))


@pytest.mark.parametrize(
    ("sentence", "kind", "what"),
    [
        pytest.param("Auguste Fresnel showed the lens [1].", findings.NAME, "Auguste", id="name"),
        pytest.param("The lens had seventeen prisms [1].", findings.COUNT, "seventeen", id="word"),
        pytest.param("Fresnel called it a “firefly” [1].", findings.PHRASE, "firefly", id="phrase"),
        pytest.param("Fresnel showed the lens in 1822.", findings.UNCITED, "", id="uncited"),
        pytest.param("Bakers sang while their ovens cooled [1].", findings.UNLIKE, "", id="unlike"),
    ],
)
def test_what_is_suspicious_is_said_and_fails_nothing(sentence: str, kind: str, what: str) -> None:
    found = checked(sentence)

    assert [] == found.failures
    assert (kind, what) in said(found.warnings)


def test_a_quotation_begins_and_ends_with_whole_words() -> None:
    found = checked("The light “een like a star from the farth”, he wrote [1].")

    assert findings.QUOTATION in dict(said(found.failures))


def test_a_number_that_stands_elsewhere_in_the_source_is_suspicious() -> None:
    far = f"{LENS} {'The tide rose and fell as it does. ' * 40} The keeper had 45 hens."
    source = Source("aaaaaaaa", "Lens", "u", far)

    found = check("# T\n\n## S\n\nThe lens had 45 prisms [1].", {1: []}, lambda _: source)

    assert [(findings.FAR_FIGURE, "45")] == said(found.warnings)


def test_a_number_of_another_source_is_said_with_that_source() -> None:
    (found,) = checked("The lens was shown for 3 days [1].").failures

    assert [2] == found.others
    assert "“3” does not stand in [1]. It stands in [2], which is not cited." == found.said


def test_what_the_writer_was_given_is_no_invention() -> None:
    assert [] == checked("Lenses of 2026 resemble it [1].", given="Lenses in 2026").failures


@pytest.mark.parametrize("said_so", ["Then came the lens:", "What did it cost?", "And so on."])
def test_a_lead_in_need_not_cite(said_so: str) -> None:
    assert 0 == checked(said_so, TRUE).uncited


def test_titles_and_headings_are_no_sentences() -> None:
    assert 1 == checked(TRUE, "### More on 1999 and Napoleon Bonaparte").sentences


def test_a_claim_whose_quote_the_source_does_not_hold_is_said() -> None:
    found = checked(TRUE, of_1=[Claim("It glowed.", "It glowed like honey")])

    assert [(findings.CLAIM, "It glowed like honey")] == said(found.warnings)


def test_the_place_of_a_finding_is_its_first_citation() -> None:
    (found,) = checked(TRUE, "The lens of 13 prisms [1][2].").failures

    assert (2, [1, 2]) == (found.place, found.cites)


def test_each_source_is_read_once() -> None:
    read = []

    def reading(number: int) -> Source:
        read.append(number)
        return SOURCES[number]

    check(f"# T\n\n## S\n\n{TRUE}\n\n{TRUE}", {1: [], 2: []}, reading)

    assert [1, 2] == read


def test_findings_are_bounded_in_number_and_length() -> None:
    found = checked(
        *(f"The lens of {number} prisms, {'x ' * 900} [1]." for number in range(2000, 2300))
    )

    assert MOST_KEPT == len(found.failures)
    assert 200 <= found.more
    assert len(found.told()) < 1000
    assert all(len(each.sentence) < 400 for each in found.failures)


def test_what_is_kept_is_read_again() -> None:
    returned = Returned(
        checked("The lens of 13 prisms [1].", "It glowed softly there."), draft="# A draft"
    )

    assert returned == Returned.from_json(returned.to_json())


@pytest.mark.parametrize(
    ("text", "sentence", "passes"),
    [
        pytest.param("灯塔建于1823年，高60米。", "灯塔高60米 [1]。", True, id="Chinese"),
        pytest.param("灯塔建于1823年，高60米。", "灯塔高70米 [1]。", False, id="Chinese, altered"),
        pytest.param(
            "灯塔建于1823年，是法国第一座。", "书中说「灯塔建于1823年」 [1]。", True, id="quote"
        ),
        pytest.param(
            "灯塔建于1823年，是法国第一座。", "书中说「灯塔毁于1823年」 [1]。", False, id="no quote"
        ),
        pytest.param("عام ١٨٢٣ على الصخر", "عام 1823 على الصخر [1].", True, id="Arabic"),
        pytest.param("Построен в 1823 году.", "Построен в 1832 году [1].", False, id="Russian"),
    ],
)
def test_other_scripts_are_read(text: str, sentence: str, passes: bool) -> None:
    source = Source("aaaaaaaa", "T", "u", text)

    found = check(f"# T\n\n## S\n\n{sentence}", {1: []}, lambda _: source)

    assert passes == (found.failures == [])


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_written_is_read(draft: str, text: str) -> None:
    source = Source("aaaaaaaa", "T", "u", text)

    found = check(f"# T\n\n## S\n\n{draft} [1]", {1: []}, lambda _: source)

    assert found == Check.from_json(found.to_json())


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.sampled_from(LENS.replace("“", "").replace("”", "").split(". ")), min_size=1, max_size=5
    )
)
def test_sentences_of_the_source_pass(sentences: list[str]) -> None:
    found = checked(*(f"{sentence.rstrip('.')} [1]." for sentence in sentences))

    assert [] == found.failures + found.warnings


BOMBS = [
    pytest.param(text, id=name)
    for name, text in {
        "stops": "." * 200_000,
        "digits": "1" * 200_000,
        "grouped": "1,2" * 60_000,
        "spaced digits": "1 222 " * 30_000,
        "quotation marks": "“a " * 60_000,
        "apostrophes": "‘a’b" * 40_000,
        "capitals": "A" * 200_000,
        "names": "Ab-" * 60_000,
        "numbers in words": "twenty " * 30_000,
        "large numbers in words": "hundred and one " * 10_000,
        "hundreds": "hundred " * 20_000,
        "brackets": "](" * 90_000,
        "tags": "<a" * 90_000,
        "spaces": ". " + " " * 190_000,
        "months": "May 1 " * 30_000,
        "underscores": "_" * 200_000,
    }.items()
]


@pytest.mark.parametrize("text", BOMBS)
def test_a_text_made_to_take_long_does_not(text: str) -> None:
    source = Source("aaaaaaaa", "T", "u", text)

    found = check(f"# T\n\n## S\n\nA lens {text[:20_000]} [1].", {1: []}, lambda _: source)

    assert found.sentences >= 1


@pytest.mark.parametrize(
    "citation", [r"\[99\]", "&#91;99&#93;", "[9&#57;]"], ids=["escaped", "brackets", "a digit"]
)
def test_what_readers_see_as_a_citation_is_one(citation: str) -> None:
    assert (findings.UNKNOWN_SOURCE, "99") in said(checked(f"It glowed {citation}.").failures)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("It shone <about 97 miles> far [1].", id="like a tag"),
        pytest.param("It shone ](97 miles) far [1].", id="like a link's end"),
        pytest.param("It shone &amp;97000; far [1].", id="like an entity"),
        pytest.param(f"It shone {'9' * 41} miles far [1].", id="very long"),
    ],
)
def test_no_markup_hides_a_number(sentence: str) -> None:
    assert findings.FIGURE in {each.kind for each in checked(sentence).failures}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("It shone ⁹⁷ miles far [1].", id="superscript"),
        pytest.param("It shone ⑨⑦ miles far [1].", id="in circles"),
        pytest.param("### Why 97 % of them sank\n\nIt glowed [1].", id="a heading"),
        pytest.param("```\n97 miles\n```\n\nIt glowed [1].", id="code"),
        pytest.param("| 97 miles |\n|---|\n| glow [1] |", id="a table's heading"),
        pytest.param("It was lit on 23 July 1822 60 times [1].", id="numbers of other days"),
    ],
)
def test_what_stands_beside_sentences_is_doubted(text: str) -> None:
    found = checked(text)

    kinds = {each.kind for each in (*found.failures, *found.warnings)}
    assert kinds & {findings.COUNT, findings.FIGURE}


def test_a_lead_in_with_a_number_cites() -> None:
    assert (findings.UNCITED, "") in said(checked("It cost 97 million pounds:", TRUE).warnings)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        pytest.param("Es begann am 3. Mai 1901.", "It began on 3 May 1901 [1].", id="German"),
        pytest.param("1911年5月12日。", "It was lit on 12 May 1911 [1].", id="Japanese"),
        pytest.param("From 12–15 May 1823.", "It began on 12 May 1823 [1].", id="some days"),
        pytest.param("It cost 1.5 billion dollars.", "It cost $1.5bn [1].", id="a short billion"),
        pytest.param("It had 20,000 readers.", "It had 20k readers [1].", id="a short thousand"),
        pytest.param('A 22" pipe, a 49" pipe.', 'The 22" pipe met the 49" pipe [1].', id="inches"),
    ],
)
def test_what_another_notation_says_is_no_failure(source: str, sentence: str) -> None:
    draft = f"# T\n\n## S\n\n{sentence}\n"

    found = check(draft, {1: []}, lambda _: Source("aaaaaaaa", "T", "u", source))

    assert found.failures == []


@pytest.mark.parametrize(
    "quotation",
    [
        pytest.param("“It was seen like a moon. It was bright.”", id="two sentences"),
        pytest.param("»was seen like a moon from the boats«", id="turned around"),
        pytest.param("“was … boats … seen … the … fleet”", id="single words"),
        pytest.param("“was seen [though nobody had lit it] like a star”", id="put in"),
    ],
)
def test_a_quotation_is_what_the_source_says(quotation: str) -> None:
    found = checked(f"The keeper wrote: {quotation} [1].")

    assert findings.QUOTATION in {each.kind for each in found.failures}


def test_a_million_is_no_slip_of_a_billion() -> None:
    said_of_it = "the whole light of the tower cost one million francs in gold that year"
    source = Source("aaaaaaaa", "T", "u", f"They wrote that {said_of_it}.")
    other = said_of_it.replace("million", "billion")

    found = check(f"# T\n\n## S\n\nSo “{other}” [1].", {1: []}, lambda _: source)

    assert findings.QUOTATION in {each.kind for each in found.failures}
