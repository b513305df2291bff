"""Duels as rows: the duel and its sides at its home, each player's part at theirs.

What always holds: a request makes one duel, and a player has one game in it, by uniqueness.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.quiz.challenge import Mark
from bot.quiz.duel import Duel, DuelState, Outcome, Record, Side
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.games import OF_GAME
from bot.store.ids import new_id
from bot.store.papers import delete_duel_papers
from bot.store.players import list_names
from bot.store.timers import Timer, clear_timer, set_timer, set_timers
from bot.store.tx import Tx

END = "duel"
"""Timers of this kind, at home with the duel, end one that nobody accepts or plays any more."""
SHOW = "duel-show"
"""Likewise: its card is behind what is stored."""
BOUT = "duel-bout"
"""Timers of this kind, at home with a player, carry what they have done to the duel."""
CAME_OUT = "duel-came-out"
"""Timers of this kind, at home with the duel, carry how it came out to a player: `duel:player`."""
GONE = "duel-gone"
"""Likewise, they take the buttons off the card of one that is kept no more: `channel:message`."""


@dataclass(frozen=True, slots=True)
class Bout:
    """A player's part in a duel."""

    player_id: int
    duel_id: int
    duel_home: int
    opponent_id: int
    game_id: int | None


def load_requested(tx: Tx, home_id: int, request_id: int) -> Duel | None:
    """Return the duel that a request has made already, or None."""
    row = tx.execute(
        "SELECT id FROM duels WHERE home_id = ? AND request_id = ?", (home_id, request_id)
    ).fetchone()
    return load_duel(tx, home_id, row[0]) if row else None


def add_duel(tx: Tx, duel: Duel, request_id: int) -> Duel:
    """Store a new duel and return it with its id."""
    made = new_id(duel.offered_at)
    tx.execute(
        "INSERT INTO duels (home_id, id, request_id, channel_id, is_posted, challenger_id, opponent_id,"
        " questions, topic, state, offered_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            duel.home_id,
            made,
            request_id,
            duel.channel_id,
            int(duel.is_posted),
            duel.challenger.player_id,
            duel.opponent.player_id,
            duel.questions,
            duel.topic,
            duel.state,
            stamp(duel.offered_at),
            stamp(duel.ends_at),
        ),
    )
    tx.executemany(
        "INSERT INTO duel_sides (home_id, duel_id, player_id) VALUES (?, ?, ?)",
        [(duel.home_id, made, side.player_id) for side in duel.sides],
    )
    found = load_duel(tx, duel.home_id, made)
    assert found is not None  # noqa: S101 - it was stored a line ago
    return found


def load_duel(tx: Tx, home_id: int, duel_id: int) -> Duel | None:
    """Return a duel as it stands, or None."""
    row = tx.execute("SELECT * FROM duels WHERE home_id = ? AND id = ?", (home_id, duel_id)).fetchone()
    if row is None:
        return None
    guild_id = home_id if home_id != row["challenger_id"] else None
    names = list_names(tx, guild_id, [row["challenger_id"], row["opponent_id"]])
    sides = {
        each["player_id"]: Side(
            each["player_id"],
            names.get(each["player_id"], ""),
            tuple(map(Mark, each["marks"])),
            each["points"],
            bool(each["is_done"]),
        )
        for each in tx.execute(
            "SELECT * FROM duel_sides WHERE home_id = ? AND duel_id = ? ORDER BY player_id",
            (home_id, duel_id),
        ).fetchall()
    }
    return Duel(
        home_id=home_id,
        id=duel_id,
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        is_posted=bool(row["is_posted"]),
        questions=row["questions"],
        topic=row["topic"],
        state=DuelState(row["state"]),
        offered_at=instant(row["offered_at"]),
        ends_at=instant(row["ends_at"]),
        sides=(sides[row["challenger_id"]], sides[row["opponent_id"]]),
        tried_at=instant_or_none(row["tried_at"]),
        ended_at=instant_or_none(row["ended_at"]),
        version=row["version"],
        shown=row["shown"],
    )


