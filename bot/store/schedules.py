"""Schedules and their posts as rows.

What always holds:
- a schedule has at most one post a local day, by `UNIQUE (guild_id, schedule_id, local_date)`;
- one timer stands at the earliest next slot of all active schedules, and one at
  the earliest try of all claimed posts, set in the transactions that move them:
  ten thousand schedules of one minute are taken a few at a time, and no press
  has to wait for more than a few of them;
- a fact counts as posted from the claim on, and no longer when the post fails;
- nothing that was tried is tried again without `tries` telling so.
"""

import random
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import Conflict, NotFound
from bot.quiz.almanac import fact_of_day
from bot.quiz.periods import zone_named
from bot.quiz.slots import Recurrence, Slot
from bot.store.database import Database, instant, stamp
from bot.store.timers import Timer, clear_timer, set_timer

SLOT_TIMER = "daily"
DELIVERY_TIMER = "daily-post"
ALL = "all"  # the ref of both
MOST_SCHEDULES = 25  # a server: as many as one menu of suggestions shows
REFUSALS = 3  # in a row, until a schedule stops
GRACE = timedelta(hours=3)  # how late a post may be
NO_FACTS = "the question bank has no facts to post"
_MISSED_NOTED = 31  # skipped days that a long absence leaves in the log
_KEPT = timedelta(days=400)  # how long the log remembers
_RECENT = 10  # facts that do not open the next turn through the bank

_COLUMNS = (
    "s.id, s.guild_id, s.number, s.channel_id, s.at, s.timezone, s.days, s.role_id, s.state, s.reason,"
    " s.failures, s.next_on, s.next_at, coalesce(s.timezone, g.timezone, 'UTC') AS zone"
    " FROM schedules AS s LEFT JOIN guilds AS g ON g.id = s.guild_id"
)


class ScheduleState(StrEnum):
    """ACTIVE <-> PAUSED by its owner; STOPPED after refusals; REMOVED for good, its log is kept."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    REMOVED = "removed"


class PostState(StrEnum):
    """CLAIMED -> SENT | MISSED (too late) | FAILED (refused, or never got through)."""

    CLAIMED = "claimed"
    SENT = "sent"
    MISSED = "missed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """What an owner asked for. `timezone` None follows the server's."""

    guild_id: int
    request_id: int
    channel_id: int
    at: time
    days: frozenset[int]
    timezone: str | None
    role_id: int | None
    created_by: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as stored; `zone` is the time zone that holds, its own or the server's."""

    id: int
    guild_id: int
    number: int
    channel_id: int
    at: time
    days: frozenset[int]
    timezone: str | None
    zone: ZoneInfo
    role_id: int | None
    state: ScheduleState
    reason: str | None
    failures: int
    next_on: date | None
    next_at: datetime | None

    @property
    def recurrence(self) -> Recurrence:
        """Return when it recurs."""
        return Recurrence(self.at, self.zone, self.days)


@dataclass(frozen=True, slots=True)
class Post:
    """A day's post that is to be sent; `tries` counts the times that sending was begun before."""

    id: int
    guild_id: int
    schedule_id: int
    schedule_state: ScheduleState
    on: date
    channel_id: int
    role_id: int | None
    due_at: datetime
    fact_id: str
    marker: str
    tries: int
    tried_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What became of one day's post."""

    number: int
    on: date
    channel_id: int
    due_at: datetime
    state: PostState
    reason: str | None
    settled_at: datetime | None
    message_id: int | None


