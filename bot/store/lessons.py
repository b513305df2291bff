"""Lessons: closed rounds, and questions of the day, from which nothing was learnt yet; what is read of them.

What always holds: a lesson is written by the transaction that gives its answers their points, and
deleted by the one that adds them up, so each answer is learnt from once.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.quiz.game import Answer, Asked, ImpossibleStep
from bot.store.answers import list_answers
from bot.store.database import instant
from bot.store.games import OF_GAME
from bot.store.ids import instant_after
from bot.store.keys import Key
from bot.store.questions import load_question
from bot.store.turns import Turn, take_turn
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
ALL = 0  # stands for everybody who had answered when the round closed


@dataclass(frozen=True, slots=True)
class Lesson:
    """A closed round, and those of its answers from which something is still to be learnt."""

    home_id: int
    asked: Asked
    answers: Sequence[Answer]
    seconds: Sequence[float | None]  # that each answer took; None where it cannot be told


def add_lesson(tx: Tx, home_id: int, round_id: int, player_id: int = ALL) -> None:
    """Have a round learnt from; `player_id`: of one answer alone, that was heard after the close."""
    add_lessons(tx, [(home_id, round_id)], player_id)


def add_lessons(tx: Tx, rounds: Iterable[Key], player_id: int = ALL) -> None:
    """Have rounds, by home and id, learnt from."""
    tx.executemany(
        "INSERT INTO lessons (home_id, round_id, player_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(*one, player_id) for one in rounds],
    )


def add_lessons_of(tx: Tx, home_id: int, game_id: int) -> None:
    """Have every closed round of a game learnt from."""
    tx.execute(
        "INSERT INTO lessons (home_id, round_id, player_id)"  # noqa: S608 - our own words
        " SELECT r.home_id, r.id, ? FROM games AS g CROSS JOIN rounds AS r"
        f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME} AND r.closed_at IS NOT NULL"
        " ON CONFLICT DO NOTHING",
        (ALL, home_id, game_id),
    )


def take_lessons(tx: Tx, most: int) -> list[Lesson]:
    """Return up to `most` lessons and delete them; a round that is gone has none."""
    take_turn(tx, Turn.LEARNING)
    rows = tx.execute(
        "SELECT home_id, round_id, player_id FROM lessons ORDER BY home_id, round_id, player_id LIMIT ?",
        (most,),
    ).fetchall()
    found = [_read(tx, *row) for row in rows]
    tx.executemany(
        "DELETE FROM lessons WHERE home_id = ? AND round_id = ? AND player_id = ?",
        [tuple(row) for row in rows],
    )
    return [lesson for lesson in found if lesson is not None]


def count_lessons(tx: Tx) -> int:
    """Return how many lessons wait."""
    waiting: int = tx.execute("SELECT count(*) FROM lessons").fetchone()[0]
    return waiting


def _read(tx: Tx, home_id: int, round_id: int, player_id: int) -> Lesson | None:
    """Return a lesson; one that cannot be read is left out, so that it is in nobody's way."""
    try:
        return _load(tx, home_id, round_id, player_id)
    except (LookupError, ValueError, TypeError, ImpossibleStep):
        _log.exception("nothing can be learnt from round %s", round_id)
        return None


def _load(tx: Tx, home_id: int, round_id: int, player_id: int) -> Lesson | None:
    row = tx.execute(
        "SELECT id, question, option_order, opened_at, clues_at FROM rounds WHERE home_id = ? AND id = ?",
        (home_id, round_id),
    ).fetchone()
    if row is None:
        return _load_day(tx, home_id, round_id)
    answers = [answer for answer in list_answers(tx, home_id, round_id) if answer.is_right is not None]
    if player_id != ALL:
        answers = [answer for answer in answers if answer.player_id == player_id]
    else:
        apart = {
            other[0]
            for other in tx.execute(
                "SELECT player_id FROM lessons WHERE home_id = ? AND round_id = ? AND player_id <> ?",
                (home_id, round_id, ALL),
            )
        }
        answers = [answer for answer in answers if answer.player_id not in apart]
    return Lesson(
        home_id,
        load_question(tx, row["question"], row["option_order"]),
        answers,
        [_seconds(row, answer) for answer in answers],
    )


def _load_day(tx: Tx, home_id: int, post_id: int) -> Lesson | None:
    """Return a question of the day with its answers; nobody's time was taken."""
    row = tx.execute(
        "SELECT question, option_order FROM day_questions WHERE home_id = ? AND post_id = ?",
        (home_id, post_id),
    ).fetchone()
    if row is None or row["question"] is None:
        return None
    asked = load_question(tx, row["question"], row["option_order"])
    answers = [
        Answer(player_id, option, instant(at), is_right=option == asked.key_index)
        for player_id, option, at in tx.execute(
            "SELECT player_id, option, at FROM day_answers WHERE home_id = ? AND post_id = ?"
            " ORDER BY at, player_id",
            (home_id, post_id),
        )
    ]
    return Lesson(home_id, asked, answers, [None] * len(answers))


def _seconds(row: Any, answer: Answer) -> float | None:
    if row["opened_at"] is None or row["clues_at"]:  # a ladder's clues are its time
        return None
    return (answer.at - instant_after(row["id"], row["opened_at"])) / timedelta(seconds=1)
