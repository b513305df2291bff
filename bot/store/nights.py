"""Quiz nights as rows: how each stands, who comes, which games it is made of, and its messages.

What always holds: a request announces one night, and each message of a night is one row, so that it is
sent once; what the announcement shows is behind the store while `shown` is less than `version`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

from bot.quiz.game import Rules
from bot.quiz.night import Guest, NewNight, Night, NightCard, NightShowing, NightState, Split
from bot.quiz.scoring import Score
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.timers import Timer, set_timers
from bot.store.tx import Tx

NIGHT = "night"
"""Timers of this kind name a quiz night whose next step is due; their server is its own."""


def add_night(tx: Tx, night: Night, new: NewNight) -> None:
    """Store a night that is announced."""
    tx.execute(
        "INSERT INTO nights (home_id, id, request_id, channel_id, starter_id, starts_at, rules, rounds,"
        " topics, teams, split, state, is_reminded, number, due_at, event_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            night.guild_id, night.id, new.request_id, night.channel_id, night.starter_id,
            stamp(night.starts_at), orjson.dumps(night.rules.to_plain()).decode(), night.rounds,
            orjson.dumps(night.topics).decode(), night.teams, night.split, night.state,
            int(night.is_reminded), night.number, stamp_or_none(night.due_at), night.event_id,
        ),
    )  # fmt: skip


def save_night(tx: Tx, night: Night, ended_at: datetime | None = None) -> None:
    """Save how a night stands; its announcement is then to be shown anew."""
    tx.execute(
        "UPDATE nights SET state = ?, is_reminded = ?, rounds = ?, number = ?, due_at = ?,"
        " game_id = ?, reason = ?, ended_at = coalesce(ended_at, ?), version = version + 1"
        " WHERE home_id = ? AND id = ?",
        (
            night.state, int(night.is_reminded), night.rounds, night.number, stamp_or_none(night.due_at),
            night.game_id, night.reason, stamp_or_none(ended_at), night.guild_id, night.id,
        ),
    )  # fmt: skip


def save_event(tx: Tx, night: Night, event_id: int | None) -> None:
    """Note which of the server's events on Discord the night is; None is none (any more)."""
    tx.execute(
        "UPDATE nights SET event_id = ? WHERE home_id = ? AND id = ?", (event_id, night.guild_id, night.id)
    )


def load_night(tx: Tx, guild_id: int, night_id: int) -> Night | None:
    """Return the night, or None."""
    row = tx.execute("SELECT * FROM nights WHERE home_id = ? AND id = ?", (guild_id, night_id)).fetchone()
    return _night_of(row) if row else None


def load_requested_night(tx: Tx, guild_id: int, request_id: int) -> Night | None:
    """Return the night that a request has announced, or None."""
    row = tx.execute(
        "SELECT * FROM nights WHERE home_id = ? AND request_id = ?", (guild_id, request_id)
    ).fetchone()
    return _night_of(row) if row else None


def load_night_of(tx: Tx, guild_id: int, game_id: int) -> Night | None:
    """Return the night that a game belongs to, or None."""
    row = tx.execute(
        "SELECT n.* FROM night_games g JOIN nights n ON n.home_id = g.home_id AND n.id = g.night_id"
        " WHERE g.home_id = ? AND g.game_id = ?",
        (guild_id, game_id),
    ).fetchone()
    return _night_of(row) if row else None


def list_nights(tx: Tx, guild_id: int) -> list[Night]:
    """Return the nights of a server that are to come or go on, the next one first."""
    rows = tx.execute(
        "SELECT * FROM nights WHERE home_id = ? AND state NOT IN ('over', 'off') ORDER BY starts_at, id",
        (guild_id,),
    )
    return [_night_of(row) for row in rows]


def list_nights_to_show(tx: Tx) -> list[tuple[int, int]]:
    """Return server and id of each night that has something to be shown."""
    behind = tx.execute("SELECT home_id, id FROM nights WHERE shown < version")
    unsent = tx.execute("SELECT DISTINCT home_id, night_id FROM night_cards WHERE is_settled = 0")
    return sorted({(row[0], row[1]) for rows in (behind, unsent) for row in rows})


def add_night_game(tx: Tx, night: Night, game_id: int) -> None:
    """Note that a game is the night's round of that number."""
    tx.execute(
        "INSERT INTO night_games (home_id, game_id, night_id, number) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (home_id, game_id) DO NOTHING",
        (night.guild_id, game_id, night.id, night.number),
    )


