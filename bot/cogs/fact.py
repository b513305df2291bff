"""`/fact`: a fact to read, and the buttons below facts wherever they stand.

Works in servers, in direct messages and, installed for a person, anywhere.
"""

from typing import Any

import discord
from discord import Interaction, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.clock import Clock
from bot.cogs.forms import typed
from bot.cogs.messages.components import tag_of
from bot.cogs.messages.facts import chosen_card, found_card, random_card, today_card
from bot.cogs.messages.sources import source_card
from bot.cogs.messages.text import shorten
from bot.cogs.replies import open_modal, reply, update
from bot.cogs.router import Router
from bot.errors import NotFound
from bot.quiz.slots import local_day
from bot.services.facts import FactsService
from bot.services.settings import SettingsService

_FOUND = 10  # facts in a search's menu
_SUGGESTED = 25
_OLD = "That button is from an older Farside. `/fact search` finds the fact again."


class FactCog(commands.Cog):
    """Facts to read."""

    fact = app_commands.Group(
        name="fact",
        description="Read a fact, and see where it comes from",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )

    def __init__(self, router: Router, facts: FactsService, settings: SettingsService, clock: Clock) -> None:
        self._facts = facts
        self._settings = settings
        self._clock = clock
        router.on("fact", self._press)

    @fact.command(name="today", description="Read the fact of the day; everybody here gets the same one")
    async def today(self, interaction: Interaction[Any]) -> None:
        """Show the fact of the local day: the server's, or UTC's outside of servers."""
        settings = await self._settings.load(interaction.guild_id)
        on = local_day(settings.timezone, self._clock.now())
        fact = await self._facts.today(on)
        night = await self._facts.night(on)
        await reply(interaction, view=today_card(fact, self._facts.topic(fact), night), ephemeral=False)

    @fact.command(name="random", description="Read any fact")
    async def random(self, interaction: Interaction[Any]) -> None:
        """Show any fact."""
        fact = self._facts.random()
        night = await self._facts.night(self._clock.now().date())
        await reply(interaction, view=random_card(fact, self._facts.topic(fact), night), ephemeral=False)

    @fact.command(name="search", description="Find facts by a few words; only you see them")
    @app_commands.describe(text="What to look for; small typing slips do not matter")
    async def search(self, interaction: Interaction[Any], text: Range[str, 1, 200] | None = None) -> None:
        """Show the facts that fit, or ask for words when there are none."""
        if text is None:
            await open_modal(interaction, _SearchForm())
        else:
            await self._show_found(interaction, text)

    @search.autocomplete("text")
    async def suggest(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest facts by their statements."""
        if not current.strip():
            return []
        return [
            Choice(name=shorten(fact.statement, 100), value=fact.id)
            for fact in await self._facts.suggest(current, _SUGGESTED)
            if len(fact.id) <= 100
        ]

    async def _show_found(self, interaction: Interaction[Any], text: str) -> None:
        found = await self._facts.search(text, _FOUND)
        shown = found[0]
        wanted = shown.statement if text == shown.id else text
        await reply(interaction, view=found_card(found, shown, self._facts.topic(shown), wanted))

    async def _press(self, interaction: Interaction[Any], *words: str) -> None:
        """`fact:source:<marker>:<fact>`, `fact:show` (the menu of a search), `fact:form` (its words)."""
        match words:
            case ["source", _, *rest] if rest:
                tag = ":".join(rest)
                known = (fact_id for fact_id in self._facts.ids if tag_of(fact_id) == tag)
                fact = self._facts.load(next(known, tag))
                await reply(interaction, view=source_card(fact.source, fact.statement, f"fact:{tag}"))
            case ["show"]:
                await self._show_chosen(interaction)
            case ["form"]:
                await self._show_found(interaction, typed(interaction, "words"))
            case _:
                raise NotFound(_OLD)

    async def _show_chosen(self, interaction: Interaction[Any]) -> None:
        """Show another fact of the menu in the same message."""
        submitted: Any = interaction.data
        chosen = submitted.get("values")
        if not chosen:
            raise NotFound(_OLD)
        fact = self._facts.load(str(chosen[0]))
        menu = _menu(interaction.message)
        await update(interaction, view=chosen_card(fact, self._facts.topic(fact), menu))


class _SearchForm(discord.ui.Modal, title="Find a fact"):
    """Asks for the words that `/fact search` was called without."""

    words: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="A few words",
        placeholder="crater, 1959, ice ...",
        min_length=1,
        max_length=200,
        custom_id="words",
    )

    def __init__(self) -> None:
        super().__init__(custom_id="fact:form")


def _menu(message: discord.Message | None) -> list[tuple[str, str]]:
    """Return the labels and fact ids of the search's menu in `message`."""
    for top in message.components if message is not None else []:
        for component in getattr(top, "children", []):
            if isinstance(component, discord.SelectMenu):
                return [(choice.label, choice.value) for choice in component.options]
    return []
