"""The world's clock: the machine's, plus an offset in seconds that a file may hold.

The offset is written here and read by the bot under test from the same file, so
that both agree on what time it is. A file changed by somebody else is noticed
within `_LOOK` seconds.
"""

import time
from datetime import UTC, datetime
from pathlib import Path

_LOOK = 0.05  # seconds between looks at the file


class WorldClock:
    """Instants of this world, in seconds since 1970."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._offset = 0.0
        self._looked = float("-inf")

    @property
    def offset(self) -> float:
        """Return by how many seconds the world is ahead of the machine."""
        if self._path is not None and time.monotonic() - self._looked >= _LOOK:
            self._looked = time.monotonic()
            try:
                self._offset = float(self._path.read_text(encoding="ascii"))
            except FileNotFoundError:
                self._offset = 0.0
            except (OSError, ValueError):
                pass  # being written just now: what was read last still holds
        return self._offset

    @offset.setter
    def offset(self, seconds: float) -> None:
        self._offset = seconds
        if self._path is not None:
            waiting = self._path.with_name(self._path.name + ".next")
            waiting.write_text(repr(seconds), encoding="ascii")
            waiting.replace(self._path)  # a reader sees the old offset or the new one, never half of it
            self._looked = time.monotonic()

    def now(self) -> float:
        """Return the present instant in seconds since 1970."""
        return time.time() + self.offset

    def iso(self) -> str:
        """Return the present instant in the form that Discord writes."""
        return iso(self.now())


def iso(seconds: float) -> str:
    """Write an instant as Discord does: microseconds and a numeric zone."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
