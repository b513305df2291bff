"""A game's course, within a transaction: its start, its rounds one after the other.

What always holds: each step that was taken already changes nothing; what a step
implies (the next timer) is in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.quiz.game import Game, Round, RoundState
from bot.quiz.presence import IDLE_FOR, LATELY, are_refused, is_idle
from bot.quiz.press import Press
from bot.quiz.scoring import pause_after
from bot.quiz.showing import RoundShowing
from bot.services.games.deck import Drawing, add_drawn
from bot.services.games.live import CLOSE, CLUE, IDLE, NEXT
from bot.services.games.settlement import Judged, load_running_game, settle_rounds, stop_game
from bot.store.answers import load_last_at
from bot.store.games import (
    add_game,
    load_game,
    load_requested,
    load_running,
    load_running_games,
    save_numbers,
)
from bot.store.keys import Key
from bot.store.players import Names, list_names_in, save_names
from bot.store.rounds import (
    RoundRow,
    list_endings,
    load_round,
    load_round_of,
    load_round_rows,
    note_message,
    open_rounds,
    save_closed,
    save_clues,
)
from bot.store.scores import list_streaks
from bot.store.showings import give_up_round
from bot.store.timers import Timer, clear_timer, clear_timers, set_timer, set_timers
from bot.store.tx import Tx

NOBODY_PLAYS = "stopped because nobody answered three questions in a row"
UNATTENDED = "stopped because nobody has played for an hour"
NOTHING_LEFT = "stopped because the question bank has no question left for it"
DISCORD_REFUSES = "stopped because Discord does not take its messages"


@dataclass(frozen=True, slots=True)
class Started:
    """A game and its present round, and whether this request has started it now or before."""

    game: Game
    round: Round
    is_new: bool
    is_ours: bool = True


def start_game(tx: Tx, game: Game, press: Press, drawing: Drawing) -> Started:
    """Store `game` (its id is given here) and its first round, unless its channel has a running game."""
    if (there := load_requested(tx, game.home_id, press.id)) is not None:
        return Started(there, load_round_of(tx, there), is_new=False)
    if game.is_public and (there := load_running(tx, game.home_id, game.channel_id)) is not None:
        return Started(there, load_round_of(tx, there), is_new=False, is_ours=False)
    stored = add_game(tx, game, press.id)
    if press.player_id:  # who announced a night may be forgotten
        save_names(tx, [names_in(game.guild_id, press)])
    [drawn] = add_drawn(tx, [(stored, drawing)])
    return Started(stored, drawn, is_new=True)


def names_in(guild_id: int | None, press: Press) -> Names:
    """Return what whoever presses is called where the game is; a game played alone is in no server."""
    return Names(press.player_id, guild_id, press.name, press.account or press.name)


@dataclass(frozen=True, slots=True)
class Following:
    """What is to be a game's round after number `after`."""

    home_id: int
    game_id: int
    after: int
    drawing: Drawing


def next_round(tx: Tx, following: Following) -> tuple[Round, set[int]] | None:
    """Store a game's next round, and return it with those who played so far.

    None when the game has moved on or ended.
    """
    return next_rounds(tx, [following])[0]


def next_rounds(tx: Tx, following: Sequence[Following]) -> list[tuple[Round, set[int]] | None]:
    """Do what `next_round` does for each, in a statement each for all of them."""
    clear_timers(tx, NEXT, [(one.home_id, one.game_id) for one in following])
    games = load_running_games(tx, {(one.home_id, one.game_id) for one in following})
    drawn: dict[Key, tuple[Game, Drawing]] = {}
    taken: list[Key | None] = []
    for one in following:
        key = (one.home_id, one.game_id)
        game = games.get(key)
        is_next = game is not None and game.number == one.after and key not in drawn
        if is_next and game is not None:
            drawn[key] = game.next(), one.drawing
        taken.append(key if is_next else None)
    save_numbers(tx, [game for game, _ in drawn.values()])
    rounds = dict(zip(drawn, add_drawn(tx, list(drawn.values())), strict=True))
    players = list_streaks(tx, list(drawn))
    return [None if key is None else (rounds[key], {*players[key]}) for key in taken]


@dataclass(frozen=True, slots=True)
class Opened:
    """A round whose message is out, and what is to happen then."""

    round: Round
    timers: tuple[Timer, ...]


def open_drawn(tx: Tx, opened: Sequence[Opened]) -> list[bool]:
    """Note that rounds' messages are out; False for one that was stopped meanwhile."""
    are_open = open_rounds(tx, [one.round for one in opened])
    timers: list[Timer] = []
    for one, is_open in zip(opened, are_open, strict=True):
        if is_open:
            timers += one.timers
        else:
            note_message(tx, one.round)
    set_timers(tx, timers)
    return are_open


