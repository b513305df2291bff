"""Quiz nights on a real database, with a clock that the tests move."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from bot.cogs.messages.nights import announcement_card
from bot.errors import Conflict, NotAllowed, NotFound
from bot.quiz.game import GameState, Pace, Rules
from bot.quiz.night import (
    BREAK,
    LATE,
    LEAD,
    MOST_GUESTS,
    PATIENCE,
    TAKEN,
    Guest,
    Night,
    NightShowing,
    NightState,
    Split,
    Step,
)
from bot.quiz.showing import RoundShowing
from bot.services.games import CLOSE, NEXT, NIGHT
from bot.services.nights import NightPlan, Nights
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.forgetting import forget_player
from bot.store.nights import prune_nights, save_guests
from bot.store.timers import list_due
from tests import bounds
from tests.cards import words
from tests.engines import Where
from tests.integration.test_games import ANN, BEN, CAT, CHANNEL, GUILD, Table


class Evening(Table):
    """A table at which nights are held."""

    nights: Nights

    def sit(self) -> None:
        """Begin, or begin anew after a kill, with nothing in memory."""
        timers = Timers(self.database, self.discords)
        settings = SettingsService(self.database, self.discords, timers)
        self.nights = Nights(
            self.database, self.discords, timers, self.play.games, settings, random.Random(4)
        )

    async def announce(self, time: str = "20:00", **plan: Any) -> Night:
        """Have Ann announce a night."""
        return await self.nights.announce(self.by(ANN), NightPlan(time, **plan))

    async def come(self, night: Night, player: int, team: int = 0) -> Guest:
        """Have a player say that they come."""
        return (await self.nights.come(self.by(player), night.id, team))[1]

    async def seen(self, night: Night) -> NightShowing:
        """Return how the night stands."""
        showing = await self.nights.load_showing(GUILD, night.id)
        assert showing is not None
        return showing

    async def steps(self, night: Night) -> list[int]:
        """Return which messages are to be sent."""
        return [card.step for card in await self.nights.list_unsent(night)]

    async def until(self, end: datetime, *players: int) -> None:
        """Let time pass; in each round these players answer rightly, the first of them alone in the first."""
        while due := await self.database.read(lambda tx: list_due(tx, end, 1)):
            await self.clock.move_to(max(self.now(), due[0].due_at))
            home, ref = due[0].home_id, int(due[0].ref)
            first: object = None
            if due[0].kind == NIGHT:
                first = await self.nights.step(home, ref)
            elif due[0].kind == CLOSE:
                await self.play.games.close(home, ref)
            else:
                assert due[0].kind == NEXT
                first = await self.play.games.go_on(home, ref)
            if isinstance(first, RoundShowing):
                present = await self.open(first.round)
                for player in players:
                    await self.press(present, player, await self.key(present))
        await self.clock.move_to(end)


@pytest.fixture
async def evening(where: Where) -> AsyncIterator[Evening]:
    """A table with twenty questions; it is noon."""
    laid = await Evening.lay(where)
    laid.sit()
    await laid.nights._settings.set_defaults(GUILD, Rules(questions=2, seconds=5))
    yield laid
    await laid.database.close()


async def test_a_night_from_its_announcement_to_its_end(evening: Evening) -> None:
    """It reminds, plays its rounds on their topics with breaks between them, and adds it all up."""
    night = await evening.announce(rounds=2, topics=("rover", "site"))
    assert await evening.steps(night) == [Step.ANNOUNCEMENT]
    await evening.come(night, BEN)
    await evening.until(night.starts_at - LEAD)
    assert await evening.steps(night) == [Step.ANNOUNCEMENT, Step.REMINDER]
    await evening.until(night.starts_at + timedelta(minutes=1), BEN, CAT)
    pausing = await evening.seen(night)
    assert pausing.night.state is NightState.BREAK
    assert {guest.player_id for guest in pausing.guests} == {BEN, CAT}
    assert (await evening.steps(night))[-1] == Step.BREAK + 1
    assert evening.rows("SELECT rules FROM games") == [('{"questions":2,"topic":"rover","seconds":5}',)]
    assert pausing.night.due_at is not None
    await evening.until(pausing.night.due_at + timedelta(minutes=1), BEN)
    over = await evening.seen(night)
    assert over.night.state is NightState.OVER
    assert (await evening.steps(night))[-1] == Step.END
    assert [(score.player_id, score.answered) for score in over.scores] == [(BEN, 4), (CAT, 2)]
    points = evening.rows("SELECT player_id, sum(points) FROM answers GROUP BY player_id ORDER BY player_id")
    assert [(score.player_id, score.points) for score in over.scores] == points
    race = await evening.nights.load_race(over)
    assert [series[-1] for series in race] == sorted((row[1] for row in points), reverse=True)
    assert {len(series) for series in race} == {4}


@pytest.mark.parametrize("step", range(1, 9))
async def test_killed_at_any_step_a_night_goes_on(evening: Evening, step: int) -> None:
    """After each timer that fires the program is killed and started anew: the night ends all the same."""
    night = await evening.announce(rounds=2)
    await evening.come(night, BEN)
    for _ in range(step):
        [due] = await evening.database.read(lambda tx: list_due(tx, evening.now() + timedelta(days=1), 1))
        await evening.until(max(due.due_at, evening.now()), BEN)
    await evening.restart()
    evening.sit()
    await evening.until(night.starts_at + timedelta(minutes=10), BEN)
    over = await evening.seen(night)
    assert over.night.state is NightState.OVER
    assert evening.rows("SELECT count(*) FROM games") == [(2,)]
    assert [(score.player_id, score.answered) for score in over.scores] == [(BEN, 4)]
    assert await evening.steps(night) == [Step.ANNOUNCEMENT, Step.REMINDER, Step.BREAK + 1, Step.END]


async def test_a_step_told_twice_is_taken_once(evening: Evening) -> None:
    """A timer that fires again after its step begins no second game and sends no second message."""
    night = await evening.announce(rounds=1)
    await evening.until(night.starts_at - timedelta(seconds=1))
    await evening.clock.move_to(night.starts_at)
    assert await evening.nights.step(GUILD, night.id) is not None
    assert await evening.nights.step(GUILD, night.id) is None
    assert evening.rows("SELECT count(*) FROM games") == [(1,)]


async def test_killed_between_the_game_and_its_note(evening: Evening) -> None:
    """A game that began while the night did not learn of it is the night's all the same."""
    night = await evening.announce(rounds=1)
    await evening.until(night.starts_at - timedelta(seconds=1))
    await evening.clock.move_to(night.starts_at)
    press = evening.by(ANN)
    del press
    first = await evening.nights.step(GUILD, night.id)
    assert first is not None
    with_night = "UPDATE nights SET state = 'coming', number = 0, game_id = NULL, due_at = starts_at"
    await evening.database.write(lambda tx: tx.execute(with_night))
    await evening.database.write(lambda tx: tx.execute("DELETE FROM night_games"))
    await evening.restart()
    evening.sit()
    assert await evening.nights.step(GUILD, night.id) is None
    assert (await evening.seen(night)).night.game_id == first.game.id


