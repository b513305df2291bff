"""The database's file, as it was when it was opened: another one of the same name is not the database.

Its log and the log's index are part of it: what was told as saved may stand in the log alone.

What always holds: the file is read past SQLite by one descriptor that stays open
as long as the database does. To close one earlier would drop the locks that
SQLite holds in this process.
"""

import os
from pathlib import Path
from threading import Lock

from bot.errors import CannotGoOn
from bot.store.copies import SQLITE_FILE, family


class OpenFile:
    """A file that is to stay where it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._turn = Lock()  # the commits' thread and that of the watch share one place in the file
        self._identity = _identity(os.fstat(self._descriptor))
        _, log, index = family(path)
        self._beside = {"log": log, "index of the log": index}
        self._known: dict[str, tuple[int, int]] = {}  # of those beside it: SQLite makes them when it writes

    def require(self) -> None:
        """Raise `CannotGoOn` unless the file is where it was, and is still a database's."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            raise CannotGoOn(f"the database {self.path} has vanished") from None
        if _identity(status) != self._identity:
            raise CannotGoOn(f"the database {self.path} was replaced by another file while it was in use")
        if not status.st_size:
            raise CannotGoOn(f"the database {self.path} was emptied while it was in use")
        with self._turn:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            beginning = os.read(self._descriptor, len(SQLITE_FILE))
        if beginning != SQLITE_FILE:
            raise CannotGoOn(f"the database {self.path} is damaged: it was written over while it was in use")
        for name, path in self._beside.items():
            self._require_beside(name, path)

    def _require_beside(self, name: str, path: Path) -> None:
        try:
            found = _identity(path.stat())
        except FileNotFoundError:
            found = None
        if found is not None:
            self._known.setdefault(name, found)
        if self._known.get(name) != found:
            raise CannotGoOn(f"the {name} of the database {self.path} was removed while it was in use")

    def close(self) -> None:
        """Let go of the file; for when SQLite has done so."""
        os.close(self._descriptor)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
