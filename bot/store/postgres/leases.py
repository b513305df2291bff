"""Leases as rows: who is a member of the cluster, who holds which shards, and how far their sessions are.

PostgreSQL alone; a SQLite file has one process. What always holds:
- all times are the database's own; no host's clock is compared with another's, and none tells who is silent
  when it was set less than a lease ago;
- a member's lock (`pg_advisory_lock`) is held by the connection that renews its
  lease: where it is free, that connection is gone, and with it the process;
- a lock tells that only for members that have beaten since the server was
  started (`era`): a restart frees every lock at once;
- a shard is claimed only while nobody holds its row in a transaction, so the
  last one of whoever held it before has ended, one way or the other;
- nothing waits for a process that was stopped in the midst of something.

Each function is called in a thread, one at a time for a connection.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.clock import SystemClock
from bot.cluster.leases import Holding, Member, Plan, Session, View, lowest_free
from bot.errors import NotRead

if TYPE_CHECKING:
    import psycopg

_JOINING = 0x4661_7273_6964_6501  # the lock in which members join, one after the other
_SPACING = timedelta(seconds=5.5)  # between two IDENTIFYs of one bucket; Discord asks for five, at its end
_SET = 0.5  # seconds; less than this is a clock keeping time
_BITS = 62  # of a member's id
_GONE_AFTER = 3  # seconds without an answer after which a connection is taken for lost

_TABLES = """
CREATE TABLE IF NOT EXISTS cluster_members (
    id         BIGINT PRIMARY KEY,       -- new with each start; also the name of its lock
    name       TEXT NOT NULL,
    number     BIGINT NOT NULL UNIQUE,   -- small; the ids that it makes carry it
    release    TEXT NOT NULL,
    era        TEXT NOT NULL,            -- the server's start since which its lock is held; '': it is not
    since      TIMESTAMPTZ NOT NULL,
    until      TIMESTAMPTZ NOT NULL,
    is_leaving BOOLEAN NOT NULL DEFAULT FALSE
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS cluster_shards (
    id         BIGINT PRIMARY KEY,
    owner      BIGINT,                   -- a member; NULL or one who is no member: it is free
    epoch      BIGINT NOT NULL DEFAULT 0, -- raised by each claim
    claimed_at TIMESTAMPTZ
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS cluster_sessions (
    shard_id   BIGINT PRIMARY KEY,
    session_id TEXT NOT NULL,
    seq        BIGINT NOT NULL,          -- of the last event that was dealt with, as were all before it
    resume_url TEXT NOT NULL,
    noted_at   TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS cluster_identifies (
    bucket     BIGINT PRIMARY KEY,
    free_at    TIMESTAMPTZ NOT NULL
);
CREATE TABLE IF NOT EXISTS cluster_state (
    one         BIGINT PRIMARY KEY CHECK (one = 1),
    shard_count BIGINT NOT NULL,
    generation  BIGINT NOT NULL,         -- raised when the number of shards changes
    sessions_left BIGINT,                -- that Discord lets the bot begin today, as it said last
    told_at     TIMESTAMPTZ NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A shard that is ours from now on, and the session that was left there."""

    shard: int
    epoch: int
    session: Session | None


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """A member, for people to read; times in seconds. `left`: until its lease ends."""

    name: str
    number: int
    release: str
    is_leaving: bool
    age: float
    left: float
    shards: list[int]


@dataclass(frozen=True, slots=True)
class ShardStatus:
    """A shard, likewise. `held_for`: since it was claimed; `noted`: since its session's event `seq` was."""

    shard: int
    member: str | None
    epoch: int
    held_for: float | None
    seq: int | None
    noted: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """A cluster, likewise."""

    shard_count: int
    generation: int
    sessions_left: int | None
    members: list[MemberStatus]
    shards: list[ShardStatus]


class LeaseLost(Exception):
    """A shard's lease is not ours any more: what was written for it is not kept."""


class Leases:
    """The connection by which one process keeps its leases. Calls may wait, and raise psycopg's errors."""

    def __init__(self, url: str, name: str, release: str, lease: timedelta) -> None:
        self._url = url
        self._name = name
        self._release = release
        self._lease = lease
        self._connection: psycopg.Connection[Any] | None = None
        self._era = ""
        self._locked = False
        self._zero = math.nan  # when the server's clock showed 1970
        self._set_at = -math.inf
        self.id = 0
        self.number = 0

    # ------------------------------------------------------------------------------------- the connection

    def open(self) -> None:
        """Connect, or connect anew; a member goes on being one."""
        import psycopg

        self.close()
        seconds = max(1, round(self._lease.total_seconds()))
        self._connection = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=max(2, seconds),
            application_name="farside cluster",
            options=(
                f"-c statement_timeout={seconds * 1000} -c lock_timeout=200"
                f" -c idle_in_transaction_session_timeout={_idle(self._lease)}"
            ),
            tcp_user_timeout=_GONE_AFTER * 1000,
            keepalives_idle=_GONE_AFTER,
            keepalives_interval=1,
            keepalives_count=_GONE_AFTER,
        )
        self._era = self._one("SELECT CAST(pg_postmaster_start_time() AS TEXT)")
        self._locked = False
        if self.id:
            self._execute("UPDATE cluster_members SET era = '' WHERE id = %s", self.id)

    @property
    def is_open(self) -> bool:
        """Return whether the connection was there when it was used last."""
        return self._connection is not None and not self._connection.closed and not self._connection.broken

    def close(self) -> None:
        """Close the connection; the lock is free then."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # -------------------------------------------------------------------------------------------- members

    def prepare(self) -> None:
        """Make the tables that are missing."""
        with self._tx() as tx:
            _take_time(tx)
            tx.execute("SELECT pg_advisory_xact_lock(%s)", (_JOINING,))
            for statement in _TABLES.split(";\n"):
                if statement.strip():
                    tx.execute(statement.encode())

    def join(self) -> None:
        """Become a member, with an id of this start; whoever was one here before is another."""
        self.id = secrets.randbits(_BITS) + 1
        self._execute("SELECT pg_advisory_lock(%s)", self.id)
        self._locked = True
        with self._tx() as tx:
            _take_time(tx)
            tx.execute("SELECT pg_advisory_xact_lock(%s)", (_JOINING,))
            numbers = [row[0] for row in tx.execute("SELECT number FROM cluster_members")]
            self.number = lowest_free(numbers)
            tx.execute(
                "INSERT INTO cluster_members (id, name, number, release, era, since, until) VALUES"
                " (%s, %s, %s, %s, %s, clock_timestamp(), clock_timestamp() + %s)",
                (self.id, self._name, self.number, self._release, self._era, self._lease),
            )

    def agree(self, advised: int, sessions_left: int) -> tuple[int, int]:
        """Return how many shards the cluster has and in which generation: what it has, else what is advised.

        A cluster in which nobody else is alive takes the advice; all sessions begin anew when it is another.
        """
        with self._tx() as tx:
            _take_time(tx)
            tx.execute("SELECT pg_advisory_xact_lock(%s)", (_JOINING,))
            row = tx.execute("SELECT shard_count, generation FROM cluster_state").fetchone()
            others = tx.execute(
                "SELECT count(*) FROM cluster_members WHERE id <> %s AND until > clock_timestamp()"
                " AND NOT (era = %s AND pg_try_advisory_xact_lock(id))",
                (self.id, self._era),
            ).fetchall()
            count, generation = (advised, 1) if row is None else row
            if row is not None and count != advised and others == [(0,)]:
                count, generation = advised, generation + 1
                tx.execute("DELETE FROM cluster_sessions")
                tx.execute("DELETE FROM cluster_shards WHERE id >= %s", (count,))
                tx.execute("UPDATE cluster_shards SET owner = NULL, epoch = epoch + 1")
            tx.execute(
                "INSERT INTO cluster_state (one, shard_count, generation, sessions_left, told_at) VALUES"
                " (1, %s, %s, %s, clock_timestamp()) ON CONFLICT (one) DO UPDATE SET"
                " shard_count = excluded.shard_count, generation = excluded.generation,"
                " sessions_left = excluded.sessions_left, told_at = excluded.told_at",
                (count, generation, sessions_left),
            )
            tx.execute(
                "INSERT INTO cluster_shards (id) SELECT generate_series(0, %s) ON CONFLICT DO NOTHING",
                (count - 1,),
            )
        return count, generation

    def renew(self) -> bool:
        """Renew the lease; False when this member was judged dead, and is none any more."""
        if not self._locked and self._one("SELECT pg_try_advisory_lock(%s)", self.id):
            self._locked = True
        cursor = self._execute(
            "UPDATE cluster_members SET until = clock_timestamp() + %s, era = %s WHERE id = %s",
            self._lease,
            self._era if self._locked else "",
            self.id,
        )
        return bool(cursor.rowcount)

    def leave(self) -> None:
        """Tell that this member will hand over its shards, and claims none."""
        self._execute("UPDATE cluster_members SET is_leaving = TRUE WHERE id = %s", self.id)

    def part(self) -> None:
        """Be no member any more."""
        self._execute("DELETE FROM cluster_members WHERE id = %s", self.id)

    # --------------------------------------------------------------------------------------------- shards

    def view(self) -> View:
        """Return the cluster as it is now."""
        members = self._execute(
            "SELECT id, name, number, release, until - clock_timestamp(), is_leaving,"
            " CASE WHEN id <> %s AND era = %s THEN pg_try_advisory_xact_lock(id) ELSE FALSE END"
            " FROM cluster_members ORDER BY id",
            self.id,
            self._era,
        ).fetchall()
        holdings = self._execute("SELECT id, owner, epoch FROM cluster_shards ORDER BY id").fetchall()
        settled = self._is_settled()
        return View([Member(*row) for row in members], [Holding(*row) for row in holdings], settled)

    def _is_settled(self) -> bool:
        """Return whether who is silent is dead: the server has been up, and its clock unset, for a lease."""
        lease, began = self._lease.total_seconds(), SystemClock().monotonic()
        shown, up = self._execute(
            "SELECT CAST(extract(epoch FROM clock_timestamp()) AS FLOAT8),"
            " CAST(extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()) AS FLOAT8)"
        ).fetchall()[0]
        now = SystemClock().monotonic()
        if abs(shown - now - self._zero) > max(_SET, lease / 2) + now - began:
            self._set_at = now
        self._zero = shown - now
        return not 0 <= up <= lease and now - self._set_at > lease  # up since a later time: it was set back

    def carry_out(self, made: Plan) -> list[Claimed]:
        """End the leases of the dead and claim shards, as planned; return those that are ours now.

        What has changed since the plan was made is left alone: the next beat sees it.
        """
        claimed: list[Claimed] = []
        with self._tx() as tx:
            for dead in made.dead:
                tx.execute(
                    "DELETE FROM cluster_members WHERE id IN (SELECT id FROM cluster_members WHERE id = %s"
                    " AND CASE WHEN %s THEN era = %s AND pg_try_advisory_xact_lock(id)"
                    " ELSE until < clock_timestamp() END FOR UPDATE SKIP LOCKED)",
                    (dead.id, dead.is_gone, self._era),
                )
            for wanted in made.claims:
                row = tx.execute(
                    "WITH free AS (SELECT id FROM cluster_shards WHERE id = %s AND epoch = %s AND"
                    " (owner IS NULL OR owner NOT IN (SELECT id FROM cluster_members))"
                    " FOR UPDATE SKIP LOCKED) UPDATE cluster_shards s SET owner = %s, epoch = s.epoch + 1,"
                    " claimed_at = clock_timestamp() FROM free WHERE s.id = free.id RETURNING s.epoch",
                    (wanted.shard, wanted.epoch, self.id),
                ).fetchone()
                if row is not None:
                    claimed.append(Claimed(wanted.shard, row[0], self._session(tx, wanted.shard)))
        return claimed

    def release(self, shards: Iterable[int]) -> None:
        """Hand shards over: whoever looks next may claim them."""
        self._execute(
            "UPDATE cluster_shards SET owner = NULL WHERE id = ANY(%s) AND owner = %s", list(shards), self.id
        )

    def note_sessions(self, sessions: Mapping[int, Session], epochs: Mapping[int, int]) -> None:
        """Note at which event each shard's session is, where the shard is still held under that epoch."""
        shards = sorted(shard for shard in sessions if shard in epochs)
        if not shards:
            return
        told = [sessions[shard] for shard in shards]
        self._execute(
            "INSERT INTO cluster_sessions (shard_id, session_id, seq, resume_url, noted_at)"
            " SELECT n.shard, n.session, n.seq, n.url, clock_timestamp() FROM unnest(CAST(%s AS BIGINT[]),"
            " CAST(%s AS BIGINT[]), CAST(%s AS TEXT[]), CAST(%s AS BIGINT[]), CAST(%s AS TEXT[]))"
            " AS n (shard, epoch, session, seq, url)"
            " JOIN cluster_shards s ON s.id = n.shard AND s.epoch = n.epoch AND s.owner = %s"
            " ON CONFLICT (shard_id) DO UPDATE SET session_id = excluded.session_id, seq = excluded.seq,"
            " resume_url = excluded.resume_url, noted_at = excluded.noted_at",
            shards,
            [epochs[shard] for shard in shards],
            [one.id for one in told],
            [one.seq for one in told],
            [one.url for one in told],
            self.id,
        )

    def forget_session(self, shard: int) -> None:
        """Forget a session that Discord takes up no more."""
        self._execute("DELETE FROM cluster_sessions WHERE shard_id = %s", shard)

    def wait_to_identify(self, shard: int, concurrency: int) -> float:
        """Take the next turn of the shard's bucket; return in how many seconds it is.

        That is behind all others at most: a clock that was set back makes nobody wait for longer.
        """
        return float(
            self._one(
                "INSERT INTO cluster_identifies AS i (bucket, free_at) VALUES (%s, clock_timestamp() + %s)"
                " ON CONFLICT (bucket) DO UPDATE SET free_at = least(greatest(i.free_at, clock_timestamp()),"
                " clock_timestamp() + %s * (SELECT shard_count / %s + 1 FROM cluster_state)) + %s"
                " RETURNING CAST(extract(epoch FROM i.free_at - %s - clock_timestamp()) AS FLOAT8)",
                shard % concurrency,
                _SPACING,
                _SPACING,
                concurrency,
                _SPACING,
                _SPACING,
            )
        )

    def take_start(self) -> bool:
        """Count one session that is begun; False when Discord has said that there are no more."""
        cursor = self._execute(
            "UPDATE cluster_state SET sessions_left = sessions_left - 1 WHERE sessions_left > 0"
        )
        return bool(cursor.rowcount)

    def sessions_left(self) -> int:
        """Return how many sessions may be begun today, as far as is known."""
        return int(self._one("SELECT coalesce(max(sessions_left), 0) FROM cluster_state"))

    def note_sessions_left(self, left: int) -> None:
        """Note how many sessions Discord still lets the bot begin today."""
        self._execute("UPDATE cluster_state SET sessions_left = %s, told_at = clock_timestamp()", left)

    # ------------------------------------------------------------------------------------------ the parts

    def _session(self, tx: Any, shard: int) -> Session | None:
        row = tx.execute(
            "SELECT session_id, seq, resume_url FROM cluster_sessions WHERE shard_id = %s", (shard,)
        ).fetchone()
        return Session(*row) if row else None

    @contextmanager
    def _tx(self) -> Iterator[psycopg.Connection[Any]]:
        connection = self._connected()
        with connection.transaction():
            yield connection

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            self.open()
        assert self._connection is not None  # noqa: S101 - opened a line before
        return self._connection

    def _execute(self, query: str, *parameters: Any) -> psycopg.Cursor[Any]:
        return self._connected().execute(query.encode(), parameters)

    def _one(self, query: str, *parameters: Any) -> Any:
        row = self._execute(query, *parameters).fetchone()
        assert row is not None  # noqa: S101 - each of these queries gives one
        return row[0]


def _take_time(tx: Any) -> None:
    """Have no hurry in this transaction: whoever begins is busy with much else."""
    tx.execute("SET LOCAL lock_timeout = 0")
    tx.execute("SET LOCAL statement_timeout = 0")
    tx.execute("SET LOCAL idle_in_transaction_session_timeout = 15000")


def _idle(lease: timedelta) -> int:
    """Return for how many milliseconds a transaction may stand still: a stopped process's."""
    return max(250, int(lease.total_seconds() * 1000 / 3))


def require(tx: Any, held: Sequence[tuple[int, int]]) -> None:
    """Raise `LeaseLost` unless each of these shards is held under that epoch, until this transaction ends."""
    rows = tx.execute(
        "SELECT s.id FROM cluster_shards s JOIN unnest(CAST(%s AS BIGINT[]), CAST(%s AS BIGINT[]))"
        " AS n (id, epoch) ON s.id = n.id AND s.epoch = n.epoch WHERE s.owner IS NOT NULL FOR SHARE OF s",
        ([shard for shard, _ in held], [epoch for _, epoch in held]),
    ).fetchall()
    if len(rows) < len(held):
        raise LeaseLost(f"of {len(held)} shards {len(held) - len(rows)} are not ours any more")


def read_status(url: str) -> Status | None:
    """Return what the database says of its cluster; None where no process has ever joined one.

    Raises `NotRead`, with what the database says, when it cannot be asked.
    """
    import psycopg

    try:
        return _read_status(url)
    except psycopg.Error as error:
        raise NotRead(f"the database cannot be asked: {' '.join(str(error).split())}") from error


def _read_status(url: str) -> Status | None:
    import psycopg

    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        if connection.execute("SELECT to_regclass('cluster_state')").fetchall() == [(None,)]:
            return None
        state = connection.execute(
            "SELECT shard_count, generation, sessions_left FROM cluster_state"
        ).fetchone()
        members = connection.execute(
            "SELECT id, name, number, release, is_leaving,"
            " CAST(extract(epoch FROM clock_timestamp() - since) AS FLOAT8),"
            " CAST(extract(epoch FROM until - clock_timestamp()) AS FLOAT8)"
            " FROM cluster_members ORDER BY number"
        ).fetchall()
        shards = connection.execute(
            "SELECT s.id, s.owner, s.epoch,"
            " CAST(extract(epoch FROM clock_timestamp() - s.claimed_at) AS FLOAT8), n.seq,"
            " CAST(extract(epoch FROM clock_timestamp() - n.noted_at) AS FLOAT8)"
            " FROM cluster_shards s LEFT JOIN cluster_sessions n ON n.shard_id = s.id ORDER BY s.id"
        ).fetchall()
    if state is None:
        return None
    names = {row[0]: row[1] for row in members}
    count, generation, sessions_left = state
    return Status(
        count,
        generation,
        sessions_left,
        members=[
            MemberStatus(
                name, number, release, is_leaving, age, left, [one[0] for one in shards if one[1] == member]
            )
            for member, name, number, release, is_leaving, age, left in members
        ],
        shards=[ShardStatus(row[0], names.get(row[1]), *row[2:]) for row in shards],
    )
