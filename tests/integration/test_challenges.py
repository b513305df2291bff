"""The daily challenge on a real database, with a clock that the tests move."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.bank import load_bank
from bot.errors import NotFound
from bot.quiz.challenge import QUESTIONS, Mark
from bot.quiz.game import RoundState
from bot.quiz.showing import RoundShowing
from bot.services.challenges import PAPERS_KEPT, Outcome
from bot.services.games import ALONE
from bot.services.games.attempts import PLACE
from bot.services.library import Library
from bot.store.timers import list_due
from tests.engines import ON_SQLITE, Where
from tests.integration.test_games import ANN, BEN, CAT, GUILD
from tests.integration.test_privacy import OTHER, House

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MOON = Path("questions/moon/questions.yaml")
BERLIN, HONOLULU, KIRITIMATI, APIA = map(
    ZoneInfo, ("Europe/Berlin", "Pacific/Honolulu", "Pacific/Kiritimati", "Pacific/Apia")
)


@pytest.fixture(scope="module")
def moon() -> Library:
    """The bank that ships."""
    return Library(load_bank(MOON.parent), MOON.parent)


@pytest.fixture
async def house(where: Where, moon: Library) -> AsyncIterator[House]:
    """A house with the bank that ships, where the server keeps Berlin's time."""
    laid = await House.lay(where)
    laid.library = moon
    laid.reopen()
    await laid.settings.set_timezone(GUILD, BERLIN)
    await laid.clock.move_to(datetime(2026, 3, 10, 9, tzinfo=UTC))
    yield laid
    await laid.database.close()


async def begin(house: House, player: int, *, guild: int | None = GUILD) -> RoundShowing:
    """Have a player ask for today's challenge; return its present question."""
    playing = await house.challenges.play(house.by(player), guild_id=guild)
    assert isinstance(playing, RoundShowing)
    return playing


async def asked(house: House, player: int) -> list[str]:
    """Play today's challenge to its end, right throughout; return the ids of its questions."""
    return await house.challenge(player)


async def days(house: House, player: int) -> tuple[int, int]:
    """Return a player's days in a row, and the freezes held."""
    standing = (await house.challenges.calendar(house.by(player))).standing
    return standing.days, standing.freezes


async def test_everybody_is_asked_the_same_five_questions_of_different_kinds(house: House) -> None:
    """Whoever plays that date, in whatever zone and server, is asked the same, in the same order."""
    hers = await asked(house, ANN)
    await house.challenges.set_timezone(house.by(BEN), HONOLULU)
    await house.clock.forward(12 * HOUR)
    his = await asked(house, BEN)
    assert hers == his
    assert len(hers) == QUESTIONS
    questions = [house.library.bank[one] for one in hers]
    assert len({one.kind for one in questions}) == QUESTIONS
    assert len({one.fact for one in questions}) == QUESTIONS
    assert [one.difficulty for one in questions] == sorted(one.difficulty for one in questions)


@ON_SQLITE  # a hundred days: what is asked does not hang on the engine
async def test_no_question_comes_again_before_the_bank_is_used_up(house: House) -> None:
    """Over 80 days of the Moon bank every question is new, and every day has several kinds."""
    seen: list[str] = []
    kinds = list[int]()
    for _ in range(80):
        mine = await asked(house, ANN)
        seen += mine
        kinds.append(len({house.library.bank[one].kind for one in mine}))
        await house.clock.forward(DAY)
    assert len(seen) == len(set(seen)) == 80 * QUESTIONS
    assert min(kinds) >= 4
    for _ in range(20):  # and then it goes on, in another order
        seen += await asked(house, ANN)
        await house.clock.forward(DAY)
    assert len(seen) == 100 * QUESTIONS
    assert len(set(seen[-5 * QUESTIONS :])) == 5 * QUESTIONS


