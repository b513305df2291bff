"""Watching a bank's files: a look now and then, which no vanishing folder, link or mount can end.

Looking, not notices of the system: those need the folder to be there all the time, and are not
sent across the mounts that containers use. A look at a bank of five files costs 0.1 ms of each 400.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from bot.bank.bank import Bank
from bot.bank.files import bank_files, bank_fingerprint
from bot.bank.loader import load_bank
from bot.bank.problem import BankError, Problem

_LOOK = 0.4  # seconds between two looks
_LARGE = 4_000_000  # bytes of YAML: some thousands of questions, or a second to read


def _load(path: Path, supplement: bool) -> Bank | BankError:
    """Load a bank; a large one is read by another process first, which leaves it compiled in the cache.

    Reading YAML holds the interpreter for tenths of a second at a time, whatever the thread.
    """
    try:
        if sum(file.stat().st_size for file in bank_files([path])[0]) > _LARGE:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
                problems = apart.submit(_problems, path, supplement).result()
            if problems:
                return BankError(problems)
    except (OSError, BrokenProcessPool):
        pass  # a machine that has no room for another process waits for this one
    try:
        return load_bank(path, supplement=supplement)
    except BankError as error:
        return error


def _problems(path: Path, supplement: bool) -> Sequence[Problem]:
    try:
        load_bank(path, supplement=supplement)
    except BankError as error:
        return error.problems
    return ()


class BankFiles:
    """The files of a bank, and what they looked like when they were loaded last."""

    def __init__(self, path: Path, *, supplement: bool = True) -> None:
        self.path = path
        self._supplement = supplement
        self._seen: str | None = None

    async def look(self) -> bool:
        """Return whether the files have changed since the last look; the first one finds no change."""
        state = await asyncio.to_thread(bank_fingerprint, self.path)
        before, self._seen = self._seen, state
        return before is not None and before != state

    async def load(self) -> Bank | BankError:
        """Return the bank as it is on disk now, or what keeps it from being played."""
        await self.look()
        return await asyncio.to_thread(_load, self.path, self._supplement)

    async def next(self) -> Bank | BankError:
        """Wait until the files are not what they were, and return the bank or what is wrong with it."""
        while not await self.look():
            await asyncio.sleep(_LOOK)
        return await self.load()
