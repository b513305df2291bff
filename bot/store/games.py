"""Games, rounds, answers, votes and what was asked before, as rows.

What always holds:
- every public method that changes something is one transaction, and what it
  implies (the next timer, points, boards) is in that same transaction;
- each can be repeated: a step that was taken already changes nothing;
- a message is shown when `shown` has reached `version`; whoever changes what
  it shows raises `version`, and only a message that is out raises `shown`.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import orjson

from bot.quiz.game import (
    Answer,
    Asked,
    Cause,
    Game,
    GameState,
    Kind,
    Round,
    RoundState,
    Rules,
    votes_needed,
)
from bot.quiz.periods import zone_named
from bot.quiz.scoring import Score, Tally, judge, pause_after
from bot.store.boards import SettledAnswer, Settlement, finish, settle
from bot.store.database import Database, instant, stamp
from bot.store.guilds import load_guild
from bot.store.timers import Timer, clear_timer, set_timer

CLOSE = "close"  # timers of this kind name a round
NEXT = "next"  # timers of this kind name a game
_CUT_SHORT = frozenset({Cause.SKIPPED, Cause.STOPPED})  # nobody misses a round that ends so
_TO_STOP = 0  # in votes: the game itself, not one of its rounds
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A question drawn for a scope (a server, or in solo play a player), ready to be stored as a round."""

    scope_id: int
    asked: Asked
    allowed: timedelta | None
    drawn_at: datetime
    forgotten: Sequence[str] = ()  # questions that may come again, because the pool was used up
    opened_at: datetime | None = None  # in solo play, where no message has to be sent first


@dataclass(frozen=True, slots=True)
class Started:
    """A game and its present round; `is_new` is False when the game was there before."""

    game: Game
    round: Round
    is_new: bool
    request_id: int


@dataclass(frozen=True, slots=True)
class Haste:
    """A round's earlier end, and when by our clock its timer is then due."""

    closes_at: datetime
    due_at: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class Ballot:
    """How a vote stands after somebody's vote; `counts` is False for one who does not play."""

    votes: int
    needed: int
    counts: bool = True

    @property
    def is_carried(self) -> bool:
        """Return whether a majority has voted."""
        return self.votes >= self.needed


@dataclass(frozen=True, slots=True)
class LiveRound:
    """A round that goes on, as start-up finds it."""

    round: Round
    game: Game
    drawn_at: datetime
    first: dict[int, int]  # player -> option
    awaited: set[int]  # who answered an earlier round of the game but not yet this one
    has_players: bool  # whether anybody answered an earlier round


@dataclass(frozen=True, slots=True)
class RoundShowing:
    """All that a round's message shows. `answers` come with their players' names, in order of time."""

    game: Game
    round: Round
    asked: Asked
    drawn_at: datetime
    version: int
    shown: int
    answers: Sequence[tuple[Answer, str]]


@dataclass(frozen=True, slots=True)
class GameShowing:
    """All that a game's standings show."""

    game: Game
    message_id: int | None
    version: int
    shown: int
    scores: Sequence[Score]
    tallies: Sequence[Tally]


