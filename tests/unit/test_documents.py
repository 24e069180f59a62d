"""Documents: the main text of what people keep in a folder, or a reason why there is none."""

from pathlib import Path

import pytest
import trafilatura
from galley.documents import UnreadableDocumentError, read_document

from tests.unit.fakes import ROOT

PROSE = "The Fresnel lens gathers light that a mirror would lose, and throws it far out to sea."
RUSSIAN = (
    "Линза Френеля собирает свет, который зеркало потеряло бы, и бросает его далеко в море. "
    "Моряки видели огонь за тридцать миль, и каждый маяк имел свой собственный порядок вспышек."
)
ARABIC = (
    "تجمع عدسة فرينل الضوء الذي كانت المرآة ستفقده وتلقيه بعيدا في البحر. "
    "وكان البحارة يرون النور من مسافة بعيدة في الليل."
)
CHINESE = "灯塔的透镜把光线汇聚成一束，照向远方的海面。船员们在很远的地方就能看见它。" * 3
KOREAN = (
    "등대의 렌즈는 빛을 모아 먼 바다를 비춥니다. 선원들은 먼 곳에서도 그것을 볼 수 있었습니다. " * 2
)
JAPANESE = (
    "灯台のレンズは光を集めて遠くの海を照らします。船員たちは遠くからそれを見ることができました。"
    * 2
)
PAGE = f"""<!DOCTYPE html>
<html><head><title>The lens | A site of lamps</title><script>var tracking = 1;</script></head>
<body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop for lamps</a></li></ul></nav>
<main><article><h1>The lens</h1>
<p>{PROSE}</p>
<p>{PROSE.replace("Fresnel", "dioptric")}</p></article></main>
<footer>Cookies and imprint</footer>
</body></html>"""


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        pytest.param("a.md", f"# The lens\n\n{PROSE}", "The lens", id="Markdown"),
        pytest.param("a.md", f"## The lens ##\n\n{PROSE}", "The lens", id="a closed heading"),
        pytest.param("a.md", f"\n\nSome words.\n\n# The lens\n\n{PROSE}", "The lens", id="below"),
        pytest.param("a.txt", f"The lens\n\n{PROSE}", "The lens", id="plain text"),
        pytest.param("a.txt", f"= The lens\n\n{PROSE}", "The lens", id="AsciiDoc"),
        pytest.param("a.txt", f"=====\nThe lens\n=====\n\n{PROSE}", "The lens", id="ruled"),
        pytest.param("my-first_lens.txt", PROSE, "my first lens", id="prose alone"),
        pytest.param("s3://bucket/corpus/on-lamps", PROSE, "on lamps", id="a URI, no suffix"),
        pytest.param("A.MD", f"# The lens\n\n{PROSE}", "The lens", id="a suffix in capitals"),
    ],
)
def test_a_text_is_kept_as_it_is_under_its_title(name: str, text: str, title: str) -> None:
    document = read_document(name, text.encode())

    assert (title, text.strip()) == (document.title, document.text)


def test_line_ends_are_made_the_same() -> None:
    document = read_document("a.txt", f"The lens\r\n\r\n{PROSE}\rEnd".encode())

    assert f"The lens\n\n{PROSE}\nEnd" == document.text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        pytest.param("utf-8", f"Größe “{PROSE}” 灯", id="UTF-8"),
        pytest.param("utf-8-sig", f"Größe {PROSE}", id="with a byte order mark"),
        pytest.param("cp1252", f"Größe “{PROSE}” – café", id="Windows"),
        pytest.param("utf-16", f"Größe “{PROSE}” – café", id="UTF-16"),
        pytest.param("utf-16-le", f"Größe “{PROSE}” – café", id="UTF-16 without its mark"),
        pytest.param("utf-16-be", f"Größe “{PROSE}” – café", id="UTF-16 the other way round"),
        pytest.param("utf-32", f"Größe “{PROSE}” – café", id="UTF-32"),
        pytest.param("utf-8", ARABIC, id="Arabic"),
        pytest.param("utf-8", CHINESE, id="Chinese"),
        pytest.param("cp1251", RUSSIAN, id="Russian, Windows"),
        pytest.param("koi8_r", RUSSIAN, id="Russian, KOI8"),
        pytest.param("cp1256", ARABIC, id="Arabic, Windows"),
        pytest.param("cp932", JAPANESE, id="Japanese, Windows"),
        pytest.param("gb18030", CHINESE, id="Chinese, GB"),
        pytest.param(
            "big5",
            "燈塔的透鏡把光線匯聚成一束，照向遠方的海面。船員們在很遠的地方就能看見它。" * 3,
            id="Chinese, Big5",
        ),
    ],
)
def test_letters_survive_their_encoding(encoding: str, text: str) -> None:
    assert text.strip() == read_document("a.txt", text.encode(encoding)).text


