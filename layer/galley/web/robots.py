"""What sites ask of robots (RFC 9309), remembered by those who ask again."""

from collections.abc import Callable
from http import HTTPStatus

from galley.web.address import Address
from galley.web.exchange import Answer
from galley.web.failures import RedirectError, RobotsError, TooLargeError, WebError

ROBOTS_BYTES = 500_000  # of which the RFC has a robot read as many at least

Get = Callable[[Address, int], Answer]


class Robots:
    """The rules of the sites that one invocation asks."""

    def __init__(self, agent: str, get: Get) -> None:
        """Take the name that rules know this robot by, and what gets a file of a site."""
        self._agent = agent
        self._get = get
        self._rules: dict[str, str | WebError] = {}  # by origin

    def check(self, address: Address) -> None:
        """Raise `RobotsError` where the site does not want an address to be read by robots."""
        from protego import Protego  # only this tool's function carries it

        if address.origin not in self._rules:
            self._rules[address.origin] = self._read(address)
        rules = self._rules[address.origin]
        if isinstance(rules, WebError):
            raise rules
        if not Protego.parse(rules).can_fetch(str(address), self._agent):
            raise RobotsError("the site asks robots not to read this page")

    def _read(self, address: Address) -> str | WebError:
        try:
            answer = self._get(Address(address.scheme, address.host, "/robots.txt"), ROBOTS_BYTES)
        except RedirectError:
            return ""  # which the RFC takes for none
        except TooLargeError:
            return RobotsError("the site's robots.txt is too long to be read")
        except WebError as error:
            return error  # the page could not be had either
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return RobotsError(f"the site answers {answer.status} for its robots.txt")
        # Who has no rules, or shows them to nobody, has none for this robot either.
        if answer.status != HTTPStatus.OK:
            return ""
        return answer.body.decode("utf-8-sig", errors="replace")  # a mark would hide the first rule
