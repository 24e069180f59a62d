"""Seconds in which each format of a report is made, each in a process of its own as on Lambda."""

import os
import time

from galley.reports.files import PAGE, PDF, WORD

from bench.runs import CORPUS, TOPIC
from galley_local.corpus import Corpus
from galley_local.rehearsal import wait_for_end, wait_for_link
from galley_local.reviewer import decide, open_link
from galley_local.stack import Stack

NAME = "bench"
RUNS = 3


def main() -> None:
    """Print the figures of exports."""
    bundle = _bundle()
    print(f"{'exports of a report with 10 sources':<44}{'seconds':>9}{'KB':>10}")
    for names in ((PAGE,), (PDF,), (WORD,), (PAGE, PDF, WORD)):
        seconds, size = min(_made(names, bundle) for _ in range(RUNS))
        case = names[0] if len(names) == 1 else "all of them"
        print(f"{case:<44}{seconds:>9.2f}{size / 1000:>10.1f}")


def _made(names: tuple[str, ...], bundle: str) -> tuple[float, int]:
    os.environ.setdefault("VERSION", NAME)  # which functions have from the template
    from galley.reports.exports import made_apart

    started = time.perf_counter()
    made = made_apart(names, bundle)
    return time.perf_counter() - started, sum(len(data or b"") for data in made.values())


def _bundle() -> str:
    with Stack(Corpus.read(CORPUS)) as stack:
        request = {"topic": TOPIC, "tenant": "bench", "reviewer": "reviewer@example.com"}
        execution = stack.start({**request, "options": {"max_sources": 10}}, name=NAME)
        decide(open_link(wait_for_link(stack, NAME, 1)), "approved")
        wait_for_end(stack, execution)
        found = stack.client("s3").get_object(
            Bucket=stack.outputs["ArtifactsBucket"], Key=f"bench/{NAME}/published/evidence.json"
        )
        return bytes(found["Body"].read()).decode("utf-8")


if __name__ == "__main__":
    main()
