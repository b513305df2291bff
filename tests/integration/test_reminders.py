"""Reminders on a real database, with a clock that the tests move and a channel that does what it is told."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.quiz.reminder import Reminder
from bot.quiz.showing import RoundShowing
from bot.quiz.streak import Standing
from bot.services.reminders import Reminders, Unknown, Unreached, Unwanted
from bot.store.reminders import REMIND
from bot.store.timers import list_due, next_due
from tests.engines import Where
from tests.integration.test_challenges import BERLIN, HONOLULU
from tests.integration.test_games import ANN, GUILD
from tests.integration.test_privacy import House

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
Trouble = Unwanted | Unreached | None


class Letters:
    """Direct messages: those that arrived, and what is to go wrong next."""

    def __init__(self) -> None:
        self.arrived: list[tuple[date | None, int]] = []
        self.asked = 0
        self.trouble: list[Trouble] = []
        self.is_lost = False  # it arrives, and that is not told
        self.is_blind = False

    async def remind(self, reminder: Reminder, standing: Standing) -> None:
        """Take one."""
        self.asked += 1
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is None or self.is_lost:
            self.arrived.append((reminder.next_on, standing.days))
        if trouble is not None:
            raise trouble

    async def has_reminded(self, reminder: Reminder) -> bool:
        """Look for one."""
        if self.is_blind:
            raise Unknown
        return any(on == reminder.next_on for on, _ in self.arrived)


class Post(House):
    """A house with reminders."""

    letters: Letters
    reminders: Reminders

    def furnish(self) -> None:
        """Join the services; the channel stays the same through a restart."""
        super().furnish()
        self.letters = getattr(self, "letters", Letters())
        self.reminders = Reminders(self.database, self.discords, self.timers, self.settings, self.letters)

    async def until(self, at: datetime) -> None:
        """Let time pass, and ring what rings, each at its time."""
        while True:
            due = await self.database.read(lambda tx: list_due(tx, self.now(), 9))
            for timer in due:
                if timer.kind == REMIND:
                    await self.reminders._ring(timer)
            coming = await self.database.read(lambda tx: next_due(tx, self.now()))
            if coming is None or coming > at:
                break
            await self.clock.forward(coming - self.now())
        await self.clock.forward(at - self.now())

    async def set(self, hour: int = 18) -> None:
        """Have Ann want to be reminded."""
        await self.reminders.set(self.by(ANN), time(hour))


@pytest.fixture
async def house(where: Where) -> AsyncIterator[Post]:
    """A house in Berlin, at ten in the morning."""
    laid = await Post.lay(where, 100)
    await laid.settings.set_timezone(GUILD, BERLIN)
    await laid.clock.move_to(datetime(2026, 3, 10, 9, microsecond=1234, tzinfo=UTC))
    yield laid
    await laid.database.close()


def evening(day: int, hour: int = 18, minute: int = 0) -> datetime:
    """Return an hour of a day in Berlin."""
    return datetime(2026, 3, day, hour, minute, 0, 777, tzinfo=BERLIN)


async def test_it_comes_once_a_day_at_the_local_time(house: Post) -> None:
    """Also over the night in which the clocks go forward."""
    await house.set()
    await house.until(evening(10, 17, 59))
    assert house.letters.arrived == []
    await house.until(evening(31, 19))
    assert [on for on, _ in house.letters.arrived] == [date(2026, 3, day) for day in range(10, 32)]


async def test_nobody_who_has_played_is_reminded(house: Post) -> None:
    """The next day they are, with their streak told."""
    await house.set()
    await house.challenge(ANN)
    await house.until(evening(11, 19))
    assert house.letters.arrived == [(date(2026, 3, 11), 1)]


async def test_who_has_only_begun_is_reminded(house: Post) -> None:
    """Nothing is answered, so the day does not count yet; after one answer it does."""
    await house.set()
    begun = await house.challenges.play(house.by(ANN), guild_id=GUILD)
    assert isinstance(begun, RoundShowing)
    await house.until(evening(10, 19))
    assert house.letters.arrived == [(date(2026, 3, 10), 0)]
    await house.until(evening(11, 10))
    begun = await house.challenges.play(house.by(ANN), guild_id=GUILD)
    assert isinstance(begun, RoundShowing)
    await house.answer_right(ANN, begun)
    await house.until(evening(11, 19))
    assert len(house.letters.arrived) == 1


async def test_one_press_ends_it(house: Post) -> None:
    """Nothing comes any more, and nothing of it is kept."""
    await house.set()
    await house.until(evening(10, 19))
    assert await house.reminders.stop(ANN)
    assert not await house.reminders.stop(ANN)
    await house.until(evening(14))
    assert len(house.letters.arrived) == 1
    assert house.rows("SELECT * FROM reminders") == house.rows("SELECT * FROM timers") == []


async def test_discords_refusal_stops_it_and_is_told(house: Post) -> None:
    """Once, and for good, until the person sets it again."""
    await house.set()
    house.letters.trouble = [Unwanted("no direct messages")]
    await house.until(evening(13, 12))
    assert house.letters.asked == 1
    known = await house.reminders.load(ANN)
    assert known is not None
    assert (known.next_at, known.reason) == (None, "no direct messages")
    await house.set()
    await house.until(evening(13, 19))
    assert house.letters.arrived == [(date(2026, 3, 13), 0)]


@pytest.mark.parametrize("is_lost", [False, True])
async def test_trouble_that_passes_is_waited_out_and_doubles_nothing(house: Post, is_lost: bool) -> None:
    """It arrives once, whether the first try had arrived unheard or not."""
    await house.set()
    house.letters.trouble = [Unreached("a dropped connection", 5 * MINUTE)]
    house.letters.is_lost = is_lost
    await house.until(evening(10, 23))
    assert house.letters.arrived == [(date(2026, 3, 10), 0)]


async def test_another_time_set_while_one_is_on_its_way_makes_no_second_one(house: Post) -> None:
    """It may have arrived, unheard: the next one comes the day after."""
    await house.set()
    house.letters.trouble = [Unreached("a dropped connection", 5 * MINUTE)]
    house.letters.is_lost = True
    await house.until(evening(10, 18, 1))
    await house.set(19)
    await house.until(evening(10, 23))
    assert house.letters.arrived == [(date(2026, 3, 10), 0)]
    await house.until(evening(11, 23))
    assert [on for on, _ in house.letters.arrived] == [date(2026, 3, 10), date(2026, 3, 11)]


async def test_where_nobody_can_look_nothing_is_sent_again(house: Post) -> None:
    """Rather none than two."""
    await house.set()
    house.letters.trouble = [Unreached("a dropped connection", 5 * MINUTE)]
    house.letters.is_blind = True
    await house.until(evening(10, 23))
    assert (house.letters.asked, house.letters.arrived) == (1, [])
    await house.until(evening(11, 19))
    assert house.letters.arrived == [(date(2026, 3, 11), 0)]


async def test_an_outage_is_given_up_after_three_hours(house: Post) -> None:
    """Nobody is woken at night for the day that is over."""
    await house.set()
    house.letters.trouble = [Unreached("no answer", 10 * MINUTE) for _ in range(30)]
    await house.until(evening(11, 0, 30))
    assert house.letters.arrived == []
    assert house.letters.asked <= 19
    house.letters.trouble = []
    await house.until(evening(11, 19))
    assert house.letters.arrived == [(date(2026, 3, 11), 0)]


@pytest.mark.parametrize("away", [HOUR, 5 * HOUR])
async def test_a_kill_while_one_is_sent(house: Post, away: timedelta) -> None:
    """Sending was begun, and nobody knows: it is looked for, and is there once at the end."""
    await house.set()
    house.letters.is_lost = True
    house.letters.trouble = [Unreached("killed")]
    await house.clock.move_to(evening(10))
    [timer] = await house.database.read(lambda tx: list_due(tx, house.now(), 9))
    await house.reminders._ring(timer)
    house.letters.is_lost = False
    house.reopen()
    await house.clock.forward(away)
    await house.until(evening(11, 17))
    assert house.letters.arrived == [(date(2026, 3, 10), 0)]


async def test_time_away_is_not_made_up_for(house: Post) -> None:
    """After four hours without Farside the day's is left out; after two it still comes."""
    await house.set()
    await house.clock.move_to(evening(10, 22))
    await house.until(evening(11, 12))
    assert house.letters.arrived == []
    await house.clock.move_to(evening(11, 20))
    await house.until(evening(11, 21))
    assert house.letters.arrived == [(date(2026, 3, 11), 0)]


async def test_it_moves_with_the_persons_zone(house: Post) -> None:
    """Six in the evening is that of where they are now."""
    await house.set()
    await house.challenges.set_timezone(house.by(ANN), HONOLULU)
    await house.until(evening(10, 23))
    assert house.letters.arrived == []
    await house.until(datetime(2026, 3, 10, 19, tzinfo=HONOLULU))
    assert house.letters.arrived == [(date(2026, 3, 10), 0)]


async def test_a_clock_that_was_ahead_puts_nothing_off(house: Post) -> None:
    """When it is right again, reminders come as before."""
    await house.set()
    await house.clock.set_to(evening(10) + 300 * DAY)
    await house.until(house.now())
    await house.clock.set_to(evening(11, 12))
    await house.reminders.mend()
    await house.until(evening(11, 19))
    assert house.letters.arrived[-1:] == [(date(2026, 3, 11), 0)]


async def test_who_deletes_their_data_is_not_reminded(house: Post) -> None:
    """The reminder and its timer go with the rest."""
    await house.set()
    await house.privacy.delete(ANN)
    await house.until(evening(12))
    assert house.letters.asked == 0
