"""The house rules that no tool can tell, read from the sources themselves."""

from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[2] / "bot").rglob("*.py"))


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "handler", "data", "info", "misc", "common"])
def test_no_room_is_called_by_a_word_that_says_nothing(word: str) -> None:
    """A file is one noun that tells what is in it."""
    assert not [source for source in SOURCES if source.stem == word]
