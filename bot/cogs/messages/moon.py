"""What people see of the Moon itself: its picture, its figures, and what comes."""

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cogs.messages.components import Card, Component, button, container, gallery, row, text
from bot.cogs.messages.figures import moment
from bot.cogs.messages.text import escape
from bot.moon.nights import NIGHTS
from bot.services.sky import Evening, Look, Night

if TYPE_CHECKING:
    from bot.moon.sky import Moon, Passage

PICTURE = "moon.jpg"

_KINDS = {  # of eclipses: what those mean that not everybody knows
    "penumbral": "penumbral: hard to notice",
    "annular": "annular: a ring of Sun is left",
    "hybrid": "hybrid: total in some places, a ring in others",
}


def moon_card(night: Night) -> Card:
    """Return the Moon as it stands; its picture comes as the attachment `PICTURE`."""
    look, moon = night.look, night.moon
    emoji = moon.phase.seen_as(is_southern=look.is_southern)
    heading = f"## {emoji} {moon.phase.heading}\n{moment(moon.at, 'f')}"
    if look.place is not None:
        heading += f" · {escape(look.place.name)}"
    lit = f"**{_lit(moon, look):.0%}** of {'the far side' if look.is_far_side else 'the disc'} is lit"
    figures = [f"{lit} · {moon.age_days:.1f} days old · {moon.distance_km:,.0f} km away"]
    if night.passing is not None:
        figures.append(_passage(night.passing))
    coming = night.coming
    phases = [
        f"{phase.seen_as(is_southern=look.is_southern)} {phase} {moment(when, 'd')} {moment(when, 't')}"
        for when, phase in coming.phases
    ]
    eclipses = sorted(
        (
            found.peak,
            f"-# Next {name} eclipse: {moment(found.peak, 'D')}, {_KINDS.get(found.kind, found.kind)}",
        )
        for name, found in (("lunar", coming.lunar_eclipse), ("solar", coming.solar_eclipse))
    )
    return [
        container(
            text(heading),
            gallery(f"attachment://{PICTURE}", alt_text(moon, look)),
            text("\n".join(figures)),
            text("\n".join(phases)),
            text("\n".join(line for _, line in eclipses)),
            row(_other_side(look)),
        )
    ]


def alt_text(moon: "Moon", look: Look) -> str:
    """Return what the picture shows, in words."""
    up = "south" if look.is_southern else "north"
    if look.is_far_side:
        return (
            f"The far side of the Moon, which nobody sees from Earth, {_lit(moon, look):.0%} of it lit:"
            " pale highlands full of craters, few dark plains, the landing sites of Chang'e-4 and Chang'e-6"
            f" marked; {up} is up."
        )
    lit = f"{moon.illuminated_fraction:.0%} of the disc is lit"
    side = ""
    if 0.03 < moon.illuminated_fraction < 0.97:
        side = f", on the {'right' if moon.is_waxing != look.is_southern else 'left'}"
    name = moon.phase.heading.removesuffix(" Moon")
    return f"{name} Moon: {lit}{side}; {up} is up."


def _lit(moon: "Moon", look: Look) -> float:
    """Return how much of the side that is looked at the Sun shines on."""
    return 1 - moon.illuminated_fraction if look.is_far_side else moon.illuminated_fraction


def evening_parts(evening: Evening) -> list[Component]:
    """Return tonight's Moon as a daily post shows it: its picture, sent along as `PICTURE`, and a line."""
    moon = evening.moon
    line = (
        f"Tonight's Moon: **{moon.phase}**, **{moon.illuminated_fraction:.0%}** lit ·"
        f" {evening.next_phase} {moment(evening.next_at, 'R')}"
    )
    if evening.picture is None:
        return [text(line)]
    return [gallery(f"attachment://{PICTURE}", week_text(evening)), text(line)]


def week_text(evening: Evening) -> str:
    """Return what the picture of seven nights shows, in words."""
    tonight = alt_text(evening.moon, Look(evening.moon.at, is_southern=evening.is_southern))
    days = [evening.on + timedelta(days=offset) for offset in (-NIGHTS, NIGHTS)]
    before, after = (
        f"{moon.phase} ({moon.illuminated_fraction:.0%} lit)" for moon in (evening.first, evening.last)
    )
    return (
        f"Seven nights side by side, tonight's large in the middle. {tonight}"
        f" On {days[0]:%A} it was {before}, on {days[1]:%A} it will be {after}."
    )


def _other_side(look: Look) -> dict[str, object]:
    """Return the button that shows the other side, with all that its card needs in its custom_id."""
    words = [
        "near" if look.is_far_side else "far",
        str(int(look.at.timestamp())),
        "s" if look.is_southern else "n",
        look.place.name if look.place else "",
        *([str(int(look.since.timestamp()))] if look.since else []),
    ]
    return button("Near side" if look.is_far_side else "Far side", ":".join(("moon", *words)))


def _passage(passing: "Passage") -> str:
    if passing.rises is None or passing.sets is None:
        return "It neither rises nor sets there for weeks."
    both = sorted([(passing.rises, "rises"), (passing.sets, "sets")])
    first, second = (f"{word} {moment(at, 'd')} {moment(at, 't')}" for at, word in both)
    return f"It {first} ({moment(both[0][0], 'R')}), then {second}."
