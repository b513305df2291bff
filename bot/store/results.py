"""Results of the daily challenge as rows, on the boards of servers.

What always holds: somebody stands on a server's board of a date once, by uniqueness, with the result
that came first.
"""

from datetime import date

from bot.quiz.challenge import Attempt, Result
from bot.store.database import instant, stamp_or_none
from bot.store.players import list_names
from bot.store.tx import Tx


def add_result(tx: Tx, guild_id: int, attempt: Attempt) -> None:
    """Put a whole attempt on a server's board."""
    tx.execute(
        "INSERT INTO results (home_id, day, player_id, correct, questions, points, ended_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (home_id, day, player_id) DO NOTHING",
        (
            guild_id,
            attempt.on.isoformat(),
            attempt.player_id,
            attempt.right,
            attempt.questions,
            attempt.points,
            stamp_or_none(attempt.ended_at),
        ),
    )


def list_results(tx: Tx, guild_id: int, on: date) -> list[Result]:
    """Return who stands on a server's board of a date, in no order."""
    rows = tx.execute(
        "SELECT player_id, correct, questions, points, ended_at FROM results"
        " WHERE home_id = ? AND day = ? ORDER BY player_id",
        (guild_id, on.isoformat()),
    ).fetchall()
    names = list_names(tx, guild_id, [row[0] for row in rows])
    return [
        Result(player_id, names.get(player_id, ""), correct, questions, points, instant(ended_at))
        for player_id, correct, questions, points, ended_at in rows
    ]


def delete_placings(tx: Tx, player_id: int, most: int) -> int:
    """Take somebody off up to `most` boards; return off how many."""
    rows = tx.execute(
        "SELECT home_id, day FROM results WHERE player_id = ? LIMIT ?", (player_id, most)
    ).fetchall()
    tx.executemany(
        "DELETE FROM results WHERE home_id = ? AND day = ? AND player_id = ?",
        [(home_id, day, player_id) for home_id, day in rows],
    )
    return len(rows)


def prune_results(tx: Tx, before: date, most: int) -> int:
    """Delete up to `most` results of dates before `before`, of whichever servers; return how many."""
    return tx.execute(
        "DELETE FROM results WHERE (home_id, day, player_id) IN"
        " (SELECT home_id, day, player_id FROM results WHERE day < ? ORDER BY day LIMIT ?)",
        (before.isoformat(), most),
    ).rowcount
