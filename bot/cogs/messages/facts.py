"""What people see of facts: today's, found ones, and the daily post.

The bank's words stand as its author typed them.
"""

from collections.abc import Sequence
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
    tag_of,
    text,
)
from bot.cogs.messages.text import escape, shorten, written
from bot.quiz.question import Fact, Origin, Source, Verdict
from bot.services.facts import Night

_ARTICLE = {
    Verdict.IMPRECISE: "≈ **The article is imprecise here.**",
    Verdict.OUTDATED: "⌛ **The article is out of date here.**",
    Verdict.CONTRADICTED: "✘ **The article is wrong here.**",
}
_MOST_TEXT = 1000  # characters of one part of a card; Discord takes 4,000 in all


def fact_card(fact: Fact, topic: str, heading: str) -> Card:
    """Return a fact with where it stands, and what the article got wrong where it did."""
    return [_body(fact, topic, heading), _buttons(fact)]


def today_card(fact: Fact, topic: str, night: Night) -> Card:
    """Return the fact of a local day."""
    return fact_card(fact, topic, f"{night.moon} Today's fact · {_day(night.on)}")


def random_card(fact: Fact, topic: str, night: Night) -> Card:
    """Return any fact."""
    return fact_card(fact, topic, f"{night.moon} A fact")


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


def daily_card(
    fact: Fact,
    topic: str,
    night: Night,
    *,
    marker: str = "",
    role_id: int | None = None,
    late_since: datetime | None = None,
) -> Card:
    """Return a schedule's post. Its Source button carries `marker`, by which the post is known again.

    `late_since` is when it was due, if it is late enough to say so.
    """
    mention = [text(f"<@&{role_id}>")] if role_id is not None else []
    late = None
    if late_since is not None:
        late = text(
            f"-# This post is late: it was due <t:{int(late_since.timestamp())}:t>,"
            " when Farside could not send it."
        )
    body = _body(fact, topic, f"{night.moon} Fact of the day · {_day(night.on)}", late)
    return [*mention, body, _buttons(fact, marker)]


def _body(fact: Fact, topic: str, heading: str, *more: Component | None) -> Component:
    source = fact.source
    lines: list[Component | None] = [
        text(f"-# {heading}"),
        text(f"### {written(fact.statement, _MOST_TEXT)}"),
    ]
    if fact.explanation and fact.explanation != fact.statement:
        lines.append(text(written(fact.explanation, _MOST_TEXT)))
    if source.verdict in _ARTICLE:
        says = f" It says: {written(source.says, _MOST_TEXT)}" if source.says else ""
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