async def test_who_came_is_dealt_into_even_teams(evening: Evening) -> None:
    """Drawn teams are made when the night begins; who joins in later gets the smaller team."""
    night = await evening.announce(rounds=1, teams=2)
    for player in (ANN, BEN):
        assert (await evening.come(night, player)).team == 0
    await evening.until(night.starts_at + timedelta(minutes=1), ANN, BEN, CAT)
    over = await evening.seen(night)
    assert sorted(guest.team for guest in over.guests[:2]) == [1, 2]
    assert {guest.player_id for guest in over.guests} == {ANN, BEN, CAT}
    assert {guest.team for guest in over.guests} == {1, 2}
    assert {team.played for team in over.teams} == {1, 2}


async def test_chosen_teams_stay_as_they_were_chosen(evening: Evening) -> None:
    """Everybody picks a team and may change it; there is no other than were announced."""
    night = await evening.announce(rounds=1, teams=2, split=Split.CHOSEN)
    assert (await evening.come(night, BEN, 1)).team == 1
    assert (await evening.come(night, BEN, 2)).team == 2
    for team in (3, -1):
        with pytest.raises(NotFound, match="no such team"):
            await evening.come(night, CAT, team)
    await evening.until(night.starts_at + timedelta(minutes=1), BEN)
    assert [(guest.player_id, guest.team) for guest in (await evening.seen(night)).guests] == [(BEN, 2)]


