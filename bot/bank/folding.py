"""Text as a reader in a hurry sees it: what two options, stems or answers have in common."""

import re
import unicodedata
from functools import lru_cache

from bot.folding import bare
from bot.quiz.quantity import Amount, parse_amount, same_amount

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-"})
_JOINING_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_GROUPING_COMMA = re.compile(r"(?<=\d),(?=\d{3}\b)")
_ARTICLE = re.compile(r"(?:the|an?) (?=\w)")


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Return `text` without what a reader in a hurry overlooks: case, quotes, an article, a stop.

    Signs and decimal points stay: -3 is not 3, and 1.5 is not 15. Accents stay too: see `without_accents`.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    text = " ".join(text.casefold().replace("'", "").replace('"', "").replace(" & ", " and ").split())
    if "-" in text:
        text = _JOINING_HYPHEN.sub(" ", text)
    if "," in text:
        text = _GROUPING_COMMA.sub("", text)
    if text[-1:] in ".,;:!?":
        text = text.rstrip(".,;:!?")
    return _ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text


def without_accents(text: str) -> str:
    """Return folded text with its letters bare, as on a keyboard that has no accents."""
    return bare(folded(text))


def same_answer(first: str, other: str) -> bool:
    """Whether two answers are one: equal when folded, or the same amount in other words or units."""
    if folded(first) == folded(other):
        return True
    if parse_amount(first) is None and parse_amount(other) is None:
        return False
    amounts = _said(first), _said(other)
    return amounts[0] is not None and amounts[1] is not None and same_amount(amounts[0], amounts[1])


@lru_cache(maxsize=4096)
def _said(text: str) -> Amount | None:
    """Return the amount that a reader takes the text for, scale and all; None for other text."""
    from bot.quiz.judging.figures import readings  # here, since a bank that is only played needs no judge

    return next(readings(text), None)
