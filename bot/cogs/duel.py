"""`/duel`: two answer the same questions; the card in the channel, and the presses on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import discord
from discord import Interaction, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.cogs.alone import Alone
from bot.cogs.channels import Address, Channels, Notified, Unreadable
from bot.cogs.door import press_of
from bot.cogs.messages.duels import duel_card, gone_card, offered_text, unasked_text
from bot.cogs.patience import opened_soon
from bot.cogs.permissions import SEND_MESSAGES, VIEW_CHANNEL, is_member_here, require_here
from bot.cogs.replies import reply, update
from bot.cogs.router import Router, number_in
from bot.cogs.sender import Failure, Gone, Later, Lost, Refused
from bot.cogs.starters import Starters
from bot.cogs.topics import read_topic, suggest_topics
from bot.errors import NotFound
from bot.quiz.duel import MOST_QUESTIONS, QUESTIONS, Duel, DuelState, require_pair
from bot.quiz.game import Mode, Pace, Rules
from bot.quiz.showing import RoundShowing
from bot.services.duels import CardGone, CardLater, CardLost, CardRefused, DuelGone, Duels
from bot.services.games.solo import Solo
from bot.services.library import Library

_OLD = "That button is from an older Farside. `/duel` asks somebody again."


class DuelCog(commands.Cog):
    """The command and the buttons of duels."""

    def __init__(
        self, router: Router, alone: Alone, duels: Duels, solo: Solo, library: Library, starters: Starters
    ) -> None:
        self._starters = starters
        self._alone = alone
        self._duels = duels
        self._solo = solo
        self._library = library
        router.on("duel", self._press)

    @app_commands.command(name="duel", description="Ask somebody to a duel: the same questions for both")
    @app_commands.describe(
        user="Whom you ask; they can accept or decline",
        questions="How many each answers (default: 5)",
        topic="Only questions on this topic (default: every topic)",
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def duel(
        self,
        interaction: Interaction[Any],
        user: discord.Member | discord.User,
        questions: Range[int, 1, MOST_QUESTIONS] = QUESTIONS,
        topic: str | None = None,
    ) -> None:
        """Ask somebody."""
        press = press_of(interaction)
        require_pair(press.player_id, user.id, is_bot=user.bot)
        topics = self._library.bank.topics
        about = read_topic(topics, topic) if topic else None
        rules = Rules(questions=questions, mode=Mode.MIXED, pace=Pace.UNTIMED, topic=about)
        is_posted = is_member_here(interaction)
        if is_posted:
            require_here(interaction, needs=(VIEW_CHANNEL, SEND_MESSAGES))
        asked = (user.id, user.display_name, user.global_name or user.name)
        duel = await self._duels.offer(press, asked, rules, is_posted=is_posted)
        if is_posted:
            self._starters.remember(duel.id, interaction)
            await reply(interaction, offered_text(duel))
        else:
            await reply(interaction, view=duel_card(duel, topics), ephemeral=False)

    @duel.autocomplete("topic")
    async def suggest(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest topics by a part of their title or id."""
        return suggest_topics(self._library.bank.topics, current)

    async def _press(self, interaction: Interaction[Any], *words: str) -> None:
        """Do what a button says; a card of a duel that is kept no more says so to all, and has no buttons."""
        message = interaction.message
        try:
            await self._do(interaction, *words)
        except DuelGone as gone:
            if message is None or message.flags.ephemeral:
                raise
            await update(interaction, view=gone_card(str(gone)), of_all=True)

    async def _do(self, interaction: Interaction[Any], *words: str) -> None:
        """`duel:<what>:<home>:<duel>`, or `duel:look:<round>`."""
        match words:
            case ["accept" | "decline" as what, home, number]:
                await self._settle_offer(interaction, what, number_in(home), number_in(number))
            case ["play", home, number]:
                await self._play(interaction, number_in(home), number_in(number))
            case ["state", home, number]:
                await self._show_state(interaction, number_in(home), number_in(number))
            case ["look", number]:
                showing = await self._solo.load(press_of(interaction), number_in(number))
                await update(interaction, view=await self._alone.card(showing))
            case _:
                raise NotFound(_OLD)

    async def _settle_offer(
        self, interaction: Interaction[Any], what: str, home_id: int, duel_id: int
    ) -> None:
        """Accept or decline; a card that is an answer comes up to date where that is done already."""
        duel = await self._duels.load(home_id, duel_id)
        if duel.is_posted or duel.state is DuelState.OFFERED:
            settle = self._duels.accept if what == "accept" else self._duels.decline
            duel = await settle(press_of(interaction), home_id, duel_id)
        await self._update(interaction, duel)

    async def _update(self, interaction: Interaction[Any], duel: Duel) -> None:
        """Show the card: in its own place where it is an answer, which nothing else keeps up to date."""
        card = duel_card(duel, self._library.bank.topics)
        await update(interaction, view=card, of_all=not duel.is_posted)

    async def _play(self, interaction: Interaction[Any], home_id: int, duel_id: int) -> None:
        playing = await self._duels.play(press_of(interaction), home_id, duel_id)
        if isinstance(playing, RoundShowing):
            await opened_soon(interaction, self._alone.opened(playing), is_new=True)
        else:
            await reply(interaction, view=self._alone.half_card(playing))

    async def _show_state(self, interaction: Interaction[Any], home_id: int, duel_id: int) -> None:
        """Show how it stands: in somebody's own message, or on a card that is an answer."""
        message = interaction.message
        is_own = message is not None and message.flags.ephemeral
        if is_own:
            half = await self._duels.half(interaction.user.id, home_id, duel_id)
            await update(interaction, view=self._alone.half_card(half))
        else:
            await self._update(interaction, await self._duels.load(home_id, duel_id))


