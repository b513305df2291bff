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
from bot.store.games import OF_GAME
from bot.store.ids import INSTANT
from bot.store.tx import Tx

STEP = 50  # games a reading
_TELLING = ("points", "correct", "longest_streak", "is_right", "streak")  # not told while a duel goes on
_THEIRS = (  # of everywhere a player stands: in the servers that they played in, and globally
    "WHERE s.player_id = :player AND s.home_id IN"
    " (SELECT guild_id FROM visits WHERE home_id = :player UNION ALL SELECT 0)"
)

_TABLES = (
    ("account_names", "SELECT name FROM players WHERE home_id = :player"),
    ("server_names", "SELECT home_id AS guild_id, name, account FROM members WHERE player_id = :player"),
    ("profile", "SELECT games, best_streak FROM profiles WHERE home_id = :player"),
    ("weeks", "SELECT week, points, answered FROM weeks WHERE home_id = :player ORDER BY week"),
    ("topics", "SELECT topic, correct, answered FROM skills WHERE home_id = :player"),
    (
        "boards",
        (
            "SELECT b.home_id AS guild_id, b.period, b.topic, s.points, s.correct, s.answered,"  # noqa: S608 - our own words
            " s.reached_at"
            " FROM standings s JOIN boards b ON b.home_id = s.home_id AND b.id = s.board_id"
            f" {_THEIRS}"
        ),
    ),
    (
        "not_counted_in_yet",
        (
            "SELECT CASE WHEN is_local = 1 THEN home_id ELSE NULL END AS guild_id, topic,"
            " points, is_right, at"
            " FROM entries WHERE player_id = :player"
        ),
    ),
    (
        "answers_under_way",
        (
            f"SELECT round_id, option, text, {INSTANT.format('round_id')} + at AS at"  # noqa: S608 - ours
            " FROM answers WHERE player_id = :player AND (home_id, round_id)"
            " IN (SELECT home_id, id FROM rounds WHERE closed_at IS NULL) ORDER BY round_id"
        ),
    ),
    ("servers_played_in", "SELECT guild_id FROM visits WHERE home_id = :player"),
    ("votes", "SELECT game_id, round_id FROM votes WHERE player_id = :player"),
    (
        "games_started",
        (
            "SELECT id, kind, CASE WHEN kind = 'solo' THEN NULL ELSE home_id END AS guild_id, channel_id,"
            " started_at FROM games WHERE starter_id = :player"
        ),
    ),
    (
        "games_stopped",
        (
            "SELECT id, home_id AS guild_id, channel_id, ended_at FROM games"
            " WHERE stopper_id = :player AND stopper_id IS NOT NULL"
        ),
    ),
    ("questions_seen_alone", "SELECT question_id FROM seen WHERE home_id = :player ORDER BY asked_at"),
    (
        "schedules_made",
        ("SELECT home_id AS guild_id, number, created_at FROM schedules WHERE created_by = :player"),
    ),
    (
        "daily_challenges",
        (
            "SELECT day, timezone, guild_id, begun_at, marks, points, ended_at FROM attempts"
            " WHERE home_id = :player ORDER BY day"
        ),
    ),
    (
        "daily_streak",
        (
            "SELECT timezone, days, longest, freezes, total, last_day, last_at, last_timezone"
            " FROM streaks WHERE home_id = :player"
        ),
    ),
    (
        "daily_boards",
        (
            "SELECT home_id AS guild_id, day, correct, questions, points FROM results"
            " WHERE player_id = :player"
        ),
    ),
    (
        "daily_reminder",
        "SELECT at, next_on, next_at, last_on, reason FROM reminders WHERE home_id = :player",
    ),
    (
        "podiums",
        "SELECT home_id AS guild_id, season, place, points FROM podiums WHERE player_id = :player",
    ),
    (
        "strength_by_topic",
        "SELECT home_id, topic, mean, spread, answers FROM ratings WHERE player_id = :player",
    ),
    (
        "reviews",
        (
            "SELECT n.question_id, r.is_saved, r.added_at, coalesce(r.due_at, r.added_at) AS due_at,"
            " r.grades, r.memory FROM reviews r JOIN question_names n ON n.number = r.question"
            " WHERE r.home_id = :player ORDER BY n.question_id"
        ),
    ),
    ("review_of_what_is_missed", "SELECT is_automatic FROM review_choices WHERE home_id = :player"),
    ("not_learnt_from_yet", "SELECT round_id FROM lessons WHERE player_id = :player"),
    (
        "questions_reported",
        (
            "SELECT about AS question_id, reason, note, reported_at, state, outcome, answer, resolved_at"
            " FROM reports WHERE home_id = :player ORDER BY reported_at"
        ),
    ),
    (
        "nights_announced",
        "SELECT home_id AS guild_id, channel_id, starts_at FROM nights WHERE starter_id = :player",
    ),
    (
        "nights_joined",
        "SELECT home_id AS guild_id, night_id, team, at FROM night_guests WHERE player_id = :player",
    ),
    (
        "duels",
        (
            "SELECT id, home_id AS guild_id, challenger_id, opponent_id, offered_at, ended_at FROM duels"
            " WHERE challenger_id = :player OR opponent_id = :player ORDER BY id"
        ),
    ),
    (
        "duel_answers",
        (
            "SELECT s.duel_id, length(s.marks) AS answered,"
            " CASE WHEN d.ended_at IS NOT NULL THEN s.marks END AS marks,"
            " CASE WHEN d.ended_at IS NOT NULL THEN s.points END AS points FROM duel_sides s"
            " JOIN duels d ON d.home_id = s.home_id AND d.id = s.duel_id"
            " WHERE s.player_id = :player ORDER BY s.duel_id"
        ),
    ),
    (
        "duels_ended",
        "SELECT duel_id, opponent_id, outcome FROM bouts WHERE home_id = :player ORDER BY duel_id",
    ),
    ("off_the_global_boards", "SELECT 1 AS is_hidden FROM hidden WHERE home_id = :player"),
)
"""What is told of a player beside games: the name under which, and the query."""


