"""Boards and profiles: what a person asks to see, and the loop that keeps them in order.

What always holds:
- "today", "this week" and "this month" are those of the server's time zone at
  the moment of asking; the global boards keep to UTC;
- what was settled before somebody asks is posted first, as far as that takes a
  moment; then what is there is read, and how much still waits is told with it.
  So reading waits neither for a lock nor for a flood of answers.
"""

import asyncio
import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.errors import BadInput, NotRead, NotSaved
from bot.metrics import FOLD_SECONDS
from bot.quiz.periods import QUARTERS, UTC_ZONE, Span, months_of, period_of, week_number
from bot.quiz.standing import Board, Profile, Scope
from bot.services.settings import SettingsService
from bot.store.database import Database
from bot.store.hiding import GLOBAL, hidden_among
from bot.store.podiums import list_seasons, load_podiums
from bot.store.postings import count_entries, post_entries, prune_boards
from bot.store.standings import load_board, load_profile

_log = logging.getLogger(__name__)
_POSTING = timedelta(seconds=5)  # so that nobody who asks waits for many; rounds of one game share a posting
_PATIENCE = 0.7  # seconds, of Discord's three, in which what waits may be posted before it is read
_EARLIER = 4  # seasons whose podiums are shown
_PRUNINGS = 20  # transactions of some milliseconds, every five seconds: 1.7 million boards a day


class BoardsService:
    """Loads boards and profiles."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self.waiting = 0  # entries that were not posted yet at the last look

    async def board(
        self,
        scope: Scope,
        guild_id: int | None,
        span: Span,
        topic: str = "",
        *,
        viewer_id: int,
        page: int | None = 1,
    ) -> Board:
        """Return a page of a board as the viewer sees it; None for the page is the viewer's own.

        Raises `BadInput` for a server's board outside of a server.
        """
        if scope is Scope.SERVER:
            if guild_id is None:
                raise BadInput("There is no server here. Pick `scope: global`, or ask again in a server.")
            settings = await self._settings.load(guild_id)
            zone, seasons = settings.timezone, settings.seasons
        else:
            guild_id, zone, seasons = GLOBAL, UTC_ZONE, QUARTERS
        period = period_of(span, self._clock.now(), zone, seasons)
        name, home_id = (guild_id, period.key, topic), guild_id
        before = months_of(period.key)[0] if span is Span.SEASON and not topic else None
        await self._catch_up()
        rows, waiting, hidden, podiums = await self._database.read_whole(
            lambda tx: (
                load_board(tx, name, page, viewer_id),
                count_entries(tx),
                hidden_among(tx, [viewer_id]) if scope is Scope.GLOBAL else set(),
                load_podiums(tx, home_id, list_seasons(tx, home_id, before, _EARLIER)) if before else (),
            )
        )
        return Board(
            scope=scope,
            period=period,
            topic=topic,
            players=rows.players,
            page=rows.page,
            standings=rows.standings,
            viewer_id=viewer_id,
            around=rows.around,
            viewer_page=rows.viewer_page,
            is_viewer_hidden=bool(hidden),
            waiting=waiting,
            podiums=podiums,
        )

    async def profile(self, guild_id: int | None, player_id: int) -> Profile | None:
        """Return what a player has done, with the place in this server; None for one who never answered."""
        week = week_number(self._clock.now())
        await self._catch_up()
        found, waiting = await self._database.read_whole(
            lambda tx: (load_profile(tx, guild_id, player_id, week), count_entries(tx))
        )
        return found and replace(found, waiting=waiting)

    async def run(self) -> None:
        """Post what was settled, every few seconds, and delete old boards, until cancelled."""
        while True:
            now = self._clock.now()
            try:
                await self._post()
                await self._prune(self._clock.surely())
            except (NotSaved, NotRead) as error:
                _log.warning("the boards could not be brought up to date (%s); it is tried again", error)
            await self._clock.sleep_until(now + _POSTING)

    async def _catch_up(self) -> None:
        """Post what waits, for a moment; what cannot be posted now is posted by the loop."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._post()
        except (TimeoutError, NotSaved, NotRead):
            _log.info("a board is read before all is counted in")

    async def _post(self) -> None:
        """Post every entry there is now, in steps."""
        self.waiting = await self._database.read(count_entries)
        step = self._database.posted_at_once
        for _ in range(0, self.waiting, step):
            begun = time.perf_counter()
            await self._database.write_aside(partial(post_entries, most=step))
            FOLD_SECONDS.note(time.perf_counter() - begun)

    async def _prune(self, now: datetime) -> None:
        """Delete what remains of periods long past, a small transaction at a time."""
        for _ in range(_PRUNINGS):
            if not await self._database.write_aside(lambda tx: prune_boards(tx, now)):
                break
