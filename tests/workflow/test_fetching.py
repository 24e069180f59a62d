"""Pages over real connections, to sites on this machine that behave as badly as sites can."""

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from typing import Any

import pytest
from galley.web import network
from galley.web.address import Address, Domains
from galley.web.failures import WebError
from galley.web.fetching import MOST_BYTES, Fetcher, Page
from galley.web.network import is_public

from galley_local.internet.server import PUBLIC_ADDRESS, PlayedInternet
from galley_local.internet.site import Asked, Reply

PAGE = Reply.html("<html><body><p>The lens gathers light.</p></body></html>")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def drip(out: BufferedIOBase, beginning: bytes, drop: bytes) -> None:
    """Send something, and then a drop now and then, for longer than anybody waits."""
    out.write(beginning)
    for _ in range(100):
        out.flush()
        time.sleep(0.05)
        out.write(drop)


def by_hand(data: bytes) -> Reply:
    """Send bytes and hang up."""
    return Reply(by_hand=lambda out: (out.write(data), None)[1])


PATHS: dict[str, Reply] = {
    "/page": PAGE,
    "/text": Reply(b"Plain text.", headers={"Content-Type": "text/plain"}),
    "/untyped": Reply(b"<p>What?</p>"),
    "/zip": Reply(b"PK", headers={"Content-Type": "application/zip"}),
    "/missing": Reply.html("no", 404),
    "/moved": Reply.moved("https://other.example/page"),
    "/moved-here": Reply.moved("page?a=b#c", 301),
    "/circle": Reply.moved("/circle"),
    "/long-1": Reply.moved("/long-2"),
    "/to-metadata": Reply.moved("http://169.254.169.254/latest/meta-data/"),
    "/to-laptop": Reply.moved("http://localhost/"),
    "/to-inside": Reply.moved("http://inside.example/"),
    "/to-file": Reply.moved("file:///etc/passwd"),
    "/to-port": Reply.moved("http://site.example:8080/"),
    "/to-user": Reply.moved("http://user:secret@site.example/"),
    "/to-blocked": Reply.moved("http://www.blocked.example/"),
    "/to-denied": Reply.moved("/private/page"),
    "/silent": Reply(by_hand=lambda out: drip(out, b"", b"")),
    "/slow-head": Reply(by_hand=lambda out: drip(out, b"HTTP/1.1 200 OK\r\nX: ", b"x")),
    "/slow-body": Reply(by_hand=lambda out: drip(out, HEAD + b"\r\n", b"x")),
    "/slow-announced": Reply(
        by_hand=lambda out: drip(out, HEAD + b"Content-Length: 9999\r\n\r\n", b"x")
    ),
    "/large": by_hand(HEAD + b"\r\n" + b"x" * (MOST_BYTES + 1)),
    "/large-announced": by_hand(
        HEAD + f"Content-Length: {2 * MOST_BYTES}\r\n\r\n".encode() + b"x" * (MOST_BYTES + 1)
    ),
    "/headers": by_hand(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n"),
    "/header": by_hand(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"),
    "/garbage": by_hand(b"\x00\x01\x02" * 50),
    "/nothing": by_hand(b""),
    "/cut-off": by_hand(HEAD + b"Content-Length: 9999\r\n\r\n<p>The lens"),
    "/chunks": by_hand(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "/packed": Reply(
        gzip.compress(PAGE.body),
        headers={"Content-Type": "text/html", "Content-Encoding": "gzip"},
    ),
    "/bomb": Reply(
        gzip.compress(b"\x00" * (MOST_BYTES + 1)),
        headers={"Content-Type": "text/html", "Content-Encoding": "gzip"},
    ),
    "/brotli": Reply(b"?", headers={"Content-Type": "text/html", "Content-Encoding": "br"}),
    "/not-packed": Reply(b"<p>", headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}),
    "/cut-pack": Reply(
        gzip.compress(PAGE.body)[:-9],
        headers={"Content-Type": "text/html", "Content-Encoding": "gzip"},
    ),
}
for number in range(2, 8):
    PATHS[f"/long-{number}"] = Reply.moved(f"/long-{number + 1}")
ROBOTS = Reply(b"User-agent: *\nDisallow: /private/\nAllow: /private/open\n")


def site(asked: Asked) -> Reply:
    """Be the site that most is tried on."""
    return ROBOTS if asked.path == "/robots.txt" else PATHS.get(asked.path, PAGE)


def with_robots(robots: Reply) -> Callable[[Asked], Reply]:
    """Return a site of one page with a robots.txt."""
    return lambda asked: robots if asked.path == "/robots.txt" else PAGE


SITES: dict[str, Callable[[Asked], Reply]] = {
    "site.example": site,
    "other.example": site,
    "www.blocked.example": site,
    "no-robots.example": with_robots(Reply(status=404)),
    "hidden-robots.example": with_robots(Reply(status=403)),
    "circling-robots.example": with_robots(Reply.moved("/robots.txt")),
    "broken-robots.example": with_robots(Reply(status=503)),
    "long-robots.example": with_robots(by_hand(HEAD + b"\r\n" + b"#" * 500_001)),
    "for-others.example": with_robots(
        Reply(b"User-agent: Galley\nDisallow:\nUser-agent: *\nDisallow: /")
    ),
    "against-us.example": with_robots(
        Reply(b"User-agent: galley\nDisallow: /\nUser-agent: *\nAllow: /")
    ),
    "marked-robots.example": with_robots(Reply(b"\xef\xbb\xbfUser-agent: galley\nDisallow: /")),
    "led-away-robots.example": with_robots(Reply.moved("http://www.blocked.example/robots.txt")),
    "bücher.example".encode("idna").decode(): site,
}
INSIDE = {
    "inside.example": ["10.0.0.7"],
    "mixed.example": [PUBLIC_ADDRESS, "127.0.0.1"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:169.254.169.254"],
    "nowhere.example": [],
    "impostor.example": [PUBLIC_ADDRESS],
}


@pytest.fixture(scope="module")
def internet() -> Iterator[PlayedInternet]:
    """Give an internet of the sites above; the impostor has no certificate."""
    with PlayedInternet(SITES, INSIDE) as played, played.around():
        network.tls.cache_clear()
        yield played
    network.tls.cache_clear()


def fetch(url: str, seconds: float = 10) -> Page:
    """Fetch a page as the tool does."""
    domains = Domains.from_text("", "blocked.example")
    return Fetcher("galley/1 (research reports; robots@example.com)", domains).fetch(
        Address.parse(url), seconds
    )


def failure(url: str, seconds: float = 10) -> str:
    """Return why a page cannot be had."""
    with pytest.raises(WebError) as failed:
        fetch(url, seconds)
    return failed.value.name


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_page_is_fetched_by_its_name(scheme: str, internet: PlayedInternet) -> None:
    page = fetch(f"{scheme}://site.example/page")

    assert (".html", PAGE.body) == (page.suffix, page.data)
    asked = internet.asked[-1]
    assert (scheme, "site.example") == (asked.scheme, asked.host)
    assert asked.headers["User-Agent"] == "galley/1 (research reports; robots@example.com)"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://site.example/moved", "https://other.example/page"),
        ("http://site.example/moved-here", "http://site.example/page?a=b"),
        ("http://SITE.example.:80/a b/ü?q=ä#x", "http://site.example/a%20b/%C3%BC?q=%C3%A4"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://site.example/long-3", "http://site.example/long-8"),
    ],
)
def test_a_page_is_known_by_where_it_was_found(
    url: str, found: str, internet: PlayedInternet
) -> None:
    assert found == str(fetch(url).address)


def test_what_is_packed_is_unpacked(internet: PlayedInternet) -> None:
    assert fetch("http://site.example/packed").data == PAGE.body


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/untyped", "FormatError"),
        ("/zip", "FormatError"),
        ("/missing", "PageMissingError"),
        ("/circle", "RedirectError"),
        ("/long-1", "RedirectError"),
        ("/to-metadata", "ForbiddenAddressError"),
        ("/to-laptop", "UnknownHostError"),
        ("/to-inside", "ForbiddenAddressError"),
        ("/to-file", "AddressError"),
        ("/to-port", "AddressError"),
        ("/to-user", "AddressError"),
        ("/to-blocked", "ForbiddenDomainError"),
        ("/to-denied", "RobotsError"),
        ("/private/page", "RobotsError"),
        ("/large", "TooLargeError"),
        ("/large-announced", "TooLargeError"),
        ("/bomb", "TooLargeError"),
        ("/brotli", "FormatError"),
        ("/not-packed", "FormatError"),
        ("/cut-pack", "UnreachableError"),
        ("/headers", "UnreachableError"),
        ("/header", "UnreachableError"),
        ("/garbage", "UnreachableError"),
        ("/nothing", "UnreachableError"),
        ("/cut-off", "UnreachableError"),
        ("/chunks", "UnreachableError"),
    ],
)
def test_what_cannot_be_had_has_a_name(path: str, expected: str, internet: PlayedInternet) -> None:
    assert expected == failure(f"http://site.example{path}")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", ["/silent", "/slow-head", "/slow-body", "/slow-announced"])
