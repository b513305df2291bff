"""Boards: what a closed round changes in the totals, and what people read of them.

What always holds:
- a player's points, right answers and answers of a server's and the global
  day, week, month and all time change in the transaction that gives the points;
- the same transaction enters each answer in `entries`. Posting them (see
  `bot.store.postings`) adds to the topic boards and profiles and moves players
  to their new places: in small transactions soon after, and always before a
  board is read. So what is read is exact, and a round pays for no index of a
  million places;
- a game counts globally once two people have answered in it: until then the
  answers of its only player are held, and then they count too, once;
- a server or a player that stays off the global boards counts on none of them,
  but for the totals of all time that a player keeps to come back with.

A server's periods follow the time zone that it has when the round closes; those
of the global boards follow UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.quiz.periods import UTC_ZONE, Span, key_of, period_of
from bot.store.database import instant, stamp
from bot.store.hiding import GLOBAL, hidden_among
from bot.store.places import drop
from bot.store.tx import Tx

_SAME_PERIODS = 15 * 60 * 1000  # milliseconds: every clock is a multiple of that ahead of UTC

# Points were reached at the last instant that brought some, in whatever order answers are added.
_ADD = (
    "UPDATE standings SET points = points + ?1, correct = correct + ?2, answered = answered + 1,"
    " reached_at = CASE"
    " WHEN ?1 > 0 AND points > 0 THEN max(reached_at, ?3)"
    " WHEN ?1 > 0 THEN ?3"
    " WHEN points > 0 THEN reached_at"
    " ELSE min(reached_at, ?3) END"
    " WHERE player_id = ?4 AND board_id IN "
)
_BEGIN = (
    "INSERT INTO standings (points, correct, answered, reached_at, player_id, board_id)"
    " VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_ENTER = (
    "INSERT INTO entries (player_id, guild_id, is_global, timezone, topic, points, is_right, at, closed_at,"
    " games, streak, is_own) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
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

    guild_id: int | None
    game_id: int
    round_id: int
    topic: str
    difficulty: int
    closed_at: datetime
    timezone: ZoneInfo
    answers: Sequence[SettledAnswer]
    is_apart: bool = False  # its server stays off the global boards


def settle(tx: Tx, settlement: Settlement) -> None:
    """Count a closed round's answers; to be called once a round, in the transaction that closes it."""
    answers = settlement.answers
    if not answers:
        return
    new, is_shared = _join(tx, settlement)
    is_global = is_shared and settlement.guild_id is not None and not settlement.is_apart
    if settlement.guild_id is not None:
        boards = board_ids(tx, settlement.guild_id, settlement.closed_at, settlement.timezone, "")
        everywhere, hidden = list[int](), set[int]()
        if is_global:
            _release(tx, settlement.game_id)
            everywhere = board_ids(tx, GLOBAL, settlement.closed_at, UTC_ZONE, "")
            hidden = hidden_among(tx, [answer.player_id for answer in answers])
        elif not settlement.is_apart:
            _hold(tx, settlement)
        for answer in answers:
            theirs = boards + (everywhere[-1:] if answer.player_id in hidden else everywhere)
            add(tx, theirs, answer.player_id, (answer.points, answer.is_right, stamp(answer.at)))
    zone, topic, closed_at = settlement.timezone.key, settlement.topic, stamp(settlement.closed_at)
    tx.executemany(
        _ENTER,
        [
            (
                answer.player_id, settlement.guild_id, is_global, zone, topic, answer.points,
                answer.is_right, stamp(answer.at), closed_at, answer.player_id in new, answer.streak, True,
            )
            for answer in answers
        ],
    )  # fmt: skip


def add(tx: Tx, boards: Sequence[int], player_id: int, answer: tuple[int, bool, int]) -> None:
    """Add an answer (its points, whether it was right, when it was taken) to the player's row on each."""
    if not boards:
        return  # played alone
    marks = ", ".join("?" * len(boards))
    changed = tx.execute(f"{_ADD} ({marks})", (*answer, player_id, *boards)).rowcount
    if changed < len(boards):  # those where the player has a row already are left as they are now
        tx.executemany(_BEGIN, [(*answer, player_id, board) for board in boards])


