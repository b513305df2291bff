"""The house rules that no tool can tell, read from the sources themselves."""

import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[2] / "bot").rglob("*.py"))


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "handler", "data", "info", "misc", "common"])
def test_no_room_is_called_by_a_word_that_says_nothing(word: str) -> None:
    """A file is one noun that tells what is in it."""
    assert not [source for source in SOURCES if source.stem == word]


def test_a_start_waits_for_no_library_that_it_does_not_need() -> None:
    """What draws, reviews, packs decks, drafts and serves is imported when somebody first asks for it."""
    late = (
        "PIL",
        "numpy",
        "fsrs",
        "genanki",
        "psycopg",
        "pyarrow",
        "pydantic",
        "spacy",
        "yaml",
        "aiohttp.web",
    )
    program = f"import sys, bot.app; print([name for name in {late} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