def count_belongings(tx: Tx, player_id: int) -> Belongings:
    """Return how much is kept of a player."""

    def count(query: str) -> int:
        found: int = tx.execute(query, {"player": player_id}).fetchone()[0]
        return found

    return Belongings(
        games=count("SELECT count(*) FROM scores WHERE player_id = :player"),
        answers=count(
            "SELECT CAST(coalesce(sum(answered), 0) AS BIGINT) FROM scores WHERE player_id = :player"
        ),
        solo_games=count(
            "SELECT count(*) FROM scores s JOIN games g ON g.home_id = s.home_id AND g.id = s.game_id"
            " WHERE s.home_id = :player AND s.player_id = :player AND g.kind = 'solo'"
        ),
        servers=count(
            "SELECT count(*) FROM (SELECT guild_id FROM visits WHERE home_id = :player"
            " UNION SELECT home_id FROM entries WHERE player_id = :player AND is_local = 1) AS servers"
        ),
        names=count("SELECT count(*) FROM members WHERE player_id = :player AND name <> account"),
        boards=count(f"SELECT count(*) FROM standings s {_THEIRS}"),  # noqa: S608 - our own words
        reviews=count("SELECT count(*) FROM reviews WHERE home_id = :player"),
        reports=count("SELECT count(*) FROM reports WHERE home_id = :player"),
        duels=count("SELECT count(*) FROM bouts WHERE home_id = :player"),
        challenges=count("SELECT count(*) FROM attempts WHERE home_id = :player"),
        days=count("SELECT count(*) FROM day_answers WHERE player_id = :player"),
    )


def load_person(tx: Tx, player_id: int) -> dict[str, Any]:
    """Return all that is kept of a player beside games, JSON-ready."""
    tables = {name: list(rows) for name, rows in _tables(tx, player_id)}
    return tables | {"questions_of_the_day": list(_days(tx, player_id))}


