"""
Twins of functions: programs that make the same clients of AWS as a function, and no more.

What a function makes is recorded, not listed by hand: its module is imported where each making of a
client is noted, and then whatever the layer keeps for its first use (a `functools.cache` without
parameters) is asked for, because what is put off is still to be paid for.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

RECORD = """
import functools, inspect, json, sys, sysconfig

own = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib") + "/lib-dynload"]
sys.path[:] = [*sys.argv[1:], *own]
import boto3

made = []


def noted(kind):
    make = getattr(boto3.Session, kind)

    @functools.wraps(make)
    def making(session, service_name, *positional, config=None, **named):
        options = getattr(config, "_user_provided_options", {})
        made.append({"kind": kind, "service": service_name, "config": options})
        return make(session, service_name, *positional, config=config, **named)

    setattr(boto3.Session, kind, making)


noted("client"), noted("resource")
import app

makers = []
for name, module in sorted(sys.modules.items()):
    if name.partition(".")[0] in {"app", "galley"}:
        for attribute, value in sorted(vars(module).items()):
            if isinstance(value, functools._lru_cache_wrapper) and value.__module__ == name:
                if not inspect.signature(value).parameters:
                    known = len(made)
                    try:
                        value()
                    except Exception:
                        continue  # it needs more than this machine has, and is no client
                    if len(made) > known:
                        makers.append([name, attribute])
print(json.dumps({"clients": made, "makers": makers}))
"""


@dataclass(frozen=True)
class Clients:
    """The clients that a function makes, and where it puts off making them."""

    clients: list[dict[str, Any]]  # kind, service, config
    makers: list[list[str]]  # module and name of what makes one when it is first needed

    @classmethod
    def recorded(cls, paths: list[Path], environment: Mapping[str, str]) -> Self:
        """Import a function's `app` from some paths, and note what it makes."""
        finished = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", RECORD, *map(str, paths)],
            env=dict(environment),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return cls(**json.loads(finished.stdout.splitlines()[-1]))

    @property
    def names(self) -> list[str]:
        """What they are clients of."""
        return [each["service"] for each in self._own]

    @property
    def twin(self) -> str:
        """The program that makes the same."""
        lines = ["import boto3", "from botocore.config import Config", ""]
        lines += [
            f"boto3.{each['kind']}({each['service']!r}, config=Config(**{each['config']!r}))"
            for each in self._own
        ]
        return "\n".join(lines) + "\n"

    @property
    def _own(self) -> list[dict[str, Any]]:
        """Those that it makes itself: a resource makes a client, and that is not one more."""
        own: list[dict[str, Any]] = []
        for each in self.clients:
            is_inner = (
                own and own[-1]["kind"] == "resource" and own[-1]["service"] == each["service"]
            )
            if not (is_inner and each["kind"] == "client"):
                own.append(each)
        return own
