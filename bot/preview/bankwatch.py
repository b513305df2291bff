"""Tells an author, in the page and in the terminal, what the bank's files hold now."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.bank import Bank, BankError, load_bank

_LOOK = 0.3  # seconds between looks at the files
_SHOWN = 50  # problems in one notice


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader of the page is told; `key` names the notice that it takes the place of."""

    level: str
    title: str
    text: str = ""
    key: str = "bank"
    problems: tuple[str, ...] = ()


class BankWatch:
    """Loads the bank whenever a YAML file of it changes, and then awaits `changed(notice)`.

    `bank` is the last one without faults, or None.
    """

    def __init__(self, path: Path, changed: Callable[[Notice], Awaitable[None]]) -> None:
        self.bank: Bank | None = None
        self._seen: list[tuple[str, int, int]] = []
        self._path = path
        self._changed = changed

    async def load(self) -> Notice:
        """Read the files now."""
        self._seen = await asyncio.to_thread(self._state)
        try:
            self.bank = await asyncio.to_thread(load_bank, self._path)
        except BankError as error:
            return _faulty(error)
        count = len(self.bank)
        return Notice("info", f"{count} question{'' if count == 1 else 's'} loaded")

    async def run(self) -> None:
        """Look at the files for ever; what changed since they were loaded is seen too."""
        while True:
            await asyncio.sleep(_LOOK)
            if await asyncio.to_thread(self._state) != self._seen:
                await self._changed(await self.load())

    def _state(self) -> list[tuple[str, int, int]]:
        files = [self._path] if self._path.is_file() else self._path.rglob("*.y*ml")
        found = []
        for file in files:
            try:
                status = file.stat()
            except OSError:  # gone between listing and looking
                continue
            found.append((str(file), status.st_size, status.st_mtime_ns))
        return sorted(found)


def _faulty(error: BankError) -> Notice:
    count = len(error.problems)
    return Notice(
        "error",
        f"{count} problem{'' if count == 1 else 's'} in the question bank",
        "The questions that were loaded before stay in play.",
        problems=tuple(str(problem) for problem in error.problems[:_SHOWN]),
    )