def test_drops_do_not_go_on_for_hours(path: str, scheme: str, internet: PlayedInternet) -> None:
    assert failure(f"{scheme}://site.example{path}", seconds=0.4) == "TooSlowError"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *((name, "ForbiddenAddressError") for name in INSIDE if name != "impostor.example"),
        ("nobody.example", "UnknownHostError"),
        ("127.0.0.1", "ForbiddenAddressError"),
        ("127.1", "ForbiddenAddressError"),
        ("2130706433", "ForbiddenAddressError"),
        ("0x7f000001", "ForbiddenAddressError"),
        ("0177.0.0.1", "ForbiddenAddressError"),
        ("0", "ForbiddenAddressError"),
        ("169.254.169.254", "ForbiddenAddressError"),
        ("[::1]", "ForbiddenAddressError"),
        ("[::ffff:127.0.0.1]", "ForbiddenAddressError"),
        ("[fd00:ec2::254]", "ForbiddenAddressError"),
        ("[64:ff9b::a9fe:a9fe]", "ForbiddenAddressError"),
    ],
)
def test_nothing_leads_inside(host: str, expected: str, internet: PlayedInternet) -> None:
    before = len(internet.asked)

    assert expected == failure(f"http://{host}/latest/meta-data/")
    assert before == len(internet.asked)