def save_duel(tx: Tx, duel: Duel) -> None:
    """Store how a duel stands, its sides with it; not what is shown of it."""
    tx.execute(
        "UPDATE duels SET questions = ?, topic = ?, state = ?, ends_at = ?, ended_at = ?, version = ?"
        " WHERE home_id = ? AND id = ?",
        (
            duel.questions,
            duel.topic,
            duel.state,
            stamp(duel.ends_at),
            stamp_or_none(duel.ended_at),
            duel.version,
            duel.home_id,
            duel.id,
        ),
    )
    tx.executemany(
        "UPDATE duel_sides SET marks = ?, points = ?, is_done = ?"
        " WHERE home_id = ? AND duel_id = ? AND player_id = ?",
        [
            ("".join(side.marks), side.points, int(side.is_done), duel.home_id, duel.id, side.player_id)
            for side in duel.sides
        ],
    )


def count_open(tx: Tx, home_id: int, challenger_id: int, since: datetime) -> int:
    """Return how many duels of a challenger go on in a place, or were offered there since then in vain."""
    row = tx.execute(
        "SELECT count(*) FROM duels WHERE home_id = ? AND challenger_id = ?"
        " AND (ended_at IS NULL OR (state IN ('declined', 'expired') AND offered_at > ?))",
        (home_id, challenger_id, stamp(since)),
    ).fetchone()
    return int(row[0])


def note_tried(tx: Tx, duel: Duel, now: datetime) -> None:
    """Note that sending the duel's card is begun."""
    tx.execute(
        "UPDATE duels SET tried_at = ? WHERE home_id = ? AND id = ? AND tried_at IS NULL",
        (stamp(now), duel.home_id, duel.id),
    )


def forget_card(tx: Tx, duel: Duel, now: datetime) -> None:
    """Note that the card's message is gone, and that sending another one is begun."""
    tx.execute(
        "UPDATE duels SET message_id = NULL, tried_at = ? WHERE home_id = ? AND id = ? AND message_id = ?",
        (stamp(now), duel.home_id, duel.id, duel.message_id),
    )


def note_shown(tx: Tx, duel: Duel, message_id: int | None) -> bool:
    """Note what the card shows now, and its message; return whether that is all there is to show."""
    tx.execute(
        "UPDATE duels SET shown = ?, message_id = coalesce(?, message_id) WHERE home_id = ? AND id = ?"
        " AND shown <= ?",
        (duel.version, message_id, duel.home_id, duel.id, duel.version),
    )
    row = tx.execute(
        "SELECT version FROM duels WHERE home_id = ? AND id = ?", (duel.home_id, duel.id)
    ).fetchone()
    return row is None or row[0] <= duel.version


def prune_duels(tx: Tx, before: datetime, most: int) -> None:
    """Delete up to `most` duels that ended before that, of whichever homes."""
    rows = tx.execute(
        "SELECT home_id, id FROM duels WHERE ended_at < ? ORDER BY ended_at LIMIT ?", (stamp(before), most)
    ).fetchall()
    delete_duels(tx, [(row[0], row[1]) for row in rows])


def delete_duels(tx: Tx, keys: Iterable[tuple[int, int]]) -> None:
    """Delete duels, by home and id, with their sides and questions."""
    gone = list(keys)
    delete_duel_papers(tx, [duel_id for _, duel_id in gone])
    tx.executemany("DELETE FROM duel_sides WHERE home_id = ? AND duel_id = ?", gone)
    tx.executemany("DELETE FROM duels WHERE home_id = ? AND id = ?", gone)


def forget_duels(tx: Tx, keys: Sequence[tuple[int, int]], now: datetime) -> None:
    """Delete duels, by home and id, that one of the two, or their server, is forgotten with.

    Of those that go on, what was answered is to count from now on, and the card to take no more presses.
    """
    for home_id, duel_id in keys:
        duel = load_duel(tx, home_id, duel_id)
        if duel is None or duel.ended_at is not None:
            continue
        clear_timer(tx, END, str(duel_id), home_id)
        set_timers(tx, [Timer(BOUT, str(duel_id), now, side.player_id) for side in duel.sides])
        if duel.message_id is not None:
            set_timer(tx, Timer(GONE, f"{duel.channel_id}:{duel.message_id}", now, home_id))
    delete_duels(tx, keys)


