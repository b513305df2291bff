"""The words of a text, and what its options are, as the rules look at them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from bot.quiz.quantity import Amount, bare_unit, parse_amount
from bot.quiz.question import Question

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_YEAR = re.compile(r"[12]\d{3}")


@cache
def words_of(name: str) -> Mapping[str, str]:
    """Return a list of `words.toml`: each word with what stands for it, or with nothing."""
    table = tomllib.loads((files("bot.bank") / "words.toml").read_text(encoding="utf-8"))[name]
    return dict.fromkeys(table.split(), "") if isinstance(table, str) else table


def words(text: str) -> list[str]:
    """Return the words of `text`, in small letters, without possessive endings."""
    return [re.sub(r"['’]s?$", "", word.casefold()) for word in _WORD.findall(text)]


def content_words(text: str) -> set[str]:
    """Return the words of `text` that carry its meaning."""
    return {
        word for word in words(text) if word not in words_of("common") and (len(word) > 2 or word.isdigit())
    }


def root(word: str) -> str:
    """Return `word` without a common English ending: enough to see that landing and landed are akin."""
    for ending in ("ations", "ation", "ings", "ing", "ers", "er", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def amount(text: str) -> Amount | None:
    """Return the amount that `text` begins with, if it begins with a figure; see `parse_amount`."""
    found = parse_amount(text)
    return None if found is None or found.in_words else found


def in_base(found: Amount) -> tuple[float, str]:
    """Return an amount in the first unit of its sort, and that sort; else its number and bare unit."""
    base = found.base
    return (base[1], base[0]) if base is not None else (found.number, bare_unit(found.unit))


def is_year(text: str) -> bool:
    """Whether `text` is a year and nothing else."""
    return _YEAR.fullmatch(text) is not None


def options_of(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every option with its place: the key, then the distractors."""
    if question.key:
        yield ("key",), question.key
    for index, distractor in enumerate(question.distractors):
        if distractor:
            yield ("distractors", index), distractor


def holds(text: str, phrase: str) -> bool:
    """Whether a folded text contains a folded phrase, by whole words."""
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None
