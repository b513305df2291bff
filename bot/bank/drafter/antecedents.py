"""Antecedents: what the pronouns of a sentence stand for, as far as the sentences before it make sure.

What always holds: "he" and "she" stand for one person, of that sex where the text or the first name tells
it, named no more than three sentences before; "it" and "they" stand for the subject of the sentence just
before. Where two would fit, a pronoun stands for nobody, and no question is made with it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.bank.drafter.clauses import subject_phrase
from bot.bank.drafter.gazetteer import FIRST_NAMES, MEN, WOMEN
from bot.bank.drafter.lexicon import is_plural
from bot.bank.drafter.names import Mention, Name
from bot.bank.drafter.stems import Context, lower_first, resolved
from bot.bank.facts import FactKind

_EXPLETIVE = re.compile(r"It (?:(?:is|was|takes|took|costs?) .*\b(?:to|that)\b|(?:is|was) (?:an?|the)\b)")
_REACH = 3  # sentences that a person is remembered for
_MALE = re.compile(
    r"\b(?:[Kk]ing|[Ee]mperor|[Pp]rince|[Dd]uke|Lord|Sir|Mr|Baron|[Pp]ope|Tsar|monk|priest|father|"
    r"brother|son|"
    r"husband|uncle|widower|grandfather|nephew|man|boy|actor|chairman|spokesman|fisherman)\b[^.;]{0,25}$"
)
_FEMALE = re.compile(
    r"\b(?:[Qq]ueen|[Ee]mpress|[Pp]rincess|[Dd]uchess|Lady|Dame|Mrs|Ms|Miss|Baroness|nun|mother|sister|"
    r"daughter|"
    r"wife|aunt|widow|grandmother|niece|woman|girl|actress|chairwoman|spokeswoman|"
    r"sister-in-law)\b[^.;]{0,25}$"
)
_PRONOUNS = {
    "he": re.compile(r"\b(?:he|him|his)\b", re.IGNORECASE),
    "she": re.compile(r"\b(?:she|her|hers)\b", re.IGNORECASE),
}


@dataclass(slots=True)
class _Known:
    """Who and what was named so far; `seen` counts the sentences since a person was named."""

    people: dict[str, str] = field(default_factory=lambda: {"he": "", "she": ""})
    seen: dict[str, int] = field(default_factory=lambda: {"he": 0, "she": 0})
    thing: str = ""
    many: str = ""

    def remember(self, sex: str, name: str) -> None:
        self.people[sex], self.seen[sex] = name, 0

    def age(self) -> None:
        for sex, sentences in self.seen.items():
            self.seen[sex] = sentences + 1
            if sentences >= _REACH:
                self.people[sex] = ""


def contexts(texts: Sequence[str], names: Iterable[Name], year: int = 0) -> list[Context]:
    """Return for each sentence what its pronouns stand for; `year` is the article's own, 0 if unknown."""
    listed = list(names)
    here: dict[int, list[tuple[Mention, Name]]] = {}
    for name in listed:
        if name.kind is FactKind.PERSON:
            for mention in name.mentions:
                here.setdefault(mention.sentence, []).append((mention, name))
    words = frozenset(word for name in listed for text in name.spellings for word in re.split(r"[ -]", text))
    sexes = {name.text: _sex(name, texts) for name in listed if name.kind is FactKind.PERSON}
    known, last, before, found = _Known(), "", "", []
    for index, text in enumerate(texts):
        people = [name.text for _, name in sorted(here.get(index, []), key=lambda pair: pair[0].start)]
        context = Context(
            thing="" if _EXPLETIVE.match(text) else known.thing,
            person=last,
            he=known.people["he"],
            she=known.people["she"],
            people=known.many,
            before=before,
            names=words,
            person_here=people[0] if people else "",
            own_he=_own("he", text, people, sexes, known),
            own_she=_own("she", text, people, sexes, known),
            year=year,
        )
        found.append(replace(context, person=people[0]) if people and _opens(text, people[0]) else context)
        _go_on(known, text, list(dict.fromkeys(people)), sexes, context)
        before, last = text, people[-1] if len(set(people)) == 1 else ("" if people else last)
    return found


def _sex(name: Name, texts: Sequence[str]) -> str:
    """Return "he" or "she" for a person whose first name, title or description tells; else ""."""
    first = name.text.split()[0]
    for table, sex in ((WOMEN, "she"), (MEN, "he")):
        if first in table:
            return sex
    for mention in name.mentions:
        before = texts[mention.sentence][: mention.end - len(mention.text)][-45:]
        around = f"{before}{' '.join(mention.text.split()[:1])}"
        for pattern, sex in ((_FEMALE, "she"), (_MALE, "he")):
            if pattern.search(before) or (first not in FIRST_NAMES and pattern.search(around)):
                return sex
    return ""


def _own(sex: str, text: str, people: Sequence[str], sexes: dict[str, str], known: _Known) -> str:
    """Return whom a pronoun in a later clause stands for: the one person of its sex in the sentence."""
    fit = {name for name in people if sexes[name] in (sex, "")}
    if not fit:
        return known.people[sex]
    only = next(iter(fit)) if len(fit) == 1 else ""
    return only if only and (sexes[only] or _opens(text, only)) else ""


def _opens(text: str, name: str) -> bool:
    return any(text.startswith(part) for part in (name, name.rsplit(maxsplit=1)[-1]))


def _go_on(known: _Known, text: str, people: list[str], sexes: dict[str, str], context: Context) -> None:
    """Take a sentence into account for the one after it."""
    known.age()
    told = {sex: bool(pattern.search(text)) for sex, pattern in _PRONOUNS.items()}
    for sex, other in (("he", "she"), ("she", "he")):
        fit = [name for name in people if sexes[name] == sex]
        unknown = [name for name in people if not sexes[name]]
        goes_on = text.lower().startswith(("he ", "his ") if sex == "he" else ("she ", "her "))
        doubtful = [] if (goes_on or told[sex]) and known.people[sex] else unknown
        if len(fit) == 1 and not (doubtful and not told[other]):
            known.remember(sex, fit[0])
        elif len(fit) > 1 or (fit and doubtful):
            known.remember(sex, "")
        elif len(doubtful) == 1 and (len(people) == 1 or told[other]):
            known.remember(sex, doubtful[0])
        elif doubtful:
            known.remember(sex, "")
    subject = subject_phrase(text) if text[:1] not in "“\"‘'" else ""
    subject = lower_first(resolved(subject, context)[0], context.names) if subject else ""
    if not subject:
        carried = re.match(r"(?:It|They|This|These)\b", text)
        known.thing, known.many = (known.thing, known.many) if carried else ("", "")
        return
    final = subject.split()[-1]
    about_person = any(part in subject for name in people for part in (name, name.split()[-1]))
    is_many = is_plural(final) and final[0].islower()
    known.thing = "" if about_person or is_many else _cut(subject)
    known.many = _cut(subject) if is_many and not about_person else ""


def _cut(subject: str) -> str:
    return re.sub(r" of (?:\d|[a-z]+ \w+s and ).*$", "", subject)
