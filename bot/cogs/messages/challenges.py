"""The daily challenge as people see it: its result, its grid, streaks, boards, reminders.

What always holds: a grid tells by shape, by colour and in words what came of each question, and nothing of
what was asked; a date is written with its month's name.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from bot.cogs.messages.components import (
    MOON,
    PRIMARY,
    RIGHT,
    Card,
    Component,
    button,
    container,
    row,
    separator,
    text,
)
from bot.cogs.messages.figures import counted, moment, place_mark, points_text
from bot.cogs.messages.text import escape, row_of, shown_name, written
from bot.quiz.challenge import QUESTIONS, Attempt, Mark, Result, Row, winners
from bot.quiz.reminder import Reminder
from bot.quiz.scoring import Tally
from bot.quiz.streak import EARNED_EVERY, MOST_FREEZES, Standing
from bot.quiz.timetable import show_time
from bot.services.challenges import Calendar, DayBoard, Outcome

SIGNS = {Mark.RIGHT: "🟩", Mark.NEAR: "🔶", Mark.WRONG: "🔴", Mark.NONE: "➖"}
_WORDS = {Mark.RIGHT: "right", Mark.NEAR: "near", Mark.WRONG: "wrong", Mark.NONE: "not answered"}
_PLACES = 10
_LOOKED_AT = 8  # questions to look at again
_NAMED = 3  # winners named in an announcement
_DAY = timedelta(days=1)


def date_text(on: date) -> str:
    """Return a date as people read it: `28 November 2026`."""
    return f"{on.day} {on:%B %Y}"


def challenge_head(on: date) -> str:
    """Return what stands above each question of a challenge."""
    return f"-# 🌗 Daily challenge of {date_text(on)}"


def first_time_text(calendar: Calendar) -> str:
    """Return a word to somebody whose first challenge this is."""
    return (
        "One try a day, without a clock: close it whenever you like; `/daily play` goes on where you were."
        f" Your days are those of **{escape(calendar.zone.key)}**; `/daily timezone` sets others."
    )


def unfinished_card(on: date) -> Card:
    """Return word that yesterday's challenge is still open."""
    return [
        container(
            text(f"You have not finished the challenge of {date_text(on)}; it waits a day for you."),
            row(button("Finish it", "daily:yesterday")),
        )
    ]


def unshared_card(why: str, on: date) -> Card:
    """Return word that today's challenge cannot be shared yet, and a way to share an earlier one."""
    return [
        container(
            text(why),
            row(button(f"Share that of {date_text(on)}", f"daily:share:{on.isoformat()}")),
        )
    ]


def outcome_card(outcome: Outcome, reminder: Reminder | None, *, has_board: bool) -> Card:
    """Return the end of somebody's own attempt; `has_board` where its server has one."""
    attempt, calendar = outcome.attempt, outcome.calendar
    is_todays = attempt.on == calendar.today
    lines: list[Component] = [
        text(f"## Daily challenge of {date_text(attempt.on)}"),
        text(_grid(attempt)),
        text(f"**{_score(attempt)}** · {points_text(attempt.points)}\n{_streak_line(calendar.standing)}"),
    ]
    if missed := missed_text(outcome.tallies):
        lines += [separator(), text(missed)]
    buttons = [button("Share", f"daily:share:{attempt.on.isoformat()}", style=PRIMARY)]
    if has_board:
        buttons.append(button("Board", f"daily:board:{attempt.on.isoformat()}"))
    if not is_todays:
        buttons.append(button("Today's challenge", "daily:play"))
    lines.append(row(*buttons))
    if is_todays:
        lines.append(text(f"-# The next one comes {moment(calendar.ends_at)}.{_hint(reminder)}"))
    return [container(*lines, colour=RIGHT if attempt.right == attempt.questions else MOON)]


def shared_card(outcome: Outcome, name: str) -> Card:
    """Return what others see of an attempt: nothing of what was asked."""
    attempt, standing = outcome.attempt, outcome.calendar.standing
    running = f" · {_days(standing.days)} in a row" if standing.days > 1 else ""
    return [
        container(
            text(f"### {shown_name(name)} · daily challenge of {date_text(attempt.on)}"),
            text(_grid(attempt)),
            text(f"**{_score(attempt)}**{running}"),
            row(button("Play it too", "daily:play")),
            colour=RIGHT if attempt.right == attempt.questions else MOON,
        )
    ]


