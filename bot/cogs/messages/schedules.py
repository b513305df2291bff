"""What owners see of schedules: how they stand, when they post next, what became of each post."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.cogs.messages.components import MOON, RIGHT, WARNING, Card, container, separator, size, text
from bot.cogs.messages.figures import moment
from bot.cogs.messages.text import escape, fitting, shorten, shown_name, written
from bot.quiz.question import title_of
from bot.quiz.schedule import LATE, REFUSALS, LogEntry, PostKind, PostState, Schedule, ScheduleState
from bot.quiz.slots import Slot
from bot.quiz.timetable import show_days, show_time

_MARKS = {
    PostState.CLAIMED: "… being sent",
    PostState.SENT: "✔ sent",
    PostState.MISSED: "– skipped",
    PostState.FAILED: "✘ not posted",
    PostState.UNKNOWN: "? not known whether it was posted",
}
_TEXT = 3700  # characters of lines on a card; Discord takes 4,000 in all
Topics = Mapping[str, str]
NO_TITLES: Topics = MappingProxyType({})
Notes = Mapping[int, Sequence[str]]
NO_NOTES: Notes = MappingProxyType({})
_SOME = 300  # characters of times that a preview has in any case


def moments(at: datetime) -> str:
    """Return an instant in each reader's own time, and how far away it is."""
    return f"{moment(at, 'F')} ({moment(at)})"


def describe(schedule: Schedule, topics: Topics) -> str:
    """Return a schedule in one line of words; `topics` are the bank's titles by their ids."""
    words = (
        f"<#{schedule.channel_id}> at **{show_time(schedule.at)}** ({escape(schedule.zone.key)}),"
        f" {show_days(schedule.days)}"
    )
    if schedule.kind is PostKind.CHALLENGE:
        words += ": the daily challenge"
    if schedule.topic:
        words += f", on {written(title_of(topics, schedule.topic), 60)}"
    return f"{words}, notifying <@&{schedule.role_id}>" if schedule.role_id else words


def choice_label(schedule: Schedule, channel: str) -> str:
    """Return a schedule as a suggestion shows it, in plain text of at most 100 characters."""
    state = "" if schedule.state is ScheduleState.ACTIVE else f" ({schedule.state})"
    what = ", challenge" if schedule.kind is PostKind.CHALLENGE else ""
    label = (
        f"{schedule.number}: {channel} at {show_time(schedule.at)}, {show_days(schedule.days)}{what}{state}"
    )
    return shorten(label, 100)


def added_card(
    schedule: Schedule, slots: Sequence[Slot], notes: Sequence[str], topics: Topics = NO_TITLES
) -> Card:
    """Return the answer to `/schedule add`."""
    return [
        container(
            text(f"### ✔ Schedule {schedule.number} is set"),
            text(describe(schedule, topics)),
            text("**The next posts, in your own time**\n" + _slots(slots)),
            *(text(f"⚠ {note}") for note in notes),
            separator(),
            text(
                "-# `/schedule post` sends one now, `/schedule preview` shows the next one, and"
                " `/schedule log` what became of each; `/schedule pause` and `/schedule remove` stop it."
            ),
            colour=RIGHT,
        )
    ]


def list_card(schedules: Sequence[Schedule], notes: Notes = NO_NOTES, topics: Topics = NO_TITLES) -> Card:
    """Return the answer to `/schedule list`; `notes` tell by number what is in the way of one."""
    lines = [
        f"**{one.number}** · {describe(one, topics)}\n{_standing(one, notes.get(one.number, ()))}"
        for one in schedules
    ]
    blocks = [text("### Schedules of this server"), *map(text, fitting(lines, _TEXT, _more))]
    is_amiss = any(notes.values()) or any(schedule.state is ScheduleState.STOPPED for schedule in schedules)
    return [container(*blocks, colour=WARNING if is_amiss else MOON)]


def preview_card(
    previews: Sequence[tuple[Schedule, Sequence[Slot]]], post: Card | None = None, topics: Topics = NO_TITLES
) -> Card:
    """Return the answer to `/schedule preview`: when posts come, in the reader's own time, and one."""
    lines = []
    for schedule, slots in previews:
        head = f"**{schedule.number}** · {describe(schedule, topics)}"
        if not schedule.is_active:
            head += f"\n⏸ It is {schedule.state}; after `/schedule resume` it would post:"
        lines.append(f"{head}\n{_slots(slots)}")
    room = max(_TEXT - size(post or []), _SOME)
    blocks = [text("### The next posts, in your own time"), *map(text, fitting(lines, room, _more))]
    if post:
        blocks.append(text("-# The first of them looks like this:"))
    return [container(*blocks), *(post or [])]


def posted_text(entry: LogEntry, guild_id: int) -> str:
    """Return the answer to `/schedule post`."""
    match entry.state:
        case PostState.SENT:
            return f"✔ Posted: {_address(entry, guild_id)}. The schedule's own posts come as before."
        case PostState.CLAIMED:
            return f"It is on its way to <#{entry.channel_id}>. `/schedule log` shows what becomes of it."
        case PostState.UNKNOWN:
            return f"It may be in <#{entry.channel_id}>, or not: {_reason(entry.reason)}."
        case _:
            return (
                f"Nothing was posted in <#{entry.channel_id}>: {_reason(entry.reason)}. "
                "`/config check` tells what is missing there."
            )


