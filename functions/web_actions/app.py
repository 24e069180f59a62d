"""Web actions: what the search agent may do on the web, which is search and read what is named."""

import os
from typing import Any

from galley import telemetry
from galley.artifacts import Artifacts, s3_client
from galley.errors import InvalidRequestError
from galley.telemetry import logger
from galley.tools import ActionGroup
from galley.web.address import Domains
from galley.web.failures import WebError
from galley.web.fetching import Fetcher
from galley.web.keys import ProviderKeys
from galley.web.pages import FoundPages
from galley.web.search import WebSearch

ACTIONS = ActionGroup("web_actions")
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
PROVIDERS = os.environ["WEB_PROVIDERS"].split(",")
KEYS = ProviderKeys(os.environ["WEB_KEYS_ARN"])
DOMAINS = Domains.from_text(os.environ["WEB_ALLOWED_DOMAINS"], os.environ["WEB_BLOCKED_DOMAINS"])
CONTACT = os.environ["WEB_CONTACT"].encode("ascii", "ignore").decode()  # it goes into a header
USER_AGENT = f"galley/{telemetry.VERSION} (research reports; {CONTACT})"

BEGINNING_CHARACTERS = 1500


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return ACTIONS.resolve(event, context)


@ACTIONS.tool
def search_web(query: str) -> dict[str, Any]:
    """Return the pages that providers name, and the providers that could not be asked."""
    if not query.strip():
        raise InvalidRequestError("'query' must say what to look for")
    web = WebSearch(PROVIDERS, KEYS.read(), USER_AGENT, DOMAINS)
    found = FoundPages(ARTIFACTS, ACTIONS.scope).search(query, web)
    for provider, reason in found.failed.items():
        logger.warning("%s could not be asked: %s", provider, reason)
    results = [
        {name: value for name, value in vars(each).items() if value} for each in found.results
    ]
    return {"results": results, "failed": found.failed}


@ACTIONS.tool
def fetch_page(url: str) -> dict[str, Any]:
    """Return how a page begins, once it is kept whole, or why it could not be had."""
    pages = FoundPages(ARTIFACTS, ACTIONS.scope)
    try:
        source = pages.fetch(url, Fetcher(USER_AGENT, DOMAINS))
    except WebError as error:
        logger.warning("a page could not be had: %s: %s", error.name, error)
        return {"failed": error.name, "why": str(error)}
    return {
        "source_id": source.source_id,
        "title": source.title,
        "uri": source.uri,
        "characters": len(source.text) + source.left_out,
        "beginning": source.text[:BEGINNING_CHARACTERS],
    }
