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

Ranges are written as two seeks joined by UNION ALL: with one OR, SQLite would
step through everybody of the same points.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.store.tx import Tx

BUCKET = (
    1024  # places; one with more is split in halves, one with less than a quarter is joined with a neighbour
)
_TOP = 1 << 62  # more points than anybody has

_WHERE = "FROM standings WHERE board_id = :board AND placed_points"
_PLACES = "SELECT placed_points AS points, placed_at AS at, player_id"  # all of it in the index
_ROWS = "SELECT place.points, place.at, place.player_id, correct, answered"
_SHOWN = "AS place CROSS JOIN standings USING (player_id) WHERE board_id = :board"
_FROM = (
    f"{_ROWS} FROM ("
    f"{_PLACES} {_WHERE} = :points AND (placed_at, player_id) >= (:at, :player_id)"
    f" UNION ALL {_PLACES} {_WHERE} < :points"
    f" ORDER BY 1 DESC, 2, 3 LIMIT :most OFFSET :skip) {_SHOWN} ORDER BY 1 DESC, 2, 3"
)
_BEFORE = (
    f"{_ROWS} FROM ("
    f"{_PLACES} {_WHERE} = :points AND (placed_at, player_id) < (:at, :player_id)"
    f" UNION ALL {_PLACES} {_WHERE} > :points"
    f" ORDER BY 1, 2 DESC, 3 DESC LIMIT :most) {_SHOWN} ORDER BY 1 DESC, 2, 3"
)
_BUCKET_OF = (
    "SELECT behind, at, player_id FROM buckets WHERE board_id = ? AND (behind, at, player_id) <= (?, ?, ?)"
    " ORDER BY behind DESC, at DESC, player_id DESC LIMIT 1"
)


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


def move(tx: Tx, board_id: int, moves: Sequence[tuple[Place | None, Place]]) -> None:
    """Give each player the new place; one move a player: the old place, if there was any, and the new one.

    A board that has gone meanwhile takes with it what there still was of it.
    """
    tx.executemany(
        "UPDATE standings SET placed_points = ?, placed_at = ? WHERE player_id = ? AND board_id = ?",
        [(new.points, new.at, new.player_id, board_id) for _, new in moves],
    )
    newcomers = sum(old is None for old, _ in moves)
    found = tx.execute(
        "UPDATE boards SET players = players + ? WHERE id = ? RETURNING players", (newcomers, board_id)
    ).fetchone()
    if found is None:
        tx.executemany(
            "DELETE FROM standings WHERE player_id = ? AND board_id = ?",
            [(new.player_id, board_id) for _, new in moves],
        )
        return
    players: int = found[0]
    if players <= BUCKET:
        return
    if players - newcomers <= BUCKET:
        rebuild(tx, board_id, players)
    else:
        _recount(tx, board_id, [old for old, _ in moves if old is not None], [new for _, new in moves])


def leave(tx: Tx, board_id: int, places: Sequence[Place]) -> None:
    """Take the players in these places off the board; their totals stay, without a place."""
    tx.executemany(
        "UPDATE standings SET placed_points = NULL, placed_at = NULL WHERE player_id = ? AND board_id = ?",
        [(place.player_id, board_id) for place in places],
    )
    players: int = tx.execute(
        "UPDATE boards SET players = players - ? WHERE id = ? RETURNING players", (len(places), board_id)
    ).fetchone()[0]
    if players > BUCKET:
        _recount(tx, board_id, places, ())
        for place in places:
            _rename_buckets(tx, board_id, place.player_id)
    elif players + len(places) > BUCKET:
        drop(tx, board_id)


def position(tx: Tx, board_id: int, place: Place) -> int:
    """Return how many players stand before `place`, which need not be taken."""
    start = _bucket_of(tx, board_id, place)
    if start is None:
        return _count(tx, board_id, FIRST, place)
    before: int = tx.execute(
        "SELECT coalesce(sum(places), 0) FROM buckets"
        " WHERE board_id = ? AND (behind, at, player_id) < (?, ?, ?)",
        (board_id, *start.key),
    ).fetchone()[0]
    return before + _count(tx, board_id, start, place)


def rank(tx: Tx, board_id: int, points: int) -> int:
    """Return the rank of everybody with these points."""
    return 1 + position(tx, board_id, Place(points, -_TOP, 0))