async def test_nothing_is_written_before_somebody_asks(house: House) -> None:
    """There is no paper to be looked up before the first attempt of its date; old ones go."""
    assert house.rows("SELECT * FROM papers") == []
    await asked(house, ANN)
    [(first,)] = house.rows("SELECT DISTINCT name FROM papers")
    assert first == "daily:2026-03-10"
    await house.clock.forward(PAPERS_KEPT + 2 * DAY)
    await asked(house, ANN)
    assert len(house.rows("SELECT DISTINCT name FROM papers")) == 1


async def test_another_installation_asks_other_questions(house: House, tmp_path: Path, moon: Library) -> None:
    """The dice are the system's own: two of the same bank do not ask the same."""
    other = await House.lay(tmp_path / "other.sqlite3")
    other.library = moon
    other.reopen()
    await other.clock.move_to(house.now())
    assert await asked(house, ANN) != await asked(other, ANN)
    await other.database.close()


async def test_one_attempt_a_day_goes_on_where_it_was(house: House) -> None:
    """Asked for again, also after a restart, it is the same question; after the end, the result."""
    first = await begin(house, ANN)
    assert (await begin(house, ANN)).round.id == first.round.id
    await house.answer_right(ANN, first)
    house.reopen()
    again = await begin(house, ANN)
    assert again.round.id == first.round.id
    assert again.round.state is RoundState.CLOSED
    following = await house.play.solo.next(house.by(ANN), again.round.id)
    assert isinstance(following, RoundShowing)
    assert (await begin(house, ANN)).round.id == following.round.id
    await house.challenge(ANN)
    outcome = await house.challenges.play(house.by(ANN), guild_id=GUILD)
    assert isinstance(outcome, Outcome)
    assert outcome.attempt.marks == (Mark.RIGHT,) * QUESTIONS
    assert house.rows("SELECT count(*) FROM attempts") == [(1,)]


async def test_two_commands_at_once_begin_one_attempt(house: House) -> None:
    """However they race, and when Discord delivers one twice, there is one game."""
    press = house.by(ANN)
    presses = [press, press, house.by(ANN), house.by(ANN)]
    showings = await asyncio.gather(*(house.challenges.play(one, guild_id=GUILD) for one in presses))
    assert len({one.round.id for one in showings if isinstance(one, RoundShowing)}) == 1
    assert house.rows("SELECT count(*) FROM attempts") == [(1,)]
    assert house.rows("SELECT count(*) FROM games") == [(1,)]


async def test_nobody_plays_anothers_attempt(house: House) -> None:
    """Its buttons, pressed by somebody else, lead nowhere."""
    hers = await begin(house, ANN)
    with pytest.raises(NotFound):
        await house.play.solo.answer(house.by(BEN), hers.round.id, 0)


async def test_a_day_counts_from_its_first_answer_on(house: House) -> None:
    """Beginning is not playing; one answer is, whatever comes after it, and a kill takes nothing."""
    present = await begin(house, ANN)
    assert await days(house, ANN) == (0, 0)
    await house.answer_right(ANN, present)
    house.reopen()
    assert await days(house, ANN) == (1, 0)


async def test_an_evening_that_goes_on_past_midnight_is_that_evenings(house: House) -> None:
    """Begun at 23:58 and answered at 0:10 it counts for the day before, and today is there besides."""
    await asked(house, ANN)
    await house.clock.move_to(datetime(2026, 3, 11, 23, 58, tzinfo=BERLIN))
    late = await begin(house, ANN)
    await house.clock.forward(12 * MINUTE)
    today = await begin(house, ANN)
    assert today.round.id != late.round.id
    await house.answer_right(ANN, today)
    assert await days(house, ANN) == (1, 0), "the 11th has no answer yet"
    await house.answer_right(ANN, late)
    assert await days(house, ANN) == (3, 0), "and now it has one"
    calendar = await house.challenges.calendar(house.by(ANN))
    assert calendar.unfinished is not None
    resumed = await house.challenges.finish_yesterday(house.by(ANN))
    assert isinstance(resumed, RoundShowing)
    assert resumed.round.id == late.round.id


