"""What people see of their reviews: what is due, a question and its answer, and when it comes again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from bot.cogs.messages.answering import OPTION, listed_options, option_buttons, options_text
from bot.cogs.messages.components import (
    MOON,
    OPEN,
    PRIMARY,
    RIGHT,
    SECONDARY,
    WARNING,
    Card,
    Component,
    button,
    container,
    gallery,
    row,
    separator,
    tag_of,
    text,
)
from bot.cogs.messages.figures import counted, moment
from bot.cogs.messages.rounds import DIFFICULTIES
from bot.cogs.messages.text import written
from bot.quiz.game import LETTERS, Asked, Form
from bot.quiz.items import key_of
from bot.quiz.question import title_of
from bot.quiz.review import Grade, Pile, Review

_STEM, _EXPLANATION, _TITLE = 1000, 400, 60
_GRADES = {Grade.AGAIN: "Again", Grade.HARD: "Hard", Grade.GOOD: "Good", Grade.EASY: "Easy"}
NOTHING_TO_EXPORT = (
    "There is nothing to export yet: what you miss joins your reviews, and **Save** below a closed question"
    " adds it."
)
_EXPORTED = {
    "csv": "Your {count}, as a table{parts}. Only you can see it.",
    "anki": "Your {count}, as a deck{parts}: open {each} with Anki. A later one mends what has changed.",
}

Topics = Mapping[str, str]


class Sitting(NamedTuple):
    """How many questions are left of a sitting, with the present one, and how many were reviewed in it."""

    left: int
    done: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that is asked again, as its buttons tell of it.

    `picture` is the name of its file, empty where there is none.
    """

    asked: Asked
    review: Review
    sitting: Sitting
    picture: str = ""

    @property
    def state(self) -> str:
        """Return what changes when the question is graded, and when it gets other words."""
        return f"{self.review.grades}.{key_of(self.asked.question)[:6]}"

    def custom_id(self, what: str, *words: int) -> str:
        """Return what a button carries: all that its press needs."""
        sitting, tag = f"{self.sitting.left}-{self.sitting.done}", tag_of(self.review.question_id)
        return ":".join(("review", what, sitting, self.state, *map(str, words), tag))


def saved_text(*, is_new: bool) -> str:
    """Return the answer to a press on Save."""
    if is_new:
        return "Saved: `/review start` asks it until you know it for good."
    return "That is among your reviews already; `/review start` asks what is due."


def pile_card(pile: Pile) -> Card:
    """Return what somebody has to review."""
    if not pile.all:
        return [container(text("### Nothing to review yet"), text(_joins(pile)), row(_automatic(pile)))]
    due = f"**{counted(pile.due, 'question')} due now**" if pile.due else "**Nothing is due now**"
    later = f" · {pile.soon - pile.due:,} more within a day" if pile.soon > pile.due else ""
    following = f" · the next one {moment(pile.next_at)}" if not pile.due and pile.next_at is not None else ""
    begin = [button("Start", "review:begin", style=PRIMARY)] if pile.due else []
    return [
        container(
            text("### Your reviews"),
            text(f"{due}{later}{following}\n{counted(pile.all, 'question')} in all"),
            separator(),
            text(f"-# {_joins(pile)}"),
            row(*begin, _automatic(pile)),
            colour=OPEN if pile.due else MOON,
        )
    ]


def done_card(pile: Pile, done: int) -> Card:
    """Return the end of a sitting in which `done` questions were reviewed."""
    if pile.due:
        more = f"{pile.due:,} more question{' is' if pile.due == 1 else 's are'} due now."
        return [
            container(
                text(f"### {counted(done, 'question')} reviewed" if done else "### Done for now"),
                text(more),
                row(button("Go on", "review:begin", style=PRIMARY)),
                colour=RIGHT,
            )
        ]
    following = f"The next one is due {moment(pile.next_at)}." if pile.next_at is not None else ""
    title = f"{counted(done, 'question')} reviewed: nothing else is due" if done else "Nothing is due now"
    return [container(text(f"### {title}"), text(following or _joins(pile)), colour=RIGHT if done else MOON)]


def front_card(asking: Asking, topics: Topics) -> Card:
    """Return a question as it is asked again."""
    asked = asking.asked
    listed = listed_options(asked)
    if asked.form is Form.PRESS:
        ways = [
            option_buttons(asked, lambda place: asking.custom_id("pick", place)),
            row(button("I do not know", asking.custom_id("show"))),
        ]
    else:
        listed = options_text(asked) if asked.options else None
        ways = [row(button("Show the answer", asking.custom_id("show"), style=PRIMARY))]
    return [
        container(
            *_head(asking, topics),
            listed,
            *ways,
            text("-# What you say of yourself afterwards decides when it comes again, nothing else."),
            colour=OPEN,
        )
    ]


