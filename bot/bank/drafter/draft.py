"""The draft: an article's candidates as a facts file, and a report of what was read.

What always holds: the facts file is valid, every fact in it is a draft, and drafting the same text again
gives the same file.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.bank.drafter.candidates import LONGEST_PROSE, Candidate, find_candidates
from bot.bank.drafter.clutter import left_out
from bot.bank.drafter.dates import Published, published_on, read_published
from bot.bank.drafter.distractors import suggest_distractors, suggest_tolerance
from bot.bank.drafter.files import LONGEST_FILE, fault, format_of, read_file
from bot.bank.drafter.lexicon import NEVER_NAMES, word_set
from bot.bank.drafter.paragraphs import (
    DEEPEST_HTML,
    Format,
    Paragraph,
    ReadArticle,
    html_depth,
    read_article,
)
from bot.bank.facts import Article, Ask, AuthoredFact, FactKind, FactsFile, Status
from bot.bank.facts import faults as facts_faults
from bot.bank.problem import BankError


@dataclass(frozen=True, slots=True)
class Draft:
    """A facts file of drafts, how many paragraphs were read, and why others were left out."""

    facts_file: FactsFile
    paragraphs: int
    left_out: tuple[tuple[int, str], ...]

    @property
    def read(self) -> int:
        """How many paragraphs were searched for facts."""
        return self.paragraphs - len(self.left_out)


def draft(text: str, *, name: str, kind: Format = "text") -> FactsFile:
    """Return the candidate facts of `text`; `name` is the article's file name, for errors."""
    return draft_report(text, name=name, kind=kind).facts_file


def draft_file(path: Path) -> FactsFile:
    """Return the candidate facts of an article in a .txt, .md or .html file."""
    return report_file(path).facts_file


def report_file(path: Path, *, published: str = "") -> Draft:
    """Read an article from a file and draft it; the format is told by the ending, or by the text."""
    text = read_file(path)
    return draft_report(text, name=str(path), kind=format_of(path.name, text), published=published)


def draft_report(text: str, *, name: str, kind: Format = "text", published: str = "") -> Draft:
    """Draft `text` and tell what was left out. Raises BankError where there is no article to read.

    `published` is when it was published, where the text does not say so: a day, a month or a year.
    """
    if len(text) > LONGEST_FILE:
        raise BankError(
            [fault(name, "too-long", f"longer than {LONGEST_FILE:,} characters: draft it in parts")]
        )
    if not text.strip():
        raise BankError(
            [fault(name, "empty-article", "there is no text in it: save the article's text here")]
        )
    if kind == "html" and html_depth(text) > DEEPEST_HTML:
        message = f"its tags nest deeper than {DEEPEST_HTML:,}, which no article does: save its text alone"
        raise BankError([fault(name, "too-deep", message)])
    article = read_article(text, kind)
    reasons = left_out(article.paragraphs)
    reasons |= _beyond(article.paragraphs, reasons)
    parts = [part for part in article.paragraphs if part.number not in reasons]
    if not any(len(part.text.split(maxsplit=3)) > 2 for part in parts):
        message = "no sentence of an article was found in it: save the text that a reader sees"
        raise BankError([fault(name, "no-sentences", message)])
    dated = published_on(published or _published(article))
    if published and dated is None:
        message = f"{published!r} is no date: write 2024-03-14, 14 March 2024, March 2024 or 2024"
        raise BankError([fault(name, "no-date", message)])
    candidates = find_candidates(parts, dated)
    facts_file = _facts_file(candidates, article, name, dated)
    return Draft(facts_file, len(article.paragraphs), tuple(sorted(reasons.items())))


def _beyond(paragraphs: Sequence[Paragraph], reasons: Mapping[int, str]) -> dict[int, str]:
    """Return the paragraphs behind the part that is read of what is longer than any article."""
    seen, over = 0, {}
    for part in paragraphs:
        if part.number not in reasons:
            seen += len(part.text)
            if seen > LONGEST_PROSE and seen > len(part.text):
                over[part.number] = f"beyond the first {LONGEST_PROSE:,} letters"
    return over


def _published(article: ReadArticle) -> str:
    """Return the article's date as it states it: in its head, or in a date line near the top."""
    if article.published:
        return article.published
    for part in article.paragraphs[:6]:
        if len(part.text) < 120 and not part.text.endswith(".") and read_published(part.text):
            return part.text
    return ""


def _facts_file(
    candidates: Sequence[Candidate], article: ReadArticle, name: str, dated: Published | None
) -> FactsFile:
    topics = _Topics(article.paragraphs)
    taken: set[str] = set()
    kin: dict[tuple[FactKind, str], list[Candidate]] = {}
    for candidate in candidates:
        kin.setdefault(_sort_of(candidate), []).append(candidate)
    facts = [_fact(candidate, kin[_sort_of(candidate)], topics, taken) for candidate in candidates]
    source = Article(
        title=_title(article, name)[:200],
        publisher=article.publisher,
        published=_written(dated),
    )
    file = FactsFile(source=source, topics=topics.used([fact.topic for fact in facts]), facts=facts)
    broken = {found.place[1] for found in facts_faults(file) if found.place[0] == "facts"}
    if not broken:
        return file
    kept = [fact for index, fact in enumerate(facts) if index not in broken]
    return file.model_copy(update={"facts": kept})


def _written(dated: Published | None) -> str:
    if dated is None:
        return ""
    return f"{dated.day.day} {dated.day:%B} {dated.year}" if dated.day else dated.told.rpartition(", ")[2]


def _title(article: ReadArticle, name: str) -> str:
    if article.title:
        return article.title
    first = article.paragraphs[0].text.rstrip(".")
    if 3 <= len(first) <= 160:
        return first
    return re.sub(r"[_-]+", " ", Path(name).stem).strip().capitalize() or "Article"