async def test_what_is_finished_already_begins_nothing_else(house: House) -> None:
    """A button that is left of an evening shows how it went; one of nothing played says so."""
    with pytest.raises(NotFound, match="nothing left"):
        await house.challenges.finish_yesterday(house.by(ANN))
    await asked(house, ANN)
    await house.clock.forward(DAY)
    outcome = await house.challenges.finish_yesterday(house.by(ANN))
    assert isinstance(outcome, Outcome)
    assert outcome.attempt.on == datetime(2026, 3, 10, tzinfo=UTC).date()
    assert house.rows("SELECT count(*) FROM attempts") == [(1,)]


async def test_what_is_left_alone_for_a_day_ends_and_counts(house: House) -> None:
    """Its questions without an answer are marked so, and its result stands."""
    present = await begin(house, ANN)
    await house.answer_right(ANN, present)
    await house.clock.forward(2 * DAY)
    for timer in await house.database.read(lambda tx: list_due(tx, house.now(), 9)):
        assert timer.kind == ALONE
        await house.play.solo.end_abandoned(timer.home_id, int(timer.ref))
    outcome = await house.challenges.outcome(ANN, date(2026, 3, 10))
    assert outcome.attempt.marks == (Mark.RIGHT, *[Mark.NONE] * 4)


async def test_freezes_are_earned_used_and_told(house: House) -> None:
    """Seven days earn one, fourteen two, and no more are held; a missed day takes one."""
    for _ in range(22):
        await asked(house, ANN)
        await house.clock.forward(DAY)
    assert await days(house, ANN) == (22, 2)
    await house.clock.forward(DAY)
    standing = (await house.challenges.calendar(house.by(ANN))).standing
    assert (standing.days, standing.freezes, standing.frozen) == (22, 1, 1)
    await asked(house, ANN)
    assert await days(house, ANN) == (23, 1)
    await house.clock.forward(5 * DAY)
    assert await days(house, ANN) == (0, 0)
    await asked(house, ANN)
    assert await days(house, ANN) == (1, 0)
    assert (await house.challenges.calendar(house.by(ANN))).standing.longest == 23


async def test_no_change_of_zone_gives_a_second_try_of_a_date(house: House) -> None:
    """Whoever moves west on a played date is told its result, and keeps the streak."""
    await house.challenges.set_timezone(house.by(ANN), KIRITIMATI)
    await asked(house, ANN)
    await house.challenges.set_timezone(house.by(ANN), HONOLULU)
    yesterday = await asked(house, ANN)  # a date that was never played
    assert len(yesterday) == QUESTIONS
    assert await days(house, ANN) == (1, 0)
    await house.clock.forward(DAY)
    assert isinstance(await house.challenges.play(house.by(ANN), guild_id=None), Outcome)


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_zone_that_was_passed_through_ends_no_streak(house: House, is_late: bool) -> None:
    """Each calendar said that its day was done; also where an older attempt is finished afterwards."""
    await house.challenges.set_timezone(house.by(ANN), KIRITIMATI)
    await house.clock.move_to(datetime(2026, 5, 9, 12, tzinfo=KIRITIMATI))
    begun = await begin(house, ANN)
    for on in (10, 11):
        await house.clock.move_to(datetime(2026, 5, on, 0, 30, tzinfo=KIRITIMATI))
        await asked(house, ANN)
    await house.challenges.set_timezone(house.by(ANN), HONOLULU)
    await house.clock.move_to(datetime(2026, 5, 11, 23, tzinfo=HONOLULU))
    if is_late:
        await house.answer_right(ANN, begun)
    assert (await house.challenges.calendar(house.by(ANN))).standing.is_played
    told = await house.challenges.set_timezone(house.by(ANN), KIRITIMATI)
    assert told.standing.days == 2 + is_late
    await house.clock.move_to(datetime(2026, 5, 13, 7, tzinfo=KIRITIMATI))
    await asked(house, ANN)
    assert await days(house, ANN) == (3 + is_late, 0)


