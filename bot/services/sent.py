"""Which commands Discord was sent last, so that a start sends only what is new."""

from bot.store.database import Database
from bot.store.notes import load_note, save_note

_SENT = "commands synced"


class SentCommands:
    """Remembers a digest of the commands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> str | None:
        """Return the digest of what was sent last, or None."""
        return await self._database.read(lambda tx: load_note(tx, _SENT))

    async def save(self, digest: str) -> None:
        """Note that the commands with this digest were sent."""
        await self._database.write(lambda tx: save_note(tx, _SENT, digest))
