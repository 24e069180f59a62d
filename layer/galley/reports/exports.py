"""
Exports: formats of a report that are made in a process of their own.

What makes them reads what others wrote. It gets a bundle and gives bytes: no credentials, no
variable of the function's. Where it fails, hangs or dies, its format is missing and nothing else.
"""

import subprocess
import sys
from collections.abc import Iterable

from galley import children
from galley.telemetry import logger

MAKER = "galley.reports.report"
LONGEST_SECONDS = 12  # of each; one after another, because a function has one processor


def made_apart(names: Iterable[str], bundle: str) -> dict[str, bytes | None]:
    """Return files of a report by their names; None where one failed."""
    data = bundle.encode("utf-8")
    return {name: _made(name, data) for name in names}


def _made(name: str, data: bytes) -> bytes | None:
    try:
        finished = subprocess.run(  # noqa: S603  # this interpreter, and a name of ours
            [sys.executable, "-m", MAKER, name],
            input=data,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=True,
            env=children.environment(),
        )
    except subprocess.CalledProcessError as error:
        logger.error("%s could not be made: %s", name, children.error_of(error.stderr))
        return None
    except (subprocess.TimeoutExpired, OSError) as error:
        logger.error("%s could not be made: %s", name, type(error).__name__)
        return None
    return finished.stdout
