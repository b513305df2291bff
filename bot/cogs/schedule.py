"""`/schedule`: when a fact is posted by itself, and where. For those who may manage the server."""

import io
from dataclasses import replace
from typing import Any

import discord
from discord import Interaction, app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.clock import Clock
from bot.cogs.choices import read_choice
from bot.cogs.messages.challenges import announcement_card
from bot.cogs.messages.components import Card
from bot.cogs.messages.facts import Frame, daily_card
from bot.cogs.messages.moon import PICTURE
from bot.cogs.messages.schedules import (
    added_card,
    changed_text,
    choice_label,
    list_card,
    log_card,
    place_note,
    posted_text,
    preview_card,
    role_note,
    silence_note,
    stopped_card,
)
from bot.cogs.messages.settings import zone_choices
from bot.cogs.messages.text import escape
from bot.cogs.patience import soon
from bot.cogs.permissions import (
    MENTION_ROLES,
    is_locked,
    is_manager,
    missing_in,
    own_permissions,
    require_here,
    require_in,
)
from bot.cogs.places import Writable
from bot.cogs.replies import follow_up, reply
from bot.cogs.topics import read_topic, suggest_topics
from bot.errors import BadInput, NotAllowed, NotFound
from bot.quiz.schedule import NewSchedule, PostKind, Schedule, ScheduleState
from bot.quiz.slots import EVERY_DAY, Slot
from bot.quiz.timetable import read_days, read_time, show_time
from bot.services.daily import DailyService
from bot.services.evenings import Evenings
from bot.services.facts import FactsService
from bot.services.schedules import SchedulesService
from bot.services.zones import ZonesService

_NEXT = 3  # posts in a preview
_LOG = 15
_PATIENCE = 1.8  # seconds to wait for a post by hand: Discord wants its answer within three
_NONE_YET = (
    "This server has no schedules yet. `/schedule add time:09:00` makes one:"
    " the Moon, a fact and a question each day."
)
_KINDS = [
    Choice(name="fact: the Moon, a fact and a question", value=PostKind.FACT.value),
    Choice(name="challenge: that the daily challenge is there", value=PostKind.CHALLENGE.value),
]
_USUAL_TIMES = ("07:00", "08:00", "09:00", "12:00", "18:00", "20:00", "21:00")
_USUAL_DAYS = ("every day", "mon-fri", "weekends", "mon,wed,fri", "sunday")


