"""Reviews: what somebody has missed or saved, asked again when it is worth it.

What always holds:
- what is missed joins by itself, for whoever has not stopped that, and at the latest when they look;
- a grade is on disk before the next question is shown, and counts once, however often it is pressed;
- a question that is not in the bank any more is asked of nobody; what somebody remembers of it is kept, for a
  bank may be exchanged by mistake and come back.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.clock import Clock
from bot.errors import NotAllowed, NotFound, NotRead, NotSaved
from bot.quiz.game import RoundState
from bot.quiz.press import Press
from bot.quiz.question import Question
from bot.quiz.review import Grade, Origin, Pile, Review, prepare
from bot.services.learning import LearningService
from bot.services.library import Library
from bot.store.database import Database
from bot.store.reviews import (
    add_reviews,
    count_due_reviews,
    delete_reviews,
    list_due_reviews,
    list_reviews,
    load_pile,
    load_review,
    postpone_reviews,
    save_review,
    set_automatic,
)
from bot.store.rounds import load_asked, load_round
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_DAY = timedelta(days=1)
_LATER = timedelta(days=7)  # until a review is due again whose question the bank does not have
_PATIENCE = 0.5  # seconds, of Discord's three, for what was missed a moment ago
_LOOK = 50  # due reviews looked at for one whose question is still in the bank
_PAGE = 500
_GONE = "Farside does not know this question any more, so nothing was saved."
_OPEN = "A question can be saved once it is closed."
_NOT_THERE = "This is not among your reviews any more. `/review start` asks what is due."
_LIMIT = 20_000  # reviews in a file


class ReviewsService:
    """Keeps what people review."""

    def __init__(self, database: Database, library: Library, learning: LearningService, clock: Clock) -> None:
        self._database = database
        self._library = library
        self._learning = learning
        self._clock = clock

    async def save(self, press: Press, round_id: int) -> bool:
        """Save a round's question; return whether it is new. Raises `NotFound`, `NotAllowed`."""

        def load(tx: Tx) -> tuple[RoundState, str] | None:
            for home_id in press.homes:
                if (found := load_round(tx, home_id, round_id)) is not None:
                    return found.state, load_asked(tx, home_id, round_id).question.id
            return None

        found = await self._database.read(load)
        if found is None:
            raise NotFound(_GONE)
        state, question_id = found
        if state is not RoundState.CLOSED:
            raise NotAllowed(_OPEN)
        return await self.save_question(press, question_id)

    async def save_question(self, press: Press, question_id: str) -> bool:
        """Save a question that is over; return whether it is new. Raises `NotFound`."""
        if question_id not in self._library.bank:
            raise NotFound(_GONE)
        now = self._clock.now()
        review = Review(question_id, Origin.SAVED, now, now)
        return bool(await self._database.write(partial(add_reviews, added=[(press.player_id, review)])))

    async def pile(self, player_id: int) -> Pile:
        """Return what somebody has to review; nothing is due that the bank does not have."""
        await self._catch_up()
        now = self._clock.now()
        pile, due = await self._database.read(
            lambda tx: (
                load_pile(tx, player_id, now, now + _DAY),
                list_due_reviews(tx, player_id, now, _LOOK),
            )
        )
        gone = sum(self._library.bank.get(review.question_id) is None for review in due)
        return replace(pile, due=pile.due - gone, soon=pile.soon - gone)

    async def next(self, player_id: int) -> tuple[Review, Question] | None:
        """Return what is due for the longest, with its question; None when nothing is."""
        await self._catch_up()
        await asyncio.to_thread(prepare)
        now = self._clock.now()
        while due := await self._database.read(
            partial(list_due_reviews, player_id=player_id, at=now, most=_LOOK)
        ):
            bank = self._library.bank
            for review in due:
                if (question := bank.get(review.question_id)) is not None:
                    return review, question
            gone = [review.question_id for review in due]
            later = partial(postpone_reviews, player_id=player_id, question_ids=gone, until=now + _LATER)
            await self._database.write(later)
        return None

    async def count_due(self, player_id: int) -> int:
        """Return how many reviews are due."""
        now = self._clock.now()
        return await self._database.read(partial(count_due_reviews, player_id=player_id, at=now))

    async def load(self, player_id: int, question_id: str) -> tuple[Review, Question]:
        """Return somebody's review of a question. Raises `NotFound`."""
        review = await self._database.read(partial(load_review, player_id=player_id, question_id=question_id))
        question = self._library.bank.get(question_id)
        if review is None or question is None:
            raise NotFound(_NOT_THERE)
        return review, question

    async def grade(self, press: Press, question_id: str, grade: Grade, before: int) -> bool:
        """Note how well something was remembered; `before`: how many grades it had when it was asked.

        Return False when it has been graded since. Raises `NotFound`.
        """
        review, _ = await self.load(press.player_id, question_id)
        if review.grades != before:
            return False
        graded = review.graded(grade, self._clock.now())
        return await self._database.write(partial(save_review, player_id=press.player_id, graded=graded))

    async def remove(self, player_id: int, question_id: str) -> None:
        """Have a question not be asked again."""
        await self._database.write(partial(delete_reviews, player_id=player_id, question_ids=[question_id]))

    async def set_automatic(self, player_id: int, *, is_automatic: bool) -> None:
        """Have what somebody misses join by itself, or not."""
        await self._catch_up()  # what was missed before counts as it was set then
        await self._database.write(partial(set_automatic, player_id=player_id, is_automatic=is_automatic))

    async def all(self, player_id: int) -> list[tuple[Review, Question]]:
        """Return everything that somebody reviews and that the bank still has, up to a bound."""
        await self._catch_up()
        bank = self._library.bank
        found = [
            (review, question)
            async for review in self._pages(player_id)
            if (question := bank.get(review.question_id)) is not None
        ]
        return found[:_LIMIT]

    async def _pages(self, player_id: int) -> AsyncIterator[Review]:
        after = ""
        while page := await self._database.read(
            partial(list_reviews, player_id=player_id, after=after, most=_PAGE)
        ):
            for review in page:
                yield review
            after = page[-1].question_id

    async def _catch_up(self) -> None:
        """Have what was missed a moment ago join, as far as that takes a moment."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._learning.learn()
        except (TimeoutError, NotSaved, NotRead):
            _log.info("reviews are read before all that was missed is among them")
