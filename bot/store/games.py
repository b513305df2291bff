"""Games as rows.

What always holds: a channel has one running game, and a request starts one game, by uniqueness.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from bot.cluster.shards import WHOLE, Part
from bot.quiz.game import Game, GameKind, GameState, Rules
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.ids import IDS_A_GAME, new_game_id
from bot.store.keys import Key, keys
from bot.store.tx import Tx
from bot.store.within import within

_HIGHEST = 2**63 - 1  # no id is higher
OF_GAME = (
    "r.home_id = g.home_id AND r.id - r.behind = g.id AND r.id BETWEEN coalesce(g.first_round, g.id)"
    f" AND coalesce(g.last_round, g.id + {IDS_A_GAME - 1})"
)
"""In a statement: that rounds `r` are those of games `g`; older games tell between which ids they are."""


def add_game(tx: Tx, game: Game, request_id: int) -> Game:
    """Store a new game and return it with its id."""
    latest: int | None = tx.execute(
        "SELECT max(id) FROM games WHERE home_id = ?", (game.home_id,)
    ).fetchone()[0]
    game_id = new_game_id(game.started_at, above=latest or 0)
    tx.execute(
        "INSERT INTO games"
        " (home_id, id, request_id, kind, channel_id, starter_id, rules, state, number, started_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            game.home_id,
            game_id,
            request_id,
            game.kind,
            game.channel_id,
            game.starter_id,
            orjson.dumps(game.rules.to_plain()).decode(),
            game.state,
            game.number,
            stamp(game.started_at),
        ),
    )
    return replace(game, id=game_id)


def load_game(tx: Tx, home_id: int, game_id: int) -> Game | None:
    """Return the game, or None."""
    return _first(tx, "home_id = ? AND id = ?", home_id, game_id)


def load_running_games(tx: Tx, games: Collection[Key]) -> dict[Key, Game]:
    """Return those of the games, by home and id, that go on."""
    wanted = keys(tx, games, 2)
    rows = tx.execute(
        f"SELECT g.* FROM {wanted.table} CROSS JOIN games AS g"  # noqa: S608 - our own words
        " WHERE g.home_id = k.a AND g.id = k.b AND g.state = 'running'",
        wanted.values,
    )
    return {(row["home_id"], row["id"]): game_of(row) for row in rows}


def load_requested(tx: Tx, home_id: int, request_id: int) -> Game | None:
    """Return the game that a request has started, or None."""
    return _first(tx, "home_id = ? AND request_id = ?", home_id, request_id)


def load_running(tx: Tx, home_id: int, channel_id: int) -> Game | None:
    """Return the running game of a channel, or None."""
    return _first(
        tx, "home_id = ? AND channel_id = ? AND state = 'running' AND kind = 'channel'", home_id, channel_id
    )


def load_latest(tx: Tx, home_id: int, channel_id: int) -> Game | None:
    """Return a channel's running game, else its last one, or None."""
    where = "home_id = ? AND channel_id = ? AND kind = 'channel' ORDER BY id DESC LIMIT 1"
    return _first(tx, where, home_id, channel_id)


def load_start_before(tx: Tx, game: Game) -> datetime | None:
    """Return when the game before this one began in its server, or None."""
    row = tx.execute(
        "SELECT started_at FROM games WHERE home_id = ? AND id < ? ORDER BY id DESC LIMIT 1",
        (game.home_id, game.id),
    ).fetchone()
    return instant(row[0]) if row else None


def load_before(tx: Tx, game: Game) -> Game | None:
    """Return the game that its channel had before this one, or None; this one may not be stored yet."""
    where = "home_id = ? AND channel_id = ? AND kind = 'channel' AND id < ? ORDER BY id DESC LIMIT 1"
    return _first(tx, where, game.home_id, game.channel_id, game.id or _HIGHEST)


def list_running(tx: Tx, home_id: int, channel_id: int | None = None) -> list[int]:
    """Return the ids of the running games of a server, or of one of its channels."""
    rows = tx.execute(
        "SELECT id, channel_id FROM games WHERE home_id = ? AND state = 'running' AND kind = 'channel'"
        " ORDER BY id",
        (home_id,),
    )
    return [row[0] for row in rows if channel_id is None or row[1] == channel_id]


def list_all_running(tx: Tx, part: Part = WHOLE) -> list[Game]:
    """Return every game of a part that goes on in a channel."""
    rows = tx.execute(
        "SELECT * FROM games WHERE state = 'running' AND kind = 'channel'"  # noqa: S608 - numbers of ours
        f"{within(part)} ORDER BY id"
    )
    return [game_of(row) for row in rows]


def save_numbers(tx: Tx, games: Iterable[Game]) -> None:
    """Note at which round each game is."""
    tx.executemany(
        "UPDATE games SET number = ? WHERE home_id = ? AND id = ?",
        [(game.number, game.home_id, game.id) for game in games],
    )


def save_ends(tx: Tx, ended: Iterable[tuple[Game, int | None]]) -> None:
    """Note how games have ended, and whose name is in the reason; their standings are then to be shown."""
    tx.executemany(
        "UPDATE games SET state = ?, ended_at = ?, reason = ?, stopper_id = ?, version = version + ?"
        " WHERE home_id = ? AND id = ?",
        [
            (
                game.state,
                stamp_or_none(game.ended_at),
                game.reason,
                stopper_id,
                int(game.is_public),
                game.home_id,
                game.id,
            )
            for game, stopper_id in ended
        ],
    )


def game_of(row: Any) -> Game:
    """Return the game that a row of `games` holds."""
    return Game(
        id=row["id"],
        kind=(kind := GameKind(row["kind"])),
        guild_id=row["home_id"] if kind is GameKind.CHANNEL else None,
        channel_id=row["channel_id"],
        starter_id=row["starter_id"],
        rules=Rules.from_plain(orjson.loads(row["rules"])),
        started_at=instant(row["started_at"]),
        state=GameState(row["state"]),
        number=row["number"],
        ended_at=instant_or_none(row["ended_at"]),
        reason=row["reason"],
    )


def _first(tx: Tx, condition: str, *values: int) -> Game | None:
    row = tx.execute(f"SELECT * FROM games WHERE {condition}", values).fetchone()  # noqa: S608 - words of ours
    return game_of(row) if row else None
