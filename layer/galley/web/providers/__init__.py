"""Search providers by their names; another one is a file beside these and a line here."""

from galley.web.providers.openalex import OpenAlex
from galley.web.providers.provider import Hit, Provider
from galley.web.providers.tavily import Tavily
from galley.web.providers.wikipedia import Wikipedia

__all__ = ["PROVIDERS", "Hit", "Provider"]

PROVIDERS: dict[str, Provider] = {
    "tavily": Tavily(),
    "openalex": OpenAlex(),
    "wikipedia": Wikipedia(),
}