def _sort_of(candidate: Candidate) -> tuple[FactKind, str]:
    return candidate.value.kind, candidate.value.form


def _fact(candidate: Candidate, kin: Sequence[Candidate], topics: "_Topics", taken: set[str]) -> AuthoredFact:
    value = candidate.value
    tolerance = suggest_tolerance(value)
    others = _others(candidate, kin)
    statement = candidate.stem.statement
    return AuthoredFact(
        id=_identifier(candidate, taken),
        statement=statement if len(statement) <= 300 else statement[:297].rstrip() + "...",
        kind=value.kind,
        value=value.text,
        topic=topics.topic_of(candidate),
        difficulty=_difficulty(candidate),
        paragraphs=list(candidate.paragraphs),
        tolerance=tolerance,
        aliases=[
            alias for alias in dict.fromkeys(value.aliases) if 0 < len(alias) <= 100 and alias != value.text
        ],
        distractors=suggest_distractors(value, others, tolerance),
        ask=candidate.stem.text or Ask(),
        status=Status.DRAFT,
        evidence=candidate.evidence,
        note=_note(candidate),
    )


def _others(candidate: Candidate, kin: Sequence[Candidate]) -> list[str]:
    """Return the article's other values of the same sort, those asked for in the same words first."""
    place = bisect_left(kin, candidate.order, key=lambda other: other.order)
    near = kin[max(0, place - 25) : place + 25]
    shown = f"{candidate.stem.text} {candidate.value.text}".casefold()
    asked, order = candidate.value.asked, candidate.order[0]
    fit = [other for other in near if other.value.text.casefold() not in shown]
    alike = [other for other in fit if _may_stand_for(other.value.asked, asked)]
    fit = alike if len(alike) >= _ENOUGH else fit
    fit.sort(key=lambda other: (other.value.asked != asked, abs(other.order[0] - order)))
    return list(dict.fromkeys(other.value.text for other in fit[:12]))


_ENOUGH = 2  # distractors that a question needs
_ANY = word_set("what who place organisation name company firm")


def _may_stand_for(other: str, asked: str) -> bool:
    """Tell whether a name of one sort may be a wrong answer for another: no court where a firm is asked."""
    sort, wanted = other.removeprefix("which "), asked.removeprefix("which ")
    return sort == wanted or sort in _ANY or wanted in _ANY - {"company", "firm"}


def _difficulty(candidate: Candidate) -> int:
    if len(candidate.paragraphs) > 2:
        return 1
    return 3 if candidate.value.form in ("compound", "clock", "range") else 2


def _note(candidate: Candidate) -> str | None:
    """Return one line about what to check first."""
    value = candidate.value
    notes = [value.note, candidate.stem.note]
    others = [text for text in candidate.spellings if text not in value.text]
    if others:
        notes.append(f"Also written {', '.join(f'“{text}”' for text in others[:3])}.")
    if value.hedge:
        notes.append(f"The article says “{value.hedge}”.")
    return " ".join(filter(None, notes)) or None


def _identifier(candidate: Candidate, taken: set[str]) -> str:
    """Make a short id from the question's words, never from the answer; number those that repeat."""
    told = candidate.stem.text or candidate.stem.statement
    answer = set(
        re.findall(r"[a-z0-9]+", f"{candidate.value.text} {' '.join(candidate.value.aliases)}".casefold())
    )
    words = re.findall(r"[a-z0-9]+", told.casefold().replace("’", ""))
    telling = [word for word in words if len(word) > 2 and word not in NEVER_NAMES | answer and word != "how"]
    base = "-".join(telling[:5])[:52].strip("-") or f"fact-{candidate.paragraphs[0]}"
    identifier, number = base, 1
    while identifier in taken:
        number += 1
        identifier = f"{base}-{number}"
    taken.add(identifier)
    return identifier


_KIND_TOPICS = {
    FactKind.QUANTITY: ("numbers", "Numbers"),
    FactKind.YEAR: ("dates", "Dates"),
    FactKind.DATE: ("dates", "Dates"),
    FactKind.PERIOD: ("dates", "Dates"),
    FactKind.PERSON: ("people", "People"),
    FactKind.PLACE: ("places", "Places"),
    FactKind.COUNTRY: ("places", "Places"),
    FactKind.CAUSE: ("reasons", "Reasons"),
}
_OTHER_TOPIC = ("names", "Names and terms")


class _Topics:
    """A guess at a topic for each fact: the heading it stands under, else what sort of thing it is."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        headings = [
            part
            for part in paragraphs[1:]
            if part.role == "heading" and not part.cells and len(part.text) < 80
        ]
        self._headings = headings if len(headings) > 1 else []
        self._titles: dict[str, str] = {}

    def topic_of(self, candidate: Candidate) -> str:
        """Return the topic's id."""
        identifier, title = _KIND_TOPICS.get(candidate.value.kind, _OTHER_TOPIC)
        under = [part for part in self._headings if part.number < candidate.paragraphs[0]]
        if self._headings and not under:
            identifier, title = "opening", "The story so far"
        elif under:
            slug = "-".join(re.findall(r"[a-z0-9]+", under[-1].text.casefold()))[:50].strip("-")
            identifier, title = (slug, under[-1].text) if slug else (identifier, title)
        self._titles.setdefault(identifier, title)
        return identifier

    def used(self, identifiers: Sequence[str | None]) -> dict[str, str]:
        """Return the titles of the topics that facts have, in the order of first use."""
        return {topic: self._titles[topic] for topic in dict.fromkeys(identifiers) if topic}
