"""What answers add up to on a board."""

from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.day import days_running
from bot.quiz.totals import Gain, Total

ANSWERS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 1), st.integers(0, 50)), min_size=1, max_size=12
)


@given(ANSWERS, st.data())
def test_order_and_portions_do_not_matter(answers: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """Answers make the same total in any order and in any portions."""
    shuffled = data.draw(st.permutations(answers))
    cut = data.draw(st.integers(0, len(answers)))
    assert total_of(answers) == total_of(shuffled[:cut], shuffled[cut:])


def test_points_are_reached_with_the_last_answer_that_brings_some() -> None:
    """Among equals comes first who had the points first: wrong answers later change nothing."""
    assert total_of([(5, 1, 10), (0, 0, 30), (7, 1, 20)]).reached_at == 20


def test_before_points_the_first_answer_counts() -> None:
    """Who has no points yet came with the first answer."""
    assert total_of([(0, 0, 30), (0, 0, 10)]).reached_at == 10


def test_a_run_grows_by_one_and_begins_anew() -> None:
    """A question answered after the one before makes the run longer; after a gap it begins at one."""
    assert [days_running(None), days_running(1), days_running(41)] == [1, 2, 42]


def total_of(*portions: list[tuple[int, int, int]]) -> Total:
    """Return the total of these portions, added one after another."""
    whole = Total()
    for portion in portions:
        gain = Gain()
        for points, is_right, at in portion:
            gain.add(points, is_right, at)
        if portion:
            whole.take(gain)
    return whole
