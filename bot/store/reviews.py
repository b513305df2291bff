"""Reviews as rows.

What always holds: a person has one review of a question, by uniqueness; a grade counts once, by
the number of grades before it.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from bot.quiz.review import Origin, Pile, Review
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.keys import keys
from bot.store.turns import Turn, take_turn
from bot.store.tx import Tx

_ADD = (
    "INSERT INTO reviews (home_id, question, is_saved, added_at, due_at, grades, memory)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (home_id, question) DO NOTHING"
)
_ROWS = "SELECT r.*, n.question_id FROM reviews AS r JOIN question_names AS n ON n.number = r.question"
_NUMBER = "(SELECT number FROM question_names WHERE question_id = ?)"
_DUE = "coalesce(due_at, added_at)"  # before the first grade it is due at once


def add_reviews(tx: Tx, added: Iterable[tuple[int, Review]]) -> int:
    """Store reviews, each with whose it is, unless they are there; return how many are new."""
    listed = list(added)
    numbers = _numbers(tx, {one.question_id for _, one in listed})
    rows = [_row(player_id, numbers[one.question_id], one) for player_id, one in listed]
    return tx.executemany(_ADD, rows).rowcount


def load_review(tx: Tx, player_id: int, question_id: str) -> Review | None:
    """Return a person's review of a question, or None."""
    row = tx.execute(
        f"{_ROWS} WHERE r.home_id = ? AND n.question_id = ?", (player_id, question_id)
    ).fetchone()
    return _review(row) if row is not None else None


def save_review(tx: Tx, player_id: int, graded: Review) -> bool:
    """Store a review after a grade; False when another grade came before it."""
    return bool(
        tx.execute(
            "UPDATE reviews SET due_at = ?, grades = ?, memory = ?"  # noqa: S608 - our own words
            f" WHERE home_id = ? AND question = {_NUMBER} AND grades = ?",
            (
                stamp(graded.due_at),
                graded.grades,
                _memory(graded),
                player_id,
                graded.question_id,
                graded.grades - 1,
            ),
        ).rowcount
    )


def delete_reviews(tx: Tx, player_id: int, question_ids: Sequence[str]) -> int:
    """Delete a person's reviews of questions; return how many there were."""
    return tx.executemany(
        f"DELETE FROM reviews WHERE home_id = ? AND question = {_NUMBER}",  # noqa: S608 - our own words
        [(player_id, question_id) for question_id in question_ids],
    ).rowcount


def postpone_reviews(tx: Tx, player_id: int, question_ids: Sequence[str], until: datetime) -> None:
    """Have a person's reviews of questions be due later, and leave them as they are."""
    tx.executemany(
        f"UPDATE reviews SET due_at = ? WHERE home_id = ? AND question = {_NUMBER}",  # noqa: S608 - our own words
        [(stamp(until), player_id, question_id) for question_id in question_ids],
    )


def list_due_reviews(tx: Tx, player_id: int, at: datetime, most: int) -> list[Review]:
    """Return up to `most` of a person's reviews that are due at `at`, the longest due first."""
    rows = tx.execute(
        f"{_ROWS} WHERE r.home_id = ? AND {_DUE} <= ? ORDER BY {_DUE}, n.question_id LIMIT ?",
        (player_id, stamp(at), most),
    )
    return [_review(row) for row in rows]


def list_reviews(tx: Tx, player_id: int, after: str, most: int) -> list[Review]:
    """Return a person's next `most` reviews after that of a question; those of '' are the first."""
    rows = tx.execute(
        f"{_ROWS} WHERE r.home_id = ? AND r.question > coalesce({_NUMBER}, 0) ORDER BY r.question LIMIT ?",
        (player_id, after, most),
    )
    return [_review(row) for row in rows]


def count_due_reviews(tx: Tx, player_id: int, at: datetime) -> int:
    """Return how many of a person's reviews are due at an instant."""
    found: int = tx.execute(
        f"SELECT count(*) FROM reviews WHERE home_id = ? AND {_DUE} <= ?",  # noqa: S608 - our own words
        (player_id, stamp(at)),
    ).fetchone()[0]
    return found


