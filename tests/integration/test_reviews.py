"""Reviews on a real database: what joins, what is asked when, and that a grade counts once."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.bank import Bank
from bot.bank.part import Part
from bot.errors import NotAllowed, NotFound
from bot.quiz.game import Round
from bot.quiz.review import Grade, Origin
from bot.services.learning import LearningService
from bot.services.reviews import ReviewsService
from bot.store import reviews as rows
from tests.engines import Where
from tests.integration.test_games import ANN, BEN, CAT, Table
from tests.questions import question

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Desk(Table):
    """A table with reviews."""

    @property
    def reviews(self) -> ReviewsService:
        """What looks after them, with nothing in memory."""
        learning = LearningService(self.database, self.library, self.clock)
        return ReviewsService(self.database, self.library, learning, self.clock)

    async def round(self, **is_right: bool) -> Round:
        """Play a game of one question; by name, who is right and who is wrong."""
        present = await self.start(questions=1, seconds=10)
        key = await self.key(present)
        for name, right in is_right.items():
            player = {"ann": ANN, "ben": BEN, "cat": CAT}[name]
            await self.press(present, player, key if right else (key + 1) % 2)
        await self.forward(60)
        return present

    async def due(self, player: int) -> str | None:
        """Return the question that a player is asked next."""
        found = await self.reviews.next(player)
        return None if found is None else found[0].question_id


@pytest.fixture
async def desk(where: Where) -> AsyncIterator[Desk]:
    """A table with a new database."""
    laid = await Desk.lay(where)
    yield laid
    await laid.database.close()


async def test_what_is_missed_joins_by_itself(desk: Desk) -> None:
    """Who was wrong has it at once; who was right, or did not answer, has not."""
    await desk.round(ann=True, ben=False)
    assert await desk.due(ANN) is None
    assert await desk.due(CAT) is None
    found = await desk.reviews.next(BEN)
    assert found is not None
    assert found[0].origin is Origin.MISSED
    assert found[1].id == found[0].question_id
    pile = await desk.reviews.pile(BEN)
    assert (pile.all, pile.due, pile.soon, pile.is_automatic) == (1, 1, 1, True)


async def test_whoever_stops_it_is_left_alone(desk: Desk) -> None:
    """What was missed before the stop has joined, what is missed after it has not, until it is taken back."""
    await desk.round(ben=False)
    await desk.reviews.set_automatic(BEN, is_automatic=False)
    await desk.round(ben=False, ann=False)
    pile = await desk.reviews.pile(BEN)
    assert (pile.all, pile.is_automatic) == (1, False)
    assert (await desk.reviews.pile(ANN)).all == 1
    await desk.reviews.set_automatic(BEN, is_automatic=True)
    await desk.round(ben=False)
    assert (await desk.reviews.pile(BEN)).all == 2


async def test_saving(desk: Desk) -> None:
    """A closed question is saved by whoever presses, once; an open one is not, nor one that is gone."""
    present = await desk.round(ann=True)
    assert await desk.reviews.save(desk.by(CAT), present.id)
    assert not await desk.reviews.save(desk.by(CAT), present.id)
    found = await desk.reviews.next(CAT)
    assert found is not None
    assert found[0].origin is Origin.SAVED
    going_on = await desk.start(questions=1, seconds=10)
    with pytest.raises(NotAllowed):
        await desk.reviews.save(desk.by(CAT), going_on.id)
    with pytest.raises(NotFound):
        await desk.reviews.save(desk.by(CAT), 77)


async def test_a_grade_counts_once(desk: Desk) -> None:
    """Pressed twice, or by two hands at once, the first one stands, and the schedule is that of one."""
    present = await desk.round(ben=False)
    question_id = await desk.due(BEN)
    assert question_id is not None
    assert await desk.reviews.grade(desk.by(BEN), question_id, Grade.GOOD, 0)
    assert not await desk.reviews.grade(desk.by(BEN), question_id, Grade.EASY, 0)
    review, _ = await desk.reviews.load(BEN, question_id)
    assert review.grades == 1
    assert await desk.due(BEN) is None
    again = review.graded(Grade.GOOD, desk.now())
    assert await desk.database.write(lambda tx: rows.save_review(tx, BEN, again))
    assert not await desk.database.write(lambda tx: rows.save_review(tx, BEN, again))
    assert present.id


async def test_it_comes_again_when_it_is_due(desk: Desk) -> None:
    """Not before its time; then the longest due first."""
    await desk.round(ben=False)
    first = await desk.due(BEN)
    assert first is not None
    await desk.reviews.grade(desk.by(BEN), first, Grade.AGAIN, 0)
    await desk.round(ben=False)
    second = await desk.due(BEN)
    assert second not in (None, first)
    assert second is not None
    await desk.clock.forward(2 * DAY)
    assert await desk.due(BEN) in (first, second)
    await desk.reviews.grade(desk.by(BEN), second, Grade.EASY, 0)
    assert await desk.due(BEN) == first
    pile = await desk.reviews.pile(BEN)
    assert (pile.all, pile.due) == (2, 1)
    assert pile.next_at is not None
    assert pile.next_at > desk.now() + DAY


async def test_missed_again_it_stays_as_it_is(desk: Desk) -> None:
    """A question that is reviewed already keeps its schedule when it is missed in a game, or saved."""
    present = await desk.round(ben=False)
    question_id = await desk.due(BEN)
    assert question_id is not None
    await desk.reviews.grade(desk.by(BEN), question_id, Grade.EASY, 0)
    await desk.reviews.save(desk.by(BEN), present.id)
    assert await desk.due(BEN) is None
    assert (await desk.reviews.pile(BEN)).all == 1


async def test_what_the_bank_has_no_more_is_asked_of_nobody(desk: Desk) -> None:
    """What is still there is asked; the rest is kept as it is, and asked when a bank has it again."""
    for _ in range(3):
        await desk.round(ben=False)
    kept = await desk.due(BEN)
    assert kept is not None
    whole = desk.library.bank
    desk.library.bank = Bank([Part.of([desk.library.bank[kept]], {"rover": "R", "site": "S"})])
    assert [question.id for _, question in await desk.reviews.all(BEN)] == [kept]
    assert await desk.due(BEN) == kept
    desk.library.bank = Bank([Part.of([question(99)], {"rover": "R"})])
    for _ in range(2):  # as well before somebody asked for what is due
        pile = await desk.reviews.pile(BEN)
        assert (pile.all, pile.due, pile.soon) == (3, 0, 0)
        assert await desk.due(BEN) is None
    desk.library.bank = whole
    await desk.clock.forward(7 * DAY)
    assert await desk.due(BEN) is not None


async def test_not_again(desk: Desk) -> None:
    """A question that was taken away is not asked, and cannot be graded."""
    await desk.round(ben=False)
    question_id = await desk.due(BEN)
    assert question_id is not None
    await desk.reviews.remove(BEN, question_id)
    assert await desk.due(BEN) is None
    with pytest.raises(NotFound):
        await desk.reviews.grade(desk.by(BEN), question_id, Grade.GOOD, 0)
