"""The almanac: which fact belongs to a day, the same for everybody, without anything being stored.

What always holds:
- through as many days as there are facts each comes once;
- no topic comes on two days running while the bank has another to offer;
- a fact that leans on another ("It was ...") belongs to no day.
"""

import random
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bot.quiz.question import Fact

_SEED = "farside daily fact"
_RECENT = 10  # facts that do not open the next turn through the bank
_TURNS_KEPT = 4
_LEANS = re.compile(
    r"(?:it|its|itself|they|their|them|he|him|his|she|her|hers|this|that|these|those|such"
    r"|the (?:same|former|latter|other|others|two|three|pair))\b",
    re.IGNORECASE,
)


class Choice(NamedTuple):
    """The fact of a post. When it `begins_anew` its server has had all that there were."""

    fact_id: str
    begins_anew: bool


def stands_alone(statement: str) -> bool:
    """Return whether a statement can be understood by somebody who reads nothing else."""
    return _LEANS.match(statement.strip()) is None


class Almanac:
    """The days of one bank's facts. Immutable to its users; the orders of late turns are kept."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        topics = {key: fact.topic for key, fact in facts.items() if stands_alone(fact.statement)}
        self._topics = topics or {key: fact.topic for key, fact in facts.items()}
        self._ids = sorted(self._topics)
        self._orders: dict[int, list[str]] = {}

    def has(self, topic: str | None) -> bool:
        """Return whether there is a fact for a day, on that topic if one is named."""
        return bool(self._ids) if topic is None else topic in self._topics.values()

    def on_topic(self, topic: str | None) -> list[str]:
        """Return the ids of the facts on a topic, or of all."""
        return [key for key in self._ids if topic in (None, self._topics[key])]

    def fact_of(self, on: date) -> str:
        """Return the id of the fact that belongs to `on`; there must be one."""
        return next(self._from(on))

    def choose(
        self, on: date, *, had: Collection[str], recent: Sequence[str] = (), topic: str | None = None
    ) -> Choice:
        """Return the fact of a server's post on `on`, where it has `had` some, `recent` ones newest first.

        The day's own comes first, else one that follows it in the almanac, so that nothing comes again
        before all have come, and no topic follows itself while there is another. There must be one.
        """
        pool = [key for key in self._from(on) if topic in (None, self._topics[key])]
        fresh = [key for key in pool if key not in had]
        begins_anew = not fresh
        if begins_anew:
            lately = set(recent[: min(_RECENT, len(pool) // 2)])
            fresh = [key for key in pool if key not in lately]
        last = self._topics.get(recent[0]) if recent else None
        return Choice(next((key for key in fresh if self._topics[key] != last), fresh[0]), begins_anew)

    def _from(self, on: date) -> Iterator[str]:
        """Yield every fact: the day's own, then those of the days after it, then the rest of the turn."""
        turn, place = divmod(on.toordinal(), len(self._ids))
        order = self._order(turn)
        yield from order[place:]
        yield from order[:place]

    def _order(self, turn: int) -> list[str]:
        """Return the order of one turn through all facts; it does not begin as the last one ended."""
        if (known := self._orders.get(turn)) is not None:
            return known
        before = self._shuffled(turn - 1)[-1]
        *others, last = self._shuffled(turn)
        order = [*_parted(others, self._topics, before, last), last]
        if len(order) > 2 and order[0] == before:
            order[:2] = order[1], order[0]
        if len(self._orders) >= _TURNS_KEPT:
            self._orders.clear()
        self._orders[turn] = order
        return order

    def _shuffled(self, turn: int) -> list[str]:
        """Return all facts by the dice of that turn: the last of them stays the turn's last."""
        order = list(self._ids)
        random.Random(f"{_SEED} {turn}").shuffle(order)
        return order


def _parted(ids: Sequence[str], topics: Mapping[str, str], before: str, after: str) -> list[str]:
    """Return `ids` with none beside one of its own topic as far as can be, `before` and `after` included.

    One that would stand beside its like waits for the next that does not; so all that wait have one topic,
    and whatever still waits at the end goes into gaps between two others.
    """
    placed: list[str] = []
    waiting: list[str] = []
    last = topics[before]
    for key in ids:
        if topics[key] == last:
            waiting.append(key)
            continue
        placed.append(key)
        last = topics[key]
        if waiting and topics[waiting[0]] != last:
            placed.append(waiting.pop(0))
            last = topics[placed[-1]]
    for spare in [placed.pop()] if placed and last == topics[after] else []:
        placed = _in_gaps(placed, [spare], topics, before, after)
    return _in_gaps(placed, waiting, topics, before, after)


def _in_gaps(
    placed: Sequence[str], spare: Sequence[str], topics: Mapping[str, str], before: str, after: str
) -> list[str]:
    """Return `placed` with the `spare` ones, all of one topic, in gaps between others; else at the end."""
    left = list(spare)
    found: list[str] = []
    for key in [*placed, after]:
        neighbours = {topics[found[-1] if found else before], topics[key]}
        if left and topics[left[0]] not in neighbours:
            found.append(left.pop(0))
        found.append(key)
    return [*found[:-1], *left]
