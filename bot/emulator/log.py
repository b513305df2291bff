"""The log: every request and dispatch of late, for the page's panel and for tests.

A bounded ring. Bodies are kept as the bytes they were and read only when somebody
looks, so that the log costs next to nothing under load.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

import orjson

from bot.emulator.clock import WorldClock, iso
from bot.emulator.errors import Json

_KEPT: Final = 5000
_SHOWN: Final = 200_000  # bytes of one body that are shown


class Entry:
    """One line: a request with its answer, a dispatch, or something at the gateway."""

    __slots__ = (
        "at", "event", "faults", "id", "kind", "method", "ms", "path", "problems", "request", "response",
        "status",
    )  # fmt: skip

    def __init__(self, number: int, at: float, kind: str) -> None:
        self.id = number
        self.at = at
        self.kind = kind
        self.method: str | None = None
        self.path: str | None = None
        self.status: int | None = None
        self.ms: float | None = None
        self.request: bytes | None = None
        self.response: bytes | None = None
        self.event: str | None = None
        self.faults: list[str] = []
        self.problems: list[str] = []

    def json(self) -> Json:
        """Return what the desk shows."""
        return {
            "id": self.id,
            "at": iso(self.at),
            "kind": self.kind,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "ms": self.ms,
            "request": _read(self.request),
            "response": _read(self.response),
            "event": self.event,
            "faults": self.faults,
            "problems": self.problems,
        }


class Log:
    """The latest entries; listeners hear of each new or finished one."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self.last = 0
        self.listeners: list[Callable[[Entry], None]] = []

    def open(self, kind: str) -> Entry:
        """Begin an entry; it is listed at once and told when `close`d."""
        self.last += 1
        entry = Entry(self.last, self._clock.now(), kind)
        self._entries.append(entry)
        return entry

    def close(self, entry: Entry) -> None:
        """Tell listeners of an entry, now that it is complete (or worth seeing already)."""
        for listener in self.listeners:
            listener(entry)

    def since(self, number: int, limit: int = 500) -> list[Json]:
        """Return the entries after one, oldest first, at most so many of the newest."""
        found: Iterable[Entry] = [entry for entry in self._entries if entry.id > number][-limit:]
        return [entry.json() for entry in found]

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()


def _read(body: bytes | None) -> Any:
    if not body:
        return None
    if len(body) > _SHOWN:
        return {"size": len(body)}
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")