def give_clue(tx: Tx, given: Round, timer: Timer | None) -> bool:
    """Note a ladder's next clue, and when the one after it is to come; False when the round is not open."""
    clear_timer(tx, CLUE, str(given.id), given.home_id)
    present = load_round(tx, given.home_id, given.id)
    if present is None or present.state is not RoundState.OPEN:
        return False
    save_clues(tx, given, is_shown=True)
    if timer is not None:
        set_timer(tx, timer)
    return True


def has_following(tx: Tx, game: Game) -> bool:
    """Return whether another round comes after the present one: one is left, and somebody plays."""
    return game.has_next and not is_idle(list_endings(tx, game.home_id, game.id, LATELY))


def end_unattended(tx: Tx, home_id: int, round_id: int, now: datetime) -> Round | None:
    """Stop the game of an untimed round that nobody has answered for long, and return the round.

    None when it was answered lately: it is looked at again later.
    """
    present = load_round(tx, home_id, round_id)
    if present is None or present.state is not RoundState.OPEN or present.opened_at is None:
        clear_timer(tx, IDLE, str(round_id), home_id)
        return None
    waits_until = (load_last_at(tx, home_id, round_id) or present.opened_at) + IDLE_FOR
    game = load_running_game(tx, home_id, present.game_id)
    if waits_until > now and game is not None:
        set_timer(tx, Timer(IDLE, str(round_id), waits_until, home_id))
        return None
    clear_timer(tx, IDLE, str(round_id), home_id)
    return present if stop_game(tx, home_id, present.game_id, now, UNATTENDED) else None


@dataclass(frozen=True, slots=True)
class Due:
    """A round whose time is up, and when that was noticed."""

    home_id: int
    round_id: int
    now: datetime


def close_rounds(tx: Tx, due: Sequence[Due]) -> list[RoundShowing | None]:
    """Close open rounds as of their `closes_at` and return their results; None for one that is not open.

    A statement each for all of them.
    """
    clear_timers(tx, CLOSE, [(one.home_id, one.round_id) for one in due])
    rows = load_round_rows(tx, {(one.home_id, one.round_id) for one in due})
    open_rows = {
        key: row
        for key, row in rows.items()
        if row.round.state is RoundState.OPEN and row.round.closes_at is not None
    }
    games = load_running_games(tx, {(key[0], row.round.game_id) for key, row in open_rows.items()})
    closed = [
        (games[key[0], row.round.game_id], row.round.close(row.round.closes_at), row.asked)
        for key, row in open_rows.items()
        if row.round.closes_at is not None
    ]
    judged = {(one.game.home_id, one.round.id): one for one in settle_rounds(tx, closed)}
    nows = {(one.home_id, one.round_id): one.now for one in due}
    set_timers(
        tx,
        [
            Timer(NEXT, str(one.game.id), nows[key] + pause_after(one.game.rules), key[0])
            for key, one in judged.items()
        ],
    )
    named = {(one.game.guild_id or 0, answer.player_id) for one in judged.values() for answer in one.answers}
    names = list_names_in(tx, named)
    showings: list[RoundShowing | None] = []
    for key in [(one.home_id, one.round_id) for one in due]:
        found = judged.pop(key, None)  # one that is asked for twice was closed once
        showings.append(None if found is None else _result(found, open_rows[key], names))
    return showings


def _result(judged: Judged, before: RoundRow, names: Mapping[tuple[int, int], str]) -> RoundShowing:
    """Return what the message of a round that was closed a moment ago is to show."""
    guild_id = judged.game.guild_id or 0
    answers = sorted(judged.answers, key=lambda answer: (answer.at, answer.player_id))
    return RoundShowing(
        judged.game,
        judged.round,
        judged.asked,
        before.drawn_at,
        before.version + int(judged.game.is_public),
        before.shown,
        [(answer, names.get((guild_id, answer.player_id), "")) for answer in answers],
    )


def refuse_round(tx: Tx, home_id: int, round_id: int, now: datetime) -> Game | None:
    """Close a round that waits for its message, as nobody will see it; return its game, which may be stopped.

    None when the round does not wait any more.
    """
    present = load_round(tx, home_id, round_id)
    if present is None or present.state is not RoundState.OPENING:
        return None
    game = load_running_game(tx, home_id, present.game_id)
    assert game is not None  # noqa: S101 - an ended game has no round that waits
    save_closed(tx, [(game, present.refuse(now))])
    give_up_round(tx, home_id, round_id)
    if are_refused(list_endings(tx, home_id, game.id, LATELY)):
        stop_game(tx, home_id, game.id, now, DISCORD_REFUSES, silently=True)
    else:
        set_timer(tx, Timer(NEXT, str(game.id), now + pause_after(game.rules), home_id))
    return load_game(tx, home_id, game.id)
