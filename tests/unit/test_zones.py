"""Time zones by the names that people type."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.services.zones import find_zone, search_zones

SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("US/Eastern", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        (" BERLIN ", "Europe/Berlin"),
        ("Berln", "Europe/Berlin"),
        ("Pakistan", "Asia/Karachi"),
        ("pakisten", "Asia/Karachi"),
        ("New York", "America/New_York"),
        ("new yrok", "America/New_York"),
        ("uk", "Europe/London"),
        ("England", "Europe/London"),
        ("Germany", "Europe/Berlin"),
        ("Munich", "Europe/Berlin"),
        ("münchen", "Europe/Berlin"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Kiev", "Europe/Kyiv"),
        ("Calcutta", "Asia/Kolkata"),
        ("San Francisco", "America/Los_Angeles"),
        ("UTC", "UTC"),
        ("PKT", "Asia/Karachi"),
    ],
)
def test_a_certain_name_is_taken_as_it_is_typed(text: str, zone: str) -> None:
    """Cities, countries, old names and slips that can only mean one zone need no second try."""
    assert find_zone(text).key == zone
    assert search_zones(text, SUMMER)[0].zone == zone


@pytest.mark.parametrize("text", ["USA", "Russia", "Brazil", "EST", "IST", "GMT", "sao"])
def test_a_name_of_several_zones_is_answered_with_them(text: str) -> None:
    """Where a name may mean several times of day, Farside asks instead of guessing."""
    with pytest.raises(BadInput, match=r"several time zones.*`\w+(/\w+)*`, `\w+/\w+`"):
        find_zone(text)


@pytest.mark.parametrize("text", ["", "xyzzy", "🌕", "'; DROP TABLE guilds", "../../etc/passwd", "a" * 300])
def test_an_unknown_name_is_answered_with_what_to_type(text: str) -> None:
    """What is no zone is refused with an example, whatever it is."""
    with pytest.raises(BadInput, match="Start typing a large city"):
        find_zone(text)


def test_an_offset_finds_zones_that_keep_it_now() -> None:
    """`UTC+2` offers places where it is two hours later than in UTC, but is no zone itself."""
    found = search_zones("UTC+2", SUMMER)
    assert found[0].zone == "Europe/Berlin"
    for place in found:
        offset = SUMMER.astimezone(ZoneInfo(place.zone)).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == 7200
    with pytest.raises(BadInput, match="does not know when clocks change"):
        find_zone("UTC+2")


def test_without_text_the_likeliest_come_first() -> None:
    """The zone of the person's language leads, large ones follow, in as many choices as Discord shows."""
    found = search_zones("", SUMMER, locale="pl")
    assert found[0].zone == "Europe/Warsaw"
    assert len(found) == 25
    assert len({place.zone for place in found}) == 25


def test_a_country_offers_its_largest_zones_first() -> None:
    """Of a country with many zones those of the most people come first."""
    assert [place.zone for place in search_zones("united states", SUMMER)][:4] == [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
    ]


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_any_text_gives_zones_that_exist(text: str) -> None:
    """Whatever is typed, no more than 25 different zones are offered, and each exists."""
    found = [place.zone for place in search_zones(text, SUMMER)]
    assert len(found) <= 25
    assert len(set(found)) == len(found)
    for zone in found:
        ZoneInfo(zone)
