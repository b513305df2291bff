"""Ids made by processes: in order, unique, and telling when they were made."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.store.ids import EPOCH, IdMaker, first_of, made_at
from tests.fakes import START

MILLISECOND = timedelta(milliseconds=1)
instants = st.integers(0, 20_000).map(lambda number: START + number * MILLISECOND)


@given(st.lists(instants, min_size=2, max_size=200), st.integers(0, 1023))
def test_the_later_is_the_greater(at: list[datetime], shard: int) -> None:
    """Whatever the clock does, each id is greater than all before it, and not made before its time."""
    maker = IdMaker(shard)
    made = [maker.make(one) for one in at]
    assert made == sorted(set(made))
    assert all(made_at(one) >= when for one, when in zip(made, at, strict=True))


@given(st.lists(st.tuples(instants, st.integers(0, 5)), max_size=100))
def test_processes_never_make_the_same(made_by: list[tuple[datetime, int]]) -> None:
    """Ids of several processes are all different, however their clocks stand."""
    makers = [IdMaker(shard) for shard in range(6)]
    made = [makers[shard].make(at) for at, shard in made_by]
    assert len(set(made)) == len(made)


@given(st.lists(instants, min_size=1, max_size=50), instants, st.integers(0, 1023), st.integers(0, 1023))
def test_above_what_another_process_made(before: list[datetime], at: datetime, one: int, other: int) -> None:
    """Whoever takes over a home goes on above its ids, though its own clock is behind."""
    maker = IdMaker(one)
    latest = max(maker.make(when) for when in before)
    assert IdMaker(other).make(at, above=latest) > latest


def test_more_than_a_millisecond_holds() -> None:
    """What does not fit into a millisecond any more goes into the next one."""
    maker = IdMaker(7)
    made = [maker.make(START) for _ in range(10_000)]
    assert made == sorted(set(made))
    assert made_at(made[-1]) == START + 2 * MILLISECOND


@given(instants, st.integers(0, 1023))
def test_they_tell_their_time(at: datetime, shard: int) -> None:
    """An id lies between the first ids of its millisecond and of the next, and fits what it is kept in."""
    made = IdMaker(shard).make(at)
    assert first_of(at) <= made < first_of(at + MILLISECOND)
    assert made_at(made) == at
    assert len(str(made)) == 19
    assert IdMaker(1023).make(EPOCH + timedelta(days=365 * 69)) < 2**63
