"""Games in channels: started, led from round to round, and ended.

What always holds: each public method returns what is to be shown, and shows
nothing itself.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.cluster.shards import WHOLE, Part
from bot.errors import Conflict, NotFound
from bot.metrics import CLOSE_LAG
from bot.quiz.game import CLUE_GRACE, EVERYONE_WAIT, GRACE, Cause, Game, GameKind, Round, RoundState, Rules
from bot.quiz.presence import IDLE_FOR, LATELY, is_idle
from bot.quiz.press import Press
from bot.quiz.showing import Attendance, RoundShowing
from bot.services.discord_clock import snowflake_time
from bot.services.games.course import (
    NOBODY_PLAYS,
    NOTHING_LEFT,
    Due,
    Following,
    Opened,
    close_rounds,
    end_unattended,
    give_clue,
    next_rounds,
    open_drawn,
    refuse_round,
    start_game,
)
from bot.services.games.deck import Deck, Drawing
from bot.services.games.live import CLOSE, CLUE, IDLE, Live, LiveRounds
from bot.services.games.settlement import finish_games, stop_game
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.games import list_running, load_game, load_running_games
from bot.store.rounds import list_endings_since, load_round, note_message
from bot.store.showings import give_up_showing, list_to_show
from bot.store.timers import Timer, clear_timer
from bot.store.tx import Tx

_log = logging.getLogger(__name__)


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
        self._closing = asyncio.Semaphore(database.closed_at_once)

    async def load(self, part: Part = WHOLE) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Take up every game of a part that was running; return home and id of rounds and games to show."""
        await self._live.load(part)
        return await self._database.read(lambda tx: list_to_show(tx, part))

    async def start(self, press: Press, rules: Rules) -> RoundShowing | None:
        """Begin a game and return its first round; None when the same request has begun it before.

        Raises `RunningGame` when the channel has another game, `NotFound` when no question fits.
        """
        assert press.guild_id is not None  # noqa: S101 - only a server's channel has a game for everyone
        game = Game(
            id=0,
            kind=GameKind.CHANNEL,
            guild_id=press.guild_id,
            channel_id=press.channel_id,
            starter_id=press.player_id,
            rules=self._deck.within(rules),
            started_at=self._clock.now(),
        )
        async with self._deck.draw(press.guild_id, game) as drawing:
            started = await self._database.write(lambda tx: start_game(tx, game, press, drawing))
        if started.is_new:
            self._live.put(Live(started.game, started.round, drawing.drawn_at, (), drawing.asked))
            return new_showing(started.game, started.round, drawing)
        self._deck.take_back(press.guild_id)
        if not started.is_ours:
            raise RunningGame(started.game, started.round.message_id)
        return None

    async def go_on(self, home_id: int, game_id: int) -> RoundShowing | Game | None:
        """Take a game's next step after its pause: return the new round, or the game at its end."""
        found = await self._database.read_together(_load_courses, (home_id, game_id))
        game, reason = found if found is not None else (None, None)
        if game is not None and game.has_next and reason is None:
            try:
                return await self._next_round(game)
            except NotFound as error:
                _log.warning("game %s cannot go on: %s", game_id, error)
                reason = NOTHING_LEFT
        now = self._clock.now()
        if reason is None:
            await self._database.write_together(finish_games, (home_id, game_id, now))
        else:
            why = reason
            await self._database.write(lambda tx: stop_game(tx, home_id, game_id, now, why))
        return game

    async def _next_round(self, game: Game) -> RoundShowing | None:
        """Draw and store the next round; None when the game has moved on. Raises `NotFound`."""
        assert game.guild_id is not None  # noqa: S101 - it is a channel's
        async with self._deck.draw(game.guild_id, game) as drawing:
            following = Following(game.home_id, game.id, game.number, drawing)
            stored = await self._database.write_together(next_rounds, following)
        if stored is None:
            self._deck.take_back(game.guild_id)
            return None
        present, players = stored
        game = game.next()
        self._live.put(Live(game, present, drawing.drawn_at, players, drawing.asked))
        return new_showing(game, present, drawing)

    def attendance(self, round_id: int, *, until_end: timedelta) -> Attendance | None:
        """Return how many have answered a round that is open for so long at least; None of any other."""
        live = self._live.get(round_id)
        if live is None or live.round.state is not RoundState.OPEN:
            return None
        closes_at = live.round.closes_at
        if closes_at is not None and closes_at - self._clock.now() < until_end:
            return None
        return live.attendance

    def is_opening(self, round_id: int) -> bool:
        """Return whether the round still waits for its message."""
        live = self._live.get(round_id)
        return live is not None and live.round.state is RoundState.OPENING

    async def open(self, home_id: int, round_id: int, message_id: int) -> Round | None:
        """Open a round whose message is out; None when it was stopped meanwhile."""
        opened_at = snowflake_time(message_id)
        live = self._live.get(round_id)
        if live is None or live.round.state is not RoundState.OPENING:
            await self._database.write(
                lambda tx: _note_late_message(tx, home_id, round_id, message_id, opened_at)
            )
            return live.round if live is not None and live.round.message_id == message_id else None
        before, opened = live.round, live.round.open(message_id, opened_at)
        timer, clue = self._timer_of(live, opened, opened_at), self._live.clue_timer(live, opened, opened_at)
        live.round = opened
        try:
            timers = (timer,) if clue is None else (timer, clue)
            is_open = await self._database.write_together(open_drawn, Opened(opened, timers))
        except Exception:
            live.round = before
            raise
        if not is_open:
            return None
        self._timers.notice(timer.due_at if clue is None else min(timer.due_at, clue.due_at))
        if live.is_complete:  # everybody pressed before the send was answered
            await self._live.hasten(live, self._clock.now() + EVERYONE_WAIT, Cause.EVERYONE)
        return live.round

    def _timer_of(self, live: Live, opened: Round, opened_at: datetime) -> Timer:
        """Return what is to happen to a round next: its close, or when untimed a look at who plays."""
        kind = CLOSE if opened.closes_at is not None else IDLE
        due_at = opened.closes_at + GRACE if opened.closes_at is not None else opened_at + IDLE_FOR
        return Timer(kind, str(opened.id), due_at, live.home_id)

    async def give_clue(self, home_id: int, round_id: int) -> bool:
        """Have a ladder's next clue come; False when its round is not open any more."""
        live = self._live.get(round_id)
        if live is None or live.round.state is not RoundState.OPEN:
            await self._database.write(lambda tx: clear_timer(tx, CLUE, str(round_id), home_id))
            return False
        now, before = self._clock.now(), live.round
        given = before.give_clue(now + CLUE_GRACE)
        timer = self._live.clue_timer(live, given, now)
        live.round = given
        try:
            is_given = await self._database.write(lambda tx: give_clue(tx, given, timer))
        except Exception:
            await self._live.reload(live)
            raise
        if timer is not None:
            self._timers.notice(timer.due_at)
        return is_given

    async def end_unattended(self, home_id: int, round_id: int) -> Round | None:
        """Stop the game of an untimed round that nobody has played for long; return the round if so."""
        now = self._clock.now()
        ended = await self._database.write(lambda tx: end_unattended(tx, home_id, round_id, now))
        if ended is not None:
            self._live.drop(round_id)
        return ended

    async def close(self, home_id: int, round_id: int) -> RoundShowing | None:
        """Close the round whose time is up and return its result; None when it was closed before."""
        async with self._closing:
            live = self._live.get(round_id)
            if live is not None and self._live.is_early(live):
                return None
            self._live.drop(round_id)
            now = self._clock.now()
            try:
                closed = await self._database.write_together(close_rounds, Due(home_id, round_id, now))
            except Exception:
                if live is not None:
                    self._live.put(live)
                raise
        if closed is not None:
            self._timers.notice(now)
            if closed.round.closed_at is not None:
                CLOSE_LAG.note((self._clock.now() - closed.round.closed_at).total_seconds())
        return closed

    async def skip_refused(self, home_id: int, round_id: int) -> Game | None:
        """Leave out a round whose message Discord does not take, and go on after a pause.

        Return its game, so that whoever started it can be told: it is stopped when Discord has refused
        several questions in a row. None when the round does not wait for its message any more.
        """
        live = self._live.drop(round_id)
        now = self._clock.now()
        try:
            game = await self._database.write(lambda tx: refuse_round(tx, home_id, round_id, now))
        except Exception:
            if live is not None:
                self._live.put(live)
            raise
        if game is not None:
            self._timers.notice(now)
            _log.info("round %s of game %s is left out: Discord does not take it", round_id, game.id)
        return game

    async def stop_lost(self, home_id: int, game_id: int, reason: str) -> Game | None:
        """Stop a game whose channel cannot be reached any more; its scores are kept.

        Return the game, so that whoever started it can be told; None when it had ended before.
        """
        self._live.drop_game(game_id)
        now = self._clock.now()

        def stop(tx: Tx) -> Game | None:
            if stop_game(tx, home_id, game_id, now, reason, silently=True):
                return load_game(tx, home_id, game_id)
            give_up_showing(tx, home_id, game_id)
            return None

        game = await self._database.write(stop)
        if game is not None:
            _log.info("game %s in channel %s was stopped: %s", game_id, game.channel_id, reason)
        return game

    async def stop_all(self, reason: str, guild_id: int, channel_id: int | None = None) -> None:
        """Stop every game of a server that Farside has left, or of a channel there that is gone."""
        running = await self._database.read(lambda tx: list_running(tx, guild_id, channel_id))
        for game_id in running:
            await self.stop_lost(guild_id, game_id, reason)


