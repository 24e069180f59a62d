"""The page of a draft with ten sources: its size, and how fast a warm function gives it."""

import gzip
import statistics
import time

from bench.runs import CORPUS, TOPIC
from galley_local.corpus import Corpus
from galley_local.rehearsal import wait_for_link
from galley_local.reviewer import open_link
from galley_local.stack import Stack

LOOKS = 30
NAME = "bench"


def main() -> None:
    """Print the figures of the page."""
    with Stack(Corpus.read(CORPUS)) as stack:
        request = {"topic": TOPIC, "reviewer": "reviewer@example.com"}
        stack.start({**request, "options": {"max_sources": 10}}, name=NAME)
        link = wait_for_link(stack, NAME, 1)
        page = open_link(link).text.encode("utf-8")  # the first look is a cold start
        seconds = [_look(link) for _ in range(LOOKS)]
    low, middle, high = statistics.quantiles(seconds, n=4)
    print(f"{'page of a draft':<44}{'KB':>9}{'KB (gzip)':>10}{'warm ms':>13}{'quartiles':>15}")
    print(
        f"{'10 sources, through the port of the API':<44}{len(page) / 1000:>9.1f}"
        f"{len(gzip.compress(page)) / 1000:>10.1f}{middle * 1000:>13.0f}"
        f"{f'{low * 1000:.0f} to {high * 1000:.0f}':>15}"
    )


def _look(link: str) -> float:
    started = time.perf_counter()
    open_link(link)
    return time.perf_counter() - started
