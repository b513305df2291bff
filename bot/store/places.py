"""Places: the order of a board's players, and how many stand before one of them.

What always holds:
- places are in order of points, most first, then of the instant at which they
  were reached, then of the player's id: no two players share a place (they may
  share a rank: that is one more than the number of players with more points);
- a board of more than `BUCKET` players has buckets: an equi-depth histogram over
  that order. Each counts the places from its start up to the next one's start,
  at most `BUCKET` of them, wherever the points crowd. So any place is counted,
  and any page found, by adding up the buckets before it and stepping through
  part of one; a smaller board is stepped through whole.

Ranges are written as two seeks joined by UNION ALL, each with its own order and
limit: with one OR, SQLite would step through everybody of the same points, and
without the limits PostgreSQL would sort everybody.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.store.keys import keys
from bot.store.tx import Tx

BUCKET = 1024  # places; one with more is split, one with less than a quarter joins a neighbour
_MANY = 24  # moves on one board
_TOP = 1 << 62  # more points than anybody has

_WHERE = "FROM standings WHERE home_id = :home AND board_id = :board AND is_placed = 1 AND points"
_PLACES = "SELECT points, reached_at AS at, player_id"  # all of it in the index
_ROWS = "SELECT place.points, place.at, place.player_id, s.correct, s.answered"
_SHOWN = (
    "AS place JOIN standings AS s"
    " ON s.home_id = :home AND s.player_id = place.player_id AND s.board_id = :board"
)
_AFTER = "ORDER BY points DESC, reached_at, player_id LIMIT :reach"
_BACK = "ORDER BY points, reached_at DESC, player_id DESC LIMIT :most"
_FROM = (
    f"{_ROWS} FROM ("  # noqa: S608 - our own words
    f"SELECT * FROM ({_PLACES} {_WHERE} = :points AND (reached_at, player_id) >= (:at, :player_id)"
    f" {_AFTER}) AS a"
    f" UNION ALL SELECT * FROM ({_PLACES} {_WHERE} < :points {_AFTER}) AS b"
    f" ORDER BY 1 DESC, 2, 3 LIMIT :most OFFSET :skip) {_SHOWN} ORDER BY 1 DESC, 2, 3"
)
_BEFORE = (
    f"{_ROWS} FROM ("  # noqa: S608 - our own words
    f"SELECT * FROM ({_PLACES} {_WHERE} = :points AND (reached_at, player_id) < (:at, :player_id)"
    f" {_BACK}) AS a"
    f" UNION ALL SELECT * FROM ({_PLACES} {_WHERE} > :points {_BACK}) AS b"
    f" ORDER BY 1, 2 DESC, 3 DESC LIMIT :most) {_SHOWN} ORDER BY 1 DESC, 2, 3"
)
_BUCKET_OF = (
    "SELECT behind, at, player_id FROM buckets WHERE home_id = ? AND board_id = ? AND (behind, at,"
    " player_id) <= (?, ?, ?)"
    " ORDER BY behind DESC, at DESC, player_id DESC LIMIT 1"
)


class BoardKey(NamedTuple):
    """Which board: a server's, or with home 0 a global one."""

    home_id: int
    id: int


class Place(NamedTuple):
    """Where a player stands on a board."""

    points: int
    at: int
    player_id: int

    @property
    def key(self) -> tuple[int, int, int]:
        """What sorts places: the first place has the least."""
        return -self.points, self.at, self.player_id


class Row(NamedTuple):
    """A place, with what the player's row shows beside it."""

    points: int
    at: int
    player_id: int
    right: int
    answered: int

    @property
    def place(self) -> Place:
        """The place alone."""
        return Place(self.points, self.at, self.player_id)


FIRST = Place(_TOP, 0, 0)  # before everybody


def move(tx: Tx, board: BoardKey, moves: Sequence[tuple[Place | None, Place]]) -> bool:
    """Count each player into the new place; one move a player: the old place, if any, and the new one.

    The rows of `standings` have the new places already. False when there is no such board any more: then
    those rows are to go, too.
    """
    return not move_all(tx, {board: moves})


def move_all(tx: Tx, moves: Mapping[BoardKey, Sequence[tuple[Place | None, Place]]]) -> list[BoardKey]:
    """Do what `move` does on each board; return those that there are no more."""
    newcomers = {board: sum(old is None for old, _ in theirs) for board, theirs in moves.items()}
    wanted = keys(tx, [(*board, newcomers[board]) for board in sorted(moves)], 3)
    rows = tx.execute(
        f"UPDATE boards SET players = players + k.c FROM {wanted.table}"  # noqa: S608 - our own words
        " WHERE boards.home_id = k.a AND boards.id = k.b RETURNING boards.home_id, boards.id, boards.players",
        wanted.values,
    )
    found: dict[BoardKey, int] = {BoardKey(row[0], row[1]): row[2] for row in rows}
    for board, players in sorted(found.items()):
        if players <= BUCKET:
            continue
        if players - newcomers[board] <= BUCKET:
            rebuild(tx, board, players)
        else:
            left = [old for old, _ in moves[board] if old is not None]
            _recount(tx, board, left, [new for _, new in moves[board]])
    return [board for board in moves if board not in found]


