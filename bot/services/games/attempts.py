"""Attempts at the daily challenge, and parts in duels, within the transactions of their games.

What always holds:
- what a round brings stands in the attempt, and a day in the streak, in the
  transaction that settles the round: nothing that was told can be lost;
- a day counts from its first answer on, for the date on which it was begun;
- a whole attempt is put on its server's board by a timer of that transaction.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.quiz.challenge import Attempt, mark_of
from bot.quiz.game import Answer, Game, Round
from bot.quiz.streak import PlayedDay, Streak
from bot.store.attempts import list_played, load_attempt, load_streak, save_attempt, save_streak
from bot.store.duels import BOUT
from bot.store.papers import duel_of
from bot.store.timers import Timer, set_timer
from bot.store.tx import Tx

PLACE = "place"
"""Timers of this kind name the date of a player's attempt that is to be put on its server's board."""

_DAILY = "daily:"


def paper_of(on: date) -> str:
    """Return the name of the paper of a date's challenge."""
    return f"{_DAILY}{on.isoformat()}"


def date_of(paper: str | None) -> date | None:
    """Return the date whose challenge a paper is; None for another paper, or none."""
    if paper is None or not paper.startswith(_DAILY):
        return None
    return date.fromisoformat(paper.removeprefix(_DAILY))


def note_round(tx: Tx, game: Game, closed: Round, judged: Sequence[Answer]) -> None:
    """Mark a round of a challenge that has closed, or have that of a duel told at its home."""
    if (duel := duel_of(game.rules.paper)) is not None and closed.closed_at is not None:
        set_timer(tx, Timer(BOUT, str(duel), closed.closed_at, game.starter_id))
    if (attempt := _attempt_of(tx, game)) is None or len(attempt.marks) >= closed.number:
        return
    answer = judged[0] if judged else None
    marks = (*attempt.grid[: closed.number - 1], mark_of(answer))
    is_first = answer is not None and not attempt.is_played
    points = attempt.points + (answer.points if answer is not None else 0)
    save_attempt(tx, replace(attempt, marks=marks, points=points))
    if is_first:
        _count_day(tx, attempt)


def note_end(tx: Tx, ended: Game) -> None:
    """Note that a challenge's game has ended, and have the result put where it counts; so with a duel's."""
    if (duel := duel_of(ended.rules.paper)) is not None and ended.ended_at is not None:
        set_timer(tx, Timer(BOUT, str(duel), ended.ended_at, ended.starter_id))
    if (attempt := _attempt_of(tx, ended)) is None or attempt.ended_at is not None:
        return
    assert ended.ended_at is not None  # noqa: S101 - it has ended
    is_to_place = attempt.guild_id is not None and attempt.is_played
    whole = replace(
        attempt,
        marks=attempt.grid,
        ended_at=ended.ended_at,
        guild_id=attempt.guild_id if is_to_place else None,
    )
    save_attempt(tx, whole)
    if is_to_place:
        set_timer(tx, Timer(PLACE, whole.on.isoformat(), ended.ended_at, whole.player_id))


def _attempt_of(tx: Tx, game: Game) -> Attempt | None:
    on = date_of(game.rules.paper)
    attempt = load_attempt(tx, game.starter_id, on) if on is not None else None
    return attempt if attempt is not None and attempt.game_id == game.id else None


def _count_day(tx: Tx, attempt: Attempt) -> None:
    """Add a day to the streak; one that lies before its last in both date and time has all counted anew.

    A day more takes nothing away: where the count, which knows of no zone that was only passed through,
    comes to less, the streak stays.
    """
    row = load_streak(tx, attempt.player_id)
    assert row is not None  # noqa: S101 - a time zone was stored before the attempt
    streak, played = row.streak, PlayedDay(attempt.on, attempt.begun_at, attempt.zone)
    if streak.last is None or streak.last.at <= played.at or streak.last.on < played.on:
        save_streak(tx, attempt.player_id, streak.after(played))
        return
    anew = Streak()
    for day in list_played(tx, attempt.player_id):
        anew = anew.after(day)
    if anew.days < streak.days:
        anew = replace(streak, total=anew.total)
    save_streak(tx, attempt.player_id, replace(anew, longest=max(anew.longest, streak.longest)))
