"""
The image that `sam local` runs functions in: AWS's own, or a stand-in where it cannot be pulled.

The stand-in has the same name, so that the SAM CLI takes it. In it are Debian's Python of the
runtime's version, Lambda's runtime interface client, the AWS SDK, and a bootstrap that starts
them. Nothing else is, so that a dependency that the build has left out is missed at once.
"""

import hashlib
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.container.commands import NotReadyError, run
from tests.container.debian import ensure, mirror
from tests.container.engine import Engine

REPOSITORY = "public.ecr.aws/lambda/python"
SUITES = {"python3.11": "bookworm", "python3.13": "trixie"}  # the Debian that has this Python
RUNTIME = Path(__file__).parent / "runtime"
PULL_SECONDS = 120
LEFT_OUT = ("boot", "dev", "proc", "sys", "usr/share/doc", "var/cache/apt", "var/lib/apt")
MADE_FROM = "galley.made-from"  # the label of a stand-in
PROBE = """
import socket, sys
routes = [line.split() for line in open("/proc/net/route")]
gateway = next(route[2] for route in routes if route[1] == "00000000")
print("python%d.%d" % sys.version_info[:2], socket.inet_ntoa(bytes.fromhex(gateway)[::-1]))
"""


def architecture() -> str:
    """Return this machine's architecture, by Lambda's name for it."""
    machine = platform.machine()
    return {"aarch64": "arm64", "amd64": "x86_64"}.get(machine, machine)


def ensure_image(engine: Engine, runtime: str, folder: Path) -> str:
    """Have a runtime's image; return this machine's address as a container of it sees it."""
    name = f"{REPOSITORY}:{runtime.removeprefix('python')}-{architecture()}"
    if not _has(engine, name) and not _pulled(engine, name):
        _make(engine, name, runtime, folder)
    found, gateway = engine.run("run", "--rm", "--entrypoint=python3", name, "-c", PROBE).split()
    if found != runtime:
        raise NotReadyError(f"{name} has {found}; remove the image to get another")
    return gateway


def _has(engine: Engine, name: str) -> bool:
    label = f'{{{{index .Config.Labels "{MADE_FROM}"}}}}'
    try:
        made_from = engine.run("image", "inspect", "--format", label, name).strip()
    except NotReadyError:
        return False
    return made_from in {"", _made_from()}  # AWS's own has no such label


def _made_from() -> str:
    files = [Path(__file__), *sorted(RUNTIME.iterdir())]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _pulled(engine: Engine, name: str) -> bool:
    try:
        engine.run("pull", "--quiet", name, seconds=PULL_SECONDS)
    except NotReadyError:
        return False
    return True


def _make(engine: Engine, name: str, runtime: str, folder: Path) -> None:
    ensure(
        "debootstrap",
        packages=("debootstrap",),
        otherwise=f"{name} cannot be pulled, and a stand-in is made by root on Debian",
    )
    with tempfile.TemporaryDirectory(prefix="stand-in-", dir=folder) as root:
        # In a mount namespace of its own, so that what it mounts is gone when it is.
        debootstrap = ("unshare", "--mount", "debootstrap", "--variant=minbase")
        run(*debootstrap, "--include=python3", SUITES[runtime], root, mirror())
        _add_runtime(runtime, Path(root) / "var" / "runtime")
        _import(engine, name, root)


def _add_runtime(runtime: str, target: Path) -> None:
    version = runtime.removeprefix("python")
    system = f"{platform.machine()}-manylinux_2_28"
    wheels = ("--only-binary", ":all:", "--python-version", version, "--python-platform", system)
    pinned = ("--require-hashes", "--requirements", str(RUNTIME / "requirements.txt"))
    run("uv", "pip", "install", "--target", str(target), *wheels, *pinned)
    shutil.copy(RUNTIME / "bootstrap", target)


def _import(engine: Engine, name: str, root: str) -> None:
    changes = (
        "ENV LAMBDA_TASK_ROOT=/var/task",
        "ENV LAMBDA_RUNTIME_DIR=/var/runtime",
        "ENV LANG=en_US.UTF-8",
        "WORKDIR /var/task",
        f"LABEL {MADE_FROM}={_made_from()}",
    )
    left_out = (f"--exclude=./{path}/*" for path in LEFT_OUT)
    options = (f"--change={change}" for change in changes)
    with subprocess.Popen(
        ["tar", "--create", "--directory", root, *left_out, "."], stdout=subprocess.PIPE
    ) as archive:
        engine.run("import", *options, "-", name, stdin=archive.stdout)
