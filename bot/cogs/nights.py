"""Quiz nights on Discord: announced, joined, and shown step by step.

What always holds:
- each message of a night is sent once, with a nonce made of stored values; after a restart, or when an
  answer was lost, it is looked for in the channel first;
- nobody is notified but those who have said that they come;
- an entry among the server's events is a courtesy: where Discord does not take it, the night goes on without;
  it follows the night as the announcement does, and holds its link, by which it is found again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from discord import Interaction
from discord.ext import commands

from bot.cluster.shards import Part
from bot.cogs.appointments import Appointment, Appointments
from bot.cogs.channels import NOBODY, NONCE_KEPT, Address, Channels, Notified, Unreadable
from bot.cogs.door import is_moderator, press_of
from bot.cogs.messages.components import Card
from bot.cogs.messages.nights import (
    announced_text,
    announcement_card,
    break_card,
    coming_text,
    ending_text,
    event_text,
    final_card,
    leaving_text,
    lost_text,
    off_card,
    reminder_card,
)
from bot.cogs.permissions import require_here, require_member_here
from bot.cogs.publisher import Publisher
from bot.cogs.races import draw_totals
from bot.cogs.replies import reply
from bot.cogs.retries import Seldom, pause_after
from bot.cogs.router import Router, number_in
from bot.cogs.sender import Failure, Gone, Later, Lost, Refused
from bot.errors import NotFound, NotRead, NotSaved, is_the_end
from bot.quiz.night import BREAK, WANTED, Night, NightCard, NightShowing, NightState, Step, notified
from bot.quiz.press import Press
from bot.services.library import Library
from bot.services.nights import NightPlan, Nights

_log = logging.getLogger(__name__)
_TROUBLE = "messages of quiz nights do not get through"
_FAULT_PAUSE = 60.0  # seconds after a fault of ours
_APART = 2.0  # seconds between two edits of an announcement, while many say at once that they come
_A_QUESTION = timedelta(seconds=35)  # with its result, more or less: how long an event is said to last


class NightCog(commands.Cog):
    """The buttons of quiz nights, and what makes their channels show them."""

    def __init__(
        self,
        router: Router,
        *,
        nights: Nights,
        channels: Channels,
        appointments: Appointments,
        publisher: Publisher,
        library: Library,
    ) -> None:
        self._nights = nights
        self._channels = channels
        self._appointments = appointments
        self._publisher = publisher
        self._library = library
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()
        self._begun: set[int] = set()  # nights whose events were told that they go on
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: dict[tuple[int, int], int] = {}
        self._seldom = Seldom(_log)
        nights.on_due(self._step)
        router.on("nightcome", self._tidied(self._come))
        router.on("nightleave", self._tidied(self._leave))
        router.on("nightgo", self._tidied(self._go_on))
        router.on("nightend", self._tidied(self._end))

    async def cog_load(self) -> None:
        """Show what is not shown yet."""
        await self.take_up()

    async def take_up(self, part: Part | None = None) -> None:
        """Show what is not shown yet of a part that another process had, or of ours."""
        for guild_id, night_id in await self._nights.list_to_show(part):
            self.show(guild_id, night_id)

    async def cog_unload(self) -> None:
        """Leave what is not shown yet to the next start."""
        for task in list(self._tasks):
            task.cancel()

    async def announce(self, interaction: Interaction[Any], plan: NightPlan) -> None:
        """Announce a night where the command was given, and enter it among the server's events if it may."""
        require_member_here(interaction)
        require_here(interaction)
        may = interaction.app_permissions
        has_event = may.administrator or may.create_events or may.manage_events
        night = await self._nights.announce(press_of(interaction), replace(plan, has_event=has_event))
        self._publisher.starters.remember(night.id, interaction)
        self.show(night.guild_id, night.id)
        await reply(interaction, announced_text(night, await self._nights.zone_of(night)))

    async def card_in(self, press: Press) -> Card:
        """Return the announcement of the night that comes, or goes on, in a channel; nothing without one."""
        showing = await self._nights.load_next(press)
        return [] if showing is None else announcement_card(showing, self._library.bank.topics)

    # ----------------------------------------------------------------------------------------------- presses

    def _tidied(self, press: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """Return `press`, after which the messages of a night that is over take no more of them.

        Farside may have been shut out of the channel when it ended.
        """

        async def press_and_tidy(interaction: Interaction[Any], night_id: str, word: str) -> None:
            try:
                await press(interaction, night_id, word)
            except NotFound:
                if interaction.guild_id is not None:
                    self._run(self._tidy(interaction.guild_id, number_in(night_id)))
                raise

        return press_and_tidy

    async def _tidy(self, guild_id: int, night_id: int) -> None:
        showing = await self._nights.load_showing(guild_id, night_id)
        if showing is None or not showing.night.is_over:
            return
        try:
            await self._show_past(showing)
            if showing.message_id is not None:
                card = announcement_card(showing, self._library.bank.topics)
                await self._edit(showing.night, showing.message_id, card)
        except Failure as failure:
            _log.info("quiz night %s still takes presses: %s", night_id, failure)

    async def _come(self, interaction: Interaction[Any], night_id: str, team: str) -> None:
        """Put somebody on the list: `nightcome:<night>:<team>`."""
        press, number = press_of(interaction), number_in(night_id)
        night, guest, is_new = await self._nights.come(press, number, number_in(team))
        await reply(interaction, coming_text(night, guest, is_new=is_new))
        self.show(night.guild_id, night.id)

    async def _leave(self, interaction: Interaction[Any], night_id: str, _: str) -> None:
        """Take somebody off the list: `nightleave:<night>:<message>`."""
        night, is_off = await self._nights.leave(press_of(interaction), number_in(night_id))
        await reply(interaction, leaving_text(night, is_off=is_off))
        self.show(night.guild_id, night.id)

    async def _go_on(self, interaction: Interaction[Any], night_id: str, number: str) -> None:
        """End a break: `nightgo:<night>:<round>`."""
        press, decides = press_of(interaction), is_moderator(interaction)
        night = await self._nights.hurry(press, number_in(night_id), number_in(number), is_moderator=decides)
        await reply(interaction, "On to the next round.")
        self.show(night.guild_id, night.id)

    async def _end(self, interaction: Interaction[Any], night_id: str, _: str) -> None:
        """Call a night off, or have it end: `nightend:<night>:<round>`."""
        press, decides = press_of(interaction), is_moderator(interaction)
        night = await self._nights.end(press, number_in(night_id), is_moderator=decides)
        await reply(interaction, ending_text(night))
        self.show(night.guild_id, night.id)

    # ------------------------------------------------------------------------------------------ what happens

    async def _step(self, guild_id: int, night_id: int) -> None:
        first = await self._nights.step(guild_id, night_id)
        if first is not None:
            self._publisher.show_new(first)
        self.show(guild_id, night_id)

    # --------------------------------------------------------------------------------------------- messages

    def show(self, guild_id: int, night_id: int) -> None:
        """Send what is to be sent of a night, and bring its announcement up to date, soon."""
        self._run(self._show(guild_id, night_id))

    def _run(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, guild_id: int, night_id: int) -> None:
        key = (guild_id, night_id)
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        while True:
            async with lock:
                try:
                    await self._show_all(guild_id, night_id)
                except (Later, NotSaved, NotRead) as trouble:
                    pause = self._postpone(key, trouble)
                except BaseException as error:
                    if is_the_end(error):
                        raise
                    _log.exception("quiz night %s could not be shown", night_id)
                    pause = _FAULT_PAUSE
                else:
                    self._failures.pop(key, None)
                    if not self._failures and self._seldom.is_over(_TROUBLE):
                        _log.info("messages of quiz nights get through again")
                    return
            await asyncio.sleep(pause)

    def _postpone(self, key: tuple[int, int], trouble: Later | NotSaved | NotRead) -> float:
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self._seldom.warn(_TROUBLE, trouble)
        return pause_after(failures, trouble.wait if isinstance(trouble, Later) else 0.0)

    async def _show_all(self, guild_id: int, night_id: int) -> None:
        showing = await self._nights.load_showing(guild_id, night_id)
        if showing is None:
            return
        night = showing.night
        try:
            for card in await self._nights.list_unsent(night):
                await self._send(showing, card)
            now = await self._nights.load_showing(guild_id, night_id)  # others came while that was sent
            if now is None:
                return
            await self._show_past(showing := now)
            await self._show_announcement(showing)
        except Lost as lost:
            _log.info("quiz night %s cannot go on: %s", night.id, lost)
            reason = f"stopped because {lost}"
            await self._show_event(replace(showing, night=night.called_off(reason)))
            await self._tell_host(night, lost)
            await self._nights.give_up(night, reason)
            await self._retire(guild_id, night_id)
            return
        if showing.shown < showing.version:
            await self._show_event(showing)
            await self._nights.mark_announcement(showing.night, showing.version)
            await asyncio.sleep(_APART)

    async def _retire(self, guild_id: int, night_id: int) -> None:
        """Have what is out of a night that was given up ask for no press, where Farside may yet edit it."""
        showing = await self._nights.load_showing(guild_id, night_id)
        if showing is not None:
            with suppress(Lost):
                await self._show_past(showing)
                await self._show_announcement(replace(showing, shown=0))

    async def _tell_host(self, night: Night, lost: Lost) -> None:
        """Tell whoever announced a night why it cannot go on, where nobody else can be told."""
        if night.is_over or not night.starter_id:
            return
        await self._publisher.starters.tell_alone(night.id, night.starter_id, lost_text(night, lost))

    async def _send(self, showing: NightShowing, unsent: NightCard) -> None:
        """Send a message of the night, unless it is in its channel already."""
        night, step = showing.night, unsent.step
        if night.is_past(step):
            _log.info("message %s of quiz night %s comes too late", step, night.id)
            await self._nights.settle(night, step, None)
            return
        message_id = None
        if not timedelta(0) <= self._nights.age(unsent) <= NONCE_KEPT:  # below it our clock was set back
            try:
                message_id = await self._channels.find(_at(night), unsent.made_at, _marks(night, step))
            except Unreadable as unreadable:
                _log.warning("a message of quiz night %s may be out or not: %s", night.id, unreadable)
                await self._nights.settle(night, step, None)
                return
        if message_id is None:
            card, files, notified = await self._card(showing, unsent)
            try:
                message_id = await self._channels.send(
                    _at(night), card, nonce=f"n{night.id:x}:{step}", notified=notified, files=files
                )
            except Refused as refused:
                if step == Step.ANNOUNCEMENT:
                    raise Lost("Discord does not take its announcement", refused.code) from refused
                _log.warning("Discord does not take message %s of quiz night %s: %s", step, night.id, refused)
        await self._nights.settle(night, step, message_id)

    async def _card(
        self, showing: NightShowing, unsent: NightCard
    ) -> tuple[Card, list[tuple[str, bytes]], Notified]:
        """Return a message's card, its files, and whom it notifies."""
        topics = self._library.bank.topics
        match unsent.step:
            case Step.ANNOUNCEMENT:
                return announcement_card(showing, topics), [], NOBODY
            case Step.REMINDER | Step.REMINDER_MORE:
                return reminder_card(showing, unsent), [], _notified(showing, unsent)
            case Step.OFF | Step.OFF_MORE:
                return off_card(showing, unsent.step), [], _notified(showing, unsent)
            case Step.END:
                may_attach = self._channels.may_attach(_at(showing.night))
                totals = await self._nights.load_race(showing) if may_attach else ()
                return final_card(showing, totals), await draw_totals(totals), NOBODY
            case _:
                return break_card(showing, unsent.step, topics), [], NOBODY

    async def _show_past(self, showing: NightShowing) -> None:
        """Have messages whose time is over ask for no press any more."""
        night = showing.night
        for past in await self._nights.list_past(night):
            if past.message_id is not None:
                await self._edit(night, past.message_id, (await self._card(showing, past))[0])
            await self._nights.settle(night, past.step, None)

    async def _edit(self, night: Night, message_id: int, card: Card) -> None:
        try:
            await self._channels.edit(_at(night), message_id, card, priority=2)
        except (Gone, Refused) as failure:
            _log.info("message %s of quiz night %s stays as it is: %s", message_id, night.id, failure)

    async def _show_announcement(self, showing: NightShowing) -> None:
        night = showing.night
        if showing.shown >= showing.version or showing.message_id is None:
            return
        # What was sent a moment ago may be of this version already; showing it twice changes nothing.
        card = announcement_card(showing, self._library.bank.topics)
        await self._edit(night, showing.message_id, card)

    # ----------------------------------------------------------------------------------------------- events

    async def _show_event(self, showing: NightShowing) -> None:
        """Have the night's event be there, and show how far the night has come."""
        night, event_id = showing.night, showing.night.event_id
        if event_id is None or showing.message_id is None:
            return
        if event_id == WANTED:
            event_id = await self._appointments.find(night.guild_id, _link(showing))
            if event_id is None and night.state is NightState.COMING:
                event_id = await self._appointments.add(night.guild_id, self._appointment(showing))
            await self._nights.note_event(night, event_id)
        if event_id is None or night.state is NightState.COMING:
            return
        match night.state:
            case NightState.OFF:
                await self._appointments.remove(night.guild_id, event_id)
            case NightState.OVER:
                await self._appointments.finish(night.guild_id, event_id)
            case _ if night.id not in self._begun:
                self._begun.add(night.id)
                await self._appointments.begin(night.guild_id, event_id)
        if night.is_over:
            self._begun.discard(night.id)
            await self._nights.note_event(night, None)

    def _appointment(self, showing: NightShowing) -> Appointment:
        night = showing.night
        name, description = event_text(night, self._library.bank.topics, _link(showing))
        lasting = night.rounds * (night.rules.questions * _A_QUESTION + BREAK)
        where, ends_at = f"<#{night.channel_id}>", night.starts_at + lasting
        return Appointment(name, description, where, night.starts_at, ends_at)


def _link(showing: NightShowing) -> str:
    """Return the address of the announcement, which no other night has."""
    night = showing.night
    return f"https://discord.com/channels/{night.guild_id}/{night.channel_id}/{showing.message_id}"


def _at(night: Night) -> Address:
    return Address(night.guild_id, night.channel_id)


def _notified(showing: NightShowing, unsent: NightCard) -> Notified:
    return Notified(users=[guest.player_id for guest in notified(showing.guests, unsent.step)])


def _marks(night: Night, step: int) -> Callable[[str], bool]:
    """Return what tells the custom_ids of a message of the night from those of any other."""
    match step:
        case Step.ANNOUNCEMENT | Step.REMINDER | Step.REMINDER_MORE:
            return lambda custom_id: custom_id == f"nightleave:{night.id}:{step}"
        case Step.OFF | Step.OFF_MORE:
            return lambda custom_id: custom_id == f"begin:{night.id}:{step}"
        case Step.END:
            return lambda custom_id: custom_id == f"begin:{night.id}"
        case _:
            return lambda custom_id: custom_id == f"nightgo:{night.id}:{step - Step.BREAK}"
