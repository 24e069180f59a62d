"""The compiled layer: bytecode that Lambda takes as it is, the same wherever it was built."""

import marshal
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import jinja2
import markupsafe
import pytest

from tests.unit.fakes import ROOT

LAYER = ROOT / "layer"
LIBRARIES = (jinja2, markupsafe)
UNCHECKED = 1  # PEP 552: found by hash, which is not looked at
SHOW = "from galley.pages import Page; print(Page.named('sign_in').fill())"


def build(folder: Path) -> Path:
    """Return a layer with what makes pages, compiled."""
    source = shutil.ignore_patterns("__pycache__")
    for package in (LAYER / "galley", *(Path(str(each.__file__)).parent for each in LIBRARIES)):
        shutil.copytree(package, folder / "python" / package.name, ignore=source)
    subprocess.run([sys.executable, "-S", LAYER / "compile.py", folder], check=True)
    return folder / "python"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a compiled layer."""
    return build(tmp_path_factory.mktemp("one"))


def files_of(layer: Path) -> dict[str, bytes]:
    """Return what lies in a layer."""
    return {
        str(path.relative_to(layer)): path.read_bytes()
        for path in layer.rglob("*")
        if path.is_file()
    }


def codes_in(code: CodeType) -> Iterator[CodeType]:
    """Yield a module's code and that of everything in it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from codes_in(inner)


def test_every_module_has_bytecode_that_is_taken_as_it_is(built: Path) -> None:
    files = files_of(built)
    modules = [name for name in files if name.endswith(".py")]
    bytecode = [data for name, data in files.items() if name.endswith(".pyc")]

    assert len(modules) == len(bytecode) > len(list(LAYER.glob("galley/*.py")))
    assert {UNCHECKED} == {int.from_bytes(data[4:8], "little") for data in bytecode}


def test_bytecode_names_the_layer_as_it_lies_on_lambda(built: Path) -> None:
    tag = sys.implementation.cache_tag
    bytecode = (built / "galley" / "__pycache__" / f"calls.{tag}.pyc").read_bytes()

    names = {code.co_filename for code in codes_in(marshal.loads(bytecode[16:]))}
    assert names == {"/opt/python/galley/calls.py"}


def test_nothing_says_where_it_was_built(built: Path) -> None:
    places = [str(built.parent).encode(), str(ROOT).encode()]

    texts = [data for name, data in files_of(built).items() if name.endswith((".py", ".pyc"))]
    assert not any(place in text for place in places for text in texts)


def test_it_is_the_same_wherever_it_is_built(built: Path, tmp_path: Path) -> None:
    assert files_of(built) == files_of(build(tmp_path))


def test_a_compiled_page_is_the_same_page(built: Path) -> None:
    pages = {
        subprocess.run(
            [sys.executable, "-S", "-B", "-c", SHOW],
            env={"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for path in (str(built), f"{LAYER}:{built}")
    }

    assert len(pages) == 1
    assert "<!doctype html>" in pages.pop()
