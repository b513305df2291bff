"""The publisher: makes a channel show what the store says.

What always holds:
- what a message shows is a function of stored state, so showing it twice
  changes nothing; several changes of one message become one request;
- a message is sent with a nonce made of stored values, and after a longer
  sleep it is looked for in the channel first: a crash between sending and
  noting doubles nothing;
- what Discord cannot take now is tried again, with patience; a question that it
  refuses is left out; a channel that cannot be used any more ends the game, whose
  scores are kept; whoever started it is told;
- a message that cannot be made at all, by a fault of ours, is given up after a few tries;
- no message keeps buttons whose presses cannot count;
- a game's standings come after the results of its rounds;
- how many have answered is shown when there is nothing else to do, and never instead of anything.
"""

import asyncio
import heapq
import logging
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Protocol

from discord import Interaction

from bot.cluster.shards import Part
from bot.cogs.channels import NONCE_KEPT, Address, Channels, Unreadable
from bot.cogs.lines import Lines
from bot.cogs.meanings import why_lost
from bot.cogs.messages.answering import asked_ids, picture_name
from bot.cogs.messages.components import Card
from bot.cogs.messages.figures import moment
from bot.cogs.messages.refusals import (
    FAULTY,
    bare_results,
    bare_standings,
    forgotten_card,
    left_out_text,
    lost_text,
    unknown_text,
)
from bot.cogs.messages.rounds import result_card, round_card
from bot.cogs.messages.standings import standings_card
from bot.cogs.messages.starts import start_card
from bot.cogs.races import draw_totals
from bot.cogs.retries import Seldom, pause_after
from bot.cogs.sender import Failure, Gone, Later, Lost, Refused
from bot.cogs.starters import Starters
from bot.errors import NotFound, NotRead, NotSaved, is_the_end
from bot.metrics import REVEAL_LAG
from bot.quiz.game import Game, RoundState
from bot.quiz.press import Press
from bot.quiz.showing import NOBODY, Attendance, GameShowing, RoundShowing
from bot.services.discord_clock import DiscordClock, snowflake_time
from bot.services.games import Play
from bot.services.games.live import Live
from bot.services.library import Library

_log = logging.getLogger(__name__)
_TROUBLE = "messages of games do not get through"
_STALE = timedelta(minutes=1)  # after its end a round's message surely shows it, unless something went wrong
_RETIRED = 1000
_FAULTS = 3  # of ours, in a row, until a message is given up
_REVEAL, _OPEN, _END = 0, 1, 2  # priorities
_COUNT_AFTER = 3.0  # seconds from an answer until its round's message counts it: several in one
_COUNT_AGAIN = 1.0  # seconds until that is tried again, where there was something more urgent
_COUNT_TRIES = 3
_COUNT_UNTIL = timedelta(seconds=4)  # before a round's end nothing may be in its result's way
_ATONCE = (96, 64, 32)  # messages worked on at the same time, by priority: room is left for the more urgent

Key = tuple[str, int, int]
"""What is shown: a round, a game (its standings) or a start, its home, its id."""


class Homes(Protocol):
    """Whose messages are ours to show."""

    def owns(self, home_id: int | None) -> bool:
        """Return whether a home is."""
        ...

    def working_for(self, home_id: int | None) -> AbstractContextManager[None]:
        """Have what is stored inside be for that home."""
        ...


class AllHomes:
    """Everybody's, by a process that is alone."""

    def owns(self, _: int | None) -> bool:
        """Return True."""
        return True

    def working_for(self, _: int | None) -> AbstractContextManager[None]:
        """Do nothing."""
        return nullcontext()