class GamesStore:
    """Reads and writes games."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start_game(self, game: Game, request_id: int, name: str, drawing: Drawing) -> Started:
        """Store `game` (its id is given here) and its first round, unless its channel has a running game."""
        return await self._database.write(partial(_start_game, game, request_id, name, drawing))

    async def next_round(self, game_id: int, after: int, drawing: Drawing) -> tuple[Round, set[int]] | None:
        """Store the round after number `after`, and return it with those who played so far.

        None when the game has moved on or ended.
        """
        return await self._database.write(partial(_next_round, game_id, after, drawing))

    async def open_round(self, opened: Round, guild_id: int | None, due_at: datetime | None) -> bool:
        """Note that the round's message is out; False when it is no longer waited for."""
        return await self._database.write(partial(_open_round, opened, guild_id, due_at))

    async def save_answer(
        self, round_id: int, answer: Answer, name: str | None = None, haste: Haste | None = None
    ) -> int | None:
        """Store an answer, a changed name, and the round's earlier end; return the option that stands.

        None when the round has closed without one.
        """
        return await self._database.write(partial(_save_answer, round_id, answer, name, haste))

    async def save_late_answer(self, round_id: int, answer: Answer, name: str) -> int | None:
        """Store and judge an answer that was in time, in a round that has closed meanwhile.

        Return the option that stands; None when the game has gone on without it.
        """
        return await self._database.write(partial(_save_late_answer, round_id, answer, name))

    async def load_answer(self, round_id: int, player_id: int) -> int | None:
        """Return the option that stands once every answer given before this call is decided."""
        return await self._database.write(partial(_load_answer, round_id, player_id))

    async def answer_solo(self, round_id: int, answer: Answer | None) -> bool:
        """Store the answer (None: it came too late), close the round, and end the game after its last one."""
        return await self._database.write(partial(_answer_solo, round_id, answer))

    async def hasten(self, round_id: int, haste: Haste) -> None:
        """Have an open round end earlier."""
        await self._database.write(partial(_hasten, round_id, haste))

    async def vote_skip(self, round_id: int, player_id: int, haste: Haste) -> Ballot:
        """Count a vote to skip the round; the one that makes the majority skips it."""
        return await self._database.write(partial(_vote_skip, round_id, player_id, haste))

    async def vote_stop(self, game_id: int, player_id: int, at: datetime, reason: str) -> Ballot:
        """Count a vote to stop the game; the one that makes the majority stops it."""
        return await self._database.write(partial(_vote_stop, game_id, player_id, at, reason))

    async def close_round(self, round_id: int, now: datetime) -> RoundShowing | None:
        """Close an open round as of its `closes_at` and return its result; None when it is not open."""
        return await self._database.write(partial(_close_round, round_id, now))

    async def finish_game(self, game_id: int, at: datetime) -> bool:
        """End a game that has asked all its questions; False when it ended before."""
        return await self._database.write(partial(_finish_game, game_id, at))

    async def stop_game(self, game_id: int, at: datetime, reason: str, *, silently: bool = False) -> bool:
        """End a game before its time; its open round is closed and counts. False when it ended before.

        `silently`: its channel cannot be written to, so nothing is left to be shown.
        """
        return await self._database.write(partial(_stop_game, game_id, at, reason, silently))

    async def mark_round_shown(self, round_id: int, version: int, message_id: int | None = None) -> None:
        """Note that the round's message shows `version`, and its id when it is a new message."""
        await self._database.write(partial(_mark_shown, "rounds", round_id, version, message_id))

    async def mark_game_shown(self, game_id: int, version: int, message_id: int | None = None) -> None:
        """Note that the standings' message shows `version`."""
        await self._database.write(partial(_mark_shown, "games", game_id, version, message_id))

    async def give_up_showing(self, game_id: int) -> None:
        """Note that nothing of the game can be shown any more."""
        await self._database.write(partial(_give_up_showing, game_id))

    async def load_game(self, game_id: int) -> Game | None:
        """Return the game, or None."""
        return await self._database.read(partial(_load_game, game_id))

    async def load_round(self, round_id: int) -> Round | None:
        """Return the round, or None."""
        return await self._database.read(partial(_load_round, round_id))

    async def load_round_of(self, game: Game) -> Round:
        """Return the game's present round."""
        return await self._database.read(partial(_round_of, game))

    async def load_latest(self, channel_id: int) -> tuple[Game, Round] | None:
        """Return the channel's running game, else its last one, with its last round."""
        return await self._database.read(partial(_load_latest, channel_id))

    async def load_round_showing(self, round_id: int) -> RoundShowing | None:
        """Return what the round's message shows."""
        return await self._database.read(partial(_load_round_showing, round_id))

    async def load_game_showing(self, game_id: int) -> GameShowing | None:
        """Return what the game's standings show."""
        return await self._database.read(partial(_load_game_showing, game_id))

    async def list_seen(self, scope_id: int) -> list[str]:
        """Return the ids of the questions that the scope has been asked, in the order of asking."""
        return await self._database.read(partial(_list_seen, scope_id))

    async def list_live(self) -> list[LiveRound]:
        """Return every round that goes on in a channel."""
        return await self._database.read(_list_live)

    async def list_to_show(self) -> tuple[list[int], list[int]]:
        """Return the ids of rounds and of games whose messages are behind what is stored."""
        return await self._database.read(_list_to_show)

    async def list_running(self, *, guild_id: int | None = None, channel_id: int | None = None) -> list[int]:
        """Return the ids of the running games of a server, or of a channel."""
        return await self._database.read(partial(_list_running, guild_id, channel_id))


