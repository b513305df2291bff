"""Forgetting: a player's or a server's data goes, a part at a time.

What always holds:
- each part is a small transaction that leaves everything else consistent: the
  players who stay have the places, ranks and pages that they would have had
  without the one who goes;
- a part that was done changes nothing when it is done again, so whoever was
  interrupted begins anew;
- what goes is found by an index, or in a table that holds only what goes on.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from bot.quiz.game import GameKind, stopped_by
from bot.store.boards import delete_board
from bot.store.day_questions import forget_days, forget_days_of
from bot.store.duels import GONE, forget_duels, list_duels_at, list_duels_of
from bot.store.games import OF_GAME, game_of
from bot.store.migrator import SchemaError, migrate
from bot.store.nights import delete_nights, forget_guest
from bot.store.notes import load_note, save_note
from bot.store.places import BoardKey, Place, leave
from bot.store.pruning import delete_game
from bot.store.reminders import delete_reminder
from bot.store.results import delete_placings
from bot.store.turns import Turn, take_turn
from bot.store.tx import Tx

STEP = 200  # rows a transaction, more or less
_BOARD = 8  # rows' work: of a board of a million places some buckets change
_ANSWERS = 10  # that a player gives in a game, more or less
_PATIENCE = 10  # seconds to wait for the bot's own commits
FORGET = "forget"
"""Timers of this kind stand for a deletion until it is done: `player:1`, `server:2`."""
_FORGOTTEN = "forgotten"
SOMEBODY = 0  # stands where the id of one who is forgotten stood

Deletion = Callable[[Tx, int, datetime], int]
"""Deletes up to `STEP` rows of whoever has that id, from before `now`; returns how many there were."""


def forget_player(tx: Tx, player_id: int, now: datetime) -> bool:
    """Delete a part of a player's data, or take the name off it; return whether there may be more."""
    return _forget(tx, player_id, now, _PLAYERS)


def forget_server(tx: Tx, guild_id: int, now: datetime) -> bool:
    """Delete a part of a server's data; return whether there may be more."""
    return _forget(tx, guild_id, now, _SERVERS)


def forget(path: Path, now: datetime, *, player_id: int | None = None, guild_id: int | None = None) -> None:
    """Delete all that the database at `path` holds of a player or a server, beside a bot that may be running.

    Raises `SchemaError` when the database cannot be used, or is busy for too long.
    """
    migrate(path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)) as tx:
            tx.row_factory = sqlite3.Row
            tx.execute("PRAGMA foreign_keys = ON")
            tx.execute("PRAGMA secure_delete = ON")
            has_more = True
            while has_more:
                tx.execute("BEGIN IMMEDIATE")
                has_more = player_id is not None and forget_player(tx, player_id, now)
                has_more |= guild_id is not None and forget_server(tx, guild_id, now)
                tx.execute("COMMIT")
            tx.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log holds it still; a bot may be in the way
    except sqlite3.Error as error:
        raise SchemaError(f"not everything could be deleted ({error}); please try again") from error


def load_forgetting(tx: Tx) -> str | None:
    """Return what is another one whenever something was forgotten since, by whichever process."""
    return load_note(tx, _FORGOTTEN)


def _forget(tx: Tx, whose: int, now: datetime, parts: tuple[Deletion, ...]) -> bool:
    take_turn(tx, Turn.BOARDS)
    save_note(tx, _FORGOTTEN, token_hex(8))
    room = STEP
    for part in parts:
        room -= part(tx, whose, now)
        if room <= 0:
            return True
    return False


# ---------------------------------------------------------------------------------------------- a player


def _under_way(tx: Tx, player_id: int, _: datetime) -> int:
    """Forget what belongs to games that go on, and what is not counted in yet."""
    gone = tx.execute(
        "DELETE FROM answers WHERE player_id = ? AND (home_id, round_id) IN"
        " (SELECT home_id, id FROM rounds WHERE closed_at IS NULL)",
        (player_id,),
    ).rowcount
    for table in ("entries", "held", "lessons", "votes"):
        gone += tx.execute(f"DELETE FROM {table} WHERE player_id = ?", (player_id,)).rowcount  # noqa: S608 - ours
    return gone


