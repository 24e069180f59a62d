"""Folders of documents: what is read, what is left out and why."""

from pathlib import Path

import pytest

from galley_local import corpus as corpus_module
from galley_local.corpus import Corpus, CorpusError

TEXT = "The lighthouse was lit in 1811 with oil, and its lens followed in 1836."


def test_folders_are_read_to_the_bottom(tmp_path: Path) -> None:
    (tmp_path / "north" / "coast").mkdir(parents=True)
    (tmp_path / "north" / "coast" / "light.md").write_text(f"# A light\n\n{TEXT}")

    corpus = Corpus.read(tmp_path)

    assert corpus.documents["north/coast/light.md"].title == "A light"


def test_hidden_files_are_not_documents(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "notes.md").write_text(TEXT)
    (tmp_path / "light.md").write_text(TEXT)

    assert list(Corpus.read(tmp_path).documents) == ["light.md"]


def test_what_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "light.md").write_text(TEXT)
    (tmp_path / "noise.txt").write_bytes(b"\x00\x01\x02" * 50)
    (tmp_path / "slides.key").write_text(TEXT)

    corpus = Corpus.read(tmp_path)

    assert corpus.left_out == {
        "noise.txt": "binary, not text",
        "slides.key": ".key files are not read",
    }
    assert set(corpus.data) == {"light.md"}


def test_a_file_that_is_too_large_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_module, "LARGEST_DOCUMENT_BYTES", 100)
    (tmp_path / "light.md").write_text(TEXT)
    (tmp_path / "long.md").write_text(TEXT * 2)

    assert Corpus.read(tmp_path).left_out == {"long.md": "larger than 100 bytes"}


def test_many_documents_are_read_in_several_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_module, "MANY_DOCUMENTS", 3)
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(f"{TEXT} {number}")

    assert [each.text[-1] for each in Corpus.read(tmp_path).documents.values()] == list("01234")


@pytest.mark.parametrize("name", ["missing", "file", "empty"])
def test_a_corpus_without_documents_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text(TEXT)
    (tmp_path / "empty").mkdir()

    with pytest.raises(CorpusError, match=str(tmp_path / name)):
        Corpus.read(tmp_path / name)
