"""Boards: what a closed round changes in the totals, and what people read of them.

What always holds:
- a round that closes enters each answer in `entries`, in the transaction that
  gives the points, and writes nothing outside of its own home. Folding them
  (see `bot.store.postings`) adds to boards and profiles and moves players to
  their new places: in small transactions soon after, and always before a board
  is read. So what is read is exact, and a round pays for no index of a million
  places;
- a game counts globally once two people have answered in it: until then the
  answers of its only player are held, and then they count too, once;
- a server or a player that stays off the global boards counts on none of them,
  but for the totals of all time that a player keeps to come back with.

A server's periods follow the time zone that it has when the round closes, its seasons the length that it has
when the answer is folded; those of the global boards follow UTC, and are quarters.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.quiz.periods import QUARTERS, UTC_ZONE, Seasons, Span, key_of, period_of
from bot.quiz.totals import TOGETHER
from bot.store.database import instant, stamp
from bot.store.guilds import load_seasons, set_seasons
from bot.store.hiding import GLOBAL
from bot.store.ids import new_id
from bot.store.keys import Key, keys
from bot.store.places import BoardKey, drop
from bot.store.turns import Turn, take_turn
from bot.store.tx import Tx

_SAME_PERIODS = 15 * 60 * 1000  # milliseconds: every clock is a multiple of that ahead of UTC

_ENTER = (
    "INSERT INTO entries (home_id, id, player_id, is_local, is_global, is_own, in_totals, timezone,"
    " topic, points,"
    " is_right, at, closed_at, games, streak) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class SettledAnswer:
    """One player's answer in a round that closed."""

    player_id: int
    is_right: bool
    points: int
    at: datetime  # when Discord took it
    streak: int  # right answers in a row in this game, this one included; 0 when it is wrong


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a closed round brings its players; `guild_id` is None for a game played alone."""

    home_id: int
    guild_id: int | None
    game_id: int
    round_id: int
    topic: str
    closed_at: datetime
    timezone: ZoneInfo
    answers: Sequence[SettledAnswer]
    is_apart: bool = False  # its server stays off the global boards


def settle(tx: Tx, settlement: Settlement, before: AbstractSet[int]) -> None:
    """Do what `settle_all` does for one round."""
    settle_all(tx, [(settlement, before)])


def settle_all(tx: Tx, settlements: Iterable[tuple[Settlement, AbstractSet[int]]]) -> None:
    """Enter closed rounds' answers; to be called once a round, in the transaction that closes it.

    Beside each: who has answered in the game's rounds that closed before this one.
    """
    entries: list[tuple[Any, ...]] = []
    shared: list[Key] = []
    for settlement, before in settlements:
        answers = settlement.answers
        new = {answer.player_id for answer in answers} - before
        is_counted = bool(answers) and settlement.guild_id is not None and not settlement.is_apart
        is_global = is_counted and len(before | new) >= TOGETHER
        if is_global:
            shared.append((settlement.home_id, settlement.game_id))
        elif is_counted:
            _hold(tx, settlement)
        entries += _entries(settlement, new, is_global=is_global)
    tx.executemany(_ENTER, [*_release(tx, shared), *entries])


def _entries(settlement: Settlement, new: AbstractSet[int], *, is_global: bool) -> list[tuple[Any, ...]]:
    home_id, is_local = settlement.home_id, settlement.guild_id is not None
    zone, topic, closed_at = settlement.timezone.key, settlement.topic, settlement.closed_at
    return [
        (
            home_id, new_id(closed_at), answer.player_id, is_local, is_global, True, zone, topic,
            answer.points, answer.is_right, stamp(answer.at), stamp(closed_at), answer.player_id in new,
            answer.streak,
        )
        for answer in settlement.answers
    ]  # fmt: skip


def drop_held(tx: Tx, games: Iterable[Key]) -> None:
    """Forget what was kept in case the games count globally; for when they have ended."""
    tx.executemany("DELETE FROM held WHERE home_id = ? AND game_id = ?", games)


def change_seasons(tx: Tx, guild_id: int, seasons: Seasons, now: datetime, zone: ZoneInfo) -> None:
    """Cut a server's calendar into other seasons; the one that goes on keeps its boards by its new name."""
    take_turn(tx, Turn.BOARDS)
    before = load_seasons(tx, [guild_id]).get(guild_id, QUARTERS)
    old, new = (period_of(Span.SEASON, now, zone, each) for each in (before, seasons))
    assert new.ends_at is not None  # noqa: S101 - it is a season
    tx.execute(
        "UPDATE boards SET period = ?, ends_at = ? WHERE home_id = ? AND period = ?",
        (new.key, stamp(new.ends_at), guild_id, old.key),
    )
    set_seasons(tx, guild_id, seasons)


def delete_board(tx: Tx, board: BoardKey, room: int) -> int:
    """Delete up to `room` rows of a board, itself the last; return the room that is left, 0 when more is."""
    players = tx.execute(
        "SELECT player_id FROM standings WHERE home_id = ? AND board_id = ? AND is_placed = 1 LIMIT ?",
        (*board, room),
    ).fetchall()
    tx.executemany(
        "DELETE FROM standings WHERE home_id = ? AND player_id = ? AND board_id = ?",
        [(board.home_id, player_id, board.id) for (player_id,) in players],
    )
    room -= len(players)
    if room <= 0:
        return 0
    drop(tx, board)
    tx.execute("DELETE FROM boards WHERE home_id = ? AND id = ?", board)
    return room - 1


