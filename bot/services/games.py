"""Games: starting, answering, moving on and ending them.

The store is the truth; the rounds that go on are also kept in memory, small,
as a cache that `load` can rebuild at any moment.

What always holds:
- a press is judged and entered into its round without an await between the
  two, and told only after the commit that holds it;
- when a commit fails, memory goes back to what the store says;
- each public method returns what is to be shown, and shows nothing itself.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.bank import Seen
from bot.clock import Clock
from bot.errors import Conflict, NotAllowed, NotFound, NotSaved
from bot.quiz.game import (
    EVERYONE_WAIT,
    GRACE,
    LETTERS,
    AlreadyAnswered,
    Cause,
    Game,
    GameState,
    Kind,
    Round,
    RoundState,
    Rules,
    TooLate,
)
from bot.quiz.scoring import allowed_time
from bot.services.draws import draw, pool_size
from bot.services.library import Library
from bot.services.skew import Skew, snowflake_time
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.games import (
    Ballot,
    Drawing,
    GameShowing,
    GamesStore,
    Haste,
    LiveRound,
    RoundShowing,
    Started,
)
from bot.store.timers import Timer

_log = logging.getLogger(__name__)
_NAMES = 50_000  # display names remembered, so that an unchanged one is not written again
_SCOPES = 64  # servers whose seen questions are kept in memory
_CLOSING = 8  # rounds closed by one commit: of many that end together the first are shown at once
_CLOCKS_APART = timedelta(minutes=1)  # no clock of ours is off by more
_NO_GAME = "No game is running here. `/quiz start` begins one in a server; `/quiz solo` works anywhere."
_UNKNOWN = "Farside does not know this question any more. `/quiz start` begins a new game."
_TOO_SLOW = "That press reached Farside too late: this question is closed and the game has gone on."


class Live:
    """A round that goes on, with what presses need: who chose what, and who is still awaited."""

    __slots__ = ("awaited", "channel_id", "drawn_at", "first", "guild_id", "round", "starter_id")

    def __init__(self, game: Game, present: Round, drawn_at: datetime, players: set[int]) -> None:
        self.round = present
        self.guild_id = game.guild_id
        self.channel_id = game.channel_id
        self.starter_id = game.starter_id
        self.drawn_at = drawn_at
        self.first: dict[int, int] = {}
        self.awaited: set[int] | None = players or None  # None: nobody answered an earlier round

    @property
    def is_complete(self) -> bool:
        """Return whether everybody who played before has answered, in a round that ends by that."""
        return self.awaited is not None and not self.awaited and self.round.allowed is not None


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand in a channel."""

    game: Game
    round: Round
    standings: GameShowing


class RunningGame(Conflict):
    """The channel has a game already."""

    def __init__(self, game: Game, message_id: int | None) -> None:
        super().__init__(
            f"A game is running here already: {link_to(game, message_id)}\n"
            "Join in there, or end it first with `/quiz stop`."
        )


