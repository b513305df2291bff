"""The house rules that an import contract cannot tell, read from the sources themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "bot").rglob("*.py"))


def attributes(tree: ast.AST) -> Iterator[str]:
    """Yield each `name.attribute` that is used."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def users(*names: str) -> set[str]:
    """Return the files below bot/ that use one of the names, from `bot` on."""
    return {
        source.relative_to(ROOT).as_posix()
        for source in SOURCES
        if set(names) & set(attributes(ast.parse(source.read_text(encoding="utf-8"))))
    }


def test_the_environment_is_read_in_one_place() -> None:
    """The environment is read by `bot.config` alone, so that the README's table can be complete."""
    assert users("os.environ", "os.getenv") == {"bot/config.py"}


def test_the_time_is_read_in_one_place() -> None:
    """The bot knows the time from `bot.clock` alone; the local Discord has a clock of its own."""
    names = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
    assert {user for user in users(*names) if not user.startswith("bot/emulator/")} == {"bot/clock.py"}


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "handler", "data", "info", "misc", "common"])
def test_no_room_is_called_by_a_word_that_says_nothing(word: str) -> None:
    """A file is one noun that tells what is in it."""
    assert not [source for source in SOURCES if source.stem == word]


def test_every_module_says_what_it_is() -> None:
    """Each module begins with a docstring."""
    assert not [s.as_posix() for s in SOURCES if ast.get_docstring(ast.parse(s.read_text("utf-8"))) is None]


def test_every_test_states_its_requirement() -> None:
    """Each test function has a docstring."""
    silent = [
        f"{source.name}: {node.name}"
        for source in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and ast.get_docstring(node) is None
    ]
    assert not silent
