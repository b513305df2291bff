"""Which commands Discord was sent last, so that a start sends only what is new."""

from bot.store.database import Database
from bot.store.notes import load_note, save_note
from bot.store.tx import Tx

_SENT = "commands synced"
_RELEASE = "release of the commands"


class SentCommands:
    """Remembers a digest of the commands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> str | None:
        """Return the digest of what was sent last, or None."""
        return await self._database.read(lambda tx: load_note(tx, _SENT))

    async def load_release(self) -> str | None:
        """Return the release that sent them, or None."""
        return await self._database.read(lambda tx: load_note(tx, _RELEASE))

    async def save(self, digest: str, release: str) -> None:
        """Note that the commands with this digest were sent, by this release."""
        await self._database.write(lambda tx: _save(tx, digest, release))


def _save(tx: Tx, digest: str, release: str) -> None:
    save_note(tx, _SENT, digest)
    save_note(tx, _RELEASE, release)
