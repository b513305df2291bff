"""An annex: a part of the page that the embedding program brings along, with its files and its answers.

What always holds: its files are served, and its answers given, by the same door and the same key as the
page's own; the page loads `NAME.js` and calls its `mount(hands)`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What is answered at `/desk/annex/NAME/PATH`: the path, and the body of a POST (None for a GET). What it
# returns is sent as JSON; a DeskError is told to the person.
Answer = Callable[[str, dict[str, Any] | None], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Annex:
    """A part of the page: its `name`, its `files` by the names that the page asks for, and its answers."""

    name: str
    files: Mapping[str, Path]
    answer: Answer
