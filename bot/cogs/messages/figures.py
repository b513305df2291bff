"""Figures as people read them: counts, shares, places, points, moments."""

import math
from datetime import datetime

_BAR = 6  # signs of a bar
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_MEDALS = {1: "🥇 ", 2: "🥈 ", 3: "🥉 "}


def counted(number: int, noun: str) -> str:
    """Return how many there are of something: "1 question", "1,200 questions"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def points_text(points: int) -> str:
    """Return a number of points in words."""
    return counted(points, "point")


def bar(share: float) -> str:
    """Return a share, 0 to 1, as a bar; anything above nothing is seen."""
    full = max(round(share * _BAR), 1 if share else 0)
    return "▰" * full + "▱" * (_BAR - full)


def ordinal(number: int) -> str:
    """Return a place as people say it: 1st, 2nd, 3rd, 11th."""
    ending = "th" if number // 10 % 10 == 1 else _ENDINGS.get(number % 10, "th")
    return f"{number:,}{ending}"


def medal(rank: int) -> str:
    """Return the medal of the first three places and a space; empty for the others."""
    return _MEDALS.get(rank, "")


def place_mark(rank: int, points: int) -> str:
    """Return what a row of a board begins with: a medal, or the place of who has none or no points."""
    return (medal(rank) if points else "") or f"**{rank:,}.** "


def moment(at: datetime, style: str = "R") -> str:
    """Return an instant as each reader's Discord shows it; parts of a second round up.

    Styles are Discord's: `R` relative to now, `t` the time of day, `d` and `D` the date, `f` and `F` both.
    """
    return f"<t:{math.ceil(at.timestamp())}:{style}>"