class SchedulesStore:
    """Each query a named method; those that change take the present instant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_schedule(self, new: NewSchedule, now: datetime) -> Schedule:
        """Store a schedule with its first timer; the same request again returns the same schedule."""
        return await self._database.write(lambda tx: add_schedule(tx, new, now))

    async def list_schedules(self, guild_id: int) -> list[Schedule]:
        """Return the server's schedules, oldest first, without removed ones."""
        return await self._database.read(lambda tx: list_schedules(tx, guild_id))

    async def load_last_on(self, schedule_id: int) -> date | None:
        """Return the last local day for which the schedule has a post."""
        return await self._database.read(lambda tx: _last_on(tx, schedule_id))

    async def set_state(
        self, guild_id: int, number: int, state: ScheduleState, now: datetime
    ) -> tuple[Schedule, Schedule]:
        """Pause, resume or remove a schedule; return it as it was and as it is."""
        return await self._database.write(lambda tx: set_state(tx, guild_id, number, state, now))

    async def claim_slots(self, now: datetime, fact_ids: Sequence[str], markers: Sequence[str]) -> int:
        """Claim what is due of up to as many schedules as there are markers; return how many were."""
        return await self._database.write(lambda tx: claim_slots(tx, now, fact_ids, markers))

    async def load_next_at(self) -> datetime | None:
        """Return when the next post of all is due."""
        return await self._database.read(_next_at)

    async def take_posts(self, now: datetime, most: int, busy: Collection[int]) -> list[Post]:
        """Return up to `most` claimed posts to try now, except the `busy` ones, noted as tried."""
        return await self._database.write(lambda tx: take_posts(tx, now, most, busy))

    async def set_fact(self, post_id: int, fact_ids: Sequence[str]) -> str | None:
        """Choose another fact for a claimed post, whose own has left the bank."""
        return await self._database.write(lambda tx: _set_fact(tx, post_id, fact_ids))

    async def mark_sent(self, post_id: int, message_id: int, now: datetime) -> None:
        """Note that a post is in its channel."""
        await self._database.write(lambda tx: mark_sent(tx, post_id, message_id, now))

    async def mark_refused(self, post_id: int, reason: str, now: datetime) -> Schedule:
        """Note that Discord refused a post; return its schedule, stopped when this was once too often."""
        return await self._database.write(lambda tx: mark_refused(tx, post_id, reason, now))

    async def mark_lost(self, post_id: int, state: PostState, reason: str, now: datetime) -> None:
        """Note that a post will not come, through no fault of its schedule."""
        await self._database.write(lambda tx: _settle(tx, post_id, state, reason, now))

    async def set_try(self, post_id: int, try_at: datetime, reason: str) -> None:
        """Have a claimed post tried again at `try_at`."""
        await self._database.write(
            lambda tx: tx.execute(
                "UPDATE posts SET try_at = ?, reason = ? WHERE id = ? AND state = 'claimed'",
                (stamp(try_at), reason, post_id),
            )
        )

    async def set_delivery_timer(self, not_before: datetime | None = None) -> datetime | None:
        """Set the timer for the next post to try, not before `not_before`; return its time, if any."""
        return await self._database.write(lambda tx: _set_delivery_timer(tx, not_before))

    async def list_log(self, guild_id: int, most: int, number: int | None = None) -> list[LogEntry]:
        """Return the newest entries of the server's log, or of one schedule's, newest first."""
        return await self._database.read(lambda tx: _list_log(tx, guild_id, most, number))

    async def mend(self, now: datetime) -> None:
        """Bring timers back into reach that were set while the machine's clock was far ahead."""
        await self._database.write(lambda tx: mend(tx, now))


