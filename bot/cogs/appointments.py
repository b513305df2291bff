"""Appointments: entries among a server's scheduled events, which Discord shows beside its channels.

What always holds: an entry is a courtesy. What Discord has a code of its own against is left as it is,
also where nobody here knows the code; only what may have been lost on the way raises `Later`.
"""

import logging
from datetime import datetime
from typing import Any, NamedTuple

from bot.cogs.meanings import Act
from bot.cogs.sender import Failure, Later, Sender

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
    """Finds, makes, changes and removes entries. Any of it may raise `Later`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def find(self, guild_id: int, mark: str) -> int | None:
        """Return the entry whose description holds `mark`, or None."""
        found = await self._try("GET", _path(guild_id))
        of_mark = (one for one in found or () if mark in (one.get("description") or ""))
        return next((int(one["id"]) for one in of_mark), None)

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
        made = await self._try("POST", _path(guild_id), body)
        return None if made is None else int(made["id"])

    async def begin(self, guild_id: int, event_id: int) -> None:
        """Have the entry say that it goes on."""
        await self._try("PATCH", _path(guild_id, event_id), {"status": _ACTIVE})

    async def finish(self, guild_id: int, event_id: int) -> None:
        """Have the entry be over; one that never went on goes."""
        if await self._try("PATCH", _path(guild_id, event_id), {"status": _COMPLETED}) is None:
            await self.remove(guild_id, event_id)

    async def remove(self, guild_id: int, event_id: int) -> None:
        """Take the entry away."""
        await self._try("DELETE", _path(guild_id, event_id))

    async def _try(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make a request; return None where Discord refuses it."""
        act = Act.READ if method == "GET" else Act.EDIT
        try:
            return await self._sender.request(act, method, path, body, priority=3)
        except Failure as failure:
            if isinstance(failure, Later) and (failure.code is None or failure.wait):
                raise
            _log.info("%s %s is refused: %s", method, path, failure)
            return None


def _path(guild_id: int, event_id: int | None = None) -> str:
    return f"/guilds/{guild_id}/scheduled-events" + (f"/{event_id}" if event_id else "")
