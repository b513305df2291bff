"""Messages in channels: sent, edited and found, at the pace that Discord allows.

discord.py's own sender keeps a bucket for every channel and looks through all
of them for each new one; with thousands of games that is most of its work. Here
only channels that have just used up their limit are remembered.

What always holds: a message is sent at most once for each nonce; nothing pings
but what is asked for; a refusal is told as what it means for the sender.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import aiohttp
import discord
import orjson
from discord.http import HTTPClient, Route

from bot.cogs.budget import Budget
from bot.cogs.messages.components import COMPONENTS_V2, Card

_log = logging.getLogger(__name__)
_PATIENCE = aiohttp.ClientTimeout(total=5)  # for one request
_REMEMBERED = 1000  # places whose limit is used up, before those that are free again are dropped
_PAGES = 5  # of a hundred messages, in the search for our own
_UNKNOWN_MESSAGE = 10008
_ARCHIVED = 50083
_NO_PINGS: dict[str, list[str]] = {"parse": []}


class Gone(Exception):
    """The message is not there any more, but its channel is."""


class Lost(Exception):
    """The channel cannot be used any more; the text says why, as part of a sentence."""


class Later(Exception):
    """Discord could not take it now."""

    def __init__(self, wait: float = 0.0) -> None:
        super().__init__("later")
        self.wait = wait  # seconds that Discord asks for


class _Place(NamedTuple):
    """What a limit of Discord's is counted for."""

    method: str
    channel_id: int


class Channels:
    """Sends to channels. `user_id` is our own, to be set after logging in."""

    def __init__(self, http: HTTPClient, budget: Budget) -> None:
        self._http = http
        self._budget = budget
        self._session: aiohttp.ClientSession | None = None
        self._full: dict[_Place, float] = {}  # until when, by the loop's clock, a place takes nothing
        self.user_id = 0

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(
        self, channel_id: int, card: Card | Callable[[], Card], *, nonce: str, priority: int = 1
    ) -> int:
        """Send a message, once for each `nonce` (at most 25 characters), and return its id.

        `card` may be a function, called when the message's turn has come.
        Raises `Lost` when the channel cannot be used, `Later` when Discord cannot be reached.
        """

        def body() -> dict[str, Any]:
            return {
                "components": card() if callable(card) else card,
                "flags": COMPONENTS_V2,
                "nonce": nonce,
                "enforce_nonce": True,
                "allowed_mentions": _NO_PINGS,
            }

        message = await self._request("POST", channel_id, "", priority, body)
        return int(message["id"])

    async def edit(self, channel_id: int, message_id: int, card: Card, *, priority: int = 1) -> None:
        """Have a message of ours show `card`. Raises `Gone`, `Lost` or `Later`."""
        body = {"components": card, "flags": COMPONENTS_V2, "allowed_mentions": _NO_PINGS}
        await self._request("PATCH", channel_id, f"/{message_id}", priority, lambda: body)

    async def find(self, channel_id: int, since: datetime, custom_id: str) -> int | None:
        """Return our own message since then that has a component whose custom_id begins so.

        Without the permission Read Message History Discord returns no messages: then None.
        """
        after = discord.utils.time_snowflake(since)
        for _ in range(_PAGES):
            page = await self._request("GET", channel_id, f"?after={after}&limit=100", 2)
            for message in page:
                if int(message["author"]["id"]) == self.user_id and any(
                    found.startswith(custom_id) for found in _custom_ids(message["components"])
                ):
                    return int(message["id"])
            if len(page) < 100:
                break
            after = max(int(message["id"]) for message in page)
        return None

    async def _request(
        self,
        method: str,
        channel_id: int,
        path: str,
        priority: int,
        body: Callable[[], dict[str, Any]] | None = None,
    ) -> Any:
        place = _Place(method, channel_id)
        await self._wait_for(place)
        async with self._budget.request(priority):
            try:
                async with self._connected().request(
                    method,
                    f"{Route.BASE}/channels/{channel_id}/messages{path}",
                    data=None if body is None else orjson.dumps(body()),
                    headers={
                        "Authorization": f"Bot {self._http.token}",
                        "Content-Type": "application/json",
                        "User-Agent": self._http.user_agent,
                    },
                    proxy=self._http.proxy,
                    proxy_auth=self._http.proxy_auth,
                ) as response:
                    text = await response.read()
                    self._note_limit(place, response)
            except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
                _log.info("%s of channel %s was dropped on the way: %r", method, channel_id, error)
                raise Later from error
            answer = _parsed(text)
            if response.status < 300 and answer is not None:
                return answer
            raise self._meaning(response, answer if isinstance(answer, dict) else {})

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_PATIENCE)
        return self._session

    async def _wait_for(self, place: _Place) -> None:
        """Wait until the place takes requests again."""
        now = asyncio.get_running_loop().time
        while (until := self._full.get(place)) is not None:
            if (wait := until - now()) > 0:
                await asyncio.sleep(wait)
            if self._full.get(place) == until:
                del self._full[place]

    def _note_limit(self, place: _Place, response: aiohttp.ClientResponse) -> None:
        """Remember a place that has just used up its limit."""
        if response.headers.get("X-RateLimit-Remaining") == "0":
            now = asyncio.get_running_loop().time()
            self._full[place] = now + _number(response.headers.get("X-RateLimit-Reset-After"))
            if len(self._full) > _REMEMBERED:
                self._full = {place: until for place, until in self._full.items() if until > now}

    def _meaning(self, response: aiohttp.ClientResponse, answer: dict[str, Any]) -> Exception:
        """Return what a refusal means for the sender."""
        status, code = response.status, answer.get("code")
        if status == 429:
            wait = _number(answer.get("retry_after") or response.headers.get("Retry-After"), 5.0)
            if answer.get("global") or "X-RateLimit-Global" in response.headers:
                self._budget.pause(wait)
            return Later(wait)
        if status >= 500 or status == 401 or status < 300:
            return Later()
        if code in {_UNKNOWN_MESSAGE, _ARCHIVED}:  # a new message opens an archived thread again
            return Gone()
        if status == 404:
            return Lost("stopped because its channel was deleted")
        words = answer.get("message") or "forbidden"
        if status == 403:
            return Lost(f"stopped because Farside may not post in its channel ({words})")
        _log.error("Discord does not take a message of ours: %s %s", status, answer)
        return Lost("stopped because Discord does not take its messages")


def _parsed(text: bytes) -> Any:
    """Return the JSON value, or None for what is none: an error page."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _number(text: Any, default: float = 0.0) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return default


def _custom_ids(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        if "custom_id" in component:
            yield component["custom_id"]
        yield from _custom_ids(component.get("components", []))
