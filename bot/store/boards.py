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

A server's periods follow the time zone that it has when the round closes; those
of the global boards follow UTC.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.quiz.periods import UTC_ZONE, Span, key_of, period_of
from bot.store.database import instant, stamp
from bot.store.ids import new_id
from bot.store.places import BoardKey, drop
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
    """Enter a closed round's answers; to be called once a round, in the transaction that closes it.

    `before`: who has answered in the game's rounds that closed before this one.
    """
    answers = settlement.answers
    if not answers:
        return
    home_id, is_local = settlement.home_id, settlement.guild_id is not None
    new = {answer.player_id for answer in answers} - before
    is_global = is_local and not settlement.is_apart and len(before | new) > 1
    if is_global:
        _release(tx, home_id, settlement.game_id)
    elif is_local and not settlement.is_apart:
        _hold(tx, settlement)
    zone, topic, closed_at = settlement.timezone.key, settlement.topic, settlement.closed_at
    tx.executemany(
        _ENTER,
        [
            (
                home_id, new_id(closed_at), answer.player_id, is_local, is_global, True, zone, topic,
                answer.points, answer.is_right, stamp(answer.at), stamp(closed_at), answer.player_id in new,
                answer.streak,
            )
            for answer in answers
        ],
    )  # fmt: skip


def finish(tx: Tx, home_id: int, game_id: int) -> None:
    """Forget what was kept in case the game counts globally; for when it has ended."""
    tx.execute("DELETE FROM held WHERE home_id = ? AND game_id = ?", (home_id, game_id))


def delete_board(tx: Tx, board: BoardKey, room: int) -> int:
    """Delete up to `room` rows of a board, itself the last; return the room that is left, 0 when more is."""
    players = tx.execute(
        "SELECT player_id FROM standings WHERE home_id = ? AND board_id = ? AND placed_points IS NOT"
        " NULL LIMIT ?",
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


def board_keys(tx: Tx, home_id: int, at: datetime, zone: ZoneInfo, topic: str) -> list[BoardKey]:
    """Return the boards, day to all time, that an answer of that instant counts for."""
    keys = _keys(stamp(at) // _SAME_PERIODS, zone)
    found = {
        row[0]: BoardKey(home_id, row[1])
        for row in tx.execute(
            "SELECT period, id FROM boards WHERE home_id = ? AND topic = ? AND period IN (?, ?, ?, ?, ?)",
            (home_id, topic, *keys),
        )
    }
    if len(found) < len(keys):
        for span in Span:
            period = period_of(span, at, zone)
            if period.key not in found:
                ends_at = None if period.ends_at is None else stamp(period.ends_at)
                board = BoardKey(home_id, new_id(at))
                tx.execute(
                    "INSERT INTO boards (home_id, id, topic, period, ends_at) VALUES (?, ?, ?, ?, ?)",
                    (*board, topic, period.key, ends_at),
                )
                found[period.key] = board
    return [found[key] for key in keys]


@lru_cache(maxsize=256)
def _keys(number: int, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the names of the periods that hold the quarter of an hour of that number."""
    return tuple(key_of(span, instant(number * _SAME_PERIODS), zone) for span in Span)


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


def _release(tx: Tx, home_id: int, game_id: int) -> None:
    """Have the game's held answers count globally."""
    rows = tx.execute(
        "SELECT player_id, topic, points, is_right, at, closed_at FROM held WHERE home_id = ? AND game_id = ?"
        " ORDER BY round_id",
        (home_id, game_id),
    ).fetchall()
    if not rows:
        return
    tx.execute("DELETE FROM held WHERE home_id = ? AND game_id = ?", (home_id, game_id))
    tx.executemany(
        _ENTER,
        [
            (
                home_id, new_id(instant(closed_at)), player_id, False, True, False, UTC_ZONE.key, topic,
                points, is_right, at, closed_at, False, 0,
            )
            for player_id, topic, points, is_right, at, closed_at in rows
        ],
    )  # fmt: skip
