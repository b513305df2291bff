"""Writing a paper: a few questions of different kinds that go together, none that was asked before.

What always holds, as long as another question is left that would keep it:
- no question that is in `seen`; when too few are left, what was asked longest ago may come again;
- no two of one kind, so at most one claim of true or false;
- no fact twice, and no question that gives another away: `bot.quiz.question.Question.enemies`;
- the easier ones come first.

A kind comes as often as it has questions left, so that all are used up at about the same time.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from random import Random, SystemRandom
from typing import NamedTuple

from bot.bank import Bank, Seen
from bot.clock import Clock
from bot.errors import NotFound
from bot.quiz.arrangement import as_asked
from bot.quiz.forms import form_of
from bot.quiz.game import Asked, Rules
from bot.services.draws import pool_of
from bot.services.library import Library
from bot.store.content import content_of
from bot.store.database import Database
from bot.store.papers import add_paper, load_size
from bot.store.seen import add_seen, delete_seen, list_seen
from bot.store.turns import take_home
from bot.store.tx import Tx

_APART = timedelta(milliseconds=1)  # so that what is seen has an order
_log = logging.getLogger(__name__)
_NOTHING = "The question bank has no question to ask. Whoever runs Farside can mend that."
_KEPT = 3  # a third of what was asked last does not come again when the rest may


class Written(NamedTuple):
    """A paper that is there: how many questions it has, and whether it was written now."""

    questions: int
    is_new: bool


class Papers:
    """Writes papers, by dice of the system's own randomness: nobody can know one before it is written."""

    def __init__(
        self, database: Database, library: Library, clock: Clock, dice: Random | None = None
    ) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._dice = dice or SystemRandom()
        self._writing = asyncio.Lock()

    async def write(
        self, home_id: int, name: str, rules: Rules, *, avoid: Sequence[int] | None = None
    ) -> Written:
        """Write a home's paper of that name unless it is written.

        Its questions are new to the home, and count as asked there; or with `avoid`, to these players alone.

        Raises `NotFound` when the bank has no question that fits.
        """
        async with self._writing:
            if size := await self._database.read(lambda tx: load_size(tx, home_id, name)):
                return Written(size, is_new=False)
            homes = [home_id] if avoid is None else avoid
            seen = Seen(
                await self._database.read(lambda tx: [one for home in homes for one in list_seen(tx, home)])
            )
            bank, now = self._library.bank, self._clock.now()
            asked, forgotten = await asyncio.to_thread(write_paper, bank, self._dice, rules, seen)

            def keep(tx: Tx) -> Written:
                take_home(tx, home_id)
                is_new = add_paper(tx, home_id, name, asked)
                if is_new and avoid is None:
                    delete_seen(tx, [(home_id, one) for one in forgotten])
                    times = [now + place * _APART for place in range(len(asked))]
                    add_seen(
                        tx,
                        [(home_id, one.question.id, at) for one, at in zip(asked, times, strict=True)],
                    )
                return Written(load_size(tx, home_id, name), is_new)

            return await self._database.write(keep)


def write_paper(bank: Bank, dice: Random, rules: Rules, seen: Seen) -> tuple[list[Asked], list[str]]:
    """Return a paper's questions, as many as go together up to `rules.questions`, and what may come again.

    What is written is added to `seen`. Raises `NotFound` when the bank has no question that fits.
    """
    pool = pool_of(bank, rules)
    members = [pool.member(position) for position in range(len(pool))]
    paper = _Paper(bank, dice, rules)
    paper.fill(one for one in members if bank.id_at(one) not in seen)
    forgotten: list[str] = []
    if not paper.is_full:
        forgotten = list(_forget(bank, members, seen))
        paper.fill(one for one in members if bank.id_at(one) not in seen)
        paper.fill(members)
    if not paper.asked:
        raise NotFound(_NOTHING)
    for index in paper.asked:
        seen.discard(bank.id_at(index))
        seen.add(bank.id_at(index))
    return [paper.asked[index] for index in sorted(paper.asked, key=bank.difficulty_at)], forgotten


def _forget(bank: Bank, members: Sequence[int], seen: Seen) -> Iterator[str]:
    """Let what was asked long ago come again, and yield it."""
    ours = {bank.id_at(one) for one in members}
    asked = [one for one in seen if one in ours]
    for question_id in asked[: len(asked) - len(asked) // _KEPT]:
        seen.discard(question_id)
        yield question_id


class _Paper:
    """A paper on its way: what is written, by the questions' places in the bank."""

    def __init__(self, bank: Bank, dice: Random, rules: Rules) -> None:
        self._bank, self._dice, self._rules = bank, dice, rules
        self.asked: dict[int, Asked] = {}

    @property
    def is_full(self) -> bool:
        """Whether it has as many questions as it should."""
        return len(self.asked) >= self._rules.questions

    def fill(self, members: Iterable[int]) -> None:
        """Write what of these goes with the rest: of kinds that it has not yet, then of any."""
        left = self._beside(list(members), self.asked)
        for is_mixed in (True, False):
            while not self.is_full:
                kinds = {self._bank.kind_at(one) for one in self.asked} if is_mixed else set()
                possible = [one for one in left if self._bank.kind_at(one) not in kinds]
                if not possible:
                    break
                index = self._dice.choice(possible)
                if (asked := self._ask(index)) is None:
                    left.remove(index)
                    continue
                self.asked[index] = asked
                left = self._beside(left, [index])

    def _beside(self, members: list[int], chosen: Iterable[int]) -> list[int]:
        """Return what may stand beside some questions: not of their facts, and no enemy."""
        facts = {self._bank.fact_at(one) for one in chosen}
        enemies = {enemy for one in chosen for enemy in self._bank.enemies_at(one)}
        return [one for one in members if one not in enemies and self._bank.fact_at(one) not in facts]

    def _ask(self, index: int) -> Asked | None:
        """Return a question as it is asked; None for one that cannot be, whatever is wrong with it."""
        try:
            question = self._bank.question_at(index)
            if (form := form_of(question, self._rules.mode)) is None:
                return None
            asked = as_asked(question, form, self._dice)
            content_of(asked)
        except Exception:  # noqa: BLE001 - one question's fault must not leave a day without any
            _log.exception("question %r cannot be asked; another one is taken", self._bank.id_at(index))
            return None
        return asked