def streak_card(calendar: Calendar, reminder: Reminder | None) -> Card:
    """Return the answer to `/daily streak`."""
    standing = calendar.standing
    head = f"🔥 {_days(standing.days)} in a row" if standing.days else "No streak yet"
    if standing.longest and not standing.days:
        head = "A new streak begins with the next day you play"
    parts = [
        text(f"### {head}"),
        text(
            f"**Longest:** {_days(standing.longest)} · **In all:** {_days(standing.total)}\n"
            f"**Freezes:** {standing.freezes} of {MOST_FREEZES}. Each stands for a day that you miss, by"
            f" itself; every {EARNED_EVERY}th day in a row earns one."
        ),
    ]
    if calendar.attempts:
        parts.append(text(_calendar(calendar)))
    parts.append(text(_today(calendar)))
    if calendar.attempt is None or calendar.attempt.ended_at is None:
        parts.append(row(button("Play", "daily:play", style=PRIMARY)))
    stopped = _stopped(reminder)
    parts.append(
        text(
            f"-# Days are those of **{escape(calendar.zone.key)}**; `/daily timezone` sets others."
            f"{stopped or _hint(reminder)}"
        )
    )
    return [container(*parts)]


def timezone_text(calendar: Calendar) -> str:
    """Return the answer to `/daily timezone`."""
    standing = calendar.standing
    kept = f" Your streak of {_days(standing.days)} goes on." if standing.days else ""
    return (
        f"Your days are now those of **{escape(calendar.zone.key)}**; today is {date_text(calendar.today)}"
        f" and ends {moment(calendar.ends_at)}.{kept}"
    )


def day_board_card(board: DayBoard, viewer_id: int, server: str) -> Card:
    """Return a server's board of a date."""
    count = len(board.rows)
    people = f"{count} {'has' if count == 1 else 'have'} played" if count else "nobody has played here"
    lines = [_line(one, viewer_id) for one in board.rows[:_PLACES]]
    own = next((one for one in board.rows[_PLACES:] if one.result.player_id == viewer_id), None)
    if own is not None:
        lines.append(_line(own, viewer_id))
    body: list[Component] = [
        text(f"### 🌗 Daily challenge · {shown_name(server)}\n-# {date_text(board.on)} · {people}"),
    ]
    if lines:
        body += [separator(), text("\n".join(lines)), text("-# right answers · points")]
    if count > _PLACES:
        body.append(text(f"-# and {count - _PLACES} more" if own is None else "-# the first ten, and you"))
    turns = []
    if board.has_before:
        turns.append(button("← Day before", _turn(viewer_id, board.on - _DAY)))
    if board.on < board.today:
        turns.append(button("Day after →", _turn(viewer_id, board.on + _DAY)))
    return [
        container(
            *body,
            row(button("Play", "daily:play", style=PRIMARY), *turns),
            text("-# Whoever plays from this server, or shares here, stands on it."),
        )
    ]


def announcement_card(
    on: date, results: Sequence[Row], *, role_id: int | None = None, marker: str = "", is_late: bool = False
) -> Card:
    """Return the post that announces a date's challenge, with the day before's winners in the server."""
    before = date_text(on - _DAY)
    first = winners(results)
    if first:
        told = f"**{before}:** 🥇 {_names(first)} with {_won_by(first[0])}."
        if len(results) > len(first):
            told += f" {len(results)} people played."
    elif results:
        told = f"**{before}:** {len(results)} played, and nobody was right. Today is another day."
    else:
        told = "Five questions, the same for everyone today, without a clock."
    mark = f":{marker}" if marker else ""
    return [
        container(
            text(f"## 🌗 The daily challenge of {date_text(on)}"),
            text(told),
            *([text(f"<@&{role_id}>")] if role_id else []),
            *([text("-# Posted late.")] if is_late else []),
            row(
                button("Play", f"daily:play{mark}", style=PRIMARY),
                button("Board", f"daily:board:{on.isoformat()}"),
            ),
            text("-# Only you see your questions. Your day begins at your own midnight: `/daily timezone`."),
        )
    ]


def reminder_card(reminder: Reminder, zone: str) -> Card:
    """Return the answer to `/daily remind`."""
    assert reminder.next_at is not None  # noqa: S101 - it was set a moment ago
    return [
        container(
            text(f"### ✔ Reminders at {show_time(reminder.at)}"),
            text(
                f"Farside writes to you directly at **{show_time(reminder.at)}** ({escape(zone)}) on days"
                f" that you have not played: the next time {moment(reminder.next_at)}."
                " Never more than once a day."
            ),
            row(button("Turn off", "daily:quiet")),
            colour=RIGHT,
        )
    ]


def no_reminder_text(reminder: Reminder | None) -> str:
    """Return word that somebody is not reminded, and how that is changed."""
    stopped = _stopped(reminder)
    return (
        f"You are not reminded.{stopped} `/daily remind time:18:00` has Farside write to you directly at that"
        " time on days that you have not played yet."
    )


def quiet_text(*, was_on: bool) -> str:
    """Return the answer to whoever wants no more reminders."""
    if was_on:
        return "Reminders are off. `/daily remind` turns them on again whenever you like."
    return "Reminders are off already."


