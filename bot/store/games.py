"""Games as rows.

What always holds: a channel has one running game, and a request starts one game, by uniqueness.
"""

from dataclasses import replace
from typing import Any

import orjson

from bot.quiz.game import Game, GameKind, GameState, Rules
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.tx import Tx


def add_game(tx: Tx, game: Game, request_id: int) -> Game:
    """Store a new game and return it with its id."""
    row = tx.execute(
        "INSERT INTO games"
        " (request_id, kind, guild_id, channel_id, starter_id, rules, state, number, started_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            request_id,
            game.kind,
            game.guild_id,
            game.channel_id,
            game.starter_id,
            orjson.dumps(game.rules.to_plain()).decode(),
            game.state,
            game.number,
            stamp(game.started_at),
        ),
    ).fetchone()
    return replace(game, id=row[0])


def load_game(tx: Tx, game_id: int) -> Game | None:
    """Return the game, or None."""
    return _first(tx, "id = ?", game_id)


def load_requested(tx: Tx, request_id: int) -> Game | None:
    """Return the game that a request has started, or None."""
    return _first(tx, "request_id = ?", request_id)


def load_running(tx: Tx, channel_id: int) -> Game | None:
    """Return the running game of a channel, or None."""
    return _first(tx, "channel_id = ? AND state = 'running' AND kind = 'channel'", channel_id)


def load_latest(tx: Tx, channel_id: int) -> Game | None:
    """Return a channel's running game, else its last one, or None."""
    return _first(tx, "channel_id = ? AND kind = 'channel' ORDER BY id DESC LIMIT 1", channel_id)


def list_running(tx: Tx, *, guild_id: int | None = None, channel_id: int | None = None) -> list[int]:
    """Return the ids of the running games of a server, or of a channel."""
    rows = tx.execute(
        "SELECT id FROM games WHERE state = 'running' AND kind = 'channel'"
        " AND (guild_id = ? OR channel_id = ?)",
        (guild_id, channel_id),
    )
    return [row[0] for row in rows]


def list_all_running(tx: Tx) -> list[Game]:
    """Return every game that goes on in a channel."""
    return [
        game_of(row) for row in tx.execute("SELECT * FROM games WHERE state = 'running' AND kind = 'channel'")
    ]


def save_number(tx: Tx, game: Game) -> None:
    """Note at which round the game is."""
    tx.execute("UPDATE games SET number = ? WHERE id = ?", (game.number, game.id))


def save_end(tx: Tx, ended: Game, stopper_id: int | None = None) -> None:
    """Note how the game has ended, and whose name is in the reason; its standings are then to be shown."""
    tx.execute(
        "UPDATE games SET state = ?, ended_at = ?, reason = ?, stopper_id = ?, version = version + ?"
        " WHERE id = ?",
        (
            ended.state,
            stamp_or_none(ended.ended_at),
            ended.reason,
            stopper_id,
            1 if ended.kind is GameKind.CHANNEL else 0,
            ended.id,
        ),
    )


def game_of(row: Any) -> Game:
    """Return the game that a row of `games` holds."""
    return Game(
        id=row["id"],
        kind=GameKind(row["kind"]),
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        starter_id=row["starter_id"],
        rules=Rules.from_plain(orjson.loads(row["rules"])),
        started_at=instant(row["started_at"]),
        state=GameState(row["state"]),
        number=row["number"],
        ended_at=instant_or_none(row["ended_at"]),
        reason=row["reason"],
    )


def _first(tx: Tx, condition: str, value: int) -> Game | None:
    row = tx.execute(f"SELECT * FROM games WHERE {condition}", (value,)).fetchone()  # noqa: S608 - words of ours
    return game_of(row) if row else None