def stopped_card(
    schedules: Sequence[Schedule], server: str | None = None, topics: Topics = NO_TITLES
) -> Card:
    """Return word to whoever made schedules that have stopped; `server` names theirs outside of it."""
    where = f" in **{shown_name(server)}**" if server else ""
    head = "A schedule of yours has stopped" if len(schedules) == 1 else "Schedules of yours have stopped"
    lines = [
        f"**{one.number}** · {describe(one, topics)}\n"
        f"Discord refused {one.failures} posts in a row: {_reason(one.reason)}."
        for one in schedules
    ]
    return [
        container(
            text(f"### ⛔ {head}{where}"),
            *map(text, fitting(lines, _TEXT - 300, _more)),
            separator(),
            text(
                "-# Mend that first: `/config check` in the server tells which permission is missing where."
                " `/schedule resume` then starts it again, and `/schedule log` shows what happened."
            ),
            colour=WARNING,
        )
    ]


def log_card(entries: Sequence[LogEntry], guild_id: int) -> Card:
    """Return the answer to `/schedule log`: what became of each post, newest first."""
    lines = fitting([_log_line(entry, guild_id) for entry in entries], _TEXT, _older)
    return [container(text("### What became of the posts"), text("\n".join(lines)))]


def changed_text(before: Schedule, after: Schedule) -> str:
    """Return the answer to pause, resume and remove."""
    if after.state is ScheduleState.REMOVED:
        return f"Schedule {after.number} is removed. `/schedule log` still shows what it posted."
    if before.state is after.state:
        return f"Schedule {after.number} is {after.state} already." + (
            f" It posts next {moments(after.next_at)}." if after.next_at else ""
        )
    if after.state is ScheduleState.ACTIVE and after.next_at:
        return f"Schedule {after.number} is active again. It posts next {moments(after.next_at)}."
    return f"Schedule {after.number} is paused. `/schedule resume` starts it again."


def silence_note(reason: str) -> str:
    """Return that a schedule has nothing to post, and why."""
    return f"Nothing will come: {escape(reason)}."


def place_note(missing: Sequence[str], *, is_known: bool, is_locked: bool) -> str | None:
    """Return why a schedule's channel takes no post, as far as is known; None where it does."""
    if not is_known:
        return (
            "Its channel is not in sight: it was deleted, or is a thread that sleeps until it is posted to."
        )
    if missing:
        return f"Nothing will come: Farside lacks {', '.join(missing)} there. `/config check` tells more."
    return "Nothing will come while the thread is locked." if is_locked else None


def role_note(mention: str | None) -> str:
    """Return that nobody is notified: the role was deleted, or (with its mention) may not be notified."""
    if mention is None:
        return "Nobody is notified: the role was deleted."
    return (
        f"{mention} is named, but not notified: allow everyone to mention it in its settings,"
        " or grant Farside `Mention @everyone, @here and All Roles`."
    )


def _standing(schedule: Schedule, notes: Sequence[str]) -> str:
    match schedule.state:
        case ScheduleState.STOPPED:
            return (
                f"⛔ **Stopped** after {schedule.failures} refusals in a row: {_reason(schedule.reason)}. "
                "Mend that (`/config check` helps), then `/schedule resume`."
            )
        case ScheduleState.PAUSED:
            return "⏸ **Paused.** `/schedule resume` starts it again."
    line = f"→ Next {moments(schedule.next_at)}" if schedule.next_at else "→ Active"
    line += "".join(f"\n⚠ {note}" for note in notes)
    if schedule.is_waiting:
        line += f"\n⏸ **Paused for now:** {_reason(schedule.reason)}. It goes on by itself once that is over."
    elif schedule.failures:
        times = (
            "Refused the last time"
            if schedule.failures == 1
            else f"Refused {schedule.failures} times in a row"
        )
        line += f"\n⚠ {times}: {_reason(schedule.reason)}. After {REFUSALS} times in a row it stops."
    return line


def _reason(reason: str | None) -> str:
    return shorten(escape(reason or "for a reason unknown"), 150)


def _more(left: int) -> str:
    return f"-# … and {left} more. `/schedule preview` shows any one of them."


def _older(left: int) -> str:
    return f"-# … and {left} older."


def _slots(slots: Sequence[Slot]) -> str:
    return "\n".join(f"{place}. {moments(slot.due_at)}" for place, slot in enumerate(slots, 1))


def _log_line(entry: LogEntry, guild_id: int) -> str:
    days = entry.on.isoformat()
    if entry.first_on is not None:
        days = f"{entry.first_on.isoformat()} to {days}"
    elif entry.is_extra:
        days += " by hand"
    line = f"**{days}** · {entry.number} · <#{entry.channel_id}> · {_MARKS[entry.state]}"
    if entry.state is PostState.SENT and entry.settled_at is not None:
        line += f" {moment(entry.settled_at, 't')}"
        late = entry.settled_at - entry.due_at
        if late > LATE:
            line += f", {_duration(late.total_seconds())} late"
        if entry.message_id is not None:
            line += f" · [message]({_address(entry, guild_id)})"
    elif entry.reason:
        line += f": {shorten(escape(entry.reason), 120)}"
    return line


def _address(entry: LogEntry, guild_id: int) -> str:
    return f"https://discord.com/channels/{guild_id}/{entry.channel_id}/{entry.message_id}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
