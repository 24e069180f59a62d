"""Rendering: a draft as HTML in which nothing runs and every citation leads to its source."""

from html.parser import HTMLParser

import pytest
from galley.reports.rendering import Manuscript, text_from_markdown


class Elements(HTMLParser):
    """Collects the elements and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep one element."""
        self.found.append((tag, dict(attrs)))

    def links(self) -> list[str | None]:
        """Return where all links and images lead."""
        return [
            attrs.get("href", attrs.get("src")) for tag, attrs in self.found if tag in {"a", "img"}
        ]


def html_of(markdown: str) -> str:
    """Return a draft's sections as a page has them, each citation led to its source."""
    sections = Manuscript.from_markdown(markdown).sections
    return "".join(
        each.html(lambda cited: {"href": f"#source-{cited.number}"}) for each in sections
    )


@pytest.mark.parametrize(
    "markdown",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param("text <img src=x onerror=alert(1)> text", id="inline image"),
        pytest.param("<iframe src='https://x.org'></iframe>", id="frame"),
        pytest.param("<!-- comment --><style>body{}</style>", id="style"),
        pytest.param("<form action='https://x.org'><input></form>", id="form"),
        pytest.param("### <b onclick=alert(1)>part</b>", id="in a heading"),
        pytest.param("`<script>`\n\n    <script>\n", id="in code"),
        pytest.param("| a |\n|---|\n| <script> |", id="in a table"),
    ],
)
def test_raw_html_comes_out_as_text(markdown: str) -> None:
    allowed = {"p", "h3", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}

    elements = Elements(html_of(markdown)).found

    assert {tag for tag, _ in elements} <= allowed
    assert [] == [attrs for _, attrs in elements if attrs]


@pytest.mark.parametrize(
    "markdown",
    [
        pytest.param("[x](javascript:alert(1))", id="script"),
        pytest.param("[x](JaVaScRiPt:alert(1))", id="script in capitals"),
        pytest.param("[x](java&#115;cript:alert(1))", id="script in entities"),
        pytest.param("[x](vbscript:x)", id="visual basic"),
        pytest.param("[x](data:text/html;base64,PHNjcmlwdD4=)", id="data"),
        pytest.param("[x](file:///etc/passwd)", id="file"),
        pytest.param("![x](javascript:alert(1))", id="image"),
        pytest.param("<javascript:alert(1)>", id="autolink"),
        pytest.param("[x][y]\n\n[y]: javascript:alert(1)", id="reference"),
    ],
)
def test_a_link_to_a_script_is_no_link(markdown: str) -> None:
    assert [] == Elements(html_of(markdown)).links()


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("[Approve](https://evil.example/a)", "<p>Approve<code>https://evil.example/a</code></p>"),
        ("<https://evil.example/a>", "<p>https://evil.example/a</p>"),
        ("[](https://evil.example/?a&b)", "<p><code>https://evil.example/?a&amp;b</code></p>"),
        ("## Sources\n\n[x](https://evil.example)\n\n## Sources\n\n[1] A", "evil.example</code>"),
        ('[as in](https://evil.example "in [1]")', "<code>https://evil.example</code>"),
    ],
)
def test_a_link_that_an_agent_writes_shows_where_it_would_lead(markdown: str, shown: str) -> None:
    html = html_of(f"{markdown}\n")

    assert shown in html
    assert "href" not in html


def test_citations_side_by_side_are_links_each() -> None:
    assert ["#source-1", "#source-4"] == Elements(html_of("Light [1][4].")).links()


def test_a_draft_cannot_lead_its_citations_elsewhere() -> None:
    html = html_of("Light [1].\n\n[1]: https://evil.example 'title'\n")

    assert "https://evil.example" not in Elements(html).links()


def test_an_image_is_not_fetched() -> None:
    html = html_of("![x](https://tracker.example/pixel.png)")

    assert "img" not in [tag for tag, _ in Elements(html).found]


@pytest.mark.parametrize("word", ["[1822]", "[n]", "[]", "[1"])
def test_brackets_that_are_no_citation_stay(word: str) -> None:
    assert f"<p>{word}</p>\n" == html_of(word)


def test_a_table_is_a_table() -> None:
    assert "<td>1</td>" in html_of("| a |\n|---|\n| 1 |")


# ---- a draft in its parts ------------------------------------------------------------------------

PARTS = """# A *title*

Before.

## One

Light [1]. Lenses gather it [2][3]. Mirrors lose it. [1]

### Deeper

- Fog [2]

## Two

Bells.

## Sources

[1] A \\_title\\_ (a.md)

[2] B [9] (b.md)
"""


def test_a_draft_is_taken_apart_at_its_headings() -> None:
    draft = Manuscript.from_markdown(PARTS)

    assert draft.title == "A title"
    assert ["", "One", "Two"] == [section.heading for section in draft.sections]
    assert draft.entries == {1: "A \\_title\\_ (a.md)", 2: "B [9] (b.md)"}


def test_a_citation_knows_its_sentence_and_its_place() -> None:
    citations = [
        (each.place, each.number, each.sentence)
        for section in Manuscript.from_markdown(PARTS).sections
        for each in section.citations
    ]

    assert citations == [
        (1, 1, "Light"),
        (2, 2, "Lenses gather it"),
        (3, 3, "Lenses gather it"),
        (4, 1, "Mirrors lose it."),
        (5, 2, "Fog"),
    ]


def test_a_section_leads_its_citations_where_it_is_told_to() -> None:
    _, section, _ = Manuscript.from_markdown(PARTS).sections

    html = section.html(lambda cited: {"id": f"c{cited.place}", "href": '#"'})

    assert '<a class="citation" id="c1" href="#&quot;">[1]</a>' in html
    assert "<h2>" not in html


def test_a_draft_without_headings_is_one_part() -> None:
    (section,) = Manuscript.from_markdown("Light [1].").sections

    assert section.heading == ""
    assert len(section.citations) == 1


def test_markdown_on_one_line_is_read_as_text() -> None:
    assert "a *b* <i> (c.md)" == text_from_markdown("a \\*b\\* \\<i\\> (c.md)")
