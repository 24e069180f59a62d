"""
Cold start of the approval function, beside a function that makes the same clients and no more.

Each start is an interpreter of its own that has what Lambda has on its path: the function's
directory, the layer as it is built, and boto3. Lambda cannot write bytecode, so none is written
here; that of Python's own modules and of boto3 is there, and that of the layer where it was built
with it. Measured is what is done once, the import and the making of clients, in the processor's
time: what else runs here would count otherwise. What the first page then takes is measured too, so
that no work is only put off until then; it shows a draft of a stack on this machine.
"""

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.runs import CORPUS, TOPIC
from galley_local.corpus import Corpus
from galley_local.rehearsal import wait_for_link
from galley_local.reviewer import open_link
from galley_local.stack import Stack

ROOT = Path(__file__).parent.parent
STARTS = 20  # of each case, in turn, so that what else the machine does slows all of them
NAME = "bench"
RUNTIME_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
ON_LAMBDA = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": f"Root=1-{'0' * 8}-{'0' * 24};Parent={'0' * 16};Sampled=1",
}
ONLY_CLIENTS = """
import boto3
from botocore.config import Config

STORAGE = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 2})
TABLE = boto3.resource("dynamodb", config=STORAGE).Table("table")
CLIENTS = [boto3.client(n, config=STORAGE) for n in ("s3", "secretsmanager", "stepfunctions")]
"""
START = """
import json, sys, sysconfig, time, types

own = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib") + "/lib-dynload"]
*paths, event = sys.argv[1:]
sys.path[:] = [*paths, *own]
started = time.process_time()
import app

if hasattr(app, "APPROVALS"):  # it makes these two when it first needs them
    from galley.approval import approvals
    from galley import secrets

    approvals.step_functions(), secrets.secrets_manager()
seconds = [time.process_time() - started]
if hasattr(app, "lambda_handler"):
    context = types.SimpleNamespace(
        aws_request_id="bench", function_name="approval_api", memory_limit_in_mb=512
    )
    assert app.lambda_handler(json.loads(event), context)["statusCode"] == 200
    seconds.append(time.process_time() - started)
print(json.dumps(seconds))
"""


@dataclass(frozen=True)
class Call:
    """One call of the function: what it has in its environment, and the event."""

    environment: Mapping[str, str]
    event: Any


def main() -> None:
    """Print the figures of cold starts."""
    seconds: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, Stack(Corpus.read(CORPUS)) as stack:
        cases, call = _prepare(Path(folder)), _look(stack)
        for _ in range(STARTS):
            for case, paths in cases.items():
                start, *page = _start(*paths, Path(folder) / "runtime", call=call)
                seconds[case].append(start)
                if page:
                    seconds[f"{case}, and the first page"] += page
    alone = statistics.median(seconds["its clients alone"])
    print(f"{'cold start of the approval function':<44}{'CPU ms':>9}{'times':>10}{'quartiles':>28}")
    for case, each in sorted(seconds.items(), key=lambda item: "page" in item[0]):
        low, middle, high = statistics.quantiles(each, n=4)
        print(
            f"{case:<44}{middle * 1000:>9.0f}{middle / alone:>10.2f}"
            f"{f'{low * 1000:.0f} to {high * 1000:.0f}':>28}"
        )


def _look(stack: Stack) -> Call:
    """Look at a draft as its reviewer does, and return how the function was called."""
    calls: list[Call] = []
    request = {"topic": TOPIC, "reviewer": "reviewer@example.com"}
    stack.start({**request, "options": {"max_sources": 10}}, name=NAME)
    link = wait_for_link(stack, NAME, 1)
    stack.lambdas.observers.append(
        lambda function, event, _: calls.append(Call(function.environment, event))
    )
    open_link(link)
    return calls[0]


def _prepare(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Build and arrange what the cases have on their paths."""
    function, alone = folder / "function", folder / "alone"
    built, plain = built_layer(folder), folder / "plain"
    source = shutil.ignore_patterns("__pycache__", "compiled")
    shutil.copytree(ROOT / "functions" / "approval_api", function, ignore=source)
    shutil.copytree(built, plain, ignore=source)
    alone.mkdir()
    (alone / "app.py").write_text(ONLY_CLIENTS, encoding="utf-8")
    arrange_runtime(folder / "runtime")
    return {
        "its clients alone": (alone, built),
        "as it is built": (function, built),
        "built without compiling": (function, plain),
    }


def built_layer(folder: Path) -> Path:
    built = folder / "built"
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["make", "--silent", "build-GalleyLayer", f"ARTIFACTS_DIR={built}"],  # noqa: S607
        cwd=ROOT / "layer",
        env={**os.environ, "PATH": tools},
        stdout=subprocess.DEVNULL,  # for which other versions of Python there is nothing here
        check=True,
    )
    return built / "python"


def arrange_runtime(folder: Path) -> None:
    folder.mkdir()
    for name in RUNTIME_HAS:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            sys.exit(f"there is no {name} to start with")
        origin = Path(found.origin)
        package = origin.parent if origin.name == "__init__.py" else origin
        (folder / package.name).symlink_to(package)


def _start(*paths: Path, call: Call) -> list[float]:
    isolated = [sys.executable, "-I", "-S", "-B", "-c", START]
    finished = subprocess.run(
        [*isolated, *map(str, paths), json.dumps(call.event)],
        env={**call.environment, **ON_LAMBDA},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds: list[float] = json.loads(finished.stdout.splitlines()[-1])
    return seconds


if __name__ == "__main__":
    main()
