"""Readings: what people thought of a bank's questions who read them one by one, and of which version.

What always holds: a reading is about the words that its reader saw; when they change, it counts no more
until the question has been read again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.bank.facts import Steps
from bot.bank.schema import Authored
from bot.quiz.question import Day, Identifier, MaybeText, Question, content_hash


class Judgement(StrEnum):
    """What a reader would do with a question."""

    PRINT = "print"
    EDIT = "edit"
    REWRITE = "rewrite"
    KILL = "kill"


class Reading(Authored):
    """One reader's verdict on one question."""

    id: Identifier
    """The question's id."""
    hash: Annotated[str, Field(pattern="^[0-9a-f]{12}$")]
    """The hash of its content as it was read: `farside bank show --all --json` tells it."""
    reader: Annotated[str, Field(pattern="^[A-Z]$")]
    """Who read it, as a letter."""
    verdict: Judgement
    """`print` as it is, `edit` (a word or two), `rewrite`, or `kill`."""
    note: MaybeText = ""
    """Why, and what it should be."""
    read: Day | None = None
    """The day of the reading, as `2026-11-27`."""


def is_review(root: object) -> bool:
    """Whether a file's plain value is a list of readings and not a bank."""
    if not isinstance(root, list) or not root:
        return False
    return all(isinstance(one, dict) and {"hash", "reader", "verdict"} & one.keys() for one in root)


def faults(
    readings: Sequence[Reading], questions: Mapping[str, Question]
) -> Iterator[tuple[Steps, str, str]]:
    """Yield place, rule and sentence of each reading that calls for something to be done."""
    latest: dict[str, list[tuple[int, Reading]]] = defaultdict(list)
    for place, reading in enumerate(readings):
        latest[reading.id].append((place, reading))
    for identifier, listed in latest.items():
        question = questions.get(identifier)
        last, reading = listed[-1]
        if question is None:
            message = f"there is no question `{identifier}` any more: take its readings out"
            yield (last, "id"), "read-and-gone", message
            continue
        current = [one for one in listed if one[1].hash == content_hash(question)]
        if not current:
            message = f"`{identifier}` has changed since reader {reading.reader} read it: have it read again"
            yield (last, "hash"), "changed-since-read", message
        for place, one in current:
            if one.verdict is not Judgement.PRINT:
                message = f"reader {one.reader} would {one.verdict} `{identifier}`, and it is as it was"
                yield (place, "verdict"), "unmended", message


def as_read(readings: Sequence[Reading], questions: Mapping[str, Question]) -> list[Reading]:
    """Return the readings that are about their question as it is now."""
    return [one for one in readings if one.id in questions and content_hash(questions[one.id]) == one.hash]
