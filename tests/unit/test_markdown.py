"""Markdown that the application writes: the list of sources under a draft."""

from galley.contracts import Summary
from galley.reports.markdown import as_text, with_list_of_sources
from galley.reports.rendering import html_from_markdown


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


def test_a_title_cannot_become_a_link_or_a_citation() -> None:
    title = "A *title* [9] with [a link](https://evil.example) <b> ![x](y) `c`"

    page = html_from_markdown(with_list_of_sources("# T\n\nA fact [1].", {1: a_source(title)}))

    assert "evil.example</" not in page
    assert 'href="https' not in page
    assert "<em>" not in page
    assert "A *title* [9] with [a link](https://evil.example) &lt;b&gt;" in page


def test_a_page_is_listed_with_its_address_as_a_link_that_shows_it() -> None:
    page = Summary("00000000", "A page", "https://x.org/corpus/a_b*c*?q=1&r=(2)", [])

    listed = html_from_markdown(with_list_of_sources("# T\n\nA fact [1].", {1: page}))

    address = "https://x.org/corpus/a_b*c*?q=1&amp;r=(2)"
    assert f'(<a href="{address}" rel="noreferrer noopener nofollow">{address}</a>)' in listed


def test_what_is_no_address_is_no_link() -> None:
    for uri in ("https://x.org/> [y](https://evil.example)", "javascript:alert(1)"):
        listed = with_list_of_sources("A fact [1].", {1: Summary("0", "A page", uri, [])})

        assert 'href="https' not in html_from_markdown(listed)
        assert 'href="java' not in html_from_markdown(listed)


def test_a_title_of_several_lines_becomes_one() -> None:
    assert as_text("A title\n# and more") == "A title \\# and more"
