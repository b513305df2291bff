"""Rounds as rows.

What always holds: a round that is not open any more is neither opened nor hastened again, whoever
asks and however often; a round names its question by its content, so that a new bank changes no round.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from bot.cluster.shards import WHOLE, Part
from bot.quiz.game import Asked, Cause, Game, GameKind, Haste, Response, Round, RoundState
from bot.quiz.presence import Ending
from bot.store.answers import response_of
from bot.store.content import asked_of, id_in
from bot.store.database import instant, instant_or_none, stamp, stamp_or_none
from bot.store.ids import new_id
from bot.store.questions import load_question, save_question
from bot.store.tx import Tx
from bot.store.within import within

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A round that goes on, when it was drawn, who has answered it with what, and what it asks."""

    round: Round
    drawn_at: datetime
    first: dict[int, Response]
    asked: Asked


def add_round(tx: Tx, game: Game, drawn: Round, asked: Asked, drawn_at: datetime) -> Round:
    """Store a new round and return it with its id."""
    content = save_question(tx, asked, drawn_at)
    round_id = new_id(drawn_at)
    tx.execute(
        "INSERT INTO rounds (home_id, id, game_id, number, question, option_order, allowed, state, drawn_at,"
        " opened_at, closes_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            game.home_id,
            round_id,
            game.id,
            drawn.number,
            content.hash,
            content.order,
            None if drawn.allowed is None else drawn.allowed // _MILLISECOND,
            drawn.state,
            stamp(drawn_at),
            stamp_or_none(drawn.opened_at),
            stamp_or_none(drawn.closes_at),
            1 if game.kind is GameKind.CHANNEL else 0,
        ),
    )
    return replace(drawn, id=round_id, home_id=game.home_id)


def load_round(tx: Tx, home_id: int, round_id: int) -> Round | None:
    """Return the round, or None."""
    row = tx.execute("SELECT * FROM rounds WHERE home_id = ? AND id = ?", (home_id, round_id)).fetchone()
    return round_of(row) if row else None


def load_round_of(tx: Tx, game: Game) -> Round:
    """Return the game's present round."""
    row = tx.execute(
        "SELECT * FROM rounds WHERE home_id = ? AND game_id = ? AND number = ?",
        (game.home_id, game.id, game.number),
    ).fetchone()
    return round_of(row)


def load_asked(tx: Tx, home_id: int, round_id: int) -> Asked:
    """Return what the round asks."""
    row = tx.execute(
        "SELECT question, option_order FROM rounds WHERE home_id = ? AND id = ?", (home_id, round_id)
    ).fetchone()
    return load_question(tx, *row)


def list_asked(tx: Tx, home_id: int, game_id: int) -> list[str]:
    """Return the ids of the questions that the game has asked, in order."""
    rows = tx.execute(
        "SELECT questions.body FROM rounds JOIN questions ON questions.hash = rounds.question"
        " WHERE rounds.home_id = ? AND rounds.game_id = ? ORDER BY rounds.number",
        (home_id, game_id),
    )
    return [id_in(row[0]) for row in rows]


def list_going_on(tx: Tx, home_id: int, game_id: int) -> list[Round]:
    """Return the game's rounds that are not closed; there is one at most."""
    rows = tx.execute(
        "SELECT * FROM rounds WHERE home_id = ? AND game_id = ? AND state <> 'closed' ORDER BY number",
        (home_id, game_id),
    )
    return [round_of(row) for row in rows]


def list_endings(tx: Tx, home_id: int, game_id: int, most: int) -> list[Ending]:
    """Return how the game's latest rounds ended, the last one first."""
    rows = tx.execute(
        "SELECT cause, (SELECT count(*) FROM answers a WHERE a.home_id = r.home_id AND a.round_id = r.id)"
        " FROM rounds r WHERE home_id = ? AND game_id = ? ORDER BY number DESC LIMIT ?",
        (home_id, game_id, most),
    )
    return [Ending(Cause(cause) if cause else None, answered) for cause, answered in rows]