def list_duels_at(tx: Tx, home_id: int, most: int) -> list[tuple[int, int]]:
    """Return the homes and ids of up to `most` duels in a place."""
    rows = tx.execute("SELECT home_id, id FROM duels WHERE home_id = ? LIMIT ?", (home_id, most)).fetchall()
    return [(row[0], row[1]) for row in rows]


def list_duels_of(tx: Tx, player_id: int, most: int) -> list[tuple[int, int]]:
    """Return the homes and ids of up to `most` duels that a player is in."""
    rows = tx.execute(
        "SELECT home_id, id FROM duels WHERE challenger_id = ? LIMIT ?", (player_id, most)
    ).fetchall()
    rows += tx.execute(
        "SELECT home_id, id FROM duels WHERE opponent_id = ? LIMIT ?", (player_id, most)
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


# ------------------------------------------------------------------------------------- at home with a player


def add_bout(tx: Tx, bout: Bout) -> None:
    """Note that a player is in a duel, unless that is noted."""
    tx.execute(
        "INSERT INTO bouts (home_id, duel_id, duel_home, opponent_id, game_id) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (home_id, duel_id) DO NOTHING",
        (bout.player_id, bout.duel_id, bout.duel_home, bout.opponent_id, bout.game_id),
    )


def load_bout(tx: Tx, player_id: int, duel_id: int) -> Bout | None:
    """Return a player's part in a duel, or None."""
    row = tx.execute(
        "SELECT duel_home, opponent_id, game_id FROM bouts WHERE home_id = ? AND duel_id = ?",
        (player_id, duel_id),
    ).fetchone()
    return Bout(player_id, duel_id, *row) if row else None


def save_outcome(tx: Tx, player_id: int, duel_id: int, outcome: Outcome) -> bool:
    """Note how a duel came out for a player; False when that is noted."""
    noted = tx.execute(
        "UPDATE bouts SET outcome = ? WHERE home_id = ? AND duel_id = ? AND outcome IS NULL",
        (outcome, player_id, duel_id),
    )
    return noted.rowcount > 0


def drop_bout(tx: Tx, player_id: int, duel_id: int) -> bool:
    """Delete a player's part in a duel of which nothing came; False where it came out, or that was done."""
    dropped = tx.execute(
        "DELETE FROM bouts WHERE home_id = ? AND duel_id = ? AND outcome IS NULL", (player_id, duel_id)
    )
    return dropped.rowcount > 0


def load_record(tx: Tx, player_id: int, against_id: int | None = None) -> Record:
    """Return how a player's duels came out: all, or those against one person."""
    rows = tx.execute(
        "SELECT outcome, count(*) FROM bouts WHERE home_id = ? AND outcome IS NOT NULL"
        " AND (? = 0 OR opponent_id = ?) GROUP BY outcome ORDER BY outcome",
        (player_id, against_id or 0, against_id or 0),
    )
    found = {row[0]: int(row[1]) for row in rows}
    return Record(found.get(Outcome.WON, 0), found.get(Outcome.LOST, 0), found.get(Outcome.DRAWN, 0))


def load_side(tx: Tx, player_id: int, game_id: int) -> tuple[tuple[Mark, ...], int]:
    """Return what came of each question that a player has answered in a game, and the points."""
    rows = tx.execute(
        "SELECT a.is_right, a.points FROM games AS g CROSS JOIN rounds AS r"  # noqa: S608 - our own words
        " LEFT JOIN answers a ON a.home_id = r.home_id AND a.round_id = r.id AND a.player_id = ?"
        f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME} AND r.closed_at IS NOT NULL ORDER BY r.number",
        (player_id, player_id, game_id),
    ).fetchall()
    return tuple(map(_mark, rows)), sum(row[1] or 0 for row in rows)


def _mark(row: Any) -> Mark:
    return Mark.NONE if row[0] is None else Mark.of(is_right=bool(row[0]), points=row[1] or 0)
