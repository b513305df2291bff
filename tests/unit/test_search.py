"""Finding facts by a few words."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput, NotFound
from bot.quiz.question import Fact, Source, Verdict
from bot.quiz.search import TextIndex
from bot.services.facts import FactsService
from bot.services.schedules import Almanacs
from tests.laws import tried

STATEMENTS = {
    "far-side": "The far side of the Moon always faces away from Earth.",
    "luna-3": "Luna 3 took the first photographs of the far side in 1959.",
    "karman": "Von Kármán is a crater on the far side, 180 km wide.",
    "distance": "The Moon is 384,400 km away on average.",
    "apollo": "Apollo 11 landed in 1969, Apollo 17 in 1972.",
    "change": "Chang'e 4 landed in the Von Kármán crater.",
    "ice": "Ice lies in craters that sunlight never reaches.",
}

TEXTS = {key: (text,) for key, text in STATEMENTS.items()}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("far side away", "far-side"),
        ("photographs", "luna-3"),
        ("photograph 1959", "luna-3"),
        ("von karman wide", "karman"),
        ("Kármán km", "karman"),
        ("384400", "distance"),
        ("384,400 km", "distance"),
        ("1972", "apollo"),
        ("apolo", "apollo"),
        ("fotographs", "luna-3"),
        ("pho", "luna-3"),
        ("ph", "luna-3"),
        ("change 4", "change"),
        ("Chang'e", "change"),
        ("sunligth", "ice"),
        ("where is the ice?", "ice"),
        ("distan", None),
        ("photog", "luna-3"),
    ],
)
def test_a_few_words_find_the_text(query: str, first: str | None) -> None:
    """Words in any order, with slips, without accents, or only begun, find the text that has them."""
    found = TextIndex(TEXTS).search(query, 3)
    assert (found[0] if found else None) == first


def test_a_written_word_is_not_taken_for_another() -> None:
    """`crater` is a word of the bank, so it does not find `rather`, however rare that is."""
    index = TextIndex({"a": ("One crater.",), "b": ("Two craters.",), "c": ("It is rather unique.",)})
    assert set(index.search("crater", 5)) == {"a", "b"}
    assert index.search("cratre", 5)[:2] in (["a", "b"], ["b", "a"])


def test_a_number_is_not_forgiven() -> None:
    """Another number is another thing: 1968 does not find what happened in 1969."""
    assert TextIndex(TEXTS).search("1968", 5) == []


def test_texts_with_more_of_the_words_come_first() -> None:
    """Who types two words wants both."""
    found = TextIndex(TEXTS).search("crater far", 5)
    assert found[0] == "karman"


def test_what_a_text_says_first_weighs_most() -> None:
    """A word in the statement counts for more than the same word in an explanation."""
    index = TextIndex(
        {"beside": ("The lander.", "It carried a rover."), "about": ("The rover.", "It drove.")}
    )
    assert index.search("rover", 2) == ["about", "beside"]


@tried(40)
@given(st.text(max_size=60))
def test_any_query_is_answered(query: str) -> None:
    """Whatever is typed, the search ends and returns texts that exist, none twice."""
    found = TextIndex(TEXTS).search(query, 3)
    assert len(found) == len(set(found)) <= 3
    assert set(found) <= set(TEXTS)


@given(st.sampled_from(sorted(TEXTS)))
def test_a_text_finds_itself(key: str) -> None:
    """The whole of a text, typed as a query, finds that text first."""
    assert TextIndex(TEXTS).search(STATEMENTS[key], 1) == [key]


@dataclass
class Shelf:
    """A bank of facts alone, on a shelf of its own."""

    facts: dict[str, Fact]

    @property
    def topics(self) -> dict[str, str]:
        """Return one title."""
        return {"moon": "The Moon"}

    @property
    def bank(self) -> "Shelf":
        """Return itself."""
        return self


def service(count: int) -> FactsService:
    """Return the service with so many facts."""
    source = Source("An article", "A paper", "2019-01-03", (1,), Verdict.SUPPORTED)
    shelf = Shelf(
        {f"f{n}": Fact(f"f{n}", "moon", 1, f"Statement {n} of ice.", "", source) for n in range(count)}
    )
    return FactsService(shelf, Almanacs(shelf))


async def test_a_search_without_result_says_what_to_try() -> None:
    """Nothing found, or nothing typed, is answered with a way on."""
    with pytest.raises(NotFound, match="/fact random"):
        await service(3).search("zeppelin", 5)
    with pytest.raises(BadInput, match="/fact search"):
        await service(3).search("  ", 5)
    with pytest.raises(NotFound, match="/quiz solo"):
        await service(0).search("ice", 5)
    assert len(await service(3).search("ice", 2)) == 2


@pytest.mark.parametrize(
    ("on", "moon"), [(date(2026, 11, 24), "🌕"), (date(2026, 12, 8), "🌑"), (date(2026, 12, 13), "🌒")]
)
async def test_a_night_has_the_moon_that_it_has(on: date, moon: str) -> None:
    """The emoji of a day's fact is the phase of that night's Moon."""
    assert await service(1).night(on) == (on, moon)


async def test_a_fact_is_found_by_what_a_suggestion_shows() -> None:
    """A statement that was cut for a suggestion, sent as it was shown, finds its fact."""
    [fact] = await service(3).search("Statement 1 o…", 5)
    assert fact.id == "f1"
