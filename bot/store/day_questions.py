"""Questions of the day and their answers, as rows.

What always holds:
- a post has one question, by its key, however often it is prepared;
- of a player's answers to it the first stays, by uniqueness;
- how many days somebody answers in a row is known when they answer, from their answer to the question before.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from bot.cluster.shards import WHOLE, Part
from bot.quiz.day import DayAnswer, DayOutcome, DayQuestion, days_running
from bot.quiz.game import Asked
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.lessons import add_lesson
from bot.store.players import Names, list_names, save_names
from bot.store.questions import load_question, save_question
from bot.store.schedules import set_world_timer
from bot.store.tx import Tx, is_shared
from bot.store.within import within

SHOW_TIMER = "day-question"
"""Its timer: one for all, however many close at nine."""

_NAMED = 10
_RUNNING = 5
_COLUMNS = (
    "home_id, post_id, schedule_id, channel_id, local_date, question, option_order, closes_at, told_id,"
    " message_id"
)


class Given(NamedTuple):
    """A press to be stored: whose, on which post's question, and the names of its player."""

    guild_id: int
    post_id: int
    player_id: int
    option: int
    at: datetime
    names: Names
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """A question whose message is to show the answer, and since when."""

    guild_id: int
    post_id: int
    show_at: datetime


def insert_day(tx: Tx, new: DayQuestion, now: datetime) -> None:
    """Store a post's question; a post that has one keeps it."""
    content = save_question(tx, new.asked, now) if new.asked is not None else None
    tx.execute(
        f"INSERT INTO day_questions ({_COLUMNS}, topic, asked_at, show_at)"  # noqa: S608 - our own words
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            new.guild_id,
            new.post_id,
            new.schedule_id,
            new.channel_id,
            new.on.isoformat(),
            content.hash if content is not None else None,
            content.order if content is not None else "",
            stamp(new.closes_at),
            new.told_id,
            new.message_id,
            new.asked.question.topic if new.asked is not None else "",
            stamp(now),
            stamp_or_none(new.shows_at),
        ),
    )
    set_show_timer(tx)


def load_day(tx: Tx, guild_id: int, post_id: int) -> DayQuestion | None:
    """Return the question of a post, or None."""
    row = tx.execute(
        f"SELECT {_COLUMNS} FROM day_questions WHERE home_id = ? AND post_id = ?",  # noqa: S608 - our own words
        (guild_id, post_id),
    ).fetchone()
    return _day(tx, row) if row is not None else None


def load_latest(tx: Tx, guild_id: int, schedule_id: int) -> DayQuestion | None:
    """Return the latest question of a schedule whose post is in its channel; None when there is none."""
    row = tx.execute(
        f"SELECT {_COLUMNS} FROM day_questions"  # noqa: S608 - our own words
        " WHERE home_id = ? AND schedule_id = ? AND message_id IS NOT NULL ORDER BY asked_at DESC LIMIT 1",
        (guild_id, schedule_id),
    ).fetchone()
    return _day(tx, row) if row is not None else None


def list_topics(tx: Tx, guild_id: int, schedule_id: int, most: int) -> list[str]:
    """Return the topics of a schedule's latest questions, newest first."""
    rows = tx.execute(
        "SELECT topic FROM day_questions WHERE home_id = ? AND schedule_id = ? AND question IS NOT NULL"
        " ORDER BY asked_at DESC LIMIT ?",
        (guild_id, schedule_id, most),
    )
    return [row[0] for row in rows]


def close_day(tx: Tx, day: DayQuestion) -> None:
    """Have a question close when `day` does, unless it closes before."""
    tx.execute(
        "UPDATE day_questions SET closes_at = ?, show_at = ?"
        " WHERE home_id = ? AND post_id = ? AND closes_at > ?",
        (
            stamp(day.closes_at),
            stamp_or_none(day.shows_at),
            day.guild_id,
            day.post_id,
            stamp(day.closes_at),
        ),
    )
    set_show_timer(tx)


def note_message(tx: Tx, guild_id: int, post_id: int, message_id: int) -> None:
    """Note that a post is in its channel, and so its question is asked."""
    tx.execute(
        "UPDATE day_questions SET message_id = ? WHERE home_id = ? AND post_id = ? AND message_id IS NULL",
        (message_id, guild_id, post_id),
    )


