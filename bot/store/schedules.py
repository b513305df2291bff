"""Schedules and their posts as rows: functions of a transaction, without an opinion.

What always holds:
- a schedule has at most one post a local day beside those asked for by hand, by `posts_once`;
- a post that was asked for twice by one request is there once;
- one timer stands at the earliest next slot of all active schedules, and one at
  the earliest try of all claimed posts: ten thousand schedules of one minute
  are two timers, and no press has to wait for them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from bot.cluster.shards import WHOLE, Part
from bot.quiz.periods import zone_named
from bot.quiz.schedule import LogEntry, NewSchedule, Post, PostKind, PostState, Schedule, ScheduleState
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.ids import new_id
from bot.store.timers import Timer, clear_timer, set_timer
from bot.store.tx import Tx, is_shared
from bot.store.within import within

SLOT_TIMER = "daily"
DELIVERY_TIMER = "daily-post"
ALL = "all"  # the ref of both
_IDLE = 200  # schedules that are looked through at once
STEP = 400  # posts that go at once: a schedule keeps one for each day of more than a year

_COLUMNS = (
    "s.id, s.home_id AS guild_id, s.number, s.channel_id, s.at, s.timezone, s.days, s.role_id,"
    " s.topic, s.kind, s.created_by,"
    " s.state, s.reason, s.failures, s.is_told, s.next_on, s.next_at, s.armed_at,"
    " coalesce(s.timezone, g.timezone, 'UTC') AS zone"
)
_POST = "p.id AS post_id, p.local_date, p.due_at, p.fact_id, p.marker, p.tries, p.tried_at, p.request_id"
_ENTRY = (
    "s.number, p.first_date, p.local_date, p.channel_id, p.due_at, p.state, p.reason, p.settled_at,"
    " p.message_id, p.request_id"
)
_POSTS = "posts AS p JOIN schedules AS s ON s.home_id = p.home_id AND s.id = p.schedule_id"
_GUILDS = "LEFT JOIN guilds AS g ON g.home_id = s.home_id"


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to be stored. `first_on` makes it an absence; `request_id` one that was asked for by hand."""

    on: date
    due_at: datetime
    state: PostState
    reason: str | None = None
    marker: str | None = None
    fact_id: str | None = None
    try_at: datetime | None = None
    first_on: date | None = None
    request_id: int | None = None


class PostKey(NamedTuple):
    """Which post: its server, and its id there."""

    guild_id: int
    id: int


def key_of(post: Post) -> PostKey:
    """Return which post it is."""
    return PostKey(post.schedule.guild_id, post.id)


def load_by_request(tx: Tx, guild_id: int, request_id: int) -> Schedule | None:
    """Return the server's schedule that a request has made already."""
    return _first(tx, "s.home_id = ? AND s.request_id = ?", guild_id, request_id)


def load_schedule(tx: Tx, guild_id: int, number: int) -> Schedule | None:
    """Return the server's schedule of that number, unless it was removed."""
    return _first(tx, "s.home_id = ? AND s.number = ? AND s.state <> 'removed'", guild_id, number)


def insert_schedule(tx: Tx, new: NewSchedule, now: datetime) -> Schedule:
    """Store a schedule under the server's next number, and return it, not armed yet."""
    number = tx.execute(
        "SELECT coalesce(max(number), 0) + 1 FROM schedules WHERE home_id = ?", (new.guild_id,)
    ).fetchone()[0]
    made = new_id(now)
    tx.execute(
        "INSERT INTO schedules (home_id, id, number, request_id, channel_id, at, timezone, days,"
        " role_id, topic, kind,"
        " created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new.guild_id,
            made,
            number,
            new.request_id,
            new.channel_id,
            f"{new.at:%H:%M}",
            new.timezone,
            sum(1 << day for day in new.days),
            new.role_id,
            new.topic,
            new.kind,
            new.created_by,
            stamp(now),
        ),
    )
    found = _first(tx, "s.home_id = ? AND s.id = ?", new.guild_id, made)
    assert found is not None  # noqa: S101 - it was stored a line ago
    return found


