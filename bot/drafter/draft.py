"""The draft: an article's candidates as a facts file, and a report of what was read.

A pipeline, in the order of this package's files: paragraphs, less clutter; sentences, with their names and
clauses; values; questions; what is worth asking; wrong answers.

What always holds: the facts file is valid, every fact in it is a draft, and drafting the same text again
gives the same file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.bank.facts import Article, Ask, AuthoredFact, FactKind, FactsFile, Status, wordings
from bot.bank.facts import faults as facts_faults
from bot.bank.problem import BankError
from bot.drafter.beside import life_of
from bot.drafter.candidates import LONGEST_PROSE, Candidate, ReadText, find_candidates
from bot.drafter.clutter import left_out
from bot.drafter.dates import Published, published_on, read_published
from bot.drafter.files import LONGEST_FILE, fault, format_of, read_file
from bot.drafter.options import Others, suggest_distractors, suggest_tolerance
from bot.drafter.paragraphs import DEEPEST_HTML, Format, Paragraph, ReadArticle, html_depth, read_article
from bot.drafter.standing import stands_alone
from bot.drafter.words import CLOSED, is_english


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


def draft_file(path: Path, *, published: str = "") -> Draft:
    """Read an article from a file and draft it; the format is told by the ending, or by the text."""
    text = read_file(path)
    return draft(text, name=str(path), kind=format_of(path.name, text), published=published)


def draft(text: str, *, name: str, kind: Format = "text", published: str = "") -> Draft:
    """Draft `text` and tell what was left out. Raises BankError where there is no article to read.

    `name` is the article's file name, for errors; `published` is when it was published, where the text does
    not say so: a day, a month or a year.
    """
    article = _read(text, name, kind)
    reasons = left_out(article.paragraphs)
    reasons |= _beyond(article.paragraphs, reasons)
    parts = [part for part in article.paragraphs if part.number not in reasons]
    _check(parts, article, reasons, name)
    dated = published_on(published or _published(article))
    if published and dated is None:
        message = f"{published!r} is no date: write 2024-03-14, 14 March 2024, March 2024 or 2024"
        raise BankError([fault(name, "no-date", message)])
    title = _title(article, name)
    candidates, read = find_candidates(parts, dated, title)
    facts_file = _facts_file(candidates, read, article, title)
    return Draft(facts_file, len(article.paragraphs), tuple(sorted(reasons.items())))


def _read(text: str, name: str, kind: Format) -> ReadArticle:
    if len(text) > LONGEST_FILE:
        message = f"longer than {LONGEST_FILE:,} characters: draft it in parts"
        raise BankError([fault(name, "too-long", message)])
    if not text.strip():
        message = "there is no text in it: save the article's text here"
        raise BankError([fault(name, "empty-article", message)])
    if kind == "html" and html_depth(text) > DEEPEST_HTML:
        message = f"its tags nest deeper than {DEEPEST_HTML:,}, which no article does: save its text alone"
        raise BankError([fault(name, "too-deep", message)])
    return read_article(text, kind)


def _check(parts: Sequence[Paragraph], article: ReadArticle, reasons: Mapping[int, str], name: str) -> None:
    """Refuse what holds no sentence, and what is not English."""
    whole = " ".join(part.text for part in article.paragraphs)
    foreign = sum(reason == "in another language" for reason in reasons.values())
    if (not parts and foreign) or not is_english(whole):
        message = "this is not English, and English is all that the drafter reads: write its facts by hand"
        raise BankError([fault(name, "not-english", message)])
    if not any(len(part.text.split(maxsplit=3)) > 2 for part in parts):
        message = "no sentence of an article was found in it: save the text that a reader sees"
        raise BankError([fault(name, "no-sentences", message)])


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
    candidates: Sequence[Candidate], read: ReadText, article: ReadArticle, title: str
) -> FactsFile:
    topics = _Topics(article.paragraphs)
    taken: set[str] = set()
    texts = _Texts(read)
    facts = [_fact(candidate, texts, topics, taken) for candidate in candidates]
    source = Article(title=title[:200], publisher=article.publisher, published=_written(read.published))
    file = FactsFile(source=source, topics=topics.used([fact.topic for fact in facts]), facts=facts)
    broken = {found.place[1] for found in facts_faults(file) if found.place[0] == "facts"}
    if not broken:
        return file
    return file.model_copy(update={"facts": [fact for at, fact in enumerate(facts) if at not in broken]})


class _Texts:
    """The article's words by paragraph, for what must not stand near a wrong answer, and its years."""

    def __init__(self, read: ReadText) -> None:
        self.names = read.names
        self._parts: dict[int, str] = {}
        for reading in read.readings:
            self._parts[reading.paragraph] = f"{self._parts.get(reading.paragraph, '')} {reading.text}"
        self._whole = " ".join(self._parts.values())
        self._years = sorted(int(year) for year in re.findall(r"\b(?:1\d|20)\d\d\b", self._whole))

    def around(self, candidate: Candidate) -> Others:
        nearby = " ".join(self._parts.get(paragraph, "") for paragraph in candidate.paragraphs)
        if candidate.value.kind is FactKind.YEAR:
            nearby = candidate.evidence  # what a paragraph tells of other years is no answer to this
        return Others(self.names, f"{nearby} {candidate.ask}", self._span(candidate), candidate.ask)

    def _span(self, candidate: Candidate) -> tuple[int, int]:
        """Return when it may have been: in the life of whom the question names, or in the article's time.

        Birth and death lie at an end of the life, and the first and last years of the time at its ends: they
        have room on both sides.
        """
        year = int(candidate.value.number or 0)
        lives = (life_of(name, self._whole) for name in self.names if name.text.split()[-1] in candidate.ask)
        years = self._years[len(self._years) // 10 : len(self._years) - len(self._years) // 10]
        low, high = next(filter(None, lives), (min([*years, year]), max([*years, year])))
        room = max(8, (high - low) // 4)
        latest = high + room if high - year < 4 else high
        return (low - room if year - low < 4 else low), min(latest, max(self._years, default=year) + 1)


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


def _fact(candidate: Candidate, texts: _Texts, topics: "_Topics", taken: set[str]) -> AuthoredFact:
    value = candidate.value
    statement = candidate.statement
    sort = value.asked.rpartition(" ")[2] if value.asked.startswith("which ") else ""
    aliases = [
        text
        for text in value.aliases
        if 0 < len(text) <= 100
        and text != value.single
        and (sort in candidate.ask or text not in value.single)
    ]  # "Suez" is right where a canal is asked for
    distractors = suggest_distractors(value, texts.around(candidate))
    return AuthoredFact(
        id=_identifier(candidate, taken),
        statement=statement if len(statement) <= 300 else statement[:297].rstrip() + "...",
        kind=value.kind,
        value=value.single,
        topic=topics.topic_of(candidate),
        difficulty=1 if len(candidate.paragraphs) > 2 else 2,
        paragraphs=list(candidate.paragraphs),
        tolerance=suggest_tolerance(value),
        aliases=aliases,
        distractors=distractors,
        ask=_ask(candidate, distractors),
        status=Status.DRAFT,
        evidence=candidate.evidence,
        note=_note(candidate),
    )


_MADE_UP = (FactKind.QUANTITY, FactKind.YEAR)  # of these the generator makes up wrong answers


def _ask(candidate: Candidate, distractors: Sequence[str]) -> str | Ask:
    """Return the question in its kind: without wrong answers it is one to be typed.

    Written as a sentence alone, it lets the statement be told true or false too: only of one that does not
    lean on its neighbours.
    """
    stem = candidate.ask
    if not stem:
        return Ask() if stands_alone(candidate.statement) else Ask(true_statements=[], false_statements=[])
    typed = not distractors and candidate.value.kind not in _MADE_UP
    if typed:
        return Ask(text=stem)
    if stands_alone(candidate.statement):
        return stem
    if candidate.value.kind is FactKind.QUANTITY:
        return Ask(number=stem)
    return Ask(year=stem) if candidate.value.kind is FactKind.YEAR else Ask(choice=stem)


def stems(fact: AuthoredFact) -> list[str]:
    """Return the questions that a fact asks, of whatever kind; none where it only tells."""
    if isinstance(fact.ask, str):
        return [fact.ask]
    told = ("true_statements", "false_statements")
    kinds = (kind for kind in Ask.model_fields if kind not in told)
    return [wording.stem for kind in kinds for wording in wordings(getattr(fact.ask, kind)) if wording.stem]


def _note(candidate: Candidate) -> str:
    """Return why the candidate is offered, and what to check first."""
    value = candidate.value
    notes = [
        f"Offered as {candidate.reasons[0]}: {', '.join(candidate.reasons[1:]) or 'it is told plainly'}."
    ]
    if value.note:
        notes.append(value.note)
    if value.hedge or value.single != value.text:
        notes.append(f"The article says “{value.hedge or value.text}”.")
    return " ".join(notes)


def _identifier(candidate: Candidate, taken: set[str]) -> str:
    """Make a short id from the question's words, never from the answer; number those that repeat."""
    told = (candidate.ask or candidate.statement).casefold().replace("’", "")
    value = f"{candidate.value.text} {' '.join(candidate.value.aliases)}".casefold()
    answer = set(re.findall(r"[a-z0-9]+", value))
    words = re.findall(r"[a-z0-9]+", told)
    telling = [word for word in words if len(word) > 2 and word not in CLOSED | answer and word != "how"]
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
