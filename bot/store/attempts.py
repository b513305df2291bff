"""Attempts at the daily challenge as rows, and the streaks that they add up to.

What always holds: a player has one attempt a date, by uniqueness.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.quiz.challenge import Attempt, Mark
from bot.quiz.periods import zone_named
from bot.quiz.streak import PlayedDay, Streak
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class StreakRow:
    """A player's time zone and streak as they are kept."""

    timezone: str
    streak: Streak


def add_attempt(tx: Tx, attempt: Attempt) -> None:
    """Store an attempt that begins."""
    tx.execute(
        "INSERT INTO attempts (home_id, day, game_id, questions, timezone, guild_id, begun_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            attempt.player_id,
            attempt.on.isoformat(),
            attempt.game_id,
            attempt.questions,
            attempt.zone.key,
            attempt.guild_id,
            stamp(attempt.begun_at),
        ),
    )


def save_attempt(tx: Tx, attempt: Attempt) -> None:
    """Note how far an attempt has come."""
    tx.execute(
        "UPDATE attempts SET marks = ?, points = ?, ended_at = ?, guild_id = ? WHERE home_id = ? AND day = ?",
        (
            "".join(attempt.marks),
            attempt.points,
            stamp_or_none(attempt.ended_at),
            attempt.guild_id,
            attempt.player_id,
            attempt.on.isoformat(),
        ),
    )


def load_attempt(tx: Tx, player_id: int, on: date) -> Attempt | None:
    """Return a player's attempt of a date, or None."""
    row = tx.execute(
        "SELECT * FROM attempts WHERE home_id = ? AND day = ?", (player_id, on.isoformat())
    ).fetchone()
    return _attempt(row) if row else None


def list_attempts(tx: Tx, player_id: int, most: int, before: date = date.max) -> list[Attempt]:
    """Return a player's latest attempts, the last date first: up to `most` of dates before `before`."""
    rows = tx.execute(
        "SELECT * FROM attempts WHERE home_id = ? AND day < ? ORDER BY day DESC LIMIT ?",
        (player_id, before.isoformat(), most),
    )
    return [_attempt(row) for row in rows]


def list_played(tx: Tx, player_id: int) -> list[PlayedDay]:
    """Return every day on which a player has answered something, in the order in which they were begun."""
    rows = tx.execute(
        "SELECT day, begun_at, timezone FROM attempts WHERE home_id = ? AND replace(marks, ?, '') <> ''"
        " ORDER BY begun_at, day",
        (player_id, Mark.NONE.value),
    )
    return [_played_day(row["day"], row["begun_at"], row["timezone"]) for row in rows]


def load_streak(tx: Tx, player_id: int) -> StreakRow | None:
    """Return a player's time zone and streak; None for one who has never played nor chosen a zone."""
    row = tx.execute("SELECT * FROM streaks WHERE home_id = ?", (player_id,)).fetchone()
    if row is None:
        return None
    last = None
    if row["last_day"] is not None:
        last = _played_day(row["last_day"], row["last_at"], row["last_timezone"])
    streak = Streak(row["days"], row["longest"], row["freezes"], row["total"], last)
    return StreakRow(row["timezone"], streak)


def save_timezone(tx: Tx, player_id: int, timezone: str) -> None:
    """Keep the IANA name of the time zone whose calendar a player goes by."""
    tx.execute(
        "INSERT INTO streaks (home_id, timezone) VALUES (?, ?)"
        " ON CONFLICT (home_id) DO UPDATE SET timezone = excluded.timezone",
        (player_id, timezone),
    )


def save_streak(tx: Tx, player_id: int, streak: Streak) -> None:
    """Keep a player's streak; there is a row, since who plays has a time zone."""
    last = streak.last
    tx.execute(
        "UPDATE streaks SET days = ?, longest = ?, freezes = ?, total = ?, last_day = ?, last_at = ?,"
        " last_timezone = ? WHERE home_id = ?",
        (
            streak.days,
            streak.longest,
            streak.freezes,
            streak.total,
            last.on.isoformat() if last else None,
            stamp(last.at) if last else None,
            last.zone.key if last else None,
            player_id,
        ),
    )


def _played_day(on: str, at: int, zone: str) -> PlayedDay:
    return PlayedDay(date.fromisoformat(on), instant(at), zone_named(zone))


def _attempt(row: Any) -> Attempt:
    return Attempt(
        player_id=row["home_id"],
        on=date.fromisoformat(row["day"]),
        game_id=row["game_id"],
        questions=row["questions"],
        zone=zone_named(row["timezone"]),
        guild_id=row["guild_id"],
        begun_at=instant(row["begun_at"]),
        marks=tuple(map(Mark, row["marks"])),
        points=row["points"],
        ended_at=instant_or_none(row["ended_at"]),
    )