# ----------------------------------------------------------------------------------------------- changing


def _start_game(game: Game, request_id: int, name: str, drawing: Drawing, tx: sqlite3.Connection) -> Started:
    there = tx.execute(
        "SELECT * FROM games WHERE request_id = ?"
        " UNION ALL SELECT * FROM games WHERE channel_id = ? AND state = 'running' AND kind = 'channel'"
        " AND ? = 'channel' LIMIT 1",
        (request_id, game.channel_id, game.kind),
    ).fetchone()
    if there:
        standing = _game(there)
        return Started(standing, _round_of(standing, tx), False, there["request_id"])
    game_id: int = tx.execute(  # type: ignore[assignment]  # an INSERT has a row id
        "INSERT INTO games"
        " (request_id, kind, guild_id, channel_id, starter_id, rules, state, number, started_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    ).lastrowid
    _save_name(tx, game.starter_id, name)
    stored = replace(game, id=game_id)
    return Started(stored, _add_round(tx, stored, drawing), True, request_id)


def _next_round(
    game_id: int, after: int, drawing: Drawing, tx: sqlite3.Connection
) -> tuple[Round, set[int]] | None:
    clear_timer(tx, NEXT, str(game_id))
    game = _load_game(game_id, tx)
    if game is None or game.state is not GameState.RUNNING or game.number != after:
        return None
    tx.execute("UPDATE games SET number = ? WHERE id = ?", (game.next().number, game_id))
    players = tx.execute("SELECT player_id FROM scores WHERE game_id = ?", (game_id,))
    return _add_round(tx, game.next(), drawing), {row[0] for row in players}


def _add_round(tx: sqlite3.Connection, game: Game, drawing: Drawing) -> Round:
    tx.executemany(
        "DELETE FROM seen WHERE scope_id = ? AND question_id = ?",
        [(drawing.scope_id, question_id) for question_id in drawing.forgotten],
    )
    tx.execute(
        "INSERT OR IGNORE INTO seen (scope_id, question_id) VALUES (?, ?)",
        (drawing.scope_id, drawing.asked.question.id),
    )
    drawn = Round(0, game.id, game.number, len(drawing.asked.options), drawing.allowed)
    if drawing.opened_at is not None:
        drawn = drawn.open(None, drawing.opened_at)
    round_id = tx.execute(
        "INSERT INTO rounds"
        " (game_id, number, question, options, allowed, state, drawn_at, opened_at, closes_at, version)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            game.id,
            game.number,
            orjson.dumps(drawing.asked.to_plain()).decode(),
            drawn.options,
            None if drawn.allowed is None else drawn.allowed // _MILLISECOND,
            drawn.state,
            stamp(drawing.drawn_at),
            _stamp(drawn.opened_at),
            _stamp(drawn.closes_at),
            1 if game.kind is Kind.CHANNEL else 0,
        ),
    ).lastrowid
    return replace(drawn, id=round_id)  # type: ignore[arg-type]  # an INSERT has a row id


