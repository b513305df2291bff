"""`/leaderboard`: who leads, here or everywhere, and where one stands oneself.

The card is for everyone in the channel; its buttons turn it for the person who
asked. Somebody else who presses gets a card of their own, which only they see.
"""

from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.cogs.choices import read_choice
from bot.cogs.messages.boards import MINE, TOP, board_card
from bot.cogs.messages.components import Card, tag_of
from bot.cogs.patience import soon, turned_soon
from bot.cogs.permissions import is_member_here
from bot.cogs.replies import reply
from bot.cogs.router import Router, number_in
from bot.cogs.topics import read_topic, suggest_topics
from bot.errors import NotFound
from bot.quiz.periods import Span
from bot.quiz.standing import Scope
from bot.services.boards import BoardsService
from bot.services.library import Library

_LAST_PAGE = 1_000_000
_OLD = "That button is from an older Farside. `/leaderboard` shows the board again."
_SCOPES = [
    Choice(name="server: this one", value=Scope.SERVER.value),
    Choice(name="global: all servers", value=Scope.GLOBAL.value),
]
_PERIODS = [Choice(name="all: all time" if span is Span.ALL else span, value=span.value) for span in Span]


class LeaderboardCog(commands.Cog):
    """Boards to read."""

    def __init__(self, router: Router, boards: BoardsService, library: Library) -> None:
        self._boards = boards
        self._library = library
        router.on("board", self._turn)

    @app_commands.command(name="leaderboard", description="See who leads, and where you stand")
    @app_commands.describe(
        scope="Whose points (default: this server's; in direct messages, everybody's)",
        period="Since when (default: all time); days begin by the server's clock",
        topic="Only the points of one topic",
        page="Which ten places (default: the first)",
    )
    @app_commands.choices(scope=_SCOPES, period=_PERIODS)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def leaderboard(
        self,
        interaction: Interaction[Any],
        *,
        scope: str | None = None,
        period: str | None = None,
        topic: str | None = None,
        page: Range[int, 1, _LAST_PAGE] = 1,
    ) -> None:
        """Show a page of a board."""
        usual = Scope.SERVER if is_member_here(interaction) else Scope.GLOBAL
        work = self._card(
            interaction,
            read_choice(Scope, scope) if scope else usual,
            read_choice(Span, period) if period else Span.ALL,
            read_topic(self._library.bank.topics, topic) if topic else "",
            page,
        )
        card = await soon(interaction, work, ephemeral=False)
        await reply(interaction, view=card, ephemeral=False)

    @leaderboard.autocomplete("topic")
    async def suggest(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest topics by a part of their title or id."""
        return suggest_topics(self._library.bank.topics, current)

    async def _turn(self, interaction: Interaction[Any], *words: str) -> None:
        """`board:<viewer>:<scope>:<period>:<page>:<topic>`: show another page, period or scope."""
        try:
            viewer, scope, period, number, *rest = words
            topic = self._topic(":".join(rest))
            page = {MINE: None, TOP: 1}[number] if number in {MINE, TOP} else number_in(number)
            of, since = Scope(scope), Span(period)
        except ValueError as error:
            raise NotFound(_OLD) from error
        work = self._card(interaction, of, since, topic, page)
        if viewer == str(interaction.user.id):
            await turned_soon(interaction, work)
        else:
            await reply(interaction, view=await soon(interaction, work))

    def _topic(self, tag: str) -> str:
        """Return the topic that a button's tag stands for."""
        return next((topic for topic in self._library.bank.topics if tag_of(topic) == tag), tag)

    async def _card(
        self, interaction: Interaction[Any], scope: Scope, span: Span, topic: str, page: int | None
    ) -> Card:
        board = await self._boards.board(
            scope, interaction.guild_id, span, topic, page=page, viewer_id=interaction.user.id
        )
        server = None
        if interaction.guild_id is not None:
            server = interaction.guild.name if interaction.guild is not None else ""
        return board_card(board, self._library.bank.topics, server, has_games=is_member_here(interaction))
