"""Quiz nights: announced, reminded of, and led from one game to the next.

What always holds:
- each public method returns what is to be shown, and shows nothing itself;
- a night's next step is a timer's row, set by the transaction of the step before; a step that was taken
  already changes nothing;
- its games are games like any other: they end by the same rules, and what is played in them counts.
"""

import hashlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.cluster.shards import Part
from bot.errors import NotAllowed, NotFound
from bot.quiz.game import GameState
from bot.quiz.hour import read_hour
from bot.quiz.night import (
    BUSY,
    LATE,
    MOST_GUESTS,
    NOTHING_TO_ASK,
    TAKEN,
    Guest,
    NewNight,
    Night,
    NightCard,
    NightShowing,
    NightState,
    Split,
    Step,
    draw_teams,
    notified,
    require_room,
    timed,
)
from bot.quiz.presence import LATELY, is_idle
from bot.quiz.press import Press
from bot.quiz.scoring import race, ranked
from bot.quiz.showing import RoundShowing
from bot.services.games import NIGHT, Games, RunningGame
from bot.services.games.course import NOBODY_PLAYS, UNATTENDED, names_in
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store import nights as rows
from bot.store.database import Database
from bot.store.games import load_game, load_requested
from bot.store.ids import new_id
from bot.store.players import list_names, save_names
from bot.store.rounds import list_endings
from bot.store.showings import list_points
from bot.store.timers import Timer, clear_timer, set_timer
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_LOOK = timedelta(minutes=1)  # between two looks at a game that goes on, beside the word that it has ended
_LEADERS = 5  # lines of a picture that can be told apart
_LEFT = (NOBODY_PLAYS, UNATTENDED)
_GONE = "That quiz night is over, or was called off. `/quiz night` announces another one."


@dataclass(frozen=True, slots=True)
class NightPlan:
    """What somebody asked for: `time` as it was typed, the ids of topics, 0 `teams` for none.

    With `has_event` it is to be among the server's events on Discord, too.
    """

    time: str
    rounds: int = 3
    topics: tuple[str, ...] = ()
    teams: int = 0
    split: Split = Split.DRAWN
    has_event: bool = False