def _open_round(opened: Round, guild_id: int | None, due_at: datetime | None, tx: sqlite3.Connection) -> bool:
    changed = tx.execute(
        "UPDATE rounds SET state = 'open', message_id = ?, opened_at = ?, closes_at = ?,"
        " shown = min(version, 1) WHERE id = ? AND state = 'opening'",
        (opened.message_id, _stamp(opened.opened_at), _stamp(opened.closes_at), opened.id),
    ).rowcount
    if not changed:  # it was stopped while its message was on the way: the message is to show that
        tx.execute(
            "UPDATE rounds SET message_id = ?, opened_at = ?, shown = max(shown, min(version, 1))"
            " WHERE id = ? AND message_id IS NULL",
            (opened.message_id, _stamp(opened.opened_at), opened.id),
        )
    elif due_at is not None:
        set_timer(tx, Timer(CLOSE, str(opened.id), due_at, guild_id))
    return bool(changed)


def _save_answer(
    round_id: int, answer: Answer, name: str | None, haste: Haste | None, tx: sqlite3.Connection
) -> int | None:
    # An earlier job of the same commit may have closed the round: then nobody would judge the answer.
    inserted = tx.execute(
        "INSERT INTO answers (round_id, player_id, option, at)"
        " SELECT id, ?, ?, ? FROM rounds WHERE id = ? AND state <> 'closed' ON CONFLICT DO NOTHING",
        (answer.player_id, answer.option, stamp(answer.at), round_id),
    ).rowcount
    if name is not None:
        _save_name(tx, answer.player_id, name)
    if haste is not None:
        _hasten(round_id, haste, tx)
    if inserted:
        return answer.option
    return _load_answer(round_id, answer.player_id, tx)


def _save_late_answer(round_id: int, answer: Answer, name: str, tx: sqlite3.Connection) -> int | None:
    standing = _load_answer(round_id, answer.player_id, tx)
    if standing is not None:
        return standing
    row = tx.execute("SELECT * FROM rounds WHERE id = ?", (round_id,)).fetchone()
    game = _load_game(row["game_id"], tx)
    if game is None or game.state is not GameState.RUNNING or game.number != row["number"]:
        return None
    if row["state"] != RoundState.CLOSED:  # its close was not saved: there will be another
        return _save_answer(round_id, answer, name, None, tx)
    _save_name(tx, answer.player_id, name)
    closed, asked = _round(row), Asked.from_plain(orjson.loads(row["question"]))
    streaks = {answer.player_id: _streak_before(tx, closed, answer.player_id)}
    judged = judge(closed, asked, game.rules, [answer], streaks)
    tx.execute(
        "INSERT INTO answers (round_id, player_id, option, at) VALUES (?, ?, ?, ?)",
        (round_id, answer.player_id, answer.option, stamp(answer.at)),
    )
    _add_judged(tx, game, closed, asked, judged)
    tx.execute("UPDATE rounds SET version = version + 1 WHERE id = ?", (round_id,))
    return answer.option


def _streak_before(tx: sqlite3.Connection, present: Round, player_id: int) -> int:
    """Return the player's streak before the round; rounds that were cut short do not end one."""
    for cause, streak in tx.execute(
        "SELECT r.cause, a.streak FROM rounds r LEFT JOIN answers a ON a.round_id = r.id AND a.player_id = ?"
        " WHERE r.game_id = ? AND r.number < ? ORDER BY r.number DESC",
        (player_id, present.game_id, present.number),
    ):
        if streak is not None:
            return int(streak)
        if cause not in _CUT_SHORT:
            break
    return 0


def _save_name(tx: sqlite3.Connection, player_id: int, name: str) -> None:
    tx.execute(
        "INSERT INTO players (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        (player_id, name),
    )


def _answer_solo(round_id: int, answer: Answer | None, tx: sqlite3.Connection) -> bool:
    row = tx.execute("SELECT * FROM rounds WHERE id = ? AND state = 'open'", (round_id,)).fetchone()
    if row is None:
        return False
    if answer is not None:
        _save_answer(round_id, answer, None, None, tx)
    game = _load_game(row["game_id"], tx)
    assert game is not None  # noqa: S101 - a foreign key says so
    at = answer.at if answer is not None else instant(row["closes_at"])
    _settle_round(tx, game, row, at)
    if not game.has_next:
        _end(tx, game.finish(at))
    return True


