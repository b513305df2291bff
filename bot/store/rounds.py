"""Rounds as rows.

What always holds: a round that is not open any more is neither opened nor hastened again, whoever
asks and however often; a round names its question by its content, so that a new bank changes no round.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from bot.cluster.shards import WHOLE, Part
from bot.quiz.game import Asked, Cause, Game, Haste, Response, Round, RoundState
from bot.quiz.presence import Ending
from bot.store.answers import response_of
from bot.store.content import asked_of
from bot.store.database import instant, stamp
from bot.store.games import OF_GAME
from bot.store.ids import after, after_or_none, id_of_round, instant_after, instant_after_or_none, new_id
from bot.store.keys import Key, keys
from bot.store.questions import ids_of, load_question, load_questions, save_questions
from bot.store.tx import Tx
from bot.store.within import within

_MILLISECOND = timedelta(milliseconds=1)
_CAUSES = (*Cause,)  # kept as their numbers: a new one goes to the end


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A round that goes on, when it was drawn, who has answered it with what, and what it asks."""

    round: Round
    drawn_at: datetime
    first: dict[int, Response]
    asked: Asked


@dataclass(frozen=True, slots=True)
class NewRound:
    """A round to be stored."""

    game: Game
    round: Round
    asked: Asked
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round as it stands, with what it asks and what its message shows."""

    round: Round
    asked: Asked
    drawn_at: datetime
    version: int
    shown: int


def add_rounds(tx: Tx, new: Sequence[NewRound]) -> list[Round]:
    """Store new rounds and return them with their ids."""
    contents = save_questions(tx, [(one.asked, one.drawn_at) for one in new])
    stored = [replace(one.round, id=_id_of(tx, one), home_id=one.game.home_id) for one in new]
    tx.executemany(
        "INSERT INTO rounds (home_id, id, behind, number, question, option_order, allowed, drawn_at,"
        " opened_at, closes_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                drawn.home_id,
                drawn.id,
                drawn.id - one.game.id,
                drawn.number,
                content.hash,
                content.order,
                None if drawn.allowed is None else drawn.allowed // _MILLISECOND,
                after(drawn.id, one.drawn_at),
                after_or_none(drawn.id, drawn.opened_at),
                after_or_none(drawn.id, drawn.closes_at),
                int(one.game.is_public),
            )
            for one, drawn, content in zip(new, stored, contents, strict=True)
        ],
    )
    return stored


def _id_of(tx: Tx, new: NewRound) -> int:
    game = new.game
    made = id_of_round(game.id, new.round.number)
    if made is None:  # the game began before ids were kept for its rounds
        made = new_id(new.drawn_at)
        tx.execute(
            "UPDATE games SET first_round = coalesce(first_round, ?), last_round = ?"
            " WHERE home_id = ? AND id = ?",
            (made, made, game.home_id, game.id),
        )
    return made


def load_round_rows(tx: Tx, rounds: Collection[Key]) -> dict[Key, RoundRow]:
    """Return those of the rounds, by home and id, that there are."""
    wanted = keys(tx, rounds, 2)
    rows = tx.execute(
        f"SELECT r.* FROM {wanted.table} CROSS JOIN rounds AS r"  # noqa: S608 - our own words
        " WHERE r.home_id = k.a AND r.id = k.b",
        wanted.values,
    ).fetchall()
    bodies = load_questions(tx, [row["question"] for row in rows])
    return {
        (row["home_id"], row["id"]): RoundRow(
            round_of(row),
            asked_of(bodies[row["question"]], row["option_order"]),
            instant_after(row["id"], row["drawn_at"]),
            row["version"],
            row["shown"],
        )
        for row in rows
    }


def load_round(tx: Tx, home_id: int, round_id: int) -> Round | None:
    """Return the round, or None."""
    row = tx.execute("SELECT * FROM rounds WHERE home_id = ? AND id = ?", (home_id, round_id)).fetchone()
    return round_of(row) if row else None


def load_round_of(tx: Tx, game: Game) -> Round:
    """Return the game's present round."""
    row = tx.execute(
        f"SELECT r.* FROM games AS g CROSS JOIN rounds AS r WHERE g.home_id = ? AND g.id = ? AND {OF_GAME}"  # noqa: S608
        " AND r.number = ?",
        (game.home_id, game.id, game.number),
    ).fetchone()
    return round_of(row)


def load_asked(tx: Tx, home_id: int, round_id: int) -> Asked:
    """Return what the round asks."""
    row = tx.execute(
        "SELECT question, option_order FROM rounds WHERE home_id = ? AND id = ?", (home_id, round_id)
    ).fetchone()
    return load_question(tx, *row)