class Games:
    """The use cases of playing."""

    def __init__(
        self,
        database: Database,
        library: Library,
        clock: Clock,
        timers: Timers,
        dice: random.Random | None = None,
    ) -> None:
        self._store = GamesStore(database)
        self._library = library
        self._clock = clock
        self._timers = timers
        self._dice = dice or random.Random()
        self._live: dict[int, Live] = {}
        self._names: dict[int, str] = {}
        self._seen: dict[int, Seen] = {}
        self._closing = asyncio.Semaphore(_CLOSING)
        self._drawing: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self.skew = Skew()

    # -------------------------------------------------------------------------------- beginning and going on

    async def load(self) -> tuple[list[int], list[int]]:
        """Take up every game that was running; return the rounds and the games to be shown."""
        self._live = {found.round.id: _revive(found) for found in await self._store.list_live()}
        for live in list(self._live.values()):
            if live.round.state is RoundState.OPEN and live.round.cause is None and live.is_complete:
                await self._hasten(live, self.now() + EVERYONE_WAIT, Cause.EVERYONE)
        return await self._store.list_to_show()

    def now(self) -> datetime:
        """Return the present instant by Discord's clock, as well as we know it."""
        return self.skew.to_discord(self._clock.now())

    async def start(
        self,
        *,
        request_id: int,
        guild_id: int,
        channel_id: int,
        player_id: int,
        name: str,
        rules: Rules,
    ) -> RoundShowing | None:
        """Begin a game and return its first round; None when the same request has begun it before.

        Raises `RunningGame` when the channel has another game, `NotFound` when no question fits.
        """
        started, drawing = await self._start(
            Kind.CHANNEL,
            request_id=request_id,
            guild_id=guild_id,
            channel_id=channel_id,
            player_id=player_id,
            name=name,
            rules=rules,
            scope_id=guild_id,
        )
        if started.request_id != request_id:
            raise RunningGame(started.game, started.round.message_id)
        if not started.is_new:
            return None
        self._live[started.round.id] = Live(started.game, started.round, drawing.drawn_at, set())
        return _new_showing(started.game, started.round, drawing)

    async def _start(
        self,
        kind: Kind,
        *,
        request_id: int,
        guild_id: int | None,
        channel_id: int,
        player_id: int,
        name: str,
        rules: Rules,
        scope_id: int,
        opened_at: datetime | None = None,
    ) -> tuple[Started, Drawing]:
        now = self._clock.now()
        rules = replace(rules, questions=min(rules.questions, pool_size(self._library.bank, rules)))
        game = Game(0, kind, guild_id, channel_id, player_id, rules, now)
        async with self._draw(scope_id, rules, opened_at) as drawing:
            started = await self._store.start_game(game, request_id, name, drawing)
        if not started.is_new:
            self._seen.pop(scope_id, None)  # what was drawn is not asked
        return started, drawing

    async def go_on(self, timer: Timer) -> RoundShowing | Game | None:
        """Take a game's next step after its pause: return the new round, or the game at its end."""
        game = await self._store.load_game(int(timer.ref))
        if game is not None and game.has_next and (following := await self._next_round(game)) is not None:
            return following
        await self._store.finish_game(int(timer.ref), self.now())
        return game

    async def _next_round(self, game: Game, opened_at: datetime | None = None) -> RoundShowing | None:
        """Draw and store the next round; None when the bank has no question for it any more."""
        scope_id = game.guild_id if game.guild_id is not None else game.starter_id
        try:
            async with self._draw(scope_id, game.rules, opened_at) as drawing:
                stored = await self._store.next_round(game.id, game.number, drawing)
        except NotFound as error:
            _log.info("game %s ends early: %s", game.id, error)
            return None
        if stored is None:
            self._seen.pop(scope_id, None)
            return None
        present, players = stored
        game = game.next()
        if game.kind is Kind.CHANNEL:
            self._live[present.id] = Live(game, present, drawing.drawn_at, players)
        return _new_showing(game, present, drawing)

    def is_opening(self, round_id: int) -> bool:
        """Return whether the round still waits for its message."""
        live = self._live.get(round_id)
        return live is not None and live.round.state is RoundState.OPENING

    async def open(self, round_id: int, message_id: int) -> Round | None:
        """Open a round whose message is out; None when it was stopped meanwhile."""
        live = self._live.get(round_id)
        if live is None or live.round.state is not RoundState.OPENING:
            stored = await self._store.load_round(round_id)
            if stored is not None and stored.message_id is None:
                stopped = replace(stored, message_id=message_id, opened_at=snowflake_time(message_id))
                await self._store.open_round(stopped, None, None)
            return live.round if live is not None and live.round.message_id == message_id else None
        before, opened = live.round, live.round.open(message_id, snowflake_time(message_id))
        due_at = self.skew.to_ours(opened.closes_at + GRACE) if opened.closes_at else None
        live.round = opened
        try:
            is_open = await self._store.open_round(opened, live.guild_id, due_at)
        except Exception:
            live.round = before
            raise
        if not is_open:
            return None
        if due_at is not None:
            self._timers.notice(due_at)
        if live.is_complete:  # everybody pressed before the send was answered
            await self._hasten(live, self.now() + EVERYONE_WAIT, Cause.EVERYONE)
        return live.round

    # -------------------------------------------------------------------------------------------- answering

    async def submit(
        self,
        round_id: int,
        option: int,
        *,
        player_id: int,
        name: str,
        at: datetime,
        channel_id: int | None,
        message_id: int,
    ) -> bool:
        """Take a press; return, once the answer is on disk, whether it changed a result shown already.

        Raises `AlreadyAnswered`, `TooLate`, `NotFound`, `BadInput` or `NotSaved`, each with its sentence.
        """
        live = self._live.get(round_id)
        if live is None or live.channel_id != channel_id:
            await self._submit_late(round_id, option, player_id, name, at=at, channel_id=channel_id)
            return True
        present = live.round
        if message_id != present.message_id:
            present = _as_shown(live, message_id)
        first = live.first.get(player_id)
        try:
            answer = present.submit(player_id, option, at, first)
        except AlreadyAnswered:
            await self._repeat(round_id, player_id)
            return False
        live.first[player_id] = option
        haste = self._haste_after(live, player_id, at) if live.awaited is not None else None
        new_name = name if self._names.get(player_id) != name else None
        try:
            stands = await self._store.save_answer(round_id, answer, new_name, haste)
        except Exception:
            await self._undo(live, player_id)
            raise
        if new_name is not None:
            self._remember_name(player_id, new_name)
        if haste is not None:
            self._timers.notice(haste.due_at)
        if live.round.state is RoundState.OPENING:  # the press shows that the message is out
            await self.open(round_id, message_id)
        if stands is None:
            live.first.pop(player_id, None)
            raise TooLate(_TOO_SLOW)
        if stands != option:
            live.first[player_id] = stands
            raise AlreadyAnswered(stands)
        return False

    def _haste_after(self, live: Live, player_id: int, at: datetime) -> Haste | None:
        """Take the player off the awaited; when that was the last one, end the round soon."""
        assert live.awaited is not None  # noqa: S101 - asked before the call
        if player_id not in live.awaited:
            return None
        live.awaited.discard(player_id)
        if live.round.state is not RoundState.OPEN or not live.is_complete:
            return None
        return self._haste(live, at + EVERYONE_WAIT, Cause.EVERYONE)

    def _haste(self, live: Live, closes_at: datetime, cause: Cause) -> Haste | None:
        """Have the round in memory end at `closes_at`; return what to store, or None when it ends before."""
        hastened = live.round.hasten(closes_at, cause)
        if hastened is live.round:
            return None
        live.round = hastened
        return Haste(closes_at, self.skew.to_ours(closes_at + GRACE), cause)

    async def _hasten(self, live: Live, closes_at: datetime, cause: Cause) -> None:
        haste = self._haste(live, closes_at, cause)
        if haste is None:
            return
        try:
            await self._store.hasten(live.round.id, haste)
        except NotSaved:
            await self._reload(live)
            raise
        self._timers.notice(haste.due_at)

    async def _repeat(self, round_id: int, player_id: int) -> None:
        """Tell which answer stands, once it is known whether the first one was saved."""
        stands = await self._store.load_answer(round_id, player_id)
        if stands is None:
            raise NotSaved
        raise AlreadyAnswered(stands)

    async def _undo(self, live: Live, player_id: int) -> None:
        """Forget an answer that was not saved."""
        live.first.pop(player_id, None)
        if live.awaited is not None:
            live.awaited.add(player_id)
        await self._reload(live)

    async def _reload(self, live: Live) -> None:
        """Have the round's times in memory be those of the store again."""
        try:
            stored = await self._store.load_round(live.round.id)
        except Exception:  # noqa: BLE001 - the disk: the sentence about the failed write is what matters
            _log.warning("round %s could not be read again", live.round.id)
            return
        if stored is not None and stored.state is live.round.state:
            live.round = stored

    def _remember_name(self, player_id: int, name: str) -> None:
        if len(self._names) >= _NAMES:
            self._names.clear()
        self._names[player_id] = name

    async def _submit_late(
        self, round_id: int, option: int, player_id: int, name: str, *, at: datetime, channel_id: int | None
    ) -> None:
        """Take a press on a round that has closed, when it was made in time and was only slow on the wire."""
        showing = await self._store.load_round_showing(round_id)
        if showing is None or showing.game.channel_id != channel_id or showing.game.kind is not Kind.CHANNEL:
            raise NotFound(_UNKNOWN)
        given = await self._store.load_answer(round_id, player_id)
        if given is not None:
            raise TooLate(f"This question is closed. Your answer was {LETTERS[given]}.")
        answer = showing.round.submit(player_id, option, at)
        stands = await self._store.save_late_answer(round_id, answer, name)
        if stands is None:
            raise TooLate(_TOO_SLOW)
        if stands != option:
            raise AlreadyAnswered(stands)

    # ----------------------------------------------------------------------------------------------- closing

    async def close(self, timer: Timer) -> RoundShowing | None:
        """Close the round whose time is up and return its result; None when it was closed before."""
        async with self._closing:
            round_id = int(timer.ref)
            live = self._live.pop(round_id, None)
            now = self._clock.now()
            try:
                closed = await self._store.close_round(round_id, now)
            except Exception:
                if live is not None:
                    self._live[round_id] = live
                raise
        if closed is not None:
            self._timers.notice(now)
        return closed

    async def skip(
        self, channel_id: int, player_id: int, at: datetime, *, is_moderator: bool
    ) -> Ballot | None:
        """Skip the channel's open round: at once for its starter or a moderator (None), else by vote."""
        game, present = await self._running(channel_id)
        live = self._live.get(present.id)
        if live is None or live.round.state is not RoundState.OPEN:
            raise Conflict("No question is open at this moment: the next one is on its way.")
        if is_moderator or player_id == game.starter_id:
            await self._hasten(live, at, Cause.SKIPPED)
            return None
        due_at = self.skew.to_ours(at + GRACE)
        ballot = await self._store.vote_skip(live.round.id, player_id, Haste(at, due_at, Cause.SKIPPED))
        if ballot.counts and ballot.is_carried and live.round.state is RoundState.OPEN:
            live.round = live.round.hasten(at, Cause.SKIPPED)
            self._timers.notice(due_at)
        return ballot

    async def end_untimed(self, round_id: int, player_id: int, at: datetime, *, is_moderator: bool) -> None:
        """Close an untimed round, for its starter or a moderator."""
        live = self._live.get(round_id)
        if live is None or live.round.state is not RoundState.OPEN:
            raise Conflict("This question is closed already.")
        if not (is_moderator or player_id == live.starter_id):
            raise NotAllowed(
                f"Only <@{live.starter_id}>, who started the game, or a moderator (Manage Messages) can go on"
                " to the next question. `/quiz skip` lets the players vote."
            )
        await self._hasten(live, at, Cause.NEXT)

    async def stop(
        self, channel_id: int, player_id: int, name: str, at: datetime, *, is_moderator: bool
    ) -> tuple[Game, Round, Ballot | None]:
        """Stop the channel's game: at once for its starter or a moderator, else by vote.

        The open round is closed and counts. The ballot is None where there was no vote.
        """
        game, present = await self._running(channel_id)
        reason = f"stopped by {name}"
        if is_moderator or player_id == game.starter_id:
            await self._stop(game, present, at, reason)
            return game, present, None
        ballot = await self._store.vote_stop(game.id, player_id, at, "stopped by a vote of its players")
        if ballot.counts and ballot.is_carried:
            self._live.pop(present.id, None)
        return game, present, ballot

    async def _stop(
        self, game: Game, present: Round, at: datetime, reason: str, *, silently: bool = False
    ) -> None:
        live = self._live.pop(present.id, None)
        try:
            await self._store.stop_game(game.id, at, reason, silently=silently)
        except Exception:
            if live is not None:
                self._live[present.id] = live
            raise

    async def stop_lost(self, game_id: int, reason: str) -> None:
        """Stop a game whose channel cannot be reached any more; its scores are kept."""
        game = await self._store.load_game(game_id)
        if game is None:
            return
        for round_id in [key for key, live in self._live.items() if live.round.game_id == game_id]:
            del self._live[round_id]
        if await self._store.stop_game(game_id, self.now(), reason, silently=True):
            _log.info("game %s in channel %s was stopped: %s", game_id, game.channel_id, reason)
        else:
            await self._store.give_up_showing(game_id)

    async def stop_all(
        self, reason: str, *, guild_id: int | None = None, channel_id: int | None = None
    ) -> None:
        """Stop every game of a server that Farside has left, or of a channel that is gone."""
        for game_id in await self._store.list_running(guild_id=guild_id, channel_id=channel_id):
            await self.stop_lost(game_id, reason)

    async def _running(self, channel_id: int) -> tuple[Game, Round]:
        latest = await self._store.load_latest(channel_id)
        if latest is None or latest[0].state is not GameState.RUNNING:
            raise NotFound(_NO_GAME)
        return latest

    # ----------------------------------------------------------------------------------------------- showing

    async def status(self, channel_id: int) -> Status:
        """Return how the channel's running game stands, else its last one."""
        latest = await self._store.load_latest(channel_id)
        if latest is None:
            raise NotFound(_NO_GAME)
        standings = await self._store.load_game_showing(latest[0].id)
        assert standings is not None  # noqa: S101 - it was read a moment ago
        return Status(latest[0], latest[1], standings)

    async def load_round(self, round_id: int) -> RoundShowing | None:
        """Return what a round's message shows."""
        return await self._store.load_round_showing(round_id)

    async def load_standings(self, game_id: int) -> GameShowing | None:
        """Return what a game's standings show."""
        return await self._store.load_game_showing(game_id)

    async def mark_round_shown(self, round_id: int, version: int, message_id: int | None = None) -> None:
        """Note that a round's message shows `version`."""
        await self._store.mark_round_shown(round_id, version, message_id)

    async def mark_game_shown(self, game_id: int, version: int, message_id: int | None = None) -> None:
        """Note that the standings show `version`."""
        await self._store.mark_game_shown(game_id, version, message_id)

    # -------------------------------------------------------------------------------------------------- solo

    async def start_solo(
        self, *, request_id: int, channel_id: int, player_id: int, name: str, rules: Rules, at: datetime
    ) -> RoundShowing:
        """Begin a game for one person; its first round opens at `at`."""
        started, _ = await self._start(
            Kind.SOLO,
            request_id=request_id,
            guild_id=None,
            channel_id=channel_id,
            player_id=player_id,
            name=name,
            rules=rules,
            scope_id=player_id,
            opened_at=at,
        )
        return await self._solo_round(started.round.id, player_id)

    async def answer_solo(self, round_id: int, option: int, player_id: int, at: datetime) -> RoundShowing:
        """Judge the person's answer at once; a press on an answered round changes nothing."""
        showing = await self._solo_round(round_id, player_id)
        if showing.round.state is RoundState.OPEN:
            try:
                answer = showing.round.submit(player_id, option, at)
            except TooLate:
                await self._store.answer_solo(round_id, None)
            else:
                await self._store.answer_solo(round_id, answer)
        return await self._solo_round(round_id, player_id)

    async def next_solo(self, round_id: int, player_id: int, at: datetime) -> RoundShowing | GameShowing:
        """Return the round after this one, opened at `at` when it is new, or the final result."""
        showing = await self._solo_round(round_id, player_id)
        game, present = showing.game, showing.round
        if present.state is not RoundState.CLOSED:
            return showing
        if game.number > present.number:  # pressed twice, or on an old copy: show where the game stands
            latest = await self._store.load_round_of(game)
            return await self._solo_round(latest.id, player_id)
        if game.has_next and (following := await self._next_round(game, at)) is not None:
            return following
        await self._store.finish_game(game.id, at)
        standings = await self._store.load_game_showing(game.id)
        assert standings is not None  # noqa: S101 - it was read a moment ago
        return standings

    async def _solo_round(self, round_id: int, player_id: int) -> RoundShowing:
        showing = await self._store.load_round_showing(round_id)
        if showing is None or showing.game.kind is not Kind.SOLO or showing.game.starter_id != player_id:
            raise NotFound("Farside does not know this game any more. `/quiz solo` begins a new one.")
        return showing

    # ------------------------------------------------------------------------------------------------ drawing

    def _lock(self, scope_id: int) -> asyncio.Lock:
        """Return the lock under which a scope's questions are drawn, so that no two draws take the same."""
        lock = self._drawing.get(scope_id)
        if lock is None:
            lock = self._drawing[scope_id] = asyncio.Lock()
        return lock

    @asynccontextmanager
    async def _draw(self, scope_id: int, rules: Rules, opened_at: datetime | None) -> AsyncIterator[Drawing]:
        """Draw a question that the scope has not seen, to be stored within the block.

        Nobody else draws for the scope meanwhile. Raises `NotFound` when no question fits.
        """
        async with self._lock(scope_id):
            seen = self._seen.pop(scope_id, None)
            if seen is None:
                seen = Seen(await self._store.list_seen(scope_id))
            asked, forgotten = draw(self._library.bank, self._dice, rules, seen)
            allowed = allowed_time(asked, rules)
            yield Drawing(scope_id, asked, allowed, self._clock.now(), forgotten, opened_at)
            self._seen[scope_id] = seen  # only now: what was not stored is not seen
            if len(self._seen) > _SCOPES:
                del self._seen[next(iter(self._seen))]


def link_to(game: Game, message_id: int | None) -> str:
    """Return the address of a message of the game, or of its channel while it has none."""
    place = f"https://discord.com/channels/{game.guild_id or '@me'}/{game.channel_id}"
    return f"{place}/{message_id}" if message_id else place


def _new_showing(game: Game, present: Round, drawing: Drawing) -> RoundShowing:
    """Return what the message of a round shows that was stored a moment ago."""
    return RoundShowing(game, present, drawing.asked, drawing.drawn_at, 1, 0, ())


def _revive(found: LiveRound) -> Live:
    live = Live(found.game, found.round, found.drawn_at, found.awaited)
    live.first = found.first
    live.awaited = found.awaited if found.has_players else None
    return live


def _as_shown(live: Live, message_id: int) -> Round:
    """Return the round as the message with this id shows it.

    A press may come before the answer to the send that made its message: then
    the message's own time tells when the round opened. A message older than
    the round belongs to another database.
    """
    opened_at = snowflake_time(message_id)
    if opened_at < live.drawn_at - _CLOCKS_APART:
        raise NotFound(_UNKNOWN)
    return live.round.open(message_id, opened_at) if live.round.state is RoundState.OPENING else live.round