async def test_teams_stay_once_the_night_has_begun(evening: Evening) -> None:
    """With old cards nobody changes teams or takes points away; who is new gets the smallest."""
    night = await evening.announce(rounds=1, teams=2, split=Split.CHOSEN)
    await evening.come(night, ANN, 1)
    await evening.until(night.starts_at + timedelta(seconds=1), ANN)
    assert (await evening.come(night, ANN, 2)).team == 1
    assert not (await evening.nights.leave(evening.by(ANN), night.id))[1]
    assert (await evening.come(night, BEN, 1)).team == 2
    await evening.until(night.starts_at + timedelta(minutes=1), ANN, BEN)
    assert {guest.player_id: guest.team for guest in (await evening.seen(night)).guests} == {ANN: 1, BEN: 2}


async def test_coming_and_leaving(evening: Evening) -> None:
    """Whoever comes twice is on the list once; whoever leaves is off it, and is not reminded."""
    night = await evening.announce()
    await evening.come(night, BEN)
    await evening.come(night, BEN)
    assert [guest.name for guest in (await evening.seen(night)).guests] == ["Ben"]
    assert (await evening.nights.leave(evening.by(BEN), night.id))[1]
    assert not (await evening.nights.leave(evening.by(BEN), night.id))[1]
    await evening.until(night.starts_at - LEAD)
    assert Step.REMINDER not in await evening.steps(night)


async def test_announced_twice_by_one_command(evening: Evening) -> None:
    """The same command delivered twice announces one night; another one at about that time is refused."""
    press = evening.by(ANN)
    night = await evening.nights.announce(press, NightPlan("20:00"))
    assert (await evening.nights.announce(press, NightPlan("20:00"))).id == night.id
    with pytest.raises(Conflict):
        await evening.announce("20:30")


async def test_whoever_announced_it_is_forgotten(evening: Evening) -> None:
    """The night is played all the same; of its host nothing is written, no name of nobody either."""
    night = await evening.announce(rounds=1)
    await evening.come(night, BEN)
    while await evening.database.write(lambda tx: forget_player(tx, ANN, evening.now())):
        pass
    hostless = await evening.seen(night)
    assert "<@0>" not in words(announcement_card(hostless, {}))
    with pytest.raises(NotAllowed, match="Only a moderator"):
        await evening.nights.end(evening.by(BEN), night.id, is_moderator=False)
    await evening.until(night.starts_at + timedelta(minutes=10), BEN)
    assert (await evening.seen(night)).night.state is NightState.OVER
    assert evening.rows("SELECT count(*) FROM answers") == [(2,)]
    for nobody in ("members WHERE player_id = 0", "players WHERE home_id = 0"):
        assert evening.rows(f"SELECT count(*) FROM {nobody}") == [(0,)]