def back_card(asking: Asking, waits: Mapping[Grade, timedelta], topics: Topics, picked: int | None) -> Card:
    """Return the answer, with the grades and when each asks again; `picked`: the option pressed."""
    asked = asking.asked
    keys = asked.question.right
    right = f"✅ **{' · '.join(written(key, OPTION) for key in keys)}**"
    explanation = asked.question.explanation
    is_right = picked is not None and picked == asked.key_index
    return [
        container(
            *_head(asking, topics),
            text(_verdict(asked, picked, is_right=is_right)) if picked is not None else None,
            text(f"{right} (right answer{'s' if len(keys) > 1 else ''})"),
            text(written(explanation, _EXPLANATION)) if explanation.strip() else None,
            separator(),
            text("How well did you know it?"),
            row(
                *(
                    button(
                        f"{_GRADES[grade]} · {wait_text(wait)}",
                        asking.custom_id("grade", int(grade)),
                        style=PRIMARY if grade is Grade.GOOD else SECONDARY,
                    )
                    for grade, wait in waits.items()
                )
            ),
            row(
                button("Source", asking.custom_id("source")),
                button("Do not ask again", asking.custom_id("remove")),
            ),
            colour=MOON if picked is None else RIGHT if is_right else WARNING,
        )
    ]


def wait_text(wait: timedelta) -> str:
    """Return how long until a question comes again: `10 min`, `3 d`, `2 mo`, `1.5 y`."""
    minutes = wait.total_seconds() / 60
    if minutes < 60:
        return f"{max(1, round(minutes))} min"
    if minutes < 24 * 60:
        return f"{round(minutes / 60)} h"
    days = round(minutes / 60 / 24)
    if days < 60:
        return f"{days} d"
    return f"{round(days / 30.4)} mo" if days < 720 else f"{days / 365:.1f} y"


def exported_text(form: str, count: int, files: int, without: int) -> str:
    """Return what goes with files; `without`: so many pictures are not in them."""
    parts, each = (f" in {files} files", "each of them") if files > 1 else ("", "the file")
    told = _EXPORTED[form].format(count=counted(count, "review"), parts=parts, each=each)
    return f"{told} {counted(without, 'picture')} could not be put in." if without else told


def file_names(form: str, files: int) -> list[str]:
    """Return how the files of an export are called."""
    suffix = "csv" if form == "csv" else "apkg"
    if files == 1:
        return [f"farside-reviews.{suffix}"]
    return [f"farside-reviews-{number}.{suffix}" for number in range(1, files + 1)]


def _joins(pile: Pile) -> str:
    if pile.is_automatic:
        return (
            "What you answer wrong joins by itself, and **Save** below a closed question adds it. They are"
            " asked again when you are about to forget them."
        )
    return "What you answer wrong does not join; **Save** below a closed question adds it."


def _automatic(pile: Pile) -> Component:
    if pile.is_automatic:
        return button("Stop adding what I miss", "review:auto:off")
    return button("Add what I miss", "review:auto:on")


def _head(asking: Asking, topics: Topics) -> list[Component]:
    question = asking.asked.question
    topic = written(title_of(topics, question.topic), _TITLE)
    difficulty = DIFFICULTIES.get(question.difficulty, str(question.difficulty))
    more = f"{asking.sitting.left} to go" if asking.sitting.left > 1 else "the last one for now"
    lines = [
        text(f"-# Review · {more} · {topic} · {difficulty}"),
        text(f"## {written(question.stem, _STEM)}"),
    ]
    if question.picture is not None:
        alt = question.picture.alt
        shown = f"attachment://{asking.picture}"
        lines.append(gallery(shown, alt) if asking.picture else text(f"-# Picture: {written(alt, OPTION)}"))
    if question.clues:
        clues = [f"{number}. {written(clue, OPTION)}" for number, clue in enumerate(question.clues, 1)]
        lines.append(text("\n".join(clues)))
    return lines


def _verdict(asked: Asked, picked: int, *, is_right: bool) -> str:
    if is_right:
        return "✅ **Right**"
    return f"❌ **Wrong**: you chose {LETTERS[picked]}  {written(asked.options[picked], OPTION)}"
