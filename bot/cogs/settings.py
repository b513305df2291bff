"""`/config`: a server's settings, and whether a channel lets Farside work. For its managers."""

from typing import Any

import discord
from discord import Interaction, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.clock import Clock
from bot.cogs.choices import read_choice
from bot.cogs.messages.settings import (
    check_card,
    daily_question_text,
    defaults_text,
    global_board_text,
    hemisphere_text,
    optional_text,
    season_text,
    settings_card,
    timezone_text,
    zone_choices,
)
from bot.cogs.messages.text import shorten
from bot.cogs.options import ANY, Options, takes_options
from bot.cogs.permissions import (
    OPTIONAL,
    is_locked,
    is_manager,
    missing_needs,
    needs_in,
    own_permissions,
    permissions_here,
    timed_out_until,
)
from bot.cogs.places import Writable
from bot.cogs.replies import reply
from bot.errors import NotFound
from bot.quiz.game import Rules
from bot.quiz.periods import SEASONS
from bot.services.library import Library
from bot.services.schedules import SchedulesService
from bot.services.settings import Hemisphere, SettingsService
from bot.services.zones import ZonesService

_PRESETS = {
    "mode": "How questions are answered",
    "topic": "What questions are about; `any` for every topic",
    "difficulty": "How hard they are",
    "questions": "How many a game has",
    "pace": "How much time a question gives; takes the place of seconds set before",
    "seconds": "Exactly this many seconds for each question",
    "scoring": "What a right answer is worth",
    "reset": "Forget what was set before",
}

AUTO = "auto"
_SIDES = [
    Choice(name="auto: as the time zone says", value=AUTO),
    *(Choice(name=side.value, value=side.value) for side in Hemisphere),
]