async def test_a_day_of_farther_east_counts_when_it_is_answered_later(house: House) -> None:
    """Begun on Kiritimati, answered in Berlin, when the day before was left in Honolulu: both count."""
    await house.challenges.set_timezone(house.by(ANN), KIRITIMATI)
    await house.clock.move_to(datetime(2026, 5, 10, 12, tzinfo=KIRITIMATI))
    await asked(house, ANN)
    await house.clock.move_to(datetime(2026, 5, 11, 0, 30, tzinfo=KIRITIMATI))
    begun = await begin(house, ANN)
    for zone in (HONOLULU, BERLIN):
        await house.challenges.set_timezone(house.by(ANN), zone)
        await house.clock.forward(MINUTE)
    await house.answer_right(ANN, begun)
    assert await days(house, ANN) == (2, 0)
    await house.clock.move_to(datetime(2026, 5, 12, 9, tzinfo=BERLIN))
    await asked(house, ANN)
    assert await days(house, ANN) == (3, 0)


async def test_the_first_game_takes_the_servers_zone_and_says_so(house: House) -> None:
    """Nobody has to choose a zone; outside of servers it is UTC until one is chosen."""
    await begin(house, ANN)
    calendar = await house.challenges.calendar(house.by(ANN))
    assert calendar.zone.key == "Europe/Berlin"
    press = replace(house.by(BEN), guild_id=None)
    await house.challenges.play(press, guild_id=None)
    assert (await house.challenges.calendar(press)).zone.key == "UTC"


async def test_a_board_has_those_who_played_there_or_shared_there(house: House) -> None:
    """A whole attempt stands on the board of the server where it was begun, and where it is shared."""
    await house.challenge(ANN)
    await house.challenge(BEN, is_right=False)
    await house.challenge(CAT, guild=OTHER)
    assert [row.result.player_id for row in (await house.challenges.board(GUILD)).rows] == [ANN, BEN]
    assert [row.result.player_id for row in (await house.challenges.board(OTHER)).rows] == [CAT]
    await house.challenges.share(house.by(CAT), None, guild_id=GUILD)
    await house.challenges.share(house.by(CAT), None, guild_id=GUILD)
    rows = (await house.challenges.board(GUILD)).rows
    assert [(row.rank, row.result.player_id, row.result.right) for row in rows] == [
        (1, ANN, 5), (1, CAT, 5), (3, BEN, 0),
    ]  # fmt: skip
    assert rows[0].result.name == "Captain Ann"


async def test_an_unfinished_attempt_is_on_no_board_and_not_shared(house: House) -> None:
    """A grid is shown when it is whole."""
    present = await begin(house, ANN)
    await house.answer_right(ANN, present)
    with pytest.raises(NotFound, match="daily play"):
        await house.challenges.share(house.by(ANN), None, guild_id=GUILD)
    assert (await house.challenges.board(GUILD)).rows == ()


async def test_a_result_reaches_its_board_through_a_kill(house: House) -> None:
    """The end of the attempt stores that it is to be placed; placing twice places once."""
    await house.challenge(ANN, is_placed=False)
    assert (await house.challenges.board(GUILD)).rows == ()
    house.reopen()
    due = await house.database.read(lambda tx: list_due(tx, house.now(), 9))
    [timer] = [one for one in due if one.kind == PLACE]
    await house.challenges._place(timer)
    await house.challenges._place(timer)
    assert len((await house.challenges.board(GUILD)).rows) == 1
    assert house.rows("SELECT * FROM timers") == []


async def test_a_bank_with_fewer_questions_asks_what_it_has(tmp_path: Path) -> None:
    """Three questions make a challenge of three."""
    house = await House.lay(tmp_path / "small.sqlite3", 3)
    assert len(await asked(house, ANN)) == 3
    outcome = await house.challenges.play(house.by(ANN), guild_id=None)
    assert isinstance(outcome, Outcome)
    assert len(outcome.attempt.grid) == 3
    await house.database.close()
