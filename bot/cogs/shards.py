"""Shards: the connections of one client, each launched with patience, taken up and left at run time.

discord.py launches all of a client's shards at its start and keeps them to itself; here alone its private
names for that are known.
"""

import logging
from collections.abc import Mapping
from typing import Any

import discord
import yarl

from bot.cluster.shards import shard_of
from bot.cogs.gateway import TROUBLE, PatientSocket, SessionStarts, be_patient, is_passing, seldom
from bot.cogs.retries import patiently

_log = logging.getLogger(__name__)


class Shards:
    """What a client is connected by."""

    def __init__(self, client: discord.AutoShardedClient) -> None:
        self._client: Any = client
        self._starts = SessionStarts(client.http)
        self._told: set[int] = set()
        be_patient(self._starts)

    async def count(self, *, is_told: bool) -> Mapping[str, Any]:
        """Ask how many there should be, and where the gateway is unless `is_told`: the config says so.

        discord.py would take both from Discord's answer, whatever the config says, and give up at once.
        Returns what Discord says of how many sessions may be begun.
        """
        self._client.shard_count, address, limit = await self._client.http.get_bot_gateway()
        self._starts.note(limit)
        if not is_told:
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
        return dict(limit)

    async def launch(self, gateway: yarl.URL, shard_id: int, *, initial: bool) -> None:
        """Connect a shard with patience; discord.py would log a traceback every five seconds."""
        socket = await patiently(
            lambda: PatientSocket.from_client(
                self._client, initial=initial, gateway=gateway, shard_id=shard_id
            ),
            is_passing,
            TROUBLE,
            seldom,
        )
        shard = discord.shard.Shard(socket, self._client, self._client._AutoShardedClient__queue.put_nowait)
        self._client._AutoShardedClient__shards[shard_id] = shard
        shard.launch()

    def note_told(self, shard_id: int) -> None:
        """Note that Discord has said in which servers of a shard we are; their details come later."""
        self._told.add(shard_id)

    def knows(self, guild_id: int) -> bool:
        """Return whether it is known if the server is one of ours."""
        return shard_of(guild_id, self._client.shard_count or 1) in self._told

    def is_reached(self) -> None:
        """Say that a trouble is over, when one was told."""
        if seldom.is_over(TROUBLE):
            _log.info("the gateway is reached again")
