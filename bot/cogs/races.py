"""Races: the picture of the points that goes with standings."""

import asyncio
from collections.abc import Sequence

from bot.cogs.messages.standings import RACE

Totals = Sequence[Sequence[int]]


async def draw_totals(totals: Totals) -> list[tuple[str, bytes]]:
    """Return the leaders' points, round by round, as a file to be sent; no file where there are none."""
    return [(RACE, await asyncio.to_thread(_drawn, totals))] if totals else []


def _drawn(totals: Totals) -> bytes:
    """Draw it by a library that is imported when first needed: no start has to wait for it."""
    from bot.charts.race import draw_race

    return draw_race(totals)
