"""The laptop's knowledge base: passages, ranking, Retrieve's words."""

from galley.documents import Document

from galley_local.bedrock.knowledge_base import PASSAGE_CHARACTERS, KnowledgeBase

LENSES = "The Fresnel lens bends light into a beam. " * 5
BREAD = "A levain rises overnight in a warm kitchen. " * 5


def base(**texts: str) -> KnowledgeBase:
    """Return a knowledge base of documents named by their URI."""
    return KnowledgeBase({f"s3://b/{name}": Document(name, text) for name, text in texts.items()})


def test_the_document_that_speaks_of_it_comes_first() -> None:
    results = base(lenses=LENSES, bread=BREAD).retrieve("How does a Fresnel lens work?", limit=5)

    assert results[0]["location"] == {"type": "S3", "s3Location": {"uri": "s3://b/lenses"}}


def test_what_does_not_match_is_not_returned() -> None:
    assert base(lenses=LENSES).retrieve("sourdough", limit=5) == []


def test_a_word_is_found_in_its_other_forms() -> None:
    assert base(lenses=LENSES).retrieve("lenses bending", limit=5) != []


def test_no_more_is_returned_than_asked_for() -> None:
    many = "\n\n".join(f"{LENSES} {number}" for number in range(20))

    assert len(base(lenses=many).retrieve("lens", limit=3)) == 3


def test_passages_are_parts_of_the_text_and_short() -> None:
    text = "\n\n".join([LENSES * 9, BREAD, "word " * 900])

    passages = base(mixed=text).passages

    assert all(len(passage.text) <= 2 * PASSAGE_CHARACTERS for passage in passages)
    assert all(passage.text in text for passage in passages)
    assert " ".join(p.text for p in passages).split() == text.split()


def test_an_empty_knowledge_base_finds_nothing() -> None:
    assert KnowledgeBase({}).retrieve("anything", limit=5) == []


def test_one_line_of_megabytes_is_cut_into_passages() -> None:
    text = "word " * 1_000_000

    passages = base(line=text).passages

    assert all(len(passage.text) <= 2 * PASSAGE_CHARACTERS for passage in passages)
    assert sum(passage.text.count("word") for passage in passages) == 1_000_000
