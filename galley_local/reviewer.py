"""A reviewer with a browser: opens a link, signs in if asked to, and sends the page's form."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

WAIT_SECONDS = 60
# The decision stands, whether it is this one or one that came first, or it is too late for any.
SETTLED = {HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.GONE}
_FORM_TOKEN = re.compile(r'name="form_token" value="(\w+)"')
_SIGN_IN = "/oauth2/authorize?"


class Browser:
    """
    Follows redirects and keeps cookies, as a reviewer's own browser does.

    What is on this machine is reached without a proxy, whatever HTTP_PROXY says.
    """

    def __init__(self, *, on_this_machine: bool = True, agent: str = "Mozilla/5.0") -> None:
        self.cookies = CookieJar()
        proxies = ProxyHandler({}) if on_this_machine else ProxyHandler()
        self._opener = build_opener(proxies, HTTPCookieProcessor(self.cookies))
        # its Python's version is nobody's business
        self._opener.addheaders = [("User-Agent", agent)]

    def open(self, link: str) -> "Page":
        """Return the page that a link leads to."""
        return self._sent(Request(link))  # noqa: S310  # from a mail of the stack

    def send(self, link: str, form: Mapping[str, str]) -> "Page":
        """Send a form, and return the page that answers it."""
        data = urlencode(form).encode("utf-8")
        return self._sent(Request(link, data=data, method="POST"))  # noqa: S310  # from a mail

    def _sent(self, request: Request) -> "Page":
        try:
            with self._opener.open(request, timeout=WAIT_SECONDS) as response:
                link, status, body = response.url, response.status, response.read()
        except HTTPError as error:
            with error:
                link, status, body = error.url or request.full_url, error.code, error.read()
        return Page(link, status, body.decode("utf-8"), self)


@dataclass(frozen=True)
class Page:
    """What a link has answered, and the browser that shows it."""

    link: str
    status: int
    text: str
    browser: Browser = field(default_factory=Browser, repr=False, compare=False)

    @property
    def form_token(self) -> str:
        """What the page's form carries; nothing where it has no form."""
        found = _FORM_TOKEN.search(self.text)
        return found[1] if found else ""

    @property
    def asks_to_sign_in(self) -> bool:
        """Whether this is the page on which the stack's user pool asks who is there."""
        return _SIGN_IN in self.link


def open_link(link: str, reviewer: str = "", groups: Iterable[str] = ()) -> Page:
    """Return the page of a link, as whom the user pool is told if it asks."""
    page = Browser().open(link)
    return sign_in(page, reviewer, groups) if reviewer and page.asks_to_sign_in else page


def sign_in(page: Page, reviewer: str, groups: Iterable[str] = ()) -> Page:
    """Sign in on the user pool's page, and return the page that it leads back to."""
    return page.browser.send(page.link, {"address": reviewer, "groups": " ".join(groups)})


def decide(page: Page, decision: str, comments: str = "") -> Page:
    """Send a page's form, and return the page that answers it."""
    form = {"form_token": page.form_token, "decision": decision, "comments": comments}
    return page.browser.send(page.link, form)


def review(link: str, decision: str, comments: str = "", reviewer: str = "") -> Page:
    """Open a link and decide, where its page has a form; return the page that answers."""
    page = open_link(link, reviewer)
    return decide(page, decision, comments) if page.form_token else page