def list_asked(tx: Tx, games: list[Key]) -> list[list[str]]:
    """Return for each game the ids of the questions that it has asked, in order."""
    wanted = keys(tx, {*games}, 2)
    rows = tx.execute(
        f"SELECT k.a, k.b, r.question FROM {wanted.table} CROSS JOIN games AS g CROSS JOIN rounds AS r"  # noqa: S608
        f" WHERE g.home_id = k.a AND g.id = k.b AND {OF_GAME} ORDER BY r.number",
        wanted.values,
    ).fetchall()
    ids = ids_of(tx, {row[2] for row in rows})
    asked: defaultdict[Key, list[str]] = defaultdict(list)
    for home_id, game_id, digest in rows:
        asked[home_id, game_id].append(ids[digest])
    return [asked[game] for game in games]


def list_going_on(tx: Tx, home_id: int, game_id: int) -> list[Round]:
    """Return the game's rounds that are not closed; there is one at most."""
    rows = tx.execute(
        f"SELECT r.* FROM games AS g CROSS JOIN rounds AS r WHERE g.home_id = ? AND g.id = ? AND {OF_GAME}"  # noqa: S608
        " AND r.closed_at IS NULL ORDER BY r.number",
        (home_id, game_id),
    )
    return [round_of(row) for row in rows]


def list_closed(tx: Tx, home_id: int, game_id: int) -> list[Round]:
    """Return the game's rounds that are closed, in order."""
    rows = tx.execute(
        f"SELECT r.* FROM games AS g CROSS JOIN rounds AS r WHERE g.home_id = ? AND g.id = ? AND {OF_GAME}"  # noqa: S608
        " AND r.closed_at IS NOT NULL ORDER BY r.number",
        (home_id, game_id),
    )
    return [round_of(row) for row in rows]


def list_endings(tx: Tx, home_id: int, game_id: int, most: int) -> list[Ending]:
    """Return how the game's latest rounds ended, the last one first."""
    rows = tx.execute(
        "SELECT r.cause, (SELECT count(*) FROM answers a WHERE a.home_id = r.home_id AND a.round_id = r.id)"  # noqa: S608
        f" FROM games AS g CROSS JOIN rounds AS r WHERE g.home_id = ? AND g.id = ? AND {OF_GAME}"
        " ORDER BY r.number DESC LIMIT ?",
        (home_id, game_id, most),
    )
    return [Ending(cause_of(cause), answered) for cause, answered in rows]


def list_endings_since(tx: Tx, since: Sequence[tuple[int, int, int]]) -> list[list[Ending]]:
    """Return how each game's rounds from a number on ended, the last one first; home, game, number."""
    wanted = keys(tx, since, 3)
    rows = tx.execute(
        "SELECT k.a, k.b, r.cause, (SELECT count(*) FROM answers a WHERE a.home_id = r.home_id"  # noqa: S608 - ours
        f" AND a.round_id = r.id) FROM {wanted.table} CROSS JOIN games AS g CROSS JOIN rounds AS r"
        f" WHERE g.home_id = k.a AND g.id = k.b AND {OF_GAME} AND r.number >= k.c ORDER BY r.number DESC",
        wanted.values,
    )
    endings: defaultdict[Key, list[Ending]] = defaultdict(list)
    for home_id, game_id, cause, answered in rows:
        endings[home_id, game_id].append(Ending(cause_of(cause), answered))
    return [endings[home_id, game_id] for home_id, game_id, _ in since]


def list_streaks_before(
    tx: Tx, home_id: int, game_id: int, number: int, player_id: int
) -> list[tuple[Cause | None, int | None]]:
    """Return why each round before number `number` closed and the player's streak with it, latest first."""
    rows = tx.execute(
        "SELECT r.cause, a.streak FROM games AS g CROSS JOIN rounds AS r"  # noqa: S608 - our own words
        " LEFT JOIN answers a ON a.home_id = r.home_id AND a.round_id = r.id AND a.player_id = ?"
        f" WHERE g.home_id = ? AND g.id = ? AND {OF_GAME} AND r.number < ? ORDER BY r.number DESC",
        (player_id, home_id, game_id, number),
    )
    return [(cause_of(cause), streak) for cause, streak in rows]


def list_live(tx: Tx, part: Part = WHOLE) -> list[LiveRow]:
    """Return every round of a part that goes on in a running game of a channel, by two statements."""
    going_on = (
        "FROM games g CROSS JOIN rounds r CROSS JOIN {other} WHERE g.state = 'running' AND g.kind = 'channel'"
        f" AND {OF_GAME} AND r.number = g.number AND r.closed_at IS NULL"
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
            instant_after(row["id"], row["drawn_at"]),
            first[row["home_id"], row["id"]],
            asked_of(row["body"], row["option_order"]),
        )
        for row in rows
    ]


