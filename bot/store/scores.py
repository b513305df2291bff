"""Scores as rows: who has answered in a game, and how they stand after its closed rounds."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from bot.cluster.shards import WHOLE, Part
from bot.quiz.game import Answer
from bot.quiz.scoring import Score
from bot.store.keys import Key, keys
from bot.store.tx import Tx
from bot.store.within import within


def add_scores(tx: Tx, judged: Iterable[tuple[Key, Answer]]) -> None:
    """Add closed rounds' answers, each with its game, to their players' scores."""
    tx.executemany(
        "INSERT INTO scores (home_id, game_id, player_id, points, answered, correct, streak, longest_streak)"
        " VALUES (?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT (home_id, game_id, player_id) DO UPDATE SET"
        " points = scores.points + excluded.points, answered = scores.answered + 1,"
        " correct = scores.correct + excluded.correct, streak = excluded.streak,"
        " longest_streak = CASE WHEN scores.longest_streak < excluded.streak"
        " THEN excluded.streak ELSE scores.longest_streak END",
        [
            (*game, answer.player_id, answer.points, answer.is_right, answer.streak, answer.streak)
            for game, answer in judged
        ],
    )


def end_streaks(tx: Tx, missed: Iterable[tuple[Key, int]]) -> None:
    """End the streaks, in these games, of players who have missed a round."""
    tx.executemany(
        "UPDATE scores SET streak = 0 WHERE home_id = ? AND game_id = ? AND player_id = ?",
        [(*game, player_id) for game, player_id in missed],
    )


def list_streaks(tx: Tx, games: Collection[Key]) -> dict[Key, dict[int, int]]:
    """Return for each game the streak of each of its players, 0 for one who has none."""
    wanted = keys(tx, games, 2)
    rows = tx.execute(
        f"SELECT k.a, k.b, s.player_id, s.streak FROM {wanted.table} CROSS JOIN scores AS s"  # noqa: S608 - ours
        " WHERE s.home_id = k.a AND s.game_id = k.b",
        wanted.values,
    )
    found: dict[Key, dict[int, int]] = {game: {} for game in games}
    for home_id, game_id, player_id, streak in rows:
        found[home_id, game_id][player_id] = streak
    return found


def list_players(tx: Tx, home_id: int, game_id: int) -> set[int]:
    """Return who has answered in the game's closed rounds."""
    return {*list_streaks(tx, [(home_id, game_id)])[home_id, game_id]}


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