def save_day_answers(tx: Tx, given: list[Given]) -> list[DayAnswer | None]:
    """Store presses; return for each the answer that stands, None where the question is gone."""
    for one in given:
        tx.execute(
            "INSERT INTO day_answers (home_id, post_id, player_id, option, at, days)"
            " SELECT home_id, post_id, ?, ?, ?, ? FROM day_questions WHERE home_id = ? AND post_id = ?"
            " ON CONFLICT DO NOTHING",
            (
                one.player_id,
                one.option,
                stamp(one.at),
                days_running(_days_before(tx, one)),
                one.guild_id,
                one.post_id,
            ),
        )
    for guild_id, post_id, message_id in {(one.guild_id, one.post_id, one.message_id) for one in given}:
        if message_id is not None:
            note_message(tx, guild_id, post_id, message_id)
    save_names(tx, [one.names for one in given])
    return [load_day_answer(tx, one.guild_id, one.post_id, one.player_id) for one in given]


def load_day_answer(tx: Tx, guild_id: int, post_id: int, player_id: int) -> DayAnswer | None:
    """Return a player's answer, or None."""
    row = tx.execute(
        "SELECT option, days FROM day_answers WHERE home_id = ? AND post_id = ? AND player_id = ?",
        (guild_id, post_id, player_id),
    ).fetchone()
    return DayAnswer(row[0], row[1]) if row is not None else None


def _days_before(tx: Tx, one: Given) -> int | None:
    """Return the run at the question asked before in that schedule; None where it was not answered."""
    row = tx.execute(
        "SELECT a.days FROM day_questions q JOIN day_answers a ON a.home_id = q.home_id AND a.post_id ="
        " (SELECT b.post_id FROM day_questions b WHERE b.home_id = q.home_id"
        " AND b.schedule_id = q.schedule_id AND b.asked_at < q.asked_at AND b.message_id IS NOT NULL"
        " AND b.question IS NOT NULL ORDER BY b.asked_at DESC LIMIT 1)"
        " WHERE q.home_id = ? AND q.post_id = ? AND a.player_id = ?",
        (one.guild_id, one.post_id, one.player_id),
    ).fetchone()
    return row[0] if row is not None else None


def load_outcome(tx: Tx, guild_id: int, post_id: int) -> DayOutcome | None:
    """Return how a post's question went so far; None where none was asked."""
    day = load_day(tx, guild_id, post_id)
    if day is None or day.asked is None:
        return None
    counts = [0] * len(day.asked.options)
    for option, count in tx.execute(
        "SELECT option, count(*) FROM day_answers WHERE home_id = ? AND post_id = ? GROUP BY option",
        (guild_id, post_id),
    ):
        counts[option] = count
    right = [
        row[0]
        for row in tx.execute(
            "SELECT player_id FROM day_answers WHERE home_id = ? AND post_id = ? AND option = ?"
            " ORDER BY at, player_id LIMIT ?",
            (guild_id, post_id, day.asked.key_index, _NAMED),
        )
    ]
    runs = [
        (row[0], row[1])
        for row in tx.execute(
            "SELECT player_id, days FROM day_answers WHERE home_id = ? AND post_id = ? AND days > 1"
            " ORDER BY days DESC, at, player_id LIMIT ?",
            (guild_id, post_id, _RUNNING),
        )
    ]
    names = list_names(tx, guild_id, {*right, *(player_id for player_id, _ in runs)})
    return DayOutcome(
        day,
        day.asked,
        counts,
        [names.get(player_id, "") for player_id in right],
        [(names.get(player_id, ""), days) for player_id, days in runs],
    )


# ---------------------------------------------------------------------------------- what is to be shown


def list_to_show(tx: Tx, now: datetime, most: int, part: Part = WHOLE) -> list[Due]:
    """Return up to `most` questions of a part whose messages are to show their answers by now."""
    rows = tx.execute(
        "SELECT home_id, post_id, show_at FROM day_questions"  # noqa: S608 - our own words
        f" WHERE show_at <= ?{within(part)} ORDER BY show_at LIMIT ?",
        (stamp(now), most),
    )
    return [Due(home_id, post_id, instant(show_at)) for home_id, post_id, show_at in rows]


