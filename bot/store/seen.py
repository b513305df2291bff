"""What was asked before, as rows: in a server, or in solo play of a player."""

from collections.abc import Iterable
from datetime import datetime

from bot.store.database import stamp
from bot.store.tx import Tx


def list_seen(tx: Tx, home_id: int) -> list[str]:
    """Return the ids of the questions that the home has been asked, in the order of asking."""
    rows = tx.execute(
        "SELECT question_id FROM seen WHERE home_id = ? ORDER BY asked_at, question_id", (home_id,)
    )
    return [row[0] for row in rows]


def add_seen(tx: Tx, seen: Iterable[tuple[int, str, datetime]]) -> None:
    """Note that homes have been asked questions, and when."""
    tx.executemany(
        "INSERT INTO seen (home_id, question_id, asked_at) VALUES (?, ?, ?)"
        " ON CONFLICT (home_id, question_id) DO UPDATE SET asked_at = excluded.asked_at",
        [(home_id, question_id, stamp(at)) for home_id, question_id, at in seen],
    )


def delete_seen(tx: Tx, forgotten: Iterable[tuple[int, str]]) -> None:
    """Forget that homes have been asked questions."""
    tx.executemany(
        "DELETE FROM seen WHERE home_id = ? AND question_id = ?",
        list(forgotten),
    )
