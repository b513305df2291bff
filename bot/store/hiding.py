"""Hiding: players who stay off the global boards.

What always holds: a hidden player has no place on a global board, so the others
stand as if there were nobody; the totals of all time are kept, and bring the
place back when the player is shown again.
"""

from collections.abc import Iterable

from bot.store.keys import keys
from bot.store.places import BoardKey, Place, leave
from bot.store.turns import Turn, take_turn
from bot.store.tx import Tx

GLOBAL = 0  # stands where a server's id stands
_ALL_TIME = "all"


def hidden_among(tx: Tx, player_ids: Iterable[int]) -> set[int]:
    """Return which of the players stay off the global boards."""
    among = keys(tx, ((player_id,) for player_id in player_ids), 1)
    rows = tx.execute(
        f"SELECT h.home_id FROM {among.table} CROSS JOIN hidden AS h WHERE h.home_id = k.a",  # noqa: S608 - ours
        among.values,
    )
    return {row[0] for row in rows}


def hide(tx: Tx, player_id: int) -> None:
    """Take the player off the global boards, now and from now on."""
    take_turn(tx, Turn.BOARDS)
    tx.execute("INSERT INTO hidden (home_id) VALUES (?) ON CONFLICT DO NOTHING", (player_id,))
    rows = tx.execute(
        "SELECT s.board_id, s.points, s.reached_at, s.is_placed, b.period FROM standings s"
        " JOIN boards b ON b.home_id = s.home_id AND b.id = s.board_id WHERE s.home_id = ? AND"
        " s.player_id = ?"
        " ORDER BY s.board_id",
        (GLOBAL, player_id),
    ).fetchall()
    for board_id, points, at, is_placed, period in rows:
        if is_placed:
            leave(tx, BoardKey(GLOBAL, board_id), [Place(points, at, player_id)])
        if period != _ALL_TIME:  # it ends before long, and pruning finds rows by their places
            tx.execute(
                "DELETE FROM standings WHERE home_id = ? AND player_id = ? AND board_id = ?",
                (GLOBAL, player_id, board_id),
            )


def show(tx: Tx, player_id: int) -> None:
    """Let the player be on the global boards again; the next posting gives the places."""
    tx.execute("DELETE FROM hidden WHERE home_id = ?", (player_id,))
