"""What is kept of one player, read for that player alone.

What always holds: a reading is a small step, however much there is: it goes on
from where the last one ended.
"""

from collections.abc import Iterator
from typing import Any

from bot.quiz.belongings import Belongings
from bot.quiz.game import Asked, Response
from bot.store.answers import response_of
from bot.store.content import asked_of
from bot.store.database import instant
from bot.store.tx import Tx

STEP = 50  # games a reading


def count_belongings(tx: Tx, player_id: int) -> Belongings:
    """Return how much is kept of a player."""

    def count(query: str) -> int:
        found: int = tx.execute(query, (player_id,)).fetchone()[0]
        return found

    return Belongings(
        games=count("SELECT count(*) FROM scores WHERE player_id = ?"),
        answers=count("SELECT coalesce(sum(answered), 0) FROM scores WHERE player_id = ?"),
        solo_games=count("SELECT count(*) FROM games WHERE starter_id = ? AND kind = 'solo'"),
        servers=count(
            "SELECT count(DISTINCT b.guild_id) FROM standings s JOIN boards b ON b.id = s.board_id"
            " WHERE s.player_id = ? AND b.guild_id <> 0"
        ),
        names=count("SELECT count(*) FROM members WHERE player_id = ?"),
        boards=count("SELECT count(*) FROM standings WHERE player_id = ?"),
    )


def load_person(tx: Tx, player_id: int) -> dict[str, Any]:
    """Return all that is kept of a player beside games, JSON-ready."""
    return {name: list(rows) for name, rows in _tables(tx, player_id)}


def list_games(tx: Tx, player_id: int, after: int) -> list[dict[str, Any]]:
    """Return the player's next games after the one with that id, with each answer, JSON-ready."""
    games = _rows(
        tx,
        "SELECT g.id, g.kind, g.guild_id, g.channel_id, g.started_at, g.ended_at, s.points, s.answered,"
        ' s."right", s.longest_streak FROM scores s JOIN games g ON g.id = s.game_id'
        " WHERE s.player_id = ? AND s.game_id > ? ORDER BY s.game_id LIMIT ?",
        (player_id, after, STEP),
    )
    return [game | {"answers": list(_answers(tx, player_id, game["id"]))} for game in games]


def _answers(tx: Tx, player_id: int, game_id: int) -> Iterator[dict[str, Any]]:
    for row in tx.execute(
        "SELECT r.number, q.body, r.option_order, a.option, a.text, a.at, a.is_right, a.points, a.streak"
        " FROM rounds r JOIN answers a ON a.round_id = r.id AND a.player_id = ?"
        " JOIN questions q ON q.hash = r.question WHERE r.game_id = ? ORDER BY r.number",
        (player_id, game_id),
    ):
        asked = asked_of(row["body"], row["option_order"])
        yield {
            "question": asked.question.stem,
            "question_id": asked.question.id,
            "answer": _said(asked, response_of(row["option"], row["text"])),
            **_told({name: row[name] for name in ("at", "is_right", "points", "streak")}),
        }


def _said(asked: Asked, response: Response) -> str | list[str]:
    """Return an answer in the words of its options, or in those that were typed."""
    if isinstance(response, str):
        return response
    places = (response,) if isinstance(response, int) else response
    said = [asked.options[place] for place in places]
    return said[0] if isinstance(response, int) else said


def _tables(tx: Tx, player_id: int) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    for name, query in (
        ("account_names", "SELECT name FROM players WHERE id = ?"),
        ("server_names", "SELECT guild_id, name FROM members WHERE player_id = ?"),
        ("profile", "SELECT games, best_streak FROM profiles WHERE player_id = ?"),
        ("topics", "SELECT topic, correct, answered FROM skills WHERE player_id = ?"),
        (
            "boards",
            (
                "SELECT b.guild_id, b.period, b.topic, s.points, s.correct, s.answered, s.reached_at"
                " FROM standings s JOIN boards b ON b.id = s.board_id WHERE s.player_id = ?"
            ),
        ),
        (
            "not_counted_in_yet",
            "SELECT guild_id, topic, points, is_right, at FROM entries WHERE player_id = ?",
        ),
        (
            "answers_under_way",
            (
                "SELECT a.round_id, a.option, a.text, a.at FROM rounds r CROSS JOIN answers a"
                " ON a.round_id = r.id AND a.player_id = ? WHERE r.state <> 'closed'"
            ),
        ),
        ("votes", "SELECT game_id, round_id FROM votes WHERE player_id = ?"),
        (
            "games_started",
            "SELECT id, kind, guild_id, channel_id, started_at FROM games WHERE starter_id = ?",
        ),
        ("games_stopped", "SELECT id, guild_id, channel_id, ended_at FROM games WHERE stopper_id = ?"),
        ("questions_seen_alone", "SELECT question_id FROM seen WHERE scope_id = ? ORDER BY asked_at"),
        ("schedules_made", "SELECT guild_id, number, created_at FROM schedules WHERE created_by = ?"),
        ("off_the_global_boards", "SELECT 1 AS is_hidden FROM hidden WHERE player_id = ?"),
    ):
        yield name, _rows(tx, query, (player_id,))


def _rows(tx: Tx, query: str, values: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    for row in tx.execute(query, values):
        yield _told(dict(row))


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as people read it: instants as ISO 8601, and yes and no."""
    for name, value in row.items():
        if value is None:
            continue
        if name == "at" or name.endswith("_at"):
            row[name] = instant(value).isoformat()
        elif name.startswith("is_"):
            row[name] = bool(value)
        elif name.endswith("_id") and isinstance(value, int):
            row[name] = str(value)  # JSON's numbers are too small for Discord's ids
    return row
