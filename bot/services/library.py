"""The library: the bank that is in play, and its replacement while the bot runs."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.bank import Bank
from bot.bank.watch import BankFiles
from bot.quiz.forms import form_of
from bot.quiz.game import Form, Mode
from bot.quiz.items import Item, Level, chance_of_guess, rating_of
from bot.quiz.question import Picture, Question
from bot.quiz.rating import Rating
from bot.services.pictures import load_picture

_LET_GO = 1_000  # questions at a time: some 3 ms
_log = logging.getLogger(__name__)
BANK_LOOKED_AT = "bank-looked-at"
"""The event that the log's machine-readable form carries when changed files were taken or refused."""


class Library:
    """Holds the bank; whoever needs a question asks for `bank` at that moment.

    Its questions are as difficult as was measured, where that is known; setting `bank` sets what the author
    wrote.
    """

    def __init__(self, bank: Bank, path: Path, *, supplement: bool = True) -> None:
        self._levels: Sequence[Level] = ()
        self._items: Sequence[Item] = ()
        self._measured: dict[tuple[str, Form], Item] = {}
        self._before: dict[datetime, Bank] = {}  # the bank as it was until an instant
        self._bank = self._written = bank
        self._path = path
        self._files = BankFiles(path, supplement=supplement)
        _tell_unaskable(bank)

    @property
    def bank(self) -> Bank:
        """The bank as it is played now."""
        return self._bank

    @bank.setter
    def bank(self, written: Bank) -> None:
        self._written = written
        self._follow()

    async def replace(self, written: Bank) -> None:
        """Take another bank; let go of what was read of the old one in short steps."""
        read = [*self._written.read, *self._bank.read]
        self.bank = written
        await _let_go(read)

    def bank_at(self, started_at: datetime) -> Bank:
        """Return the bank for a game that began then: with the difficulties that held at that moment."""
        later = [level for level in self._levels if level.at > started_at]
        if not later:
            return self._bank
        since = min(level.at for level in later)
        if since not in self._before:
            self._before = {since: self._as_of(started_at)}  # two days' games at once are rare
        return self._before[since]

    def take(self, levels: Sequence[Level], items: Sequence[Item]) -> None:
        """Have the bank follow what was measured."""
        self._levels, self._items = levels, items
        self._follow()

    async def take_aside(self, levels: Sequence[Level], items: Sequence[Item]) -> None:
        """Take what was measured, beside the loop; let go of what was read before in short steps."""
        read = [*self._bank.read]
        await asyncio.to_thread(self.take, levels, items)
        await _let_go(read)

    def measured(self, item: Item) -> Question | None:
        """Return the question that an item is of, as its author wrote it; None when its words changed."""
        return with_words_of(self._written, item)

    def rating(self, question: Question, mode: Mode) -> Rating:
        """Return how hard a question is in games of a mode, on the scale of players' ratings."""
        form = form_of(question, mode) or Form.PRESS
        item = self._measured.get((question.id, form))
        written = self._written.get(question.id, question)
        return rating_of(written.difficulty, chance_of_guess(question, form), item)

    def _follow(self) -> None:
        measured = {
            (item.question_id, item.form): item
            for item in self._items
            if self._written.item_of(item.question_id) == item.key
        }
        self._bank, self._measured, self._before = self._as_of(None), measured, {}

    def _as_of(self, instant: datetime | None) -> Bank:
        """Return the bank with the difficulties that held at an instant; None: now."""
        difficulties = {
            one.question_id: one.before if instant is not None and one.at > instant else one.level
            for one in self._levels
            if self._written.item_of(one.question_id) == one.key
        }
        return self._written.with_difficulties(difficulties) if difficulties else self._written

    async def load_picture(self, picture: Picture) -> bytes:
        """Return the image file of a question. Raises `NotFound`."""
        return await load_picture(picture, self._path if self._path.is_dir() else self._path.parent)

    async def watch(self) -> None:
        """Load the bank again whenever its files change; keep the old one while the new one has faults."""
        about = {"event": BANK_LOOKED_AT}
        while True:
            found = await self._files.next()
            if isinstance(found, Bank):
                await self.replace(found)
                _tell_unaskable(found)
                _log.info("%s questions loaded again", len(found), extra=about)
            else:
                message = "the bank on disk has faults, so the old one stays in play:\n%s"
                _log.warning(message, found, extra=about)


async def _let_go(read: list[Question | None]) -> None:
    """Forget questions; freeing thousands in one step would hold everybody up."""
    while read:
        await asyncio.sleep(0)
        del read[-_LET_GO:]


def with_words_of(bank: Bank, item: Item) -> Question | None:
    """Return the question of a bank that an item is of; None where it has other words, or is not there."""
    return bank.get(item.question_id) if bank.item_of(item.question_id) == item.key else None


def _tell_unaskable(bank: Bank) -> None:
    """Warn of topics that players can pick and that most games cannot ask about."""
    for topic in bank.unaskable_topics:
        _log.warning(
            "no question on the topic %r can be answered by a button; games in another mode may ask about it",
            topic,
        )
