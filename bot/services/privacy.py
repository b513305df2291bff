"""Privacy: what is kept of a person, to be seen, taken along, hidden or deleted; and servers that are left.

What always holds:
- a deletion that was confirmed is carried out, also when the program ends in
  its midst: a timer stands for it until all is gone;
- the data of a server is deleted when Farside has been out of it for `KEPT`,
  and not when it has come back before; an outage of Discord is no removal;
- everybody else's totals, places and games stay as they are.
"""

import logging
from collections.abc import AsyncIterator, Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson

from bot.clock import Clock
from bot.cluster.shards import WHOLE, Part
from bot.quiz.belongings import Belongings
from bot.services.games import Play
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.belongings import count_belongings, list_games, load_person
from bot.store.database import Database
from bot.store.forgetting import FORGET, forget_player, forget_server, load_forgetting
from bot.store.hiding import hidden_among, hide, show
from bot.store.postings import place_globally
from bot.store.servers import list_servers
from bot.store.timers import Timer, clear_timer, list_refs, set_timer
from bot.store.tx import Tx

KEPT = timedelta(days=30)  # a server's data, after Farside was removed from it

_log = logging.getLogger(__name__)
_LOOK = timedelta(seconds=10)
_LOOK_AGAIN = timedelta(minutes=10)
_SOON = timedelta(minutes=1)


