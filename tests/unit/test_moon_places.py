"""Places on Earth: found by name or by latitude and longitude, never guessed."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.moon.places import Place, UnknownPlace, find_place, suggest_places


@pytest.mark.parametrize(
    ("text", "latitude", "longitude", "zone"),
    [
        ("Berlin", 52.5, 13.37, "Europe/Berlin"),
        ("são paulo", -23.53, -46.62, "America/Sao_Paulo"),
        ("Köln", None, None, None),
        ("new york", 40.71, -74.01, "America/New_York"),
        ("St. Louis", 38.63, -90.2, "America/Chicago"),
        ("52.5, 13.4", 52.5, 13.4, "UTC"),
        ("52.5,13.4", 52.5, 13.4, "UTC"),
        ("33.9 S 151.2 E", -33.9, 151.2, "UTC"),
        ("-33.9 151.2", -33.9, 151.2, "UTC"),
        ("52,13", 52, 13, "UTC"),
        ("52,5 13,4", 52.5, 13.4, "UTC"),  # as German or French keyboards write it
        ("52,5; 13,4", 52.5, 13.4, "UTC"),
        ("-33,9, 151,2", -33.9, 151.2, "UTC"),
    ],
)
def test_a_place_by_its_name_or_its_numbers(
    text: str, latitude: float | None, longitude: float | None, zone: str | None
) -> None:
    """Accents and case do not matter; a name that is not known is refused with a way on."""
    if latitude is None:
        with pytest.raises(UnknownPlace, match="Latitude"):
            find_place(text)
        return
    found = find_place(text)
    assert (found.latitude, found.longitude) == pytest.approx((latitude, longitude), abs=0.02)
    assert found.zone == zone


def test_a_name_of_two_places_is_asked_back() -> None:
    """The answer names both, and each of these names is taken."""
    doubled = [place for place in suggest_places("", 10_000) if place.name.startswith("Cordoba")]
    assert len(doubled) == 2
    with pytest.raises(UnknownPlace, match="Cordoba, AR"):
        find_place("Córdoba")
    assert find_place("Cordoba, es").zone == "Europe/Madrid"


@pytest.mark.parametrize("text", ["91, 0", "0, 200", "nowhere at all", "", " ", "1,2,3", "x" * 4000])
def test_what_is_no_place_is_refused(text: str) -> None:
    """In words, whatever was typed."""
    with pytest.raises(UnknownPlace):
        find_place(text)


def test_every_suggestion_is_taken_and_has_a_zone() -> None:
    """What is offered can be typed, and its clock is known."""
    for place in suggest_places("", 10_000):
        assert find_place(place.name) == place
        assert ZoneInfo(place.zone).key == place.zone
        assert -90 <= place.latitude <= 90


def test_slips_are_forgiven_in_suggestions_only() -> None:
    """A slip brings the name that was meant to the top."""
    assert suggest_places("Edinborough")[0].name == "Edinburgh, GB"
    with pytest.raises(UnknownPlace, match="Edinburgh"):
        find_place("Edinborough")


def test_nothing_is_suggested_for_no_name() -> None:
    """Where no letter of a name was written, no town is meant."""
    with pytest.raises(UnknownPlace) as refused:
        find_place("**")
    assert "Did you mean" not in str(refused.value)


@given(st.text(max_size=40))
def test_no_text_is_too_much(text: str) -> None:
    """Any text is a place, or is refused with `UnknownPlace`."""
    try:
        found = find_place(text)
    except UnknownPlace:
        return
    assert isinstance(found, Place)
