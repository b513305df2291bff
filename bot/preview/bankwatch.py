"""Tells an author, in the page and in the terminal, what the bank's files hold now."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.bank import Bank, BankError
from bot.bank.watch import BankFiles

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
        self._files = BankFiles(path)
        self._changed = changed

    async def load(self) -> Notice:
        """Read the files now."""
        return self._told(await self._files.load())

    async def run(self) -> None:
        """Look at the files for ever; what changed since they were loaded is seen too."""
        while True:
            await self._changed(self._told(await self._files.next()))

    def _told(self, found: Bank | BankError) -> Notice:
        if isinstance(found, BankError):
            return _faulty(found)
        self.bank = found
        return Notice("info", f"{len(found)} question{'' if len(found) == 1 else 's'} loaded")


def _faulty(error: BankError) -> Notice:
    count = len(error.problems)
    return Notice(
        "error",
        f"{count} problem{'' if count == 1 else 's'} in the question bank",
        "The questions that were loaded before stay in play.",
        problems=tuple(str(problem) for problem in error.problems[:_SHOWN]),
    )
