"""The daily challenge: played, shared, counted in streaks and on the boards of servers.

What always holds:
- a date's questions are written when somebody plays them first, by dice of the system's own
  randomness: before that they are nowhere to be looked up, and afterwards they never change;
- one attempt a player and date, however often it is asked for; it goes on where it was;
- what is told of a streak is what is stored.

A date's challenge is there while that date is anywhere on earth: some 50 hours, a day of them for each
player. Whoever lives farther east can tell others what is asked. A grid tells nothing of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.errors import NotFound
from bot.quiz.challenge import RULES, Attempt, Row, placed
from bot.quiz.periods import zone_named
from bot.quiz.press import Press
from bot.quiz.scoring import Tally
from bot.quiz.showing import RoundShowing
from bot.quiz.slots import local_day
from bot.quiz.streak import Standing, Streak, day_ends_at
from bot.services.games import Play
from bot.services.games.attempts import PLACE, paper_of
from bot.services.games.course import Started, names_in
from bot.services.games.solo import Begin
from bot.services.papers import Papers
from bot.services.retention import SHORTLY
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.attempts import (
    add_attempt,
    list_attempts,
    load_attempt,
    load_streak,
    save_attempt,
    save_streak,
    save_timezone,
)
from bot.store.database import Database
from bot.store.games import load_game
from bot.store.papers import EVERYBODY, delete_papers
from bot.store.players import save_names
from bot.store.reminders import load_reminder, save_reminder
from bot.store.results import add_result, list_results
from bot.store.rounds import load_round_of
from bot.store.showings import load_game_showing
from bot.store.timers import Timer, clear_timer
from bot.store.turns import take_home
from bot.store.tx import Tx

PAPERS_KEPT = timedelta(days=40)
SHOWN_DAYS = 14  # dates in a streak's calendar
_NOTHING_LEFT = "There is nothing left to finish. `/daily play` asks today's questions."
_NOT_PLAYED = "You have not finished today's challenge yet. `/daily play` asks its questions."


@dataclass(frozen=True, slots=True)
class Calendar:
    """A player's streak as it stands, the attempts of their latest dates, and when today ends.

    `is_chosen`: they have played or chosen a time zone before.
    """

    standing: Standing
    today: date
    zone: ZoneInfo
    attempts: tuple[Attempt, ...]
    ends_at: datetime
    is_chosen: bool

    @property
    def attempt(self) -> Attempt | None:
        """Return the attempt at today's challenge."""
        return next((one for one in self.attempts if one.on == self.today), None)

    @property
    def whole(self) -> Attempt | None:
        """Return the attempt that was finished last."""
        return next((one for one in self.attempts if one.ended_at is not None and one.is_played), None)

    @property
    def unfinished(self) -> Attempt | None:
        """Return an attempt at yesterday's that still goes on."""
        return next((one for one in self.attempts if one.on < self.today and one.ended_at is None), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole attempt, with how its questions went as long as its game is kept."""

    attempt: Attempt
    calendar: Calendar
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class DayBoard:
    """A server's board of a date; `today` is the server's."""

    on: date
    today: date
    rows: tuple[Row, ...]

    @property
    def has_before(self) -> bool:
        """Whether the board of the day before may be kept still."""
        return self.on > self.today - SHORTLY


class Challenges:
    """The daily challenge."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        timers: Timers,
        play: Play,
        settings: SettingsService,
        papers: Papers,
    ) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._papers = papers
        self._solo = play.solo
        self._settings = settings
        timers.on(PLACE, self._place)

    # ------------------------------------------------------------------------------------------- playing

    async def play(self, press: Press, *, guild_id: int | None) -> RoundShowing | Outcome:
        """Begin today's challenge, or go on with it; the outcome when it is over.

        `guild_id` is the server on whose board it is to count, None for none.
        """
        zone = await self._zone(press)
        on = local_day(zone, press.at)
        attempt = await self._database.read(lambda tx: load_attempt(tx, press.player_id, on))
        if attempt is not None:
            return await self._go_on(press, attempt)
        rules = replace(RULES, questions=await self._write_paper(on), paper=paper_of(on))
        attempt = Attempt(press.player_id, on, 0, rules.questions, zone, guild_id, press.at)
        showing = await self._solo.start_by(press, rules, _beginning(attempt))
        if guild_id is not None:
            await self._database.write(partial(save_names, seen=[names_in(guild_id, press)]))
        return await self._go_on(press, replace(attempt, game_id=showing.game.id))

    async def finish_yesterday(self, press: Press) -> RoundShowing | Outcome:
        """Go on with an attempt that a midnight has interrupted; or show how the last one has ended.

        Today's is not begun by that. Raises `NotFound` where there is nothing to show.
        """
        calendar = await self.calendar(press)
        if (earlier := calendar.unfinished or calendar.whole) is None:
            raise NotFound(_NOTHING_LEFT)
        return await self._go_on(press, earlier)

    async def outcome(self, player_id: int, on: date) -> Outcome:
        """Return what came of a whole attempt. Raises `NotFound` when there is none."""
        attempt = await self._database.read(lambda tx: load_attempt(tx, player_id, on))
        if attempt is None or attempt.ended_at is None:
            raise NotFound(_NOT_PLAYED)
        return await self._outcome(attempt)

    async def _go_on(self, press: Press, attempt: Attempt) -> RoundShowing | Outcome:
        showing = await self._solo.load_latest(press, attempt.game_id)
        present = await self._database.read(lambda tx: load_attempt(tx, attempt.player_id, attempt.on))
        if showing is None or present is None or present.ended_at is not None:
            return await self._outcome(present or attempt)
        return showing

    async def _outcome(self, attempt: Attempt) -> Outcome:
        showing = await self._database.read(
            lambda tx: load_game_showing(tx, attempt.player_id, attempt.game_id)
        )
        if attempt.guild_id is not None and attempt.ended_at is not None:  # not on the board where it belongs
            await self._place(Timer(PLACE, attempt.on.isoformat(), self._clock.now(), attempt.player_id))
        calendar = await self._calendar(attempt.player_id, self._clock.now(), None)
        return Outcome(attempt, calendar, tuple(showing.tallies) if showing is not None else ())

    async def _zone(self, press: Press) -> ZoneInfo:
        row = await self._database.read(lambda tx: load_streak(tx, press.player_id))
        if row is not None:
            return zone_named(row.timezone)
        return (await self._settings.load(press.guild_id)).timezone

    async def _write_paper(self, on: date) -> int:
        """Have the date's questions written unless they are, and return how many there are."""
        size = await self._papers.write(EVERYBODY, paper_of(on), RULES)
        if size.is_new:
            first, end = paper_of(date.min), paper_of(on - PAPERS_KEPT)
            await self._database.write(lambda tx: delete_papers(tx, EVERYBODY, first, end))
        return size.questions

    # ------------------------------------------------------------------------------------------- streaks

    async def calendar(self, press: Press) -> Calendar:
        """Return a player's streak, and what they have played lately."""
        return await self._calendar(press.player_id, press.at, press.guild_id)

    async def _calendar(self, player_id: int, now: datetime, guild_id: int | None) -> Calendar:
        usual = (await self._settings.load(guild_id)).timezone
        row, attempts = await self._database.read_whole(
            lambda tx: (load_streak(tx, player_id), list_attempts(tx, player_id, SHOWN_DAYS))
        )
        zone = zone_named(row.timezone) if row is not None else usual
        streak = row.streak if row is not None else Streak()
        today = local_day(zone, now)
        return Calendar(
            standing=streak.standing(now, zone),
            today=today,
            zone=zone,
            attempts=tuple(attempts),
            ends_at=day_ends_at(today, zone),
            is_chosen=row is not None,
        )

    async def set_timezone(self, press: Press, zone: ZoneInfo) -> Calendar:
        """Have a player's days be those of another zone from now on; a reminder moves with them."""
        now = self._clock.now()

        def move(tx: Tx) -> datetime | None:
            take_home(tx, press.player_id)
            if (row := load_streak(tx, press.player_id)) is not None:
                left = row.streak.leaving(press.at, zone_named(row.timezone))
                save_streak(tx, press.player_id, left)
            save_timezone(tx, press.player_id, zone.key)
            reminder = load_reminder(tx, press.player_id)
            if reminder is None or reminder.next_at is None or reminder.tried_at is not None:
                return None
            save_reminder(tx, moved := reminder.armed(now, zone))
            return moved.next_at

        if (due_at := await self._database.write(move)) is not None:
            self._timers.notice(due_at)
        return await self.calendar(press)

    # -------------------------------------------------------------------------------------------- boards

    async def share(self, press: Press, on: date | None, *, guild_id: int | None) -> Outcome:
        """Return what is to be shown to others, and put it on the board of the server where it is shown.

        None for the date is today. Raises `NotFound` before it is finished.
        """
        day = on or (await self.calendar(press)).today
        outcome = await self.outcome(press.player_id, day)
        if guild_id is not None and outcome.attempt.is_played:

            def put(tx: Tx) -> None:
                save_names(tx, [names_in(guild_id, press)])
                add_result(tx, guild_id, outcome.attempt)

            await self._database.write(put)
        return outcome

    async def board(self, guild_id: int, on: date | None = None) -> DayBoard:
        """Return a server's board of a date, by default the server's today."""
        today = local_day((await self._settings.load(guild_id)).timezone, self._clock.now())
        day = on or today
        results = await self._database.read(partial(list_results, guild_id=guild_id, on=day))
        return DayBoard(day, today, tuple(placed(results)))

    async def _place(self, timer: Timer) -> None:
        """Put a whole attempt on its server's board."""
        player_id, on = timer.home_id, date.fromisoformat(timer.ref)
        attempt = await self._database.read(lambda tx: load_attempt(tx, player_id, on))
        if attempt is not None and attempt.guild_id is not None:
            guild_id = attempt.guild_id
            await self._database.write(lambda tx: add_result(tx, guild_id, attempt))
        await self._database.write(lambda tx: _note_placed(tx, timer, player_id, on))


def _note_placed(tx: Tx, timer: Timer, player_id: int, on: date) -> None:
    """Note that an attempt is on its server's board."""
    take_home(tx, player_id)
    attempt = load_attempt(tx, player_id, on)
    if attempt is not None:
        save_attempt(tx, replace(attempt, guild_id=None))
    clear_timer(tx, timer.kind, timer.ref, player_id)


def _beginning(attempt: Attempt) -> Begin:
    """Return what begins an attempt's game, unless the date has an attempt already."""

    def begin(tx: Tx, start: Callable[[], Started]) -> Started:
        there = load_attempt(tx, attempt.player_id, attempt.on)
        game = load_game(tx, there.player_id, there.game_id) if there is not None else None
        if game is not None:
            return Started(game, load_round_of(tx, game), is_new=False)
        started = start()
        if started.is_new:
            if load_streak(tx, attempt.player_id) is None:
                save_timezone(tx, attempt.player_id, attempt.zone.key)
            add_attempt(tx, replace(attempt, game_id=started.game.id))
        return started

    return begin