def list_live(tx: Tx, part: Part = WHOLE) -> list[LiveRow]:
    """Return every round of a part that goes on in a running game of a channel, by two statements."""
    going_on = (
        "FROM games g CROSS JOIN rounds r CROSS JOIN {other} WHERE g.state = 'running' AND g.kind = 'channel'"
        " AND r.home_id = g.home_id AND r.game_id = g.id AND r.number = g.number AND r.state <> 'closed'"
        f" AND {{joined}}{within(part, 'g.home_id')} ORDER BY r.id"
    )
    questions = going_on.format(other="questions q", joined="q.hash = r.question")
    answers = going_on.format(other="answers a", joined="a.home_id = r.home_id AND a.round_id = r.id")
    first: defaultdict[tuple[int, int], dict[int, Response]] = defaultdict(dict)
    for home_id, round_id, player_id, option, text in tx.execute(
        f"SELECT r.home_id, r.id, a.player_id, a.option, a.text {answers}"
    ):
        first[home_id, round_id][player_id] = response_of(option, text)
    rows = tx.execute(f"SELECT r.*, q.body {questions}").fetchall()
    return [
        LiveRow(
            round_of(row),
            instant(row["drawn_at"]),
            first[row["home_id"], row["id"]],
            asked_of(row["body"], row["option_order"]),
        )
        for row in rows
    ]


def open_round(tx: Tx, opened: Round) -> bool:
    """Note that the round's message is out; False when it is no longer waited for."""
    changed = tx.execute(
        "UPDATE rounds SET state = 'open', message_id = ?, opened_at = ?, closes_at = ?,"
        " shown = CASE WHEN version > 1 THEN 1 ELSE version END WHERE home_id = ? AND id = ?"
        " AND state = 'opening'",
        (
            opened.message_id,
            stamp_or_none(opened.opened_at),
            stamp_or_none(opened.closes_at),
            opened.home_id,
            opened.id,
        ),
    ).rowcount
    return bool(changed)


def note_message(tx: Tx, stopped: Round) -> None:
    """Note the message of a round that was stopped while it was on the way: it is to show that."""
    tx.execute(
        "UPDATE rounds SET message_id = ?, opened_at = ?, shown = CASE WHEN shown < 1 THEN 1 ELSE shown END"
        " WHERE home_id = ? AND id = ? AND message_id IS NULL",
        (stopped.message_id, stamp_or_none(stopped.opened_at), stopped.home_id, stopped.id),
    )


def hasten_round(tx: Tx, home_id: int, round_id: int, haste: Haste) -> bool:
    """Have an open round end earlier; False when it is not open or ends before that."""
    changed = tx.execute(
        "UPDATE rounds SET closes_at = ?, cause = ? WHERE home_id = ? AND id = ? AND state = 'open'"
        " AND (closes_at IS NULL OR closes_at > ?)",
        (stamp(haste.closes_at), haste.cause, home_id, round_id, stamp(haste.closes_at)),
    ).rowcount
    return bool(changed)


def save_closed(tx: Tx, game: Game, closed: Round) -> None:
    """Note how the round has closed; its result is then to be shown where others can see it."""
    tx.execute(
        "UPDATE rounds SET state = 'closed', closed_at = ?, cause = ?, version = version + ?"
        " WHERE home_id = ? AND id = ?",
        (
            stamp_or_none(closed.closed_at),
            closed.cause,
            1 if game.kind is GameKind.CHANNEL else 0,
            game.home_id,
            closed.id,
        ),
    )


def raise_version(tx: Tx, home_id: int, round_id: int) -> None:
    """Note that what the round's message shows has changed."""
    tx.execute("UPDATE rounds SET version = version + 1 WHERE home_id = ? AND id = ?", (home_id, round_id))


def save_clues(tx: Tx, present: Round, *, is_shown: bool) -> None:
    """Note which clues of a ladder are out; `is_shown`: its message in a channel is then to show them."""
    stamps = orjson.dumps([stamp(at) for at in present.clues_at]).decode()
    raised = 1 if is_shown else 0
    tx.execute(
        "UPDATE rounds SET clues_at = ?, version = version + ? WHERE home_id = ? AND id = ?",
        (stamps, raised, present.home_id, present.id),
    )


def round_of(row: Any) -> Round:
    """Return the round that a row of `rounds` holds."""
    return Round(
        id=row["id"],
        game_id=row["game_id"],
        number=row["number"],
        options=len(row["option_order"]),
        allowed=None if row["allowed"] is None else row["allowed"] * _MILLISECOND,
        state=RoundState(row["state"]),
        message_id=row["message_id"],
        opened_at=instant_or_none(row["opened_at"]),
        closes_at=instant_or_none(row["closes_at"]),
        closed_at=instant_or_none(row["closed_at"]),
        cause=Cause(row["cause"]) if row["cause"] else None,
        clues_at=tuple(map(instant, orjson.loads(row["clues_at"]))) if row["clues_at"] else (),
        home_id=row["home_id"],
    )