def list_games(tx: Tx, player_id: int, after: tuple[int, int]) -> list[dict[str, Any]]:
    """Return the player's next games after the one of that id and home, with each answer, JSON-ready."""
    found = _rows(
        tx,
        "SELECT g.id, g.home_id, g.kind, CASE WHEN g.kind = 'solo' THEN NULL ELSE g.home_id END AS guild_id,"
        " g.channel_id, g.started_at, g.ended_at, s.points, s.answered, s.correct, s.longest_streak"
        " FROM scores s JOIN games g ON g.home_id = s.home_id AND g.id = s.game_id WHERE s.player_id"
        " = :player"
        " AND (s.game_id, s.home_id) > (:game, :home) ORDER BY s.game_id, s.home_id LIMIT :most",
        {"player": player_id, "game": after[0], "home": after[1], "most": STEP},
    )
    under_way = {
        row[0]
        for row in tx.execute(
            "SELECT b.game_id FROM bouts b JOIN duels d ON d.home_id = b.duel_home AND d.id = b.duel_id"
            " WHERE b.home_id = ? AND d.ended_at IS NULL",
            (player_id,),
        )
    }
    games = list(found)
    for game in games:
        game["answers"] = list(_answers(tx, player_id, int(game["home_id"]), game["id"]))
        if game["id"] in under_way:
            for part in (game, *game["answers"]):
                part.update({name: None for name in _TELLING if name in part})
    return games


def _answers(tx: Tx, player_id: int, home_id: int, game_id: int) -> Iterator[dict[str, Any]]:
    for row in tx.execute(
        "SELECT r.number, q.body, r.option_order, a.option, a.text,"  # noqa: S608 - our own words
        f" {INSTANT.format('r.id')} + a.at AS at, a.is_right, a.points, a.streak"
        " FROM games AS g CROSS JOIN rounds AS r"
        " JOIN answers a ON a.home_id = r.home_id AND a.round_id = r.id AND a.player_id = ?"
        f" JOIN questions q ON q.hash = r.question WHERE g.home_id = ? AND g.id = ? AND {OF_GAME}"
        " ORDER BY r.number",
        (player_id, home_id, game_id),
    ):
        asked = asked_of(row["body"], row["option_order"])
        yield {
            "question": asked.question.stem,
            "question_id": asked.question.id,
            "answer": _said(asked, response_of(row["option"], row["text"])),
            **_told({name: row[name] for name in ("at", "is_right", "points", "streak")}),
        }


def _days(tx: Tx, player_id: int) -> Iterator[dict[str, Any]]:
    for row in tx.execute(
        "SELECT a.home_id AS guild_id, q.body, d.option_order, a.option, a.at, a.days FROM day_answers a"
        " JOIN day_questions d ON d.home_id = a.home_id AND d.post_id = a.post_id"
        " JOIN questions q ON q.hash = d.question WHERE a.player_id = ? ORDER BY a.at",
        (player_id,),
    ):
        asked = asked_of(row["body"], row["option_order"])
        yield {
            "question": asked.question.stem,
            "question_id": asked.question.id,
            "answer": asked.options[row["option"]],
            **_told({name: row[name] for name in ("guild_id", "at", "days")}),
        }


def _said(asked: Asked, response: Response) -> str | list[str]:
    """Return an answer in the words of its options, or in those that were typed."""
    if isinstance(response, str):
        return response
    places = (response,) if isinstance(response, int) else response
    said = [asked.options[place] for place in places]
    return said[0] if isinstance(response, int) else said


def _tables(tx: Tx, player_id: int) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    for name, query in _TABLES:
        yield name, _rows(tx, query, {"player": player_id})


def _rows(tx: Tx, query: str, values: dict[str, int]) -> Iterator[dict[str, Any]]:
    for row in tx.execute(query, values):
        yield _told(dict(row))


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as people read it: instants as ISO 8601, and yes and no."""
    for name, value in row.items():
        if value is None:
            continue
        if (name == "at" or name.endswith("_at")) and isinstance(value, int):
            row[name] = instant(value).isoformat()
        elif name.startswith("is_"):
            row[name] = bool(value)
        elif name.endswith("_id") and isinstance(value, int):
            row[name] = str(value)  # JSON's numbers are too small for Discord's ids
    return row
