"""Hiding: players who stay off the global boards.

What always holds: a hidden player has no place on a global board, so the others
stand as if there were nobody; the totals of all time are kept, and bring the
place back when the player is shown again.
"""

from collections.abc import Iterable

import orjson

from bot.store.places import BoardKey, Place, leave
from bot.store.tx import Tx

GLOBAL = 0  # stands where a server's id stands
_ALL_TIME = "all"


def hidden_among(tx: Tx, player_ids: Iterable[int]) -> set[int]:
    """Return which of the players stay off the global boards."""
    rows = tx.execute(
        "SELECT home_id FROM hidden WHERE home_id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(player_ids)).decode(),),
    )
    return {row[0] for row in rows}


def hide(tx: Tx, player_id: int) -> None:
    """Take the player off the global boards, now and from now on."""
    tx.execute("INSERT INTO hidden (home_id) VALUES (?) ON CONFLICT DO NOTHING", (player_id,))
    rows = tx.execute(
        "SELECT s.board_id, s.placed_points, s.placed_at, b.period FROM standings s"
        " JOIN boards b ON b.home_id = s.home_id AND b.id = s.board_id WHERE s.home_id = ? AND"
        " s.player_id = ?"
        " ORDER BY s.board_id",
        (GLOBAL, player_id),
    ).fetchall()
    for board_id, points, at, period in rows:
        if points is not None:
            leave(tx, BoardKey(GLOBAL, board_id), [Place(points, at, player_id)])
        if period != _ALL_TIME:  # it ends before long, and pruning finds rows by their places
            tx.execute(
                "DELETE FROM standings WHERE home_id = ? AND player_id = ? AND board_id = ?",
                (GLOBAL, player_id, board_id),
            )


def show(tx: Tx, player_id: int) -> None:
    """Let the player be on the global boards again; the next posting gives the places."""
    tx.execute("DELETE FROM hidden WHERE home_id = ?", (player_id,))
