"""Leases on a real PostgreSQL: who holds what, by the database's clock and locks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.cluster.leases import Plan, Session, plan
from bot.store.postgres.leases import Claimed, LeaseLost, Leases, require
from tests.postgres import PostgreSQL

psycopg = pytest.importorskip("psycopg")

LEASE = timedelta(seconds=30)  # no test waits for one to end
HOUR = timedelta(hours=1)
AT_ONCE = timedelta(microseconds=1)


SET_CLOCK = """
CREATE TABLE IF NOT EXISTS shown (ahead INTERVAL NOT NULL);
DELETE FROM shown;
INSERT INTO shown VALUES (%s);
CREATE OR REPLACE FUNCTION clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE sql VOLATILE AS
    'SELECT pg_catalog.clock_timestamp() + ahead FROM shown';
"""


def set_clock(url: str, ahead: timedelta) -> None:
    """Set the clock that a database goes by; who connects from now on finds it before the server's own."""
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(SET_CLOCK, (ahead,))
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET search_path = public, pg_catalog")


class Members:
    """Processes of a cluster of four shards, each with a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._all: list[Leases] = []

    def join(self, name: str, lease: timedelta = LEASE) -> Leases:
        """Have a process join."""
        one = Leases(self.url, name, "1.0", lease)
        one.open()
        one.prepare()
        one.join()
        one.agree(4, 1000)
        self._all.append(one)
        return one

    def close(self) -> None:
        """Close what is open."""
        for one in self._all:
            one.close()


@pytest.fixture
def members(postgres: PostgreSQL) -> Iterator[Members]:
    """A cluster without members, in a database of its own."""
    made = Members(postgres.fresh())
    yield made
    made.close()


def beat(one: Leases) -> tuple[Plan, list[Claimed]]:
    """Do what a process does four times a second."""
    assert one.renew()
    made = plan(one.view(), one.id)
    claimed = one.carry_out(made)
    one.release(made.releases)
    return made, claimed


def beat_until_gone(one: Leases) -> tuple[Plan, list[Claimed]]:
    """Beat until somebody is found dead: a server takes a moment to see that a connection was closed."""
    for _ in range(1000):
        made, claimed = beat(one)
        if made.dead:
            return made, claimed
    raise AssertionError("nobody is found dead")


def held(one: Leases) -> dict[int, int]:
    """Return the shards of a process, with their epochs."""
    return {row.shard: row.epoch for row in one.view().holdings if row.owner == one.id}


def test_shards_are_divided(members: Members) -> None:
    """One alone holds all; when another joins, each ends with half, and what moves is claimed anew."""
    a = members.join("a")
    beat(a)
    assert held(a) == {0: 1, 1: 1, 2: 1, 3: 1}
    b = members.join("b")
    assert not beat(b)[1]
    beat(a)
    assert [one.shard for one in beat(b)[1]] == [2, 3]
    assert held(a) == {0: 1, 1: 1}
    assert held(b) == {2: 2, 3: 2}
    assert a.number != b.number


def test_who_is_gone_is_followed_at_once(members: Members) -> None:
    """A closed connection is seen long before the lease ends, and its session is handed on."""
    a, b = members.join("a"), members.join("b")
    beat(a)
    beat(b)
    a.note_sessions({0: Session("s", 7, "ws://there")}, held(a))
    a.close()
    made, claimed = beat_until_gone(b)
    assert [(one.name, one.is_gone) for one in made.dead] == [("a", True)]
    assert {one.shard: one.session for one in claimed} == {0: Session("s", 7, "ws://there"), 1: None}
    assert held(b) == {0: 2, 1: 2, 2: 1, 3: 1}


def test_who_is_silent_is_followed_when_the_lease_ends(members: Members) -> None:
    """A process that hangs keeps its connection; its lease tells, and it is no member afterwards."""
    a, b = members.join("a", AT_ONCE), members.join("b", AT_ONCE)
    made = plan(b.view(), b.id)
    assert [(one.name, one.is_gone) for one in made.dead] == [("a", False)]
    b.carry_out(made)
    assert not a.renew()
    assert plan(a.view(), a.id) == Plan()


def test_a_restart_of_the_server_tells_nothing_of_its_members(members: Members, postgres: PostgreSQL) -> None:
    """All locks are free after it, and nobody is taken for gone: who comes back first takes nothing."""
    a, b = members.join("a"), members.join("b")
    beat(a)
    beat(b)
    before = held(a), held(b)
    postgres.restart()
    with pytest.raises(psycopg.Error):
        b.renew()
    b.open()
    made, claimed = beat(b)
    assert not made.dead
    assert not claimed
    a.open()
    assert not beat(a)[0]
    assert (held(a), held(b)) == before
    a.close()
    assert [one.name for one in beat_until_gone(b)[0].dead] == ["a"], (
        "it has beaten since: its lock tells again"
    )


def test_a_group_of_writes_holds_its_leases(members: Members) -> None:
    """What is written under a lease that was lost is refused, and a claim waits for what is being written."""
    a = members.join("a")
    beat(a)
    with psycopg.connect(members.url) as writer, writer.transaction():
        require(writer, list(held(a).items()))
        b = members.join("b")
        a.close()
        made, claimed = beat_until_gone(b)
        assert len(made.claims) == 4
        assert not claimed, "the transaction of the dead one is under way"
    assert len(beat(b)[1]) == 4
    with pytest.raises(LeaseLost), psycopg.connect(members.url) as zombie:
        require(zombie, [(0, 1)])


def test_what_was_released_is_not_written(members: Members) -> None:
    """Between a hand-over and the next claim nobody writes for a shard."""
    a = members.join("a")
    beat(a)
    a.release([2])
    with psycopg.connect(members.url) as writer:
        require(writer, [(1, 1), (3, 1)])
        with pytest.raises(LeaseLost):
            require(writer, [(1, 1), (2, 1)])


def test_sessions_are_noted_by_their_holder_alone(members: Members) -> None:
    """Whoever has lost a shard does not write over the session of whoever leads it now."""
    a = members.join("a")
    beat(a)
    before = held(a)
    a.note_sessions({1: Session("old", 1, "ws://there")}, before)
    b = members.join("b")
    a.close()
    beat_until_gone(b)
    b.note_sessions({1: Session("new", 9, "ws://there")}, held(b))
    a.open()
    a.note_sessions({1: Session("old", 2, "ws://there")}, before)
    b.release([1])
    [claim] = beat(b)[1]
    assert claim.session == Session("new", 9, "ws://there")


def test_identifies_take_turns(members: Members) -> None:
    """Of one bucket each waits at least five seconds longer than the one before; another bucket is free."""
    a, b = members.join("a"), members.join("b")
    waits = [one.wait_to_identify(shard, 2) for one, shard in ((a, 0), (b, 2), (a, 4), (b, 1))]
    assert [int(max(0.0, wait) / 5) for wait in waits] == [0, 1, 2, 0]


@pytest.mark.parametrize("by", [-HOUR, HOUR])
def test_a_server_whose_clock_is_set_tells_nobody_dead(members: Members, by: timedelta) -> None:
    """Set in the midst, its clock ends no lease, and lets no shard wait for hours to begin a session."""
    set_clock(members.url, timedelta(0))
    a, b = members.join("a"), members.join("b")
    for one in (a, b, a, b):
        beat(one)
    a.wait_to_identify(0, 1)
    before = held(a), held(b)
    set_clock(members.url, by)
    assert not beat(b)[0]
    assert not beat(a)[0]
    assert (held(a), held(b)) == before
    assert b.wait_to_identify(1, 1) < 60


def test_a_server_whose_clock_was_ahead_when_it_started(members: Members) -> None:
    """Put right since, it still tells who is silent."""
    set_clock(members.url, -HOUR)
    members.join("a", AT_ONCE)
    b = members.join("b", AT_ONCE)
    assert [one.name for one in plan(b.view(), b.id).dead] == ["a"]


def test_the_number_of_shards_is_agreed_on(members: Members) -> None:
    """What is advised later holds only once nobody else is there; then all begins anew."""
    a, b = members.join("a"), members.join("b")
    assert b.agree(6, 1000) == (4, 1)
    beat(a)
    a.close()
    beat_until_gone(b)
    assert b.agree(6, 1000) == (6, 2)
    _, claimed = beat(b)
    assert [one.shard for one in claimed] == list(range(6))