def save_schedule(tx: Tx, schedule: Schedule) -> None:
    """Store how a schedule stands, and move the timer of all slots accordingly."""
    tx.execute(
        "UPDATE schedules SET state = ?, reason = ?, failures = ?, is_told = ?, next_on = ?, next_at = ?,"
        " armed_at = ? WHERE home_id = ? AND id = ?",
        (
            schedule.state,
            schedule.reason,
            schedule.failures,
            int(schedule.is_told),
            schedule.next_on.isoformat() if schedule.next_on else None,
            stamp_or_none(schedule.next_at),
            stamp_or_none(schedule.armed_at),
            schedule.guild_id,
            schedule.id,
        ),
    )
    if not is_shared(tx):
        set_world_timer(tx, SLOT_TIMER, load_next_at(tx))


def list_schedules(tx: Tx, guild_id: int) -> list[Schedule]:
    """Return the server's schedules, oldest first, without removed ones."""
    return _list(tx, "s.home_id = ? AND s.state <> 'removed' ORDER BY s.number", guild_id)


def list_due(tx: Tx, now: datetime, most: int, part: Part = WHOLE) -> list[Schedule]:
    """Return up to `most` active schedules of a part with a slot due at `now`, earliest first."""
    where = f"s.state = 'active' AND s.next_at <= ?{within(part, 's.home_id')} ORDER BY s.next_at LIMIT ?"
    return _list(tx, where, stamp(now), most)


def list_armed_after(tx: Tx, now: datetime, most: int, part: Part = WHOLE) -> list[Schedule]:
    """Return up to `most` active schedules of a part whose next slot was worked out later than `now`."""
    where = f"s.state = 'active' AND s.armed_at > ?{within(part, 's.home_id')} ORDER BY s.armed_at LIMIT ?"
    return _list(tx, where, stamp(now), most)


def list_waiting(tx: Tx, guild_id: int, channel_id: int) -> list[Schedule]:
    """Return the active schedules of a server's channel with a reason that nothing was posted."""
    where = "s.home_id = ? AND s.state = 'active' AND s.channel_id = ? AND s.reason IS NOT NULL ORDER BY s.id"
    return _list(tx, where, guild_id, channel_id)


def list_untold(tx: Tx, part: Part = WHOLE) -> list[Schedule]:
    """Return the stopped schedules of a part whose makers do not know."""
    ours = within(part, "s.home_id")
    return _list(tx, f"s.is_told = 0 AND s.state = 'stopped'{ours} ORDER BY s.created_by, s.id")


def mark_told(tx: Tx, schedules: Iterable[Schedule]) -> None:
    """Note that the makers of these schedules know that they stopped."""
    tx.executemany(
        "UPDATE schedules SET is_told = 1 WHERE home_id = ? AND id = ?",
        [(one.guild_id, one.id) for one in schedules],
    )


def load_last_on(tx: Tx, schedule: Schedule) -> date | None:
    """Return the last local day for which the schedule has a post."""
    row = tx.execute(
        "SELECT max(local_date) FROM posts WHERE home_id = ? AND schedule_id = ? AND request_id IS NULL",
        (schedule.guild_id, schedule.id),
    ).fetchone()
    return date.fromisoformat(row[0]) if row[0] else None


def load_next_at(tx: Tx, part: Part = WHOLE) -> datetime | None:
    """Return when the next slot of all active schedules of a part is due."""
    ours = within(part)
    row = tx.execute(f"SELECT min(next_at) FROM schedules WHERE state = 'active'{ours}").fetchone()  # noqa: S608 - ours
    return instant_or_none(row[0])


def load_next_try(tx: Tx, part: Part = WHOLE) -> datetime | None:
    """Return when the next claimed post of a part is to be tried."""
    ours = within(part)
    row = tx.execute(f"SELECT min(try_at) FROM posts WHERE state = 'claimed'{ours}").fetchone()  # noqa: S608 - ours
    return instant_or_none(row[0])


