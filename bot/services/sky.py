"""The Moon for those who ask: its figures and its picture, worked out beside the event loop.

What always holds: the same hour, place and options cost one drawing, however many ask at once. All is done
in one thread of its own, one thing after another: however many nights are asked for, presses and whatever
else works in threads go on. NumPy and the ephemeris are imported there, when somebody first asks.
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from bot.errors import BadInput
from bot.moon.nights import NIGHTS
from bot.moon.places import Place, UnknownPlace, find_place, is_southern_zone, suggest_places
from bot.quiz.judging.dates import Date, read_dates

if TYPE_CHECKING:
    from bot.moon.sky import Coming, Moon, Passage

T = TypeVar("T")

_log = logging.getLogger(__name__)
_KEPT = 96  # pictures: four days of hours, some 60 kB each
_EVENINGS_KEPT = 48  # of a day, in most of the time zones that people use; some 60 kB each
_SIZE = 640  # pixels
_EVENING = time(21, 0)  # when a date without a time is looked at
YEARS = range(1900, 2101)
_FIGURES = re.compile(r"\d+")
_LEAP_YEARS_APART = 8  # at most: 2096 and 2104


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody asks to see: the Moon at an instant, perhaps from a place, from one of its sides."""

    at: datetime
    place: Place | None = None
    is_southern: bool = False
    is_far_side: bool = False
    since: datetime | None = None  # of a day that was named: its first moment, from where it rises and sets


@dataclass(frozen=True, slots=True)
class Night:
    """The Moon as it stands: figures, what comes, rise and set at the place, and the picture (JPEG)."""

    look: Look
    moon: "Moon"
    coming: "Coming"
    passing: "Passage | None"
    picture: bytes


@dataclass(frozen=True, slots=True)
class Evening:
    """The Moon on the evening of a local day, and on the nights around it; `picture` is a JPEG, if any."""

    on: date
    is_southern: bool
    moon: "Moon"
    first: "Moon"  # of the nights that the picture shows
    last: "Moon"
    next_phase: str  # the next principal phase by its name, and when
    next_at: datetime
    picture: bytes | None = None

    @property
    def emoji(self) -> str:
        """Return the emoji of the phase, as it is seen there."""
        return self.moon.phase.seen_as(is_southern=self.is_southern)