class Publisher:
    """Shows rounds and standings, one task a message."""

    def __init__(
        self,
        channels: Channels,
        starters: Starters,
        lines: Lines,
        play: Play,
        library: Library,
        clock: DiscordClock,
    ) -> None:
        self._channels = channels
        self.starters = starters
        self._lines = lines
        self._games = play.games
        play.on_gone(self.forget)
        self._showings = play.showings
        self._library = library
        self._clock = clock
        self._queue: list[tuple[int, int, Key]] = []
        self._queued: set[Key] = set()
        self._under_way: dict[Key, asyncio.Task[None]] = {}
        self._again: dict[Key, int] = {}  # asked for while under way -> priority
        self._new: dict[int, RoundShowing] = {}  # what the first attempt need not read
        self._attempts: dict[Key, int] = {}
        self._faults: dict[Key, int] = {}
        self._held: set[Key] = set()  # standings that may wait for results
        self._seldom = Seldom(_log)
        self._counting: set[int] = set()  # rounds that have answers which their messages do not count yet
        self._retired: dict[int, None] = {}  # messages that were looked at, oldest first
        self._order = count()
        self._is_closed = False
        self.homes: Homes = AllHomes()

    # ------------------------------------------------------------------------------------------ what to show

    def show_first(self, showing: RoundShowing, started_by: Interaction[Any]) -> None:
        """Send the message of a game's first round; what goes wrong in the game is told below its start."""
        self.starters.remember(showing.game.id, started_by)
        self.show_new(showing)

    def show_new(self, showing: RoundShowing) -> None:
        """Send the message of a round that was drawn a moment ago."""
        self._new[showing.round.id] = showing
        self._enqueue(("round", showing.game.home_id, showing.round.id), _OPEN)

    def show_result(self, showing: RoundShowing) -> None:
        """Show the result of a round that was closed a moment ago."""
        self._new[showing.round.id] = showing
        self._enqueue(("round", showing.game.home_id, showing.round.id), _REVEAL)

    def show_round(self, home_id: int, round_id: int) -> None:
        """Bring the round's message up to date, soon."""
        self._enqueue(("round", home_id, round_id), _REVEAL)

    def show_game(self, home_id: int, game_id: int) -> None:
        """Bring the game's standings up to date, soon."""
        self._enqueue(("game", home_id, game_id), _END)

    def drop(self, part: Part) -> None:
        """Show nothing more in the servers of a part: another process does."""
        for key in [key for key in self._queued if part.holds(key[1])]:
            self._queued.discard(key)
        self._queue = [one for one in self._queue if not part.holds(one[2][1])]
        heapq.heapify(self._queue)
        self._again = {key: priority for key, priority in self._again.items() if not part.holds(key[1])}
        self._attempts = {key: failures for key, failures in self._attempts.items() if not part.holds(key[1])}
        self._held = {key for key in self._held if not part.holds(key[1])}
        for key, task in self._under_way.items():
            if part.holds(key[1]):
                task.cancel()

    def count_soon(self, home_id: int, round_id: int) -> None:
        """Have the round's message tell how many have answered, in a while, if there is time for it."""
        if round_id not in self._counting:
            self._counting.add(round_id)
            asyncio.get_running_loop().call_later(_COUNT_AFTER, self._count, home_id, round_id, _COUNT_TRIES)

    def _count(self, home_id: int, round_id: int, tries: int) -> None:
        attendance = self._games.attendance(round_id, until_end=_COUNT_UNTIL)
        if attendance is None or self._is_closed or not tries:
            self._counting.discard(round_id)
            return
        key = ("round", home_id, round_id)
        if key in self._under_way or key in self._queued or not self._lines.is_calm():
            asyncio.get_running_loop().call_later(_COUNT_AGAIN, self._count, home_id, round_id, tries - 1)
            return
        self._counting.discard(round_id)
        self._under_way[key] = asyncio.create_task(self._work_aside(key, attendance))

    async def _work_aside(self, key: Key, attendance: Attendance) -> None:
        """Show how many have answered; a failure is nothing, since the next answer is counted with these."""
        try:
            showing = await self._showings.load_round(*key[1:])
            if showing is None or showing.round.state is not RoundState.OPEN:
                return
            message_id, game = showing.round.message_id, showing.game
            if message_id is not None and showing.shown >= showing.version:
                card = self._open_card(showing, showing.round.closes_at, attendance)
                await self._channels.edit_if_idle(_address(game), message_id, card)
        except (Failure, NotRead) as failure:
            _log.debug("round %s does not tell how many have answered: %s", key[2], failure)
        finally:
            del self._under_way[key]
            again = self._again.pop(key, None)
            if again is not None:
                self._enqueue(key, again)
            self._pump()

    def retire(self, press: Press, round_id: int) -> None:
        """Have a message that still takes presses for a closed round show its result.

        A result may not have reached it: Farside was shut out of the channel, or could not know of it.
        """
        if press.message_id is None or press.message_id in self._retired:
            return
        self._retired[press.message_id] = None
        if len(self._retired) > _RETIRED:
            del self._retired[next(iter(self._retired))]
        key = ("stale", 0, press.message_id)
        self._under_way[key] = asyncio.create_task(self._retire(key, press, round_id))

    async def _retire(self, key: Key, press: Press, round_id: int) -> None:
        try:
            showing = await self._showings.load_round(press.home_id, round_id)
            closed_at = showing.round.closed_at if showing is not None else None
            if showing is None or closed_at is None or press.message_id is None:
                return
            if press.at - closed_at < _STALE:  # its result is on the way
                self._retired.pop(press.message_id, None)
                return
            to = Address(press.guild_id, press.channel_id)
            await self._take_down(to, press.message_id, result_card(showing, self._topics))
        finally:
            del self._under_way[key]
            self._pump()

    async def retire_all(self, guild_id: int) -> None:
        """Have messages of games that ended unseen show their results: Farside is in their server again."""
        for round_id in await self._showings.list_unseen_ends(guild_id):
            showing = await self._showings.load_round(guild_id, round_id)
            if showing is not None and (message_id := showing.round.message_id) is not None:
                await self._take_down(_address(showing.game), message_id, result_card(showing, self._topics))

    def forget(self, live: Live) -> None:
        """Have the message of a question that was forgotten with its server take no more presses."""
        if (message_id := live.round.message_id) is not None:
            key = ("forgotten", live.home_id, message_id)
            to = Address(live.guild_id, live.channel_id)
            task = asyncio.create_task(self._take_down(to, message_id, forgotten_card()))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
            self._under_way[key] = task

    async def _take_down(self, to: Address, message_id: int, card: Card) -> None:
        try:
            await self._channels.edit(to, message_id, card)
        except Failure as failure:
            _log.info("message %s still takes presses: %s", message_id, failure)

    async def close(self) -> None:
        """Stop; what is not shown yet is shown at the next start."""
        self._is_closed = True
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)

    def _enqueue(self, key: Key, priority: int) -> None:
        if key in self._under_way:
            self._again[key] = priority
        elif key not in self._queued:
            self._queued.add(key)
            heapq.heappush(self._queue, (priority, next(self._order), key))
            self._pump()

    def _pump(self) -> None:
        while self._queue and not self._is_closed and len(self._under_way) < _ATONCE[self._queue[0][0]]:
            priority, _, key = heapq.heappop(self._queue)
            self._queued.discard(key)
            self._under_way[key] = asyncio.create_task(self._work(key, priority))

    async def _work(self, key: Key, priority: int) -> None:
        wait: float | None = None
        try:
            if self.homes.owns(key[1]):
                with self.homes.working_for(key[1]):
                    wait = await self._try(key, priority)
        finally:
            del self._under_way[key]
            again = self._again.pop(key, None)
            if key[0] == "round" and wait is None:
                for held in [held for held in self._held if held[1] == key[1]]:
                    self._enqueue(held, _END)
            if wait is not None:
                asyncio.get_running_loop().call_later(wait, self._enqueue, key, priority)
            elif again is not None:
                self._enqueue(key, again)
            self._pump()

    async def _try(self, key: Key, priority: int) -> float | None:
        """Show it; return the seconds after which to try again, or None when that is not needed."""
        kind, home_id, row_id = key
        attempt = self._attempts.get(key, 0)
        try:
            if kind == "round":
                await self._show_round(home_id, row_id, attempt, priority)
            elif kind == "start":
                await self._show_begun(home_id, row_id)
            else:
                await self._show_game(home_id, row_id, attempt, priority)
        except (Later, NotSaved, NotRead) as trouble:
            return self._postpone(key, trouble)
        except BaseException as error:
            if is_the_end(error):
                raise
            _log.exception("%s %s could not be shown", kind, row_id)
            return await self._note_fault(key, priority)
        self._attempts.pop(key, None)
        self._faults.pop(key, None)
        if not self._attempts and self._seldom.is_over(_TROUBLE):
            _log.info("messages of games get through again")
        return None

    async def _note_fault(self, key: Key, priority: int) -> float | None:
        """Count a fault of ours, and give the message up when it was one too many; return as `_try` does."""
        self._attempts[key] = self._attempts.get(key, 0) + 1
        faults = self._faults[key] = self._faults.get(key, 0) + 1
        if faults < _FAULTS:
            return pause_after(faults - 1)
        try:
            await self._give_up(key, priority)
        except (Later, NotSaved, NotRead) as trouble:
            return self._postpone(key, trouble)
        except BaseException as error:
            if is_the_end(error):
                raise
            _log.exception("%s %s could not even be given up", key[0], key[2])
        self._attempts.pop(key, None)
        self._faults.pop(key, None)
        return None

    async def _give_up(self, key: Key, priority: int) -> None:
        """Go on without a message that Farside cannot make: leave no buttons there, and no game waiting."""
        kind, home_id, row_id = key
        _log.error("%s %s is given up: its game goes on without that message", kind, row_id)
        if kind == "start":
            return
        if kind == "game":
            await self._give_up_game(home_id, row_id, priority)
        elif (game := await self._games.skip_refused(home_id, row_id)) is not None:
            await self.starters.tell(game, FAULTY, nonce=_nonce(game, "x", row_id))
        else:
            await self._give_up_round(home_id, row_id, priority)

    async def _give_up_game(self, home_id: int, game_id: int, priority: int) -> None:
        showing = await self._showings.load_standings(home_id, game_id)
        if showing is None:
            return
        try:
            nonce = _nonce(showing.game, "e", game_id)
            await self._channels.send(
                _address(showing.game), bare_standings(showing), nonce=nonce, priority=priority
            )
        except (Lost, Refused) as failure:
            _log.info("game %s ends without a word: %s", game_id, failure)
        await self._showings.mark_game_shown(home_id, game_id, showing.version)

    async def _give_up_round(self, home_id: int, round_id: int, priority: int) -> None:
        showing = await self._showings.load_round(home_id, round_id)
        if showing is None:
            return
        message_id = showing.round.message_id
        if message_id is not None and showing.round.state is RoundState.CLOSED:
            try:
                bare = bare_results(showing)[-1]
                await self._channels.edit(_address(showing.game), message_id, bare, priority=priority)
            except (Gone, Lost, Refused) as failure:
                _log.info("round %s keeps what it shows: %s", round_id, failure)
        await self._showings.mark_round_shown(home_id, round_id, showing.version)

    def _postpone(self, key: Key, trouble: Later | NotSaved | NotRead) -> float:
        attempt = self._attempts.get(key, 0)
        self._attempts[key] = attempt + 1
        self._seldom.warn(_TROUBLE, trouble)
        return pause_after(attempt, trouble.wait if isinstance(trouble, Later) else 0.0)

    async def _show_begun(self, home_id: int, game_id: int) -> None:
        """Have the announcement that an earlier run has left show that its game has begun, if it is found."""
        begun = await self._showings.load_begun(home_id, game_id)
        if begun is None:
            return
        bank, to = self._library.bank, _address(begun.game)
        card = start_card(begun, bank.topics, bank.look, has_begun=True)
        try:
            message_id = await self._find(begun.game, begun.game.started_at, f"in:{game_id}")
            if message_id is not None:
                await self._channels.edit(to, message_id, card, priority=_END)
        except (Failure, Unreadable) as trouble:  # a press of them is answered all the same
            _log.info("the announcement of game %s keeps its buttons: %s", game_id, trouble)

    # ------------------------------------------------------------------------------------------------ rounds

    async def _show_round(self, home_id: int, round_id: int, attempt: int, priority: int) -> None:
        new = self._new.pop(round_id, None)
        if new is not None and (new.round.state is RoundState.CLOSED or self._games.is_opening(round_id)):
            showing: RoundShowing | None = new
        else:
            new, showing = None, await self._showings.load_round(home_id, round_id)
        if showing is None or showing.shown >= showing.version or not showing.game.is_public:
            return
        try:
            if showing.round.state is RoundState.OPENING:
                await self._open(showing, priority, is_new=new is not None)
                if new is None and showing.round.number == 1:  # perhaps an earlier run has waited for it
                    self._enqueue(("start", home_id, showing.game.id), _END)
            elif showing.round.state is RoundState.CLOSED:
                await self._reveal(showing, attempt, priority)
            else:
                await self._show_anew(showing, priority)
        except Lost as lost:
            await self._end(showing.game, lost)

    async def _end(self, game: Game, lost: Lost) -> None:
        """End a game whose channel cannot be used any more, and tell whoever started it."""
        if await self._games.stop_lost(game.home_id, game.id, f"stopped because {lost}") is not None:
            await self.starters.tell(game, lost_text(why_lost(lost.code, "this")))

    async def _leave_out(self, showing: RoundShowing, sentence: str = "") -> None:
        """Go on without a question that is not to be shown, and tell whoever started the game."""
        game = await self._games.skip_refused(showing.game.home_id, showing.round.id)
        if game is not None:
            told = sentence or left_out_text(game, showing.round)
            await self.starters.tell(game, told, nonce=_nonce(game, "x", showing.round.id))

    async def _open(self, showing: RoundShowing, priority: int, *, is_new: bool) -> None:
        game, present = showing.game, showing.round
        message_id = None
        age = self._clock.now() - showing.drawn_at  # below zero where our clock was set back
        if not is_new and not timedelta(0) <= age <= NONCE_KEPT:
            try:
                message_id = await self._find(game, showing.drawn_at, *asked_ids(present.id))
            except Unreadable as unreadable:
                _log.warning("round %s may have been shown or not: %s", present.id, unreadable)
                await self._leave_out(showing, unknown_text(present))
                return
        try:
            files = await self._files(showing)
        except NotFound as missing:
            _log.warning("question %r cannot be shown: %s", showing.asked.question.id, missing)
            await self._leave_out(showing, f"{missing} The question is left out; the game goes on.")
            return
        began = estimate = None
        if message_id is None:

            def card() -> Card:
                nonlocal began, estimate
                began = self._clock.monotonic()
                if present.allowed is not None:
                    estimate = self._clock.now() + present.allowed
                return self._open_card(showing, estimate)

            try:
                message_id = await self._channels.send(
                    _address(game), card, nonce=_nonce(game, "q", present.id), priority=priority, files=files
                )
            except Refused:
                await self._leave_out(showing)
                return
            # Another attempt may be answered with the message of an earlier one.
            if is_new and began is not None:
                self._clock.observe(began, snowflake_time(message_id))
        opened = await self._games.open(game.home_id, present.id, message_id)
        if opened is None:  # it was stopped while its message was on the way
            self._again.setdefault(("round", game.home_id, present.id), _REVEAL)
        elif opened.closes_at is not None and (estimate is None or _differ(estimate, opened.closes_at)):
            corrected = self._open_card(showing, opened.closes_at)
            try:
                await self._channels.edit(_address(game), message_id, corrected, priority=_END)
            except (Gone, Refused) as failure:  # the round closes in time, whatever its message says
                _log.info("round %s keeps the time it shows: %s", present.id, failure)

    def _open_card(
        self, showing: RoundShowing, closes_at: datetime | None, attendance: Attendance | None = None
    ) -> Card:
        present = showing.round
        attendance = attendance or self._games.attendance(present.id, until_end=timedelta(0)) or NOBODY
        return round_card(showing.game, present, showing.asked, closes_at, self._topics, attendance)

    async def _files(self, showing: RoundShowing) -> list[tuple[str, bytes]]:
        """Return the picture sent with a round's message. Raises `NotFound` where there can be none."""
        picture = showing.asked.question.picture
        if picture is None:
            return []
        if not self._channels.may_attach(_address(showing.game), unknown=True):
            raise NotFound("It shows a picture, and Farside lacks *Attach Files* in this channel.")
        return [(picture_name(showing.asked, showing.round.id), await self._library.load_picture(picture))]

    async def _show_anew(self, showing: RoundShowing, priority: int) -> None:
        """Have an open round's message show what has changed: a ladder's next clue."""
        game, present = showing.game, showing.round
        if present.message_id is not None:
            card = self._open_card(showing, present.closes_at)
            try:
                await self._channels.edit(_address(game), present.message_id, card, priority=priority)
            except (Gone, Refused) as failure:  # the round goes on, whatever its message shows
                _log.info("round %s shows no new clue: %s", present.id, failure)
        await self._showings.mark_round_shown(game.home_id, present.id, showing.version)

    async def _reveal(self, showing: RoundShowing, attempt: int, priority: int) -> None:
        game, present = showing.game, showing.round
        message_id = present.message_id
        try:
            if message_id is None:  # stopped before its message was noted, and perhaps before it was sent
                message_id = await self._find(game, showing.drawn_at, *asked_ids(present.id))
            if message_id is not None:
                message_id = await self._show_result(showing, message_id, attempt, priority)
        except Unreadable as unreadable:
            _log.warning("the result of round %s may have been shown or not: %s", present.id, unreadable)
        await self._showings.mark_round_shown(game.home_id, present.id, showing.version, message_id)
        self._lines.settle(showing)
        if present.closed_at is not None and not attempt:
            REVEAL_LAG.note((self._clock.now() - present.closed_at).total_seconds())

    async def _show_result(self, showing: RoundShowing, message_id: int, attempt: int, priority: int) -> int:
        """Show the result in the round's message, or in a new one where that is gone; return its id."""
        game, present = showing.game, showing.round
        for card in (result_card(showing, self._topics), *bare_results(showing)):
            try:
                await self._channels.edit(_address(game), message_id, card, priority=priority)
                return message_id
            except Refused:
                continue
            except Gone:
                found = None
                if attempt or self._is_old(present.closed_at):
                    found = await self._find(game, showing.drawn_at, f"source:{present.id}")
                try:
                    return found or await self._channels.send(
                        _address(game),
                        card,
                        nonce=_nonce(game, "r", present.id),
                        priority=priority,
                        files=await self._files(showing),
                    )
                except Refused:
                    continue
        _log.warning("Discord takes no result of round %s: its message is taken away", present.id)
        with suppress(Gone):
            await self._channels.delete(_address(game), message_id, priority=priority)
        return message_id

    # --------------------------------------------------------------------------------------------- standings

    async def _has_results_under_way(self, home_id: int, game_id: int) -> bool:
        """Return whether the standings are to wait; they are shown when that is over."""
        key = ("game", home_id, game_id)
        self._held.add(key)  # before it is looked: what is done from now on is noticed
        at_work = (
            one[:2] == ("round", home_id) for one in (*self._queued, *self._under_way, *self._attempts)
        )
        if any(at_work) and await self._showings.has_unshown_rounds(home_id, game_id):
            return True
        self._held.discard(key)
        return False

    async def _show_game(self, home_id: int, game_id: int, attempt: int, priority: int) -> None:
        if await self._has_results_under_way(home_id, game_id):
            return
        showing = await self._showings.load_standings(home_id, game_id)
        if showing is None or showing.shown >= showing.version:
            return
        message_id = None
        try:
            message_id = await self._show_standings(showing, attempt, priority)
        except Lost as lost:
            await self._end(showing.game, lost)
            return
        except Unreadable as unreadable:
            _log.warning("the standings of game %s may have been shown or not: %s", game_id, unreadable)
        except Refused:
            _log.warning("Discord takes no standings of game %s", game_id)
        await self._showings.mark_game_shown(home_id, game_id, showing.version, message_id)

    async def _show_standings(self, showing: GameShowing, attempt: int, priority: int) -> int:
        game = showing.game
        if attempt or self._is_old(game.ended_at):
            found = await self._find(game, game.ended_at or game.started_at, f"again:{game.id}")
            if found is not None:
                return found
        nonce = _nonce(game, "e", game.id)
        may_attach = self._channels.may_attach(_address(game))
        totals = await self._showings.load_race(showing) if may_attach else ()
        files = await draw_totals(totals)
        card = standings_card(showing, totals)
        try:
            return await self._channels.send(
                _address(game), card, nonce=nonce, priority=priority, files=files
            )
        except Refused:
            bare = bare_standings(showing)
            return await self._channels.send(_address(game), bare, nonce=nonce, priority=priority)

    async def _find(self, game: Game, since: datetime, *custom_ids: str) -> int | None:
        """Return our message in the game's channel since then that has one of them. Raises `Unreadable`."""
        return await self._channels.find(_address(game), since, custom_ids.__contains__)

    def _is_old(self, at: datetime | None) -> bool:
        return at is not None and self._clock.now() - at > NONCE_KEPT

    @property
    def _topics(self) -> Any:
        return self._library.bank.topics


def _address(game: Game) -> Address:
    return Address(game.guild_id, game.channel_id)


def _nonce(game: Game, letter: str, number: int) -> str:
    """Return a nonce of at most 25 letters that another database's game of the same id does not share."""
    return f"{letter}{number:x}-{int(game.started_at.timestamp() * 1000) & 0xFFFFFF:x}"


def _differ(estimate: datetime, closes_at: datetime) -> bool:
    """Return whether readers would see the round end at another time than it does."""
    return moment(estimate) != moment(closes_at) and abs(estimate - closes_at) > timedelta(seconds=1)