class DuelPublisher:
    """Sends the cards of duels, and keeps them up to date."""

    def __init__(self, channels: Channels, library: Library, starters: Starters) -> None:
        self._channels = channels
        self._library = library
        self._starters = starters

    async def show(self, duel: Duel) -> int | None:
        """Send the card, or edit it. Raises `CardLost` or `CardLater`."""
        card = duel_card(duel, self._library.bank.topics)
        with _meanings():
            if duel.message_id is not None:
                await self._channels.edit(_address(duel), duel.message_id, card)
                return None
            asked = (duel.opponent.player_id,) if duel.state is DuelState.OFFERED else ()
            return await self._channels.send(
                _address(duel), card, nonce=_nonce(duel), notified=Notified(users=asked)
            )

    async def find(self, duel: Duel) -> int | None:
        """Return the message of a card that may have been sent. Raises `CardLost` or `CardLater`."""
        since = duel.tried_at or duel.offered_at
        ours = f":{duel.home_id}:{duel.id}"
        with _meanings():
            return await self._channels.find(
                _address(duel), since, lambda custom_id: custom_id.endswith(ours)
            )

    async def take_down(self, home_id: int, channel_id: int, message_id: int) -> None:
        """Have the card of a duel that is kept no more say so. Raises `CardLost` or `CardLater`."""
        with _meanings():
            await self._channels.edit(Address(home_id, channel_id), message_id, gone_card(str(DuelGone())))

    async def tell_unasked(self, duel: Duel, why: str) -> None:
        """Tell the challenger that nobody was asked."""
        await self._starters.tell_alone(duel.id, duel.challenger.player_id, unasked_text(duel, why))


def _address(duel: Duel) -> Address:
    return Address(duel.home_id, duel.channel_id)


def _nonce(duel: Duel) -> str:
    """Return what tells one sending of the card from another, where its message was deleted meanwhile."""
    begun = duel.tried_at or duel.offered_at
    milliseconds = int(begun.timestamp()) * 1000 + begun.microsecond // 1000
    return f"d{duel.id:x}-{milliseconds & 0xFFFFFF:x}"


@contextmanager
def _meanings() -> Iterator[None]:
    """Raise what became of a request as what it means for a card."""
    try:
        yield
    except Later as later:
        raise CardLater(str(later), timedelta(seconds=later.wait)) from later
    except Gone as gone:
        raise CardGone(str(gone)) from gone
    except Lost as lost:
        raise CardRefused(str(lost)) from lost
    except Refused as refused:
        raise CardRefused("Discord does not take its card") from refused
    except (Failure, Unreadable) as failure:
        raise CardLost(str(failure)) from failure