def leave(tx: Tx, board: BoardKey, places: Sequence[Place]) -> None:
    """Take the players in these places off the board; their totals stay, without a place."""
    tx.executemany(
        "UPDATE standings SET is_placed = 0 WHERE home_id = ? AND player_id = ? AND board_id = ?",
        [(board.home_id, place.player_id, board.id) for place in places],
    )
    players: int = tx.execute(
        "UPDATE boards SET players = players - ? WHERE home_id = ? AND id = ? RETURNING players",
        (len(places), *board),
    ).fetchone()[0]
    if players > BUCKET:
        _recount(tx, board, places, ())
        for place in places:
            _rename_buckets(tx, board, place.player_id)
    elif players + len(places) > BUCKET:
        drop(tx, board)


def position(tx: Tx, board: BoardKey, place: Place) -> int:
    """Return how many players stand before `place`, which need not be taken."""
    start = _bucket_of(tx, board, place)
    if start is None:
        return _count(tx, board, FIRST, place)
    before: int = tx.execute(
        "SELECT CAST(coalesce(sum(places), 0) AS BIGINT) FROM buckets"
        " WHERE home_id = ? AND board_id = ? AND (behind, at, player_id) < (?, ?, ?)",
        (*board, *start.key),
    ).fetchone()[0]
    return before + _count(tx, board, start, place)


def rank(tx: Tx, board: BoardKey, points: int) -> int:
    """Return the rank of everybody with these points."""
    return 1 + position(tx, board, Place(points, -_TOP, 0))


def rows_at(tx: Tx, board: BoardKey, skip: int, most: int) -> list[Row]:
    """Return up to `most` rows in order, after the first `skip`."""
    buckets = tx.execute(
        "SELECT places, behind, at, player_id FROM buckets WHERE home_id = ? AND board_id = ? ORDER"
        " BY behind, at, player_id",
        board,
    )
    start = FIRST
    for places, behind, at, player_id in buckets:
        start = Place(-behind, at, player_id)
        if skip < places:
            break
        skip -= places
    else:
        if start is not FIRST:
            return []  # past the end
    return rows_from(tx, board, start, most, skip=skip)


def rows_from(tx: Tx, board: BoardKey, place: Place, most: int, *, skip: int = 0) -> list[Row]:
    """Return up to `most` rows in order from `place` on, itself included, after the first `skip`."""
    return _rows(tx, _FROM, board, place, most=most, skip=skip)


def rows_before(tx: Tx, board: BoardKey, place: Place, most: int) -> list[Row]:
    """Return up to `most` rows that come last before `place`, in order."""
    return _rows(tx, _BEFORE, board, place, most=most)


def rebuild(tx: Tx, board: BoardKey, players: int) -> None:
    """Make the board's buckets anew, half full."""
    tx.execute("DELETE FROM buckets WHERE home_id = ? AND board_id = ?", board)
    _save_bucket(tx, board, FIRST, players)
    _split(tx, board, FIRST, players)


def drop(tx: Tx, board: BoardKey) -> None:
    """Forget the buckets of a board that goes, or needs none any more."""
    tx.execute("DELETE FROM buckets WHERE home_id = ? AND board_id = ?", board)


def _rows(tx: Tx, query: str, board: BoardKey, place: Place, *, most: int, skip: int = 0) -> list[Row]:
    values = {"home": board.home_id, "board": board.id, "most": most, **place._asdict()}
    if query is _FROM:
        values |= {"skip": skip, "reach": skip + most}
    return [Row(*found) for found in tx.execute(query, values)]


def _count(tx: Tx, board: BoardKey, start: Place, end: Place) -> int:
    """Count the places from `start` on, itself included, and before `end`."""
    values = {
        "home": board.home_id, "board": board.id,
        "points": start.points, "at": start.at, "player_id": start.player_id,
        "end_points": end.points, "end_at": end.at, "end_player_id": end.player_id,
    }  # fmt: skip
    if start.points == end.points:
        counts = (
            f"SELECT count(*) {_WHERE} = :points AND (reached_at, player_id) >= (:at, :player_id)"
            " AND (reached_at, player_id) < (:end_at, :end_player_id)"
        )
    else:
        counts = (
            f"SELECT (SELECT count(*) {_WHERE} = :points AND (reached_at, player_id) >= (:at, :player_id))"
            f" + (SELECT count(*) {_WHERE} < :points AND points > :end_points)"
            f" + (SELECT count(*) {_WHERE} = :end_points"
            " AND (reached_at, player_id) < (:end_at, :end_player_id))"
        )
    found: int = tx.execute(counts, values).fetchone()[0]
    return found


def _bucket_of(tx: Tx, board: BoardKey, place: Place) -> Place | None:
    """Return the start of the bucket that holds `place`; None when the board has none."""
    found = tx.execute(_BUCKET_OF, (*board, *place.key)).fetchone()
    return Place(-found[0], found[1], found[2]) if found else None


