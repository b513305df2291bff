"""Reading cards in tests: what they show, and whether Discord takes them."""

from collections.abc import Iterator
from typing import Any

from bot.cogs.messages.components import Card
from bot.cogs.messages.text import length

_ROW, _BUTTON, _TEXT = 1, 2, 10


def parts(card: Card) -> Iterator[dict[str, Any]]:
    """Yield every component, nested ones too."""
    for component in card:
        yield component
        yield from parts(component.get("components", []))


def words(card: Card) -> str:
    """Return the texts of a card."""
    return "\n".join(part["content"] for part in parts(card) if part["type"] == _TEXT)


def buttons(card: Card) -> list[dict[str, Any]]:
    """Return the buttons of a card."""
    return [part for part in parts(card) if part["type"] == _BUTTON]


def labelled(card: Card) -> dict[str, dict[str, Any]]:
    """Return the buttons of a card by their labels."""
    return {button["label"]: button for button in buttons(card)}


def check(card: Card) -> None:
    """Hold a card to Discord's limits."""
    everything = list(parts(card))
    assert len(everything) <= 40
    assert length(words(card)) <= 4000
    ids = [part["custom_id"] for part in everything if "custom_id" in part]
    assert len(ids) == len(set(ids))
    assert all(1 <= len(one) <= 100 for one in ids)
    for part in everything:
        if part["type"] == _TEXT:
            assert part["content"].strip()
        if part["type"] == _ROW:
            assert 1 <= len(part["components"]) <= 5
        if part["type"] == _BUTTON:
            assert 0 < length(part["label"]) <= 80
        for option in part.get("options", []):
            assert length(option["label"]) <= 100
            assert len(option["value"]) <= 100
