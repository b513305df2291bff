"""`/privacy`: what is kept of oneself, to be seen, taken along, hidden or deleted; and servers that are left.

Every answer is for the one who asked alone.
"""

import asyncio
import gzip
import io
import random
from typing import Any

import discord
from discord import Interaction, app_commands
from discord.ext import commands

from bot.cogs.forms import typed
from bot.cogs.messages.privacy import (
    CONFIRMATIONS,
    DELETED,
    EXPORTED,
    hidden_text,
    not_deleted_text,
    privacy_card,
)
from bot.cogs.patience import soon
from bot.cogs.replies import open_modal, reply
from bot.cogs.router import Router
from bot.services.privacy import PrivacyService, as_file
from bot.services.supervisor import Supervisor

_LARGE = 5_000_000  # bytes; Discord takes ten million, and JSON packs to a tenth


class PrivacyCog(commands.Cog):
    """One's own data."""

    privacy = app_commands.Group(
        name="privacy",
        description="See, take along, hide or delete what Farside keeps about you",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )

    def __init__(
        self, client: discord.Client, router: Router, privacy: PrivacyService, supervisor: Supervisor
    ) -> None:
        self._client = client
        self._supervisor = supervisor
        self._privacy = privacy
        router.on("privacy", self._submit)

    @privacy.command(name="view", description="See what is kept about you, and for how long")
    async def view(self, interaction: Interaction[Any]) -> None:
        """Show how much is kept."""
        counts = await soon(interaction, self._privacy.count(interaction.user.id))
        is_hidden = await self._privacy.is_hidden(interaction.user.id)
        await reply(interaction, view=privacy_card(counts, is_hidden=is_hidden))

    @privacy.command(name="export", description="Get all that is kept about you, as a file for you alone")
    async def export(self, interaction: Interaction[Any]) -> None:
        """Send everything as a file."""
        content = await soon(interaction, self._export(interaction.user.id))
        name = f"farside-{interaction.user.id}.json"
        if len(content) > _LARGE:
            content, name = await asyncio.to_thread(gzip.compress, content), f"{name}.gz"
        await reply(interaction, EXPORTED, files=[discord.File(io.BytesIO(content), name)])

    @privacy.command(name="delete", description="Delete all that is kept about you")
    async def delete(self, interaction: Interaction[Any]) -> None:
        """Ask for a word to be typed: nobody deletes everything by a slip."""
        await open_modal(interaction, _DeleteForm(random.choice(CONFIRMATIONS)))

    @privacy.command(name="hide", description="Stay off the board of all servers, or come back to it")
    @app_commands.describe(hidden="False: be on it again (default: true)")
    async def hide(self, interaction: Interaction[Any], *, hidden: bool = True) -> None:
        """Keep the person off the global boards."""
        await soon(interaction, self._privacy.hide(interaction.user.id, is_hidden=hidden))
        await reply(interaction, hidden_text(is_hidden=hidden))

    async def _export(self, player_id: int) -> bytes:
        return await asyncio.to_thread(as_file, await self._privacy.export(player_id))

    async def _submit(self, interaction: Interaction[Any], _: str, word: str) -> None:
        """`privacy:delete:<word>`: delete when the word was typed."""
        if word not in CONFIRMATIONS or typed(interaction, "word").strip().casefold() != word:
            await reply(interaction, not_deleted_text(word))
            return
        await soon(interaction, self._privacy.delete(interaction.user.id))
        await reply(interaction, DELETED)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Compare the servers that there are with those that have data here."""
        if not self._privacy.is_alone:
            return  # each shard's are compared as it is connected
        self._supervisor.start("the look for servers that were left", self._note_servers, is_vital=False)

    async def _note_servers(self) -> None:
        await self._privacy.note_servers([guild.id for guild in self._client.guilds])

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Keep what there is of a server that Farside is in again."""
        self._note(guild.id)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Keep it also where what is told of joining looks as after an outage: `unavailable` is false."""
        if self._privacy.was_left(guild.id):
            self._note(guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Have a server's data deleted some time after Farside was removed from it."""
        self._note(guild.id)

    def _note(self, guild_id: int) -> None:
        """Note whether Farside is in a server, as often as it takes: Discord does not tell it again."""

        async def note() -> None:
            is_there = self._client.get_guild(guild_id) is not None
            await (self._privacy.joined if is_there else self._privacy.left)(guild_id)

        self._supervisor.start("the note of a server", note, is_vital=False)


class _DeleteForm(discord.ui.Modal, title="Delete everything about you"):
    """Asks for a word to be typed."""

    def __init__(self, word: str) -> None:
        super().__init__(custom_id=f"privacy:delete:{word}")
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=f"Type “{word}”: it cannot be undone", min_length=1, max_length=40, custom_id="word"
        )
        self.add_item(field)
