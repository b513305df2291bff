"""Watching a bank's files: a look now and then, which no vanishing folder, link or mount can end.

Looking, not notices of the system: those need the folder to be there all the time, and are not
sent across the mounts that containers use.
"""

import asyncio
from pathlib import Path

from bot.bank.bank import Bank
from bot.bank.files import bank_fingerprint
from bot.bank.loader import load_bank
from bot.bank.problem import BankError

_LOOK = 0.4  # seconds between two looks


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
        try:
            return await asyncio.to_thread(load_bank, self.path, supplement=self._supplement)
        except BankError as error:
            return error

    async def next(self) -> Bank | BankError:
        """Wait until the files are not what they were, and return the bank or what is wrong with it."""
        while not await self.look():
            await asyncio.sleep(_LOOK)
        return await self.load()