def _hasten(round_id: int, haste: Haste, tx: sqlite3.Connection) -> None:
    row = tx.execute(
        "UPDATE rounds SET closes_at = ?, cause = ? WHERE id = ? AND state = 'open'"
        " AND (closes_at IS NULL OR closes_at > ?) RETURNING game_id",
        (stamp(haste.closes_at), haste.cause, round_id, stamp(haste.closes_at)),
    ).fetchone()
    if row:
        guild_id = tx.execute("SELECT guild_id FROM games WHERE id = ?", row).fetchone()[0]
        set_timer(tx, Timer(CLOSE, str(round_id), haste.due_at, guild_id))


def _vote_skip(round_id: int, player_id: int, haste: Haste, tx: sqlite3.Connection) -> Ballot:
    game_id = tx.execute("SELECT game_id FROM rounds WHERE id = ?", (round_id,)).fetchone()[0]
    ballot = _vote(tx, game_id, round_id, player_id)
    if ballot.counts and ballot.is_carried:
        _hasten(round_id, haste, tx)
    return ballot


def _vote_stop(game_id: int, player_id: int, at: datetime, reason: str, tx: sqlite3.Connection) -> Ballot:
    ballot = _vote(tx, game_id, _TO_STOP, player_id)
    if ballot.counts and ballot.is_carried:
        _stop_game(game_id, at, reason, False, tx)
    return ballot


def _vote(tx: sqlite3.Connection, game_id: int, round_id: int, player_id: int) -> Ballot:
    players = {
        row[0]
        for row in tx.execute(
            "SELECT player_id FROM scores WHERE game_id = ? UNION SELECT player_id FROM answers"
            " WHERE round_id = (SELECT id FROM rounds WHERE game_id = ? ORDER BY number DESC LIMIT 1)",
            (game_id, game_id),
        )
    }
    counts = not players or player_id in players
    if counts:
        tx.execute("INSERT OR IGNORE INTO votes VALUES (?, ?, ?)", (game_id, round_id, player_id))
    votes = tx.execute(
        "SELECT count(*) FROM votes WHERE game_id = ? AND round_id = ?", (game_id, round_id)
    ).fetchone()[0]
    return Ballot(votes, votes_needed(len(players)), counts)


def _close_round(round_id: int, now: datetime, tx: sqlite3.Connection) -> RoundShowing | None:
    clear_timer(tx, CLOSE, str(round_id))
    row = tx.execute("SELECT * FROM rounds WHERE id = ?", (round_id,)).fetchone()
    if row is None or row["state"] != RoundState.OPEN or row["closes_at"] is None:
        return None
    game = _load_game(row["game_id"], tx)
    assert game is not None  # noqa: S101 - a foreign key says so
    _settle_round(tx, game, row, instant(row["closes_at"]))
    set_timer(tx, Timer(NEXT, str(game.id), now + pause_after(game.rules), game.guild_id))
    return _load_round_showing(round_id, tx)


def _settle_round(tx: sqlite3.Connection, game: Game, row: sqlite3.Row, at: datetime) -> Round:
    """Close the round in `row`: judge its answers, add the points, tell the boards."""
    closed = _round(row).close(at)
    asked = Asked.from_plain(orjson.loads(row["question"]))
    judged = judge(closed, asked, game.rules, _answers(tx, closed.id), _streaks(tx, game.id))
    if closed.cause not in _CUT_SHORT:
        tx.execute(
            "UPDATE scores SET streak = 0 WHERE game_id = ? AND streak > 0"
            " AND player_id NOT IN (SELECT player_id FROM answers WHERE round_id = ?)",
            (game.id, closed.id),
        )
    tx.execute(
        "UPDATE rounds SET state = 'closed', closed_at = ?, cause = ?, version = version + ? WHERE id = ?",
        (_stamp(closed.closed_at), closed.cause, 1 if game.kind is Kind.CHANNEL else 0, closed.id),
    )
    _add_judged(tx, game, closed, asked, judged)
    return closed


