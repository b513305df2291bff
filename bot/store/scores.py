"""Scores as rows: who has answered in a game, and how they stand after its closed rounds."""

from collections import defaultdict
from collections.abc import Iterable

from bot.cluster.shards import WHOLE, Part
from bot.quiz.game import Answer
from bot.quiz.scoring import Score
from bot.store.tx import Tx
from bot.store.within import within


def add_scores(tx: Tx, home_id: int, game_id: int, judged: Iterable[Answer]) -> None:
    """Add a closed round's answers to their players' scores."""
    tx.executemany(
        "INSERT INTO scores (home_id, game_id, player_id, points, answered, correct, streak, longest_streak)"
        " VALUES (?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT (home_id, game_id, player_id) DO UPDATE SET"
        " points = scores.points + excluded.points, answered = scores.answered + 1,"
        " correct = scores.correct + excluded.correct, streak = excluded.streak,"
        " longest_streak = CASE WHEN scores.longest_streak < excluded.streak"
        " THEN excluded.streak ELSE scores.longest_streak END",
        [
            (home_id, game_id, answer.player_id, answer.points, answer.is_right, answer.streak, answer.streak)
            for answer in judged
        ],
    )


def end_streaks(tx: Tx, home_id: int, game_id: int, round_id: int) -> None:
    """End the streaks of those who have missed a round."""
    tx.execute(
        "UPDATE scores SET streak = 0 WHERE home_id = ? AND game_id = ? AND streak > 0"
        " AND player_id NOT IN (SELECT player_id FROM answers WHERE home_id = ? AND round_id = ?)",
        (home_id, game_id, home_id, round_id),
    )


def list_streaks(tx: Tx, home_id: int, game_id: int) -> dict[int, int]:
    """Return the streak of each player of the game, 0 for one who has none."""
    rows = tx.execute(
        "SELECT player_id, streak FROM scores WHERE home_id = ? AND game_id = ?", (home_id, game_id)
    )
    return {row[0]: row[1] for row in rows}


def list_players(tx: Tx, home_id: int, game_id: int) -> set[int]:
    """Return who has answered in the game's closed rounds."""
    rows = tx.execute("SELECT player_id FROM scores WHERE home_id = ? AND game_id = ?", (home_id, game_id))
    return {row[0] for row in rows}


def list_totals(tx: Tx, home_id: int, game_id: int) -> dict[int, int]:
    """Return the points of each player who has answered in the game's closed rounds."""
    rows = tx.execute(
        "SELECT player_id, points FROM scores WHERE home_id = ? AND game_id = ?", (home_id, game_id)
    )
    return {row[0]: row[1] for row in rows}


def list_running_players(tx: Tx, part: Part = WHOLE) -> defaultdict[tuple[int, int], set[int]]:
    """Return, by home and game, who has answered in the closed rounds of the games that run in channels."""
    found: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for home_id, game_id, player_id in tx.execute(
        "SELECT s.home_id, s.game_id, s.player_id FROM games g CROSS JOIN scores s"  # noqa: S608 - numbers of ours
        " WHERE g.state = 'running' AND g.kind = 'channel' AND s.home_id = g.home_id AND s.game_id = g.id"
        f"{within(part, 'g.home_id')} ORDER BY s.game_id"
    ):
        found[home_id, game_id].add(player_id)
    return found


def list_scores(tx: Tx, home_id: int, game_id: int) -> list[Score]:
    """Return how each player stands, under the name that holds where the game is."""
    rows = tx.execute(
        "SELECT s.player_id, coalesce(m.name, p.name, ''), s.points, s.answered, s.correct,"
        " s.longest_streak FROM scores s LEFT JOIN players p ON p.home_id = s.player_id"
        " LEFT JOIN members m ON m.home_id = s.home_id AND m.player_id = s.player_id"
        " WHERE s.home_id = ? AND s.game_id = ? ORDER BY s.player_id",
        (home_id, game_id),
    )
    return [Score(*row) for row in rows]
