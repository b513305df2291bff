"""The library: the bank that is in play, and its replacement while the bot runs."""

import logging
from pathlib import Path

from bot.bank import Bank
from bot.bank.watch import BankFiles
from bot.quiz.question import Picture
from bot.services.pictures import load_picture

_log = logging.getLogger(__name__)
BANK_LOOKED_AT = "bank-looked-at"
"""The event that the log's machine-readable form carries when changed files were taken or refused."""


class Library:
    """Holds the bank; whoever needs a question asks for `bank` at that moment."""

    def __init__(self, bank: Bank, path: Path, *, supplement: bool = True) -> None:
        self.bank = bank
        self._path = path
        self._files = BankFiles(path, supplement=supplement)
        _tell_unaskable(bank)

    async def load_picture(self, picture: Picture) -> bytes:
        """Return the image file of a question. Raises `NotFound`."""
        return await load_picture(picture, self._path if self._path.is_dir() else self._path.parent)

    async def watch(self) -> None:
        """Load the bank again whenever its files change; keep the old one while the new one has faults."""
        about = {"event": BANK_LOOKED_AT}
        while True:
            found = await self._files.next()
            if isinstance(found, Bank):
                self.bank = found
                _tell_unaskable(found)
                _log.info("%s questions loaded again", len(found), extra=about)
            else:
                message = "the bank on disk has faults, so the old one stays in play:\n%s"
                _log.warning(message, found, extra=about)


def _tell_unaskable(bank: Bank) -> None:
    """Warn of topics that players can pick and that most games cannot ask about."""
    for topic in bank.unaskable_topics:
        _log.warning(
            "no question on the topic %r can be answered by a button; games in another mode may ask about it",
            topic,
        )
