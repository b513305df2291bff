"""Solo play: one person, in a message that only they see.

What always holds: an answer is judged at once, in the transaction that stores
it; a press on an old copy of the message changes nothing; a game that nobody
comes back to ends.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.errors import NotFound
from bot.quiz.game import Answer, Form, Game, GameKind, Response, Round, RoundState, Rules, TooLate
from bot.quiz.judging import Key
from bot.quiz.marks import require_clear
from bot.quiz.presence import LEFT_FOR
from bot.quiz.press import Press
from bot.quiz.showing import GameShowing, RoundShowing
from bot.services.games.course import Following, Started, next_round, start_game
from bot.services.games.deck import Deck, Drawing
from bot.services.games.live import ALONE
from bot.services.games.settlement import (
    end_game,
    finish_game,
    load_running_game,
    settle_round,
    stop_game,
)
from bot.store.answers import save_answers
from bot.store.database import Database
from bot.store.games import load_game
from bot.store.rounds import load_round, load_round_of, save_clues
from bot.store.showings import load_game_showing, load_round_showing
from bot.store.timers import Timer, clear_timer, set_timer
from bot.store.turns import take_home
from bot.store.tx import Tx

T = TypeVar("T")
Begin = Callable[[Tx, Callable[[], Started]], Started]
"""Decides in a transaction whether a game begins."""

_EARLY = timedelta(minutes=1)  # what our clock may be ahead


class Solo:
    """Leads the games that people play alone."""

    def __init__(self, database: Database, clock: Clock, deck: Deck) -> None:
        self._database = database
        self._clock = clock
        self._deck = deck

    async def start(self, press: Press, rules: Rules) -> RoundShowing:
        """Begin a game for one person; its first round opens at once."""
        return await self.start_by(press, rules, lambda _, start: start())

    async def start_by(self, press: Press, rules: Rules, begin: Begin) -> RoundShowing:
        """Begin a game as `start` does, where `begin` decides in the transaction whether it does.

        `begin(tx, start)` returns what `start()` has started, or a game that is there already.
        """
        game = Game(
            id=0,
            kind=GameKind.SOLO,
            guild_id=None,
            channel_id=press.channel_id,
            starter_id=press.player_id,
            rules=self._deck.within(rules),
            started_at=self._clock.now(),
        )
        async with self._deck.draw(press.player_id, game, press.at) as drawing:
            started = await self._write(
                press.player_id, lambda tx: begin(tx, lambda: self._start(tx, game, press, drawing))
            )
        if not started.is_new:
            self._deck.take_back(press.player_id)
        return await self.load(press, started.round.id)

    def _start(self, tx: Tx, game: Game, press: Press, drawing: Drawing) -> Started:
        started = start_game(tx, game, press, drawing)
        if started.is_new:
            self._wait(tx, started.game)
        return started

    async def load_latest(self, press: Press, game_id: int) -> RoundShowing | None:
        """Return the present round of a game of the person's own; None when there is no such game."""
        showing = await self._database.read(lambda tx: _load_latest(tx, press.player_id, game_id, 0))
        return showing if showing is not None and showing.game.is_alone_of(press.player_id) else None

    def _wait(self, tx: Tx, game: Game) -> None:
        """Have the game end when its player does not come back."""
        set_timer(tx, Timer(ALONE, str(game.id), self._clock.now() + LEFT_FOR, game.home_id))

    async def answer(self, press: Press, round_id: int, response: Response) -> RoundShowing:
        """Judge the person's answer at once; one to a round that is answered changes nothing.

        Raises `BadInput` for words that cannot be judged: the round stays open.
        """
        showing = await self.load(press, round_id)
        present = showing.round
        if present.state is RoundState.OPEN:
            answer = _answer(present, press, response)
            if answer is not None and showing.asked.form is Form.TYPED:
                require_clear(Key.of(showing.asked.question), response)
            await self._write(
                press.player_id, lambda tx: _settle_answer(tx, press.player_id, round_id, answer)
            )
        return await self.load(press, round_id)

    async def give_clue(self, press: Press, round_id: int) -> RoundShowing:
        """Give the next clue of a ladder, when there is one and the round is open."""
        showing = await self.load(press, round_id)
        clues = len(showing.asked.question.clues)
        await self._write(
            press.player_id, lambda tx: _give_clue(tx, press.player_id, round_id, press.at, clues)
        )
        return await self.load(press, round_id)

    async def next(self, press: Press, round_id: int) -> RoundShowing | GameShowing:
        """Return the round after this one, opened now when it is new, or the final result."""
        showing = await self.load(press, round_id)
        game, present = showing.game, showing.round
        if present.state is not RoundState.CLOSED:
            return showing
        if game.number == present.number and game.has_next:
            await self._next_round(game, press.at)
        return await self._database.read(
            lambda tx: _load_latest(tx, game.home_id, game.id, present.number)
        ) or (await self._finish(game, press.at))

    async def _next_round(self, game: Game, opened_at: datetime) -> None:
        """Draw and store the next round, when the bank has a question for it."""
        try:
            async with self._deck.draw(game.starter_id, game, opened_at) as drawing:
                stored = await self._write(game.home_id, lambda tx: self._next(tx, game, drawing))
        except NotFound:
            return
        if stored is None:
            self._deck.take_back(game.starter_id)

    def _next(self, tx: Tx, game: Game, drawing: Drawing) -> tuple[Round, set[int]] | None:
        stored = next_round(tx, Following(game.home_id, game.id, game.number, drawing))
        if stored is not None:
            self._wait(tx, game)
        return stored

    async def end_abandoned(self, home_id: int, game_id: int) -> None:
        """End a game whose player has not come back to it for long."""
        at = self._clock.now()
        await self._write(home_id, lambda tx: self._end_abandoned(tx, home_id, game_id, at))

    def _end_abandoned(self, tx: Tx, home_id: int, game_id: int, at: datetime) -> None:
        clear_timer(tx, ALONE, str(game_id), home_id)
        game = load_running_game(tx, home_id, game_id)
        opened_at = load_round_of(tx, game).opened_at if game is not None else None
        if game is not None and opened_at is not None and opened_at + LEFT_FOR - at > _EARLY:
            self._wait(tx, game)  # our clock was ahead
        else:
            stop_game(tx, home_id, game_id, at, "stopped because it was left alone for a day")

    async def _finish(self, game: Game, at: datetime) -> GameShowing:
        def finish(tx: Tx) -> GameShowing | None:
            finish_game(tx, game.home_id, game.id, at)
            return load_game_showing(tx, game.home_id, game.id)

        standings = await self._write(game.home_id, finish)
        assert standings is not None  # noqa: S101 - it was read a moment ago
        return standings

    async def _write(self, home_id: int, job: Callable[[Tx], T]) -> T:
        """Run `job` in a transaction, with the player's home to itself: they may press here and elsewhere."""

        def alone(tx: Tx) -> T:
            take_home(tx, home_id)
            return job(tx)

        return await self._database.write(alone)

    async def load(self, press: Press, round_id: int) -> RoundShowing:
        """Return a round of the person's own. Raises `NotFound` for any other."""
        showing = await self._database.read(lambda tx: load_round_showing(tx, press.player_id, round_id))
        if showing is None or not showing.game.is_alone_of(press.player_id):
            raise NotFound("Farside does not know this game any more. `/quiz solo` begins a new one.")
        return showing