class Nights:
    """Leads the quiz nights of all servers."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        timers: Timers,
        games: Games,
        settings: SettingsService,
        dice: random.Random | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._games = games
        self._settings = settings
        self._dice = dice or random.Random()

    def on_due(self, step: Callable[[int, int], Awaitable[None]]) -> None:
        """Have `step(server, night)` called when a night's next step is due."""
        self._timers.on(NIGHT, lambda timer: step(timer.home_id, int(timer.ref)))

    # ----------------------------------------------------------------------------------------- what people do

    async def announce(self, press: Press, plan: NightPlan) -> Night:
        """Announce a night; the same request delivered twice announces one.

        Raises `BadInput` for what cannot be read, and `Conflict` where its server has enough nights to
        come, or its channel one at about that time.
        """
        now, guild_id = self._clock.now(), _server(press)
        settings = await self._settings.load(guild_id)
        new = NewNight(
            guild_id=guild_id,
            channel_id=press.channel_id,
            starter_id=press.player_id,
            request_id=press.id,
            starts_at=read_hour(plan.time, now, settings.timezone),
            rules=timed(replace(settings.defaults, topic=None)),
            rounds=plan.rounds,
            topics=plan.topics,
            teams=plan.teams,
            split=plan.split,
            has_event=plan.has_event,
        )

        def announce(tx: Tx) -> Night:
            if (known := rows.load_requested_night(tx, new.guild_id, new.request_id)) is not None:
                return known
            require_room(rows.list_nights(tx, new.guild_id), new.channel_id, new.starts_at)
            night = Night.of(new_id(now), new, now)
            rows.add_night(tx, night, new)
            rows.add_card(tx, night, Step.ANNOUNCEMENT, now)
            save_names(tx, [names_in(new.guild_id, press)])
            _set_timer(tx, night)
            return night

        night = await self._database.write(announce)
        self._notice(night)
        return night

    async def zone_of(self, night: Night) -> ZoneInfo:
        """Return by whose clocks the hour of a night was read."""
        return (await self._settings.load(night.guild_id)).timezone

    async def come(self, press: Press, night_id: int, team: int) -> tuple[Night, Guest, bool]:
        """Put somebody on a night's list, or into another team; return whether they are new to it.

        Once it has begun nobody changes teams, and whoever is new comes into the smallest.
        Raises `NotFound` when the night has begun to be over, or has no such team.
        """
        guild_id, now = _server(press), self._clock.now()

        def come(tx: Tx) -> tuple[Night, Guest, bool]:
            night = _require(rows.load_night(tx, guild_id, night_id))
            if not 0 <= team <= night.teams or (team and night.split is Split.DRAWN):
                raise NotFound("There is no such team. The buttons of the announcement show which there are.")
            guests = rows.list_guests(tx, night)
            known = next((guest for guest in guests if guest.player_id == press.player_id), None)
            if known is None and len(guests) >= MOST_GUESTS:
                raise NotFound(
                    f"The list is full with {MOST_GUESTS} people. Come all the same: everyone can play."
                )
            if known is not None and (night.number or team in (0, known.team)):
                return night, known, False
            save_names(tx, [names_in(guild_id, press)])
            guest = Guest(press.player_id, press.name, team)
            if night.number and night.teams:
                guest = draw_teams([*guests, replace(guest, team=0)], night.teams, self._dice)[-1]
            rows.save_guests(tx, night, [guest], now)
            return night, guest, True

        return await self._database.write(come)

    async def leave(self, press: Press, night_id: int) -> tuple[Night, bool]:
        """Take somebody off a night's list; return whether that was done.

        Once it has begun the list stays, for teams would change with it.
        """
        guild_id = _server(press)

        def leave(tx: Tx) -> tuple[Night, bool]:
            night = _require(rows.load_night(tx, guild_id, night_id))
            return night, not night.number and rows.delete_guest(tx, night, press.player_id)

        return await self._database.write(leave)

    async def end(self, press: Press, night_id: int, *, is_moderator: bool) -> Night:
        """Call a night off, or end it: while a round goes on, after that round.

        Raises `NotAllowed` for anybody but whoever announced it, and moderators.
        """
        guild_id, now = _server(press), self._clock.now()

        def end(tx: Tx) -> Night:
            night = _require(rows.load_night(tx, guild_id, night_id))
            _require_in_charge(night, press, is_moderator=is_moderator)
            if night.state is NightState.PLAYING:
                last = replace(night, rounds=night.number)
                rows.save_night(tx, last)
                return last
            return _end(tx, night.called_off(f"{'ended' if night.number else 'called off'} by a host"), now)

        return await self._database.write(end)

    async def hurry(self, press: Press, night_id: int, number: int, *, is_moderator: bool) -> Night:
        """Have the round after number `number` begin now. Raises `NotAllowed` as `end` does."""
        guild_id, now = _server(press), self._clock.now()

        def hurry(tx: Tx) -> Night:
            night = _require(rows.load_night(tx, guild_id, night_id))
            _require_in_charge(night, press, is_moderator=is_moderator)
            if night.state is not NightState.BREAK or night.number != number:
                raise NotFound("That break is over.")
            hurried = replace(night, due_at=now)
            rows.save_night(tx, hurried)
            _set_timer(tx, hurried)
            return hurried

        night = await self._database.write(hurry)
        self._notice(night)
        return night

    # ------------------------------------------------------------------------------------------- what happens

    async def step(self, guild_id: int, night_id: int) -> RoundShowing | None:
        """Take a night's next step; return the first round of the game that it begins, if it does."""
        now = self._clock.now()
        night = await self._database.read(lambda tx: rows.load_night(tx, guild_id, night_id))
        if night is None or night.is_over:
            await self._database.write(lambda tx: clear_timer(tx, NIGHT, str(night_id), guild_id))
        elif night.state is NightState.PLAYING:
            await self._look_after(guild_id, night_id, now)
        elif not night.is_due(now):
            await self._database.write(lambda tx: _set_timer(tx, night))
            self._notice(night)
        elif night.is_lost(now):
            await self._database.write(lambda tx: _end_as(tx, night, LATE, now))
        elif night.state is NightState.COMING and not night.is_reminded:
            reminded = await self._database.write(lambda tx: _remind(tx, night, now))
            self._notice(reminded)
        else:
            return await self._begin(night, now)
        return None

    async def _look_after(self, guild_id: int, night_id: int, now: datetime) -> None:
        """See whether the night's game has ended, and go on if so."""

        def look(tx: Tx) -> Night | None:
            night = rows.load_night(tx, guild_id, night_id)
            if night is None or night.state is not NightState.PLAYING:
                return None
            game = load_game(tx, guild_id, night.game_id) if night.game_id is not None else None
            if game is not None and game.state is GameState.RUNNING:
                set_timer(tx, Timer(NIGHT, str(night_id), now + _LOOK, guild_id))
                return None
            was_left = game is None or game.reason in _LEFT or _is_idle(tx, night)
            self._place_newcomers(tx, night, now)
            after = night.after_game(now, was_left=was_left)
            if after.is_over:
                return _end(tx, after, now)
            rows.save_night(tx, after)
            rows.add_card(tx, after, Step.BREAK + after.number, now)
            _set_timer(tx, after)
            return after

        night = await self._database.write(look)
        self._timers.notice(now + _LOOK if night is None or night.due_at is None else night.due_at)

    async def _begin(self, night: Night, now: datetime) -> RoundShowing | None:
        """Begin the night's next game; wait while its channel has a game of its own."""
        press = await self._database.read(lambda tx: _press_for(tx, night, now))
        first = None
        try:
            first = await self._start(press, night)
        except RunningGame:
            await self._wait(night, now)
            return None
        except NotFound as error:
            _log.warning("quiz night %s cannot go on: %s", night.id, error)
            await self._database.write(lambda tx: _end_as(tx, night, NOTHING_TO_ASK, now))
            return None

        def begin(tx: Tx) -> None:
            current = rows.load_night(tx, night.guild_id, night.id)
            game = load_requested(tx, night.guild_id, press.id)
            if game is None or current is None or current.is_over or current.number != night.number:
                return
            began = current.began(game.id)
            rows.save_night(tx, began)
            rows.add_night_game(tx, began, game.id)
            if night.teams:
                guests = rows.list_guests(tx, began)
                drawn = draw_teams(guests, night.teams, self._dice)
                rows.save_guests(tx, began, drawn, now)
            has_ended = game.state is not GameState.RUNNING
            set_timer(tx, Timer(NIGHT, str(night.id), now if has_ended else now + _LOOK, night.guild_id))

        await self._database.write(begin)
        self._timers.notice(now + _LOOK)
        return first

    async def _start(self, press: Press, night: Night) -> RoundShowing | None:
        """Start a game on the round's topic, or on every topic where the bank has lost that one.

        How hard the server presets its questions to be counts less than that. Raises `NotFound`.
        """
        for rules in (night.next_rules, night.rules):
            for fitting in dict.fromkeys((rules, replace(rules, difficulty=None))):
                try:
                    return await self._games.start(press, fitting)
                except NotFound as error:
                    nothing = error
        raise nothing

    async def _wait(self, night: Night, now: datetime) -> None:
        """Look again soon whether the channel is free; give up where it has not been for an hour."""
        again_at = now + BUSY
        if night.is_lost(again_at):
            await self._database.write(lambda tx: _end_as(tx, night, TAKEN, now))
            return
        timer = Timer(NIGHT, str(night.id), again_at, night.guild_id)
        await self._database.write(lambda tx: set_timer(tx, timer))
        self._timers.notice(again_at)

    def _place_newcomers(self, tx: Tx, night: Night, now: datetime) -> None:
        """Put those who have played without being on the list on it, each into the smallest team."""
        guests = rows.list_guests(tx, night)
        known = {guest.player_id for guest in guests}
        newcomers = [
            Guest(score.player_id, score.name)
            for score in rows.list_night_scores(tx, night)
            if score.player_id not in known
        ]
        if newcomers:
            everybody = [*guests, *newcomers]
            placed = draw_teams(everybody, night.teams, self._dice) if night.teams else everybody
            rows.save_guests(tx, night, placed, now)

    # ------------------------------------------------------------------------------------------ what is shown

    async def load_showing(self, guild_id: int, night_id: int) -> NightShowing | None:
        """Return all that a night's messages show."""
        return await self._database.read(lambda tx: rows.load_night_showing(tx, guild_id, night_id))

    async def load_next(self, press: Press) -> NightShowing | None:
        """Return the night that goes on where that was asked, else the next one to come there."""
        guild_id = press.guild_id
        if guild_id is None:
            return None

        def load(tx: Tx) -> NightShowing | None:
            here = (one for one in rows.list_nights(tx, guild_id) if one.channel_id == press.channel_id)
            night = next(here, None)
            return None if night is None else rows.load_night_showing(tx, guild_id, night.id)

        return await self._database.read(load)

    async def load_race(self, showing: NightShowing) -> tuple[tuple[int, ...], ...]:
        """Return the leaders' points after each question of the night; nothing for one player alone."""
        leaders = [score.player_id for _, score in ranked(showing.scores)[:_LEADERS] if score.points]
        if len(leaders) < 2:
            return ()
        return await self._database.read(lambda tx: _load_race(tx, showing.night, leaders))

    async def list_to_show(self, part: Part | None = None) -> list[tuple[int, int]]:
        """Return server and id of each night that has something to be shown: of a part, else of ours."""
        ours = self._timers.ownership.part if part is None else part
        behind = await self._database.read(rows.list_nights_to_show)
        return [(guild_id, night_id) for guild_id, night_id in behind if ours.holds(guild_id)]

    async def list_unsent(self, night: Night) -> list[NightCard]:
        """Return the messages of a night that are to be sent."""
        return await self._database.read(lambda tx: rows.list_unsent(tx, night))

    async def list_past(self, night: Night) -> list[NightCard]:
        """Return the messages of a night that are out and whose time is over."""
        out = await self._database.read(lambda tx: rows.list_out(tx, night))
        return [card for card in out if night.is_past(card.step)]

    def age(self, card: NightCard) -> timedelta:
        """Return how long ago it was decided that a message is to be sent."""
        return self._clock.now() - card.made_at

    async def settle(self, night: Night, step: int, message_id: int | None) -> None:
        """Note that a message is out, or (None) that it never will be or asks for nothing any more."""
        await self._database.write(lambda tx: rows.settle_card(tx, night, step, message_id))

    async def mark_announcement(self, night: Night, version: int) -> None:
        """Note that the announcement shows `version`."""
        await self._database.write(lambda tx: rows.mark_announcement(tx, night.guild_id, night.id, version))

    async def note_event(self, night: Night, event_id: int | None) -> None:
        """Note which of the server's events on Discord the night is; None is none (any more)."""
        await self._database.write(lambda tx: rows.save_event(tx, night, event_id))

    async def give_up(self, night: Night, reason: str) -> None:
        """End a night whose channel cannot be used any more; nothing more of it is shown."""
        now = self._clock.now()

        def give_up(tx: Tx) -> None:
            current = rows.load_night(tx, night.guild_id, night.id)
            if current is not None and not current.is_over:
                _end(tx, current.called_off(reason), now)
            for card in rows.list_unsent(tx, night):
                rows.settle_card(tx, night, card.step, None)
            rows.mark_announcement(tx, night.guild_id, night.id)

        await self._database.write(give_up)

    def _notice(self, night: Night) -> None:
        if night.due_at is not None:
            self._timers.notice(night.due_at)


