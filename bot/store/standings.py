"""Standings: what people read of the boards.

What always holds: what is read is exact as of the last posting; `bot.store.postings`
counts what still waits for the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.quiz.periods import WEEKS
from bot.quiz.ranks import ranks
from bot.quiz.standing import NEIGHBOURS, PAGE, Profile, Seat, Skill, Standing
from bot.store.hiding import GLOBAL, hidden_among
from bot.store.places import BoardKey, Place, Row, position, rank, rows_at, rows_before, rows_from
from bot.store.players import list_names
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class BoardRows:
    """A page of a board, with the viewer's surroundings when they are on another page."""

    players: int = 0
    page: int = 1
    standings: tuple[Standing, ...] = ()
    around: tuple[Standing, ...] = ()
    viewer_page: int | None = None


def load_board(tx: Tx, board: tuple[int, str, str], page: int | None, viewer_id: int) -> BoardRows:
    """Return a page of the board of a server (0: global), a period and a topic (empty: all)."""
    found = tx.execute(
        "SELECT home_id, id, players FROM boards WHERE home_id = ? AND period = ? AND topic = ?", board
    ).fetchone()
    if found is None or not found["players"]:
        return BoardRows()
    key, players = BoardKey(found["home_id"], found["id"]), found["players"]
    place = _place(tx, key, viewer_id)
    before = None if place is None else position(tx, key, place)
    own_page = None if before is None else before // PAGE + 1
    page = min(max(1, page or own_page or 1), -(-players // PAGE))
    standings = _standings(tx, key, rows_at(tx, key, (page - 1) * PAGE, PAGE), (page - 1) * PAGE)
    around: tuple[Standing, ...] = ()
    if place is not None and before is not None and own_page != page:
        above = rows_before(tx, key, place, NEIGHBOURS)
        rows = above + rows_from(tx, key, place, NEIGHBOURS + 1)
        around = _standings(tx, key, rows, before - len(above))
    return BoardRows(players, page, standings, around, own_page)


def load_profile(tx: Tx, guild_id: int | None, player_id: int, week: int) -> Profile | None:
    """Return what a player has done up to a week; None for somebody who has never answered."""
    found = tx.execute("SELECT games, best_streak FROM profiles WHERE home_id = ?", (player_id,)).fetchone()
    if found is None:
        return None
    skills = tx.execute("SELECT topic, correct, answered FROM skills WHERE home_id = ?", (player_id,))
    return Profile(
        player_id=player_id,
        games=found["games"],
        best_streak=found["best_streak"],
        skills={topic: Skill(right, answered) for topic, right, answered in skills},
        in_server=None if guild_id is None else _seat(tx, guild_id, player_id),
        everywhere=_seat(tx, GLOBAL, player_id),
        weeks=_weeks(tx, player_id, week),
        is_hidden=bool(hidden_among(tx, [player_id])),
    )


def _weeks(tx: Tx, player_id: int, week: int) -> tuple[int, ...]:
    first = week - WEEKS + 1
    rows = tx.execute("SELECT week, points FROM weeks WHERE home_id = ? AND week >= ?", (player_id, first))
    points = dict(rows.fetchall())
    return tuple(points.get(number, 0) for number in range(first, week + 1))


def _place(tx: Tx, board: BoardKey, player_id: int) -> Place | None:
    found = tx.execute(
        "SELECT points, reached_at, is_placed FROM standings"
        " WHERE home_id = ? AND player_id = ? AND board_id = ?",
        (board.home_id, player_id, board.id),
    ).fetchone()
    if found is None or not found["is_placed"]:
        return None
    return Place(found["points"], found["reached_at"], player_id)


def _seat(tx: Tx, guild_id: int, player_id: int) -> Seat | None:
    found = tx.execute(
        "SELECT id, players FROM boards WHERE home_id = ? AND period = 'all' AND topic = ''", (guild_id,)
    ).fetchone()
    board = BoardKey(guild_id, found["id"]) if found is not None else None
    if board is None or (place := _place(tx, board, player_id)) is None:
        return None
    return Seat(rank(tx, board, place.points), found["players"], place.points)


def _standings(tx: Tx, board: BoardKey, rows: Sequence[Row], before: int) -> tuple[Standing, ...]:
    """Give `rows`, which follow one another after `before` others, their ranks and names."""
    if not rows:
        return ()
    guild_id = None if board.home_id == GLOBAL else board.home_id
    names = list_names(tx, guild_id, [row.player_id for row in rows])
    first = rank(tx, board, rows[0].points)
    ranked = zip(ranks((row.points for row in rows), before=before, first=first), rows, strict=True)
    return tuple(
        Standing(place, row.player_id, names.get(row.player_id, ""), row.points, row.right, row.answered)
        for place, row in ranked
    )
