"""Handing shards over while the database fails: whoever has begun to ends it."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, cast

import psycopg
import pytest

from bot.cluster.leases import Holding, Member, Plan, Session, View
from bot.cluster.shards import Part
from bot.services.cluster import Cluster
from bot.store.ownership import Ownership
from bot.store.postgres.leases import Claimed

ME, OTHER = 1, 2


class Leases:
    """A database that holds two shards; what is to fail stands in `fails`."""

    id = ME
    is_open = True

    def __init__(self) -> None:
        self.members = [ME]
        self.owners: dict[int, int | None] = {0: None, 1: None}
        self.fails = ""
        self.failure: Exception = ConnectionError("lost")

    def renew(self) -> bool:
        """Say that we are a member still."""
        return True

    def view(self) -> View:
        """Return who holds what."""
        members = [Member(one, f"m{one}", one, left=timedelta(1)) for one in self.members]
        return View(members, [Holding(shard, owner, 1) for shard, owner in self.owners.items()], True)

    def carry_out(self, made: Plan) -> list[Claimed]:
        """Let us have what we claim."""
        self.owners |= {one.shard: ME for one in made.claims}
        return [Claimed(one.shard, 1, None) for one in made.claims]

    def note_sessions(self, *_: object) -> None:
        """Note at which event the sessions are."""
        self._may_fail("note_sessions")

    def release(self, shards: Collection[int]) -> None:
        """Have shards be nobody's."""
        self._may_fail("release")
        self.owners |= dict.fromkeys(shards)

    def _may_fail(self, name: str) -> None:
        if name == self.fails:
            self.fails = ""
            raise self.failure


class Line:
    """Connections to Discord: those that are heard."""

    def __init__(self, leases: Leases) -> None:
        self.heard: set[int] = set()
        self.fails = ""  # of the leases, once it is quiet
        self._leases = leases
        self._events = 0

    async def connect(self, shard: int, _: Session | None) -> None:
        """Hear a shard."""
        self.heard.add(shard)

    def hush(self, shards: Collection[int]) -> None:
        """Hear shards no more."""
        self.heard.difference_update(shards)

    async def settle(self, shards: Collection[int]) -> None:
        """Have answered all, which takes us to a later event."""
        self._events += 1
        self._leases.fails, self.fails = self.fails, ""

    async def cut(self, shards: Collection[int]) -> None:
        """Close the connections."""
        self.hush(shards)

    def sessions(self) -> Mapping[int, Session]:
        """Return a session for each shard that is led."""
        return {shard: Session("s", self._events, "") for shard in (0, 1)}

    def share_requests(self, part: Part) -> None:
        """Make as many requests as belong to it."""


@pytest.mark.parametrize("step", ["note_sessions", "release"])
async def test_a_hand_over_that_failed_is_ended_by_the_next_beat(step: str) -> None:
    """A shard that was to be handed over, and is to stay after all, is led again, as nobody else may."""
    leases, ownership = Leases(), Ownership()
    line, ownership.count = Line(leases), 2
    cluster = Cluster(cast("Any", leases), timedelta(hours=1), ownership)
    cluster.serve(line)

    async def beat() -> None:
        await cluster._beat()
        if cluster._mover is not None:
            await cluster._mover

    await beat()
    assert line.heard == {0, 1}
    leases.members, line.fails = [ME, OTHER], step
    with pytest.raises(ConnectionError):
        await beat()
    leases.members = [ME]
    for _ in range(2):
        await beat()
    assert leases.owners == {0: ME, 1: ME}
    assert line.heard == ownership.part.shards == {0, 1}


@pytest.mark.parametrize("step", ["note_sessions", "release"])
async def test_a_hand_over_that_waits_for_a_lock_is_told_in_a_line(
    step: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What passes by itself is a warning without a traceback, and a later beat hands over."""
    leases, ownership = Leases(), Ownership()
    line, ownership.count = Line(leases), 2
    cluster = Cluster(cast("Any", leases), timedelta(hours=1), ownership)
    cluster.serve(line)
    await cluster._beat()
    leases.members, line.fails = [ME, OTHER], step
    leases.failure = psycopg.errors.LockNotAvailable("canceling statement due to lock timeout\nCONTEXT: so")
    await cluster._beat()
    [told] = [record for record in caplog.records if record.levelname != "INFO"]
    assert told.levelname == "WARNING"
    assert told.getMessage() == "shards 1 are handed over later: canceling statement due to lock timeout"
    assert told.exc_info is None
    await cluster._beat()
    assert leases.owners == {0: ME, 1: None}
