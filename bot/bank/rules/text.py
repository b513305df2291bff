"""How the rules compare text: what two options have in common for a reader in a hurry."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from bot.bank.quantity import Amount, parse_amount
from bot.quiz.question import Question

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-"})
_JOINING_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_GROUPING_COMMA = re.compile(r"(?<=\d),(?=\d{3}\b)")
_ARTICLE = re.compile(r"(?:the|an?) (?=\w)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_YEAR = re.compile(r"[12]\d{3}")

# fmt: off
COMMON = frozenset((
    "a", "about", "after", "again", "all", "also", "an", "and", "any", "are", "as", "at", "be",
    "became", "because", "been", "before", "being", "between", "both", "but", "by", "called", "came",
    "can", "come", "could", "did", "do", "does", "during", "each", "every", "far", "first", "for",
    "from", "get", "had", "has", "have", "he", "her", "here", "him", "his", "how", "in", "into", "is",
    "it", "its", "just", "known", "large", "larger", "largest", "last", "less", "long", "longer",
    "made", "make", "many", "may", "more", "most", "much", "name", "named", "near", "no", "not", "of",
    "off", "on", "once", "one", "only", "or", "other", "out", "over", "own", "same", "she", "should",
    "side", "since", "so", "some", "such", "take", "than", "that", "the", "their", "them", "then",
    "there", "these", "they", "thing", "this", "those", "through", "time", "to", "too", "took", "two",
    "under", "until", "up", "upon", "use", "used", "very", "was", "were", "what", "when", "where",
    "which", "while", "who", "whom", "whose", "why", "will", "with", "within", "without", "would",
    "year", "years",
))
# fmt: on


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """Return `text` without what a reader in a hurry overlooks: case, accents of typing, an article.

    Signs and decimal points stay: -3 is not 3, and 1.5 is not 15.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    text = " ".join(text.casefold().replace("'", "").replace('"', "").split())
    if "-" in text:
        text = _JOINING_HYPHEN.sub(" ", text)
    if "," in text:
        text = _GROUPING_COMMA.sub("", text)
    if text[-1:] in ".,;:!?":
        text = text.rstrip(".,;:!?")
    return _ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text


def words(text: str) -> list[str]:
    """Return the words of `text`, in small letters, without possessive endings."""
    return [re.sub(r"['’]s?$", "", word.casefold()) for word in _WORD.findall(text)]


def content_words(text: str) -> set[str]:
    """Return the words of `text` that carry its meaning."""
    return {word for word in words(text) if word not in COMMON and (len(word) > 2 or word.isdigit())}


def root(word: str) -> str:
    """Return `word` without a common English ending: enough to see that landing and landed are akin."""
    for ending in ("ations", "ation", "ings", "ing", "ers", "er", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=65536)
def amount(text: str) -> Amount | None:
    """Return the amount that `text` begins with, if it begins with a figure; see `parse_amount`."""
    if not any(character.isdigit() for character in text[:12]):
        return None
    found = parse_amount(text.translate(_QUOTES) if not text.isascii() else text)
    return None if found is None or found.in_words else found


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