def test_a_page_in_utf_16_is_a_page() -> None:
    assert PROSE in read_document("a.html", PAGE.encode("utf-16")).text


def test_bytes_that_are_in_no_encoding_do_not_stop_the_rest() -> None:
    assert PROSE in read_document("a.txt", b"\x81\x8d\xff " + PROSE.encode()).text


@pytest.mark.parametrize(
    ("named", "heading", "title"),
    [
        pytest.param("lamp(1)", "lamp(1) Manual Page", "lamp(1) Manual Page", id="a manual"),
        pytest.param("A site: The lamp", "A site", "A site: The lamp", id="a site"),
        pytest.param(
            "Synopsis", 'Synopsis<a class="headerlink" href="#s">¶</a>', "Synopsis", id="a sign"
        ),
    ],
)
def test_a_heading_outside_of_the_main_text_may_be_the_title(
    named: str, heading: str, title: str
) -> None:
    page = (
        f"<html><head><title>{named}</title></head><body><header><h1>{heading}</h1></header>"
        f"<main><h2>Synopsis</h2><p>{PROSE}</p><p>{PROSE}</p></main></body></html>"
    )

    document = read_document("a.html", page.encode())

    assert document.title == title
    assert "¶" not in document.text


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml", "a.txt", "a"])
def test_a_page_is_read_without_what_stands_around_its_text(name: str) -> None:
    document = read_document(name, PAGE.encode())

    assert document.title == "The lens"
    assert PROSE in document.text
    around = ("Shop for lamps", "Cookies", "tracking", "<p>")
    assert [] == [words for words in around if words in document.text]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.pdf", b"%PDF-1.7 " + PROSE.encode(), id="a format that is not read"),
        pytest.param("a.md", b"PK\x03\x04\x00\x00" + PROSE.encode(), id="binary"),
        pytest.param("a.txt", bytes(range(256)) * 9, id="any bytes"),
        pytest.param(
            "a.html",
            PAGE.partition("<body>")[0].encode()
            + b"<script>"
            + b"x = 1;" * 99
            + b"</script></html>",
            id="a page that is only scripts",
        ),
        pytest.param("a.html", b"<div>" * 100_000 + PROSE.encode(), id="a page that is all depth"),
        pytest.param("a.md", b"", id="empty"),
        pytest.param("a.md", b" \n\t\n", id="blank"),
        pytest.param("a.md", b"# The lens", id="a title and no text"),
        pytest.param("a.html", b"", id="an empty page"),
        pytest.param("a.html", b"<html><body></body></html>", id="a page without text"),
        pytest.param("a.html", b"<!-- -->", id="a comment"),
    ],
)
def test_what_holds_no_text_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(UnreadableDocumentError):
        read_document(name, data)


def test_a_page_that_breaks_its_reader_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise AssertionError("words of the page")

    monkeypatch.setattr(trafilatura, "extract", broken)

    with pytest.raises(UnreadableDocumentError, match=r"^damaged \(AssertionError\)$"):
        read_document("a.html", PAGE.encode())


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("examples/corpus/*")), ids=lambda path: str(path.name)
)
def test_every_example_is_readable(path: Path) -> None:
    document = read_document(path.name, path.read_bytes())

    assert document.title
    assert len(document.text) > 500
