"""Where a model answers: what is taken, and what is said of what cannot be used."""

import pytest

from galley_local.model.address import ModelAddress, ModelError


@pytest.mark.parametrize(
    ("text", "url", "is_ollama"),
    [
        ("http://127.0.0.1:11434#qwen3:8b", "http://127.0.0.1:11434", True),
        ("http://127.0.0.1:11434/#qwen3", "http://127.0.0.1:11434", True),
        ("https://example.com/v1/#org/model", "https://example.com/v1", False),
    ],
)
def test_a_url_without_a_path_is_ollamas(text: str, url: str, is_ollama: bool) -> None:
    address = ModelAddress.parse(text)

    assert (address.url, address.is_ollama) == (url, is_ollama)
    assert address.name == text.partition("#")[2]


@pytest.mark.parametrize(
    "text",
    [
        "qwen3",
        "http://127.0.0.1:11434",
        "#qwen3",
        "ftp://example.com#m",
        "http://a:b#m",
        "http://[#m",
        "http://user:secret@example.com/v1#m",
        "https://example.com/v1?key=secret#m",
    ],
)
def test_what_is_no_address_is_refused_and_no_secret_repeated(text: str) -> None:
    with pytest.raises(ModelError) as refused:
        ModelAddress.parse(text)

    assert "secret" not in str(refused.value)
