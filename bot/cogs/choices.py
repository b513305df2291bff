"""A command's choices, read back: Discord's own apps send only what was offered, others may send anything."""

from enum import StrEnum
from typing import TypeVar

from bot.errors import BadInput

T = TypeVar("T", bound=StrEnum)


def read_choice(kind: type[T], typed: str) -> T:
    """Return the member of `kind` that was picked. Raises `BadInput` with those that there are."""
    try:
        return kind(typed)
    except ValueError:
        raise BadInput(f"There is no such choice. Pick one of: {', '.join(kind)}.") from None
