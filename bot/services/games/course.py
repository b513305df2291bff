"""A game's course, within a transaction: its start, its rounds one after the other.

What always holds: each step that was taken already changes nothing; what a step
implies (the next timer) is in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.quiz.game import Game, GameKind, Round, RoundState
from bot.quiz.presence import IDLE_FOR, LATELY, are_refused, is_idle
from bot.quiz.press import Press
from bot.quiz.scoring import pause_after
from bot.quiz.showing import RoundShowing
from bot.services.games.deck import Drawing, add_drawn
from bot.services.games.live import CLOSE, CLUE, IDLE, NEXT
from bot.services.games.settlement import load_running_game, settle_round, stop_game
from bot.store.answers import load_last_at
from bot.store.games import add_game, load_game, load_requested, load_running, save_number
from bot.store.players import Names, save_names
from bot.store.rounds import (
    list_endings,
    load_round,
    load_round_of,
    note_message,
    open_round,
    save_closed,
    save_clues,
)
from bot.store.scores import list_players
from bot.store.showings import give_up_round, load_round_showing
from bot.store.timers import Timer, clear_timer, set_timer
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
    if (
        game.kind is GameKind.CHANNEL
        and (there := load_running(tx, game.home_id, game.channel_id)) is not None
    ):
        return Started(there, load_round_of(tx, there), is_new=False, is_ours=False)
    stored = add_game(tx, game, press.id)
    save_names(tx, [names_in(game.guild_id, press)])
    return Started(stored, add_drawn(tx, stored, drawing), is_new=True)


def names_in(guild_id: int | None, press: Press) -> Names:
    """Return what whoever presses is called where the game is; a game played alone is in no server."""
    return Names(press.player_id, guild_id, press.name, press.account or press.name)


def next_round(
    tx: Tx, home_id: int, game_id: int, after: int, drawing: Drawing
) -> tuple[Round, set[int]] | None:
    """Store the round after number `after`, and return it with those who played so far.

    None when the game has moved on or ended.
    """
    clear_timer(tx, NEXT, str(game_id), home_id)
    game = load_running_game(tx, home_id, game_id)
    if game is None or game.number != after:
        return None
    following = game.next()
    save_number(tx, following)
    return add_drawn(tx, following, drawing), list_players(tx, home_id, game_id)


def open_drawn(tx: Tx, opened: Round, *timers: Timer | None) -> bool:
    """Note that a round's message is out, and what is to happen then; False when it was stopped meanwhile."""
    if not open_round(tx, opened):
        note_message(tx, opened)
        return False
    for timer in timers:
        if timer is not None:
            set_timer(tx, timer)
    return True


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


def end_unattended(tx: Tx, home_id: int, round_id: int, now: datetime, due_at: datetime) -> Round | None:
    """Stop the game of an untimed round that nobody has answered for long, and return the round.

    None when it was answered lately: it is looked at again later, at `due_at` by our clock for every
    instant that is `now` by Discord's.
    """
    present = load_round(tx, home_id, round_id)
    if present is None or present.state is not RoundState.OPEN or present.opened_at is None:
        clear_timer(tx, IDLE, str(round_id), home_id)
        return None
    waits_until = (load_last_at(tx, home_id, round_id) or present.opened_at) + IDLE_FOR
    game = load_running_game(tx, home_id, present.game_id)
    if waits_until > now and game is not None:
        set_timer(tx, Timer(IDLE, str(round_id), due_at + (waits_until - now), home_id))
        return None
    clear_timer(tx, IDLE, str(round_id), home_id)
    return present if stop_game(tx, home_id, present.game_id, now, UNATTENDED) else None


def close_round(tx: Tx, home_id: int, round_id: int, now: datetime) -> RoundShowing | None:
    """Close an open round as of its `closes_at` and return its result; None when it is not open."""
    clear_timer(tx, CLOSE, str(round_id), home_id)
    present = load_round(tx, home_id, round_id)
    if present is None or present.state is not RoundState.OPEN or present.closes_at is None:
        return None
    game = load_running_game(tx, home_id, present.game_id)
    assert game is not None  # noqa: S101 - an ended game has no open round
    settle_round(tx, game, present.close(present.closes_at))
    set_timer(tx, Timer(NEXT, str(game.id), now + pause_after(game.rules), home_id))
    return load_round_showing(tx, home_id, round_id)


def refuse_round(tx: Tx, home_id: int, round_id: int, at: datetime, now: datetime) -> Game | None:
    """Close a round that waits for its message, as nobody will see it; return its game, which may be stopped.

    `at` is by Discord's clock, `now` by ours. None when the round does not wait any more.
    """
    present = load_round(tx, home_id, round_id)
    if present is None or present.state is not RoundState.OPENING:
        return None
    game = load_running_game(tx, home_id, present.game_id)
    assert game is not None  # noqa: S101 - an ended game has no round that waits
    save_closed(tx, game, present.refuse(at))
    give_up_round(tx, home_id, round_id)
    if are_refused(list_endings(tx, home_id, game.id, LATELY)):
        stop_game(tx, home_id, game.id, at, DISCORD_REFUSES, silently=True)
    else:
        set_timer(tx, Timer(NEXT, str(game.id), now + pause_after(game.rules), home_id))
    return load_game(tx, home_id, game.id)