class SkyService:
    """Computes and draws the Moon in a thread, and remembers pictures by the hour."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "moon")
        self._evenings: OrderedDict[tuple[date, str, bool], asyncio.Task[Evening]] = OrderedDict()
        self._pictures: OrderedDict[tuple[datetime, bool, bool], asyncio.Task[bytes]] = OrderedDict()

    async def see(self, look: Look) -> Night:
        """Return the Moon as `look` asks for it."""
        moon, coming, passing = await self._apart(partial(_figures, look))
        return Night(look, moon, coming, passing, await self._picture(look))

    async def evening(self, on: date, zone: ZoneInfo, *, is_southern: bool) -> Evening:
        """Return the evening of a local day in a time zone; the same for everybody who asks, drawn once."""
        key = (on, zone.key, is_southern)
        working = self._evenings.get(key)
        if working is None or (working.done() and (working.cancelled() or working.exception())):
            work = partial(_evening, on, zone, is_southern=is_southern)
            working = self._evenings[key] = asyncio.create_task(self._apart(work))
            if len(self._evenings) > _EVENINGS_KEPT:
                self._evenings.popitem(last=False)
        self._evenings.move_to_end(key)
        return await asyncio.shield(working)

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _picture(self, look: Look) -> bytes:
        hour = look.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        key = (hour, look.is_southern, look.is_far_side)
        drawing = self._pictures.get(key)
        if drawing is None or (drawing.done() and (drawing.cancelled() or drawing.exception())):
            drawing = self._pictures[key] = asyncio.create_task(self._apart(partial(_draw, look, hour)))
            if len(self._pictures) > _KEPT:
                self._pictures.popitem(last=False)
        self._pictures.move_to_end(key)
        return await asyncio.shield(drawing)


def look_at(
    now: datetime,
    zone: ZoneInfo,
    *,
    date_text: str | None,
    place_text: str | None,
    is_far_side: bool = False,
    is_southern: bool | None = None,
) -> Look:
    """Return what was asked for in words. Raises `BadInput` for a date or a place that cannot be meant.

    A date is looked at in the evening, in the zone of the place or else of the server; today's is now.
    `is_southern`: from where it is seen without a place; as the zone says when that is left out.
    """
    place = _place(place_text) if place_text else None
    where = ZoneInfo(place.zone) if place and place.zone != "UTC" else zone
    at, since = _instant(date_text, now, where) if date_text else (now, None)
    if place is not None:
        is_southern = place.is_southern
    elif is_southern is None:
        is_southern = is_southern_zone(zone.key)
    return Look(at, place, is_southern, is_far_side, since)


def suggest(text: str, limit: int = 25) -> list[Place]:
    """Return the places that `text` may become, the likeliest first."""
    return suggest_places(text, limit)


def _place(text: str) -> Place:
    try:
        return find_place(text)
    except UnknownPlace as error:
        raise BadInput(str(error)) from None


def _instant(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """Return the evening of the day that is named and its first moment; of today, now alone."""
    today = now.astimezone(zone).date()
    words = text.strip().casefold()
    days = {"today": 0, "tonight": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
    on = today + timedelta(days=days[words]) if words in days else _day(text, today)
    if on.year not in YEARS:
        raise BadInput("Farside can see the Moon from 1900 to 2100.")
    if on == today:
        return now, None
    evening, first = (datetime.combine(on, hour, zone).astimezone(UTC) for hour in (_EVENING, time.min))
    return evening, first


def _day(text: str, today: date) -> date:
    """Return the day that is written; one without a year is the next of its name, be it today."""
    dates = read_dates(text)
    if len(dates) > 1:
        raise BadInput(f"{text} could be two days. Write it as 24 December 2026, or 2026-12-24.")
    if not dates or not (dates[0].day and dates[0].month) or _has_short_year(text, dates[0]):
        raise BadInput(f"“{text[:40]}” is no date. Write 24 December 2026, or 2026-12-24.")
    year, month, day = dates[0].year, dates[0].month, dates[0].day
    if year is not None:
        return date(year, month, day)
    for coming in range(today.year, today.year + _LEAP_YEARS_APART + 1):
        with suppress(ValueError):  # 29 February
            if (on := date(coming, month, day)) >= today:
                return on
    raise AssertionError(text)


def _has_short_year(text: str, read: Date) -> bool:
    """Return whether a year is written that does not tell its century, such as 24.12.27."""
    return read.year is None and len(_FIGURES.findall(text)) > 2


def _figures(look: Look) -> "tuple[Moon, Coming, Passage | None]":
    from bot.moon.sky import look_ahead, observe, passage

    place = look.place
    passing = passage(look.since or look.at, place.latitude, place.longitude) if place else None
    return observe(look.at), look_ahead(look.at), passing


def _evening(on: date, zone: ZoneInfo, *, is_southern: bool) -> Evening:
    from bot.moon.disc import to_jpeg
    from bot.moon.sky import look_ahead, observe
    from bot.moon.week import draw_week

    at = datetime.combine(on, _EVENING, zone)
    coming, around = look_ahead(at), timedelta(days=NIGHTS)
    moon = observe(at)
    next_at, next_phase = next((when, phase) for when, phase in coming.phases if phase is not moon.phase)
    picture: bytes | None = None
    try:
        picture = to_jpeg(draw_week(at, is_southern=is_southern))
    except Exception:  # noqa: BLE001 - a day's post comes, with its picture or without
        _log.exception("the evening of %s could not be drawn", on)
    return Evening(
        on,
        is_southern,
        moon,
        observe(at - around),
        observe(at + around),
        next_phase.value,
        next_at,
        picture,
    )


def _draw(look: Look, hour: datetime) -> bytes:
    from bot.moon.disc import Mark, View, draw_disc, to_jpeg
    from bot.moon.landings import landings
    from bot.moon.sky import observe

    view = View.of(observe(hour), is_southern=look.is_southern, is_far_side=look.is_far_side)
    marks = [Mark(each.name, each.place) for each in landings() if look.is_far_side]
    return to_jpeg(draw_disc(view, _SIZE, tuple(marks)))
