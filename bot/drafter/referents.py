"""Whom "he" and "she" stand for, and what "it" and "the company" do, where there is no doubt about it.

A person: the subject of the sentence before, if no other person stands between. A thing: what the paragraph
has just said the kind of ("The Mary is a ferry. It ..."). Else nobody and nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.bank.facts import FactKind
from bot.drafter.clauses import Clause
from bot.drafter.names import Name
from bot.drafter.words import PREPOSITIONS, singular, table, words_of

_PRONOUN = re.compile(r"(?:He|She|His|Her)\b|(?<=[,\d] )(?:he|she)\b")
_NOMINATIVE = {"His": "he", "Her": "she"}
_THING = re.compile(
    r"(?:In \d{4},? |Since \d{4},? )?(?:[Ii]ts?|[Tt]he (?P<noun>[a-z-]+)) (?:[a-z]+ly |also )?(?:[a-z]+)\b"
)
_BODIES = words_of("bodies")
_GOING_ON = frozenset(("that", "which", "who", "and", "where"))
_DEFINED = re.compile(
    r"(?:an?|the) (?:[\w’'.-]+ ){0,6}?(?P<noun>[a-z]+)"
    r"(?= (?:of|in|at|for|to|that|which|from|on|by|with|who)\b|[,.;(]|$)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence with its clauses, if it is plain, and the names in it."""

    paragraph: int
    text: str
    clauses: tuple[Clause, ...]
    names: tuple[Name, ...]


def topic_of(title: str, sentences: Sequence[str]) -> dict[str, Name]:
    """Return what an article named after one thing may call it: "the gate" in "Namdaemun".

    That is the noun that ends its title, and the kinds that the text says it is of.
    """
    title = re.sub(r"(?<=\w)(?:,| \().*", "", title)
    whole = " ".join(sentences)
    if whole.count(f" {title.lower()}") > whole.count(f" {title}"):
        title = title.lower()  # what is no name, as "the aardvark"
    named = f"(?i:{re.escape(title[:1])}){re.escape(title[1:])}"
    told = [text for text in sentences if re.match(rf"(?:The )?{named}\b", text)]
    if not told or not title or not re.search(rf"\b{named}\b", " ".join(sentences[:3])):
        return {}
    nouns = {match[0] for match in [re.search(r"(?<= )[a-z]+$", title)] if match}
    behind = rf"(?:native |known |located )?(?:{'|'.join(sorted(PREPOSITIONS | _GOING_ON))})"
    is_one = re.compile(
        rf"{named}(?:,.*?,)? (?:is|was) (?:an?|the|one of the) (?P<words>(?:[^\s.;:]+ )*?[\w-]+)"
        rf"(?:[.;:]|, (?:and|an?|the|wh\w+)\b| {behind}\b)"
    )
    for text in sentences[:30]:
        if kind := is_one.search(re.sub(r" \([^()]*\)", "", text)):
            nouns.add(singular(kind["words"].rpartition(" ")[2].lower()))
    articled = 2 * len(re.findall(rf"[Tt]he {re.escape(title)}\b", whole)) > whole.count(title)
    return {noun: Name(title, None, noun, articled=articled) for noun in nouns if noun.isalpha()}


def subjects(readings: Sequence[Reading], topic: Mapping[str, Name], title: str) -> list[Name | None]:
    """Return whom or what each sentence is about, where that is surely one person or thing.

    In an article named after a person, that is who "he" or "she" is, unless somebody else was just told of.
    """
    hero = hero_of(readings, title)
    clear = [True]
    found: list[Name | None] = []
    person: Name | None = None
    thing: tuple[Name, str, int] | None = None
    before = 0
    for reading in readings:
        people = [name for name in reading.names if name.kind is FactKind.PERSON]
        about = _named_first(reading, people)
        doubted = (
            person is not None
            and hero is not None
            and person is not hero
            and (not person.gender or (reading.paragraph != before and person.gender == hero.gender))
        )
        if about is None and person is not None and reading.paragraph - before <= 1 and not doubted:
            about = _meant(reading, person, people)
        if about is None and hero is not None and all(clear):
            about = _meant(reading, hero, people)
        clear = [*clear[-1:], _leaves_clear(reading, about, hero)]
        others = [name for name in people if name is not about]
        person, before = (about if not others else None), reading.paragraph
        if (
            about is None
            and thing is not None
            and thing[2] == reading.paragraph
            and _is_thing(reading, thing[1])
        ):
            about = thing[0]
        found.append(about)
        thing = _of_topic(reading, topic) or _told_of(reading, thing, about)
    return found


