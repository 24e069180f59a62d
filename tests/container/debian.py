"""What containers need of Debian, where this machine has it: packages, and where they are from."""

import os
import shutil

from tests.container.commands import NotReadyError, run


def ensure(*programs: str, packages: tuple[str, ...], otherwise: str) -> None:
    """Install packages where a program is missing; `otherwise` is what to do where that fails."""
    if os.geteuid() != 0:
        raise NotReadyError(f"this needs root: {otherwise}")
    if all(map(shutil.which, programs)):
        return
    if not shutil.which("apt-get"):
        raise NotReadyError(f"{', '.join(programs)} would be installed on Debian: {otherwise}")
    run("apt-get", "--quiet", "update")
    install = ("apt-get", "--quiet", "install", "--yes", "--no-install-recommends")
    run(*install, *packages, environment={"DEBIAN_FRONTEND": "noninteractive"})


def mirror() -> str:
    """Return the address that this machine gets Debian from."""
    sources = ("Created-By: Packages", "Label: Debian")
    found = run("apt-get", "indextargets", "--format", "$(REPO_URI)", *sources)
    return found.partition("\n")[0]