def _server(press: Press) -> int:
    if press.guild_id is None:
        raise NotFound("A quiz night belongs to a server. Use this in one of its channels.")
    return press.guild_id


def _require(night: Night | None) -> Night:
    if night is None or night.is_over:
        raise NotFound(_GONE)
    return night


def _require_in_charge(night: Night, press: Press, *, is_moderator: bool) -> None:
    if press.player_id != night.starter_id and not is_moderator:
        host = f"<@{night.starter_id}>, who announced it, or " if night.starter_id else ""
        raise NotAllowed(f"Only {host}a moderator (Manage Messages) can do that.")


def _set_timer(tx: Tx, night: Night) -> None:
    if night.due_at is None:
        clear_timer(tx, NIGHT, str(night.id), night.guild_id)
    else:
        set_timer(tx, Timer(NIGHT, str(night.id), night.due_at, night.guild_id))


def _remind(tx: Tx, night: Night, now: datetime) -> Night:
    """Have those who come be reminded, unless that was done or the night is off."""
    current = rows.load_night(tx, night.guild_id, night.id)
    if current is None or current.state is not NightState.COMING or current.is_reminded:
        return current or night
    reminded = current.reminded()
    rows.save_night(tx, reminded)
    _tell_guests(tx, reminded, (Step.REMINDER, Step.REMINDER_MORE), now)
    _set_timer(tx, reminded)
    return reminded


