"""The words of a text, and what its options are, as the rules look at them."""

import re
from collections.abc import Iterator

from bot.quiz.quantity import Amount, parse_amount
from bot.quiz.question import Question

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


def amount(text: str) -> Amount | None:
    """Return the amount that `text` begins with, if it begins with a figure; see `parse_amount`."""
    found = parse_amount(text)
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
