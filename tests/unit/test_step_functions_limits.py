"""The places where moto's interpreter is given AWS's limits: loud when one of them moves."""

import pytest
from moto.stepfunctions.parser import quotas
from moto.stepfunctions.parser.asl.component.state import state
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service

from galley_local.step_functions import limits

limits.install()


@pytest.mark.parametrize("module", [quotas, state, state_task_service])
def test_every_module_measures_payloads_our_way(module: object) -> None:
    assert module.is_within_size_quota is limits.fits  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "size"),
    [({"a": [1, 2]}, 11), ("è", 4), ('"', 4), (None, 4), ("🔦", 6)],
    ids=["no spaces", "two bytes", "an escape", "null", "four bytes"],
)
def test_sizes_are_those_of_the_shortest_json(value: object, size: int) -> None:
    assert limits.size_of(value) == size