def mark_shown(tx: Tx, due: Due) -> None:
    """Note that a message shows the answer, unless there is more to show since; and have it learnt from."""
    is_first = tx.execute(
        "UPDATE day_questions SET is_learnt = 1 WHERE home_id = ? AND post_id = ? AND is_learnt = 0"
        " AND question IS NOT NULL",
        (due.guild_id, due.post_id),
    ).rowcount
    if is_first:
        add_lesson(tx, due.guild_id, due.post_id)
    tx.execute(
        "UPDATE day_questions SET show_at = NULL WHERE home_id = ? AND post_id = ? AND show_at = ?",
        (due.guild_id, due.post_id, stamp(due.show_at)),
    )
    set_show_timer(tx)


def show_again(tx: Tx, guild_id: int, post_id: int, at: datetime) -> None:
    """Have a message show at `at` how its question went."""
    tx.execute(
        "UPDATE day_questions SET show_at = ? WHERE home_id = ? AND post_id = ?",
        (stamp(at), guild_id, post_id),
    )
    set_show_timer(tx)


def load_next_show(tx: Tx, part: Part = WHOLE) -> datetime | None:
    """Return when the next message of a part is to show an answer."""
    row = tx.execute(
        f"SELECT min(show_at) FROM day_questions WHERE show_at IS NOT NULL{within(part)}"  # noqa: S608 - ours
    ).fetchone()
    return instant_or_none(row[0])


def set_show_timer(tx: Tx) -> datetime | None:
    """Set the timer to the earliest message that is to show an answer; return its time, if any."""
    if is_shared(tx):
        return None
    due_at = load_next_show(tx)
    set_world_timer(tx, SHOW_TIMER, due_at)
    return due_at


# -------------------------------------------------------------------------------------------- going


def prune_days(tx: Tx, before: datetime, most: int) -> int:
    """Delete up to `most` rows of questions that were asked before an instant; return how many."""
    gone = 0
    for home_id, post_id in tx.execute(
        "SELECT home_id, post_id FROM day_questions WHERE asked_at < ? ORDER BY asked_at LIMIT ?",
        (stamp(before), most),
    ).fetchall():
        gone += _delete_answers(tx, home_id, post_id, most - gone)
        if gone >= most:
            return gone
        gone += tx.execute(
            "DELETE FROM day_questions WHERE home_id = ? AND post_id = ?", (home_id, post_id)
        ).rowcount
    return gone


def forget_days(tx: Tx, guild_id: int, most: int) -> int:
    """Delete up to `most` rows of a server's; return how many."""
    gone = tx.execute(
        "DELETE FROM day_answers WHERE home_id = ? AND (post_id, player_id) IN"
        " (SELECT post_id, player_id FROM day_answers WHERE home_id = ? LIMIT ?)",
        (guild_id, guild_id, most),
    ).rowcount
    if gone < most:
        gone += tx.execute(
            "DELETE FROM day_questions WHERE home_id = ? AND post_id IN"
            " (SELECT post_id FROM day_questions WHERE home_id = ? LIMIT ?)",
            (guild_id, guild_id, most),
        ).rowcount
        set_show_timer(tx)
    return gone


def forget_days_of(tx: Tx, player_id: int, most: int) -> int:
    """Delete up to `most` of a player's answers, wherever they are; return how many."""
    return tx.execute(
        "DELETE FROM day_answers WHERE (home_id, post_id, player_id) IN"
        " (SELECT home_id, post_id, player_id FROM day_answers WHERE player_id = ? LIMIT ?)",
        (player_id, most),
    ).rowcount


def _delete_answers(tx: Tx, home_id: int, post_id: int, most: int) -> int:
    return tx.execute(
        "DELETE FROM day_answers WHERE home_id = ? AND post_id = ? AND player_id IN"
        " (SELECT player_id FROM day_answers WHERE home_id = ? AND post_id = ? LIMIT ?)",
        (home_id, post_id, home_id, post_id, most),
    ).rowcount


def _day(tx: Tx, row: Any) -> DayQuestion:
    asked: Asked | None = None
    if row["question"] is not None:
        asked = load_question(tx, row["question"], row["option_order"])
    return DayQuestion(
        guild_id=row["home_id"],
        post_id=row["post_id"],
        schedule_id=row["schedule_id"],
        channel_id=row["channel_id"],
        on=date.fromisoformat(row["local_date"]),
        asked=asked,
        closes_at=instant(row["closes_at"]),
        told_id=row["told_id"],
        message_id=row["message_id"],
    )