async def test_whoever_is_forgotten_is_on_no_announcement(evening: Evening) -> None:
    """It is shown anew at once, and the night's next step stays due at its time."""
    night = await evening.announce(rounds=1)
    await evening.come(night, BEN)
    for player in (BEN, ANN):
        shown = (await evening.seen(night)).version
        await evening.nights.mark_announcement(night, shown)
        due = evening.rows("SELECT due_at FROM timers")
        while await evening.database.write(lambda tx, who=player: forget_player(tx, who, evening.now())):  # type: ignore[misc]
            pass
        [timer] = await evening.database.read(lambda tx: list_due(tx, evening.now(), 9))
        assert (timer.kind, timer.home_id, timer.ref) == (NIGHT, GUILD, str(night.id))
        assert await evening.nights.step(GUILD, night.id) is None
        assert (await evening.seen(night)).version > shown
        assert evening.rows("SELECT due_at FROM timers") == due


async def test_only_hosts_call_it_off(evening: Evening) -> None:
    """Whoever announced it and moderators may; those who come are told, and nothing begins."""
    night = await evening.announce()
    await evening.come(night, BEN)
    with pytest.raises(NotAllowed, match=f"<@{ANN}>"):
        await evening.nights.end(evening.by(BEN), night.id, is_moderator=False)
    off = await evening.nights.end(evening.by(CAT), night.id, is_moderator=True)
    assert off.state is NightState.OFF
    assert (await evening.steps(night))[-1] == Step.OFF
    await evening.until(night.starts_at + timedelta(hours=1))
    assert evening.rows("SELECT count(*) FROM games") == [(0,)]
    with pytest.raises(NotFound, match="over"):
        await evening.come(night, CAT)


async def test_ended_within_a_round_it_ends_after_it(evening: Evening) -> None:
    """The round that goes on is played to its end, and no other begins."""
    night = await evening.announce(rounds=3)
    await evening.until(night.starts_at, BEN)
    ending = await evening.nights.end(evening.by(ANN), night.id, is_moderator=False)
    assert ending.state is NightState.PLAYING
    await evening.until(night.starts_at + timedelta(minutes=10), BEN)
    assert (await evening.seen(night)).night.state is NightState.OVER
    assert evening.rows("SELECT count(*), min(state) FROM games") == [(1, "finished")]


async def test_a_break_can_be_cut_short(evening: Evening) -> None:
    """Go on now begins the next round; pressed for an earlier break it says so."""
    night = await evening.announce(rounds=2)
    await evening.until(night.starts_at + timedelta(minutes=1), BEN)
    with pytest.raises(NotFound, match="over"):
        await evening.nights.hurry(evening.by(ANN), night.id, 9, is_moderator=False)
    await evening.nights.hurry(evening.by(ANN), night.id, 1, is_moderator=False)
    await evening.until(evening.now() + timedelta(seconds=1), BEN)
    assert (await evening.seen(night)).night.number == 2


async def test_a_night_waits_for_the_game_of_its_channel(evening: Evening) -> None:
    """It begins when that game is over, and is off where the channel is taken for an hour."""
    night = await evening.announce()
    await evening.until(night.starts_at - timedelta(seconds=1))
    await evening.start(pace="untimed")
    await evening.clock.move_to(night.starts_at)
    assert await evening.nights.step(GUILD, night.id) is None
    waiting = (await evening.seen(night)).night
    assert waiting.state is NightState.COMING
    assert waiting.due_at is not None
    await evening.stop(ANN)
    await evening.clock.move_to(waiting.due_at)
    assert await evening.nights.step(GUILD, night.id) is not None


async def test_nobody_comes(evening: Evening) -> None:
    """A game that nobody plays ends the night with it."""
    await evening.nights._settings.set_defaults(GUILD, Rules(questions=5, seconds=5))
    night = await evening.announce(rounds=3)
    await evening.until(night.starts_at + timedelta(minutes=10))
    assert (await evening.seen(night)).night.state is NightState.OVER
    assert evening.rows("SELECT count(*) FROM games") == [(1,)]


