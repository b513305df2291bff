"""`farside moon`: how the Moon stands at an instant, in words, as JSON, and as a picture."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from bot.clock import SystemClock
from bot.moon.disc import LARGEST, SMALLEST, Mark, View, draw_disc, to_png
from bot.moon.landings import landings
from bot.moon.places import Place, UnknownPlace, find_place
from bot.moon.sky import Coming, Moon, Passage, look_ahead, observe, passage

_HALF_A_MINUTE = timedelta(seconds=30)


@click.command()
@click.option(
    "--date",
    "date_text",
    metavar="ISO",
    help="A date or an instant: 2026-12-24, 2026-12-24T18:00+01:00. Now.",
)
@click.option(
    "--place", "place_text", metavar="NAME", help="A city, or latitude and longitude: Lagos; 52.5,13.4."
)
@click.option(
    "--size", default=512, show_default=True, type=click.IntRange(SMALLEST, LARGEST), help="Pixels a side."
)
@click.option("--far-side", is_flag=True, help="Draw the side that the Earth never sees.")
@click.option("--south", is_flag=True, help="Draw it as the southern hemisphere sees it.")
@click.option("--landings", "with_landings", is_flag=True, help="Mark where spacecraft have landed.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture, a PNG file."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def moon(
    *,
    date_text: str | None,
    place_text: str | None,
    size: int,
    far_side: bool,
    south: bool,
    with_landings: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    r"""Tell how the Moon stands, and draw it.

    A date without a time means its first moment: at the place, or in UTC. With a place, the Moon's next rise
    and set there are told too.

    \b
    farside moon
    farside moon --date 2026-12-24 --place Lagos
    farside moon --far-side --landings -o far.png
    """
    place = _place(place_text)
    at = _instant(date_text, place)
    now, coming = observe(at), look_ahead(at)
    passing = passage(at, place.latitude, place.longitude) if place else None
    if output is not None:
        view = View.of(now, is_southern=south or bool(place and place.is_southern), is_far_side=far_side)
        marks = tuple(Mark(each.name, each.place) for each in landings()) if with_landings else ()
        _write(output, to_png(draw_disc(view, size, marks)))
    if as_json:
        click.echo(json.dumps(to_plain(now, coming, passing), indent=2))
        return
    for line in _lines(now, coming, place, passing):
        click.echo(line)
    if output is not None:
        click.echo(f"written: {output}")
    elif far_side or south or with_landings:
        click.echo("nothing is drawn without a file to write: -o moon.png", err=True)


def _place(text: str | None) -> Place | None:
    try:
        return None if text is None else find_place(text)
    except UnknownPlace as error:
        raise click.BadParameter(str(error), param_hint="--place") from None


def _instant(text: str | None, place: Place | None) -> datetime:
    if text is None:
        return SystemClock().now()
    zone = ZoneInfo(place.zone) if place else UTC
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no date: write 2026-12-24, or 2026-12-24T18:00Z"
        raise click.BadParameter(message, param_hint="--date") from None
    if not 1900 <= at.year <= 2100:
        raise click.BadParameter("the years 1900 to 2100 can be computed", param_hint="--date")
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    return at.astimezone(UTC)


def _write(path: Path, picture: bytes) -> None:
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise click.BadParameter(
            f"{path} cannot be written: {error.strerror}", param_hint="--output"
        ) from None


def to_plain(now: Moon, coming: Coming, passing: Passage | None) -> dict[str, Any]:
    """Return the figures as JSON-ready values: instants in ISO 8601 UTC, degrees, kilometres, days."""
    plain: dict[str, Any] = {
        "at": _iso(now.at),
        "phase": now.phase.value,
        "illuminated_fraction": round(now.illuminated_fraction, 4),
        "age_days": round(now.age_days, 3),
        "distance_km": round(now.distance_km),
        "libration_longitude_deg": round(now.libration.longitude, 3),
        "libration_latitude_deg": round(now.libration.latitude, 3),
        "next_new": _iso(coming.new),
        "next_first_quarter": _iso(coming.first_quarter),
        "next_full": _iso(coming.full),
        "next_last_quarter": _iso(coming.last_quarter),
        "next_lunar_eclipse": {"kind": coming.lunar_eclipse.kind, "peak": _iso(coming.lunar_eclipse.peak)},
        "next_solar_eclipse": {"kind": coming.solar_eclipse.kind, "peak": _iso(coming.solar_eclipse.peak)},
    }
    if passing is not None:
        plain["rises"] = passing.rises and _iso(passing.rises)
        plain["sets"] = passing.sets and _iso(passing.sets)
    return plain


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _lines(now: Moon, coming: Coming, place: Place | None, passing: Passage | None) -> list[str]:
    zone = ZoneInfo(place.zone) if place else UTC

    def when(at: datetime | None) -> str:
        if at is None:
            return "not within a month"
        return f"{(at + _HALF_A_MINUTE).astimezone(zone):%a %d %b %Y %H:%M %Z}"  # as almanacs round

    lines = [
        f"{when(now.at)}{f', {place.name}' if place else ''}",
        f"{now.phase.emoji} {now.phase.heading}: {now.illuminated_fraction:.0%} of the disc is lit",
        f"{now.age_days:.1f} days old, {now.distance_km:,.0f} km away",
        f"new {when(coming.new)}; first quarter {when(coming.first_quarter)}",
        f"full {when(coming.full)}; last quarter {when(coming.last_quarter)}",
        f"next eclipse of the Moon: {coming.lunar_eclipse.kind}, {when(coming.lunar_eclipse.peak)}",
        f"next eclipse of the Sun: {coming.solar_eclipse.kind}, {when(coming.solar_eclipse.peak)}",
    ]
    if passing is not None:
        lines.insert(3, f"rises {when(passing.rises)}; sets {when(passing.sets)}")
    return lines
