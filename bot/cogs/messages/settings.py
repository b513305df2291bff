"""What owners see of their server's settings, and of what Farside may do in a channel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from discord.app_commands import Choice

from bot.cogs.messages.boards import season_name
from bot.cogs.messages.components import RIGHT, WARNING, Card, container, separator, text
from bot.cogs.messages.figures import moment
from bot.cogs.messages.rounds import DIFFICULTIES
from bot.cogs.messages.text import escape, shorten, written
from bot.quiz.game import Rules
from bot.quiz.periods import Period
from bot.quiz.question import title_of
from bot.services.settings import GuildSettings
from bot.services.zones import NamedZone


def settings_card(settings: GuildSettings, schedules: int, now: datetime, topics: Mapping[str, str]) -> Card:
    """Return the answer to `/config show`."""
    zone = settings.timezone
    plural = "schedule" if schedules == 1 else "schedules"
    how = (
        "`/schedule list` shows them." if schedules else "`/schedule add time:09:00` posts one every morning."
    )
    return [
        container(
            text("### Settings of this server"),
            text(
                f"**Time zone:** {escape(zone.key)}, where it is {now.astimezone(zone):%A %H:%M} now\n"
                "-# Days, weeks and months on the leaderboard and the times of schedules follow it."
                " Change it with `/config timezone`."
            ),
            text(
                f"**A season on the leaderboard:** {_months(settings)}\n-# Change it with `/config season`."
            ),
            text(
                f"**A game, unless asked otherwise:**\n{rules_text(settings.defaults, topics)}\n"
                "-# Change it with `/config defaults`."
            ),
            text(
                f"**The board of all servers:** games here {'do not count' if settings.is_apart else 'count'}"
                " on it\n-# Change it with `/config global-board`."
            ),
            text(f"**Daily posts:** {schedules or 'no'} {plural}, {_daily(settings)}\n-# {how}"),
        )
    ]


def _daily(settings: GuildSettings) -> str:
    """Return what the server's daily posts show."""
    side = "southern" if settings.is_southern() else "northern"
    asks = "with a question" if settings.asks_daily else "without a question"
    return f"{asks}, the Moon as the {side} hemisphere sees it"


def rules_text(rules: Rules, topics: Mapping[str, str]) -> str:
    """Return the rules of a game as a list of lines."""
    topic = written(title_of(topics, rules.topic), 200) if rules.topic else "every topic"
    difficulty = DIFFICULTIES.get(rules.difficulty or 0, "any difficulty")
    time = f"{rules.seconds} s a question" if rules.seconds else f"pace {rules.pace}"
    plural = "question" if rules.questions == 1 else "questions"
    lines = [
        f"- {rules.questions} {plural}, {topic}, {difficulty}",
        f"- mode {rules.mode}, {time}, scoring by {rules.scoring}",
    ]
    if rules.topic and rules.topic not in topics:
        lines.append(
            "- ⚠ The question bank has nothing on that topic any more, so games ask about every topic."
            " `/config defaults topic:any` takes it back."
        )
    return "\n".join(lines)


def timezone_text(before: str, after: str, now_there: datetime, moved: int) -> str:
    """Return the answer to `/config timezone`."""
    line = f"The server's time zone is **{escape(after)}**, where it is {now_there:%A %H:%M} now"
    line += f" (it was {escape(before)})." if before != after else ", as before."
    if moved and before != after:
        line += f" {moved} schedule{'s' if moved > 1 else ''} moved with it; `/schedule preview` shows when."
    return line


def global_board_text(*, counts: bool) -> str:
    """Return the answer to `/config global-board`."""
    if counts:
        return "From now on games here count on the board of all servers too."
    return (
        "From now on games here count on this server's own boards alone."
        " What counted everywhere before stays its players'."
    )


def season_text(settings: GuildSettings, season: Period) -> str:
    """Return the answer to `/config season`."""
    return (
        f"A season on the leaderboard has {_months(settings)} here. The one that goes on keeps its points: it"
        f" is {season_name(season.key)}."
    )


def _months(settings: GuildSettings) -> str:
    months = settings.seasons.months
    return "1 month" if months == 1 else f"{months} months"


def hemisphere_text(settings: GuildSettings) -> str:
    """Return the answer to `/config hemisphere`."""
    side = "southern" if settings.is_southern() else "northern"
    why = ", as its time zone says" if settings.hemisphere is None else ""
    return f"The Moon is shown here as the {side} hemisphere sees it{why}."


def daily_question_text(*, wanted: bool) -> str:
    """Return the answer to `/config daily-question`."""
    if wanted:
        return "From the next one on, daily posts here ask a question; the one after tells the answer."
    return "From the next one on, daily posts here show the Moon and a fact, and ask nothing."


def optional_text(lacking: Sequence[tuple[str, str]]) -> str:
    """Return what Farside could do besides, permission by permission; empty when it may do all of it."""
    return "\n".join(f"-# Optional: `{name}`, {purpose}." for name, purpose in lacking)


def defaults_text(rules: Rules, topics: Mapping[str, str]) -> str:
    """Return the answer to `/config defaults`."""
    return (
        f"Unless asked otherwise, a game here has:\n{rules_text(rules, topics)}\n"
        "-# Each option that you name is changed and the others stay; `reset:True` forgets them all."
    )


def zone_choices(zones: Sequence[NamedZone], now: datetime) -> list[Choice[str]]:
    """Return time zones as suggestions: the name to use, the place that was meant, and the time there."""
    choices = []
    for zone in zones:
        there = f"{now.astimezone(ZoneInfo(zone.key)):%a %H:%M}"
        name = f"{zone.key} · {zone.name} · {there}" if zone.name else f"{zone.key} · {there}"
        choices.append(Choice(name=shorten(name, 100), value=zone.key))
    return choices


def check_card(
    place: str,
    granted: Sequence[tuple[str, str]],
    missing: Sequence[tuple[str, str]],
    note: str = "",
    *,
    is_locked: bool = False,
    timed_out_until: datetime | None = None,
) -> Card:
    """Return the answer to `/config check`: each permission's name and what it is for."""
    if timed_out_until is not None:
        head = (
            f"### ✘ Farside is in a time-out until {moment(timed_out_until, 'f')}\n"
            "It cannot write in this server. A moderator can end that."
        )
        return [container(text(head), colour=WARNING)]
    if is_locked:
        head = (
            f"### ✘ {place} is locked\nFarside cannot post in it. Whoever may manage threads can unlock it."
        )
    elif not missing:
        head = f"### ✔ All is well in {place}\nGames and daily facts can be posted there."
    else:
        count = "A permission is" if len(missing) == 1 else f"{len(missing)} permissions are"
        head = f"### ✘ {count} missing in {place}"
    blocks = [text(head)]
    if missing:
        blocks.append(text("\n".join(f"✘ **{name}** – {purpose}" for name, purpose in missing)))
    if granted:
        blocks.append(text("\n".join(f"✔ {name} – {purpose}" for name, purpose in granted)))
    if missing:
        blocks += [
            separator(),
            text(
                f"-# Allow {'it' if len(missing) == 1 else 'them'}"
                " in the channel's settings under Permissions,"
                " for Farside or for one of its roles; then ask again."
            ),
        ]
    if note:
        blocks.append(text(note))
    return [container(*blocks, colour=WARNING if missing or is_locked else RIGHT)]
