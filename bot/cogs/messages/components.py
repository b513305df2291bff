"""Discord's message components as plain values: what a card is made of.

A card is a list of components, ready to be sent as JSON (Components V2). Plain
dicts cost a tenth of discord.py's view objects, live no longer than the request
that carries them, and a test reads them like any other value.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from bot.cogs.messages.text import length

Component = dict[str, Any]
Card = list[Component]

MOST_ID = 100  # characters of a custom_id
_TAG = 40
COMPONENTS_V2 = 1 << 15  # the message flag that says a card stands in place of content and embeds
NO_PINGS: dict[str, Any] = {"parse": []}  # a message's `allowed_mentions` in which nobody is notified

_BUTTON = 2

SECONDARY = 2
PRIMARY = 1

MOON = 0xC9C5B8  # accent colours: dust, and one for each state; the state is always told in words too
OPEN = 0x5B7DB1
RIGHT = 0x4C8C6B
WARNING = 0xC08A3E


def text(content: str) -> Component:
    """Return a text display; Markdown is shown formatted, so what people wrote must come escaped."""
    return {"type": 10, "content": content}


def separator(*, line: bool = True, large: bool = False) -> Component:
    """Return a gap between two components, with a line in it or without."""
    return {"type": 14, "divider": line, "spacing": 2 if large else 1}


def button(
    label: str, custom_id: str, *, style: int = SECONDARY, disabled: bool = False, emoji: str | None = None
) -> Component:
    """Return a button; `label` has at most 80 characters, `custom_id` at most 100."""
    made: Component = {"type": 2, "style": style, "label": label, "custom_id": custom_id}
    if disabled:
        made["disabled"] = True
    if emoji:
        made["emoji"] = {"name": emoji}
    return made


def link(label: str, url: str) -> Component:
    """Return a button that opens an address."""
    return {"type": 2, "style": 5, "label": label, "url": url}


def without_links(card: Card) -> Card:
    """Return the card without its link buttons, and without rows that held nothing else."""
    kept = []
    for component in card:
        inner = without_links(component.get("components", []))
        is_link = component["type"] == _BUTTON and "url" in component
        if not is_link and (inner or not component.get("components")):
            kept.append(component | {"components": inner} if inner else component)
    return kept


def custom_ids(card: Card) -> Iterator[str]:
    """Return the custom_ids of a card's components, at any depth."""
    for component in card:
        if "custom_id" in component:
            yield component["custom_id"]
        yield from custom_ids(component.get("components", []))
        if "accessory" in component:
            yield from custom_ids([component["accessory"]])


def texts(card: Card) -> Iterator[str]:
    """Return the texts of a card's components, at any depth."""
    for component in card:
        if "content" in component:
            yield component["content"]
        yield from texts(component.get("components", []))


def option(label: str, value: str, *, description: str | None = None, default: bool = False) -> Component:
    """Return one option of a `select`."""
    made: Component = {"label": label, "value": value, "default": default}
    if description:
        made["description"] = description
    return made


def select(
    custom_id: str,
    options: Sequence[Component],
    *,
    placeholder: str = "",
    disabled: bool = False,
    least: int = 1,
    most: int = 1,
) -> Component:
    """Return a menu of which `least` to `most` options can be chosen; it fills a row of its own."""
    return {
        "type": 3,
        "custom_id": custom_id,
        "options": list(options),
        "placeholder": placeholder,
        "disabled": disabled,
        "min_values": least,
        "max_values": most,
    }


def gallery(url: str, description: str) -> Component:
    """Return a picture; `attachment://NAME` is a file sent along, `description` is read to those who hear."""
    return {"type": 12, "items": [{"media": {"url": url}, "description": description}]}


def row(*components: Component) -> Component:
    """Return an action row: up to five buttons, or one select."""
    return {"type": 1, "components": list(components)}


def container(*components: Component | None, colour: int = MOON) -> Component:
    """Return a box with an accent colour around `components`; None among them is left out."""
    return {
        "type": 17,
        "accent_color": colour,
        "components": [component for component in components if component is not None],
    }


def tag_of(name: str) -> str:
    """Return what stands for a topic or a fact in a custom_id; a long name is told by a digest."""
    return name if len(name) <= _TAG else f"~{hashlib.blake2s(name.encode(), digest_size=16).hexdigest()}"


def size(card: Card) -> int:
    """Return how many characters the texts of a card have; Discord takes 4,000."""
    return sum(length(part.get("content", "")) + size(part.get("components", [])) for part in card)
