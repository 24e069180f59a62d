"""What kind of source an address is: a hint for ranking, and a word for the reviewer."""

import re
from urllib.parse import urlsplit

# What is worth a little more, or less, where relevance is the same.
WEIGHTS = {
    "document of the knowledge base": 0.1,
    "official source": 0.1,
    "scholarly work": 0.1,
    "encyclopedia": 0.05,
    "web page": 0.0,
    "blog": -0.05,
    "forum": -0.1,
}
_OFFICIAL = re.compile(
    r"\.(?:gov|mil|int)$|(?:^|\.)(?:gov|gouv|gob|go|mil)\.[a-z]{2}$|\.europa\.eu$"
)
_SCHOLARLY = re.compile(
    r"\.edu$|\.(?:edu|ac)\.[a-z]{2}$|(?:^|\.)(?:doi|arxiv|openalex|jstor|biorxiv|medrxiv|plos)\.org$"
    r"|(?:^|\.)(?:nature|sciencedirect|springer|wiley)\.com$"
)
_ENCYCLOPEDIA = re.compile(r"(?:^|\.)(?:wikipedia\.org|britannica\.com)$")
_BLOG = re.compile(
    r"^blogs?\.|(?:^|\.)(?:medium|substack|blogspot|wordpress|tumblr|livejournal)\.com$|(?:^|\.)dev\.to$"
)
_FORUM = re.compile(
    r"^forums?\.|(?:^|\.)(?:reddit|quora|stackexchange|stackoverflow|facebook|x|twitter)\.com$"
)
_KINDS = {
    "official source": _OFFICIAL,
    "scholarly work": _SCHOLARLY,
    "encyclopedia": _ENCYCLOPEDIA,
    "blog": _BLOG,
    "forum": _FORUM,
}
# These only lead on to where a work is: many publishers, one address.
_LEADS_ON = re.compile(r"(?:^|\.)(?:doi|openalex)\.org$|^hdl\.handle\.net$")
_SECOND_LEVEL = {"ac", "co", "com", "edu", "go", "gov", "net", "or", "org"}
_COUNTRY_CHARACTERS = 2


def kind_of(uri: str) -> str:
    """Return the kind of a source by its address."""
    if not uri.startswith(("https://", "http://")):
        return "document of the knowledge base"
    host = _host_of(uri)
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(host)), "web page")


def site_of(uri: str) -> str:
    """Return the site that a web address belongs to; nothing where it belongs to none."""
    host = _host_of(uri) if uri.startswith(("https://", "http://")) else ""
    if _LEADS_ON.search(host):
        return ""
    labels = host.split(".")
    is_deep = len(labels[-1]) == _COUNTRY_CHARACTERS and labels[-2:-1] != []
    count = 3 if is_deep and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-count:])


def _host_of(uri: str) -> str:
    try:
        return (urlsplit(uri).hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:  # an address that is none
        return ""
