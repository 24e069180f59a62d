"""The figures of docs/performance.md: each part stands between two comments, and only it is new."""

import os
import platform
import re
from pathlib import Path


def renewed(text: str, part: str, figures: str) -> str:
    """Return a page with a part's figures; raises ValueError where it has no place for them."""
    begin, end = f"<!-- bench: {part} -->", "<!-- /bench -->"
    place = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
    if not place.search(text):
        raise ValueError(f"the page has no {begin}")
    return place.sub(lambda _: f"{begin}\n{figures}\n{end}", text, count=1)


def write(page: Path, part: str, figures: str) -> None:
    """Put a part's figures into a page."""
    page.write_text(renewed(page.read_text("utf-8"), part, figures), encoding="utf-8")


def machine() -> str:
    """Say what was measured on, as far as it matters, and how busy it was."""
    one, *_ = os.getloadavg()
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}; "
        f"{one:.1f} processes wanted a core when this was written."
    )
