"""The tree of slash commands: how their errors are told, and when they are taken."""

from typing import Any

import discord
from discord import app_commands

from bot.cogs.choices import unknown_option
from bot.cogs.replies import reply
from bot.cogs.router import STOPPING, Router, explain
from bot.errors import QuizError


class Tree(app_commands.CommandTree[discord.Client]):
    """The slash commands; their errors are told like those of presses."""

    router: Router  # the bot's, set before it logs in

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Unwrap the error and tell the person."""
        cause: Exception = error
        if isinstance(error, app_commands.CommandInvokeError):
            cause = error.original
        elif isinstance(error, app_commands.CheckFailure):
            cause = QuizError("You need the Manage Server permission here for that command.")
        elif isinstance(error, app_commands.TransformerError):
            cause = QuizError(f"'{error.value}' cannot be used there; pick one of the suggestions.")
        elif isinstance(error, app_commands.CommandSignatureMismatch | app_commands.CommandNotFound):
            cause = QuizError("That command has changed a moment ago. Please type it again.")
        await explain(interaction, cause)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Take no more commands once the bot is leaving; the store is about to close."""
        if self.router.is_stopping:
            if interaction.type is not discord.InteractionType.autocomplete:
                await reply(interaction, STOPPING)
            return False
        if interaction.type is discord.InteractionType.application_command and interaction.data:
            unknown = unknown_option(interaction.data)
            if unknown is not None:
                await reply(
                    interaction, f"Farside cannot find that `{unknown}` here. Pick one from the list."
                )
                return False
        return True
