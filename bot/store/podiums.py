"""Podiums: the first three of each season that is over, kept when its board goes.

What always holds: a season's podium is written once, before the first row of its board is deleted; whoever
stays off the global boards is on none of their podiums.
"""

from collections.abc import Sequence
from datetime import date

from bot.quiz.periods import is_season, months_of
from bot.quiz.standing import PODIUM, Podium
from bot.store.hiding import GLOBAL, hidden_among
from bot.store.places import BoardKey, rows_at
from bot.store.players import list_names
from bot.store.tx import Tx


def keep_podium(tx: Tx, board: BoardKey, season: str) -> None:
    """Keep who leads a board of all topics; nothing where that was kept before."""
    for place, row in enumerate(rows_at(tx, board, 0, PODIUM), 1):
        tx.execute(
            "INSERT INTO podiums (home_id, season, place, player_id, points) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (home_id, season, place) DO NOTHING",
            (board.home_id, season, place, row.player_id, row.points),
        )


def list_seasons(tx: Tx, home_id: int, before: date, most: int) -> list[str]:
    """Return the names of the last seasons that began before that day and were played, the latest first."""
    rows = tx.execute(
        "SELECT season FROM podiums WHERE home_id = ?"
        " UNION SELECT period FROM boards WHERE home_id = ? AND topic = '' AND players > 0",
        (home_id, home_id),
    )
    begun = {name: months_of(name)[0] for (name,) in rows if is_season(name)}
    earlier = sorted((name for name in begun if begun[name] < before), key=lambda name: begun[name])
    return earlier[: -most - 1 : -1]


def load_podiums(tx: Tx, home_id: int, seasons: Sequence[str]) -> tuple[Podium, ...]:
    """Return the podiums of these seasons, in their order; those of which nothing is known are left out."""
    found = []
    for season in seasons:
        leaders = _on_board(tx, home_id, season) or _kept(tx, home_id, season)
        if leaders:
            names = list_names(tx, home_id or None, [player_id for player_id, _ in leaders])
            standings = tuple((names.get(player_id, ""), points) for player_id, points in leaders)
            found.append(Podium(season, standings))
    return tuple(found)


def _on_board(tx: Tx, home_id: int, season: str) -> list[tuple[int, int]]:
    """Return who leads the season's board, for as long as it is there after its end."""
    row = tx.execute(
        "SELECT id FROM boards WHERE home_id = ? AND topic = '' AND period = ?", (home_id, season)
    ).fetchone()
    if row is None:
        return []
    return [(one.player_id, one.points) for one in rows_at(tx, BoardKey(home_id, row[0]), 0, PODIUM)]


def _kept(tx: Tx, home_id: int, season: str) -> list[tuple[int, int]]:
    rows = tx.execute(
        "SELECT player_id, points FROM podiums WHERE home_id = ? AND season = ? ORDER BY place",
        (home_id, season),
    ).fetchall()
    hidden = hidden_among(tx, [player_id for player_id, _ in rows]) if home_id == GLOBAL else set()
    return [(player_id, points) for player_id, points in rows if player_id not in hidden]
