"""Whom "he" and "she" stand for, where there is no doubt about it.

The subject of the sentence before, if that is one person and no other person stands between; else nobody.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.bank.facts import FactKind
from bot.drafter.clauses import Clause
from bot.drafter.names import Name

_PRONOUN = re.compile(r"(?:He|She)\b|(?<=, )(?:he|she)\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence with its clause, if it is plain, and the names in it."""

    paragraph: int
    text: str
    clause: Clause | None
    names: tuple[Name, ...]


def subjects(readings: Sequence[Reading]) -> list[Name | None]:
    """Return whom each sentence is about, where its subject is surely one named person."""
    found: list[Name | None] = []
    before: Name | None = None
    paragraph = 0
    for reading in readings:
        people = [name for name in reading.names if name.kind is FactKind.PERSON or name.kind is None]
        person = _subject(reading, people)
        if person is None and before is not None and reading.paragraph - paragraph <= 1:
            person = _meant(reading, before, people)
        found.append(person)
        others = [name for name in people if name is not person and name.kind is FactKind.PERSON]
        before, paragraph = (person if not others else None), reading.paragraph
    return found


def _subject(reading: Reading, people: Sequence[Name]) -> Name | None:
    """Return the person whose name is the subject, or begins the sentence."""
    for name in people:
        for mention in name.mentions:
            if name.kind is not FactKind.PERSON or mention.unsure:
                continue
            starts = reading.text.startswith(mention.text) and mention.start == 0
            inside = reading.clause is not None and (
                reading.text[slice(*reading.clause.subject)].endswith(mention.text)
            )
            if (starts or inside) and reading.text[mention.start : mention.end] == mention.text:
                return name
    return None


def _meant(reading: Reading, before: Name, people: Sequence[Name]) -> Name | None:
    pronoun = _PRONOUN.search(reading.text[:60])
    if pronoun is None:
        return None
    named = [name for name in people if reading.text.find(name.mentions[0].text) in range(pronoun.start())]
    if named or (before.gender and before.gender != pronoun[0].lower()):
        return None
    return before
