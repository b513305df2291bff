"""A command's choices, read back: Discord's own apps send only what was offered, others may send anything."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from bot.errors import BadInput

T = TypeVar("T", bound=StrEnum)


def read_choice(kind: type[T], typed: str) -> T:
    """Return the member of `kind` that was picked, or typed by its name as it is shown: `auto: time to ...`.

    Raises `BadInput` with those that there are.
    """
    try:
        return kind(typed.partition(":")[0].strip().casefold())
    except ValueError:
        raise BadInput(f"There is no such choice. Pick one of: {', '.join(kind)}.") from None


_TOLD = {  # a kind of option -> where Discord tells what its id stands for
    6: ("users",),
    7: ("channels",),
    8: ("roles",),
    9: ("users", "roles"),
    11: ("attachments",),
}


def unknown_option(data: Mapping[str, Any]) -> str | None:
    """Return the name of a command's option that is an id of which Discord told nothing, or None.

    A person, role or channel that was picked always comes with its data; an id typed by hand may not.
    """
    resolved = data.get("resolved") or {}
    for option in _options(data):
        places = _TOLD.get(option["type"])
        if places and not any(str(option["value"]) in resolved.get(place, {}) for place in places):
            return str(option["name"])
    return None


def _options(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every option that has a value, those of subcommands too."""
    for option in data.get("options", []):
        yield from _options(option)
        if "value" in option:
            yield option