def hero_of(readings: Sequence[Reading], title: str) -> Name | None:
    """Return the person an article is named after: "Anna Berg", also where the text adds a middle name."""
    ends = title.split()[:1] + title.split()[-1:]
    people = (name for each in readings for name in each.names if name.kind is FactKind.PERSON)
    return next((name for name in people if name.text.split()[:1] + name.text.split()[-1:] == ends), None)


def _leaves_clear(reading: Reading, about: Name | None, hero: Name | None) -> bool:
    """Tell a sentence after which "he" may still be the hero: no other man is its subject, nor his father."""
    kin = set(re.findall(r"[a-z]+", reading.text.lower())[:8]) & set(table("names")["kin"].split())
    if kin or hero is None:
        return False
    if about is None or about is hero:
        return True
    return bool(about.gender) and hero.gender not in ("", about.gender)


def _named_first(reading: Reading, people: Sequence[Name]) -> Name | None:
    """Return the person whose name is the subject, or begins the sentence."""
    subject = reading.text[slice(*reading.clauses[0].subject)] if reading.clauses else ""
    for name in people:
        if name.unsure:
            continue
        for text in (name.text, *name.spellings):
            if reading.text.startswith(text) or (subject and subject.endswith(text)):
                return name
    return None


def _meant(reading: Reading, before: Name, people: Sequence[Name]) -> Name | None:
    pronoun = _PRONOUN.search(reading.text[:60])
    if pronoun is None or before.gender not in ("", _NOMINATIVE.get(pronoun[0], pronoun[0].lower())):
        return None
    if any(reading.text.find(text) in range(pronoun.start()) for name in people for text in name.spellings):
        return None
    return before


def _is_thing(reading: Reading, noun: str) -> bool:
    told = _THING.match(reading.text)
    if told is None or re.match(r"It (?:took|takes|(?:is|was) [a-z]+ (?:that|to)\b)", reading.text):
        return False
    return told["noun"] in (None, noun) or (noun == "company" and told["noun"] in _BODIES)


def _of_topic(reading: Reading, topic: Mapping[str, Name]) -> tuple[Name, str, int] | None:
    """Return the article's topic, where it is the subject of a sentence: the next may call it "it"."""
    for noun, name in topic.items():
        told = rf"(?:[A-Z]\w+ [\w ]+, )?(?:[Tt]he )?(?:{re.escape(name.text)}|{noun})[, ]"
        if re.match(told, reading.text):
            return name, noun, reading.paragraph
    return None


def _told_of(
    reading: Reading, before: tuple[Name, str, int] | None, about: Name | None
) -> tuple[Name, str, int] | None:
    """Return what the next sentence may call "it": this one's subject, if no other thing is named in it."""
    if defined := _defined(reading):
        return defined
    if about is not None and before is not None and about is before[0]:
        return before
    subject = (
        re.sub(r"^[Tt]he ", "", reading.text[slice(*reading.clauses[0].subject)]) if reading.clauses else ""
    )
    things = [
        name
        for name in reading.names
        if name.kind not in (FactKind.PERSON, FactKind.COUNTRY, FactKind.PERIOD)
    ]
    named = [name for name in things if name.noun not in ("city", "state", "region")]
    if len(named) == 1 and not named[0].unsure and subject in (named[0].text, *named[0].spellings):
        noun = "company" if named[0].kind is FactKind.ORGANISATION else named[0].noun
        return named[0], noun, reading.paragraph
    return None


def _defined(reading: Reading) -> tuple[Name, str, int] | None:
    """Return what a sentence says the kind of, the kind, and where: "The Mary is a ferry"."""
    clause = reading.clauses[0] if reading.clauses else None
    if clause is None or not clause.is_copula or clause.teller:
        return None
    kind = _DEFINED.match(clause.text[slice(*clause.rest)])
    subject = re.sub(r"^The ", "", clause.text[slice(*clause.subject)])
    for name in reading.names:
        if (
            kind
            and name.kind not in (FactKind.PERSON, FactKind.PERIOD)
            and subject.startswith((name.text, *name.spellings))
        ):
            return name, kind["noun"], reading.paragraph
    return None
