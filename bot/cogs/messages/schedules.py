"""What owners see of schedules: how they stand, when they post next, what became of each post."""

from collections.abc import Sequence
from datetime import datetime

from bot.cogs.messages.components import MOON, RIGHT, WARNING, Card, container, separator, text
from bot.cogs.messages.text import escape, shorten
from bot.quiz.slots import Slot
from bot.quiz.timetable import show_days, show_time
from bot.store.schedules import LogEntry, PostState, Schedule, ScheduleState

_MARKS = {
    PostState.CLAIMED: "… being sent",
    PostState.SENT: "✔ sent",
    PostState.MISSED: "– skipped",
    PostState.FAILED: "✘ not posted",
}
_LATE = 120  # seconds from which a sent post is called late
_LOG = 15  # entries that fit a card
_TEXT = 3700  # characters of lines on a card; Discord takes 4,000 in all


def moments(at: datetime) -> str:
    """Return an instant in each reader's own time, and how far away it is."""
    unix = int(at.timestamp())
    return f"<t:{unix}:F> (<t:{unix}:R>)"


def describe(schedule: Schedule) -> str:
    """Return a schedule in one line of words."""
    words = (
        f"<#{schedule.channel_id}> at **{show_time(schedule.at)}** ({escape(schedule.zone.key)}),"
        f" {show_days(schedule.days)}"
    )
    return f"{words}, notifying <@&{schedule.role_id}>" if schedule.role_id else words


def choice_label(schedule: Schedule, channel: str) -> str:
    """Return a schedule as a suggestion shows it, in plain text of at most 100 characters."""
    state = "" if schedule.state is ScheduleState.ACTIVE else f" ({schedule.state})"
    label = f"{schedule.number}: {channel} at {show_time(schedule.at)}, {show_days(schedule.days)}{state}"
    return shorten(label, 100)


def added_card(schedule: Schedule, slots: Sequence[Slot], notes: Sequence[str]) -> Card:
    """Return the answer to `/schedule add`."""
    return [
        container(
            text(f"### ✔ Schedule {schedule.number} is set"),
            text(describe(schedule)),
            text("**The next posts, in your own time**\n" + _slots(slots)),
            *(text(note) for note in notes),
            separator(),
            text("-# `/schedule list`, `pause`, `remove` and `log` look after it."),
            colour=RIGHT,
        )
    ]


def list_card(schedules: Sequence[Schedule]) -> Card:
    """Return the answer to `/schedule list`."""
    lines = [f"**{schedule.number}** · {describe(schedule)}\n{_standing(schedule)}" for schedule in schedules]
    blocks = [text("### Schedules of this server"), *map(text, _fitting(lines))]
    stopped = any(schedule.state is ScheduleState.STOPPED for schedule in schedules)
    return [container(*blocks, colour=WARNING if stopped else MOON)]


def preview_card(previews: Sequence[tuple[Schedule, Sequence[Slot]]]) -> Card:
    """Return the answer to `/schedule preview`: the next posts, in each reader's own time."""
    lines = []
    for schedule, slots in previews:
        head = f"**{schedule.number}** · {describe(schedule)}"
        if schedule.state is not ScheduleState.ACTIVE:
            head += f"\n⏸ It is {schedule.state}; after `/schedule resume` it would post:"
        lines.append(f"{head}\n{_slots(slots)}")
    return [container(text("### The next posts, in your own time"), *map(text, _fitting(lines)))]


def log_card(entries: Sequence[LogEntry], guild_id: int) -> Card:
    """Return the answer to `/schedule log`: what became of each post, newest first."""
    lines = [_log_line(entry, guild_id) for entry in entries[:_LOG]]
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


def _standing(schedule: Schedule) -> str:
    match schedule.state:
        case ScheduleState.STOPPED:
            return (
                f"⛔ **Stopped** after {schedule.failures} refusals in a row: {_reason(schedule)}. "
                "Mend that (`/config check` helps), then `/schedule resume`."
            )
        case ScheduleState.PAUSED:
            return "⏸ **Paused.** `/schedule resume` starts it again."
        case _:
            line = f"→ Next {moments(schedule.next_at)}" if schedule.next_at else "→ Active"
            if schedule.failures:
                times = "time" if schedule.failures == 1 else "times"
                line += (
                    f"\n⚠ Refused {schedule.failures} {times} in a row: {_reason(schedule)}. "
                    "After the third time it stops."
                )
            return line


def _reason(schedule: Schedule) -> str:
    return shorten(escape(schedule.reason or "for a reason unknown"), 150)


def _fitting(lines: Sequence[str]) -> list[str]:
    """Return the first of `lines` that fit into a card, and a word on those that do not."""
    shown: list[str] = []
    left = _TEXT
    for place, line in enumerate(lines):
        left -= len(line)
        if left < 0:
            return [*shown, f"-# … and {len(lines) - place} more. `/schedule preview` shows any one of them."]
        shown.append(line)
    return shown


def _slots(slots: Sequence[Slot]) -> str:
    return "\n".join(f"{place}. {moments(slot.due_at)}" for place, slot in enumerate(slots, 1))


def _log_line(entry: LogEntry, guild_id: int) -> str:
    line = f"**{entry.on.isoformat()}** · {entry.number} · <#{entry.channel_id}> · {_MARKS[entry.state]}"
    if entry.state is PostState.SENT and entry.settled_at is not None:
        line += f" <t:{int(entry.settled_at.timestamp())}:t>"
        late = (entry.settled_at - entry.due_at).total_seconds()
        if late > _LATE:
            line += f", {_duration(late)} late"
        if entry.message_id is not None:
            address = f"https://discord.com/channels/{guild_id}/{entry.channel_id}/{entry.message_id}"
            line += f" · [message]({address})"
    elif entry.reason:
        line += f": {shorten(escape(entry.reason), 120)}"
    return line


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
