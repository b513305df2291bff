"""What people see of facts: today's, found ones, and the daily post.

The bank's words stand as its author typed them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.cogs.messages.components import (
    MOON,
    MOST_ID,
    WARNING,
    Card,
    Component,
    button,
    container,
    option,
    row,
    select,
    separator,
    size,
    tag_of,
    text,
)
from bot.cogs.messages.day import asked_part, over_part, told_part
from bot.cogs.messages.figures import moment
from bot.cogs.messages.moon import evening_parts
from bot.cogs.messages.text import escape, shorten, written
from bot.quiz.day import DayOutcome, DayQuestion
from bot.quiz.question import Fact, Origin, Source, Verdict
from bot.services.day_questions import Day
from bot.services.facts import Night
from bot.services.sky import Evening

_ARTICLE = {
    Verdict.IMPRECISE: "≈ **The article is imprecise here.**",
    Verdict.OUTDATED: "⌛ **The article is out of date here.**",
    Verdict.CONTRADICTED: "✘ **The article is wrong here.**",
}
_MOST_TEXT = 1000  # characters of one part of a card
_MOST_IN_ALL = 4000  # that Discord takes


def fact_card(fact: Fact, topic: str, heading: str) -> Card:
    """Return a fact with where it stands, and what the article got wrong where it did."""
    return [_body(fact, topic, heading), _buttons(fact)]


def today_card(fact: Fact, topic: str, night: Night) -> Card:
    """Return the fact of a local day."""
    return fact_card(fact, topic, f"{night.emoji} Today's fact · {_day(night.on)}")


def random_card(fact: Fact, topic: str, night: Night) -> Card:
    """Return any fact."""
    return fact_card(fact, topic, f"{night.emoji} A fact")


def found_card(facts: Sequence[Fact], shown: Fact, topic: str, wanted: str) -> Card:
    """Return what a search found: one fact, and a menu of all that fit."""
    card = fact_card(shown, topic, f"🔎 “{escape(shorten(wanted, 60))}”")
    if len(facts) > 1:
        options = [option(shorten(fact.statement, 100), fact.id, default=fact is shown) for fact in facts]
        card.append(row(select("fact:show", options, placeholder=f"{len(facts)} facts fit")))
    return card


def chosen_card(shown: Fact, topic: str, menu: Sequence[tuple[str, str]]) -> Card:
    """Return a search's card with another fact of its menu shown; `menu` holds labels and fact ids."""
    card = fact_card(shown, topic, "🔎 Found")
    options = [option(label, fact_id, default=fact_id == shown.id) for label, fact_id in menu]
    card.append(row(select("fact:show", options, placeholder=f"{len(menu)} facts fit")))
    return card


@dataclass(frozen=True, slots=True)
class Frame:
    """What a schedule's post has around its fact.

    Its Source button carries `marker`, by which the post is known again; `late_since` is when it was due,
    if it is late enough to say so.
    """

    marker: str = ""
    role_id: int | None = None
    late_since: datetime | None = None


NO_FRAME, NO_DAY = Frame(), Day()


def daily_card(
    fact: Fact, topic: str, night: Night | Evening, frame: Frame = NO_FRAME, day: Day = NO_DAY
) -> Card:
    """Return a schedule's post: the Moon of an `Evening`, the fact, what the day before asked, what it asks.

    Texts of authors who wrote much are shortened until all of it is within what Discord takes.
    """
    for most in (_MOST_TEXT, 400, 200, 100, 60):
        card = _daily(fact, topic, night, frame, day, most)
        if size(card) <= _MOST_IN_ALL:
            break
    return card


def _daily(fact: Fact, topic: str, night: Night | Evening, frame: Frame, day: Day, most: int) -> Card:
    mention = [text(f"<@&{frame.role_id}>")] if frame.role_id is not None else []
    late = None
    if frame.late_since is not None:
        late = text(
            f"-# This post is late: it was due {moment(frame.late_since, 't')},"
            " when Farside could not send it."
        )
    sky = evening_parts(night) if isinstance(night, Evening) else []
    heading = f"{night.emoji} Fact of the day · {_day(night.on)}"
    parts: list[Component | None] = [
        _body(fact, topic, heading, late, sky=sky, most=most),
        _buttons(fact, frame.marker),
        told_part(day.told, night.on, most) if day.told is not None else None,
    ]
    match day.own:
        case DayQuestion():
            parts.append(asked_part(day.own, most))
        case DayOutcome():
            parts.append(over_part(day.own, most))
    return [*mention, *(part for part in parts if part is not None)]


def _body(
    fact: Fact,
    topic: str,
    heading: str,
    *more: Component | None,
    sky: Sequence[Component] = (),
    most: int = _MOST_TEXT,
) -> Component:
    source = fact.source
    lines: list[Component | None] = [
        text(f"-# {heading}"),
        *sky,
        text(f"### {written(fact.statement, most)}"),
    ]
    if fact.explanation and fact.explanation != fact.statement:
        lines.append(text(written(fact.explanation, most)))
    if source.verdict in _ARTICLE:
        says = f" It says: {written(source.says, most)}" if source.says else ""
        lines.append(text(f"{_ARTICLE[source.verdict]}{says}"))
    place = " · ".join(part for part in (written(topic, 200), _place(source)) if part)
    lines += [separator(), text(f"-# {place}"), *more]
    return container(*lines, colour=WARNING if source.verdict in _ARTICLE else MOON)


def _buttons(fact: Fact, marker: str = "") -> Component:
    buttons = [button("Source", f"fact:source:{marker}:{tag_of(fact.id)}")]
    if len(practise := f"practise:{fact.id}") <= MOST_ID:
        buttons.append(button("Quiz me on this", practise))
    return row(*buttons)


def _place(source: Source) -> str:
    """Return where the fact stands: `The paper, 2019, paragraphs 3 and 12`; or where it was checked."""
    if source.origin is Origin.SUPPLEMENT:
        return written(source.references[0].title, 200) if source.references else "not from the article"
    parts = [written(part, 100) for part in (source.publisher, source.published) if part]
    if source.paragraphs:
        *others, last = [str(number) for number in source.paragraphs]
        numbers = shorten(f"{', '.join(others)} and {last}", 100) if others else last
        parts.append(f"paragraph{'s' if others else ''} {numbers}")
    return ", ".join(parts)


def _day(on: date) -> str:
    return f"{on:%A} {on.day} {on:%B %Y}"
