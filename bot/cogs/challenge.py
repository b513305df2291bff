"""`/daily`: the daily challenge, anywhere; only who plays sees the questions."""

from datetime import date
from typing import Any

from discord import Interaction, app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.clock import Clock
from bot.cogs.alone import Alone
from bot.cogs.door import press_of
from bot.cogs.messages.challenges import (
    day_board_card,
    first_time_text,
    no_reminder_text,
    quiet_text,
    reminder_card,
    shared_card,
    streak_card,
    timezone_text,
    unfinished_card,
    unshared_card,
)
from bot.cogs.messages.components import Card
from bot.cogs.messages.settings import zone_choices
from bot.cogs.patience import opened_soon
from bot.cogs.permissions import is_member_here
from bot.cogs.replies import reply, update
from bot.cogs.router import Router, number_in
from bot.cogs.schedule import time_choices
from bot.errors import BadInput, NotFound
from bot.quiz.showing import RoundShowing
from bot.quiz.timetable import read_time
from bot.services.challenges import Challenges, Outcome
from bot.services.reminders import Reminders
from bot.services.zones import ZonesService

_OLD = "That button is from an older Farside. `/daily play` asks today's questions."


class ChallengeCog(commands.Cog):
    """The commands and buttons of the daily challenge."""

    daily = app_commands.Group(
        name="daily",
        description="Five questions a day, the same for everyone",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )

    def __init__(
        self,
        router: Router,
        alone: Alone,
        *,
        challenges: Challenges,
        reminders: Reminders,
        zones: ZonesService,
        clock: Clock,
    ) -> None:
        self._alone = alone
        self._challenges = challenges
        self._reminders = reminders
        self._zones = zones
        self._clock = clock
        router.on("daily", self._press)

    @daily.command(name="play", description="Play today's five questions; only you see them")
    async def play(self, interaction: Interaction[Any]) -> None:
        """Begin today's challenge, or go on with it."""
        press = press_of(interaction)
        before = await self._challenges.calendar(press)
        playing = await self._challenges.play(press, guild_id=_board_of(interaction))
        await self._show(interaction, playing)
        if not before.is_chosen:
            await reply(interaction, first_time_text(await self._challenges.calendar(press)))
        elif before.unfinished is not None:
            await reply(interaction, view=unfinished_card(before.unfinished.on))

    @daily.command(name="share", description="Show everybody here how today's went; it tells no answer")
    async def share(self, interaction: Interaction[Any]) -> None:
        """Post the grid of today's challenge; before it is finished, offer that of the last one."""
        try:
            await self._share(interaction, None)
        except NotFound as unfinished:
            whole = (await self._challenges.calendar(press_of(interaction))).whole
            if whole is None:
                raise
            await reply(interaction, view=unshared_card(str(unfinished), whole.on))

    @daily.command(name="streak", description="See your streak, and until when today can be played")
    async def streak(self, interaction: Interaction[Any]) -> None:
        """Show the streak."""
        press = press_of(interaction)
        calendar = await self._challenges.calendar(press)
        await reply(interaction, view=streak_card(calendar, await self._reminders.load(press.player_id)))

    @daily.command(name="board", description="See who has played today in this server, and how it went")
    async def board(self, interaction: Interaction[Any]) -> None:
        """Show the server's board of today."""
        card = await self._board(interaction, interaction.user.id, None)
        await reply(interaction, view=card, ephemeral=False)

    @daily.command(name="timezone", description="Set by which calendar your days begin")
    @app_commands.describe(timezone="A city, a country or a zone's name; pick one of the suggestions")
    async def timezone(self, interaction: Interaction[Any], timezone: str) -> None:
        """Set the player's time zone."""
        zone = (await self._zones.load()).find(timezone, self._clock.now())
        await reply(
            interaction, timezone_text(await self._challenges.set_timezone(press_of(interaction), zone))
        )

    @daily.command(name="remind", description="Be reminded by direct message on days you have not played")
    @app_commands.describe(time="Your local time, such as 18:00 or 6pm; nothing shows how it stands")
    async def remind(self, interaction: Interaction[Any], time: str | None = None) -> None:
        """Set when to be reminded, or show it."""
        press = press_of(interaction)
        if time is not None:
            reminder, zone = await self._reminders.set(press, read_time(time))
            await reply(interaction, view=reminder_card(reminder, zone.key))
            return
        known = await self._reminders.load(press.player_id)
        if known is None or known.next_at is None:
            await reply(interaction, no_reminder_text(known))
        else:
            calendar = await self._challenges.calendar(press)
            await reply(interaction, view=reminder_card(known, calendar.zone.key))

    @timezone.autocomplete("timezone")
    async def suggest_zones(self, interaction: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest zones by city, country or name, with the time there."""
        now = self._clock.now()
        atlas = await self._zones.load()
        return zone_choices(atlas.search(current, now, locale=interaction.locale.value), now)

    @remind.autocomplete("time")
    async def suggest_times(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Say back how the time typed so far is understood."""
        return time_choices(current)

    # ------------------------------------------------------------------------------------------- presses

    async def _press(self, interaction: Interaction[Any], *words: str) -> None:
        """`daily:<what>`, with a date or a viewer where that is needed."""
        match words:
            case ["play", *_]:
                await self._play_from(interaction)
            case ["yesterday"]:
                await self._show(interaction, await self._challenges.finish_yesterday(press_of(interaction)))
            case ["share", day]:
                await self._share(interaction, _date_in(day))
            case ["board", day]:
                await reply(
                    interaction, view=await self._board(interaction, interaction.user.id, _date_in(day))
                )
            case ["turn", viewer, day]:
                await self._turn(interaction, number_in(viewer), _date_in(day))
            case ["quiet"]:
                await reply(interaction, quiet_text(was_on=await self._reminders.stop(interaction.user.id)))
            case _:
                raise NotFound(_OLD)

    async def _play_from(self, interaction: Interaction[Any]) -> None:
        """Play from somebody's button, in a message for the one who pressed it."""
        press = press_of(interaction)
        await self._show(interaction, await self._challenges.play(press, guild_id=_board_of(interaction)))

    async def _show(self, interaction: Interaction[Any], playing: RoundShowing | Outcome) -> None:
        if isinstance(playing, RoundShowing):
            await opened_soon(interaction, self._alone.opened(playing), is_new=True)
        else:
            has_board = _board_of(interaction) is not None
            await reply(interaction, view=await self._alone.outcome_card(playing, has_board=has_board))

    async def _share(self, interaction: Interaction[Any], on: date | None) -> None:
        press = press_of(interaction)
        outcome = await self._challenges.share(press, on, guild_id=_board_of(interaction))
        await reply(interaction, view=shared_card(outcome, press.name), ephemeral=False)

    async def _turn(self, interaction: Interaction[Any], viewer_id: int, on: date) -> None:
        """Show another date: in the same message for whoever asked for it, to anybody else alone."""
        card = await self._board(interaction, interaction.user.id, on)
        if viewer_id == interaction.user.id:
            await update(interaction, view=card)
        else:
            await reply(interaction, view=card)

    async def _board(self, interaction: Interaction[Any], viewer_id: int, on: date | None) -> Card:
        guild_id = _board_of(interaction)
        if guild_id is None:
            raise BadInput("A board belongs to a server with Farside in it. `/daily share` works anywhere.")
        board = await self._challenges.board(guild_id, on)
        name = interaction.guild.name if interaction.guild is not None else ""
        return day_board_card(board, viewer_id, name or "this server")


def _board_of(interaction: Interaction[Any]) -> int | None:
    """Return the server on whose board what is played here counts: one that Farside is a member of."""
    return interaction.guild_id if is_member_here(interaction) else None


def _date_in(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise NotFound(_OLD) from None
