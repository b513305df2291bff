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
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import Route

from bot.clock import Clock
from bot.cogs.budget import Budget
from bot.cogs.messages.components import COMPONENTS_V2
from bot.cogs.messages.facts import daily_card
from bot.cogs.messages.schedules import stopped_card
from bot.cogs.permissions import POST, READ_HISTORY, missing_in
from bot.quiz.question import Fact
from bot.quiz.schedule import Post, Schedule
from bot.services.daily import Asleep, Refused, Unknown, Unreachable
from bot.services.facts import FactsService

T = TypeVar("T")

_log = logging.getLogger(__name__)
_ANSWER = aiohttp.ClientTimeout(total=10)  # for one request; discord.py's own waiting comes on top
_READY = 10  # seconds
_PRIORITY = 4  # games go first
_PAGES = 50  # of a hundred messages: three hours of a very lively channel
_CLOCKS_APART = timedelta(minutes=10)
_DELETED = frozenset({10003, 10004})  # unknown channel, unknown guild
_NO_ACCESS = 50001
_ASLEEP = frozenset({50083, 160005})  # an archived thread, a locked one


class DailyPublisher:
    """Sends daily posts, and finds them again."""

    def __init__(self, client: discord.Client, facts: FactsService, clock: Clock, budget: Budget) -> None:
        self._client = client
        self._facts = facts
        self._clock = clock
        self._budget = budget

    async def post(self, post: Post, fact: Fact, *, is_late: bool) -> int:
        """Send the post and return its message's id. Raises `Refused`, `Asleep` or `Unreachable`."""
        role_id = await self._role(post)
        card = daily_card(
            fact,
            self._facts.topic(fact),
            post.on,
            post.marker,
            role_id=role_id,
            late_since=post.due_at if is_late else None,
        )
        body = {
            "components": card,
            "flags": COMPONENTS_V2,
            "nonce": f"fact-{post.marker}",
            "enforce_nonce": True,
            "allowed_mentions": {"parse": [], "roles": [str(role_id)] if role_id else []},
        }
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=post.channel_id)
        message = await self._request(post, route, json=body)
        return int(message["id"])

    async def find(self, post: Post) -> int | None:
        """Return the id of the message with the marker, or None. Raises `Refused` or `Unreachable`."""
        channel = await self._find_channel(post)
        if missing_in(channel, (READ_HISTORY,)):
            raise Unknown(
                "it may have been posted already, and without Read Message History Farside cannot look"
            )
        now = self._clock.now()
        since = min(post.tried_at or now, now) - _CLOCKS_APART
        after = discord.utils.time_snowflake(since)
        for _ in range(_PAGES):
            route = Route("GET", "/channels/{channel_id}/messages", channel_id=post.channel_id)
            page = await self._request(post, route, params={"after": after, "limit": 100})
            for message in page:
                if any(post.marker in custom_id for custom_id in _custom_ids(message["components"])):
                    return int(message["id"])
            if len(page) < 100:
                return None
            after = max(int(message["id"]) for message in page)
        raise Unknown("it may have been posted already, and too much was written since to look for it")

    async def tell_stopped(self, schedule: Schedule) -> bool:
        """Tell whoever made the schedule, by direct message, that it stopped; return whether it arrived."""
        guild = self._client.get_guild(schedule.guild_id)
        body = {
            "components": stopped_card([schedule], guild.name if guild is not None else None),
            "flags": COMPONENTS_V2,
            "nonce": f"stopped-{schedule.id}",
            "enforce_nonce": True,
            "allowed_mentions": {"parse": []},
        }
        try:
            async with self._budget.request(_PRIORITY):
                route = Route("POST", "/users/@me/channels")
                to = {"recipient_id": str(schedule.created_by)}
                private: Any = await self._client.http.request(route, timeout=_ANSWER, json=to)
            async with self._budget.request(_PRIORITY):
                route = Route("POST", "/channels/{channel_id}/messages", channel_id=private["id"])
                await self._client.http.request(route, timeout=_ANSWER, json=body)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _log.info("the maker of schedule %s could not be told by direct message: %s", schedule.id, error)
            return False
        return True

    async def _role(self, post: Post) -> int | None:
        """Return the role to name, unless it was deleted; whether that notifies it, Discord decides."""
        if post.role_id is None:
            return None
        await self._wait_until_ready()
        guild = self._client.get_guild(post.guild_id)
        return post.role_id if guild is None or guild.get_role(post.role_id) is not None else None

    async def _find_channel(self, post: Post) -> discord.abc.GuildChannel | discord.Thread:
        """Return the post's channel as it is known, or as Discord tells: a thread that is archived, say.

        Where its permissions are not known an empty page of its history would mean nothing.
        """
        await self._wait_until_ready()
        if (known := self._channel(post)) is not None:
            return known
        if self._client.get_guild(post.guild_id) is None:
            raise Unreachable("the server is not known yet")
        fetched = await self._ask(post, lambda: self._client.fetch_channel(post.channel_id))
        if not isinstance(fetched, discord.abc.GuildChannel | discord.Thread):
            raise Refused("the channel was deleted")
        return fetched

    async def _wait_until_ready(self) -> None:
        """Wait a little for the servers to be known: posts may be due at start."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._client.wait_until_ready(), _READY)

    def _channel(self, post: Post) -> discord.abc.GuildChannel | discord.Thread | None:
        guild = self._client.get_guild(post.guild_id)
        return guild.get_channel_or_thread(post.channel_id) if guild is not None else None

    async def _request(self, post: Post, route: Route, **arguments: Any) -> Any:
        return await self._ask(post, lambda: self._client.http.request(route, timeout=_ANSWER, **arguments))

    async def _ask(self, post: Post, request: Callable[[], Awaitable[T]]) -> T:
        """Send a request about a post when it is its turn; raise what its answer means for the post."""
        async with self._budget.request(_PRIORITY):
            try:
                return await request()
            except discord.RateLimited as limit:
                raise Unreachable("Discord asked to wait", timedelta(seconds=limit.retry_after)) from limit
            except discord.HTTPException as error:
                raise self._meaning(post, error) from error
            except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
                raise Unreachable("the connection to Discord was lost") from error

    def _meaning(self, post: Post, error: discord.HTTPException) -> Exception:
        """Return what Discord's refusal means for the post."""
        if error.status == 429:
            return Unreachable("Discord asked to wait", timedelta(seconds=_retry_after(error)))
        if error.status >= 500 or error.status == 401:
            return Unreachable(f"Discord answered with an error ({error.status})")
        if error.code in _ASLEEP:
            return Asleep("its thread is archived and locked")
        if error.status == 404 or error.code in _DELETED:
            return Refused("the channel was deleted")
        if error.status == 403:
            return Refused(self._forbidden(post, error))
        _log.error("Discord does not take a daily post: %s", error)
        return Refused(f"Discord does not take the message ({error.text or error.status})")

    def _forbidden(self, post: Post, error: discord.HTTPException) -> str:
        """Return why Farside may not post, naming what its owner can grant where that is known."""
        channel = self._channel(post)
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
