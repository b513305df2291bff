"""Reminders of the daily challenge as rows, each with its timer.

What always holds: a reminder that is to come has a timer, set and cleared with it.
"""

from datetime import date, datetime, time
from typing import Any

from bot.quiz.reminder import Reminder
from bot.store.database import instant_or_none, stamp, stamp_or_none
from bot.store.timers import Timer, clear_timer, set_timer
from bot.store.tx import Tx

REMIND = "remind"
"""Timers of this kind are at home with the player who is to be reminded."""
ONLY = "daily"
"""What these timers name: a player has one."""


def load_reminder(tx: Tx, player_id: int) -> Reminder | None:
    """Return a player's reminder, or None."""
    row = tx.execute("SELECT * FROM reminders WHERE home_id = ?", (player_id,)).fetchone()
    return _reminder(row) if row else None


def save_reminder(tx: Tx, reminder: Reminder) -> None:
    """Keep a reminder as it stands, and its timer with it."""
    tx.execute(
        "INSERT INTO reminders (home_id, at, next_on, next_at, tried_at, last_on, last_at, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (home_id) DO UPDATE SET at = excluded.at,"
        " next_on = excluded.next_on, next_at = excluded.next_at, tried_at = excluded.tried_at,"
        " last_on = excluded.last_on, last_at = excluded.last_at, reason = excluded.reason",
        (
            reminder.player_id,
            f"{reminder.at:%H:%M}",
            _day(reminder.next_on),
            stamp_or_none(reminder.next_at),
            stamp_or_none(reminder.tried_at),
            _day(reminder.last_on),
            stamp_or_none(reminder.last_at),
            reminder.reason,
        ),
    )
    if reminder.next_at is None:
        clear_timer(tx, REMIND, ONLY, reminder.player_id)
    else:
        set_timer(tx, Timer(REMIND, ONLY, reminder.next_at, reminder.player_id))


def list_far_ahead(tx: Tx, after: datetime, most: int) -> list[Reminder]:
    """Return up to `most` reminders that come later than `after`: a clock that was ahead has armed them."""
    rows = tx.execute(
        "SELECT * FROM reminders WHERE next_at > ? ORDER BY next_at LIMIT ?", (stamp(after), most)
    )
    return [_reminder(row) for row in rows]


def delete_reminder(tx: Tx, player_id: int) -> bool:
    """Remove a player's reminder and its timer; False when there was none."""
    clear_timer(tx, REMIND, ONLY, player_id)
    return bool(tx.execute("DELETE FROM reminders WHERE home_id = ?", (player_id,)).rowcount)


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _reminder(row: Any) -> Reminder:
    return Reminder(
        player_id=row["home_id"],
        at=time.fromisoformat(row["at"]),
        next_on=date.fromisoformat(row["next_on"]) if row["next_on"] else None,
        next_at=instant_or_none(row["next_at"]),
        tried_at=instant_or_none(row["tried_at"]),
        last_on=date.fromisoformat(row["last_on"]) if row["last_on"] else None,
        last_at=instant_or_none(row["last_at"]),
        reason=row["reason"],
    )
