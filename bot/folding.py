"""Folding: text without what people who type overlook, the same for searching, judging, places and rules."""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
    | dict.fromkeys("'’‘`´ʼʻ\"“”", "")
)
# Marks above and below letters; the vowel signs of other scripts are letters of their own.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+")
SIGNS = "\u0900-\u0963\u0966-\u109f\u1780-\u17d3"
"""Scripts whose vowels are signs that no class of letters holds: from Devanagari to Burmese, and Khmer."""
_WORD = re.compile(rf"[^\W_{SIGNS}]+|[{SIGNS}]+")


def bare(text: str) -> str:
    """Return `text` in small letters without accents, apostrophes and quotation marks."""
    if text.isascii():
        return text.casefold().translate(_LETTERS)
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", parts)).translate(_LETTERS)


def bare_words(text: str) -> list[str]:
    """Return the words and numbers of `text`, bare."""
    return _WORD.findall(bare(text))
