"""`/help` and `/about`: a screen for players, one for owners, and what Farside is; for the asker alone."""

from datetime import timedelta
from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot import __version__
from bot.cogs.choices import read_choice
from bot.cogs.mentions import Mentions
from bot.cogs.messages.components import Card
from bot.cogs.messages.help import Audience, about_card, help_card
from bot.cogs.permissions import is_member_here
from bot.cogs.replies import reply, update
from bot.cogs.router import Router
from bot.services.library import Library

_AUDIENCES = [Choice(name=audience.value, value=audience.value) for audience in Audience]


class HelpCog(commands.Cog):
    """Words about Farside itself."""

    def __init__(self, router: Router, library: Library, mentions: Mentions, kept: timedelta) -> None:
        self._library = library
        self._mentions = mentions
        self._kept = kept
        router.on("help", self._turn)

    @app_commands.command(
        name="help", description="See how to play, or how to look after Farside in your server"
    )
    @app_commands.rename(audience="for")
    @app_commands.describe(audience="For whom (default: players)")
    @app_commands.choices(audience=_AUDIENCES)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def help(self, interaction: Interaction[Any], audience: str = Audience.PLAYERS) -> None:
        """Show a screen of help."""
        await reply(interaction, view=self._help(interaction, read_choice(Audience, audience)))

    @app_commands.command(
        name="about", description="See what Farside is, what it asks about and what it keeps"
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def about(self, interaction: Interaction[Any]) -> None:
        """Show what Farside is."""
        await reply(interaction, view=self._about())

    async def _turn(self, interaction: Interaction[Any], *words: str) -> None:
        """`help:<audience>` or `help:about`: show another screen in the same message."""
        if words in {(audience.value,) for audience in Audience}:
            await update(interaction, view=self._help(interaction, Audience(words[0])))
        else:
            await update(interaction, view=self._about())

    def _help(self, interaction: Interaction[Any], audience: Audience) -> Card:
        return help_card(audience, self._mentions, has_games=is_member_here(interaction))

    def _about(self) -> Card:
        bank = self._library.bank
        return about_card(__version__, len(bank), len(bank.facts), bank.topics, self._kept)
