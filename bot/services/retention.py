"""Retention: what ended longer ago than the operator keeps it goes, beside everything else; totals stay."""

import logging
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.errors import NotRead, NotSaved
from bot.quiz.schedule import KEPT as POSTS_KEPT
from bot.store.archiving import note_time
from bot.store.database import Database
from bot.store.duels import prune_duels
from bot.store.nights import prune_nights
from bot.store.pruning import prune_games
from bot.store.results import prune_results
from bot.store.schedules import prune_idle
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_PAUSE = timedelta(minutes=1)
_RESULTS, _DUELS = 400, 100  # rows a minute: half a million results a day
_NIGHTS = 20  # with their lists, a few hundred rows
_DAY = timedelta(days=1)  # between two looks at what the engine keeps apart by month
_STEPS = 50  # transactions between two pauses: 28 million rows a day


SHORTLY = timedelta(days=40)
"""How long the boards of daily challenges are kept, and duels that have ended."""


def _prune_shortly(tx: Tx, before: datetime) -> None:
    prune_results(tx, before.date(), _RESULTS)
    prune_duels(tx, before, _DUELS)


class Retention:
    """Prunes games that ended longer ago than `kept`."""

    def __init__(self, database: Database, clock: Clock, kept: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._kept = kept
        self._tidied: datetime | None = None

    async def run(self) -> None:
        """Prune what is old enough, a small transaction at a time, until cancelled."""
        while True:
            now = self._clock.now()
            try:
                if self._tidied is None or abs(now - self._tidied) >= _DAY:
                    await self._database.tidy(now, self._clock.surely() - self._kept)
                    await self.prune_schedules()
                    await self.note_time()
                    self._tidied = now
                await self.prune()
            except (NotSaved, NotRead) as error:
                _log.warning("old games could not be pruned (%s); it is tried again", error)
            await self._clock.sleep_until(now + _PAUSE)

    async def note_time(self) -> None:
        """Note what time it is: by that an archive knows which months are over."""
        now = self._clock.surely()
        await self._database.write_aside(partial(note_time, now=now))

    async def prune_schedules(self) -> None:
        """Prune what has become of the posts of schedules that post no more: others do so themselves."""
        before, after = (self._clock.surely() - POSTS_KEPT).date(), (0, 0)
        while last := await self._database.write_aside(partial(prune_idle, after=after, before=before)):
            after = last

    async def prune(self) -> bool:
        """Prune what is old enough, as far as one turn goes; return whether there may be more."""
        before = self._clock.surely() - self._kept
        await self._database.write_aside(lambda tx: prune_nights(tx, before, _NIGHTS))
        shortly = self._clock.surely() - SHORTLY
        await self._database.write_aside(lambda tx: _prune_shortly(tx, shortly))
        for _ in range(_STEPS):
            if not await self._database.write_aside(lambda tx: prune_games(tx, before)):
                return False
        return True