def list_night_games(tx: Tx, guild_id: int, night_id: int) -> list[int]:
    """Return the ids of a night's games, in order."""
    rows = tx.execute(
        "SELECT game_id FROM night_games WHERE home_id = ? AND night_id = ? ORDER BY number",
        (guild_id, night_id),
    )
    return [row[0] for row in rows]


# -------------------------------------------------------------------------------------------------- guests


def save_guests(tx: Tx, night: Night, guests: Iterable[Guest], at: datetime) -> None:
    """Put people on the night's list, or into another team; the announcement is then to be shown anew."""
    tx.executemany(
        "INSERT INTO night_guests (home_id, night_id, player_id, team, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (home_id, night_id, player_id) DO UPDATE SET team = excluded.team",
        [(night.guild_id, night.id, guest.player_id, guest.team, stamp(at)) for guest in guests],
    )
    _change(tx, night)


def delete_guest(tx: Tx, night: Night, player_id: int) -> bool:
    """Take somebody off the list; return whether they were on it."""
    is_gone = tx.execute(
        "DELETE FROM night_guests WHERE home_id = ? AND night_id = ? AND player_id = ?",
        (night.guild_id, night.id, player_id),
    ).rowcount
    if is_gone:
        _change(tx, night)
    return bool(is_gone)


def forget_guest(tx: Tx, player_id: int, now: datetime) -> None:
    """Take a person off the nights that they have announced or come to; what goes on is shown anew."""
    going_on = tx.execute(
        "SELECT home_id, id FROM nights WHERE starter_id = ? AND ended_at IS NULL UNION"
        " SELECT n.home_id, n.id FROM night_guests g JOIN nights n ON n.home_id = g.home_id"
        " AND n.id = g.night_id WHERE g.player_id = ? AND n.ended_at IS NULL",
        (player_id, player_id),
    ).fetchall()
    tx.execute("UPDATE nights SET starter_id = 0 WHERE starter_id = ?", (player_id,))
    tx.execute("DELETE FROM night_guests WHERE player_id = ?", (player_id,))
    keys = [(row[0], row[1]) for row in going_on]
    tx.executemany("UPDATE nights SET version = version + 1 WHERE home_id = ? AND id = ?", keys)
    set_timers(tx, [Timer(NIGHT, str(night_id), now, home_id) for home_id, night_id in keys])


def list_guests(tx: Tx, night: Night) -> list[Guest]:
    """Return who comes, by the names that hold in the server, the first to say so first."""
    rows = tx.execute(
        "SELECT n.player_id, coalesce(m.name, p.name, ''), n.team FROM night_guests n"
        " LEFT JOIN players p ON p.home_id = n.player_id"
        " LEFT JOIN members m ON m.home_id = n.home_id AND m.player_id = n.player_id"
        " WHERE n.home_id = ? AND n.night_id = ? ORDER BY n.at, n.player_id",
        (night.guild_id, night.id),
    )
    return [Guest(row[0], row[1], row[2]) for row in rows]


def list_night_scores(tx: Tx, night: Night) -> list[Score]:
    """Return how everybody stands over all games of the night, by the names that hold in the server."""
    rows = tx.execute(
        "SELECT s.player_id, max(coalesce(m.name, p.name, '')), sum(s.points), sum(s.answered),"
        " sum(s.correct), max(s.longest_streak)"
        " FROM night_games g JOIN scores s ON s.home_id = g.home_id AND s.game_id = g.game_id"
        " LEFT JOIN players p ON p.home_id = s.player_id"
        " LEFT JOIN members m ON m.home_id = g.home_id AND m.player_id = s.player_id"
        " WHERE g.home_id = ? AND g.night_id = ? GROUP BY s.player_id",
        (night.guild_id, night.id),
    )
    return [Score(row[0], row[1], *(int(value) for value in row[2:])) for row in rows]


def load_night_showing(tx: Tx, guild_id: int, night_id: int) -> NightShowing | None:
    """Return all that a night's messages show."""
    night = load_night(tx, guild_id, night_id)
    if night is None:
        return None
    message_id, version, shown = tx.execute(
        "SELECT c.message_id, n.version, n.shown FROM nights n LEFT JOIN night_cards c"
        " ON c.home_id = n.home_id AND c.night_id = n.id AND c.step = 0 WHERE n.home_id = ? AND n.id = ?",
        (guild_id, night_id),
    ).fetchone()
    scores = list_night_scores(tx, night) if night.number else ()
    return NightShowing(night, list_guests(tx, night), scores, message_id, version, shown)


