"""Timers as rows: set and cleared in the same transaction as the state that implies them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.cluster.shards import WHOLE, Part
from bot.store.database import instant, stamp
from bot.store.tx import Tx
from bot.store.within import within


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is to happen at `due_at`; `ref` tells the kind's service to what."""

    kind: str
    ref: str
    due_at: datetime
    home_id: int = 0  # whose it is; 0: everybody's


def set_timer(tx: Tx, timer: Timer) -> None:
    """Add the timer, or move the one of the same kind and ref."""
    set_timers(tx, [timer])


def set_timers(tx: Tx, timers: Iterable[Timer]) -> None:
    """Add timers, or move those of the same kind and ref."""
    tx.executemany(
        "INSERT INTO timers (home_id, kind, ref, due_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (home_id, kind, ref) DO UPDATE SET due_at = excluded.due_at",
        [(one.home_id, one.kind, one.ref, stamp(one.due_at)) for one in timers],
    )


def clear_timer(tx: Tx, kind: str, ref: str, home_id: int = 0) -> None:
    """Remove the timer, if there is one."""
    clear_timers(tx, kind, [(home_id, ref)])


def clear_timers(tx: Tx, kind: str, of: Iterable[tuple[int, str | int]]) -> None:
    """Remove the timers of that kind, by home and ref, that there are."""
    tx.executemany(
        "DELETE FROM timers WHERE home_id = ? AND kind = ? AND ref = ?",
        [(home_id, kind, str(ref)) for home_id, ref in of],
    )


def hasten_timers(tx: Tx, kind: str, latest: datetime, part: Part = WHOLE) -> None:
    """Have every timer of the kind in a part come at `latest` at the latest."""
    tx.execute(
        f"UPDATE timers SET due_at = ? WHERE kind = ? AND due_at > ?{within(part)}",  # noqa: S608 - ours
        (stamp(latest), kind, stamp(latest)),
    )


def list_due(tx: Tx, by: datetime, most: int, part: Part = WHOLE) -> list[Timer]:
    """Return up to `most` timers of a part due at `by` or earlier, earliest first."""
    rows = tx.execute(
        "SELECT kind, ref, due_at, home_id FROM timers"  # noqa: S608 - numbers of ours
        f" WHERE due_at <= ?{within(part)} ORDER BY due_at LIMIT ?",
        (stamp(by), most),
    )
    return [Timer(kind, ref, instant(due_at), home_id) for kind, ref, due_at, home_id in rows]


def next_due(tx: Tx, after: datetime, part: Part = WHOLE) -> datetime | None:
    """Return when the first timer of a part later than `after` is due, or None."""
    row = tx.execute(
        f"SELECT min(due_at) FROM timers WHERE due_at > ?{within(part)}",  # noqa: S608 - numbers of ours
        (stamp(after),),
    ).fetchone()
    return instant(row[0]) if row[0] is not None else None


def list_refs(tx: Tx, kind: str) -> set[str]:
    """Return to what the timers of that kind are set."""
    return {row[0] for row in tx.execute("SELECT ref FROM timers WHERE kind = ?", (kind,))}
