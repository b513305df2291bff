"""Which came first, which is larger: questions computed from the orders of a facts file.

What always holds: the key of a comparison is less (or more) than every distractor by more than nothing and
by no less than the order's `gap`; an item of a draft, or of a fact to avoid, is in no comparison.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.bank.facts import AuthoredFact, FactsFile, Item, Order, Status, Use
from bot.bank.folding import folded
from bot.bank.invention import digest
from bot.quiz.question import Reference


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question of an order: `name` tells the order and the direction, for the question's id."""

    order: Order
    name: str
    stem: str
    key: str
    distractors: tuple[str, ...]
    explanation: str | None
    references: tuple[str | Reference, ...] = ()


def compare(file: FactsFile) -> dict[str, list[Comparison]]:
    """Return the comparisons that `file` allows, by the fact that each belongs to.

    It is the fact of the right answer, or where that has none, of the wrong answer nearest to it.
    """
    facts = {fact.id: fact for fact in file.facts}
    found: dict[str, list[Comparison]] = defaultdict(list)
    for order in file.orders:
        possible = list(_possible(order, facts))
        for fact, comparison in possible if order.questions is None else _chosen(possible, order.questions):
            found[fact].append(comparison)
    return found


def _possible(order: Order, facts: Mapping[str, AuthoredFact]) -> Iterator[tuple[str, Comparison]]:
    """Yield every comparison of an order, each with the fact that it belongs to."""
    valued = sorted(_valued(order, facts), key=lambda pair: pair[0])
    for stems, direction, name in ((order.least, 1, "least"), (order.most, -1, "most")):
        along = [(direction * value, item) for value, item in valued][::direction]
        asked = 0
        for place, (value, item) in enumerate(along if stems else ()):
            others = [other for far, other in along[place + 1 :] if far > value and far - value >= order.gap]
            others = _differing(item, others)[: order.options - 1]
            owners = [item] if order.questions is None else [item, *others]
            fact = next((one.fact for one in owners if one.fact is not None), None)
            if fact is None or len(others) < 2:
                continue
            full_name = f"{order.id}-{name}{'' if item.fact else f'-{_slug(item.label)}'}"
            yield (
                fact,
                Comparison(
                    order,
                    full_name,
                    stems[asked % len(stems)],
                    item.label,
                    tuple(other.label for other in others),
                    _told([item, *others][::direction]),
                    _references(order, [item, *others], facts),
                ),
            )
            asked += 1


def _chosen(possible: Sequence[tuple[str, Comparison]], most: int) -> list[tuple[str, Comparison]]:
    """Return at most so many comparisons, in their order: keys that differ before a key that comes again."""
    turns: Counter[str] = Counter()
    ranked = []
    for place, (_, comparison) in enumerate(
        sorted(possible, key=lambda pair: digest(f"{pair[1].order.id} {pair[1].name} {pair[1].key}"))
    ):
        turns[comparison.key] += 1
        ranked.append((turns[comparison.key], place, comparison.key, comparison.name))
    chosen = {(key, name) for _, _, key, name in sorted(ranked)[:most]}
    return [pair for pair in possible if (pair[1].key, pair[1].name) in chosen]


def _slug(label: str) -> str:
    return "-".join(re.findall("[a-z0-9]+", label.casefold())) or f"{digest(label) % 10**6}"


def _references(
    order: Order, items: Sequence[Item], facts: Mapping[str, AuthoredFact]
) -> tuple[str | Reference, ...]:
    """Return where the numbers were checked: as the order says, else with the facts, if each was."""
    if order.references:
        return tuple(order.references)
    listed = [facts[item.fact].references if item.fact is not None else [] for item in items]
    if not all(listed):
        return ()
    return tuple({str(one): one for references in listed for one in references}.values())


def _valued(order: Order, facts: Mapping[str, AuthoredFact]) -> list[tuple[float, Item]]:
    """Return the items that may be compared, each with its number."""
    valued: list[tuple[float, Item]] = []
    for item in order.items:
        fact = facts[item.fact] if item.fact is not None else None
        if fact is not None and (fact.status is Status.DRAFT or fact.use is Use.AVOID):
            continue
        amount = fact.amount if fact is not None else None
        number = item.value if item.value is not None else amount.number if amount is not None else None
        if number is not None:
            valued.append((number, item))
    return valued


def _differing(item: Item, others: Sequence[Item]) -> list[Item]:
    """Return those of `others` whose labels differ from the item's and from one another's."""
    unlike = {folded(item.label): item}
    for other in others:
        unlike.setdefault(folded(other.label), other)
    return list(unlike.values())[1:]


def _told(items: Sequence[Item]) -> str | None:
    """Return the items in order, each with its number, when all have one that is told and there is room."""
    parts = [f"{item.label} ({item.shown})" for item in items if item.shown is not None]
    told = f"In order: {', '.join(parts)}."
    return told if len(parts) == len(items) and len(told) <= 200 else None