def _answer(present: Round, press: Press, response: Response) -> Answer | None:
    """Return the answer, or None when it came too late."""
    try:
        return present.submit(press.player_id, response, press.at)
    except TooLate:
        return None


def _give_clue(tx: Tx, home_id: int, round_id: int, at: datetime, clues: int) -> None:
    present = load_round(tx, home_id, round_id)
    if present is not None and present.state is RoundState.OPEN and len(present.clues_at) + 1 < clues:
        save_clues(tx, present.give_clue(at), is_shown=False)


def _settle_answer(tx: Tx, home_id: int, round_id: int, answer: Answer | None) -> None:
    """Store the answer (None: it came too late), close the round, and end the game after its last one."""
    present = load_round(tx, home_id, round_id)
    game = load_running_game(tx, home_id, present.game_id) if present is not None else None
    if present is None or game is None or present.state is not RoundState.OPEN:
        return
    if answer is not None:
        save_answers(tx, [(home_id, round_id, answer)])
    at = answer.at if answer is not None else present.closes_at
    assert at is not None  # noqa: S101 - only a timed round can be answered too late
    settle_round(tx, game, present.close(at))
    if not game.has_next:
        end_game(tx, game.finish(at))


def _load_latest(tx: Tx, home_id: int, game_id: int, after: int) -> RoundShowing | None:
    """Return the game's present round when it is one after number `after`: else the game is at its end."""
    game = load_game(tx, home_id, game_id)
    if game is None or game.number <= after:
        return None
    return load_round_showing(tx, home_id, load_round_of(tx, game).id)
