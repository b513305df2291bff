"""`/moon`: what is asked for in words, and the card that answers."""

import asyncio
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.cogs.messages.moon import PICTURE, alt_text, moon_card
from bot.cogs.moon import look_of
from bot.errors import BadInput
from bot.services.sky import Look, Night, SkyService, look_at, suggest
from tests.cards import parts

NOW = datetime(2026, 11, 27, 18, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def look(date: str | None = None, place: str | None = None, zone: ZoneInfo = BERLIN) -> Look:
    """Return what these words ask to see."""
    return look_at(NOW, zone, date_text=date, place_text=place)


def see(wanted: Look) -> Night:
    """Return the Moon as it is asked for."""
    return asyncio.run(SkyService().see(wanted))


@pytest.mark.parametrize(
    ("date", "place", "at"),
    [
        (None, None, NOW),
        ("today", None, NOW),
        ("tonight", "Tokyo", datetime(2026, 11, 28, 12, 0, tzinfo=UTC)),
        ("tomorrow", None, datetime(2026, 11, 28, 20, 0, tzinfo=UTC)),
        ("24 December 2026", None, datetime(2026, 12, 24, 20, 0, tzinfo=UTC)),
        ("Dec 24", None, datetime(2026, 12, 24, 20, 0, tzinfo=UTC)),
        ("2026-12-24", "Tokyo", datetime(2026, 12, 24, 12, 0, tzinfo=UTC)),
        ("24.12.2026", None, datetime(2026, 12, 24, 20, 0, tzinfo=UTC)),
    ],
)
def test_a_day_in_words(date: str | None, place: str | None, at: datetime) -> None:
    """A day is looked at in its evening, where one asks from; this very day is now."""
    if date == "tonight" and place == "Tokyo":
        at = NOW  # it is the 28th there already, and "tonight" is now
    assert look(date, place).at == at


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("27 November", NOW),
        ("3 January", datetime(2027, 1, 3, 20, 0, tzinfo=UTC)),
        ("29 February", datetime(2028, 2, 29, 20, 0, tzinfo=UTC)),
    ],
)
def test_a_day_without_a_year_is_the_next_of_its_name(date: str, at: datetime) -> None:
    """Today is today, what is past comes next year, and a leap day in a leap year."""
    assert look(date).at == at


@pytest.mark.parametrize(
    "date",
    ["soon", "31 February 2026", "March", "03/04/2026", "1 May 1200", "", "1e9", "29 Feb 2027", "24.12.27"],
)
def test_what_is_no_day_is_refused(date: str) -> None:
    """With a form that can be read; figures of two meanings, and years of two digits, are not guessed."""
    if date:
        with pytest.raises(BadInput):
            look(date)


def test_a_place_that_is_not_known_is_refused() -> None:
    """With the likeliest names, or latitude and longitude."""
    with pytest.raises(BadInput, match="Latitude"):
        look(None, "Atlantis")


def test_the_south_sees_it_upside_down() -> None:
    """By the place; without one by the city of the server's time zone."""
    assert look(None, "Sydney").is_southern
    assert look(zone=ZoneInfo("Pacific/Auckland")).is_southern
    assert not look().is_southern
    assert not look(None, "Berlin", ZoneInfo("Pacific/Auckland")).is_southern
    assert not look(zone=ZoneInfo("UTC")).is_southern


@pytest.mark.parametrize("place", [None, "Lagos", "-77.8, 166.7"])
def test_the_card_holds_all_and_fits(place: str | None) -> None:
    """Phase, figures, what comes in order of time, a picture with its words, a button for the other side."""
    night = see(look("24 December 2026", place))
    every = list(parts(moon_card(night)))
    words = "\n".join(part["content"] for part in every if part["type"] == 10)
    assert night.moon.phase.heading in words
    assert ("rises" in words or "neither" in words) == (place is not None)
    assert len(words) < 4000
    (picture,) = (part for part in every if part["type"] == 12)
    assert picture["items"][0]["media"]["url"] == f"attachment://{PICTURE}"
    assert "lit" in picture["items"][0]["description"]
    order = [
        words.index(word)
        for word in ("last quarter <t:", "new Moon <t:", "first quarter <t:", "full Moon <t:")
    ]
    assert order == sorted(order)
    (pressed,) = (part for part in every if part["type"] == 2)
    assert pressed["custom_id"].startswith("moon:far:")
    assert len(pressed["custom_id"]) <= 100
    with Image.open(io.BytesIO(night.picture)) as opened:
        assert opened.format == "JPEG"


