"""Equals share a rank wherever somebody stands in an order."""

from bot.quiz.ranks import ranks


def test_equals_share_a_rank_and_the_next_counts_everybody_above() -> None:
    """Of four of whom two are equal the last is fourth."""
    assert [*ranks([30, 20, 20, 10])] == [1, 2, 2, 4]
    assert [*ranks([])] == []


def test_a_page_goes_on_where_the_one_before_it_ended() -> None:
    """The first of a page may share the rank of those before it; the next ones count those, too."""
    assert [*ranks([20, 20, 10, 5], before=10, first=9)] == [9, 9, 13, 14]
    assert [*ranks([20, 10], before=10)] == [11, 12]
