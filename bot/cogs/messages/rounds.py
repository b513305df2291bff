"""What a game shows of its rounds: questions, results, votes; every word of them.

What always holds: what is right is told by a mark and a word, never by colour
alone; the bank's words stand as its author wrote them, players' names are
escaped; a card stays within Discord's 4,000 characters of text.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cogs.messages.answering import (
    OPTION,
    is_near,
    key_text,
    listed_options,
    outcome_text,
    own_answer_text,
    picture_of,
    ways,
)
from bot.cogs.messages.components import (
    MOON,
    OPEN,
    PRIMARY,
    RIGHT,
    WARNING,
    Card,
    Component,
    button,
    container,
    row,
    separator,
    text,
)
from bot.cogs.messages.figures import moment
from bot.cogs.messages.text import shown_name, written
from bot.quiz.game import FOR_US, Answer, Asked, Cause, Game, Round
from bot.quiz.question import title_of
from bot.quiz.scoring import streak_bonus
from bot.quiz.showing import NOBODY, Attendance, RoundShowing
from bot.quiz.vote import Ballot

DIFFICULTIES = {1: "easy", 2: "medium", 3: "hard", FOR_US: "as hard as suits you"}
_STEM, _EXPLANATION, _TITLE = 1000, 400, 60  # characters of what an author may write at length
_NAMED = 10  # players named in a result
_CAUSES = {
    Cause.SKIPPED: "Skipped.",
    Cause.STOPPED: "The game was stopped here.",
}

Topics = Mapping[str, str]


def round_card(
    game: Game,
    present: Round,
    asked: Asked,
    closes_at: datetime | None,
    topics: Topics,
    attendance: Attendance = NOBODY,
) -> Card:
    """Return an open round of a channel's game, and how many have answered it."""
    if closes_at is None:
        ends = "No time limit: whoever started the game, or a moderator, presses **Next**"
        going_on = [row(button("Next", f"next:{present.id}"))]
    else:
        ends = f"Closes {moment(closes_at)}"
        going_on = []
    state = [ends, *_clue_text(asked, present), *_attendance_text(attendance)]
    return [
        container(
            *_head(game, present, asked, topics),
            *ways(asked, present),
            text(f"-# {' · '.join(state)}"),
            *going_on,
            colour=OPEN,
        )
    ]


def _clue_text(asked: Asked, present: Round) -> list[str]:
    """Return at which clue a ladder is."""
    clues = len(asked.question.clues)
    return [f"clue {min(len(present.clues_at) + 1, clues)} of {clues}"] if clues else []


def _attendance_text(attendance: Attendance) -> list[str]:
    """Return how many have answered, and of how many who are playing."""
    answered, expected = attendance.answered, attendance.expected
    if not answered:
        return []
    if answered < expected:
        return [f"**{answered} of {expected}** are in"]
    return [f"**{answered}** {'is' if answered == 1 else 'are'} in"]


def result_card(showing: RoundShowing, topics: Topics) -> Card:
    """Return a closed round: what was right first, who chose what, the explanation, and who was right."""
    game, present, asked = showing.game, showing.round, showing.asked
    cause = _cause(present, len(showing.answers))
    return [
        container(
            *_head(game, present, asked, topics, is_open=False),
            text(key_text(asked)),
            text(chosen) if (chosen := outcome_text(asked, showing.answers)) else None,
            _explanation(asked),
            separator(),
            text(_right_players(showing.answers)),
            text(f"-# {cause}") if cause else None,
            row(button("Source", f"source:{present.id}"), button("Save", f"save:{present.id}")),
            colour=_accent([answer for answer, _ in showing.answers]),
        )
    ]


def _accent(answers: Sequence[Answer]) -> int:
    """Return the colour that goes with the words: somebody was right, nobody was, nobody answered."""
    if not answers:
        return MOON
    return RIGHT if any(answer.points for answer in answers) else WARNING


