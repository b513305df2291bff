"""Learning: what is there of a server whose session was taken up from another process.

Discord tells of a session's servers once, when it begins, so a process that takes a session up knows none
of them. It asks for a server when it needs to know it, and has discord.py keep it like any other.

What always holds: a server is asked for once at a time; what Discord does not tell is unknown, and never
taken for "there is none".
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import discord

from bot.cogs.meanings import Act
from bot.cogs.sender import Lost, Sender

_log = logging.getLogger(__name__)
_PRIORITY = 3  # after whatever is to be shown
_FOREIGN = 1000  # servers


class Learning:
    """Asks for servers of `client`; `is_told` says of which shards' servers Discord has told by itself."""

    def __init__(self, client: Any, sender: Sender, is_told: Callable[[int], bool]) -> None:
        self._client = client
        self._sender = sender
        self._is_told = is_told
        self._foreign: set[int] = set()  # which Discord has said are none of ours
        self._asking: dict[int, asyncio.Task[discord.Guild | None]] = {}

    def knows(self, guild_id: int) -> bool:
        """Return whether it is known if the server is one of ours."""
        is_there = self._client.get_guild(guild_id) is not None
        return is_there or guild_id in self._foreign or self._is_told(guild_id)

    def hear(self, payload: Any) -> None:
        """Have the server of an interaction learned, if it is not known."""
        guild_id = payload.get("guild_id")
        if guild_id is not None and not self.knows(int(guild_id)):
            self._ask(int(guild_id))

    async def learn(self, guild_id: int) -> discord.Guild | None:
        """Return the server; None when it is none of ours. Raises `Later` or `Refused`."""
        if self.knows(guild_id):
            found: discord.Guild | None = self._client.get_guild(guild_id)
            return found
        return await asyncio.shield(self._ask(guild_id))

    def _ask(self, guild_id: int) -> asyncio.Task[discord.Guild | None]:
        task = self._asking.get(guild_id)
        if task is None:
            task = self._asking[guild_id] = asyncio.create_task(self._learn(guild_id))
            task.add_done_callback(lambda done: self._asked(guild_id, done))
        return task

    def _asked(self, guild_id: int, task: asyncio.Task[discord.Guild | None]) -> None:
        del self._asking[guild_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.info("server %s cannot be learned yet: %s", guild_id, error)

    async def _learn(self, guild_id: int) -> discord.Guild | None:
        assert self._client.user is not None  # noqa: S101 - logging in told who we are
        try:
            told = await self._get(f"/guilds/{guild_id}")
            told["channels"] = await self._get(f"/guilds/{guild_id}/channels")
            told["threads"] = (await self._get(f"/guilds/{guild_id}/threads/active")).get("threads", [])
            told["members"] = [await self._get(f"/guilds/{guild_id}/members/{self._client.user.id}")]
        except Lost:
            if len(self._foreign) >= _FOREIGN:
                self._foreign.clear()
            self._foreign.add(guild_id)
            return None
        if not self.knows(guild_id):
            self._client._connection._add_guild_from_data(told | {"unavailable": False})
        found: discord.Guild | None = self._client.get_guild(guild_id)
        return found

    async def _get(self, path: str) -> Any:
        return await self._sender.request(Act.READ, "GET", path, priority=_PRIORITY)
