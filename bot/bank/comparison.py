"""Which came first, which is larger: questions computed from the orders of a facts file.

What always holds: the key of a comparison is less (or more) than every distractor by more than nothing and
by no less than the order's `gap`; an item of a draft, or of a fact to avoid, is in no comparison.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.bank.facts import AuthoredFact, FactsFile, Item, Order, Status, Use
from bot.bank.quantity import parse_amount


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question of an order: `name` tells the order and the direction, for the question's id."""

    order: Order
    name: str
    stem: str
    key: str
    distractors: tuple[str, ...]
    explanation: str | None


def compare(file: FactsFile) -> dict[str, list[Comparison]]:
    """Return the comparisons that `file` allows, by the fact whose item is the right answer."""
    facts = {fact.id: fact for fact in file.facts}
    found: dict[str, list[Comparison]] = defaultdict(list)
    for order in file.orders:
        valued = sorted(_valued(order, facts), key=lambda pair: pair[0])
        for stems, direction, name in ((order.least, 1, "least"), (order.most, -1, "most")):
            along = [(direction * value, item) for value, item in valued][::direction]
            asked = 0
            for place, (value, item) in enumerate(along):
                others = [
                    other for far, other in along[place + 1 :] if far > value and far - value >= order.gap
                ]
                others = _differing(item, others)[: order.options - 1]
                if stems and item.fact is not None and len(others) >= 2:
                    stem = stems[asked % len(stems)]
                    asked += 1
                    told = _told([item, *others][::direction])
                    labels = tuple(other.label for other in others)
                    comparison = Comparison(order, f"{order.id}-{name}", stem, item.label, labels, told)
                    found[item.fact].append(comparison)
    return found


def _valued(order: Order, facts: Mapping[str, AuthoredFact]) -> list[tuple[float, Item]]:
    """Return the items that may be compared, each with its number."""
    valued: list[tuple[float, Item]] = []
    for item in order.items:
        fact = facts[item.fact] if item.fact is not None else None
        if fact is not None and (fact.status is Status.DRAFT or fact.use is Use.AVOID):
            continue
        amount = parse_amount(fact.value) if fact is not None else None
        number = item.value if item.value is not None else amount.number if amount is not None else None
        if number is not None:
            valued.append((number, item))
    return valued


def _differing(item: Item, others: Sequence[Item]) -> list[Item]:
    """Return those of `others` whose labels differ from the item's and from one another's."""
    unlike = {item.label.casefold(): item}
    for other in others:
        unlike.setdefault(other.label.casefold(), other)
    return list(unlike.values())[1:]


def _told(items: Sequence[Item]) -> str | None:
    """Return the items in order, each with its number, when all have one that is told and there is room."""
    parts = [f"{item.label} ({item.shown})" for item in items if item.shown is not None]
    told = f"In order: {', '.join(parts)}."
    return told if len(parts) == len(items) and len(told) <= 200 else None