def _add_judged(
    tx: sqlite3.Connection, game: Game, closed: Round, asked: Asked, judged: Sequence[Answer]
) -> None:
    """Give stored answers their points, in the game and on the boards."""
    tx.executemany(
        "UPDATE answers SET is_right = ?, points = ?, streak = ? WHERE round_id = ? AND player_id = ?",
        [(answer.is_right, answer.points, answer.streak, closed.id, answer.player_id) for answer in judged],
    )
    _add_scores(tx, game.id, judged)
    _settle_boards(tx, game, closed, asked, judged)


def _add_scores(tx: sqlite3.Connection, game_id: int, judged: Iterable[Answer]) -> None:
    tx.executemany(
        'INSERT INTO scores (game_id, player_id, points, answered, "right", streak, longest_streak)'
        " VALUES (?, ?, ?, 1, ?, ?, ?) ON CONFLICT (game_id, player_id) DO UPDATE SET"
        " points = points + excluded.points, answered = answered + 1,"
        ' "right" = "right" + excluded."right", streak = excluded.streak,'
        " longest_streak = max(longest_streak, excluded.streak)",
        [
            (game_id, answer.player_id, answer.points, answer.is_right, answer.streak, answer.streak)
            for answer in judged
        ],
    )


def _settle_boards(
    tx: sqlite3.Connection, game: Game, closed: Round, asked: Asked, judged: Sequence[Answer]
) -> None:
    if not judged or closed.closed_at is None:
        return
    names = _names(tx, closed.id)
    zone = load_guild(tx, game.guild_id).timezone if game.guild_id is not None else None
    settle(
        tx,
        Settlement(
            guild_id=game.guild_id,
            game_id=game.id,
            round_id=closed.id,
            topic=asked.question.topic,
            difficulty=asked.question.difficulty,
            closed_at=closed.closed_at,
            timezone=zone_named(zone or "UTC"),
            answers=[
                SettledAnswer(
                    answer.player_id,
                    names.get(answer.player_id, ""),
                    bool(answer.is_right),
                    answer.points,
                    answer.at,
                    answer.streak,
                )
                for answer in judged
            ],
        ),
    )


def _finish_game(game_id: int, at: datetime, tx: sqlite3.Connection) -> bool:
    clear_timer(tx, NEXT, str(game_id))
    game = _load_game(game_id, tx)
    if game is None or game.state is not GameState.RUNNING:
        return False
    _end(tx, game.finish(at))
    return True


def _stop_game(game_id: int, at: datetime, reason: str, silently: bool, tx: sqlite3.Connection) -> bool:
    clear_timer(tx, NEXT, str(game_id))
    game = _load_game(game_id, tx)
    if game is None or game.state is not GameState.RUNNING:
        return False
    for row in tx.execute(
        "SELECT * FROM rounds WHERE game_id = ? AND state <> 'closed'", (game_id,)
    ).fetchall():
        clear_timer(tx, CLOSE, str(row["id"]))
        _settle_round(tx, game, row, at)
    _end(tx, game.stop(at, reason))
    if silently:
        _give_up_showing(game_id, tx)
    return True


def _give_up_showing(game_id: int, tx: sqlite3.Connection) -> None:
    tx.execute("UPDATE rounds SET shown = version WHERE game_id = ? AND shown < version", (game_id,))
    tx.execute("UPDATE games SET shown = version WHERE id = ?", (game_id,))


def _end(tx: sqlite3.Connection, ended: Game) -> None:
    tx.execute(
        "UPDATE games SET state = ?, ended_at = ?, reason = ?, version = version + ? WHERE id = ?",
        (
            ended.state,
            _stamp(ended.ended_at),
            ended.reason,
            1 if ended.kind is Kind.CHANNEL else 0,
            ended.id,
        ),
    )
    tx.execute("DELETE FROM votes WHERE game_id = ?", (ended.id,))
    finish(tx, ended.id)
    finish(tx, ended.id)


