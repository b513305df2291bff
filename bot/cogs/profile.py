"""`/profile`: what a player has done so far."""

import asyncio
import io
import logging
from typing import Any

import discord
from discord import Interaction, app_commands
from discord.ext import commands

from bot.cogs.messages.boards import (
    PROFILE,
    TOPICS_DRAWN,
    known_skills,
    no_profile_text,
    profile_card,
)
from bot.cogs.messages.components import Card
from bot.cogs.messages.duels import record_lines
from bot.cogs.patience import soon
from bot.cogs.permissions import is_member_here
from bot.cogs.replies import reply
from bot.errors import BadInput
from bot.quiz.standing import Profile
from bot.services.boards import BoardsService
from bot.services.duels import Duels
from bot.services.library import Library

_log = logging.getLogger(__name__)


class ProfileCog(commands.Cog):
    """Profiles to read."""

    def __init__(self, boards: BoardsService, duels: Duels, library: Library) -> None:
        self._boards = boards
        self._duels = duels
        self._library = library

    @app_commands.command(name="profile", description="See points, rank, streak and accuracy by topic")
    @app_commands.describe(user="Whose profile (default: yours)")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def profile(
        self, interaction: Interaction[Any], user: discord.Member | discord.User | None = None
    ) -> None:
        """Show a player's profile; a sentence about somebody who never answered is for the asker alone."""
        player = user or interaction.user
        if player.bot:
            raise BadInput("Bots do not play. Pick a person, or leave `user` out for yourself.")
        found = await soon(interaction, self._found(interaction, player), ephemeral=False)
        if found is None:
            is_own = player.id == interaction.user.id
            has_games = is_member_here(interaction)
            await reply(interaction, no_profile_text(player.display_name, is_own=is_own, has_games=has_games))
            return
        card, files = found
        await reply(interaction, view=card, ephemeral=False, files=files)

    async def _found(
        self, interaction: Interaction[Any], player: discord.Member | discord.User
    ) -> tuple[Card, list[discord.File]] | None:
        """Return a player's profile and its picture; None of somebody who never answered."""
        profile = await self._boards.profile(interaction.guild_id, player.id)
        if profile is None:
            return None
        record = await self._duels.record(player.id)
        own_id = interaction.user.id
        against = (
            await self._duels.record(player.id, own_id) if record.total and own_id != player.id else None
        )
        picture = await _drawn(profile)
        card = profile_card(
            profile,
            player.display_name,
            self._library.bank.topics,
            in_server=interaction.guild_id is not None,
            duels=record_lines(record, against),
            has_picture=picture is not None,
        )
        return card, [discord.File(io.BytesIO(picture), filename=PROFILE)] if picture is not None else []


async def _drawn(profile: Profile) -> bytes | None:
    """Return the picture of a profile, drawn beside the event loop; None where it cannot be drawn."""
    topics = tuple((skill.right, skill.answered) for _, skill in known_skills(profile)[:TOPICS_DRAWN])
    try:
        return await asyncio.to_thread(_draw, profile.weeks, topics)
    except Exception:  # noqa: BLE001 - a profile is shown, with its picture or without
        _log.exception("the profile of player %s could not be drawn", profile.player_id)
        return None


def _draw(weeks: tuple[int, ...], topics: tuple[tuple[int, int], ...]) -> bytes:
    from bot.charts.profile import draw_profile  # Pillow is imported when somebody first asks

    return draw_profile(weeks, topics)