def _end_as(tx: Tx, night: Night, reason: str, now: datetime) -> None:
    """End a night for that reason, unless it is over meanwhile."""
    current = rows.load_night(tx, night.guild_id, night.id)
    if current is not None and not current.is_over:
        _end(tx, current.called_off(reason), now)


def _end(tx: Tx, night: Night, now: datetime) -> Night:
    """Save a night that is over or off, with the message that says so."""
    rows.save_night(tx, night, now)
    clear_timer(tx, NIGHT, str(night.id), night.guild_id)
    if night.state is NightState.OVER:
        rows.add_card(tx, night, Step.END, now)
    else:
        _tell_guests(tx, night, (Step.OFF, Step.OFF_MORE), now)
    return night


def _tell_guests(tx: Tx, night: Night, steps: tuple[Step, ...], now: datetime) -> None:
    """Have those who come be told of a step, by as many messages as it takes."""
    guests = rows.list_guests(tx, night)
    for step in steps:
        if notified(guests, step):
            rows.add_card(tx, night, step, now)


def _is_idle(tx: Tx, night: Night) -> bool:
    """Return whether nobody plays any more, over all its games: some are shorter than it takes to tell."""
    games = rows.list_night_games(tx, night.guild_id, night.id)[-LATELY:]
    return is_idle(
        [one for game in reversed(games) for one in list_endings(tx, night.guild_id, game, LATELY)]
    )


def _press_for(tx: Tx, night: Night, now: datetime) -> Press:
    """Return the request that begins the night's next game: the same one, however often it is made.

    Its id is negative, so that it is none of Discord's.
    """
    digest = hashlib.blake2b(f"{night.id}:{night.number + 1}".encode(), digest_size=7).digest()
    name = list_names(tx, night.guild_id, [night.starter_id]).get(night.starter_id, "")
    account = list_names(tx, None, [night.starter_id]).get(night.starter_id, name)
    return Press(
        id=-int.from_bytes(digest),
        guild_id=night.guild_id,
        channel_id=night.channel_id,
        message_id=None,
        player_id=night.starter_id,
        name=name,
        at=now,
        account=account,
    )


def _load_race(tx: Tx, night: Night, leaders: list[int]) -> tuple[tuple[int, ...], ...]:
    points, rounds = [], 0
    for game_id in rows.list_night_games(tx, night.guild_id, night.id):
        game = load_game(tx, night.guild_id, game_id)
        if game is None:
            continue
        gains = list_points(tx, night.guild_id, game_id)
        points += [(rounds + number, player, gained) for number, player, gained in gains]
        rounds += game.number
    return race(points, leaders, rounds)
