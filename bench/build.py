"""
Seconds of `sam build`, and how large what it makes is as Lambda gets it: zipped.

A function's own files are counted apart from the libraries that its requirements bring.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAYER = "GalleyLayer"
LONGEST_BUILD_SECONDS = 600


@dataclass(frozen=True)
class Size:
    """Zipped kilobytes of a function: its own files, and its libraries."""

    own_kilobytes: float
    libraries_kilobytes: float


@dataclass(frozen=True)
class Build:
    """Figures of one build from nothing, downloads included, and of one after no change."""

    cold_seconds: float
    warm_seconds: float
    layer_megabytes: float
    functions: dict[str, Size]  # by directory


def main() -> None:
    """Print the figures of a build."""
    build = measure()
    print(f"{'sam build':<44}{'cold s':>9}{'warm s':>10}{'layer MB':>13}")
    print(
        f"{'':<44}{build.cold_seconds:>9.1f}{build.warm_seconds:>10.1f}"
        f"{build.layer_megabytes:>13.2f}"
    )
    print(f"{'function':<44}{'own KB':>9}{'libraries KB':>23}")
    for name, size in build.functions.items():
        print(f"{name:<44}{size.own_kilobytes:>9.1f}{size.libraries_kilobytes:>23.1f}")


def measure() -> Build:
    """Build the application twice, in folders that begin empty, and look at what was made."""
    with tempfile.TemporaryDirectory() as folder:
        cold, warm = _build(Path(folder)), _build(Path(folder))
        built = Path(folder) / "build"
        sources = sorted(path.parent for path in ROOT.glob("functions/*/app.py"))
        return Build(
            cold_seconds=cold,
            warm_seconds=warm,
            layer_megabytes=_zipped_bytes(built / LAYER, _files(built / LAYER)) / 1_000_000,
            functions={source.name: _size(source, built) for source in sources},
        )


def _build(folder: Path) -> float:
    sam = shutil.which("sam")
    if sam is None:
        sys.exit("the SAM CLI is not on the PATH; run `make bench`")
    folders = ["--build-dir", str(folder / "build"), "--cache-dir", str(folder / "cache")]
    environment = {**os.environ, "UV_CACHE_DIR": str(folder / "wheels"), "SAM_CLI_TELEMETRY": "0"}
    started = time.monotonic()
    done = subprocess.run(
        [sam, "build", *folders],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_BUILD_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"sam build failed:\n{done.stderr}")
    return time.monotonic() - started


def _size(source: Path, built: Path) -> Size:
    logical_id = "".join(map(str.capitalize, source.name.split("_"))) + "Function"
    folder = built / logical_id
    files = set(_files(folder))
    own = {path for path in files if (source / path.relative_to(folder)).is_file()}
    return Size(
        own_kilobytes=_zipped_bytes(folder, own) / 1000,
        libraries_kilobytes=_zipped_bytes(folder, files - own) / 1000,
    )


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _zipped_bytes(folder: Path, files: Iterable[Path]) -> int:
    paths = sorted(files)
    if not paths:
        return 0
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.relative_to(folder))
    return buffer.tell()
