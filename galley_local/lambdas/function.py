"""A function as it is deployed, and what an invocation of it returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Function:
    """What the template says of a function, resolved."""

    name: str
    arn: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    environment: Mapping[str, str]
    timeout_seconds: float
    memory_mb: int
    reserved_concurrency: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What an invocation returns: a payload, and whether the function failed."""

    payload: Any
    failed: bool = False


Observer = Callable[[Function, Any, Outcome], None]