def load_pile(tx: Tx, player_id: int, now: datetime, soon: datetime) -> Pile:
    """Return what a person has to review: they are gone through once, however many there are."""
    at = stamp(now)
    row = tx.execute(
        f"SELECT count(*), count(CASE WHEN {_DUE} <= ? THEN 1 END),"  # noqa: S608 - our own words
        f" count(CASE WHEN {_DUE} <= ? THEN 1 END), min(CASE WHEN {_DUE} > ? THEN {_DUE} END)"
        " FROM reviews WHERE home_id = ?",
        (at, stamp(soon), at, player_id),
    ).fetchone()
    is_automatic = player_id not in without_automatic(tx, [player_id])
    return Pile(row[0], row[1], row[2], instant_or_none(row[3]), is_automatic)


def set_automatic(tx: Tx, player_id: int, *, is_automatic: bool) -> None:
    """Note whether what a person misses joins by itself."""
    tx.execute(
        "INSERT INTO review_choices (home_id, is_automatic) VALUES (?, ?)"
        " ON CONFLICT (home_id) DO UPDATE SET is_automatic = excluded.is_automatic",
        (player_id, int(is_automatic)),
    )


def without_automatic(tx: Tx, player_ids: Iterable[int]) -> set[int]:
    """Return for which of these people nothing joins by itself."""
    wanted = keys(tx, {(player_id,) for player_id in player_ids}, 1)
    rows = tx.execute(
        f"SELECT c.home_id FROM {wanted.table} CROSS JOIN review_choices AS c"  # noqa: S608 - our own words
        " WHERE c.home_id = k.a AND c.is_automatic = 0",
        wanted.values,
    )
    return {row[0] for row in rows}


def _numbers(tx: Tx, question_ids: AbstractSet[str]) -> dict[str, int]:
    """Return the numbers by which reviews name questions; one that has none gets the next."""
    numbers = _known_numbers(tx, question_ids)
    if new := sorted(question_ids - numbers.keys()):
        take_turn(tx, Turn.QUESTIONS)
        numbers = _known_numbers(tx, question_ids)
        last: int = tx.execute("SELECT coalesce(max(number), 0) FROM question_names").fetchone()[0]
        given = {one: last + place for place, one in enumerate(new, 1) if one not in numbers}
        tx.executemany(
            "INSERT INTO question_names (number, question_id) VALUES (?, ?)",
            [(number, one) for one, number in given.items()],
        )
        numbers |= given
    return numbers


def _known_numbers(tx: Tx, question_ids: AbstractSet[str]) -> dict[str, int]:
    found = ((one, tx.execute(f"SELECT {_NUMBER}", (one,)).fetchone()[0]) for one in sorted(question_ids))
    return {one: number for one, number in found if number is not None}


def _row(player_id: int, number: int, review: Review) -> tuple[Any, ...]:
    due_at = None if review.due_at == review.added_at else stamp(review.due_at)
    is_saved = review.origin is Origin.SAVED
    return (
        player_id, number, is_saved, stamp(review.added_at), due_at, review.grades,
        _memory(review) if review.grades else None,
    )  # fmt: skip


def _memory(review: Review) -> str:
    """Return what FSRS made of the grades as it is kept, from the first one on."""
    kept = (
        review.phase, review.step, review.stability, review.hardness, stamp_or_none(review.graded_at),
        review.lapses,
    )  # fmt: skip
    return orjson.dumps(kept).decode()


def _review(row: Any) -> Review:
    added_at = instant(row["added_at"])
    review = Review(
        row["question_id"],
        Origin.SAVED if row["is_saved"] else Origin.MISSED,
        added_at,
        added_at if row["due_at"] is None else instant(row["due_at"]),
        grades=row["grades"],
    )
    if row["memory"] is None:
        return review
    phase, step, stability, hardness, graded_at, lapses = orjson.loads(row["memory"])
    return replace(
        review,
        phase=phase,
        step=step,
        stability=stability,
        hardness=hardness,
        graded_at=instant_or_none(graded_at),
        lapses=lapses,
    )
