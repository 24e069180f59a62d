"""The web in a search: what its pages say on the topic, where the agent has the tools for it."""

from collections.abc import Iterator

from galley_local.extractive.tools import UseTool, read_by
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems

_MOST_PAGES = 6


def pages_on(topic: Topic, use_tool: UseTool) -> Iterator[tuple[str, str, str]]:
    """Yield id, title and passage of pages that speak of the topic, once they are sources."""
    found = read_by(use_tool, "search_web", query=topic.text).get("results", [])
    named = [each for each in found if topic.strong & _stems(each)]
    for each in named[:_MOST_PAGES]:
        if source_id := each.get("source_id"):
            yield source_id, each["title"], each["passage"]
            continue
        page = read_by(use_tool, "fetch_page", url=each["url"])
        if "source_id" in page:
            yield page["source_id"], page["title"], f"{each.get('passage', '')} {page['beginning']}"


def _stems(named: dict[str, str]) -> set[str]:
    return set(content_stems(f"{named.get('title', '')} {named.get('passage', '')}"))
