"""Forty sources: what crosses from state to state stays small, and so does the bill."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.histories import ordinary_run

from .conftest import Workflow

LARGEST_STATE_BYTES = 16 * 1024
OTHER_TRANSITIONS = 9  # than one for each source
COLOURS = ("red", "green", "white", "amber", "blue", "violet", "silver", "golden")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of sixty documents that speak of lenses, each of another station."""
    folder = tmp_path_factory.mktemp("corpus")
    for number in range(60):
        colour, other = COLOURS[number % 8], COLOURS[(number // 8 + 3) % 8]
        (folder / f"station-{number}.md").write_text(
            f"# Station number {number}\n\n"
            f"The lens of station {number} was lit in {1800 + number} with a {colour} lamp. "
            f"Its keeper counted {number * 17 + 3} ships by {other} lantern every winter. "
            f"The tower of station {number} rises {20 + number} metres above the {colour} rocks.\n"
        )
    return folder


def test_forty_sources_stay_within_the_limits(start: Callable[..., Workflow]) -> None:
    workflow = start(
        topic="Which lamp did the lens of a station have?", options={"max_sources": 40}
    )

    workflow.approve()
    ended = workflow.end()

    details = [
        value
        for event in ended.history
        for key, value in event.items()
        if key.endswith("EventDetails")
    ]
    sizes = [
        len(detail[name].encode("utf-8"))
        for detail in details
        for name in ("input", "output", "parameters")
        if isinstance(detail.get(name), str)
    ]
    assert ended.status == "SUCCEEDED"
    assert ended.output["sources"] == 40
    assert ended.states().count("Summarize source") == 40
    assert max(sizes) <= LARGEST_STATE_BYTES
    assert len(ended.states()) <= OTHER_TRANSITIONS + 40
    assert len(ended.history) == ordinary_run(40)