def finish(tx: Tx, game_id: int) -> None:
    """Forget what was kept to judge whether the game counts globally; for when it has ended."""
    tx.execute("DELETE FROM held WHERE game_id = ?", (game_id,))
    tx.execute("DELETE FROM participants WHERE game_id = ?", (game_id,))


def delete_board(tx: Tx, board_id: int, room: int) -> int:
    """Delete up to `room` rows of a board, itself the last; return the room that is left, 0 when more is."""
    players = tx.execute(
        "SELECT player_id FROM standings WHERE board_id = ? AND placed_points IS NOT NULL LIMIT ?",
        (board_id, room),
    ).fetchall()
    tx.executemany(
        "DELETE FROM standings WHERE player_id = ? AND board_id = ?",
        [(player_id, board_id) for (player_id,) in players],
    )
    room -= len(players)
    if room <= 0:
        return 0
    drop(tx, board_id)
    tx.execute("DELETE FROM boards WHERE id = ?", (board_id,))
    return room - 1


def board_ids(tx: Tx, guild_id: int, at: datetime, zone: ZoneInfo, topic: str) -> list[int]:
    """Return the ids of the boards, day to all time, that an answer of that instant counts for."""
    keys = _keys(stamp(at) // _SAME_PERIODS, zone)
    found = dict(
        tx.execute(
            "SELECT period, id FROM boards WHERE guild_id = ? AND topic = ? AND period IN (?, ?, ?, ?)",
            (guild_id, topic, *keys),
        ).fetchall()
    )
    if len(found) < len(keys):
        for span in Span:
            period = period_of(span, at, zone)
            if period.key not in found:
                ends_at = None if period.ends_at is None else stamp(period.ends_at)
                found[period.key] = tx.execute(
                    "INSERT INTO boards (guild_id, topic, period, ends_at) VALUES (?, ?, ?, ?) RETURNING id",
                    (guild_id, topic, period.key, ends_at),
                ).fetchone()[0]
    return [found[key] for key in keys]


@lru_cache(maxsize=256)
def _keys(number: int, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the names of the periods that hold the quarter of an hour of that number."""
    return tuple(key_of(span, instant(number * _SAME_PERIODS), zone) for span in Span)


def _join(tx: Tx, settlement: Settlement) -> tuple[set[int], bool]:
    """Note who has answered in the game; return for whom it is the first time, and if they are several."""
    game_id = settlement.game_id
    before = {
        row[0] for row in tx.execute("SELECT player_id FROM participants WHERE game_id = ?", (game_id,))
    }
    new = {answer.player_id for answer in settlement.answers} - before
    tx.executemany(
        "INSERT INTO participants (game_id, player_id) VALUES (?, ?)",
        [(game_id, player_id) for player_id in new],
    )
    return new, len(before | new) > 1


def _hold(tx: Tx, settlement: Settlement) -> None:
    """Keep the answer of the game's only player so far."""
    (answer,) = settlement.answers
    tx.execute(
        "INSERT INTO held (game_id, round_id, player_id, topic, points, is_right, at, closed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            settlement.game_id, settlement.round_id, answer.player_id, settlement.topic,
            answer.points, answer.is_right, stamp(answer.at), stamp(settlement.closed_at),
        ),
    )  # fmt: skip


def _release(tx: Tx, game_id: int) -> None:
    """Count the game's held answers globally."""
    rows = tx.execute(
        "SELECT player_id, topic, points, is_right, at, closed_at FROM held WHERE game_id = ?", (game_id,)
    ).fetchall()
    if not rows:
        return
    tx.execute("DELETE FROM held WHERE game_id = ?", (game_id,))
    for player_id, topic, points, is_right, at, closed_at in rows:
        boards = board_ids(tx, GLOBAL, instant(closed_at), UTC_ZONE, "")
        if hidden_among(tx, [player_id]):
            boards = boards[-1:]
        add(tx, boards, player_id, (points, is_right, at))
        entry = (player_id, None, True, UTC_ZONE.key, topic, points, is_right, at, closed_at, False, 0, False)
        tx.execute(_ENTER, entry)
