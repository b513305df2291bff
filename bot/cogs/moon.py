"""`/moon`: the Moon as it stands, with its picture; anywhere that the bot or the person's app is."""

import asyncio
import io
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import discord
from discord import Interaction, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.clock import Clock
from bot.cogs.messages.moon import PICTURE, moon_card
from bot.cogs.replies import defer, reply
from bot.cogs.router import Router
from bot.errors import NotFound
from bot.moon.places import UnknownPlace, find_place
from bot.services.settings import SettingsService
from bot.services.sky import YEARS, Look, SkyService, look_at, suggest

_SECONDS = re.compile(r"-?[0-9]{1,11}")
_OLD = "That button is from an older Farside. `/moon` shows the Moon again."


class MoonCog(commands.Cog):
    """The Moon itself."""

    def __init__(self, router: Router, sky: SkyService, settings: SettingsService, clock: Clock) -> None:
        self._sky = sky
        self._settings = settings
        self._clock = clock
        router.on("moon", self._press)

    @app_commands.command(
        name="moon", description="See the Moon as it stands: phase, distance, what comes next"
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.describe(
        date="The day: 24 December 2026, 2026-12-24, tomorrow; now when left out",
        place="From where: a city, or latitude and longitude; adds when it rises and sets",
    )
    async def moon(
        self,
        interaction: Interaction[Any],
        date: Range[str, 1, 60] | None = None,
        place: Range[str, 1, 100] | None = None,
    ) -> None:
        """Show the Moon, to everybody in the channel."""
        settings = await self._settings.load(interaction.guild_id)
        look = look_at(
            self._clock.now(),
            settings.timezone,
            date_text=date,
            place_text=place,
            is_southern=settings.is_southern(),
        )
        await defer(interaction, ephemeral=False)
        await self._show(interaction, look)

    @moon.autocomplete("place")
    async def suggest_place(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest cities."""
        places = await asyncio.to_thread(suggest, current)
        return [Choice(name=place.name[:100], value=place.name[:100]) for place in places]

    async def _show(self, interaction: Interaction[Any], look: Look, *, ephemeral: bool = False) -> None:
        night = await self._sky.see(look)
        picture = discord.File(io.BytesIO(night.picture), filename=PICTURE)
        await reply(interaction, view=moon_card(night), ephemeral=ephemeral, files=[picture])

    async def _press(self, interaction: Interaction[Any], *words: str) -> None:
        """`moon:<far|near>:<seconds>:<n|s>:<place or nothing>[:<seconds of the day's start>]`: for one."""
        look = look_of(words)
        await defer(interaction)
        await self._show(interaction, look, ephemeral=True)


def look_of(words: Sequence[str]) -> Look:
    """Return what the words of a button ask for. Raises `NotFound` for words that no button of ours has."""
    match words:
        case [("far" | "near") as side, seconds, ("n" | "s") as up, where, *day] if len(day) <= 1:
            at, *since = map(_moment, (seconds, *day))
            try:
                place = find_place(where) if where else None
            except UnknownPlace:
                raise NotFound(_OLD) from None
            return Look(at, place, up == "s", side == "far", *since)
    raise NotFound(_OLD)


def _moment(seconds: str) -> datetime:
    if _SECONDS.fullmatch(seconds):
        with suppress(ValueError, OverflowError):
            if (at := datetime.fromtimestamp(int(seconds), UTC)).year in YEARS:
                return at
    raise NotFound(_OLD)
