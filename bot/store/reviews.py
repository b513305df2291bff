"""Reviews as rows.

What always holds: a person has one review of a question, by uniqueness; a grade counts once, by
the number of grades before it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.quiz.review import Origin, Pile, Review
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.tx import Tx

_ADD = (
    "INSERT INTO reviews (home_id, question_id, origin, added_at, due_at, phase, step, stability, hardness,"
    " graded_at, grades, lapses) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (home_id, question_id) DO NOTHING"
)


def add_reviews(tx: Tx, added: Iterable[tuple[int, Review]]) -> int:
    """Store reviews, each with whose it is, unless they are there; return how many are new."""
    return tx.executemany(_ADD, [_row(player_id, one) for player_id, one in added]).rowcount


def load_review(tx: Tx, player_id: int, question_id: str) -> Review | None:
    """Return a person's review of a question, or None."""
    row = tx.execute(
        "SELECT * FROM reviews WHERE home_id = ? AND question_id = ?", (player_id, question_id)
    ).fetchone()
    return _review(row) if row is not None else None


def save_review(tx: Tx, player_id: int, graded: Review) -> bool:
    """Store a review after a grade; False when another grade came before it."""
    return bool(
        tx.execute(
            "UPDATE reviews SET due_at = ?, phase = ?, step = ?, stability = ?, hardness = ?, graded_at = ?,"
            " grades = ?, lapses = ? WHERE home_id = ? AND question_id = ? AND grades = ?",
            (
                stamp(graded.due_at),
                graded.phase,
                graded.step,
                graded.stability,
                graded.hardness,
                stamp_or_none(graded.graded_at),
                graded.grades,
                graded.lapses,
                player_id,
                graded.question_id,
                graded.grades - 1,
            ),
        ).rowcount
    )


def delete_reviews(tx: Tx, player_id: int, question_ids: Sequence[str]) -> int:
    """Delete a person's reviews of questions; return how many there were."""
    return tx.executemany(
        "DELETE FROM reviews WHERE home_id = ? AND question_id = ?",
        [(player_id, question_id) for question_id in question_ids],
    ).rowcount


def list_due_reviews(tx: Tx, player_id: int, at: datetime, most: int) -> list[Review]:
    """Return up to `most` of a person's reviews that are due at `at`, the longest due first."""
    rows = tx.execute(
        "SELECT * FROM reviews WHERE home_id = ? AND due_at <= ? ORDER BY due_at, question_id LIMIT ?",
        (player_id, stamp(at), most),
    )
    return [_review(row) for row in rows]


def list_reviews(tx: Tx, player_id: int, after: str, most: int) -> list[Review]:
    """Return a person's next `most` reviews by the id of the question."""
    rows = tx.execute(
        "SELECT * FROM reviews WHERE home_id = ? AND question_id > ? ORDER BY question_id LIMIT ?",
        (player_id, after, most),
    )
    return [_review(row) for row in rows]


def count_due_reviews(tx: Tx, player_id: int, at: datetime) -> int:
    """Return how many of a person's reviews are due at an instant."""
    found: int = tx.execute(
        "SELECT count(*) FROM reviews WHERE home_id = ? AND due_at <= ?", (player_id, stamp(at))
    ).fetchone()[0]
    return found


def load_pile(tx: Tx, player_id: int, now: datetime, soon: datetime) -> Pile:
    """Return what a person has to review: they are gone through once, however many there are."""
    at = stamp(now)
    row = tx.execute(
        "SELECT count(*), count(CASE WHEN due_at <= ? THEN 1 END), count(CASE WHEN due_at <= ? THEN 1 END),"
        " min(CASE WHEN due_at > ? THEN due_at END) FROM reviews WHERE home_id = ?",
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


def without_automatic(tx: Tx, player_ids: Sequence[int]) -> set[int]:
    """Return for which of these people nothing joins by itself."""
    found: set[int] = set()
    for begin in range(0, len(player_ids), _MOST):
        some = player_ids[begin : begin + _MOST]
        marks = ", ".join("?" * len(some))
        rows = tx.execute(
            f"SELECT home_id FROM review_choices WHERE is_automatic = 0 AND home_id IN ({marks})",  # noqa: S608 - marks
            tuple(some),
        )
        found |= {row[0] for row in rows}
    return found


_MOST = 200  # people a statement


def _row(player_id: int, review: Review) -> tuple[Any, ...]:
    return (
        player_id, review.question_id, review.origin, stamp(review.added_at), stamp(review.due_at),
        review.phase, review.step, review.stability, review.hardness, stamp_or_none(review.graded_at),
        review.grades, review.lapses,
    )  # fmt: skip


def _review(row: Any) -> Review:
    return Review(
        row["question_id"],
        Origin(row["origin"]),
        instant(row["added_at"]),
        instant(row["due_at"]),
        row["phase"],
        row["step"],
        row["stability"],
        row["hardness"],
        instant_or_none(row["graded_at"]),
        row["grades"],
        row["lapses"],
    )