class PrivacyService:
    """Shows, hides and deletes what is kept of people, and deletes what is kept of servers that were left."""

    def __init__(
        self, database: Database, clock: Clock, timers: Timers, play: Play, settings: SettingsService
    ) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._play = play
        self._settings = settings
        self._present: frozenset[int] = frozenset()  # the servers we are in, as far as is told
        self._told: list[Part] = []  # of what all servers are told
        self._forgotten: str | None = None  # what `load_forgetting` told last
        timers.on(FORGET, self._forget)

    # ------------------------------------------------------------------------------------------- people

    async def count(self, player_id: int) -> Belongings:
        """Return how much is kept of a person."""
        return await self._database.read_whole(partial(count_belongings, player_id=player_id))

    async def is_hidden(self, player_id: int) -> bool:
        """Return whether a person stays off the global boards."""
        return player_id in await self._database.read(partial(hidden_among, player_ids=[player_id]))

    async def export(self, player_id: int) -> dict[str, Any]:
        """Return all that is kept of a person, JSON-ready."""
        person = await self._database.read_whole(partial(load_person, player_id=player_id))
        games = [game async for game in self._games(player_id)]
        return {"player_id": str(player_id), **person, "games_played": games}

    async def _games(self, player_id: int) -> AsyncIterator[dict[str, Any]]:
        after = (0, 0)
        while games := await self._database.read_whole(partial(list_games, player_id=player_id, after=after)):
            last = (games[-1]["id"], int(games[-1]["home_id"]))
            for game in games:
                del game["home_id"]
                yield game
            after = last

    async def hide(self, player_id: int, *, is_hidden: bool) -> None:
        """Keep a person off the global boards, or let them be on these again."""
        await self._database.write_aside(partial(hide if is_hidden else _show, player_id=player_id))

    async def delete(self, player_id: int) -> None:
        """Delete all that is kept of a person; what they play from now on begins afresh."""
        ref, now = _ref("player", player_id), self._clock.now()
        again = Timer(FORGET, ref, now + _SOON, player_id)  # now would be beside this one
        await self._database.write(lambda tx: set_timer(tx, again))
        self._timers.notice(again.due_at)
        await self._delete_player(player_id, now)
        await self._database.write(lambda tx: clear_timer(tx, FORGET, ref, player_id))

    async def watch(self) -> None:
        """Drop what memory holds once another process, or `farside db forget`, has had somebody forgotten."""
        while True:
            told = await self._database.read(load_forgetting)
            if told != self._forgotten:
                self._settings.drop(WHOLE)
                await self._play.drop_forgotten()
                self._forgotten = told
                self._timers.notice(self._clock.now())
            await self._clock.sleep_until(self._clock.now() + _LOOK)

    async def _delete_player(self, player_id: int, now: datetime) -> None:
        self._play.forget(player_id)
        await self._all_of(partial(forget_player, player_id=player_id, now=now))
        self._timers.notice(now)  # what others have begun with them ends
        self._play.forget(player_id)  # what was pressed meanwhile and has gone

    async def _all_of(self, part: Callable[[Tx], bool]) -> None:
        while await self._database.erase(part):
            pass
        await self._database.empty_log()

    # ------------------------------------------------------------------------------------------ servers

    async def note_servers(self, guild_ids: Collection[int], part: Part = WHOLE) -> None:
        """Compare the servers that we are in with those that have data: some may have been left unseen.

        `part`: of which shards these servers are all.
        """
        known = {guild_id for guild_id in await self._database.read(list_servers) if part.holds(guild_id)}
        self.drop(part)
        self._told.append(part)
        present = frozenset(guild_ids)
        self._present |= present
        waiting = await self._database.read(partial(list_refs, kind=FORGET))
        for guild_id in present:
            if _ref("server", guild_id) in waiting:
                await self._keep(guild_id)
        for guild_id in known - present:
            if _ref("server", guild_id) not in waiting:
                await self._left(guild_id)

    @property
    def is_alone(self) -> bool:
        """Return whether all servers that there are come to this process."""
        return self._timers.ownership.is_alone

    def drop(self, part: Part) -> None:
        """Forget which servers of a part we are in: others are told of them."""
        self._told = [one for one in self._told if not one.shards & part.shards]
        self._present = frozenset(one for one in self._present if not part.holds(one))

    def was_left(self, guild_id: int) -> bool:
        """Return whether, by what Discord has told, we are not in a server."""
        return guild_id not in self._present and any(part.holds(guild_id) for part in self._told)

    async def joined(self, guild_id: int) -> None:
        """Note a server that we are in now: what is kept of it stays."""
        self._present |= {guild_id}
        await self._keep(guild_id)

    async def left(self, guild_id: int) -> None:
        """Note a server that we were removed from: what is kept of it goes after a while."""
        self._present -= {guild_id}
        await self._left(guild_id)

    async def _keep(self, guild_id: int) -> None:
        await self._database.write(lambda tx: clear_timer(tx, FORGET, _ref("server", guild_id), guild_id))

    async def _left(self, guild_id: int) -> None:
        due_at = self._clock.now() + KEPT
        timer = Timer(FORGET, _ref("server", guild_id), due_at, guild_id)
        await self._database.write(lambda tx: set_timer(tx, timer))
        self._timers.notice(due_at)
        _log.info("server %s was left; its data goes at %s", guild_id, due_at)

    async def delete_server(self, guild_id: int) -> None:
        """Delete all that is kept of a server; its players' global totals stay theirs."""
        now = self._clock.now()
        await self._all_of(partial(forget_server, guild_id=guild_id, now=now))
        self._timers.notice(now)
        self._settings.forget(guild_id)
        self._play.forget_server(guild_id)
        _log.info("the data of server %s is deleted", guild_id)

    # ------------------------------------------------------------------------------------ what is due

    async def _forget(self, timer: Timer) -> None:
        kind, _, number = timer.ref.partition(":")
        whose = int(number)
        if kind == "player":
            await self._delete_player(whose, timer.due_at)
        elif timer.due_at <= self._clock.now() and self._clock.surely() < timer.due_at:  # it may be early
            await self._clock.sleep_until(self._clock.now() + _SOON)
            return
        elif not any(part.holds(whose) for part in self._told):  # Discord has not told yet where we are
            again = Timer(FORGET, timer.ref, self._clock.now() + _LOOK_AGAIN, timer.home_id)
            await self._database.write(lambda tx: set_timer(tx, again))
            return
        elif whose not in self._present:
            await self.delete_server(whose)
        await self._database.write(lambda tx: clear_timer(tx, FORGET, timer.ref, timer.home_id))


def as_file(export: dict[str, Any]) -> bytes:
    """Return an export as the bytes of a JSON file, indented for people."""
    return orjson.dumps(export, option=orjson.OPT_INDENT_2)


def _ref(kind: str, whose: int) -> str:
    return f"{kind}:{whose}"


def _show(tx: Tx, player_id: int) -> None:
    show(tx, player_id)
    place_globally(tx, player_id)
