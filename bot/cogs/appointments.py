"""Appointments: entries among a server's scheduled events, which Discord shows beside its channels.

What always holds: an entry is a courtesy. Where Discord does not take it, nothing else suffers.
"""

import logging
from datetime import datetime
from typing import Any, NamedTuple

from bot.cogs.meanings import Act
from bot.cogs.sender import Failure, Sender

_log = logging.getLogger(__name__)
_EXTERNAL, _GUILD_ONLY = 3, 2  # Discord's numbers for an event without a voice channel, and for whom it is
_ACTIVE, _COMPLETED = 2, 3


class Appointment(NamedTuple):
    """What an entry says; `where` is shown as its place."""

    name: str
    description: str
    where: str
    starts_at: datetime
    ends_at: datetime


class Appointments:
    """Makes, changes and removes entries."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def add(self, guild_id: int, new: Appointment) -> int | None:
        """Add an entry and return its id; None where Discord does not take it."""
        body = {
            "name": new.name,
            "description": new.description,
            "privacy_level": _GUILD_ONLY,
            "entity_type": _EXTERNAL,
            "entity_metadata": {"location": new.where},
            "scheduled_start_time": new.starts_at.isoformat(),
            "scheduled_end_time": new.ends_at.isoformat(),
        }
        try:
            path = f"/guilds/{guild_id}/scheduled-events"
            made = await self._sender.request(Act.SEND, "POST", path, body, priority=3)
            return int(made["id"])
        except (Failure, LookupError, TypeError, ValueError) as failure:
            _log.info("an event of server %s could not be added: %s", guild_id, failure)
            return None

    async def begin(self, guild_id: int, event_id: int) -> None:
        """Have the entry say that it goes on."""
        await self._change(guild_id, event_id, {"status": _ACTIVE})

    async def finish(self, guild_id: int, event_id: int) -> None:
        """Have the entry be over."""
        await self._change(guild_id, event_id, {"status": _COMPLETED})

    async def remove(self, guild_id: int, event_id: int) -> None:
        """Take the entry away."""
        await self._change(guild_id, event_id, None)

    async def _change(self, guild_id: int, event_id: int, body: dict[str, Any] | None) -> None:
        path = f"/guilds/{guild_id}/scheduled-events/{event_id}"
        try:
            await self._sender.request(Act.EDIT, "PATCH" if body else "DELETE", path, body, priority=3)
        except Failure as failure:
            _log.info("event %s of server %s stays as it is: %s", event_id, guild_id, failure)