class ScheduleCog(commands.Cog):
    """The commands that look after schedules."""

    schedule = app_commands.Group(
        name="schedule",
        description="Post a fact by itself, every day at the time you choose",
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(
        self,
        schedules: SchedulesService,
        daily: DailyService,
        facts: FactsService,
        zones: ZonesService,
        clock: Clock,
        evenings: Evenings,
    ) -> None:
        self._evenings = evenings
        self._schedules = schedules
        self._daily = daily
        self._facts = facts
        self._zones = zones
        self._clock = clock

    async def cog_load(self) -> None:
        """Mend what a wrong clock may have left."""
        await self._daily.start()

    async def interaction_check(self, interaction: Interaction[Any], /) -> bool:
        """Ask Discord's answer to who may manage the server once more, on our side."""
        return is_manager(interaction)

    @schedule.command(name="add", description="Post the Moon, a fact and a question every day at your time")
    @app_commands.describe(
        time="The local time of day, such as 09:00 or 9am",
        channel="Where to post (default: here)",
        timezone="A city or country, picked from the suggestions (default: the server's time zone)",
        days="Such as mon-fri, weekends or mon,wed (default: every day)",
        role="A role to notify with each post (default: none)",
        topic="Only facts on this topic (default: every topic)",
        kind="A fact, or word of the daily challenge with yesterday's winners (default: a fact)",
    )
    @app_commands.choices(kind=_KINDS)
    async def add(  # noqa: PLR0913 - a command's options are its parameters
        self,
        interaction: Interaction[Any],
        time: str,
        *,
        channel: Writable | None = None,
        timezone: str | None = None,
        days: str | None = None,
        role: discord.Role | None = None,
        topic: str | None = None,
        kind: str = PostKind.FACT,
    ) -> None:
        """Add a schedule, once everything about it is known to work."""
        guild_id, channel_id = _place(interaction)
        at = read_time(time)
        on_days = read_days(days) if days else EVERY_DAY
        zone = (await self._zones.load()).find(timezone, self._clock.now()) if timezone else None
        about = read_topic(self._facts.topics, topic) if topic else None
        posts = read_choice(PostKind, kind)
        if about is not None and posts is PostKind.CHALLENGE:
            raise BadInput("The daily challenge asks about everything: leave out the topic.")
        if channel is None or channel.id == channel_id:
            require_here(interaction)
        else:
            require_in(channel)
            channel_id = channel.id
        if role is not None:
            _require_right_to_notify(interaction, role, channel)
        schedule = await self._schedules.add(
            NewSchedule(
                guild_id=guild_id,
                request_id=interaction.id,
                channel_id=channel_id,
                at=at,
                days=on_days,
                timezone=zone.key if zone else None,
                role_id=role.id if role else None,
                created_by=interaction.user.id,
                topic=about,
                kind=posts,
            )
        )
        slots = await self._schedules.next_slots(schedule, _NEXT)
        notes = [*_zone_notes(schedule), *_twins(schedule, await self._all(interaction))]
        notes += await self._in_the_way(interaction.guild, schedule)
        await reply(interaction, view=added_card(schedule, slots, notes, self._facts.topics))

    @schedule.command(name="list", description="Show this server's schedules and how they stand")
    async def show_all(self, interaction: Interaction[Any]) -> None:
        """Show all schedules."""
        schedules = await self._all(interaction)
        notes = {one.number: await self._in_the_way(interaction.guild, one) for one in schedules}
        shown = [_with_its_role(interaction.guild, one) for one in schedules]
        await reply(interaction, view=list_card(shown, notes, self._facts.topics))

    async def _in_the_way(self, guild: discord.Guild | None, schedule: Schedule) -> list[str]:
        """Return what keeps a schedule's next post from coming, or from notifying its role."""
        silence = await self._schedules.silence(schedule)
        notes = [silence_note(silence)] if silence is not None else []
        if guild is None or guild.unavailable:
            return notes
        if not (schedule.failures or schedule.is_waiting):
            channel = guild.get_channel_or_thread(schedule.channel_id)
            missing = missing_in(channel) if channel is not None else []
            locked = channel is not None and is_locked(channel, own_permissions(channel))
            place = place_note(missing, is_known=channel is not None, is_locked=locked)
            notes += [place] if place else []
        return notes + _role_notes(guild, schedule)

    @schedule.command(name="pause", description="Stop a schedule for a while")
    @app_commands.describe(schedule="Which one (not needed when there is only one)")
    async def pause(self, interaction: Interaction[Any], schedule: str | None = None) -> None:
        """Pause a schedule."""
        await self._set_state(interaction, schedule, ScheduleState.PAUSED)

    @schedule.command(name="resume", description="Start a paused or stopped schedule again")
    @app_commands.describe(schedule="Which one (not needed when there is only one)")
    async def resume(self, interaction: Interaction[Any], schedule: str | None = None) -> None:
        """Resume a schedule."""
        await self._set_state(interaction, schedule, ScheduleState.ACTIVE)

    @schedule.command(name="remove", description="Remove a schedule for good")
    @app_commands.describe(schedule="Which one (not needed when there is only one)")
    async def remove(self, interaction: Interaction[Any], schedule: str | None = None) -> None:
        """Remove a schedule."""
        await self._set_state(interaction, schedule, ScheduleState.REMOVED)

    @schedule.command(name="post", description="Post a fact now, beside those that come by themselves")
    @app_commands.describe(schedule="Which one (not needed when there is only one)")
    async def post(self, interaction: Interaction[Any], schedule: str | None = None) -> None:
        """Post once by hand, and say what became of it."""
        guild_id, _ = _place(interaction)
        chosen = _pick(await self._all(interaction), schedule)
        if (guild := interaction.guild) is not None:
            require_in(await _channel_of(guild, chosen))
        entry = await self._daily.post_now(chosen, interaction.id, patience=_PATIENCE)
        await reply(interaction, posted_text(entry, guild_id))

    @schedule.command(name="preview", description="Show the next post, and when the next three come")
    @app_commands.describe(schedule="Which one (default: all)")
    async def preview(self, interaction: Interaction[Any], schedule: str | None = None) -> None:
        """Show the next posts of one schedule or of all."""
        schedules = [_with_its_role(interaction.guild, one) for one in await self._all(interaction)]
        if schedule is not None:
            schedules = [_pick(schedules, schedule)]
        previews = [(one, await self._schedules.next_slots(one, _NEXT)) for one in schedules]
        found = await soon(interaction, self._first_post(previews))
        card, picture = found if found is not None else (None, None)
        files = [discord.File(io.BytesIO(picture), filename=PICTURE)] if picture else []
        await reply(interaction, view=preview_card(previews, card, self._facts.topics), files=files)

    async def _first_post(
        self, previews: list[tuple[Schedule, list[Slot]]]
    ) -> tuple[Card, bytes | None] | None:
        """Return the post that comes first, as far as that can be told today, and its picture.

        Its question is not told before its time: whoever looks may play, too.
        """
        coming = [(slots[0], one) for one, slots in previews if slots]
        if not coming:
            return None
        slot, schedule = min(coming, key=lambda found: (not found[1].is_active, found[0].due_at))
        if schedule.kind is PostKind.CHALLENGE:
            return announcement_card(slot.on, (), role_id=schedule.role_id), None
        fact = await self._schedules.next_fact(schedule, slot)
        if fact is None:
            return None
        evening = await self._evenings.see(schedule.guild_id, schedule.zone, slot.on)
        card = daily_card(fact, self._facts.topic(fact), evening, Frame(role_id=schedule.role_id))
        return card, evening.picture

    @schedule.command(name="log", description="Show what became of the latest posts, and why")
    @app_commands.describe(schedule="Which one (default: all)")
    async def log(self, interaction: Interaction[Any], schedule: str | None = None) -> None:
        """Show the latest entries of the log; those of removed schedules too."""
        guild_id, _ = _place(interaction)
        number = _number(schedule) if schedule is not None else None
        entries = await self._schedules.list_log(guild_id, _LOG, number)
        if not entries:
            whose = "" if number is None else f" by schedule {number}"
            await reply(
                interaction,
                f"Nothing has been posted{whose} yet. `/schedule preview` shows when the next post comes.",
            )
            return
        await reply(interaction, view=log_card(entries, guild_id))

    @add.autocomplete("time")
    async def suggest_times(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Say back how the time typed so far is understood."""
        return time_choices(current)

    @add.autocomplete("timezone")
    async def suggest_zones(self, interaction: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest zones by city, country or name, with the time there."""
        now = self._clock.now()
        atlas = await self._zones.load()
        return zone_choices(atlas.search(current, now, locale=interaction.locale.value), now)

    @add.autocomplete("days")
    async def suggest_days(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest usual choices of days."""
        typed = current.strip().lower()
        return [Choice(name=usual, value=usual) for usual in _USUAL_DAYS if typed in usual]

    @add.autocomplete("topic")
    async def suggest_topics(self, _: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest topics by a part of their title or id."""
        return suggest_topics(self._facts.topics, current)

    @pause.autocomplete("schedule")
    @post.autocomplete("schedule")
    @resume.autocomplete("schedule")
    @remove.autocomplete("schedule")
    @preview.autocomplete("schedule")
    @log.autocomplete("schedule")
    async def suggest_schedules(self, interaction: Interaction[Any], current: str) -> list[Choice[str]]:
        """Suggest the server's schedules."""
        guild = interaction.guild
        if guild is None:
            return []
        choices = []
        for schedule in await self._schedules.list_schedules(guild.id):
            channel = guild.get_channel_or_thread(schedule.channel_id)
            label = choice_label(
                schedule, f"#{channel.name}" if channel else "a thread or channel not in sight"
            )
            if current.casefold().strip() in label.casefold():
                choices.append(Choice(name=label, value=str(schedule.number)))
        return choices[:25]

    async def _all(self, interaction: Interaction[Any]) -> list[Schedule]:
        guild_id, _ = _place(interaction)
        schedules = await self._schedules.list_schedules(guild_id)
        if not schedules:
            raise NotFound(_NONE_YET)
        return schedules

    async def _set_state(
        self, interaction: Interaction[Any], typed: str | None, state: ScheduleState
    ) -> None:
        guild_id, _ = _place(interaction)
        schedules = await self._all(interaction)
        chosen = _pick(schedules, typed)
        if state is ScheduleState.ACTIVE and (guild := interaction.guild) is not None:
            require_in(await _channel_of(guild, chosen))
        before, after = await self._schedules.set_state(guild_id, chosen.number, state)
        await reply(interaction, changed_text(before, after))

    @commands.Cog.listener()
    async def on_raw_thread_update(self, update: discord.RawThreadUpdateEvent) -> None:
        """Go on in a thread that was opened again."""
        if not update.data["thread_metadata"]["archived"]:
            await self._daily.wake(update.guild_id, update.thread_id)

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction[Any], _: Any) -> None:
        """Tell makers of schedules that stopped, who could not be told by direct message."""
        stopped = self._daily.take_untold(interaction.guild_id, interaction.user.id)
        if not stopped:
            return
        try:
            await follow_up(interaction, view=stopped_card(stopped, topics=self._facts.topics))
        except Exception:
            self._daily.give_back(stopped)
            raise
        await self._daily.mark_told(stopped)


def time_choices(typed: str) -> list[Choice[str]]:
    """Return a time of day as suggestions: how what is typed is understood, or the usual ones."""
    if not typed.strip():
        return [Choice(name=usual, value=usual) for usual in _USUAL_TIMES]
    try:
        read = show_time(read_time(typed))
    except BadInput:
        return []
    return [Choice(name=read, value=read)]


async def _channel_of(guild: discord.Guild, schedule: Schedule) -> discord.abc.GuildChannel | discord.Thread:
    """Return the schedule's channel; a thread that is archived is not in sight, and has to be asked for."""
    known = guild.get_channel_or_thread(schedule.channel_id)
    if known is not None:
        return known
    try:
        return await guild.fetch_channel(schedule.channel_id)
    except discord.Forbidden:
        raise NotAllowed(
            f"Farside cannot see the channel of schedule {schedule.number} any more. Grant it "
            "**View Channel** there, or remove the schedule with `/schedule remove`."
        ) from None
    except discord.NotFound:
        raise NotFound(
            f"The channel of schedule {schedule.number} is gone. Remove it with `/schedule remove`, "
            "and add one for another channel."
        ) from None


def _require_right_to_notify(
    interaction: Interaction[Any], role: discord.Role, channel: Writable | None
) -> None:
    """Let nobody notify a role through Farside whom Discord would not let notify it."""
    if role.is_default():
        raise BadInput("Farside never notifies everyone. Choose a role that people have picked themselves.")
    person = interaction.user
    granted = interaction.permissions
    if channel is not None and channel.id != interaction.channel_id and isinstance(person, discord.Member):
        granted = channel.permissions_for(person)
    if not (role.mentionable or granted.mention_everyone or granted.administrator):
        raise NotAllowed(
            f"You may not notify **{escape(role.name)}** there yourself, so Farside does not do it for you. "
            "Have everyone allowed to mention the role in its settings, or ask somebody with "
            f"**{MENTION_ROLES.name}**."
        )


def _place(interaction: Interaction[Any]) -> tuple[int, int]:
    """Return the ids of the server and the channel where the command was given."""
    if interaction.guild_id is None or interaction.channel_id is None:
        raise NotFound("Schedules belong to a server. Use this command in one of its channels.")
    return interaction.guild_id, interaction.channel_id


def _pick(schedules: list[Schedule], typed: str | None) -> Schedule:
    """Return the schedule that was picked; the only one when none was."""
    if typed is None:
        if len(schedules) > 1:
            raise BadInput("Which schedule? Pick one of the suggestions; `/schedule list` shows them all.")
        return schedules[0]
    number = _number(typed)
    for schedule in schedules:
        if schedule.number == number:
            return schedule
    raise NotFound(f"There is no schedule {number}. `/schedule list` shows what there is.")


def _number(typed: str) -> int:
    digits = typed.strip().removeprefix("#").partition(":")[0]
    if not (digits.isdecimal() and digits.isascii() and len(digits) <= 9):
        raise BadInput("Pick a schedule from the suggestions, or type its number; `/schedule list` shows it.")
    return int(digits)


def _twins(schedule: Schedule, schedules: list[Schedule]) -> list[str]:
    """Return a note when another schedule posts in the same channel at the same moment."""
    twins = [
        other.number
        for other in schedules
        if other.number != schedule.number
        and (other.channel_id, other.next_at) == (schedule.channel_id, schedule.next_at)
    ]
    if not twins:
        return []
    others = f"Schedule {twins[0]} posts" if len(twins) == 1 else f"{len(twins)} other schedules post"
    return [f"{others} there at the same time, each something of its own. `/schedule remove` takes one back."]


def _zone_notes(schedule: Schedule) -> list[str]:
    if schedule.timezone is not None or schedule.zone.key != "UTC":
        return []
    return ["The time is in UTC: this server has no time zone yet. `/config timezone` sets it."]


def _role_notes(guild: discord.Guild | None, schedule: Schedule) -> list[str]:
    """Return why a schedule does not notify its role, if it has one and does not."""
    if guild is None or guild.unavailable or schedule.role_id is None:
        return []
    role, channel = guild.get_role(schedule.role_id), guild.get_channel_or_thread(schedule.channel_id)
    if role is None:
        return [role_note(None)]
    is_mute = channel is not None and not role.mentionable and missing_in(channel, (MENTION_ROLES,))
    return [role_note(role.mention)] if is_mute else []


def _with_its_role(guild: discord.Guild | None, schedule: Schedule) -> Schedule:
    """Return the schedule as it is to be shown: without a role that was deleted."""
    if guild is None or guild.unavailable or schedule.role_id is None or guild.get_role(schedule.role_id):
        return schedule
    return replace(schedule, role_id=None)
