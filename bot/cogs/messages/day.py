"""The question of the day as people see it: asked, over, told by the next post; and what players are told.

What always holds: what is right is told by a mark and a word; names are escaped; that an answer is in is
told with words that do not tell whether it is right.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.cogs.messages.answering import OPTION, counts_text, key_text, listed_options, option_buttons
from bot.cogs.messages.components import OPEN, RIGHT, WARNING, Component, button, container, row, text
from bot.cogs.messages.figures import moment
from bot.cogs.messages.text import shown_name, written
from bot.quiz.day import DayAnswer, DayOutcome, DayQuestion
from bot.quiz.game import LETTERS, Asked

_WRONG = 400  # characters that are left for an explanation
_HEAD = "📅 Question of the day"


def asked_part(day: DayQuestion, most: int) -> Component | None:
    """Return the question with its buttons; None where none is asked. `most`: characters of a text."""
    asked = day.asked
    if asked is None:
        return None
    return container(
        text(f"-# {_HEAD}"),
        text(f"## {written(asked.question.stem, most)}"),
        listed_options(asked, most),
        option_buttons(asked, lambda place: f"day:{day.post_id}:{place}"),
        text(
            f"-# Open until {moment(day.closes_at, 't')} ({moment(day.closes_at, 'R')}): the next post"
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
    room = min(most, OPTION)
    parts = [text(key_text(outcome.asked, "###", most=room))]
    if outcome.answered:
        parts.append(text(counts_text(outcome.asked, outcome.counts, outcome.answered, most=room)))
    if question.explanation.strip():
        parts.append(text(written(question.explanation, min(most, _WRONG))))
    lines = [line for line in (_right(outcome), _running(outcome.runs)) if line]
    post_id = outcome.question.post_id
    ways = row(button("Source", f"daysource:{post_id}"), button("Save", f"daysave:{post_id}"))
    return [*parts, text("\n".join(lines)), ways]


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


def _colour(outcome: DayOutcome) -> int:
    return RIGHT if outcome.correct else WARNING


# ----------------------------------------------------------------------------------- to whoever presses


def in_text(answer: DayAnswer, closes_at: datetime | None) -> str:
    """Return word that a press is stored."""
    when = f", {moment(closes_at, 'f')}" if closes_at is not None else ""
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