async def test_nobody_comes_to_short_rounds(evening: Evening) -> None:
    """Three questions in a row that nobody answers end a night, though no round has as many."""
    await evening.nights._settings.set_defaults(GUILD, Rules(questions=1, seconds=5))
    night = await evening.announce(rounds=6)
    await evening.until(night.starts_at + timedelta(minutes=30))
    assert (await evening.seen(night)).night.state is NightState.OVER
    assert evening.rows("SELECT count(*) FROM games") == [(3,)]
    played = await evening.announce("22:00", rounds=6)
    await evening.until(played.starts_at + timedelta(minutes=30), BEN)
    assert (await evening.seen(played)).night.number == 6


async def test_too_late_a_night_is_off(evening: Evening) -> None:
    """When Farside was away for more than an hour after its start, the night is off and says why."""
    night = await evening.announce()
    await evening.come(night, BEN)
    await evening.clock.move_to(night.starts_at + PATIENCE + timedelta(seconds=1))
    await evening.nights.step(GUILD, night.id)
    off = (await evening.seen(night)).night
    assert off.state is NightState.OFF
    assert off.reason
    assert (await evening.steps(night))[-1] == Step.OFF


async def test_killed_in_a_break_for_long(evening: Evening) -> None:
    """A round that comes more than an hour late does not begin: the night is over, and says why."""
    night = await evening.announce(rounds=2)
    await evening.until(night.starts_at + timedelta(minutes=1), BEN)
    assert (await evening.seen(night)).night.state is NightState.BREAK
    await evening.clock.move_to(evening.now() + timedelta(hours=14))
    await evening.restart()
    evening.sit()
    await evening.nights.step(GUILD, night.id)
    over = (await evening.seen(night)).night
    assert (over.state, over.reason, over.number) == (NightState.OVER, LATE, 1)
    assert (await evening.steps(night))[-1] == Step.END


async def test_a_break_waits_an_hour_for_its_channel(evening: Evening) -> None:
    """Where somebody starts a game of their own in a break and plays on, the night ends after an hour."""
    night = await evening.announce(rounds=2)
    await evening.until(night.starts_at + timedelta(minutes=1), BEN)
    due_at = (await evening.seen(night)).night.due_at
    assert due_at is not None
    await evening.start(pace="untimed")
    for minutes in (0, 30, 59):
        await evening.clock.move_to(due_at + timedelta(minutes=minutes))
        assert await evening.nights.step(GUILD, night.id) is None
        assert (await evening.seen(night)).night.state is NightState.BREAK
    await evening.clock.move_to(due_at + PATIENCE)
    await evening.nights.step(GUILD, night.id)
    assert (await evening.seen(night)).night.reason == TAKEN


async def test_a_server_that_presets_no_time_limit(evening: Evening) -> None:
    """A night goes on by itself all the same: nobody has to press Next."""
    await evening.nights._settings.set_defaults(GUILD, Rules(questions=2, pace=Pace.UNTIMED))
    night = await evening.announce(rounds=1)
    await evening.until(night.starts_at + timedelta(minutes=10), BEN)
    assert (await evening.seen(night)).night.state is NightState.OVER


async def test_a_topic_that_is_not_as_hard_as_the_server_presets(where: Where) -> None:
    """A round is about what was announced, though the bank has nothing so hard on it."""
    evening = await Evening.lay(where, 2)
    evening.sit()
    try:
        for question in evening.library.bank.questions:
            presets = Rules(questions=1, difficulty=3 - question.difficulty, seconds=5)
            await evening.nights._settings.set_defaults(GUILD, presets)
            night = await evening.announce(rounds=1, topics=(question.topic,))
            await evening.until(night.starts_at + timedelta(minutes=10), BEN)
        games = [orjson.loads(rules) for (rules,) in evening.rows("SELECT rules FROM games ORDER BY id")]
        assert [rules.get("topic") for rules in games] == [q.topic for q in evening.library.bank.questions]
    finally:
        await evening.database.close()


