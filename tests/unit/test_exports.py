"""Exports: what makes a format may fail, hang or die, and has nothing of the function's."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from galley.reports import exports

MAKER = """
import json, os, sys, time

name = sys.argv[1]
if name == "dies":
    os.abort()
if name == "hangs":
    time.sleep(600)
if name == "fails":
    raise ValueError("the text of a report")
json.dump({"environment": dict(os.environ), "given": sys.stdin.read()}, sys.stdout)
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Make what a script of the test makes, in place of formats."""
    (tmp_path / "maker_of_the_test.py").write_text(MAKER)
    monkeypatch.setattr(exports, "MAKER", "maker_of_the_test")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    return lambda *names: exports.made_apart(names, "a bundle")


def test_who_makes_a_file_has_the_bundle_and_no_credentials(
    made: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")

    said = made("works")["works"].decode()

    assert '"given": "a bundle"' in said
    assert "AWS_" not in said


def test_what_fails_or_dies_is_missing_and_nothing_else(
    made: Callable[..., dict[str, Any]], log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    files = made("fails", "dies", "works")

    assert [name for name, data in files.items() if data is None] == ["fails", "dies"]
    said = [line["message"] for line in log_lines()]
    assert "fails could not be made: ValueError" in said
    assert not any("the text of a report" in line for line in said)


def test_what_takes_too_long_is_ended(
    made: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "LONGEST_SECONDS", 0.5)

    assert made("hangs") == {"hangs": None}