def solo_card(showing: RoundShowing, topics: Topics, above: str = "") -> Card:
    """Return a round that one person plays alone: open, or answered; `above` stands before it."""
    first = [text(above)] if above else []
    game, present, asked = showing.game, showing.round, showing.asked
    if present.closed_at is None:
        ends = f"Closes {moment(present.closes_at)}" if present.closes_at else "No time limit"
        return [
            container(
                *first,
                *_head(game, present, asked, topics),
                *ways(asked, present, alone=True),
                text(f"-# {' · '.join([ends, *_clue_text(asked, present)])}"),
                colour=OPEN,
            )
        ]
    following = "Next question" if present.number < game.rules.questions else "Result"
    return [
        container(
            *first,
            *_head(game, present, asked, topics, is_open=False),
            text(_own_verdict(showing)),
            text(key_text(asked)),
            _explanation(asked),
            row(
                button(following, f"solonext:{present.id}", style=PRIMARY),
                button("Source", f"source:{present.id}"),
                button("Save", f"save:{present.id}"),
            ),
            colour=_accent([answer for answer, _ in showing.answers]),
        )
    ]


def ballot_text(ballot: Ballot, what: str, starter_id: int) -> str:
    """Return how a vote stands; `what` completes "vote to"."""
    at_once = "Moderators can do it at once."
    if starter_id:  # else whoever it was is forgotten
        at_once = f"<@{starter_id}>, who started the game, and moderators can do it at once."
    if not ballot.counts:
        return f"Only those who play can vote to {what}: answer a question first. {at_once}"
    if ballot.is_carried:
        return f"Carried with {ballot.votes} of {ballot.needed} votes to {what}."
    return f"Your vote to {what} counts: {ballot.votes} of the {ballot.needed} needed. {at_once}"


def _head(
    game: Game, present: Round, asked: Asked, topics: Topics, *, is_open: bool = True
) -> list[Component]:
    """Return where in the game we are and the question: the largest thing on the card while it is open."""
    question = asked.question
    topic = written(title_of(topics, question.topic), _TITLE)
    difficulty = DIFFICULTIES.get(question.difficulty, str(question.difficulty))
    lines = [
        text(f"-# Question **{present.number} of {game.rules.questions}** · {topic} · {difficulty}"),
        text(f"{'##' if is_open else '###'} {written(question.stem, _STEM)}"),
    ]
    if (picture := picture_of(asked, present.id)) is not None:
        lines.append(picture)
    if question.clues:
        lines.append(text(_clues(question.clues, len(present.clues_at) + 1 if is_open else None)))
    if is_open and (options := listed_options(asked)) is not None:
        lines.append(options)
    return lines


def _clues(clues: Sequence[str], count: int | None) -> str:
    """Return the first `count` clues of a ladder, or all of them."""
    shown = [f"{number}. {written(clue, OPTION)}" for number, clue in enumerate(clues[:count], 1)]
    return "\n".join(shown)


def _explanation(asked: Asked) -> Component | None:
    explanation = asked.question.explanation
    return text(written(explanation, _EXPLANATION)) if explanation.strip() else None


def _cause(present: Round, answered: int) -> str | None:
    """Return why a round closed before its time, if it did."""
    if present.cause is Cause.EVERYONE:
        return "The only player has answered." if answered == 1 else f"All {answered} players have answered."
    return _CAUSES.get(present.cause) if present.cause else None


def _right_players(answers: Sequence[tuple[Answer, str]]) -> str:
    if not answers:
        return "Nobody answered."
    right = [(answer, name) for answer, name in answers if answer.is_right]
    near = [(answer, name) for answer, name in answers if not answer.is_right and answer.points]
    lines = [f"{word}: {_named(those)}" for word, those in (("Right", right), ("Near", near)) if those]
    return "\n".join(lines) or "Nobody was right this time."


def _named(answers: Sequence[tuple[Answer, str]]) -> str:
    """Return players with their points, the most first."""
    ordered = sorted(answers, key=lambda pair: (-pair[0].points, pair[0].at))
    named = " · ".join(
        f"**{shown_name(name)}** +{answer.points}{_streak(answer)}" for answer, name in ordered[:_NAMED]
    )
    return named + (f" · and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else "")


def _streak(answer: Answer) -> str:
    return f" ({answer.streak} in a row)" if streak_bonus(answer.streak) else ""


def _own_verdict(showing: RoundShowing) -> str:
    if not showing.answers and showing.round.cause is Cause.STOPPED:
        return "⌛ **Over**: this game was left alone for a day, so it has ended."
    if not showing.answers:
        return "⌛ **Too late**: the time was up."
    answer, _ = showing.answers[0]
    if answer.is_right:
        return f"✅ **Right**: +{answer.points}{_streak(answer)}"
    said = own_answer_text(showing.asked, answer)
    if is_near(showing.asked, answer):
        return f"≈ **Near**: {f'+{answer.points}, ' if answer.points else ''}{said}"
    return f"❌ **Wrong**: {said}"