def insert_post(tx: Tx, schedule: Schedule, new: NewPost, now: datetime) -> PostKey | None:
    """Store a post and return its key; None when that day or that request has one already."""
    row = tx.execute(
        "INSERT INTO posts (home_id, id, schedule_id, request_id, first_date, local_date, channel_id, due_at,"
        " fact_id, marker, state, reason, try_at, settled_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING RETURNING id",
        (
            schedule.guild_id,
            new_id(now),
            schedule.id,
            new.request_id,
            new.first_on.isoformat() if new.first_on else None,
            new.on.isoformat(),
            schedule.channel_id,
            stamp(new.due_at),
            new.fact_id,
            new.marker,
            new.state,
            new.reason,
            stamp_or_none(new.try_at),
            None if new.state is PostState.CLAIMED else stamp(now),
        ),
    ).fetchone()
    return PostKey(schedule.guild_id, row[0]) if row else None


def load_post(tx: Tx, post: PostKey) -> Post:
    """Return a post as it stands, its schedule with it."""
    [found] = _posts(tx, "p.home_id = ? AND p.id = ?", *post)
    return found


def load_requested(tx: Tx, guild_id: int, request_id: int) -> PostKey | None:
    """Return the key of the post that a request has made already."""
    row = tx.execute(
        "SELECT id FROM posts WHERE home_id = ? AND request_id = ?", (guild_id, request_id)
    ).fetchone()
    return PostKey(guild_id, row[0]) if row else None


def list_to_try(tx: Tx, now: datetime, most: int, busy: Collection[int], part: Part = WHOLE) -> list[Post]:
    """Return up to `most` claimed posts of a part that are to be tried now, except the `busy` ones."""
    found = _posts(
        tx,
        f"p.state = 'claimed' AND p.try_at <= ?{within(part, 'p.home_id')} ORDER BY p.try_at LIMIT ?",
        stamp(now),
        most + len(busy),
    )
    return [post for post in found if post.id not in busy][:most]


def mark_tried(tx: Tx, posts: Iterable[Post], now: datetime) -> None:
    """Note that sending these posts is begun."""
    tx.executemany(
        "UPDATE posts SET tries = tries + 1, tried_at = coalesce(tried_at, ?) WHERE home_id = ? AND id = ?",
        [(stamp(now), *key_of(post)) for post in posts],
    )


def set_try(tx: Tx, post: PostKey, try_at: datetime, reason: str, *, tries: int) -> None:
    """Have a claimed post tried again at `try_at`, after so many tries."""
    tx.execute(
        "UPDATE posts SET try_at = ?, reason = ?, tries = ? WHERE home_id = ? AND id = ? AND state ="
        " 'claimed'",
        (stamp(try_at), reason, tries, *post),
    )


def hurry_posts(tx: Tx, now: datetime, channel: tuple[int, int] | None = None, part: Part = WHOLE) -> None:
    """Have claimed posts that wait for a later try, a part's or a server's channel's, tried at `now`."""
    only = within(part) if channel is None else " AND home_id = ? AND channel_id = ?"
    tx.execute(
        f"UPDATE posts SET try_at = ? WHERE state = 'claimed' AND try_at > ?{only}",  # noqa: S608 - our own words
        (stamp(now), stamp(now), *(channel or ())),
    )


def set_fact(tx: Tx, post: PostKey, fact_id: str) -> None:
    """Give a claimed post its fact."""
    tx.execute("UPDATE posts SET fact_id = ? WHERE home_id = ? AND id = ?", (fact_id, *post))


def settle_post(
    tx: Tx,
    post: PostKey,
    state: PostState,
    now: datetime,
    *,
    reason: str | None = None,
    message_id: int | None = None,
) -> bool:
    """End a claimed post; return whether it was still claimed."""
    row = tx.execute(
        "UPDATE posts SET state = ?, reason = ?, message_id = ?, settled_at = ?, try_at = NULL"
        " WHERE home_id = ? AND id = ? AND state = 'claimed' RETURNING id",
        (state, reason, message_id, stamp(now), *post),
    ).fetchone()
    return row is not None