class SettingsCog(commands.Cog):
    """The commands that look after a server's settings."""

    config = app_commands.Group(
        name="config",
        description="Set up Farside for this server",
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(
        self,
        settings: SettingsService,
        schedules: SchedulesService,
        library: Library,
        zones: ZonesService,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._zones = zones
        self._schedules = schedules
        self._library = library
        self._clock = clock

    async def interaction_check(self, interaction: Interaction[Any], /) -> bool:
        """Ask Discord's answer to who may manage the server once more, on our side."""
        return is_manager(interaction)

    @config.command(name="show", description="Show this server's settings")
    async def show(self, interaction: Interaction[Any]) -> None:
        """Show all settings."""
        guild_id = _guild_id(interaction)
        settings = await self._settings.load(guild_id)
        schedules = len(await self._schedules.list_schedules(guild_id))
        card = settings_card(settings, schedules, self._clock.now(), self._library.bank.topics)
        await reply(interaction, view=card)

    @config.command(name="timezone", description="Set this server's time zone")
    @app_commands.describe(timezone="A city, a country or a zone's name; pick one of the suggestions")
    async def timezone(self, interaction: Interaction[Any], timezone: str) -> None:
        """Set the time zone; schedules that follow it move with it."""
        guild_id = _guild_id(interaction)
        zone = (await self._zones.load()).find(timezone, self._clock.now())
        before = (await self._settings.load(guild_id)).timezone
        await self._settings.set_timezone(guild_id, zone)
        moved = sum(
            1
            for schedule in await self._schedules.list_schedules(guild_id)
            if schedule.timezone is None and schedule.is_active
        )
        now_there = self._clock.now().astimezone(zone)
        await reply(interaction, timezone_text(before.key, zone.key, now_there, moved))

    @config.command(name="defaults", description="Set what /quiz start takes when an option is left out")
    @takes_options(descriptions=_PRESETS, has_any=True)
    async def defaults(self, interaction: Interaction[Any], options: Options, *, reset: bool = False) -> None:
        """Change the options that are given, keep the others; with none, show them."""
        guild_id = _guild_id(interaction)
        settings = await self._settings.load(guild_id)
        topics = self._library.bank.topics
        rules = options.over(Rules() if reset else settings.defaults, topics)
        await self._settings.set_defaults(guild_id, rules)
        await reply(interaction, defaults_text(rules, topics))

    @config.command(
        name="global-board", description="Set whether games here count on the board of all servers"
    )
    @app_commands.describe(counts="False: this server's games count on its own boards alone")
    async def global_board(self, interaction: Interaction[Any], *, counts: bool) -> None:
        """Let the server's games count everywhere, or here alone, from now on."""
        await self._settings.set_apart(_guild_id(interaction), is_apart=not counts)
        await reply(interaction, global_board_text(counts=counts))

    @config.command(name="season", description="Set how many months a season on the leaderboard has")
    @app_commands.describe(months="3 unless set; the season that goes on keeps its points")
    async def season(self, interaction: Interaction[Any], months: Range[int, SEASONS[0], SEASONS[1]]) -> None:
        """Give this server's seasons another length, from the one that goes on."""
        await reply(
            interaction, season_text(*await self._settings.set_season(_guild_id(interaction), months))
        )

    @config.command(name="hemisphere", description="Set from where this server sees the Moon")
    @app_commands.describe(side="Which half of the Earth you see it from")
    @app_commands.choices(side=_SIDES)
    async def hemisphere(self, interaction: Interaction[Any], side: str) -> None:
        """Turn the Moon of daily posts and of /moon the way people here see it."""
        chosen = None if side == AUTO else read_choice(Hemisphere, side)
        settings = await self._settings.set_hemisphere(_guild_id(interaction), chosen)
        await reply(interaction, hemisphere_text(settings))

    @config.command(name="daily-question", description="Set whether daily posts ask a question")
    @app_commands.describe(wanted="False: they show the Moon and a fact alone")
    async def daily_question(self, interaction: Interaction[Any], *, wanted: bool) -> None:
        """Have the server's daily posts ask a question, or not, from the next one on."""
        await self._settings.set_asks_daily(_guild_id(interaction), asks_daily=wanted)
        await reply(interaction, daily_question_text(wanted=wanted))

    @config.command(
        name="check", description="Check what Farside may do in a channel, permission by permission"
    )
    @app_commands.describe(channel="Which channel (default: this one)")
    async def check(self, interaction: Interaction[Any], channel: Writable | None = None) -> None:
        """Name each permission that is missing, and what it is for."""
        _guild_id(interaction)
        if channel is None or channel.id == interaction.channel_id:
            where, permissions = interaction.channel, permissions_here(interaction)
        else:
            where, permissions = channel, own_permissions(channel)
        needs, place = needs_in(where), getattr(where, "mention", "this channel")
        missing = missing_needs(permissions, needs)
        granted = [need for need in needs if need not in missing]
        lacking = missing_needs(permissions, OPTIONAL)
        note = optional_text([(need.name, need.purpose) for need in lacking])
        card = check_card(
            place,
            [(need.name, need.purpose) for need in granted],
            [(need.name, need.purpose) for need in missing],
            note,
            is_locked=is_locked(where, permissions),
            timed_out_until=timed_out_until(interaction.guild),
        )
        await reply(interaction, view=card)

    @timezone.autocomplete("timezone")
    async def suggest_zones(self, interaction: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest zones by city, country or name, with the time there."""
        now = self._clock.now()
        atlas = await self._zones.load()
        return zone_choices(atlas.search(current, now, locale=interaction.locale.value), now)

    @defaults.autocomplete("topic")
    async def suggest_topics(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest topics by a part of their title or id."""
        typed = current.casefold().strip()
        choices = [Choice(name="every topic", value=ANY)]
        choices += [
            Choice(name=shorten(title, 100), value=topic)
            for topic, title in self._library.bank.topics.items()
        ]
        return [one for one in choices if typed in one.name.casefold() or typed in one.value.casefold()][:25]


def _guild_id(interaction: Interaction[Any]) -> int:
    if interaction.guild_id is None:
        raise NotFound("These settings belong to a server. Use this command in one of its channels.")
    return interaction.guild_id
