"""Pruning: games that ended long ago go, with their rounds and answers; what they brought stays.

What always holds:
- totals, places, profiles and streaks are kept apart from answers, so no figure
  that people see changes when answers go;
- what goes is found by an index, and goes a few hundred rows a transaction, so
  that presses waiting for a commit wait for milliseconds;
- a transaction leaves either the rest of a game to go on from, or nothing of it.
"""

from datetime import datetime

from bot.quiz.game import Game
from bot.store.boards import drop_held
from bot.store.database import stamp
from bot.store.day_questions import prune_days
from bot.store.games import OF_GAME, game_of
from bot.store.questions import delete_unasked, load_question
from bot.store.turns import Turn, take_turn
from bot.store.tx import Tx
from bot.store.votes import delete_votes

STEP = 400  # rows a transaction


def prune_games(tx: Tx, before: datetime) -> bool:
    """Delete a part of what ended before that instant; return whether there may be more."""
    take_turn(tx, Turn.KEEPING)
    room = STEP
    games = tx.execute(
        "SELECT * FROM games WHERE started_at < ? AND ended_at < ? ORDER BY started_at LIMIT ?",
        (stamp(before), stamp(before), STEP),
    ).fetchall()
    for row in games:
        room = delete_game(tx, game_of(row), before, room)
        if room <= 0:
            return True
    room -= prune_days(tx, before, room)
    return room <= 0 or delete_unasked(tx, room) == room


def delete_game(tx: Tx, game: Game, before: datetime, room: int = STEP) -> int:
    """Delete up to `room` rows of a game, itself the last; return the room that is left, 0 when more is.

    What it asked may come again in its server, unless it was asked there at `before` or later.
    """
    home_id = game.home_id
    rounds = tx.execute(
        "SELECT r.id, r.question, r.option_order FROM games AS g CROSS JOIN rounds AS r"  # noqa: S608 - ours
        f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME} ORDER BY r.number LIMIT ?",
        (home_id, game.id, room),
    ).fetchall()
    for round_id, digest, order in rounds:
        room -= _delete_answers(tx, home_id, round_id, room)
        if room <= 0:
            return 0
        question_id = load_question(tx, digest, order).question.id
        tx.execute(
            "DELETE FROM seen WHERE home_id = ? AND question_id = ? AND asked_at < ?",
            (home_id, question_id, stamp(before)),
        )
        tx.execute("DELETE FROM rounds WHERE home_id = ? AND id = ?", (home_id, round_id))
        room -= 1
    room -= _delete_scores(tx, home_id, game.id, max(room, 0))
    if room <= 0:
        return 0
    delete_votes(tx, [(home_id, game.id)])
    drop_held(tx, [(home_id, game.id)])
    tx.execute("DELETE FROM games WHERE home_id = ? AND id = ?", (home_id, game.id))
    return room - 1


def _delete_answers(tx: Tx, home_id: int, round_id: int, most: int) -> int:
    return tx.execute(
        "DELETE FROM answers WHERE home_id = ? AND round_id = ? AND player_id IN"
        " (SELECT player_id FROM answers WHERE home_id = ? AND round_id = ? LIMIT ?)",
        (home_id, round_id, home_id, round_id, most),
    ).rowcount


def _delete_scores(tx: Tx, home_id: int, game_id: int, most: int) -> int:
    return tx.execute(
        "DELETE FROM scores WHERE home_id = ? AND game_id = ? AND player_id IN"
        " (SELECT player_id FROM scores WHERE home_id = ? AND game_id = ? LIMIT ?)",
        (home_id, game_id, home_id, game_id, most),
    ).rowcount