def _mark_shown(
    table: str, row_id: int, version: int, message_id: int | None, tx: sqlite3.Connection
) -> None:
    tx.execute(
        f"UPDATE {table} SET shown = max(shown, ?), message_id = coalesce(?, message_id) WHERE id = ?",  # noqa: S608 - a name of ours
        (version, message_id, row_id),
    )


# ------------------------------------------------------------------------------------------------ reading


def _load_answer(round_id: int, player_id: int, tx: sqlite3.Connection) -> int | None:
    row = tx.execute(
        "SELECT option FROM answers WHERE round_id = ? AND player_id = ?", (round_id, player_id)
    ).fetchone()
    return int(row[0]) if row else None


def _load_game(game_id: int, tx: sqlite3.Connection) -> Game | None:
    row = tx.execute("SELECT * FROM games WHERE id = ?", (game_id,)).fetchone()
    return _game(row) if row else None


def _load_round(round_id: int, tx: sqlite3.Connection) -> Round | None:
    row = tx.execute("SELECT * FROM rounds WHERE id = ?", (round_id,)).fetchone()
    return _round(row) if row else None


def _round_of(game: Game, tx: sqlite3.Connection) -> Round:
    row = tx.execute(
        "SELECT * FROM rounds WHERE game_id = ? AND number = ?", (game.id, game.number)
    ).fetchone()
    return _round(row)


def _load_latest(channel_id: int, tx: sqlite3.Connection) -> tuple[Game, Round] | None:
    row = tx.execute(
        "SELECT * FROM games WHERE channel_id = ? AND kind = 'channel' ORDER BY id DESC LIMIT 1",
        (channel_id,),
    ).fetchone()
    if row is None:
        return None
    game = _game(row)
    return game, _round_of(game, tx)


def _load_round_showing(round_id: int, tx: sqlite3.Connection) -> RoundShowing | None:
    row = tx.execute("SELECT * FROM rounds WHERE id = ?", (round_id,)).fetchone()
    if row is None:
        return None
    game = _load_game(row["game_id"], tx)
    assert game is not None  # noqa: S101 - a foreign key says so
    answers: list[tuple[Answer, str]] = []
    if row["state"] == RoundState.CLOSED:
        names = _names(tx, round_id)
        answers = [(answer, names.get(answer.player_id, "")) for answer in _answers(tx, round_id)]
    return RoundShowing(
        game,
        _round(row),
        Asked.from_plain(orjson.loads(row["question"])),
        instant(row["drawn_at"]),
        row["version"],
        row["shown"],
        answers,
    )


def _names(tx: sqlite3.Connection, round_id: int) -> dict[int, str]:
    return dict(
        tx.execute(
            "SELECT id, name FROM players WHERE id IN (SELECT player_id FROM answers WHERE round_id = ?)",
            (round_id,),
        ).fetchall()
    )


def _load_game_showing(game_id: int, tx: sqlite3.Connection) -> GameShowing | None:
    row = tx.execute("SELECT * FROM games WHERE id = ?", (game_id,)).fetchone()
    if row is None:
        return None
    scores = [
        Score(*found)
        for found in tx.execute(
            "SELECT s.player_id, coalesce(p.name, ''), s.points, s.answered, s.\"right\", s.longest_streak"
            " FROM scores s LEFT JOIN players p ON p.id = s.player_id WHERE s.game_id = ?",
            (game_id,),
        )
    ]
    tallies = []
    for found in tx.execute(
        "SELECT r.number, r.question, count(a.player_id), coalesce(sum(a.is_right), 0) FROM rounds r"
        " LEFT JOIN answers a ON a.round_id = r.id WHERE r.game_id = ? AND r.state = 'closed'"
        " GROUP BY r.id ORDER BY r.number",
        (game_id,),
    ):
        question = orjson.loads(found[1])["question"]
        tallies.append(Tally(found[0], question["stem"], question["key"], found[2], found[3]))
    return GameShowing(_game(row), row["message_id"], row["version"], row["shown"], scores, tallies)


def _list_seen(scope_id: int, tx: sqlite3.Connection) -> list[str]:
    rows = tx.execute("SELECT question_id FROM seen WHERE scope_id = ? ORDER BY id", (scope_id,))
    return [row[0] for row in rows]


