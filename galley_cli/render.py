"""A published report made again from its evidence bundle, in every format."""

from dataclasses import dataclass, field
from pathlib import Path

from galley.reports.bundle import Bundle
from galley.reports.report import MAKERS, make


@dataclass
class Rendered:
    """The files that were made, and why others were not."""

    files: list[Path] = field(default_factory=list)
    not_made: dict[str, str] = field(default_factory=dict)


def render_bundle(path: Path, out: Path) -> Rendered:
    """Make every format of a bundle's report; raises `BundleError` where the file is none."""
    bundle, rendered = Bundle.from_bytes(path.read_bytes()), Rendered()
    out.mkdir(parents=True, exist_ok=True)
    for name in MAKERS:
        try:
            data = make(name, bundle)
        except Exception as error:  # noqa: BLE001  # the other formats do not depend on it
            rendered.not_made[name] = str(error) or type(error).__name__
        else:
            rendered.files.append(out / name)
            rendered.files[-1].write_bytes(data)
    return rendered