def delete_skipped(tx: Tx, schedule: Schedule, after: datetime) -> date | None:
    """Delete the schedule's posts that were skipped, untried, later than `after`; return their first day."""
    rows = tx.execute(
        "DELETE FROM posts WHERE home_id = ? AND schedule_id = ? AND state = 'missed' AND tries = 0"
        " AND settled_at > ? RETURNING coalesce(first_date, local_date)",
        (schedule.guild_id, schedule.id, stamp(after)),
    ).fetchall()
    return date.fromisoformat(min(row[0] for row in rows)) if rows else None


def revive_posts(tx: Tx, schedule: Schedule, after: datetime, earliest: datetime) -> list[str]:
    """Have the schedule's posts that were given up later than `after` tried again if due since `earliest`.

    Returns their facts.
    """
    rows = tx.execute(
        "UPDATE posts SET state = 'claimed', reason = NULL, settled_at = NULL, try_at = ?"
        " WHERE home_id = ? AND schedule_id = ? AND state = 'missed' AND tries > 0 AND settled_at > ?"
        " AND due_at >= ? RETURNING fact_id",
        (stamp(after), schedule.guild_id, schedule.id, stamp(after), stamp(earliest)),
    ).fetchall()
    return [row[0] for row in rows if row[0] is not None]


def prune_posts(tx: Tx, schedule: Schedule, before: date) -> None:
    """Forget the schedule's settled posts of days before `before`."""
    tx.execute(
        "DELETE FROM posts WHERE home_id = ? AND schedule_id = ? AND local_date < ? AND state <> 'claimed'",
        (schedule.guild_id, schedule.id, before.isoformat()),
    )


def prune_idle(tx: Tx, after: tuple[int, int], before: date) -> tuple[int, int] | None:
    """Prune the next schedules, by their keys, that post no more; return where to go on, None after all.

    Up to `STEP` posts of days before `before` go, and with its last one a schedule that was removed.
    """
    rows = tx.execute(
        "SELECT home_id, id, state FROM schedules WHERE state <> 'active' AND (home_id, id) > (?, ?)"
        " ORDER BY home_id, id LIMIT ?",
        (*after, _IDLE),
    ).fetchall()
    room = STEP
    for home_id, schedule_id, state in rows:
        room -= tx.execute(
            "DELETE FROM posts WHERE home_id = ? AND id IN (SELECT id FROM posts WHERE home_id = ?"
            " AND schedule_id = ? AND local_date < ? AND state <> 'claimed' LIMIT ?)",
            (home_id, home_id, schedule_id, before.isoformat(), room),
        ).rowcount
        if room <= 0:  # of this one there may be more
            return after
        if state == ScheduleState.REMOVED:
            tx.execute(
                "DELETE FROM schedules WHERE home_id = ? AND id = ? AND NOT EXISTS (SELECT 1 FROM posts p"
                " WHERE p.home_id = schedules.home_id AND p.schedule_id = schedules.id)",
                (home_id, schedule_id),
            )
        after = (home_id, schedule_id)
    return after if rows else None


def list_posted(tx: Tx, guild_id: int) -> set[str]:
    """Return the facts that the server has had in this turn."""
    return {row[0] for row in tx.execute("SELECT fact_id FROM posted_facts WHERE home_id = ?", (guild_id,))}


def list_latest_facts(tx: Tx, guild_id: int, most: int) -> list[str]:
    """Return the facts of the server's latest posts, newest first."""
    rows = tx.execute(
        "SELECT fact_id FROM posts WHERE home_id = ? AND fact_id IS NOT NULL"
        " AND state IN ('claimed', 'sent') ORDER BY due_at DESC, id DESC LIMIT ?",
        (guild_id, most),
    )
    return [row[0] for row in rows]


def add_posted(tx: Tx, guild_id: int, fact_id: str) -> None:
    """Note that the server has had a fact."""
    tx.execute(
        "INSERT INTO posted_facts (home_id, fact_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (guild_id, fact_id),
    )


def remove_posted(tx: Tx, guild_id: int, fact_ids: Iterable[str]) -> None:
    """Note that the server may have these facts (again)."""
    tx.executemany(
        "DELETE FROM posted_facts WHERE home_id = ? AND fact_id = ?", [(guild_id, one) for one in fact_ids]
    )