def _places(tx: Tx, player_id: int, _: datetime) -> int:
    most = max(1, STEP // _BOARD)
    rows = tx.execute(
        "SELECT home_id, board_id, points, reached_at, is_placed FROM standings"
        " WHERE player_id = ? AND home_id IN"
        " (SELECT guild_id FROM visits WHERE home_id = ? UNION ALL SELECT 0) LIMIT ?",
        (player_id, player_id, most),
    ).fetchall()
    for home_id, board_id, points, at, is_placed in rows:
        if is_placed:
            leave(tx, BoardKey(home_id, board_id), [Place(points, at, player_id)])
        tx.execute(
            "DELETE FROM standings WHERE home_id = ? AND player_id = ? AND board_id = ?",
            (home_id, player_id, board_id),
        )
    return STEP if len(rows) == most else len(rows)


def _solo_games(tx: Tx, player_id: int, now: datetime) -> int:
    """Delete the games played alone; of those started in a server only who started them is forgotten."""
    games = tx.execute(
        "SELECT * FROM games WHERE starter_id = ? ORDER BY id LIMIT ?", (player_id, STEP)
    ).fetchall()
    room = STEP
    for row in games:
        if row["kind"] == GameKind.SOLO:
            room = delete_game(tx, game_of(row), now, room)
        else:
            tx.execute(
                "UPDATE games SET starter_id = ? WHERE home_id = ? AND id = ?",
                (SOMEBODY, row["home_id"], row["id"]),
            )
            room -= 1
        if room <= 0:
            return STEP
    return STEP - room


def _answers(tx: Tx, player_id: int, _: datetime) -> int:
    """Delete the answers and scores of games, each game's at once."""
    most = max(1, STEP // _ANSWERS)
    games = tx.execute(
        "SELECT home_id, game_id FROM scores WHERE player_id = ? LIMIT ?", (player_id, most)
    ).fetchall()
    gone = 0
    for home_id, game_id in games:
        gone += tx.execute(
            "DELETE FROM answers WHERE home_id = ? AND player_id = ? AND round_id IN"  # noqa: S608 - ours
            " (SELECT r.id FROM games AS g CROSS JOIN rounds AS r"
            f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME})",
            (home_id, player_id, home_id, game_id),
        ).rowcount
        tx.execute(
            "DELETE FROM scores WHERE home_id = ? AND game_id = ? AND player_id = ?",
            (home_id, game_id, player_id),
        )
    return STEP if len(games) == most else gone


def _days(tx: Tx, player_id: int, _: datetime) -> int:
    return forget_days_of(tx, player_id, STEP)


def _reviews(tx: Tx, player_id: int, _: datetime) -> int:
    return tx.execute(
        "DELETE FROM reviews WHERE home_id = ? AND question IN"
        " (SELECT question FROM reviews WHERE home_id = ? ORDER BY question LIMIT ?)",
        (player_id, player_id, STEP),
    ).rowcount


def _traces(tx: Tx, player_id: int, now: datetime) -> int:
    """Forget the rest: what was seen, names, profile, and whose hand it was elsewhere."""
    tx.execute(
        "UPDATE games SET reason = ?, stopper_id = NULL WHERE stopper_id = ?", (stopped_by(), player_id)
    )
    tx.execute("UPDATE schedules SET created_by = ?, is_told = 1 WHERE created_by = ?", (SOMEBODY, player_id))
    forget_guest(tx, player_id, now)
    for table in ("members", "podiums", "ratings"):
        tx.execute(f"DELETE FROM {table} WHERE player_id = ?", (player_id,))  # noqa: S608 - ours
    for table in _OWN:
        tx.execute(f"DELETE FROM {table} WHERE home_id = ?", (player_id,))  # noqa: S608 - ours
    tx.execute("DELETE FROM timers WHERE home_id = ? AND kind <> ?", (player_id, FORGET))
    return 0


def _challenges(tx: Tx, player_id: int, now: datetime) -> int:
    """Forget attempts at the daily challenge, what they came to, the reminder, and duels."""
    gone = delete_placings(tx, player_id, STEP)
    gone += tx.execute(
        "DELETE FROM attempts WHERE home_id = ? AND day IN"
        " (SELECT day FROM attempts WHERE home_id = ? ORDER BY day LIMIT ?)",
        (player_id, player_id, STEP),
    ).rowcount
    duels = list_duels_of(tx, player_id, STEP)
    forget_duels(tx, duels, now)
    gone += len(duels)
    tx.execute("DELETE FROM bouts WHERE home_id = ?", (player_id,))
    tx.execute("UPDATE bouts SET opponent_id = ? WHERE opponent_id = ?", (SOMEBODY, player_id))
    tx.execute("DELETE FROM streaks WHERE home_id = ?", (player_id,))
    delete_reminder(tx, player_id)
    return gone


_OWN = (
    "seen",
    "skills",
    "weeks",
    "profiles",
    "hidden",
    "visits",
    "lessons",
    "reports",
    "review_choices",
    "players",
)
_PLAYERS: tuple[Deletion, ...] = (
    _under_way,
    _places,
    _solo_games,
    _answers,
    _days,
    _challenges,
    _reviews,
    _traces,
)


