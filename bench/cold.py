"""
Cold start of the approval function, beside a function that makes the same clients and no more.

Each start is an interpreter of its own that has what Lambda has on its path: the function's
directory, the layer as it is built, and boto3. Lambda cannot write bytecode, so none is written
here; that of Python's own modules and of boto3 is there. Measured is what is done once, the import
and the making of clients, in the processor's time: what else runs here would count otherwise. The
page that follows is measured warm (`bench.page`).
"""

import compileall
import importlib.util
import os
import py_compile
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
STARTS = 20  # of each case, in turn, so that what else the machine does slows all of them
RUNTIME_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "BUCKET_NAME": "bucket",
    "LAMBDA_TASK_ROOT": "/var/task",
    "POWERTOOLS_SERVICE_NAME": "galley",
    "SIGNING_KEY_ARN": "key",
    "TABLE_NAME": "table",
    "VERSION": "1",
}
ONLY_CLIENTS = """
import boto3
from botocore.config import Config

STORAGE = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 2})
TABLE = boto3.resource("dynamodb", config=STORAGE).Table("table")
CLIENTS = [boto3.client(n, config=STORAGE) for n in ("s3", "secretsmanager", "stepfunctions")]
"""
START = """
import sys, sysconfig, time

own = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib") + "/lib-dynload"]
sys.path[:] = [*sys.argv[1:], *own]
started = time.process_time()
import app

if hasattr(app, "APPROVALS"):  # it makes these two when it first needs them
    from galley import approvals, secrets

    approvals.step_functions(), secrets.secrets_manager()
print(time.process_time() - started)
"""


def main() -> None:
    """Print the figures of cold starts."""
    with tempfile.TemporaryDirectory() as folder:
        cases = _prepare(Path(folder))
        runtime = Path(folder) / "runtime"
        seconds: dict[str, list[float]] = {case: [] for case in cases}
        for _ in range(STARTS):
            for case, paths in cases.items():
                seconds[case].append(_start(*paths, runtime))
    alone = statistics.median(seconds["its clients alone"])
    print(f"{'cold start of the approval function':<44}{'CPU ms':>9}{'times':>10}{'quartiles':>28}")
    for case, each in seconds.items():
        low, middle, high = statistics.quantiles(each, n=4)
        print(
            f"{case:<44}{middle * 1000:>9.0f}{middle / alone:>10.2f}"
            f"{f'{low * 1000:.0f} to {high * 1000:.0f}':>28}"
        )


def _prepare(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Build and arrange what the cases have on their paths."""
    function, alone = ROOT / "functions" / "approval_api", folder / "alone"
    layer, compiled = _built_layer(folder), folder / "compiled"
    shutil.copytree(layer, compiled)
    compileall.compile_dir(
        compiled, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
    )
    alone.mkdir()
    (alone / "app.py").write_text(ONLY_CLIENTS, encoding="utf-8")
    _arrange_runtime(folder / "runtime")
    return {
        "its clients alone": (alone, layer),
        "as it is built": (function, layer),
        "with the layer's bytecode": (function, compiled),
    }


def _built_layer(folder: Path) -> Path:
    built = folder / "built"
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["make", "--silent", "build-GalleyLayer", f"ARTIFACTS_DIR={built}"],  # noqa: S607
        cwd=ROOT / "layer",
        env={**os.environ, "PATH": tools},
        check=True,
    )
    return built / "python"


def _arrange_runtime(folder: Path) -> None:
    folder.mkdir()
    for name in RUNTIME_HAS:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            sys.exit(f"there is no {name} to start with")
        origin = Path(found.origin)
        package = origin.parent if origin.name == "__init__.py" else origin
        (folder / package.name).symlink_to(package)


def _start(*paths: Path) -> float:
    isolated = [sys.executable, "-I", "-S", "-B", "-c", START]
    finished = subprocess.run(
        [*isolated, *map(str, paths)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(finished.stdout)
