"""Games in channels: started, led from round to round, and ended.

What always holds: each public method returns what is to be shown, and shows
nothing itself.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.errors import Conflict, NotFound
from bot.quiz.game import EVERYONE_WAIT, GRACE, Cause, Game, Kind, Round, RoundState, Rules
from bot.quiz.press import Press
from bot.quiz.showing import RoundShowing
from bot.services.games.course import close_round, next_round, open_drawn, refuse_round, start_game
from bot.services.games.deck import Deck, Drawing
from bot.services.games.live import Live, LiveRounds
from bot.services.games.settlement import finish_game, stop_game
from bot.services.skew import Skew, snowflake_time
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.games import list_running, load_game
from bot.store.rounds import load_round, note_message
from bot.store.showings import give_up_showing, list_to_show
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_CLOSING = 8  # rounds closed by one commit: of many that end together the first are shown at once


class RunningGame(Conflict):
    """The channel has a game already."""

    def __init__(self, game: Game, message_id: int | None) -> None:
        super().__init__(
            f"A game is running here already: {link_to(game, message_id)}\n"
            "Join in there, or end it first with `/quiz stop`."
        )


class Games:
    """Leads the games of all channels."""

    def __init__(
        self, database: Database, clock: Clock, timers: Timers, live: LiveRounds, deck: Deck
    ) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._live = live
        self._deck = deck
        self._closing = asyncio.Semaphore(_CLOSING)

    @property
    def skew(self) -> Skew:
        """How far Discord's clock is ahead of ours."""
        return self._live.skew

    def now(self) -> datetime:
        """Return the present instant by Discord's clock, as well as we know it."""
        return self._live.now()

    async def load(self) -> tuple[list[int], list[int]]:
        """Take up every game that was running; return the rounds and the games to be shown."""
        await self._live.load()
        return await self._database.read(list_to_show)

    async def start(self, press: Press, rules: Rules) -> RoundShowing | None:
        """Begin a game and return its first round; None when the same request has begun it before.

        Raises `RunningGame` when the channel has another game, `NotFound` when no question fits.
        """
        assert press.guild_id is not None  # noqa: S101 - only a server's channel has a game for everyone
        game = Game(
            id=0,
            kind=Kind.CHANNEL,
            guild_id=press.guild_id,
            channel_id=press.channel_id,
            starter_id=press.player_id,
            rules=self._deck.within(rules),
            started_at=self._clock.now(),
        )
        async with self._deck.draw(press.guild_id, game.rules) as drawing:
            started = await self._database.write(
                lambda tx: start_game(tx, game, press.id, press.name, drawing)
            )
        if started.is_new:
            self._live.put(Live(started.game, started.round, drawing.drawn_at, ()))
            return new_showing(started.game, started.round, drawing)
        self._deck.take_back(press.guild_id)
        if not started.is_ours:
            raise RunningGame(started.game, started.round.message_id)
        return None

    async def go_on(self, game_id: int) -> RoundShowing | Game | None:
        """Take a game's next step after its pause: return the new round, or the game at its end."""
        game = await self._database.read(lambda tx: load_game(tx, game_id))
        if game is not None and game.has_next and (following := await self._next_round(game)) is not None:
            return following
        now = self.now()
        await self._database.write(lambda tx: finish_game(tx, game_id, now))
        return game

    async def _next_round(self, game: Game) -> RoundShowing | None:
        """Draw and store the next round; None when the bank has no question for it any more."""
        assert game.guild_id is not None  # noqa: S101 - it is a channel's
        try:
            async with self._deck.draw(game.guild_id, game.rules) as drawing:
                stored = await self._database.write(lambda tx: next_round(tx, game.id, game.number, drawing))
        except NotFound as error:
            _log.info("game %s ends early: %s", game.id, error)
            return None
        if stored is None:
            self._deck.take_back(game.guild_id)
            return None
        present, players = stored
        game = game.next()
        self._live.put(Live(game, present, drawing.drawn_at, players))
        return new_showing(game, present, drawing)

    def is_opening(self, round_id: int) -> bool:
        """Return whether the round still waits for its message."""
        live = self._live.get(round_id)
        return live is not None and live.round.state is RoundState.OPENING

    async def open(self, round_id: int, message_id: int) -> Round | None:
        """Open a round whose message is out; None when it was stopped meanwhile."""
        opened_at = snowflake_time(message_id)
        live = self._live.get(round_id)
        if live is None or live.round.state is not RoundState.OPENING:
            await self._database.write(lambda tx: _note_late_message(tx, round_id, message_id, opened_at))
            return live.round if live is not None and live.round.message_id == message_id else None
        before, opened = live.round, live.round.open(message_id, opened_at)
        due_at = self.skew.to_ours(opened.closes_at + GRACE) if opened.closes_at else None
        live.round = opened
        try:
            is_open = await self._database.write(lambda tx: open_drawn(tx, opened, live.guild_id, due_at))
        except Exception:
            live.round = before
            raise
        if not is_open:
            return None
        if due_at is not None:
            self._timers.notice(due_at)
        if live.is_complete:  # everybody pressed before the send was answered
            await self._live.hasten(live, self.now() + EVERYONE_WAIT, Cause.EVERYONE)
        return live.round

    async def close(self, round_id: int) -> RoundShowing | None:
        """Close the round whose time is up and return its result; None when it was closed before."""
        async with self._closing:
            live = self._live.drop(round_id)
            now = self._clock.now()
            try:
                closed = await self._database.write(lambda tx: close_round(tx, round_id, now))
            except Exception:
                if live is not None:
                    self._live.put(live)
                raise
        if closed is not None:
            self._timers.notice(now)
        return closed

    async def skip_refused(self, round_id: int) -> Game | None:
        """Leave out a round whose message Discord does not take, and go on after a pause.

        Return its game, so that whoever started it can be told: it is stopped when Discord has refused
        several questions in a row. None when the round does not wait for its message any more.
        """
        live = self._live.drop(round_id)
        at, now = self.now(), self._clock.now()
        try:
            game = await self._database.write(lambda tx: refuse_round(tx, round_id, at, now))
        except Exception:
            if live is not None:
                self._live.put(live)
            raise
        if game is not None:
            self._timers.notice(now)
            _log.info("round %s of game %s is left out: Discord does not take it", round_id, game.id)
        return game

    async def stop_lost(self, game_id: int, reason: str) -> Game | None:
        """Stop a game whose channel cannot be reached any more; its scores are kept.

        Return the game, so that whoever started it can be told; None when it had ended before.
        """
        self._live.drop_game(game_id)
        now = self.now()

        def stop(tx: Tx) -> Game | None:
            if stop_game(tx, game_id, now, reason, silently=True):
                return load_game(tx, game_id)
            give_up_showing(tx, game_id)
            return None

        game = await self._database.write(stop)
        if game is not None:
            _log.info("game %s in channel %s was stopped: %s", game_id, game.channel_id, reason)
        return game

    async def stop_all(
        self, reason: str, *, guild_id: int | None = None, channel_id: int | None = None
    ) -> None:
        """Stop every game of a server that Farside has left, or of a channel that is gone."""
        running = await self._database.read(
            lambda tx: list_running(tx, guild_id=guild_id, channel_id=channel_id)
        )
        for game_id in running:
            await self.stop_lost(game_id, reason)


def link_to(game: Game, message_id: int | None) -> str:
    """Return the address of a message of the game, or of its channel while it has none."""
    place = f"https://discord.com/channels/{game.guild_id or '@me'}/{game.channel_id}"
    return f"{place}/{message_id}" if message_id else place


def new_showing(game: Game, present: Round, drawing: Drawing) -> RoundShowing:
    """Return what the message of a round shows that was stored a moment ago."""
    return RoundShowing(game, present, drawing.asked, drawing.drawn_at, 1, 0, ())


def _note_late_message(tx: Tx, round_id: int, message_id: int, opened_at: datetime) -> None:
    """Note the message of a round that was stopped while it was on the way."""
    stored = load_round(tx, round_id)
    if stored is not None and stored.message_id is None:
        note_message(tx, replace(stored, message_id=message_id, opened_at=opened_at))
