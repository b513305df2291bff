"""A typed answer held against a key, by what sort of thing the key is: a number, a year, a date or a name.

What always holds:
- numbers, dates and the numbers in names are never forgiven a slip: only their writing is free;
- a wrong option is wrong however it is written;
- what says two things at once, or nothing that can be judged, is unclear: its writer may try again.

By sort:
- a number may be written and said in any way and unit; bare it is in the question's; a rank, a range, a
  power or a word that adds to it makes another of it;
- a year, a date, a decade may be written in any order and language; what says less than the key is close;
- a name keeps its words, its numbers and their places; it may be spelt as in another language or script; a
  slip is forgiven in proportion to length, unless it makes a word, another answer or another substance;
- a word that says what sort of thing is named may be added or left out, unless that makes another: Panama;
- a person is known by the last name that nobody else in the question has, and by first names of their own;
- two answers joined, "not" and "anything but" are never right.

Nothing here is tuned to a subject. `tidying` takes off what people put around an answer; `amounts`,
`calendar` and `terms` judge what is left.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from bot.quiz.judging.amounts import Measure, judge_amount, measure
from bot.quiz.judging.calendar import judge_date, judge_decade, judge_year
from bot.quiz.judging.key import RIGHT, WRONG, Judgement, Key, Outcome, Sort, sort_of, unclear
from bot.quiz.judging.spelling import load_words
from bot.quiz.judging.terms import judge_name
from bot.quiz.judging.tidying import LONGEST, plain, tidy

__all__ = [
    "LONGEST",
    "Judgement",
    "Key",
    "Measure",
    "Outcome",
    "Sort",
    "judge",
    "load_words",
    "measure",
    "sort_of",
]

_TOO_LONG = unclear("That is too long for an answer. A few words are enough.")
_EMPTY = unclear("There is nothing to judge in that. Write your answer in a few words.")
_TWICE = re.compile(r"([^()]+?) ?\(([^()]+)\)")  # 12 (twelve)
_TRUE = frozenset({"true", "t", "yes", "y", "yep", "yeah", "yup", "right", "correct"})
_FALSE = frozenset({"false", "f", "no", "n", "nope", "nah", "untrue", "not true", "wrong", "incorrect"})


def judge(key: Key, typed: str, known: Collection[str] = ()) -> Judgement:
    """Judge what somebody typed.

    `known`: bare words that a slip must not make, besides English ones and those of the question's own
    wrong answers. Takes some 50 µs, once `load_words` has been called.
    """
    if len(typed) > 2 * LONGEST or len(text := tidy(typed)) > LONGEST:
        return _TOO_LONG
    if not text:
        return _EMPTY
    said = {plain(typed), plain(text)}
    for options, outcome in (((key.text, *key.accept), RIGHT), (key.distractors, WRONG)):
        if any(_forms(option) & said for option in options):
            return outcome
    if not any(sign.isalnum() for sign in text):
        return _EMPTY
    found = _judge(key, text, known)
    if found.outcome is not Outcome.RIGHT and (twice := _TWICE.fullmatch(text)):
        both = {_judge(key, part, known).outcome for part in twice.groups()}
        return RIGHT if both == {Outcome.RIGHT} else found
    return found


@lru_cache(maxsize=4096)
def _forms(option: str) -> frozenset[str]:
    """Return an option as it is compared first; without "it is" too, where that is no title: This Is Us."""
    is_title = all(word[0].isupper() for word in option.split())
    return frozenset({plain(option)} if is_title else {plain(option), plain(tidy(option))})


def _judge(key: Key, text: str, known: Collection[str]) -> Judgement:
    if key.sort is Sort.NAME:
        return judge_name(key, text, known)
    return _BY_SORT[key.sort](key, text)


def _judge_truth(key: Key, text: str) -> Judgement:
    said = plain(text)
    if said not in _TRUE | _FALSE:
        return unclear("Write true or false.")
    return RIGHT if (said in _TRUE) == (plain(key.text) in _TRUE) else WRONG


_BY_SORT = {
    Sort.NUMBER: judge_amount,
    Sort.YEAR: judge_year,
    Sort.DATE: judge_date,
    Sort.DECADE: judge_decade,
    Sort.TRUTH: _judge_truth,
}