# ------------------------------------------------------------------------------------------------ messages


def add_card(tx: Tx, night: Night, step: int, now: datetime) -> None:
    """Have a message of the night be sent, once."""
    tx.execute(
        "INSERT INTO night_cards (home_id, night_id, step, made_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (home_id, night_id, step) DO NOTHING",
        (night.guild_id, night.id, step, stamp(now)),
    )


def list_unsent(tx: Tx, night: Night) -> list[NightCard]:
    """Return the messages of the night that are to be sent, in order."""
    rows = tx.execute(
        "SELECT step, made_at FROM night_cards WHERE home_id = ? AND night_id = ? AND is_settled = 0"
        " ORDER BY step",
        (night.guild_id, night.id),
    )
    return [NightCard(row[0], instant(row[1])) for row in rows]


def list_out(tx: Tx, night: Night) -> list[NightCard]:
    """Return the messages of the night that are out, but for the announcement, and may ask for a press."""
    rows = tx.execute(
        "SELECT step, made_at, message_id FROM night_cards"
        " WHERE home_id = ? AND night_id = ? AND step > 0 AND message_id IS NOT NULL ORDER BY step",
        (night.guild_id, night.id),
    )
    return [NightCard(row[0], instant(row[1]), row[2]) for row in rows]


def settle_card(tx: Tx, night: Night, step: int, message_id: int | None) -> None:
    """Note that a message is out; None that it never will be, or asks for nothing any more."""
    tx.execute(
        "UPDATE night_cards SET is_settled = 1, message_id = ?"
        " WHERE home_id = ? AND night_id = ? AND step = ?",
        (message_id, night.guild_id, night.id, step),
    )


def mark_announcement(tx: Tx, guild_id: int, night_id: int, version: int | None = None) -> None:
    """Note that the announcement shows `version`; None stands for the latest, whatever it shows."""
    tx.execute(
        "UPDATE nights SET shown = coalesce(?, version) WHERE home_id = ? AND id = ?",
        (version, guild_id, night_id),
    )


def prune_nights(tx: Tx, before: datetime, most: int) -> int:
    """Delete up to `most` nights that ended before that instant, with all their rows; return how many."""
    gone = tx.execute(
        "SELECT home_id, id FROM nights WHERE ended_at < ? ORDER BY ended_at LIMIT ?", (stamp(before), most)
    ).fetchall()
    for home_id, night_id in gone:
        delete_night(tx, home_id, night_id)
    return len(gone)


def delete_nights(tx: Tx, guild_id: int, most: int) -> int:
    """Delete up to `most` nights of a server; return how many."""
    gone = tx.execute("SELECT id FROM nights WHERE home_id = ? LIMIT ?", (guild_id, most)).fetchall()
    for (night_id,) in gone:
        delete_night(tx, guild_id, night_id)
    return len(gone)


def delete_night(tx: Tx, guild_id: int, night_id: int) -> None:
    """Delete a night with all its rows; its games stay."""
    tx.execute("DELETE FROM night_guests WHERE home_id = ? AND night_id = ?", (guild_id, night_id))
    tx.execute("DELETE FROM night_games WHERE home_id = ? AND night_id = ?", (guild_id, night_id))
    tx.execute("DELETE FROM night_cards WHERE home_id = ? AND night_id = ?", (guild_id, night_id))
    tx.execute("DELETE FROM nights WHERE home_id = ? AND id = ?", (guild_id, night_id))


def _change(tx: Tx, night: Night) -> None:
    tx.execute(
        "UPDATE nights SET version = version + 1 WHERE home_id = ? AND id = ?", (night.guild_id, night.id)
    )


def _night_of(row: Any) -> Night:
    return Night(
        id=row["id"],
        guild_id=row["home_id"],
        channel_id=row["channel_id"],
        starter_id=row["starter_id"],
        starts_at=instant(row["starts_at"]),
        rules=Rules.from_plain(orjson.loads(row["rules"])),
        rounds=row["rounds"],
        topics=tuple(orjson.loads(row["topics"])),
        teams=row["teams"],
        split=Split(row["split"]),
        state=NightState(row["state"]),
        is_reminded=bool(row["is_reminded"]),
        number=row["number"],
        due_at=instant_or_none(row["due_at"]),
        game_id=row["game_id"],
        event_id=row["event_id"],
        reason=row["reason"],
    )
