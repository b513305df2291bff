"""Retention: what ended longer ago than the operator keeps it is folded away, beside everything else."""

import logging
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import NotRead, NotSaved
from bot.store.database import Database
from bot.store.folding import fold
from bot.store.nights import prune_nights

_log = logging.getLogger(__name__)
_PAUSE = timedelta(minutes=1)
_NIGHTS = 20  # with their lists, a few hundred rows
_DAY = timedelta(days=1)  # between two looks at what the engine keeps apart by month
_STEPS = 50  # transactions between two pauses: 28 million rows a day


class Retention:
    """Folds games away that ended longer ago than `kept`."""

    def __init__(self, database: Database, clock: Clock, kept: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._kept = kept
        self._tidied: datetime | None = None

    async def run(self) -> None:
        """Fold what is old enough, a small transaction at a time, until cancelled."""
        while True:
            now = self._clock.now()
            try:
                if self._tidied is None or abs(now - self._tidied) >= _DAY:
                    await self._database.tidy(now, now - self._kept)
                    self._tidied = now
                await self.fold()
            except (NotSaved, NotRead) as error:
                _log.warning("old games could not be folded away (%s); it is tried again", error)
            await self._clock.sleep_until(now + _PAUSE)

    async def fold(self) -> bool:
        """Fold what is old enough, as far as one turn goes; return whether there may be more."""
        before = self._clock.now() - self._kept
        await self._database.write_aside(lambda tx: prune_nights(tx, before, _NIGHTS))
        for _ in range(_STEPS):
            if not await self._database.write_aside(lambda tx: fold(tx, before)):
                return False
        return True
