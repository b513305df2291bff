"""What was asked before, as rows: in a server, or in solo play of a player."""

from collections.abc import Iterable
from datetime import datetime

from bot.store.database import stamp
from bot.store.tx import Tx


def list_seen(tx: Tx, scope_id: int) -> list[str]:
    """Return the ids of the questions that the scope has been asked, in the order of asking."""
    rows = tx.execute("SELECT question_id FROM seen WHERE scope_id = ? ORDER BY asked_at", (scope_id,))
    return [row[0] for row in rows]


def add_seen(tx: Tx, scope_id: int, question_id: str, at: datetime) -> None:
    """Note that the scope has been asked a question."""
    tx.execute(
        "INSERT INTO seen (scope_id, question_id, asked_at) VALUES (?, ?, ?)"
        " ON CONFLICT (scope_id, question_id) DO UPDATE SET asked_at = excluded.asked_at",
        (scope_id, question_id, stamp(at)),
    )


def delete_seen(tx: Tx, scope_id: int, question_ids: Iterable[str]) -> None:
    """Forget that the scope has been asked these questions."""
    tx.executemany(
        "DELETE FROM seen WHERE scope_id = ? AND question_id = ?",
        [(scope_id, question_id) for question_id in question_ids],
    )