class Counting(Protocol):
    """What it takes to know for which boards an answer counts."""

    @property
    def home_id(self) -> int:
        """Return its home."""
        ...

    @property
    def is_local(self) -> int:
        """Return 1 when it counts on its home's boards."""
        ...

    @property
    def is_global(self) -> int:
        """Return 1 when it counts on the boards of all servers."""
        ...

    @property
    def closed_at(self) -> int:
        """Return when its round closed, in milliseconds."""
        ...


class BoardIndex:
    """The boards that some entries count for, read by one statement; another makes those missing."""

    def __init__(self, tx: Tx, entries: Sequence[Counting]) -> None:
        self._tx = tx
        self._new: list[tuple[Any, ...]] = []
        self._last: dict[int, int] = {}
        homes = {entry.home_id for entry in entries if entry.is_local}
        if any(entry.is_global for entry in entries):
            homes.add(GLOBAL)
        earliest = min((entry.closed_at for entry in entries), default=0)
        wanted = keys(tx, [(home_id,) for home_id in sorted(homes)], 1)
        rows = tx.execute(
            f"SELECT b.home_id, b.id, b.topic, b.period FROM {wanted.table} CROSS JOIN boards AS b"  # noqa: S608
            " WHERE b.home_id = k.a AND (b.ends_at IS NULL OR b.ends_at > ?)",
            (*wanted.values, earliest),
        )
        self._seasons = load_seasons(tx, homes - {GLOBAL})
        self._found = {(row[0], row[2], row[3]): BoardKey(row[0], row[1]) for row in rows}

    def boards_for(self, home_id: int, at: datetime, zone: ZoneInfo, topic: str) -> list[BoardKey]:
        """Return the boards, day to all time, that an answer of that instant counts for."""
        seasons = self._seasons.get(home_id, QUARTERS)
        names = _keys(stamp(at) // _SAME_PERIODS, zone, seasons)
        if any((home_id, topic, name) not in self._found for name in names):
            for span in Span:
                period = period_of(span, at, zone, seasons)
                if (home_id, topic, period.key) not in self._found:
                    board = BoardKey(home_id, self._next_id(home_id))
                    ends_at = None if period.ends_at is None else stamp(period.ends_at)
                    self._new.append((*board, topic, period.key, ends_at))
                    self._found[home_id, topic, period.key] = board
        return [self._found[home_id, topic, name] for name in names]

    def _next_id(self, home_id: int) -> int:
        """Return the home's next number of a board: small, because each standing on it holds it twice."""
        if home_id not in self._last:
            row = self._tx.execute("SELECT max(id) FROM boards WHERE home_id = ?", (home_id,)).fetchone()
            self._last[home_id] = row[0] or 0
        self._last[home_id] += 1
        return self._last[home_id]

    def save(self) -> None:
        """Store the boards that were missing."""
        self._tx.executemany(
            "INSERT INTO boards (home_id, id, topic, period, ends_at) VALUES (?, ?, ?, ?, ?)", self._new
        )


@lru_cache(maxsize=256)
def _keys(number: int, zone: ZoneInfo, seasons: Seasons) -> tuple[str, ...]:
    """Return the names of the periods that hold the quarter of an hour of that number."""
    return tuple(key_of(span, instant(number * _SAME_PERIODS), zone, seasons) for span in Span)


def _hold(tx: Tx, settlement: Settlement) -> None:
    """Keep the answer of the game's only player so far."""
    (answer,) = settlement.answers
    tx.execute(
        "INSERT INTO held (home_id, game_id, round_id, player_id, topic, points, is_right, at, closed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            settlement.home_id, settlement.game_id, settlement.round_id, answer.player_id, settlement.topic,
            answer.points, answer.is_right, stamp(answer.at), stamp(settlement.closed_at),
        ),
    )  # fmt: skip


def _release(tx: Tx, games: Sequence[Key]) -> list[tuple[Any, ...]]:
    """Let go of the games' held answers; return the entries by which they count globally."""
    wanted = keys(tx, sorted(set(games)), 2)
    rows = tx.execute(
        "SELECT h.home_id, h.game_id, h.player_id, h.topic, h.points, h.is_right, h.at, h.closed_at"  # noqa: S608
        f" FROM {wanted.table} CROSS JOIN held AS h WHERE h.home_id = k.a AND h.game_id = k.b"
        " ORDER BY h.home_id, h.game_id, h.round_id",
        wanted.values,
    ).fetchall()
    tx.executemany(
        "DELETE FROM held WHERE home_id = ? AND game_id = ?", sorted({(row[0], row[1]) for row in rows})
    )
    return [
        (
            home_id, new_id(instant(closed_at)), player_id, False, True, False, UTC_ZONE.key, topic,
            points, is_right, at, closed_at, False, 0,
        )
        for home_id, _, player_id, topic, points, is_right, at, closed_at in rows
    ]  # fmt: skip
