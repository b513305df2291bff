"""One person at two processes at once: each server is led by one, but people press in several.

What always holds: what they do at the same moment comes out as if one had come after the other.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.bank import load_bank
from bot.quiz.challenge import QUESTIONS
from bot.quiz.duel import Duel, DuelState
from bot.quiz.game import Rules
from bot.quiz.showing import RoundShowing
from bot.services.library import Library
from bot.store.database import Database
from bot.store.ownership import Ownership
from tests.engines import ON_POSTGRES, Where
from tests.fakes import FakeClock
from tests.integration.test_challenges import MOON
from tests.integration.test_duels import RULES, Arena
from tests.integration.test_games import ANN, BEN, GUILD
from tests.integration.test_privacy import response_to

pytestmark = ON_POSTGRES


@pytest.fixture
async def two(where: Where) -> AsyncIterator[tuple[Arena, Arena]]:
    """Two houses on one database, with the bank that ships."""
    library = Library(load_bank(MOON.parent), MOON.parent)
    clock = FakeClock()
    first, second = [Arena(where, await Database.open(where, Ownership()), clock, 20) for _ in range(2)]
    second.wall, second.requests = first.wall, 10_000
    for house in (first, second):
        house.library = library
        house.reopen()
    await clock.move_to(datetime(2026, 3, 10, 9, tzinfo=UTC))
    yield first, second
    for house in (first, second):
        await house.database.close()


async def test_a_challenge_played_on_two_devices_is_played_once(two: tuple[Arena, Arena]) -> None:
    """Begun, answered and gone on with at both at once: one attempt, each question and point once."""
    house, _ = two
    begun = await asyncio.gather(*(one.challenges.play(one.by(ANN), guild_id=GUILD) for one in two))
    showing = begun[0]
    numbers = []
    while isinstance(showing, RoundShowing):
        numbers.append(showing.round.number)
        given = (response_to(showing.asked, is_right=is_right) for is_right in (True, False))
        press = zip(two, given, strict=True)
        await asyncio.gather(*(at.play.solo.answer(at.by(ANN), showing.round.id, it) for at, it in press))
        following = await asyncio.gather(*(at.play.solo.next(at.by(ANN), showing.round.id) for at in two))
        showing = following[0] if isinstance(following[0], RoundShowing) else None  # type: ignore[assignment]
    assert numbers == [1, 2, 3, 4, 5]
    [(marks, points)] = house.rows("SELECT marks, points FROM attempts")
    assert len(marks) == QUESTIONS
    assert house.rows("SELECT count(*) FROM games") == [(1,)]
    for table in ("answers", "scores", "entries"):
        assert house.rows(f"SELECT sum(points) FROM {table}") == [(points,)], table
    assert house.rows("SELECT days, total FROM streaks") == [(1, 1)]


async def test_a_duel_loses_nothing_of_two_who_answer_at_once(two: tuple[Arena, Arena]) -> None:
    """What each has done is carried to the duel, also at the same moment, and it ends."""
    house, _ = two
    for _ in range(12):
        duel = await house.begun()
        for number in range(1, RULES.questions + 1):
            both = zip(two, (ANN, BEN), strict=True)
            await asyncio.gather(*(_answer(at, player, duel, number) for at, player in both))
        stands = await house.now_stands(duel)
        assert stands.state is DuelState.FINISHED
        assert [len(side.marks) for side in stands.sides] == [RULES.questions] * 2


async def _answer(at: Arena, player: int, duel: Duel, number: int) -> None:
    """Have one of the two answer a question, and see the card after it."""
    showing = await at.duels.play(at.by(player), GUILD, duel.id)
    assert isinstance(showing, RoundShowing)
    if showing.round.number < number:
        following = await at.play.solo.next(at.by(player), showing.round.id)
        assert isinstance(following, RoundShowing)
        showing = following
    await at.answer_right(player, showing)
    await at.duels.of(player, duel.id)


async def test_nobody_is_asked_twice_what_they_are_asked_alone(two: tuple[Arena, Arena]) -> None:
    """Games in turns at both: no question comes again while there are others."""
    asked = []
    for at in two * 10:
        showing = await at.play.solo.start(at.by(ANN), Rules(questions=1))
        asked.append(showing.asked.question.id)
    assert len(set(asked)) == 20
