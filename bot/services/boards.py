"""Boards and profiles: what a person asks to see, and the loop that keeps them in order.

What always holds: "today", "this week" and "this month" are those of the
server's time zone at the moment of asking; the global boards keep to UTC.
"""

import logging
from datetime import timedelta

from bot.clock import Clock
from bot.errors import BadInput, NotRead, NotSaved
from bot.quiz.periods import Span, period_of
from bot.quiz.standing import Board, Profile, Scope
from bot.services.settings import SettingsService
from bot.store.boards import GLOBAL, UTC_ZONE
from bot.store.database import Database
from bot.store.standings import StandingsStore

_log = logging.getLogger(__name__)
_POSTING = timedelta(seconds=5)  # so that nobody who asks waits for many; rounds of one game share a posting
_PRUNING = timedelta(minutes=10)


class BoardsService:
    """Loads boards and profiles."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._store = StandingsStore(database)
        self._clock = clock
        self._settings = settings

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
            zone = (await self._settings.load(guild_id)).timezone
        else:
            guild_id, zone = GLOBAL, UTC_ZONE
        period = period_of(span, self._clock.now(), zone)
        rows = await self._store.load_board(guild_id, period.key, topic, page, viewer_id)
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
        )

    async def profile(self, guild_id: int | None, player_id: int) -> Profile | None:
        """Return what a player has done, with the place in this server; None for one who never answered."""
        return await self._store.load_profile(guild_id, player_id)

    async def run(self) -> None:
        """Post what was settled, every few seconds, and delete old boards, until cancelled."""
        prune_at = self._clock.now()
        while True:
            now = self._clock.now()
            try:
                await self._store.post()
                if now >= prune_at and not await self._store.prune(now):
                    prune_at = now + _PRUNING
            except (NotSaved, NotRead) as error:
                _log.warning("the boards could not be brought up to date (%s); it is tried again", error)
            await self._clock.sleep_until(now + _POSTING)
