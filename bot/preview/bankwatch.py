"""Tells an author, in the page and in the terminal, what the bank's files hold now."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.bank import Bank, BankError
from bot.bank.watch import BankFiles
from bot.drafter.regeneration import Stale, facts_files, regenerate

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

    `bank` is the last one without faults, or None. Where facts have changed in the bank `writes`, the
    questions are made from them again first; where that cannot be, a notice says what is stale.
    """

    def __init__(
        self, path: Path, changed: Callable[[Notice], Awaitable[None]], *, writes: Path | None = None
    ) -> None:
        self.bank: Bank | None = None
        self._writes = writes
        self._is_stale = False
        self._files = BankFiles(path)
        self._changed = changed

    async def load(self) -> Notice:
        """Read the files now."""
        return self._told(await self._files.load())

    async def run(self) -> None:
        """Look at the files for ever; what changed since they were loaded is seen too."""
        while True:
            found = await self._files.next()
            written, stale = await asyncio.to_thread(self._regenerated)
            if stale is not None:
                await self._changed(stale)
            elif self._is_stale:
                await self._changed(Notice("info", "Questions are as new as their facts again", key="stale"))
            self._is_stale = stale is not None
            if not written:  # else the files have changed again, and are read once more
                await self._changed(self._told(found))

    def _regenerated(self) -> tuple[bool, Notice | None]:
        """Make questions of changed facts; return whether any were written, and what is stale."""
        written, reasons = False, []
        for facts in facts_files(self._writes) if self._writes is not None else ():
            try:
                written |= regenerate(facts)
            except Stale as error:
                reasons.append(str(error))
            except OSError as error:
                reasons.append(f"{facts.with_name('questions.yaml')} cannot be written: {error.strerror}.")
        title = "Questions are older than their facts"
        return written, Notice("error", title, key="stale", problems=tuple(reasons)) if reasons else None

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
