"""Facts to read: today's, any, and those that fit a few words.

What always holds: on one local day everybody gets the same fact; the daily post
of a server has it too, unless that server has had it before.
"""

import asyncio
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from bot.errors import BadInput, NotFound
from bot.quiz.question import Fact, title_of
from bot.quiz.search import TextIndex
from bot.services.schedules import Almanacs, Shelf

_EVENING = time(21)


class Night(NamedTuple):
    """A local day's night, and the emoji of the phase that the Moon then has."""

    on: date
    emoji: str


class FactsService:
    """Finds facts in the bank that is in play."""

    def __init__(self, library: Shelf, almanacs: Almanacs) -> None:
        self._library = library
        self._almanacs = almanacs
        self._indexed: Mapping[str, Fact] | None = None
        self._index = TextIndex({})
        self._indexing = asyncio.Lock()

    @property
    def ids(self) -> Iterable[str]:
        """Return the ids of all facts."""
        return self._library.bank.facts

    def load(self, fact_id: str) -> Fact:
        """Return the fact of that id."""
        fact = self._library.bank.facts.get(fact_id)
        if fact is None:
            raise NotFound("That fact is not in the bank any more. `/fact random` shows another one.")
        return fact

    def find(self, fact_id: str) -> Fact | None:
        """Return the fact of that id, or None."""
        return self._library.bank.facts.get(fact_id)

    @property
    def topics(self) -> Mapping[str, str]:
        """Return the titles of the topics on which there are facts, by their ids."""
        bank = self._library.bank
        used = {fact.topic for fact in bank.facts.values()}
        return {topic: title for topic, title in bank.topics.items() if topic in used}

    async def night(self, on: date) -> Night:
        """Return the night of `on`, worked out beside the event loop."""
        return await asyncio.to_thread(_night, on)

    def topic(self, fact: Fact) -> str:
        """Return the title of the fact's topic."""
        return title_of(self._library.bank.topics, fact.topic)

    async def today(self, on: date) -> Fact:
        """Return the fact of a local day: the same for everybody, whenever they ask."""
        self._facts()
        almanac, facts = await self._almanacs.load()
        return facts[await asyncio.to_thread(almanac.fact_of, on)]

    def random(self) -> Fact:
        """Return any fact."""
        return random.choice(list(self._facts().values()))

    async def search(self, text: str, most: int) -> list[Fact]:
        """Return up to `most` facts that fit `text`, best first; raise `NotFound` when none does."""
        if not text.strip():
            raise BadInput("Type a few words to look for, such as `/fact search text:crater`.")
        found = await self._find(self._facts(), text, most)
        if not found:
            raise NotFound(
                "No fact fits those words. Try fewer or other ones, such as `rover`, `crater` or `eclipse`; "
                "`/fact random` shows any fact."
            )
        return found

    async def suggest(self, text: str, most: int) -> list[Fact]:
        """Return up to `most` facts that fit what has been typed so far; any when nothing has been."""
        facts = self._facts()
        if not text.strip():
            return list(islice(facts.values(), most))
        return await self._find(facts, text, most)

    async def _find(self, facts: Mapping[str, Fact], text: str, most: int) -> list[Fact]:
        """Find facts beside the event loop: a large bank has many words to compare.

        A fact is found by its id, and by as much of its statement as a suggestion shows.
        """
        wanted = text.strip()
        if (exact := facts.get(wanted)) is not None:
            return [exact]
        if wanted.endswith("…"):
            begun = wanted[:-1].rstrip()
            if shown := [fact for fact in facts.values() if fact.statement.startswith(begun)]:
                return shown[:most]
        async with self._indexing:
            if facts is not self._indexed:
                self._index = await asyncio.to_thread(self._make_index, facts)
                self._indexed = facts
        index = self._index
        return [facts[key] for key in await asyncio.to_thread(index.search, text, most) if key in facts]

    def _make_index(self, facts: Mapping[str, Fact]) -> TextIndex:
        return TextIndex({key: _fields(fact, self.topic(fact)) for key, fact in facts.items()})

    def _facts(self) -> Mapping[str, Fact]:
        facts = self._library.bank.facts
        if not facts:
            raise NotFound("This bank has questions, but no facts to read. `/quiz solo` asks you one.")
        return facts


@lru_cache(maxsize=64)
def _night(on: date) -> Night:
    from bot.moon.sky import observe  # takes a quarter of a second, here and not at start

    return Night(on, observe(datetime.combine(on, _EVENING, UTC)).phase.emoji)


def _fields(fact: Fact, topic: str) -> tuple[str, ...]:
    return fact.statement, fact.explanation, fact.source.says or "", topic
