"""PDF and Word documents become a report; what cannot be read is named and stops nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from galley_local.corpus import Corpus
from tests.unit.papers import a_docx, a_pdf, a_scan

from .conftest import Workflow

LENS = "The lens of the lighthouse made its light seen farther than any mirror of copper had."
LAMP = "A brighter lamp in the lighthouse made the light seen farther on every clear night."


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of files as people have them."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "lens.pdf").write_bytes(a_pdf("# Notes", f"# The lens\n\n{LENS}"))
    (folder / "lamp.docx").write_bytes(a_docx(lambda paper: paper.add_paragraph(LAMP), "The lamp"))
    (folder / "scan.pdf").write_bytes(a_scan())
    (folder / "locked.pdf").write_bytes(a_pdf(LENS, encrypt="secret"))
    return folder


def test_papers_become_a_report_that_says_on_which_page(
    corpus: Path, start: Callable[..., Workflow]
) -> None:
    workflow = start()
    page = workflow.page().text
    workflow.approve()

    assert workflow.end().status == "SUCCEEDED"
    assert "Page 2" in page
    assert "made its light seen farther" in page


def test_what_cannot_be_read_is_left_out_by_name(corpus: Path) -> None:
    assert {"locked.pdf", "scan.pdf"} == set(Corpus.read(corpus).left_out)