def _recount(tx: Tx, board: BoardKey, left: Iterable[Place], reached: Iterable[Place]) -> None:
    """Count places left and reached in the buckets, and keep these neither too full nor too empty."""
    changes: Counter[Place] = Counter()
    nearly_empty: list[Place] = []
    moved = [(place, -1) for place in left] + [(place, 1) for place in reached]
    starts = _starts(tx, board) if len(moved) > _MANY else None  # then it is less to read where all begin
    for place, change in moved:
        start = _bucket_of(tx, board, place) if starts is None else _last_before(starts, place)
        if start is not None:
            changes[start] += change
    for start, change in sorted(changes.items(), key=lambda item: item[0].key):
        if not change:
            continue
        found = tx.execute(
            "UPDATE buckets SET places = places + ?"
            " WHERE home_id = ? AND board_id = ? AND behind = ? AND at = ? AND player_id = ?"
            " RETURNING places",
            (change, *board, *start.key),
        ).fetchone()
        if found[0] > BUCKET:
            _split(tx, board, start, found[0])
        elif change < 0 and found[0] < BUCKET // 4:
            nearly_empty.append(start)
    for start in nearly_empty:
        _merge(tx, board, start)


def _starts(tx: Tx, board: BoardKey) -> list[Place]:
    """Return where each bucket of the board begins, in order; the first one begins before everybody."""
    rows = tx.execute(
        "SELECT behind, at, player_id FROM buckets WHERE home_id = ? AND board_id = ?"
        " ORDER BY behind, at, player_id",
        board,
    )
    return [Place(-behind, at, player_id) for behind, at, player_id in rows]


def _last_before(starts: Sequence[Place], place: Place) -> Place | None:
    """Return the last of the buckets' starts that is not behind the place."""
    number = bisect_right(starts, place.key, key=lambda start: start.key)
    return starts[number - 1] if number else None


def _rename_buckets(tx: Tx, board: BoardKey, player_id: int) -> None:
    """Have no bucket begin with a player who left: it begins at its first place, or joins another."""
    for behind, at, places in tx.execute(
        "SELECT behind, at, places FROM buckets WHERE home_id = ? AND board_id = ? AND player_id = ?"
        " ORDER BY behind, at",
        (*board, player_id),
    ).fetchall():
        start = Place(-behind, at, player_id)
        tx.execute(
            "DELETE FROM buckets WHERE home_id = ? AND board_id = ? AND behind = ? AND at = ? AND"
            " player_id = ?",
            (*board, *start.key),
        )
        if places:  # else the bucket before it reaches further now, and holds as many
            (first,) = rows_from(tx, board, start, 1)
            _save_bucket(tx, board, first.place, places)


def _split(tx: Tx, board: BoardKey, start: Place, places: int) -> None:
    """Cut a bucket that is too full into parts of half a bucket each."""
    half = BUCKET // 2
    cuts = [start]
    for _ in range(places // half - 1):
        (row,) = rows_from(tx, board, cuts[-1], 1, skip=half)
        cuts.append(row.place)
        places -= half
    for cut in cuts[:-1]:
        _save_bucket(tx, board, cut, half)
    _save_bucket(tx, board, cuts[-1], places)


def _merge(tx: Tx, board: BoardKey, start: Place) -> None:
    """Join a bucket that has become nearly empty with a neighbour that has room."""
    places = _places(tx, board, start)
    if places is None:  # it has been joined with another a moment ago
        return
    neighbours = [
        Place(-behind, at, player_id)
        for comparison, order in (("<", "DESC"), (">", "ASC"))
        for behind, at, player_id in tx.execute(
            f"SELECT behind, at, player_id FROM buckets WHERE home_id = ? AND board_id = ?"  # noqa: S608 - our own words
            f" AND (behind, at, player_id) {comparison} (?, ?, ?)"
            f" ORDER BY behind {order}, at {order}, player_id {order} LIMIT 1",
            (*board, *start.key),
        )
    ]
    for kept, gone in pairwise(sorted([start, *neighbours], key=lambda place: place.key)):
        both = (_places(tx, board, kept) or 0) + (_places(tx, board, gone) or 0)
        if both <= BUCKET - BUCKET // 4:
            tx.execute(
                "DELETE FROM buckets WHERE home_id = ? AND board_id = ? AND behind = ? AND at = ?"
                " AND player_id = ?",
                (*board, *gone.key),
            )
            _save_bucket(tx, board, kept, both)
            return


def _places(tx: Tx, board: BoardKey, start: Place) -> int | None:
    found = tx.execute(
        "SELECT places FROM buckets WHERE home_id = ? AND board_id = ? AND behind = ? AND at = ? AND"
        " player_id = ?",
        (*board, *start.key),
    ).fetchone()
    return found[0] if found else None


def _save_bucket(tx: Tx, board: BoardKey, start: Place, places: int) -> None:
    tx.execute(
        "INSERT INTO buckets (home_id, board_id, behind, at, player_id, places) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (home_id, board_id, behind, at, player_id) DO UPDATE SET places = excluded.places",
        (*board, *start.key, places),
    )
