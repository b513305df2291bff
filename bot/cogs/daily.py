"""The daily post on its way: one message, looked for before it is sent a second time.

What always holds:
- a message carries its post's marker twice: as the nonce, by which Discord
  itself refuses a second copy for some minutes, and in the custom_id of its
  Source button, by which it is found in the channel ever after;
- where the channel's history cannot be read nothing is sent a second time;
- a role is notified only when an owner asked for it, and no one else ever is.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiohttp
import discord
from discord.http import Route

from bot.clock import Clock
from bot.cogs.budget import Budget
from bot.cogs.messages.components import COMPONENTS_V2
from bot.cogs.messages.facts import daily_card
from bot.cogs.permissions import MENTION_ROLES, POST, READ_HISTORY, missing_in
from bot.services.daily import Delivery, Refused, Unreachable
from bot.services.facts import FactsService

_log = logging.getLogger(__name__)
_ANSWER = aiohttp.ClientTimeout(total=10)  # for one request; discord.py's own waiting comes on top
_READY = 10  # seconds
_PRIORITY = 4  # games go first
_PAGES = 50  # of a hundred messages: three hours of a very lively channel
_CLOCKS_APART = timedelta(minutes=10)
_DELETED = frozenset({10003, 10004})  # unknown channel, unknown guild
_NO_ACCESS = 50001


class DailyPublisher:
    """Sends daily posts, and finds them again."""

    def __init__(self, client: discord.Client, facts: FactsService, clock: Clock, budget: Budget) -> None:
        self._client = client
        self._facts = facts
        self._clock = clock
        self._budget = budget

    async def post(self, delivery: Delivery) -> int:
        """Send the post and return its message's id. Raises `Refused` or `Unreachable`."""
        role_id, may_notify = await self._role(delivery)
        card = daily_card(
            delivery.fact,
            self._facts.topic(delivery.fact),
            delivery.on,
            delivery.marker,
            role_id=role_id,
            late_since=delivery.due_at if delivery.is_late else None,
        )
        body = {
            "components": card,
            "flags": COMPONENTS_V2,
            "nonce": f"fact-{delivery.marker}",
            "enforce_nonce": True,
            "allowed_mentions": {"parse": [], "roles": [str(role_id)] if may_notify else []},
        }
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=delivery.channel_id)
        message = await self._request(delivery, route, json=body)
        return int(message["id"])

    async def find(self, delivery: Delivery) -> int | None:
        """Return the id of the message with the marker, or None. Raises `Refused` or `Unreachable`."""
        channel = self._channel(delivery)
        if channel is not None and missing_in(channel, (READ_HISTORY,)):
            raise Refused(
                "it may have been posted already, and without Read Message History Farside cannot look"
            )
        now = self._clock.now()
        since = min(delivery.tried_at or now, now) - _CLOCKS_APART
        after = discord.utils.time_snowflake(since)
        for _ in range(_PAGES):
            route = Route("GET", "/channels/{channel_id}/messages", channel_id=delivery.channel_id)
            page = await self._request(delivery, route, params={"after": after, "limit": 100})
            for message in page:
                if any(delivery.marker in custom_id for custom_id in _custom_ids(message["components"])):
                    return int(message["id"])
            if len(page) < 100:
                return None
            after = max(int(message["id"]) for message in page)
        raise Refused("it may have been posted already, and too much was written since to look for it")

    async def _role(self, delivery: Delivery) -> tuple[int | None, bool]:
        """Return the role to name, and whether naming it may notify it."""
        if delivery.role_id is None:
            return None, False
        with suppress(TimeoutError):  # a post due at start waits a little for the servers to be known
            await asyncio.wait_for(self._client.wait_until_ready(), _READY)
        guild = self._client.get_guild(delivery.guild_id)
        if guild is None:
            return delivery.role_id, True  # Discord decides
        role = guild.get_role(delivery.role_id)
        if role is None:  # deleted since
            return None, False
        channel = self._channel(delivery)
        may = channel is not None and not missing_in(channel, (MENTION_ROLES,))
        return role.id, role.mentionable or may

    def _channel(self, delivery: Delivery) -> discord.abc.GuildChannel | discord.Thread | None:
        guild = self._client.get_guild(delivery.guild_id)
        return guild.get_channel_or_thread(delivery.channel_id) if guild is not None else None

    async def _request(self, delivery: Delivery, route: Route, **arguments: Any) -> Any:
        async with self._budget.request(_PRIORITY):
            try:
                return await self._client.http.request(route, timeout=_ANSWER, **arguments)
            except discord.RateLimited as limit:
                raise Unreachable("Discord asked to wait", timedelta(seconds=limit.retry_after)) from limit
            except discord.HTTPException as error:
                raise self._meaning(delivery, error) from error
            except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
                raise Unreachable("the connection to Discord was lost") from error

    def _meaning(self, delivery: Delivery, error: discord.HTTPException) -> Exception:
        """Return what Discord's refusal means for the post."""
        if error.status == 429:
            return Unreachable("Discord asked to wait", timedelta(seconds=_retry_after(error)))
        if error.status >= 500 or error.status == 401:
            return Unreachable(f"Discord answered with an error ({error.status})")
        if error.status == 404 or error.code in _DELETED:
            return Refused("the channel was deleted")
        if error.status == 403:
            return Refused(self._forbidden(delivery, error))
        _log.error("Discord does not take a daily post: %s", error)
        return Refused(f"Discord does not take the message ({error.text or error.status})")

    def _forbidden(self, delivery: Delivery, error: discord.HTTPException) -> str:
        """Return why Farside may not post, naming what its owner can grant where that is known."""
        channel = self._channel(delivery)
        missing = missing_in(channel, POST) if channel is not None else []
        if missing:
            return f"Farside lacks {' and '.join(missing)} in the channel"
        if error.code == _NO_ACCESS:
            return "Farside cannot see the channel any more"
        return f"Farside may not post in the channel ({error.text or 'forbidden'})"


def _retry_after(error: discord.HTTPException) -> float:
    try:
        return float(error.response.headers.get("Retry-After", 5))
    except ValueError:
        return 5.0


def _custom_ids(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        if "custom_id" in component:
            yield component["custom_id"]
        yield from _custom_ids(component.get("components", []))
