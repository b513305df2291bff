"""The tree of slash commands: how their errors are told, and when they are taken."""

import contextlib
import logging
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from bot.cogs.choices import unknown_option
from bot.cogs.events import UNREADABLE
from bot.cogs.replies import LateReply, reply, suggest
from bot.cogs.router import STOPPING, Router, explain
from bot.errors import QuizError, is_the_end

_log = logging.getLogger(__name__)


class _Suggestions(discord.InteractionResponse[Any]):
    """Suggestions, sent like any other answer: again, when they are lost or there is a page in between."""

    async def autocomplete(self, choices: Sequence[app_commands.Choice[Any]], /) -> None:
        """Send them; what Discord takes no more is no fault."""
        with contextlib.suppress(LateReply):
            await suggest(self._parent, choices)
        self._response_type = discord.InteractionResponseType.autocomplete_result


class Tree(app_commands.CommandTree[discord.Client]):
    """The slash commands; their errors are told like those of presses."""

    router: Router  # the bot's, set before it logs in

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            await self._suggest(interaction)
            return
        try:
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except LateReply as late:
            _log.warning("%s", late)
        except Exception as error:  # noqa: BLE001 - not a command's own: discord.py has met what it takes for given
            await self._tell_unreadable(interaction, error)
        except BaseException as error:  # a command's own, which discord.py does not catch
            if is_the_end(error):
                raise
            await explain(interaction, error)

    async def _tell_unreadable(self, interaction: discord.Interaction[Any], error: Exception) -> None:
        _log.warning("command %s cannot be read: %s: %s", interaction.id, type(error).__name__, error)
        await explain(interaction, QuizError(UNREADABLE))

    async def _suggest(self, interaction: discord.Interaction[Any]) -> None:
        """Answer whoever types an option in any case: that there is nothing, where something goes wrong."""
        interaction._cs_response = _Suggestions(interaction)  # type: ignore[attr-defined]  # as discord.py keeps it
        try:
            await super()._call(interaction)
        except Exception as error:  # noqa: BLE001 - there is nobody to tell
            _log.warning("typing %s finds nothing: %s: %s", interaction.id, type(error).__name__, error)
        if not interaction.response.is_done():
            await interaction.response.autocomplete([])

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Unwrap the error and tell the person."""
        cause: Exception = error
        if type(error) is app_commands.AppCommandError:  # discord.py: "this should not happen"
            await self._tell_unreadable(interaction, error)
            return
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
