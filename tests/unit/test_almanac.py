"""Which fact belongs to which day."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiz.almanac import Almanac, stands_alone
from bot.quiz.question import Fact, Source, Verdict

TODAY = date(2026, 11, 22)
SOURCE = Source("An article", "A paper", "2019-01-03", (1,), Verdict.SUPPORTED)
topics = st.lists(st.sampled_from("abcde"), min_size=1, max_size=40)


def almanac(of_topics: list[str]) -> Almanac:
    """Return the almanac of one fact for each of the topics."""
    facts = {
        f"{topic}{place}": Fact(f"{topic}{place}", topic, 1, f"Statement {place}.", "", SOURCE)
        for place, topic in enumerate(of_topics)
    }
    return Almanac(facts)


def days(count: int) -> list[date]:
    """Return so many days from today on."""
    return [TODAY + timedelta(days=day) for day in range(count)]


@given(topics)
def test_each_day_has_one_fact_and_a_turn_has_them_all(of_topics: list[str]) -> None:
    """Everybody gets the same fact on a day; none comes twice in a turn or on two days running."""
    count = len(of_topics)
    span = days(3 * count + 2)
    facts = [almanac(of_topics).fact_of(day) for day in span]
    first = almanac(of_topics)
    assert facts == [first.fact_of(day) for day in span]
    start = next(i for i, day in enumerate(span) if day.toordinal() % count == 0)
    assert len(set(facts[start : start + count])) == count
    if count > 2:
        assert all(one != other for one, other in pairwise(facts))


@given(topics)
def test_no_topic_comes_on_two_days_running(of_topics: list[str]) -> None:
    """As long as no topic has half of the facts, two days never have the same one."""
    if max(Counter(of_topics).values()) * 2 < len(of_topics):
        book = almanac(of_topics)
        assert all(one[0] != other[0] for one, other in pairwise(map(book.fact_of, days(100))))


@given(topics, st.integers(0, 60), st.sampled_from([None, *"abcde"]))
def test_a_server_has_every_fact_before_any_comes_again(
    of_topics: list[str], start: int, topic: str | None
) -> None:
    """Posts of one server, on one topic or on all, go through all that there is before they begin anew."""
    book = almanac(of_topics)
    pool = [one for one in of_topics if topic in (None, one)]
    assert book.has(topic) == bool(pool)
    if not pool:
        return
    had: list[str] = []
    recent: list[str] = []
    for day in days(3 * len(pool)):
        chosen = book.choose(day + timedelta(days=start), had=had, recent=recent, topic=topic)
        assert chosen.begins_anew == (len(had) == len(pool))
        had = [chosen.fact_id] if chosen.begins_anew else [*had, chosen.fact_id]
        assert topic in (None, chosen.fact_id[0])
        if len(pool) > 1 and recent:
            assert chosen.fact_id != recent[0]
        recent = [chosen.fact_id, *recent]
    assert Counter(recent) == dict.fromkeys(set(recent), 3)


def test_a_topic_makes_room_for_another_while_there_is_one() -> None:
    """A server that had the day's topic yesterday gets another one, and the day's own fact later."""
    book = almanac(["a", "a", "b"])
    own = book.fact_of(TODAY)
    other = book.choose(TODAY, had=[], recent=[f"{own[0]}0"] if own[0] == "a" else ["b2"]).fact_id
    assert other[0] != own[0]
    assert book.choose(TODAY, had=[other, *book.on_topic(other[0])], recent=[other]).fact_id == own


@pytest.mark.parametrize(
    ("statement", "is_clear"),
    [
        ("It was named after a rabbit.", False),
        ("They flew on to the Moon.", False),
        ("This crater is 186 km wide.", False),
        ("The same orbit was used again.", False),
        ("Itokawa is an asteroid.", True),
        ("Theia hit the Earth.", True),
        ("The Moon is 384,400 km away.", True),
    ],
)
def test_a_fact_that_leans_on_another_belongs_to_no_day(statement: str, is_clear: bool) -> None:
    """What only makes sense after something else is left to /fact search."""
    assert stands_alone(statement) is is_clear
    clear = Fact("clear", "a", 1, "The Moon has craters.", "", SOURCE)
    book = Almanac({"clear": clear, "other": Fact("other", "a", 1, statement, "", SOURCE)})
    assert ("other" in set(map(book.fact_of, days(4)))) is is_clear
    assert Almanac({"other": Fact("other", "a", 1, statement, "", SOURCE)}).fact_of(TODAY) == "other"