def add_schedule(tx: sqlite3.Connection, new: NewSchedule, now: datetime) -> Schedule:
    """Store a schedule with its first timer; the same request again returns the same schedule."""
    known = tx.execute(f"SELECT {_COLUMNS} WHERE s.request_id = ?", (new.request_id,)).fetchone()
    if known is not None:
        return _schedule(known)
    if len(list_schedules(tx, new.guild_id)) >= MOST_SCHEDULES:
        raise Conflict(
            f"This server has {MOST_SCHEDULES} schedules, which is as many as can be. "
            "Remove one with `/schedule remove` first."
        )
    number = tx.execute(
        "SELECT coalesce(max(number), 0) + 1 FROM schedules WHERE guild_id = ?", (new.guild_id,)
    ).fetchone()[0]
    made = tx.execute(
        "INSERT INTO schedules (guild_id, number, request_id, channel_id, at, timezone, days, role_id,"
        " created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            new.guild_id,
            number,
            new.request_id,
            new.channel_id,
            f"{new.at:%H:%M}",
            new.timezone,
            sum(1 << day for day in new.days),
            new.role_id,
            new.created_by,
            stamp(now),
        ),
    ).fetchone()[0]
    return _arm(tx, _load(tx, made), now)


def list_schedules(tx: sqlite3.Connection, guild_id: int) -> list[Schedule]:
    """Return the server's schedules, oldest first, without removed ones."""
    rows = tx.execute(
        f"SELECT {_COLUMNS} WHERE s.guild_id = ? AND s.state <> 'removed' ORDER BY s.number", (guild_id,)
    )
    return [_schedule(row) for row in rows]