def test_a_named_day_tells_its_own_rise_and_set() -> None:
    """In Berlin that of Christmas Eve 2026 rises before it is looked at, at nine; now, what comes next."""
    night = see(look("24 December 2026", "Berlin"))
    assert night.passing is not None
    assert night.passing.rises is not None
    assert night.passing.rises.date() == night.look.at.date()
    assert night.passing.rises < night.look.at
    assert look("today", "Berlin").since is None


def test_the_other_side_is_of_the_same_day_and_place() -> None:
    """Its button holds all that its card needs; those of an earlier Farside still work."""
    asked = look("24 December 2026", "Lagos")
    (pressed,) = (part for part in parts(moon_card(see(asked))) if part["type"] == 2)
    assert look_of(pressed["custom_id"].split(":")[1:]) == replace(asked, is_far_side=True)
    assert look_of(["far", "1798142400", "n", "6.4550,3.3841"]).place is not None


def test_in_the_south_the_signs_are_turned_too() -> None:
    """At first quarter its left half is lit there."""
    words = "\n".join(
        part["content"] for part in parts(moon_card(see(look(None, "Sydney")))) if part["type"] == 10
    )
    assert "🌗 first quarter" in words


def test_kinds_of_eclipses_are_told_in_plain_words() -> None:
    """What is penumbral, annular or hybrid is said beside the word, the next one first."""
    shown = "\n".join(part.get("content", "") for part in parts(moon_card(see(look("1 December 2026")))))
    assert shown.index("annular: a ring of Sun is left") < shown.index("penumbral: hard to notice")
    later = "\n".join(part.get("content", "") for part in parts(moon_card(see(look("1 November 2031")))))
    assert "hybrid: total in some places, a ring in others" in later


def test_the_words_of_the_picture_say_which_side_is_lit() -> None:
    """Waxing from the north is lit on the right, from the south on the left."""
    waxing = see(Look(datetime(2026, 11, 15, 18, tzinfo=UTC)))
    assert "on the right" in alt_text(waxing.moon, Look(NOW))
    assert "on the left" in alt_text(waxing.moon, Look(NOW, is_southern=True))
    assert alt_text(waxing.moon, Look(NOW)).startswith("Waxing crescent Moon: ")


def test_the_far_side_is_lit_where_the_near_one_is_dark() -> None:
    """Its card and the words of its picture say how much of it is lit, not how much of the near side."""
    near = see(Look(NOW))
    lit = f"{1 - near.moon.illuminated_fraction:.0%}"
    far = see(Look(NOW, is_far_side=True))
    assert f"{lit} of it lit" in alt_text(far.moon, far.look)
    assert any(
        f"**{lit}** of the far side is lit" in part.get("content", "") for part in parts(moon_card(far))
    )


def test_many_who_ask_cost_one_drawing() -> None:
    """Within an hour the picture is the same, and drawn once."""

    async def ask() -> list[Night]:
        sky = SkyService()
        return await asyncio.gather(
            *(sky.see(Look(NOW.replace(minute=minute))) for minute in range(0, 60, 12))
        )

    first, *others = asyncio.run(ask())
    assert all(other.picture is first.picture for other in others)


def test_many_nights_hold_up_nobody_else() -> None:
    """Whatever else works in threads comes through while they are drawn, not after most of them."""

    async def ask() -> int:
        sky = SkyService()
        nights = [asyncio.create_task(sky.see(Look(NOW + timedelta(days=day)))) for day in range(12)]
        await asyncio.sleep(0)  # each has asked for its picture
        await asyncio.to_thread(int)
        done = sum(night.done() for night in nights)
        await asyncio.gather(*nights)
        return done

    assert asyncio.run(ask()) < 6


@given(st.text(max_size=60))
def test_any_text_can_be_suggested_for(text: str) -> None:
    """Suggestions never fail, and never are more than Discord shows."""
    assert len(suggest(text)) <= 25