# ---------------------------------------------------------------------------------------------- a server


def _games(tx: Tx, guild_id: int, now: datetime) -> int:
    tx.execute("DELETE FROM timers WHERE home_id = ? AND kind <> ?", (guild_id, FORGET))
    tx.execute("UPDATE entries SET is_local = 0 WHERE home_id = ?", (guild_id,))
    room = STEP
    for row in tx.execute(
        "SELECT * FROM games WHERE home_id = ? ORDER BY id LIMIT ?", (guild_id, STEP)
    ).fetchall():
        room = delete_game(tx, game_of(row), now, room)
        if room <= 0:
            return STEP
    return STEP - room


def _boards(tx: Tx, guild_id: int, _: datetime) -> int:
    room = STEP
    for (board_id,) in tx.execute(
        "SELECT id FROM boards WHERE home_id = ? LIMIT ?", (guild_id, STEP)
    ).fetchall():
        room = delete_board(tx, BoardKey(guild_id, board_id), room)
        if room <= 0:
            return STEP
    return STEP - room


def _seen(tx: Tx, guild_id: int, _: datetime) -> int:
    return tx.execute(
        "DELETE FROM seen WHERE home_id = ? AND question_id IN"
        " (SELECT question_id FROM seen WHERE home_id = ? LIMIT ?)",
        (guild_id, guild_id, STEP),
    ).rowcount


def _server_days(tx: Tx, guild_id: int, _: datetime) -> int:
    return forget_days(tx, guild_id, STEP)


def _nights(tx: Tx, guild_id: int, _: datetime) -> int:
    return delete_nights(tx, guild_id, STEP)


def _schedules(tx: Tx, guild_id: int, _: datetime) -> int:
    gone = tx.execute(
        "DELETE FROM posts WHERE home_id = ? AND id IN (SELECT id FROM posts WHERE home_id = ? LIMIT ?)",
        (guild_id, guild_id, STEP),
    ).rowcount
    if gone < STEP:
        gone += tx.execute("DELETE FROM schedules WHERE home_id = ?", (guild_id,)).rowcount
        tx.execute("DELETE FROM posted_facts WHERE home_id = ?", (guild_id,))
    return gone


def _duels(tx: Tx, guild_id: int, now: datetime) -> int:
    duels = list_duels_at(tx, guild_id, STEP)
    forget_duels(tx, duels, now)
    tx.execute("DELETE FROM timers WHERE home_id = ? AND kind = ?", (guild_id, GONE))  # there is no channel
    return len(duels)


def _results(tx: Tx, guild_id: int, _: datetime) -> int:
    tx.execute("UPDATE attempts SET guild_id = NULL WHERE guild_id = ?", (guild_id,))
    tx.execute("UPDATE bouts SET duel_home = ? WHERE duel_home = ?", (SOMEBODY, guild_id))
    return tx.execute(
        "DELETE FROM results WHERE home_id = ? AND day IN"
        " (SELECT day FROM results WHERE home_id = ? ORDER BY day LIMIT 1)",
        (guild_id, guild_id),
    ).rowcount


def _learnt(tx: Tx, guild_id: int, _: datetime) -> int:
    tx.execute("DELETE FROM lessons WHERE home_id = ?", (guild_id,))
    return tx.execute(
        "DELETE FROM ratings WHERE home_id = ? AND player_id IN"
        " (SELECT player_id FROM ratings WHERE home_id = ? ORDER BY player_id LIMIT ?)",
        (guild_id, guild_id, STEP),
    ).rowcount


def _members(tx: Tx, guild_id: int, _: datetime) -> int:
    gone = tx.execute(
        "DELETE FROM members WHERE home_id = ? AND player_id IN"
        " (SELECT player_id FROM members WHERE home_id = ? LIMIT ?)",
        (guild_id, guild_id, STEP),
    ).rowcount
    gone += tx.execute(
        "DELETE FROM visits WHERE guild_id = ? AND home_id IN"
        " (SELECT home_id FROM visits WHERE guild_id = ? LIMIT ?)",
        (guild_id, guild_id, STEP),
    ).rowcount
    tx.execute("DELETE FROM podiums WHERE home_id = ?", (guild_id,))
    tx.execute("DELETE FROM guilds WHERE home_id = ?", (guild_id,))
    return gone


_SERVERS: tuple[Deletion, ...] = (
    _games,
    _boards,
    _seen,
    _server_days,
    _nights,
    _schedules,
    _duels,
    _results,
    _learnt,
    _members,
)
