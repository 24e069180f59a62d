"""Commands of this machine, each within a time, and told why where one fails."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO

COMMAND_SECONDS = 300
MESSAGE_CHARACTERS = 4000


class NotReadyError(RuntimeError):
    """Containers cannot be used here; the message says why and what to do."""


def run(
    *command: str,
    environment: Mapping[str, str] | None = None,
    stdin: IO[bytes] | None = None,
    folder: Path | None = None,
    seconds: float = COMMAND_SECONDS,
) -> str:
    """Run a command and return what it prints; raises `NotReadyError` where it fails."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(environment or {})},
            cwd=folder,
            stdin=stdin or subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except FileNotFoundError as error:
        raise NotReadyError(f"{command[0]} is not on the PATH") from error
    except subprocess.TimeoutExpired as error:
        raise NotReadyError(f"{shlex.join(command)} has taken {seconds} s") from error
    except subprocess.CalledProcessError as error:
        said = (error.stdout + error.stderr).decode("utf-8", errors="replace")
        end = said[-MESSAGE_CHARACTERS:]
        raise NotReadyError(f"{shlex.join(command)} failed:\n{end}") from error
    return done.stdout.decode("utf-8")