def _list_live(tx: sqlite3.Connection) -> list[LiveRound]:
    games: dict[int, Game] = {}
    awaited: dict[int, set[int]] = {}
    for row in tx.execute("SELECT * FROM games WHERE state = 'running' AND kind = 'channel'"):
        games[row["id"]] = _game(row)
    for game_id, player_id in tx.execute(
        "SELECT s.game_id, s.player_id FROM games g JOIN scores s ON s.game_id = g.id"
        " WHERE g.state = 'running'"
    ):
        awaited.setdefault(game_id, set()).add(player_id)
    first: dict[int, dict[int, int]] = {}
    for round_id, player_id, option in tx.execute(
        "SELECT a.round_id, a.player_id, a.option FROM rounds r JOIN answers a ON a.round_id = r.id"
        " WHERE r.state <> 'closed'"
    ):
        first.setdefault(round_id, {})[player_id] = option
    live = []
    for row in tx.execute("SELECT * FROM rounds WHERE state <> 'closed'"):
        if (game := games.get(row["game_id"])) is not None:
            chosen = first.get(row["id"], {})
            players = awaited.get(game.id, set())
            waiting = players - chosen.keys()
            drawn_at = instant(row["drawn_at"])
            live.append(LiveRound(_round(row), game, drawn_at, chosen, waiting, bool(players)))
    return live


def _list_to_show(tx: sqlite3.Connection) -> tuple[list[int], list[int]]:
    rounds = [row[0] for row in tx.execute("SELECT id FROM rounds WHERE shown < version ORDER BY id")]
    games = [row[0] for row in tx.execute("SELECT id FROM games WHERE shown < version ORDER BY id")]
    return rounds, games


def _list_running(guild_id: int | None, channel_id: int | None, tx: sqlite3.Connection) -> list[int]:
    rows = tx.execute(
        "SELECT id FROM games WHERE state = 'running' AND kind = 'channel'"
        " AND (guild_id = ? OR channel_id = ?)",
        (guild_id, channel_id),
    )
    return [row[0] for row in rows]


def _answers(tx: sqlite3.Connection, round_id: int) -> list[Answer]:
    rows = tx.execute(
        "SELECT player_id, option, at, is_right, points, streak FROM answers WHERE round_id = ?"
        " ORDER BY at, player_id",
        (round_id,),
    )
    return [
        Answer(
            player_id,
            option,
            instant(at),
            None if is_right is None else bool(is_right),
            points or 0,
            streak or 0,
        )
        for player_id, option, at, is_right, points, streak in rows
    ]


def _streaks(tx: sqlite3.Connection, game_id: int) -> dict[int, int]:
    rows = tx.execute("SELECT player_id, streak FROM scores WHERE game_id = ? AND streak > 0", (game_id,))
    return {row[0]: row[1] for row in rows}


def _game(row: sqlite3.Row) -> Game:
    return Game(
        id=row["id"],
        kind=Kind(row["kind"]),
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        starter_id=row["starter_id"],
        rules=Rules.from_plain(orjson.loads(row["rules"])),
        started_at=instant(row["started_at"]),
        state=GameState(row["state"]),
        number=row["number"],
        ended_at=_instant(row["ended_at"]),
        reason=row["reason"],
    )


def _round(row: sqlite3.Row) -> Round:
    return Round(
        id=row["id"],
        game_id=row["game_id"],
        number=row["number"],
        options=row["options"],
        allowed=None if row["allowed"] is None else row["allowed"] * _MILLISECOND,
        state=RoundState(row["state"]),
        message_id=row["message_id"],
        opened_at=_instant(row["opened_at"]),
        closes_at=_instant(row["closes_at"]),
        closed_at=_instant(row["closed_at"]),
        cause=Cause(row["cause"]) if row["cause"] else None,
    )


def _stamp(at: datetime | None) -> int | None:
    return None if at is None else stamp(at)


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else instant(milliseconds)