def set_delivery_timer(tx: Tx, not_before: datetime | None = None) -> datetime | None:
    """Set the timer for the next post to try, not before `not_before`; return its time, if any."""
    if is_shared(tx):
        return None
    due_at = load_next_try(tx)
    if due_at is not None and not_before is not None:
        due_at = max(due_at, not_before)
    set_world_timer(tx, DELIVERY_TIMER, due_at)
    return due_at


def set_world_timer(tx: Tx, kind: str, due_at: datetime | None) -> None:
    """Set the one timer of that kind, or clear it.

    Where processes share a database each works out when its own part is due: one row that all of them
    wrote would have them wait for each other.
    """
    if is_shared(tx):
        return
    if due_at is None:
        clear_timer(tx, kind, ALL)
    else:
        set_timer(tx, Timer(kind, ALL, due_at))


def list_log(tx: Tx, guild_id: int, most: int, number: int | None = None) -> list[LogEntry]:
    """Return the newest entries of the server's log, or of one schedule's, newest first."""
    if number is None:
        return _entries(tx, "p.home_id = ? ORDER BY p.due_at DESC, p.id DESC LIMIT ?", guild_id, most)
    where = "p.home_id = ? AND s.number = ? ORDER BY p.due_at DESC, p.id DESC LIMIT ?"
    return _entries(tx, where, guild_id, number, most)


def load_entry(tx: Tx, post: PostKey) -> LogEntry:
    """Return what became of one post so far."""
    [entry] = _entries(tx, "p.home_id = ? AND p.id = ?", *post)
    return entry


def _entries(tx: Tx, where: str, *values: object) -> list[LogEntry]:
    rows = tx.execute(
        f"SELECT {_ENTRY} FROM {_POSTS} WHERE {where}",  # noqa: S608 - our own words
        values,
    ).fetchall()
    return [
        LogEntry(
            number=row["number"],
            on=date.fromisoformat(row["local_date"]),
            channel_id=row["channel_id"],
            due_at=instant(row["due_at"]),
            state=PostState(row["state"]),
            reason=row["reason"],
            settled_at=instant_or_none(row["settled_at"]),
            message_id=row["message_id"],
            first_on=date.fromisoformat(row["first_date"]) if row["first_date"] else None,
            is_extra=row["request_id"] is not None,
        )
        for row in rows
    ]


def _list(tx: Tx, where: str, *values: object) -> list[Schedule]:
    return [_schedule(row) for row in _select(tx, where, values).fetchall()]


def _first(tx: Tx, where: str, *values: object) -> Schedule | None:
    row = _select(tx, where, values).fetchone()
    return _schedule(row) if row is not None else None


def _select(tx: Tx, where: str, values: tuple[object, ...]) -> Any:
    return tx.execute(
        f"SELECT {_COLUMNS} FROM schedules AS s {_GUILDS} WHERE {where}",  # noqa: S608 - our own words
        values,
    )


def _posts(tx: Tx, where: str, *values: object) -> list[Post]:
    rows = tx.execute(
        f"SELECT {_COLUMNS}, {_POST} FROM {_POSTS} {_GUILDS} WHERE {where}",  # noqa: S608 - our own words
        values,
    ).fetchall()
    return [
        Post(
            id=row["post_id"],
            schedule=_schedule(row),
            on=date.fromisoformat(row["local_date"]),
            due_at=instant(row["due_at"]),
            fact_id=row["fact_id"] or "",
            marker=row["marker"],
            tries=row["tries"],
            tried_at=instant_or_none(row["tried_at"]),
            is_extra=row["request_id"] is not None,
        )
        for row in rows
    ]


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
        topic=row["topic"],
        created_by=row["created_by"],
        state=ScheduleState(row["state"]),
        reason=row["reason"],
        failures=row["failures"],
        is_told=bool(row["is_told"]),
        next_on=date.fromisoformat(row["next_on"]) if row["next_on"] else None,
        next_at=instant_or_none(row["next_at"]),
        armed_at=instant_or_none(row["armed_at"]),
        kind=PostKind(row["kind"]),
    )
