"""Learning: what closed rounds tell of their questions and of those who answered.

What always holds:
- no press and no close waits for it: a close leaves one row, and what it tells is
  added up a little later, a few rounds a transaction;
- each answer is learnt from once, by the transaction that deletes the row; a crash
  loses and repeats nothing;
- answers to a question about a fact that was read a moment before tell nothing, and are left out;
- the difficulty that players are shown changes once a day at most, and never within a game:
  a game keeps to the levels that held when it began.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.bank import Bank
from bot.clock import Clock
from bot.errors import NotRead, NotSaved
from bot.quiz.game import Game
from bot.quiz.items import (
    Fault,
    Item,
    Level,
    Observation,
    added,
    chance_of_guess,
    faults_of,
    key_of,
    measured_level,
    observe,
    own_form,
    rating_of,
)
from bot.quiz.question import Question
from bot.quiz.review import Origin, Review
from bot.services.library import Library, with_words_of
from bot.store.database import Database
from bot.store.items import ItemRow, add_to_items, list_items, load_item, set_level
from bot.store.lessons import Lesson, add_lesson, add_lessons, count_lessons, take_lessons
from bot.store.notes import load_note, save_note
from bot.store.ratings import OVERALL, Rated, load_ratings, save_ratings
from bot.store.reviews import add_reviews, without_automatic
from bot.store.turns import Turn, take_turn
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_PAUSE = timedelta(seconds=5)
STEP = 4  # rounds a transaction
_STEPS = 500  # transactions between two pauses
_LEVELLED = "difficulties measured on"


def teach(tx: Tx, game: Game, round_id: int, player_id: int | None = None) -> None:
    """Have a closed round learnt from; `player_id`: one answer of it, that was heard after its close."""
    if game.rules.fact is None:
        add_lesson(tx, game.home_id, round_id, *(() if player_id is None else (player_id,)))


def teach_all(tx: Tx, closed: Sequence[tuple[Game, int]]) -> None:
    """Have rounds, each with its game, learnt from."""
    add_lessons(tx, [(game.home_id, round_id) for game, round_id in closed if game.rules.fact is None])


def learn(tx: Tx, library: Library, most: int = STEP) -> int:
    """Learn from the oldest lessons, `most` at most; return how many rounds there were."""
    lessons = take_lessons(tx, most)
    for lesson in lessons:
        if lesson.answers:
            try:
                _learn_from(tx, lesson, library)
            except (LookupError, ValueError, TypeError, ArithmeticError):  # of one question, not of the store
                _log.exception("nothing can be learnt of %s", lesson.asked.question.id)
    return len(lessons)


def _learn_from(tx: Tx, lesson: Lesson, library: Library) -> None:
    asked, question = lesson.asked, lesson.asked.question
    news = Item(key_of(question), asked.form, question.id)
    by_author = library.measured(news) or question
    guess = chance_of_guess(question, asked.form)
    difficulty = rating_of(by_author.difficulty, guess, load_item(tx, news.key, news.form))
    players = [answer.player_id for answer in lesson.answers]
    before = load_ratings(tx, lesson.home_id, players, (OVERALL, question.topic))
    seen: list[Observation] = []
    after: list[Rated] = []
    for answer, seconds in zip(lesson.answers, lesson.seconds, strict=True):
        overall = before[answer.player_id, OVERALL]
        is_right = bool(answer.is_right)
        seen.append(
            observe(
                asked,
                rating=overall.rating,
                answers=overall.answers,
                is_right=is_right,
                places=answer.places,
                seconds=seconds,
            )
        )
        rated = (overall, before[answer.player_id, question.topic])
        after += [one.after(difficulty, is_right=is_right) for one in rated]
    save_ratings(tx, after)
    add_to_items(tx, [added(news, seen)])
    _add_missed(tx, lesson)


def _add_missed(tx: Tx, lesson: Lesson) -> None:
    """Have what was missed be reviewed, by those who have not stopped that."""
    missed = {answer.player_id: answer.at for answer in lesson.answers if not answer.is_right}
    if not missed:
        return
    asked_not_to = without_automatic(tx, sorted(missed))
    question_id = lesson.asked.question.id
    add_reviews(
        tx,
        [
            (player_id, Review(question_id, Origin.MISSED, at, at))
            for player_id, at in missed.items()
            if player_id not in asked_not_to
        ],
    )


@dataclass(frozen=True, slots=True)
class Weak:
    """A question of the bank with which something may be amiss, by what was measured."""

    question: Question
    item: Item
    faults: tuple[Fault, ...]


def weak_among(bank: Bank, items: Iterable[Item]) -> list[Weak]:
    """Return the questions of a bank with which something may be amiss, the gravest first."""
    found = []
    for item in items:
        question = with_words_of(bank, item)
        faults = faults_of(item, question) if question is not None else []
        if question is not None and faults:
            found.append(Weak(question, item, tuple(faults)))
    order = list(Fault)
    return sorted(found, key=lambda one: (order.index(one.faults[0]), -one.item.all.answers, one.question.id))


class LearningService:
    """Adds up what rounds tell, and has the bank follow it."""

    def __init__(self, database: Database, library: Library, clock: Clock) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._followed_on: str | None = None  # the date of the day of which the bank has the levels
        self.waiting = 0  # rounds that were not learnt from at the last look

    async def load(self) -> None:
        """Have the bank show what was measured so far."""
        levelled_on = await self._levelled_on()  # first: what is read after it is no older
        rows = await self._items()
        await self._library.take_aside(
            [
                Level(row.item.question_id, row.item.key, row.item.level, row.item.level_before, row.level_at)
                for row in rows
                if row.item.level and row.item.level_before and row.level_at
            ],
            [row.item for row in rows],
        )
        self._followed_on = levelled_on

    async def run(self) -> None:
        """Learn from what was played, every few seconds, until cancelled."""
        while True:
            now = self._clock.now()
            try:
                await self.learn()
                await self.follow()
            except (NotSaved, NotRead) as error:
                _log.warning("nothing could be learnt from the latest rounds (%s); it is tried again", error)
            await self._clock.sleep_until(now + _PAUSE)

    async def learn(self) -> None:
        """Learn from every round that waits, in steps."""
        self.waiting = await self._database.read(count_lessons)
        for _ in range(0, min(self.waiting, STEP * _STEPS), STEP):
            await self._database.write_aside(lambda tx: learn(tx, self._library))

    async def follow(self) -> bool:
        """Have difficulties follow what was measured, once a day; return whether it was done now."""
        now = self._clock.now()
        today = now.date().isoformat()
        if await self._levelled_on() == today:
            if self._followed_on != today:  # another process has done it
                await self.load()
            return False
        changes = [change for row in await self._items() if (change := self._change(row.item)) is not None]

        def save(tx: Tx) -> None:
            take_turn(tx, Turn.LEARNING)
            for item, level, before in changes:
                set_level(tx, item, level, before, now)
            save_note(tx, _LEVELLED, today)

        await self._database.write_aside(save)
        for item, level, before in changes:
            _log.info("question %s is shown as difficulty %s, no longer %s", item.question_id, level, before)
        await self.load()
        return True

    async def _levelled_on(self) -> str | None:
        return await self._database.read(lambda tx: load_note(tx, _LEVELLED))

    def _change(self, item: Item) -> tuple[Item, int, int] | None:
        """Return the level that an item gets, and the one it had; None when it keeps it."""
        question = self._library.measured(item)
        if question is None or item.form is not own_form(question):
            return None
        guess = chance_of_guess(question, item.form)
        level = measured_level(question.difficulty, guess, item.all, item.level)
        before = item.level or question.difficulty
        return None if level is None or level == before else (item, level, before)

    async def weak(self) -> tuple[list[Weak], int]:
        """Return the questions that something may be amiss with, and how many answers there were in all."""
        items = [row.item for row in await self._items()]
        weak = await asyncio.to_thread(weak_among, self._library.bank, items)
        return weak, sum(item.all.answers for item in items)

    async def _items(self) -> list[ItemRow]:
        found: list[ItemRow] = []
        after = ""
        while rows := await self._database.read_whole(partial(list_items, after=after)):
            found += rows
            after = rows[-1].item.key
        return found
