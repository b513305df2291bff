"""The library: the bank that is in play, and its replacement while the bot runs."""

import asyncio
import logging
from pathlib import Path

from bot.bank import Bank, BankError, load_bank

_log = logging.getLogger(__name__)
_LOOK = 0.5  # seconds between looks at the files


class Library:
    """Holds the bank; whoever needs a question asks for `bank` at that moment."""

    def __init__(self, bank: Bank, path: Path) -> None:
        self.bank = bank
        self._path = path

    async def watch(self) -> None:
        """Load the bank again whenever its files change; keep the old one while the new one has faults."""
        seen = await asyncio.to_thread(_state, self._path)
        while True:
            await asyncio.sleep(_LOOK)
            state = await asyncio.to_thread(_state, self._path)
            if state == seen:
                continue
            seen = state
            try:
                self.bank = await asyncio.to_thread(load_bank, self._path)
                _log.info("%s questions loaded again", len(self.bank))
            except (BankError, OSError) as error:
                _log.warning("the bank on disk has faults, so the old one stays in play:\n%s", error)


def _state(path: Path) -> list[tuple[str, int, int]]:
    """Return each YAML file's name, size and time of change."""
    try:
        files = [path] if path.is_file() else [*path.rglob("*.yaml"), *path.rglob("*.yml")]
    except OSError:  # a folder went while it was looked through: the next look sees what is left
        return []
    found = []
    for file in files:
        try:
            status = file.stat()
        except OSError:  # gone between listing and looking
            continue
        found.append((str(file), status.st_size, status.st_mtime_ns))
    return sorted(found)