def set_state(
    tx: sqlite3.Connection, guild_id: int, number: int, state: ScheduleState, now: datetime
) -> tuple[Schedule, Schedule]:
    """Pause, resume or remove a schedule; return it as it was and as it is."""
    row = tx.execute(
        f"SELECT {_COLUMNS} WHERE s.guild_id = ? AND s.number = ? AND s.state <> 'removed'",
        (guild_id, number),
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no schedule {number} in this server. `/schedule list` shows what there is.")
    before = _schedule(row)
    if before.state is state or (state is ScheduleState.PAUSED and before.state is ScheduleState.STOPPED):
        return before, before
    tx.execute("UPDATE schedules SET state = ? WHERE id = ?", (state, before.id))
    if state is ScheduleState.ACTIVE:
        tx.execute("UPDATE schedules SET failures = 0, reason = NULL WHERE id = ?", (before.id,))
        return before, _arm(tx, _load(tx, before.id), now)
    return before, _disarm(tx, before.id)


def follow_timezone(tx: sqlite3.Connection, guild_id: int, now: datetime) -> None:
    """Set the timers of the schedules that follow the server's time zone anew, after it was changed."""
    for schedule in list_schedules(tx, guild_id):
        if schedule.timezone is None and schedule.state is ScheduleState.ACTIVE:
            _arm(tx, schedule, now)


def claim_slots(
    tx: sqlite3.Connection, now: datetime, fact_ids: Sequence[str], markers: Sequence[str]
) -> int:
    """Claim what is due of some schedules, note what is too late, and set the timers; return how many.

    At most as many as there are `markers`. A marker also seeds the choice of the
    fact, so that a replayed transaction chooses the same.
    """
    rows = tx.execute(
        f"SELECT {_COLUMNS} WHERE s.state = 'active' AND s.next_at <= ? ORDER BY s.next_at LIMIT ?",
        (stamp(now), len(markers)),
    ).fetchall()
    for row, marker in zip(rows, markers, strict=False):
        schedule = _schedule(row)
        _claim(tx, schedule, now, fact_ids, marker)
        _set_next(tx, schedule, now)
    _set_slot_timer(tx)
    return len(rows)


def _claim(
    tx: sqlite3.Connection, schedule: Schedule, now: datetime, fact_ids: Sequence[str], marker: str
) -> None:
    for slot in _due(schedule, now):
        is_lost, reason = now - slot.due_at > GRACE, "Farside was not running in time"
        if not is_lost and not fact_ids:
            is_lost, reason = True, NO_FACTS
        made = tx.execute(
            "INSERT INTO posts (guild_id, schedule_id, local_date, channel_id, due_at, state, reason, marker,"
            " try_at, settled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
            (
                schedule.guild_id,
                schedule.id,
                slot.on.isoformat(),
                schedule.channel_id,
                stamp(slot.due_at),
                PostState.MISSED if is_lost else PostState.CLAIMED,
                reason if is_lost else None,
                marker,
                None if is_lost else stamp(slot.due_at),
                stamp(now) if is_lost else None,
            ),
        ).fetchone()
        if made is not None and not is_lost:
            _choose_fact(tx, made[0], fact_ids)
            set_timer(tx, Timer(DELIVERY_TIMER, ALL, now))
    tx.execute(
        "DELETE FROM posts WHERE schedule_id = ? AND local_date < ? AND state <> 'claimed'",
        (schedule.id, (now - _KEPT).date().isoformat()),
    )


def take_posts(tx: sqlite3.Connection, now: datetime, most: int, busy: Collection[int]) -> list[Post]:
    """Return up to `most` claimed posts to try now, except the `busy` ones, noted as tried."""
    rows = tx.execute(
        "SELECT p.id, p.guild_id, p.schedule_id, s.state AS schedule_state, p.local_date, p.channel_id,"
        " s.role_id, p.due_at, p.fact_id, p.marker, p.tries, p.tried_at"
        " FROM posts AS p JOIN schedules AS s ON s.id = p.schedule_id"
        " WHERE p.state = 'claimed' AND p.try_at <= ? ORDER BY p.try_at LIMIT ?",
        (stamp(now), most + len(busy)),
    ).fetchall()
    posts = [_post(row) for row in rows if row["id"] not in busy][:most]
    tx.executemany(
        "UPDATE posts SET tries = tries + 1, tried_at = coalesce(tried_at, ?) WHERE id = ?",
        [(stamp(now), post.id) for post in posts],
    )
    return posts


def mark_sent(tx: sqlite3.Connection, post_id: int, message_id: int, now: datetime) -> None:
    """Note that a post is in its channel; its schedule has no failures in a row any more."""
    row = tx.execute(
        "UPDATE posts SET state = 'sent', message_id = ?, settled_at = ?, try_at = NULL, reason = NULL"
        " WHERE id = ? AND state = 'claimed' RETURNING schedule_id",
        (message_id, stamp(now), post_id),
    ).fetchone()
    if row is not None:
        tx.execute(
            "UPDATE schedules SET failures = 0, reason = NULL WHERE id = ? AND state <> 'stopped'", (row[0],)
        )


def mark_refused(tx: sqlite3.Connection, post_id: int, reason: str, now: datetime) -> Schedule:
    """Note that Discord refused a post for good; stop its schedule when this was once too often."""
    schedule_id = tx.execute("SELECT schedule_id FROM posts WHERE id = ?", (post_id,)).fetchone()[0]
    if _settle(tx, post_id, PostState.FAILED, reason, now):
        tx.execute(
            "UPDATE schedules SET failures = failures + 1, reason = ? WHERE id = ?", (reason, schedule_id)
        )
    schedule = _load(tx, schedule_id)
    if schedule.failures >= REFUSALS and schedule.state is ScheduleState.ACTIVE:
        tx.execute("UPDATE schedules SET state = 'stopped' WHERE id = ?", (schedule_id,))
        return _disarm(tx, schedule_id)
    return schedule


def mend(tx: sqlite3.Connection, now: datetime) -> None:
    """Bring timers back into reach that were set while the machine's clock was far ahead.

    A week has every day, so no slot is further away than that (and a gap).
    """
    far = stamp(now + timedelta(days=9))
    rows = tx.execute(f"SELECT {_COLUMNS} WHERE s.state = 'active' AND s.next_at > ?", (far,)).fetchall()
    for row in rows:
        schedule = _schedule(row)
        tx.execute(
            "DELETE FROM posts WHERE schedule_id = ? AND due_at > ? AND state = 'missed'", (schedule.id, far)
        )
        _arm(tx, schedule, now, after_on=_last_on(tx, schedule.id, before=(now + timedelta(days=9)).date()))


def _due(schedule: Schedule, now: datetime) -> list[Slot]:
    """Return the schedule's slots that are due at `now`, at most the newest of a long absence."""
    due: list[Slot] = []
    start = max(schedule.next_on or date.min, (now - timedelta(days=8 * _MISSED_NOTED)).date())
    for slot in schedule.recurrence.slots_from(start):
        if slot.due_at > now:
            break
        due.append(slot)
    return due[-_MISSED_NOTED:]


def _arm(
    tx: sqlite3.Connection, schedule: Schedule, now: datetime, *, after_on: date | None = None
) -> Schedule:
    """Set the schedule's next slot, and the timer."""
    _set_next(tx, schedule, now, after_on=after_on)
    _set_slot_timer(tx)
    return _load(tx, schedule.id)


def _set_next(
    tx: sqlite3.Connection, schedule: Schedule, now: datetime, *, after_on: date | None = None
) -> None:
    """Set the schedule's next slot: later than `now`, and than every day that has a post."""
    slot = schedule.recurrence.next_slot(now, after_on=after_on or _last_on(tx, schedule.id))
    tx.execute(
        "UPDATE schedules SET next_on = ?, next_at = ? WHERE id = ?",
        (slot.on.isoformat() if slot else None, stamp(slot.due_at) if slot else None, schedule.id),
    )


def _set_slot_timer(tx: sqlite3.Connection) -> None:
    next_at = _next_at(tx)
    if next_at is None:
        clear_timer(tx, SLOT_TIMER, ALL)
    else:
        set_timer(tx, Timer(SLOT_TIMER, ALL, next_at))


def _next_at(tx: sqlite3.Connection) -> datetime | None:
    row = tx.execute("SELECT min(next_at) FROM schedules WHERE state = 'active'").fetchone()
    return instant(row[0]) if row[0] is not None else None


def _disarm(tx: sqlite3.Connection, schedule_id: int) -> Schedule:
    tx.execute("UPDATE schedules SET next_on = NULL, next_at = NULL WHERE id = ?", (schedule_id,))
    _set_slot_timer(tx)
    return _load(tx, schedule_id)


def _last_on(tx: sqlite3.Connection, schedule_id: int, *, before: date = date.max) -> date | None:
    row = tx.execute(
        "SELECT max(local_date) FROM posts WHERE schedule_id = ? AND local_date < ?",
        (schedule_id, before.isoformat()),
    ).fetchone()
    return date.fromisoformat(row[0]) if row[0] else None


def _choose_fact(tx: sqlite3.Connection, post_id: int, fact_ids: Sequence[str]) -> str:
    """Give the post a fact that its server has not had, the day's own if it can be.

    When the server has had them all, a new turn begins.
    """
    guild_id, local_date, seed = tx.execute(
        "SELECT guild_id, local_date, marker FROM posts WHERE id = ?", (post_id,)
    ).fetchone()
    had = {row[0] for row in tx.execute("SELECT fact_id FROM posted_facts WHERE guild_id = ?", (guild_id,))}
    fresh = [fact_id for fact_id in fact_ids if fact_id not in had]
    if not fresh:
        tx.execute("DELETE FROM posted_facts WHERE guild_id = ?", (guild_id,))
        rows = tx.execute(
            "SELECT fact_id FROM posts WHERE guild_id = ? AND id <> ? ORDER BY due_at DESC LIMIT ?",
            (guild_id, post_id, min(_RECENT, len(fact_ids) // 2)),
        )
        recent = {row[0] for row in rows}
        fresh = [fact_id for fact_id in fact_ids if fact_id not in recent]
    days_own = fact_of_day(fact_ids, date.fromisoformat(local_date))
    fact_id = days_own if days_own in fresh else random.Random(seed).choice(fresh)
    tx.execute("INSERT INTO posted_facts (guild_id, fact_id) VALUES (?, ?)", (guild_id, fact_id))
    tx.execute("UPDATE posts SET fact_id = ? WHERE id = ?", (fact_id, post_id))
    return fact_id


def _set_fact(tx: sqlite3.Connection, post_id: int, fact_ids: Sequence[str]) -> str | None:
    return _choose_fact(tx, post_id, fact_ids) if fact_ids else None


def _settle(tx: sqlite3.Connection, post_id: int, state: PostState, reason: str, now: datetime) -> bool:
    """End a claimed post without a message and give its fact back; return whether it was still claimed."""
    row = tx.execute(
        "UPDATE posts SET state = ?, reason = ?, settled_at = ?, try_at = NULL"
        " WHERE id = ? AND state = 'claimed' RETURNING guild_id, fact_id",
        (state, reason, stamp(now), post_id),
    ).fetchone()
    if row is None:
        return False
    tx.execute("DELETE FROM posted_facts WHERE guild_id = ? AND fact_id = ?", (row[0], row[1]))
    return True


def _set_delivery_timer(tx: sqlite3.Connection, not_before: datetime | None) -> datetime | None:
    row = tx.execute("SELECT min(try_at) FROM posts WHERE state = 'claimed'").fetchone()
    if row[0] is None:
        clear_timer(tx, DELIVERY_TIMER, ALL)
        return None
    due_at = max(instant(row[0]), not_before) if not_before else instant(row[0])
    set_timer(tx, Timer(DELIVERY_TIMER, ALL, due_at))
    return due_at


def _list_log(tx: sqlite3.Connection, guild_id: int, most: int, number: int | None) -> list[LogEntry]:
    rows = tx.execute(
        "SELECT s.number, p.local_date, p.channel_id, p.due_at, p.state, p.reason, p.settled_at, p.message_id"
        " FROM posts AS p JOIN schedules AS s ON s.id = p.schedule_id"
        " WHERE p.guild_id = ?1 AND (?2 IS NULL OR s.number = ?2) ORDER BY p.due_at DESC, p.id DESC LIMIT ?3",
        (guild_id, number, most),
    )
    return [
        LogEntry(
            row["number"],
            date.fromisoformat(row["local_date"]),
            row["channel_id"],
            instant(row["due_at"]),
            PostState(row["state"]),
            row["reason"],
            instant(row["settled_at"]) if row["settled_at"] is not None else None,
            row["message_id"],
        )
        for row in rows
    ]


def _load(tx: sqlite3.Connection, schedule_id: int) -> Schedule:
    return _schedule(tx.execute(f"SELECT {_COLUMNS} WHERE s.id = ?", (schedule_id,)).fetchone())


def _schedule(row: Any) -> Schedule:
    return Schedule(
        id=row["id"],
        guild_id=row["guild_id"],
        number=row["number"],
        channel_id=row["channel_id"],
        at=time.fromisoformat(row["at"]),
        days=frozenset(day for day in range(7) if row["days"] >> day & 1),
        timezone=row["timezone"],
        zone=zone_named(row["zone"]),
        role_id=row["role_id"],
        state=ScheduleState(row["state"]),
        reason=row["reason"],
        failures=row["failures"],
        next_on=date.fromisoformat(row["next_on"]) if row["next_on"] else None,
        next_at=instant(row["next_at"]) if row["next_at"] is not None else None,
    )


def _post(row: Any) -> Post:
    return Post(
        id=row["id"],
        guild_id=row["guild_id"],
        schedule_id=row["schedule_id"],
        schedule_state=ScheduleState(row["schedule_state"]),
        on=date.fromisoformat(row["local_date"]),
        channel_id=row["channel_id"],
        role_id=row["role_id"],
        due_at=instant(row["due_at"]),
        fact_id=row["fact_id"],
        marker=row["marker"],
        tries=row["tries"],
        tried_at=instant(row["tried_at"]) if row["tried_at"] is not None else None,
    )