def open_rounds(tx: Tx, opened: Sequence[Round]) -> list[bool]:
    """Note that rounds' messages are out; False for one that is no longer waited for."""
    wanted = keys(tx, [(one.home_id, one.id) for one in opened], 2)
    rows = tx.execute(
        f"SELECT r.home_id, r.id FROM {wanted.table} CROSS JOIN rounds AS r"  # noqa: S608 - our own words
        " WHERE r.home_id = k.a AND r.id = k.b AND r.opened_at IS NULL AND r.closed_at IS NULL",
        wanted.values,
    )
    waiting = {(row[0], row[1]) for row in rows}
    tx.executemany(
        "UPDATE rounds SET message_id = ?, opened_at = ?, closes_at = ?,"
        " shown = CASE WHEN version > 1 THEN 1 ELSE version END WHERE home_id = ? AND id = ?"
        " AND opened_at IS NULL AND closed_at IS NULL",
        [
            (
                one.message_id,
                after_or_none(one.id, one.opened_at),
                after_or_none(one.id, one.closes_at),
                one.home_id,
                one.id,
            )
            for one in opened
            if (one.home_id, one.id) in waiting
        ],
    )
    return [(one.home_id, one.id) in waiting for one in opened]


def note_message(tx: Tx, stopped: Round) -> None:
    """Note the message of a round that was stopped while it was on the way: it is to show that."""
    tx.execute(
        "UPDATE rounds SET message_id = ?, opened_at = ?, shown = CASE WHEN shown < 1 THEN 1 ELSE shown END"
        " WHERE home_id = ? AND id = ? AND message_id IS NULL",
        (stopped.message_id, after_or_none(stopped.id, stopped.opened_at), stopped.home_id, stopped.id),
    )


def hasten_rounds(tx: Tx, hasty: Mapping[Key, Haste]) -> list[Key]:
    """Have rounds, by home and id, end earlier; return those that do: open, and not ending before that."""
    wanted = keys(tx, hasty, 2)
    rows = tx.execute(
        f"SELECT r.home_id, r.id, r.closes_at FROM {wanted.table} CROSS JOIN rounds AS r"  # noqa: S608 - ours
        " WHERE r.home_id = k.a AND r.id = k.b AND r.opened_at IS NOT NULL AND r.closed_at IS NULL",
        wanted.values,
    ).fetchall()
    hastened = [
        (home_id, round_id)
        for home_id, round_id, closes_at in rows
        if closes_at is None or closes_at > after(round_id, hasty[home_id, round_id].closes_at)
    ]
    tx.executemany(
        "UPDATE rounds SET closes_at = ?, cause = ? WHERE home_id = ? AND id = ?"
        " AND closed_at IS NULL AND (closes_at IS NULL OR closes_at > ?)",
        [
            (at := after(key[1], hasty[key].closes_at), _CAUSES.index(hasty[key].cause), *key, at)
            for key in hastened
        ],
    )
    return hastened


def save_closed(tx: Tx, closed: Iterable[tuple[Game, Round]]) -> None:
    """Note how rounds have closed; their results are then to be shown where others can see them."""
    tx.executemany(
        "UPDATE rounds SET closed_at = ?, cause = ?, version = version + ? WHERE home_id = ? AND id = ?",
        [
            (
                after_or_none(one.id, one.closed_at),
                None if one.cause is None else _CAUSES.index(one.cause),
                int(game.is_public),
                game.home_id,
                one.id,
            )
            for game, one in closed
        ],
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


def cause_of(number: int | None) -> Cause | None:
    """Return why a round closed, which is kept as a number."""
    return None if number is None else _CAUSES[number]


def round_of(row: Any) -> Round:
    """Return the round that a row of `rounds` holds."""
    made, opened_at, closed_at = row["id"], row["opened_at"], row["closed_at"]
    unclosed = RoundState.OPENING if opened_at is None else RoundState.OPEN
    return Round(
        id=made,
        game_id=made - row["behind"],
        number=row["number"],
        options=len(row["option_order"]),
        allowed=None if row["allowed"] is None else row["allowed"] * _MILLISECOND,
        state=unclosed if closed_at is None else RoundState.CLOSED,
        message_id=row["message_id"],
        opened_at=instant_after_or_none(made, opened_at),
        closes_at=instant_after_or_none(made, row["closes_at"]),
        closed_at=instant_after_or_none(made, closed_at),
        cause=cause_of(row["cause"]),
        clues_at=tuple(map(instant, orjson.loads(row["clues_at"]))) if row["clues_at"] else (),
        home_id=row["home_id"],
    )