def direct_card(reminder: Reminder, standing: Standing) -> Card:
    """Return the reminder itself."""
    on = reminder.next_on
    assert on is not None  # noqa: S101 - it is being sent
    if standing.days:
        word = f"Your streak of **{_days(standing.days)}** goes on with five questions."
    else:
        word = "Five questions, a few minutes."
    if standing.frozen:
        word += f" {_freezes(standing.frozen)} holding it now."
    return [
        container(
            text(f"### 🌗 The daily challenge of {date_text(on)}"),
            text(word),
            row(
                button("Play", f"daily:play:{on.isoformat()}", style=PRIMARY),
                button("No more reminders", "daily:quiet"),
            ),
        )
    ]


def _grid(attempt: Attempt) -> str:
    signs = " ".join(SIGNS[mark] for mark in attempt.grid)
    return f"{signs}\n-# {words_of(attempt.grid)}"


def words_of(marks: Sequence[Mark]) -> str:
    """Return marks in words, so that nobody hears the same one twenty times."""
    runs = [(mark, len([*run])) for mark, run in groupby(marks)]
    return ", ".join(
        f"{count} times {_WORDS[mark]}" if count > QUESTIONS else ", ".join([_WORDS[mark]] * count)
        for mark, count in runs
    )


def _score(attempt: Attempt) -> str:
    return f"{attempt.right} of {attempt.questions} right"


def _streak_line(standing: Standing) -> str:
    if not standing.days:
        return "No streak yet: it begins with the first day you answer."
    held = f" · {_freezes_held(standing.freezes)}" if standing.freezes else ""
    return f"🔥 {_days(standing.days)} in a row{held}"


def _freezes_held(count: int) -> str:
    return "1 freeze held" if count == 1 else f"{count} freezes held"


def _freezes(count: int) -> str:
    return "A freeze is" if count == 1 else f"{count} freezes are"


def _today(calendar: Calendar) -> str:
    standing, following = calendar.standing, f"The next challenge comes {moment(calendar.ends_at)}."
    if calendar.attempt is not None and calendar.attempt.ended_at is not None:
        return f"Today is done. {following}"
    if calendar.attempt is not None and standing.is_played:
        return f"Today counts already, and has questions left. {following}"
    if not standing.days:
        return "Five questions a day, the same for everyone."
    frozen = f" {_freezes(standing.frozen)} holding the streak." if standing.frozen else ""
    return f"Today is still to be played: it ends {moment(calendar.ends_at)}.{frozen}"


def _calendar(calendar: Calendar) -> str:
    """Return the last two weeks, a sign a day, oldest first; words for those who hear it."""
    by_day = {one.on: one for one in calendar.attempts}
    days = [calendar.today - _DAY * back for back in range(13, -1, -1)]
    signs = []
    for on in days:
        attempt = by_day.get(on)
        signs.append("🌕" if attempt is not None and attempt.is_played else "▫️")
    count = signs.count("🌕")
    return f"{''.join(signs[:7])} {''.join(signs[7:])}\n-# The last 14 days, today last: played on {count}."


def missed_text(tallies: Sequence[Tally]) -> str:
    """Return the questions that somebody alone got wrong, with what is right; empty where none is."""
    missed = [tally for tally in tallies if not tally.right]
    lines = [f"- {written(tally.stem, 200)} **{written(tally.key, 100)}**" for tally in missed[:_LOOKED_AT]]
    if len(missed) > _LOOKED_AT:
        lines.append(f"-# and {len(missed) - _LOOKED_AT} more")
    return "\n".join(["**To look at again**", *lines]) if lines else ""


def _line(row_: Row, viewer_id: int) -> str:
    result = row_.result
    mark = place_mark(row_.rank, result.points)
    you = " ‹ **you**" if result.player_id == viewer_id else ""
    return row_of(mark, result.name, f" · **{result.right} of {result.questions}** · {result.points:,}{you}")


def _names(results: Sequence[Result]) -> str:
    names = [f"**{shown_name(one.name)}**" for one in results[:_NAMED]]
    if len(results) > _NAMED:
        return f"{', '.join(names)} and {len(results) - _NAMED} more"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _won_by(first: Result) -> str:
    return f"{first.right} of {first.questions} right" if first.right else points_text(first.points)


def _turn(viewer_id: int, on: date) -> str:
    return f"daily:turn:{viewer_id}:{on.isoformat()}"


def _days(count: int) -> str:
    return counted(count, "day")


def _hint(reminder: Reminder | None) -> str:
    if reminder is None:
        return " `/daily remind` tells you when you forget."
    return _stopped(reminder)


def _stopped(reminder: Reminder | None) -> str:
    if reminder is None or reminder.reason is None:
        return ""
    return f" Reminders have stopped: {escape(reminder.reason)}. `/daily remind` starts them again."
