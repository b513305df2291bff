"""The house rules that no tool can tell, read from the sources themselves."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.quiz.question import title_of

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
        "yaml",
        "aiohttp.web",
    )
    program = f"import sys, bot.app; print([name for name in {late} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_no_card_shows_the_id_of_a_topic() -> None:
    """A topic that has left the bank has no title any more: `title_of` makes words of its id."""
    assert title_of({"far-side": "The far side"}, "far-side") == "The far side"
    assert title_of({}, "moon-in-numbers") == "Moon in numbers"
    falling_back = re.compile(r"topics\.get\(([\w.]+), \1\)")
    assert [source.name for source in SOURCES if falling_back.search(source.read_text("utf-8"))] == []
