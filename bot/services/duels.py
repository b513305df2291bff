"""Duels: asked for, accepted, played by two, ended; and their cards.

What always holds:
- a duel lives at its home, each of the two games at its player's: what is done in one place is carried to
  the other by a timer that was stored with it, so that a kill between the two loses nothing;
- each carrying changes nothing when it is done again;
- a card of ours shows what is stored in the end, as often as that takes.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.clock import Clock
from bot.errors import Conflict, NotAllowed, NotFound
from bot.quiz.duel import (
    MOST_OPEN,
    OFFERED_FOR,
    Duel,
    DuelState,
    Outcome,
    Record,
    Side,
)
from bot.quiz.game import GameState, Mode, Pace, Rules
from bot.quiz.press import Press
from bot.quiz.scoring import Tally
from bot.quiz.showing import RoundShowing
from bot.services.games import Play
from bot.services.games.course import Started, names_in
from bot.services.games.settlement import credit_duel, stop_game
from bot.services.games.solo import Begin
from bot.services.papers import Papers
from bot.services.timers import Timers
from bot.store import duels as rows
from bot.store.database import Database
from bot.store.duels import BOUT, CAME_OUT, END, GONE, SHOW, Bout
from bot.store.games import load_game
from bot.store.lessons import add_lessons_of
from bot.store.papers import EVERYBODY, duel_paper
from bot.store.players import Names, save_names
from bot.store.rounds import load_round_of
from bot.store.showings import load_game_showing
from bot.store.timers import Timer, clear_timer, set_timer
from bot.store.turns import take_home
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
SURE = timedelta(minutes=2)  # for so long Discord knows a message by its nonce
_AGAIN = timedelta(seconds=15)  # the least pause before a card is tried again
_OVER = "stopped because the duel is over"


class DuelGone(NotFound):
    """The duel is kept no more: one of the two has deleted their data, or it ended long ago."""

    def __init__(self) -> None:
        super().__init__("Farside does not know that duel any more. `/duel` asks somebody again.")


class CardLost(Exception):
    """The card cannot be shown any more."""


class CardGone(CardLost):
    """Its message was deleted; another one can take its place."""


class CardRefused(CardLost):
    """Discord does not take it; the text says why, as part of a sentence."""


class CardLater(Exception):
    """Discord could not take it now, or may have taken it."""

    def __init__(self, reason: str, wait: timedelta = timedelta(0)) -> None:
        super().__init__(reason)
        self.wait = wait


class DuelChannel(Protocol):
    """Where cards of duels go. What shows, finds or takes down raises `CardLost` or `CardLater`."""

    async def show(self, duel: Duel) -> int | None:
        """Send the card, or edit it; return its message's id when it is new."""
        ...

    async def find(self, duel: Duel) -> int | None:
        """Return the message of a card that may have been sent, or None."""
        ...

    async def take_down(self, home_id: int, channel_id: int, message_id: int) -> None:
        """Have the card of a duel that is kept no more say so."""
        ...

    async def tell_unasked(self, duel: Duel, why: str) -> None:
        """Tell the challenger that nobody was asked; raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Half:
    """A duel as one of the two sees it; `tallies` are their own questions, once all is told."""

    duel: Duel
    player_id: int
    tallies: tuple[Tally, ...] = ()


class Duels:
    """The duels."""

    def __init__(self, database: Database, clock: Clock, timers: Timers, play: Play, papers: Papers) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._play = play
        self._papers = papers
        self._channel: DuelChannel | None = None
        timers.on(END, self._end)
        timers.on(BOUT, self._carry)
        timers.on(CAME_OUT, self._came_out)
        timers.on(SHOW, self._show)
        timers.on(GONE, self._take_down)

    def show_by(self, channel: DuelChannel) -> None:
        """Have cards shown there."""
        self._channel = channel

    # ------------------------------------------------------------------------------------------ asking

    async def offer(
        self, press: Press, opponent: tuple[int, str, str], rules: Rules, *, is_posted: bool
    ) -> Duel:
        """Ask somebody (id, name here, account's name) to a duel.

        Raises `Conflict` when too many of the challenger's go on here.
        """
        now, home_id = self._clock.now(), press.home_id
        other_id, name, account = opponent
        sides = (Side(press.player_id), Side(other_id))
        rules = self._play.deck.within(rules)
        offered = Duel(
            home_id=home_id,
            id=0,
            channel_id=press.channel_id,
            message_id=None,
            is_posted=is_posted,
            questions=rules.questions,
            topic=rules.topic,
            state=DuelState.OFFERED,
            offered_at=now,
            ends_at=now + OFFERED_FOR,
            sides=sides,
        )
        names = [names_in(press.guild_id, press), Names(other_id, press.guild_id, name, account)]

        def ask(tx: Tx) -> Duel:
            if (known := rows.load_requested(tx, home_id, press.id)) is not None:
                return known
            if rows.count_open(tx, home_id, press.player_id, now - OFFERED_FOR) >= MOST_OPEN:
                raise Conflict(
                    f"{MOST_OPEN} duels of yours go on here, or were offered just now."
                    " Finish one first, or wait half an hour."
                )
            save_names(tx, names)
            duel = rows.add_duel(tx, offered, press.id)
            _set_timers(tx, duel, now)
            return duel

        duel = await self._database.write(ask)
        self._notice()
        return duel

    async def accept(self, press: Press, home_id: int, duel_id: int) -> Duel:
        """Begin a duel for the one who was asked."""
        duel = await self.load(home_id, duel_id)
        duel.accepted(press.player_id, self._clock.now())
        both = [side.player_id for side in duel.sides]
        rules = _rules(duel)
        if not self._play.deck.can_ask(rules):  # the bank has changed since
            rules = replace(rules, topic=None)
        written = await self._papers.write(EVERYBODY, duel_paper(duel_id), rules, avoid=both)

        def begin(present: Duel, now: datetime) -> Duel:
            accepted = present.accepted(press.player_id, now)
            return replace(accepted, questions=written.questions, topic=rules.topic)

        return await self._change(home_id, duel_id, begin)

    async def decline(self, press: Press, home_id: int, duel_id: int) -> Duel:
        """Call an offer off, for either of the two."""
        return await self._change(home_id, duel_id, lambda duel, now: duel.declined(press.player_id, now))

    async def load(self, home_id: int, duel_id: int) -> Duel:
        """Return a duel. Raises `DuelGone` when it is not kept any more."""
        duel = await self._database.read(partial(rows.load_duel, home_id=home_id, duel_id=duel_id))
        if duel is None:
            raise DuelGone
        return duel

    async def of(self, player_id: int, duel_id: int) -> Duel:
        """Return the duel that a player is in, with what they have done by now; likewise."""
        await self._carry(Timer(BOUT, str(duel_id), self._clock.now(), player_id))
        bout = await self._database.read(lambda tx: rows.load_bout(tx, player_id, duel_id))
        if bout is None:
            raise DuelGone
        return await self.load(bout.duel_home, duel_id)

    async def _change(self, home_id: int, duel_id: int, step: Callable[[Duel, datetime], Duel]) -> Duel:
        now = self._clock.now()

        def change(tx: Tx) -> Duel:
            take_home(tx, home_id)
            duel = rows.load_duel(tx, home_id, duel_id)
            if duel is None:
                raise DuelGone
            after = step(duel, now)
            if after is not duel:
                rows.save_duel(tx, after)
                _set_timers(tx, after, now)
            return after

        after = await self._database.write(change)
        self._notice()
        return after

    # ----------------------------------------------------------------------------------------- playing

    async def play(self, press: Press, home_id: int, duel_id: int) -> RoundShowing | Half:
        """Begin or go on with a player's half; how it stands when they have done all."""
        duel = await self.load(home_id, duel_id)
        if duel.side_of(press.player_id) is None:
            raise NotAllowed("This duel is between two others. `/duel` asks somebody yourself.")
        if duel.state is DuelState.OFFERED:
            raise Conflict("This duel has not begun yet: it waits to be accepted.")
        bout = await self._database.read(lambda tx: rows.load_bout(tx, press.player_id, duel_id))
        if bout is None and duel.state is DuelState.RUNNING:
            rules = replace(_rules(duel), paper=duel_paper(duel_id))
            await self._play.solo.start_by(press, rules, _beginning(press.player_id, duel))
            bout = await self._database.read(lambda tx: rows.load_bout(tx, press.player_id, duel_id))
        showing = None
        if bout is not None and bout.game_id is not None and duel.ended_at is None:
            showing = await self._play.solo.load_latest(press, bout.game_id)
        if showing is not None and showing.game.state is GameState.RUNNING:
            return showing
        return await self.half(press.player_id, home_id, duel_id)

    async def half(self, player_id: int, home_id: int, duel_id: int) -> Half:
        """Return a duel as one of the two sees it."""
        duel = await self.load(home_id, duel_id)
        self._notice()
        bout = await self._database.read(lambda tx: rows.load_bout(tx, player_id, duel_id))
        game_id = bout.game_id if bout is not None else None
        if duel.ended_at is None or game_id is None:
            return Half(duel, player_id)
        shown = await self._database.read(lambda tx: load_game_showing(tx, player_id, game_id))
        return Half(duel, player_id, tuple(shown.tallies) if shown is not None else ())

    async def record(self, player_id: int, against_id: int | None = None) -> Record:
        """Return how a player's duels came out: all, or those against one person."""
        return await self._database.read(
            partial(rows.load_record, player_id=player_id, against_id=against_id)
        )

    # ------------------------------------------------------------------------------------- what happens

    async def _carry(self, timer: Timer) -> None:
        """Carry what a player has done to the duel's home."""
        player_id, duel_id = timer.home_id, int(timer.ref)

        def look(tx: Tx) -> tuple[Bout, Side] | None:
            bout = rows.load_bout(tx, player_id, duel_id)
            game = load_game(tx, player_id, bout.game_id) if bout and bout.game_id else None
            if bout is None or game is None:
                return None
            marks, points = rows.load_side(tx, player_id, game.id)
            is_done = game.state is not GameState.RUNNING
            return bout, Side(player_id, "", marks, points, is_done)

        found = await self._database.read_whole(look)
        if found is not None:
            bout, side = found
            try:
                await self._change(bout.duel_home, duel_id, lambda duel, now: duel.with_side(side, now))
            except DuelGone:
                _log.info("duel %s is not kept any more", duel_id)
                now = self._clock.now()
                await self._database.write(lambda tx: _settle_half(tx, player_id, duel_id, now))

        def done(tx: Tx) -> None:
            if found is None or look(tx) == found:
                clear_timer(tx, timer.kind, timer.ref, player_id)

        await self._database.write(done)

    async def _end(self, timer: Timer) -> None:
        """End a duel that nobody accepts or plays any more."""
        home_id, duel_id = timer.home_id, int(timer.ref)
        now = self._clock.now()

        def end(tx: Tx) -> None:
            take_home(tx, home_id)
            duel = rows.load_duel(tx, home_id, duel_id)
            after = duel.expired(now) if duel is not None else None
            if duel is None or after is None or after.ended_at is not None:
                clear_timer(tx, END, timer.ref, home_id)
            if duel is not None and after is not None and after is not duel:
                rows.save_duel(tx, after)
                _set_timers(tx, after, now)
            elif duel is not None and duel.ended_at is None:
                set_timer(tx, Timer(END, timer.ref, duel.ends_at, home_id))

        await self._database.write(end)
        self._notice()

    async def _came_out(self, timer: Timer) -> None:
        """Carry how a duel came out to one of the two, and end their game."""
        duel_id, player_id = (int(word) for word in timer.ref.split(":"))
        now = self._clock.now()
        duel = await self._database.read(partial(rows.load_duel, home_id=timer.home_id, duel_id=duel_id))
        if duel is not None:
            outcome = duel.outcome_for(player_id)
            await self._database.write(lambda tx: _settle_bout(tx, duel, player_id, outcome, now))
        await self._database.write(lambda tx: clear_timer(tx, timer.kind, timer.ref, timer.home_id))

    async def _show(self, timer: Timer) -> None:
        """Bring a card to what is stored."""
        home_id, duel_id = timer.home_id, int(timer.ref)
        duel = await self._database.read(partial(rows.load_duel, home_id=home_id, duel_id=duel_id))
        if duel is None or not duel.is_posted or self._channel is None or duel.shown >= duel.version:
            await self._database.write(lambda tx: clear_timer(tx, timer.kind, timer.ref, home_id))
            return
        now = self._clock.now()
        try:
            message_id = await self._bring(self._channel, duel, now)
        except CardLater as later:
            again = Timer(SHOW, timer.ref, self._clock.now() + max(later.wait, _AGAIN), home_id)
            await self._database.write(lambda tx: set_timer(tx, again))
            self._timers.notice(again.due_at)
            return
        except CardLost as lost:
            _log.info("the card of a duel cannot be shown: %s", lost)
            if isinstance(lost, CardRefused) and duel.message_id is None and duel.state is DuelState.OFFERED:
                await self._database.write(partial(_withdraw, duel=duel))
                await self._channel.tell_unasked(duel, str(lost))
                return
            if isinstance(lost, CardGone) and duel.state not in {DuelState.DECLINED, DuelState.EXPIRED}:
                await self._database.write(lambda tx: rows.forget_card(tx, duel, now))
                self._notice()
                return
            message_id = None

        def note(tx: Tx) -> None:
            if rows.note_shown(tx, duel, message_id):
                clear_timer(tx, timer.kind, timer.ref, home_id)

        await self._database.write(note)

    async def _take_down(self, timer: Timer) -> None:
        """Take the buttons off the card of a duel that is kept no more."""
        channel_id, message_id = (int(word) for word in timer.ref.split(":"))
        try:
            if self._channel is not None:
                await self._channel.take_down(timer.home_id, channel_id, message_id)
        except CardLater as later:
            again = replace(timer, due_at=self._clock.now() + max(later.wait, _AGAIN))
            await self._database.write(lambda tx: set_timer(tx, again))
            self._timers.notice(again.due_at)
            return
        except CardLost as lost:
            _log.info("the card of a duel keeps its buttons: %s", lost)
        await self._database.write(lambda tx: clear_timer(tx, timer.kind, timer.ref, timer.home_id))

    async def _bring(self, channel: DuelChannel, duel: Duel, now: datetime) -> int | None:
        if duel.message_id is None and duel.tried_at is not None and now - duel.tried_at >= SURE:
            found = await channel.find(duel)
            if found is not None:
                await channel.show(replace(duel, message_id=found))
                return found
        if duel.message_id is None:
            await self._database.write(lambda tx: rows.note_tried(tx, duel, now))
        return await channel.show(replace(duel, tried_at=duel.tried_at or now))

    def _notice(self) -> None:
        self._timers.notice(self._clock.now())


def _rules(duel: Duel) -> Rules:
    return Rules(questions=duel.questions, mode=Mode.MIXED, pace=Pace.UNTIMED, topic=duel.topic)


def _set_timers(tx: Tx, duel: Duel, now: datetime) -> None:
    """Set what is to happen to a duel that has changed."""
    ref = str(duel.id)
    if duel.is_posted:
        set_timer(tx, Timer(SHOW, ref, now, duel.home_id))
    if duel.ended_at is None:
        set_timer(tx, Timer(END, ref, duel.ends_at, duel.home_id))
        return
    clear_timer(tx, END, ref, duel.home_id)
    if duel.state in {DuelState.FINISHED, DuelState.LEFT}:
        for side in duel.sides:
            set_timer(tx, Timer(CAME_OUT, f"{ref}:{side.player_id}", now, duel.home_id))


def _withdraw(tx: Tx, duel: Duel) -> None:
    """Delete a duel that nobody has seen."""
    for kind in (SHOW, END):
        clear_timer(tx, kind, str(duel.id), duel.home_id)
    rows.delete_duels(tx, [(duel.home_id, duel.id)])


def _beginning(player_id: int, duel: Duel) -> Begin:
    """Return what begins a player's game, unless they have begun it."""

    def begin(tx: Tx, start: Callable[[], Started]) -> Started:
        there = rows.load_bout(tx, player_id, duel.id)
        game = load_game(tx, player_id, there.game_id) if there and there.game_id else None
        if game is not None:
            return Started(game, load_round_of(tx, game), is_new=False)
        started = start()
        other_id = duel.other_than(player_id).player_id
        rows.add_bout(tx, Bout(player_id, duel.id, duel.home_id, other_id, started.game.id))
        return started

    return begin


def _settle_bout(tx: Tx, duel: Duel, player_id: int, outcome: Outcome | None, now: datetime) -> None:
    """Note at a player's home how a duel came out, and end the game that they have not finished.

    What they answered counts and is learnt from only now: their profile and their reviews would tell.
    """
    take_home(tx, player_id)
    bout = rows.load_bout(tx, player_id, duel.id)
    if bout is None and outcome is not None:
        other_id = duel.other_than(player_id).player_id
        rows.add_bout(tx, Bout(player_id, duel.id, duel.home_id, other_id, None))
    is_new = outcome is not None and rows.save_outcome(tx, player_id, duel.id, outcome)
    if bout is not None and bout.game_id is not None:
        _end_half(tx, bout, bout.game_id, now, counts=is_new)


def _settle_half(tx: Tx, player_id: int, duel_id: int, now: datetime) -> None:
    """End a player's game in a duel that is kept no more: who it was against was forgotten."""
    take_home(tx, player_id)
    bout = rows.load_bout(tx, player_id, duel_id)
    if bout is not None and rows.drop_bout(tx, player_id, duel_id) and bout.game_id is not None:
        _end_half(tx, bout, bout.game_id, now, counts=True)


def _end_half(tx: Tx, bout: Bout, game_id: int, now: datetime, *, counts: bool) -> None:
    stop_game(tx, bout.player_id, game_id, now, _OVER)
    if counts:
        credit_duel(tx, bout.player_id, game_id)
        add_lessons_of(tx, bout.player_id, game_id)
