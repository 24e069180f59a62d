"""
A container engine for the SAM CLI: Docker where it answers, otherwise podman in its place.

Podman keeps what it makes and what it is told in one folder: nothing of the machine's is changed
but the packages that are installed. It is set up to run where Docker's defaults do not: with old
cgroups, without systemd, and within the limits of whoever starts it.
"""

import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.container.commands import NotReadyError, run
from tests.container.debian import ensure

PACKAGES = ("podman", "runc", "containernetworking-plugins")
START_SECONDS = 30
END_SECONDS = 10
LAMBDA_LIMIT = 1024  # open files, and processes, of an execution environment


@dataclass(frozen=True)
class Engine:
    """An engine: its command, and the variables by which that and the SAM CLI find it."""

    program: str
    environment: Mapping[str, str]

    def run(self, *arguments: str, **options: Any) -> str:
        """Run a command that Docker and podman share, and return what it prints."""
        return run(self.program, *arguments, environment=self.environment, **options)


@contextmanager
def running_engine(folder: Path) -> Iterator[Engine]:
    """Yield an engine; podman's folder is only used where Docker does not answer."""
    docker = Engine("docker", {})
    if _answers(docker):
        yield docker
        return
    start_one = "start Docker, or name the socket of an engine in DOCKER_HOST"
    ensure("podman", "runc", packages=PACKAGES, otherwise=start_one)
    with _podman(folder) as podman:
        yield podman


def _answers(docker: Engine) -> bool:
    try:
        return bool(shutil.which("docker") and docker.run("info"))
    except NotReadyError:
        return False


@contextmanager
def _podman(folder: Path) -> Iterator[Engine]:
    configuration = _configured(folder)
    with tempfile.TemporaryDirectory(prefix="podman-") as sockets:
        path = Path(sockets) / "podman.sock"
        podman = Engine("podman", {**configuration, "DOCKER_HOST": f"unix://{path}"})
        with (folder / "podman.log").open("wb") as log:
            service = subprocess.Popen(
                ["podman", "system", "service", "--time", "0", f"unix://{path}"],
                env={**os.environ, **configuration},
                stdout=log,
                stderr=log,
            )
        try:
            _wait_for(path)
            yield podman
        finally:
            # A `sam` that was killed leaves its container behind.
            podman.run("rm", "--all", "--force")
            service.terminate()
            try:
                service.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                service.kill()
                service.wait()


def _wait_for(socket: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not socket.exists():
        if time.monotonic() > deadline:
            raise NotReadyError("podman does not serve; see podman.log in its folder")
        time.sleep(0.05)


def _configured(folder: Path) -> dict[str, str]:
    """Write podman's configuration, and return the variables that name it."""
    try:
        run("podman", "info", environment=_configuration(folder, "overlay"))
    except NotReadyError:
        # which copies every layer, but works where the folder is on an overlay itself
        return _configuration(folder, "vfs")
    return _configuration(folder, "overlay")


def _configuration(folder: Path, driver: str) -> dict[str, str]:
    files, processes = map(_limit, (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC))
    containers = folder / "containers.conf"
    containers.write_text(f"""
[containers]
default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
http_proxy = false  # what functions call is on this machine
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
tmp_dir = "{folder}/run/libpod"
""")
    storage = folder / "storage.conf"
    storage.write_text(f"""
[storage]
driver = "{driver}"
graphroot = "{folder}/{driver}"
runroot = "{folder}/run"
[storage.options.{driver}]
skip_mount_home = "true"  # so that the folder can be removed
""")
    return {"CONTAINERS_CONF": str(containers), "CONTAINERS_STORAGE_CONF": str(storage)}


def _limit(kind: int) -> int:
    highest = resource.getrlimit(kind)[1]
    return LAMBDA_LIMIT if highest == resource.RLIM_INFINITY else min(LAMBDA_LIMIT, highest)