async def test_two_hundred_come(evening: Evening) -> None:
    """All of them are reminded, by two messages; the next one is told that the list is full."""
    night = await evening.announce()
    guests = [Guest(1000 + number) for number in range(MOST_GUESTS - 1)]
    await evening.database.write(lambda tx: save_guests(tx, night, guests, evening.now()))
    assert Step.REMINDER_MORE not in await evening.steps(night)
    await evening.come(night, BEN)
    with pytest.raises(NotFound, match="full"):
        await evening.come(night, CAT)
    await evening.until(night.starts_at - LEAD)
    assert (await evening.steps(night))[1:] == [Step.REMINDER, Step.REMINDER_MORE]
    await evening.nights.end(evening.by(ANN), night.id, is_moderator=False)
    assert {Step.OFF, Step.OFF_MORE} <= {*await evening.steps(night)}


async def test_a_stopped_round_is_followed_by_the_next(evening: Evening) -> None:
    """A round that is stopped ends itself alone: the night goes on after a break."""
    night = await evening.announce(rounds=2)
    await evening.until(night.starts_at, BEN)
    await evening.stop(ANN)
    await evening.until(evening.now() + timedelta(seconds=5))
    pausing = (await evening.seen(night)).night
    assert pausing.state is NightState.BREAK
    assert pausing.due_at is not None
    assert pausing.due_at - evening.now() <= BREAK


async def test_a_channel_that_is_gone_ends_its_night(evening: Evening) -> None:
    """Nothing more is to be shown of a night that was given up."""
    night = await evening.announce()
    await evening.nights.give_up(night, "stopped because the channel is gone")
    assert (await evening.seen(night)).night.state is NightState.OFF
    assert await evening.nights.list_to_show() == []


async def test_old_nights_are_forgotten(evening: Evening) -> None:
    """A night that ended long ago goes with its list; what was played in it stays."""
    night = await evening.announce(rounds=1)
    await evening.until(night.starts_at + timedelta(minutes=5), BEN)
    before = evening.now() + timedelta(seconds=1)
    assert await evening.database.write(lambda tx: prune_nights(tx, before, 10)) == 1
    for table in ("nights", "night_games", "night_guests", "night_cards"):
        assert evening.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    assert evening.rows("SELECT count(*), min(state) FROM games") == [(1, str(GameState.FINISHED))]


async def test_a_channel_of_its_own(evening: Evening) -> None:
    """The games of a night are played in the channel of its announcement."""
    night = await evening.announce(rounds=1)
    await evening.until(night.starts_at, BEN)
    assert evening.rows("SELECT DISTINCT channel_id, starter_id FROM games") == [(CHANNEL, ANN)]


@pytest.mark.parametrize("jump", [timedelta(hours=10), timedelta(days=1), timedelta(days=400)])
async def test_a_clock_that_was_ahead_calls_nothing_off(evening: Evening, jump: timedelta) -> None:
    """While our clock is long past a night's time, it waits; once it is right, all comes in its time."""
    night = await evening.announce()
    right = evening.now()
    await evening.clock.set_to(right + jump)
    waiting = asyncio.create_task(evening.nights.step(GUILD, night.id))
    await evening.database.read(lambda tx: None)
    await evening.clock.set_to(right)
    for _ in range(60):  # the look ends by itself, a few seconds after it began
        await evening.database.read(lambda tx: None)
        await evening.clock.forward(timedelta(seconds=1))
    assert await asyncio.wait_for(waiting, bounds.PATIENCE) is None
    assert (await evening.seen(night)).night.state is NightState.COMING
    await evening.clock.move_to(night.starts_at - LEAD)
    assert await evening.nights.step(GUILD, night.id) is None
    assert (await evening.seen(night)).night.is_reminded
    await evening.clock.move_to(night.starts_at)
    assert await evening.nights.step(GUILD, night.id) is not None