def rows_at(tx: Tx, board_id: int, skip: int, most: int) -> list[Row]:
    """Return up to `most` rows in order, after the first `skip`."""
    buckets = tx.execute(
        "SELECT places, behind, at, player_id FROM buckets WHERE board_id = ? ORDER BY behind, at, player_id",
        (board_id,),
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
    return rows_from(tx, board_id, start, most, skip=skip)


def rows_from(tx: Tx, board_id: int, place: Place, most: int, *, skip: int = 0) -> list[Row]:
    """Return up to `most` rows in order from `place` on, itself included, after the first `skip`."""
    return _rows(tx, _FROM, board_id, place, most=most, skip=skip)


def rows_before(tx: Tx, board_id: int, place: Place, most: int) -> list[Row]:
    """Return up to `most` rows that come last before `place`, in order."""
    return _rows(tx, _BEFORE, board_id, place, most=most)


def rebuild(tx: Tx, board_id: int, players: int) -> None:
    """Make the board's buckets anew, half full."""
    tx.execute("DELETE FROM buckets WHERE board_id = ?", (board_id,))
    _save_bucket(tx, board_id, FIRST, players)
    _split(tx, board_id, FIRST, players)


def drop(tx: Tx, board_id: int) -> None:
    """Forget the buckets of a board that goes, or needs none any more."""
    tx.execute("DELETE FROM buckets WHERE board_id = ?", (board_id,))


def _rows(tx: Tx, query: str, board_id: int, place: Place, *, most: int, skip: int = 0) -> list[Row]:
    values = {"board": board_id, "most": most, "skip": skip, **place._asdict()}
    return [Row(*found) for found in tx.execute(query, values)]


def _count(tx: Tx, board_id: int, start: Place, end: Place) -> int:
    """Count the places from `start` on, itself included, and before `end`."""
    values = {
        "board": board_id,
        "points": start.points, "at": start.at, "player_id": start.player_id,
        "end_points": end.points, "end_at": end.at, "end_player_id": end.player_id,
    }  # fmt: skip
    if start.points == end.points:
        counts = (
            f"SELECT count(*) {_WHERE} = :points AND (placed_at, player_id) >= (:at, :player_id)"
            " AND (placed_at, player_id) < (:end_at, :end_player_id)"
        )
    else:
        counts = (
            f"SELECT (SELECT count(*) {_WHERE} = :points AND (placed_at, player_id) >= (:at, :player_id))"
            f" + (SELECT count(*) {_WHERE} < :points AND placed_points > :end_points)"
            f" + (SELECT count(*) {_WHERE} = :end_points"
            " AND (placed_at, player_id) < (:end_at, :end_player_id))"
        )
    found: int = tx.execute(counts, values).fetchone()[0]
    return found


def _bucket_of(tx: Tx, board_id: int, place: Place) -> Place | None:
    """Return the start of the bucket that holds `place`; None when the board has none."""
    found = tx.execute(_BUCKET_OF, (board_id, *place.key)).fetchone()
    return Place(-found[0], found[1], found[2]) if found else None


def _recount(tx: Tx, board_id: int, left: Iterable[Place], reached: Iterable[Place]) -> None:
    """Count places left and reached in the buckets, and keep these neither too full nor too empty."""
    changes: Counter[Place] = Counter()
    nearly_empty: list[Place] = []
    for places, change in ((left, -1), (reached, 1)):
        for place in places:
            if (start := _bucket_of(tx, board_id, place)) is not None:
                changes[start] += change
    for start, change in sorted(changes.items(), key=lambda item: item[0].key):
        if not change:
            continue
        found = tx.execute(
            "UPDATE buckets SET places = places + ?"
            " WHERE board_id = ? AND behind = ? AND at = ? AND player_id = ? RETURNING places",
            (change, board_id, *start.key),
        ).fetchone()
        if found[0] > BUCKET:
            _split(tx, board_id, start, found[0])
        elif change < 0 and found[0] < BUCKET // 4:
            nearly_empty.append(start)
    for start in nearly_empty:
        _merge(tx, board_id, start)


def _rename_buckets(tx: Tx, board_id: int, player_id: int) -> None:
    """Have no bucket begin with a player who left: it begins at its first place, or joins another."""
    for behind, at, places in tx.execute(
        "SELECT behind, at, places FROM buckets WHERE board_id = ? AND player_id = ?", (board_id, player_id)
    ).fetchall():
        start = Place(-behind, at, player_id)
        tx.execute(
            "DELETE FROM buckets WHERE board_id = ? AND behind = ? AND at = ? AND player_id = ?",
            (board_id, *start.key),
        )
        if places:  # else the bucket before it reaches further now, and holds as many
            (first,) = rows_from(tx, board_id, start, 1)
            _save_bucket(tx, board_id, first.place, places)


def _split(tx: Tx, board_id: int, start: Place, places: int) -> None:
    """Cut a bucket that is too full into parts of half a bucket each."""
    half = BUCKET // 2
    cuts = [start]
    for _ in range(places // half - 1):
        (row,) = rows_from(tx, board_id, cuts[-1], 1, skip=half)
        cuts.append(row.place)
        places -= half
    for cut in cuts[:-1]:
        _save_bucket(tx, board_id, cut, half)
    _save_bucket(tx, board_id, cuts[-1], places)


def _merge(tx: Tx, board_id: int, start: Place) -> None:
    """Join a bucket that has become nearly empty with a neighbour that has room."""
    places = _places(tx, board_id, start)
    if places is None:  # it has been joined with another a moment ago
        return
    neighbours = [
        Place(-behind, at, player_id)
        for comparison, order in (("<", "DESC"), (">", "ASC"))
        for behind, at, player_id in tx.execute(
            f"SELECT behind, at, player_id FROM buckets WHERE board_id = ?"  # noqa: S608 - our own words
            f" AND (behind, at, player_id) {comparison} (?, ?, ?)"
            f" ORDER BY behind {order}, at {order}, player_id {order} LIMIT 1",
            (board_id, *start.key),
        )
    ]
    for kept, gone in pairwise(sorted([start, *neighbours], key=lambda place: place.key)):
        both = (_places(tx, board_id, kept) or 0) + (_places(tx, board_id, gone) or 0)
        if both <= BUCKET - BUCKET // 4:
            tx.execute(
                "DELETE FROM buckets WHERE board_id = ? AND behind = ? AND at = ? AND player_id = ?",
                (board_id, *gone.key),
            )
            _save_bucket(tx, board_id, kept, both)
            return


def _places(tx: Tx, board_id: int, start: Place) -> int | None:
    found = tx.execute(
        "SELECT places FROM buckets WHERE board_id = ? AND behind = ? AND at = ? AND player_id = ?",
        (board_id, *start.key),
    ).fetchone()
    return found[0] if found else None


def _save_bucket(tx: Tx, board_id: int, start: Place, places: int) -> None:
    tx.execute("INSERT OR REPLACE INTO buckets VALUES (?, ?, ?, ?, ?)", (board_id, *start.key, places))
