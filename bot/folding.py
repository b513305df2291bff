"""Folding: text without what people who type overlook, the same for searching, judging, places and rules."""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
    | dict.fromkeys("'’‘`´ʼʻ\"“”", "")
)
_WORD = re.compile(r"[^\W_]+")


def bare(text: str) -> str:
    """Return `text` in small letters without accents, apostrophes and quotation marks."""
    if text.isascii():
        return text.casefold().translate(_LETTERS)
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(part for part in parts if not unicodedata.combining(part)).translate(_LETTERS)


def bare_words(text: str) -> list[str]:
    """Return the words and numbers of `text`, bare."""
    return _WORD.findall(bare(text))
