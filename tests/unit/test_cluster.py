"""The rules of several processes: laws that hold for any view and any order of events."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.cluster.leases import Holding, Member, Plan, View, lowest_free, plan
from bot.cluster.shards import WHOLE, Part, shard_of
from bot.cluster.shares import share

_LEFT = st.timedeltas(timedelta(seconds=-10), timedelta(seconds=10))


@st.composite
def views(draw: st.DrawFn) -> View:
    """Any view: members alive, leaving, gone and expired, and shards that they, others and nobody hold."""
    ids = draw(st.lists(st.integers(1, 40), unique=True, min_size=1, max_size=8))
    members = [
        Member(
            one,
            f"m{one}",
            number,
            left=draw(_LEFT),
            is_leaving=draw(st.booleans()),
            is_gone=draw(st.booleans()),
        )
        for number, one in enumerate(ids)
    ]
    owners = st.one_of(st.none(), st.sampled_from(ids), st.integers(41, 50))
    shards = draw(st.integers(0, 20))
    holdings = [Holding(shard, draw(owners), draw(st.integers(0, 5))) for shard in range(shards)]
    return View(members, draw(st.permutations(holdings)), draw(st.booleans()))


def living(view: View) -> list[Member]:
    """Return who is not dead for anybody that looks."""
    return [one for one in view.members if not one.is_gone and not (view.may_judge and one.is_expired)]


def after(view: View, plans: dict[int, Plan]) -> View:
    """Return the view when all have done what they planned."""
    dead = {one.id for made in plans.values() for one in made.dead}
    owners = {one.shard: one.owner if one.owner not in dead else None for one in view.holdings}
    epochs = {one.shard: one.epoch for one in view.holdings}
    for me, made in plans.items():
        for shard in made.releases:
            owners[shard] = None
        for claim in made.claims:
            owners[claim.shard] = me
            epochs[claim.shard] += 1
    return View(
        [one for one in view.members if one.id not in dead],
        [Holding(shard, owner, epochs[shard]) for shard, owner in owners.items()],
        view.may_judge,
    )


@given(views())
def test_no_shard_is_claimed_twice_or_from_the_living(view: View) -> None:
    """Whoever claims in the same moment claims other shards, and none that a living member holds."""
    alive = {one.id for one in living(view)}
    claimed = [claim for me in alive for claim in plan(view, me).claims]
    assert len({one.shard for one in claimed}) == len(claimed)
    assert all(one.owner not in alive for one in claimed)


@given(views())
def test_two_beats_bring_all_into_order(view: View) -> None:
    """When all have looked twice, no shard is without an owner, and no two parts differ by more than one."""
    for _ in range(2):
        view = after(view, {one.id: plan(view, one.id) for one in living(view)})
    staying = [one.id for one in living(view) if not one.is_leaving]
    if not staying:
        return
    held = {me: [one.shard for one in view.holdings if one.owner == me] for me in staying}
    leaving = [one for one in view.holdings if one.owner not in staying]
    assert all(any(one.owner == who.id for who in living(view)) for one in leaving)
    if not leaving:
        assert max(map(len, held.values())) - min(map(len, held.values())) <= 1
        assert not any(plan(view, me) for me in staying), "what is in order is left alone"


@given(views())
def test_what_may_stay_stays(view: View) -> None:
    """Nobody hands over more than they hold beyond their part, nor claims while they do."""
    for one in living(view):
        made = plan(view, one.id)
        mine = {holding.shard for holding in view.holdings if holding.owner == one.id}
        assert set(made.releases) <= mine
        assert not (made.claims and made.releases)
        if made.releases:
            staying = sum(not other.is_leaving for other in living(view))
            assert len(mine) - len(made.releases) >= len(view.holdings) // staying


@given(views())
def test_who_is_judged_dead(view: View) -> None:
    """A lease that ended tells nothing while the database itself was away; a connection that is gone does."""
    for one in view.members:
        for dead in plan(view, one.id).dead:
            assert dead.is_gone or (view.may_judge and dead.is_expired)
            assert dead.id != one.id


def test_whoever_was_judged_does_nothing() -> None:
    """A member whose row was deleted plans nothing: it has to join anew."""
    view = View([Member(1, "a", 0)], [Holding(0, None, 0)], may_judge=True)
    assert not plan(view, 2)


def test_a_dead_ones_shards_are_divided() -> None:
    """Of four shards of a dead member, two others take two each, at once."""
    members = [Member(1, "a", 0), Member(2, "b", 1), Member(3, "c", 2, is_gone=True)]
    owners = [1, 1, 2, 2, 3, 3, 3, 3]
    view = View(members, [Holding(shard, owner, 1) for shard, owner in enumerate(owners)], may_judge=False)
    assert [one.shard for one in plan(view, 1).claims] == [4, 5]
    assert [one.shard for one in plan(view, 2).claims] == [6, 7]


def test_a_standby_waits() -> None:
    """With one shard and two members, one holds it and the other nothing, and it stays so."""
    view = View([Member(1, "a", 0), Member(2, "b", 1)], [Holding(0, 2, 4)], may_judge=True)
    assert not plan(view, 1)
    assert not plan(view, 2)


@given(st.integers(1, 200), st.integers(1, 300), st.data())
def test_shares_add_up(most: int, count: int, data: st.DataObject) -> None:
    """However the shards are divided, the requests of all are what Discord allows."""
    owners = data.draw(st.lists(st.integers(0, 5), min_size=count, max_size=count))
    parts = [[shard for shard, owner in enumerate(owners) if owner == me] for me in set(owners)]
    shares = [share(most, part, count) for part in parts]
    least = sum(one == 1 for one in shares)
    assert sum(shares) <= most + least
    assert share(most, range(count), count) == most


@given(st.integers(0, 2**63 - 1), st.integers(1, 2000))
def test_a_home_has_one_shard(home_id: int, count: int) -> None:
    """Each id belongs to one shard of as many as there are, by Discord's formula."""
    shard = shard_of(home_id, count)
    assert 0 <= shard < count
    assert Part.of([shard], count).holds(home_id)
    assert not Part.of(set(range(count)) - {shard}, count).holds(home_id)
    assert WHOLE.holds(home_id)


def test_what_has_no_server_is_on_the_first_shard() -> None:
    """Direct messages come to shard 0, and so does what belongs to everybody."""
    assert shard_of(None, 7) == shard_of(0, 7) == 0
    assert shard_of(41771983423143937, 16) == (41771983423143937 >> 22) % 16


@given(st.lists(st.integers(0, 20), unique=True))
def test_numbers_are_reused(numbers: list[int]) -> None:
    """A new member takes the smallest number that nobody has."""
    number = lowest_free(numbers)
    assert number not in numbers
    assert set(range(number)) <= set(numbers)
