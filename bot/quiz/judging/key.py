"""What a typed answer is held against, and what comes of it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.quiz.judging.dates import read_dates
from bot.quiz.judging.decades import read_decade
from bot.quiz.judging.years import spoken_year
from bot.quiz.quantity import parse_amount, unit_named
from bot.quiz.question import Question, Tolerance


class Outcome(StrEnum):
    """What a typed answer is."""

    RIGHT = "right"
    CLOSE = "close"  # not right, and told how it misses
    WRONG = "wrong"
    UNCLEAR = "unclear"  # nothing that can be judged: it does not count, and another may be given


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, and a sentence for the writer where it is close or unclear."""

    outcome: Outcome
    note: str = ""


RIGHT, WRONG = Judgement(Outcome.RIGHT), Judgement(Outcome.WRONG)


def unclear(note: str) -> Judgement:
    """Return the judgement on what cannot be judged, with what to write instead."""
    return Judgement(Outcome.UNCLEAR, note)


def close(note: str) -> Judgement:
    """Return the judgement on what nearly is right, with what is missing."""
    return Judgement(Outcome.CLOSE, note)


class Sort(StrEnum):
    """What a key is, and so how an answer is held against it."""

    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    DECADE = "decade"  # or a century
    NAME = "name"
    TRUTH = "truth"


_SORTS = {
    "true_false": Sort.TRUTH,
    "yes_no": Sort.TRUTH,
    "number": Sort.NUMBER,
    "quantity": Sort.NUMBER,
    "estimate": Sort.NUMBER,
    "year": Sort.YEAR,
    "date": Sort.DATE,
    **dict.fromkeys(
        ("designation", "name", "person", "place", "country", "organisation", "organization", "term"),
        Sort.NAME,
    ),
}


def sort_of(kind: str, key: str) -> Sort:
    """Return what a key is by the kind of its question or fact; where that leaves it open, by its text."""
    if _SORTS.get(kind) not in (Sort.NAME, Sort.NUMBER, Sort.TRUTH) and read_decade(key):
        return Sort.DECADE
    if kind in _SORTS:
        return _SORTS[kind]
    if re.fullmatch(r"[12]\d{3}", key):
        return Sort.YEAR
    if read_dates(key):
        return Sort.DATE
    amount = None if re.match(r"\d+s\b", key) else parse_amount(key)
    year = spoken_year(key.casefold().replace("-", " ").split()) if amount and amount.in_words else None
    if amount and year and amount.number != year:
        return Sort.YEAR  # nineteen eighty-four
    is_worded = amount is not None and amount.in_words and amount.unit and not unit_named(amount.unit)
    return Sort.NAME if amount is None or is_worded else Sort.NUMBER


@dataclass(frozen=True, slots=True)
class Key:
    """What a typed answer is held against."""

    text: str
    sort: Sort
    unit: str = ""  # where the text has none
    accept: tuple[str, ...] = ()
    tolerance: Tolerance | None = None
    distractors: tuple[str, ...] = ()
    stem: str = ""  # the question, whose words an answer may repeat
    is_person: bool = False  # then the last name is enough

    @classmethod
    def of(cls, question: Question) -> "Key":
        """Return the key of a question of the bank."""
        return cls(
            question.key,
            sort_of(question.kind, question.key),
            accept=question.accept,
            tolerance=question.tolerance,
            distractors=question.distractors,
            stem=question.stem,
        )