def link_to(game: Game, message_id: int | None) -> str:
    """Return the address of a message of the game, or of its channel while it has none."""
    place = f"https://discord.com/channels/{game.guild_id or '@me'}/{game.channel_id}"
    return f"{place}/{message_id}" if message_id else place


def new_showing(game: Game, present: Round, drawing: Drawing) -> RoundShowing:
    """Return what the message of a round shows that was stored a moment ago."""
    return RoundShowing(game, present, drawing.asked, drawing.drawn_at, 1, 0, ())


def _load_courses(tx: Tx, games: Sequence[tuple[int, int]]) -> list[tuple[Game, str | None] | None]:
    """Return games that go on, and why each is to end before its last question, if it is."""
    found = load_running_games(tx, {*games})
    asked = [key for key, game in found.items() if game.has_next]
    latest = [(*key, found[key].number - LATELY + 1) for key in asked]
    endings = dict(zip(asked, list_endings_since(tx, latest), strict=True))
    courses: list[tuple[Game, str | None] | None] = []
    for key in games:
        game = found.get(key)
        is_left = key in endings and is_idle(endings[key])
        courses.append(None if game is None else (game, NOBODY_PLAYS if is_left else None))
    return courses


def _note_late_message(tx: Tx, home_id: int, round_id: int, message_id: int, opened_at: datetime) -> None:
    """Note the message of a round that was stopped while it was on the way."""
    stored = load_round(tx, home_id, round_id)
    if stored is not None and stored.message_id is None:
        note_message(tx, replace(stored, message_id=message_id, opened_at=opened_at))
