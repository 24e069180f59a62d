"""Markdown that the application writes: the list of sources under a draft."""

import pytest
from galley.contracts import Summary
from galley.reports.markdown import as_text, with_list_of_sources
from galley.reports.rendering import Manuscript, text_from_markdown


def a_source(title: str) -> Summary:
    """Return a source with a title."""
    return Summary("00000000", title, "s3://bucket/corpus/north/light_house.md", [])


def test_only_cited_sources_are_listed_with_their_numbers() -> None:
    numbered = {1: a_source("One"), 2: a_source("Two"), 3: a_source("Three")}

    listed = with_list_of_sources("A fact [3]. Another [1].", numbered).partition("## Sources")[2]

    assert listed.split("\n\n")[1:] == [
        "[1] One (north/light\\_house.md)",
        "[3] Three (north/light\\_house.md)\n",
    ]


def listed(source: Summary) -> str:
    """Return what readers see of a source's entry in the list."""
    draft = with_list_of_sources("# T\n\n## S\n\nA fact [1].", {1: source})
    return text_from_markdown(Manuscript.from_markdown(draft).entries[1])


def test_a_title_cannot_become_a_link_or_a_citation() -> None:
    title = "A *title* [9] with [a link](https://evil.example) <b> ![x](y) `c`"

    assert listed(a_source(title)) == f"{title} (north/light_house.md)"


@pytest.mark.parametrize(
    "uri",
    [
        "https://x.org/corpus/a_b*c*?q=1&r=(2)",
        "https://x.org/> [y](https://evil.example)",
    ],
)
def test_a_page_is_listed_with_its_address_as_it_is(uri: str) -> None:
    assert listed(Summary("00000000", "A page", uri, [])) == f"A page ({uri})"


def test_a_title_of_several_lines_becomes_one() -> None:
    assert as_text("A title\n# and more") == "A title \\# and more"
