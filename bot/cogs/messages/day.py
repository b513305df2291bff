"""The question of the day as people see it: asked, over, told by the next post; and what players are told.

What always holds: what is right is told by a mark and a word; names are escaped; that an answer is in is
told with words that do not tell whether it is right.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.cogs.messages.components import OPEN, RIGHT, WARNING, Component, button, container, row, text
from bot.cogs.messages.text import shown_name, written
from bot.quiz.day import DayAnswer, DayOutcome, DayQuestion
from bot.quiz.game import LETTERS, Asked

_LABEL = 80  # characters on a button
_BAR = 6  # signs of a bar
_WRONG = 400  # characters that are left for an explanation
_HEAD = "📅 Question of the day"


def asked_part(day: DayQuestion, most: int) -> Component | None:
    """Return the question with its buttons; None where none is asked. `most`: characters of a text."""
    asked = day.asked
    if asked is None:
        return None
    stand_in_text = any(len(option) + 3 > _LABEL for option in asked.options)
    buttons = [
        button(
            LETTERS[place] if stand_in_text else f"{LETTERS[place]}  {option}", f"day:{day.post_id}:{place}"
        )
        for place, option in enumerate(asked.options)
    ]
    listed = [
        f"**{letter}**  {written(option, most)}"
        for letter, option in zip(LETTERS, asked.options, strict=False)
    ]
    return container(
        text(f"-# {_HEAD}"),
        text(f"## {written(asked.question.stem, most)}"),
        text("\n".join(listed)) if stand_in_text else None,
        row(*buttons),
        text(
            f"-# Open until {_moment(day.closes_at, 't')} ({_moment(day.closes_at, 'R')}): the next post"
            " tells the answer. The first press stands."
        ),
        colour=OPEN,
    )


def over_part(outcome: DayOutcome, most: int) -> Component:
    """Return a question that is over, in the place where it was asked."""
    return container(
        text(f"-# {_HEAD} · over"),
        text(f"## {written(outcome.asked.question.stem, most)}"),
        *_result(outcome, most),
        colour=_colour(outcome),
    )


def told_part(outcome: DayOutcome, on: date, most: int) -> Component:
    """Return the answer to an earlier question, as the post of the day `on` tells it."""
    before = outcome.question.on
    when = "Yesterday's question" if on - before == timedelta(days=1) else f"The question of {before:%A}"
    return container(
        text(f"-# {when}"),
        text(f"**{written(outcome.asked.question.stem, most)}**"),
        *_result(outcome, most),
        colour=_colour(outcome),
    )


def _result(outcome: DayOutcome, most: int) -> list[Component]:
    question = outcome.asked.question
    parts = [text("\n".join(_counts(outcome, most)))]
    if question.explanation.strip():
        parts.append(text(written(question.explanation, min(most, _WRONG))))
    lines = [line for line in (_right(outcome), _running(outcome.runs)) if line]
    post_id = outcome.question.post_id
    ways = row(button("Source", f"daysource:{post_id}"), button("Save", f"daysave:{post_id}"))
    return [*parts, text("\n".join(lines)), ways]


def _counts(outcome: DayOutcome, most: int) -> list[str]:
    """Return a line an option: whether it is right, how many chose it; if nobody answered the right one."""
    asked, lines = outcome.asked, []
    for place, (option, count) in enumerate(zip(asked.options, outcome.counts, strict=True)):
        shown = written(option, min(most, 200))
        is_key = place == asked.key_index
        measured = ""
        if outcome.answered:
            measured = f" {_bar(count / outcome.answered)} {count:,} chose"
        elif not is_key:
            continue
        letter = LETTERS[place]
        lines.append(
            f"✅ **{letter}**{measured} **{shown}** (right)"
            if is_key
            else f"▫️ **{letter}**{measured} {shown}"
        )
    return lines


def _bar(share: float) -> str:
    full = max(round(share * _BAR), 1 if share else 0)
    return "▰" * full + "▱" * (_BAR - full)


def _right(outcome: DayOutcome) -> str:
    if not outcome.answered:
        return "Nobody answered it. The next one may be yours."
    if not outcome.correct:
        if outcome.answered == 1:
            return "The one answer was not it. Now everybody has it."
        return f"None of the {outcome.answered:,} had it. Now everybody does."
    names = ", ".join(f"**{shown_name(name)}**" for name in outcome.right)
    more = outcome.correct - len(outcome.right)
    return f"Right: {names}" + (f" and {more:,} more" if more else "")


def _running(runs: Sequence[tuple[str, int]]) -> str:
    """Return who has answered how many days running; empty when nobody has two."""
    if not runs:
        return ""
    return "🔥 Days running: " + " · ".join(f"**{shown_name(name)}** {days:,}" for name, days in runs)


def _moment(at: datetime, style: str) -> str:
    return f"<t:{math.ceil(at.timestamp())}:{style}>"


def _colour(outcome: DayOutcome) -> int:
    return RIGHT if outcome.correct else WARNING


# ----------------------------------------------------------------------------------- to whoever presses


def in_text(answer: DayAnswer, closes_at: datetime | None) -> str:
    """Return word that a press is stored."""
    when = f", {_moment(closes_at, 'f')}" if closes_at is not None else ""
    comes = f"The answer comes with the next post{when}."
    if answer.days > 1:
        return f"{LETTERS[answer.option]} is in. You have answered {answer.days:,} days running. {comes}"
    return f"{LETTERS[answer.option]} is in. {comes} It counts for your days running, for no board."


def closed_text(outcome: DayOutcome, answer: DayAnswer | None) -> str:
    """Return what whoever presses too late is told: the answer, and how their own was."""
    asked = outcome.asked
    key = f"**{LETTERS[asked.key_index]}  {written(asked.question.key, 200)}**"
    explanation = written(asked.question.explanation, _WRONG)
    return f"This question is over. The answer was {key}{_own(asked, answer)}\n{explanation}".strip()


def _own(asked: Asked, answer: DayAnswer | None) -> str:
    if answer is None:
        return "."
    if answer.option == asked.key_index:
        return ", and you had it. ✅"
    return f"; you had {LETTERS[answer.option]}."