def test_a_name_is_looked_up_once_for_each_connection(
    internet: PlayedInternet, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    connected: list[str] = []
    look_up, connect = socket.getaddrinfo, socket.create_connection

    def rebinding(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        """Answer with a public address the first time, and then with one inside."""
        found = look_up(host, port, *more, **options)
        if host != "site.example":
            return found
        looked_up.append(host)
        inside = [(*found[0][:4], ("127.0.0.1", port))]
        return found if len(looked_up) % 2 else inside

    def noting(address: Any, **options: Any) -> socket.socket:
        connected.append(address[0])
        return connect(address, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", noting)

    # robots.txt takes the first lookup, the page the second
    assert failure("http://site.example/page") == "ForbiddenAddressError"
    assert ["site.example"] * 2 == looked_up
    assert [PUBLIC_ADDRESS] == connected


def test_a_certificate_of_another_name_is_refused(internet: PlayedInternet) -> None:
    assert failure("https://impostor.example/page") == "CertificateError"


def test_a_certificate_of_nobody_known_is_refused(
    internet: PlayedInternet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    network.tls.cache_clear()

    assert failure("https://site.example/page") == "CertificateError"

    monkeypatch.undo()
    network.tls.cache_clear()


def test_a_proxy_of_the_environment_is_not_asked(
    internet: PlayedInternet, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert fetch("http://site.example/page").data == PAGE.body


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("no-robots", None),
        ("hidden-robots", None),
        ("circling-robots", None),
        ("for-others", None),
        ("broken-robots", "RobotsError"),
        ("long-robots", "RobotsError"),
        ("against-us", "RobotsError"),
        ("marked-robots", "RobotsError"),
        ("led-away-robots", "ForbiddenDomainError"),
    ],
)
def test_robots_txt_is_obeyed(host: str, expected: str | None, internet: PlayedInternet) -> None:
    url = f"http://{host}.example/page"

    assert fetch(url).data == PAGE.body if expected is None else failure(url) == expected


def test_the_longest_rule_decides(internet: PlayedInternet) -> None:
    assert fetch("http://site.example/private/open").data == PAGE.body


@pytest.mark.parametrize(
    "text",
    [
        *("10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "0.0.0.0", "169.254.1.1"),
        *("100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
        *("::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1"),
        *("::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "2002:7f00:1::"),
        *("2001::1", "2001:db8::1", "3fff::1", "5f00::1", "4000::1"),
    ],
)
def test_an_address_that_is_not_of_the_public_internet(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize("text", ["8.8.8.8", "151.101.1.1", "2606:4700::1111", "2a00:1450::1"])
def test_an_address_of_the_public_internet(text: str) -> None:
    assert is_public(text)


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "//site.example/", "/page", "http://", "http:///x", "https://?x"),
        *("ftp://site.example/", "javascript:alert(1)", "data:text/html,x", "gopher://x.org/"),
        *("http://site.example:22/", "https://site.example:80/", "http://site.example:99999/"),
        *("http://a@site.example/", "http://:@site.example/", "http://a:b@site.example/"),
        *("http://site.example\\@evil.example/", "http://site.example/\r\nX: y", "http://a b/"),
        *("http://..example/", "http://a..b/", "http://[::1/", "http://%31%32%37.0.0.1/"),
        *("http://" + "x" * 64 + ".example/", "http://site.example/" + "x" * 2000),
    ],
)
def test_what_is_no_address_of_a_page(url: str) -> None:
    with pytest.raises(WebError) as refused:
        Address.parse(url)

    assert refused.value.name == "AddressError"
    assert not url or url not in str(refused.value)


@pytest.mark.parametrize(
    ("allowed", "blocked", "host", "is_wanted"),
    [
        ("", "", "a.org", True),
        ("a.org", "", "a.org", True),
        ("a.org", "", "www.a.org", True),
        ("a.org", "", "aa.org", False),
        ("gov,a.org", "", "nasa.gov", True),
        ("", "a.org", "www.a.org", False),
        ("", "a.org", "aa.org", True),
        ("a.org", "x.a.org", "x.a.org", False),
    ],
)
def test_domains_include_those_below_them(
    allowed: str, blocked: str, host: str, is_wanted: bool
) -> None:
    domains, address = Domains.from_text(allowed, blocked), Address("https", host, "/")

    if is_wanted:
        domains.check(address)
    else:
        with pytest.raises(WebError):
            domains.check(address)
