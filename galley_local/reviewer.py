"""A reviewer with a browser: opens a link, reads its page, and sends the page's form."""

import re
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

WAIT_SECONDS = 60
_FORM_TOKEN = re.compile(r'name="form_token" value="(\w+)"')

# The stack is on this machine, whatever HTTP_PROXY says; its Python's version is nobody's business.
_BROWSER = build_opener(ProxyHandler({}))
_BROWSER.addheaders = [("User-Agent", "Mozilla/5.0")]


@dataclass(frozen=True)
class Page:
    """What a link has answered."""

    link: str
    status: int
    text: str

    @property
    def form_token(self) -> str:
        """What the page's form carries; nothing where it has no form."""
        found = _FORM_TOKEN.search(self.text)
        return found[1] if found else ""


def open_link(link: str) -> Page:
    """Return the page of a link."""
    return _sent(Request(link))  # noqa: S310  # from a mail of the stack


def decide(page: Page, decision: str, comments: str = "") -> Page:
    """Send a page's form, and return the page that answers it."""
    form = {"form_token": page.form_token, "decision": decision, "comments": comments}
    data = urlencode(form).encode("utf-8")
    return _sent(Request(page.link, data=data, method="POST"))  # noqa: S310  # from a mail


def _sent(request: Request) -> Page:
    try:
        with _BROWSER.open(request, timeout=WAIT_SECONDS) as response:
            status, body = response.status, response.read()
    except HTTPError as error:
        with error:
            status, body = error.code, error.read()
    return Page(request.full_url, status, body.decode("utf-8"))
