"""The gateway: one patient connection for each shard, whatever stands at the other end.

What always holds:
- what can pass is waited out: pauses grow to less than a minute, and one line a
  minute tells of it; only Discord's own close codes for good end the program;
- what cannot be read (a compressed stream that is none, a READY in an odd
  shape) costs the connection, not the program;
- no session is begun when Discord has no more for today: too many of them
  would cost the bot its token.
"""

import asyncio
import logging
import math
import time
from typing import Any, Self

import discord
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket

from bot.cogs.retries import Seldom, pause_after

_log = logging.getLogger(__name__)
TROUBLE = "the gateway cannot be reached"
_NO_SESSIONS = "Discord has no more sessions for this bot at this moment"
_CONNECTED_WITHIN = 30.0  # seconds until a gateway that says nothing is given up
_WELL_AFTER = 300.0  # seconds after which failures are forgotten
_SHORTEST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds until limits are asked for again

seldom = Seldom(_log)


class Unreadable(ConnectionError):
    """The gateway says what cannot be understood; a new connection may help."""


class CappedBackoff(ExponentialBackoff[Any]):
    """Pauses that grow to less than a minute; discord.py's own grow to a quarter of an hour."""

    def __init__(self) -> None:
        super().__init__()
        self._failures = 0
        self._failed_at = time.monotonic()

    def delay(self) -> float:  # type: ignore[override]  # of the three kinds only this one is asked for
        """Return the seconds to wait before the next try."""
        now = time.monotonic()
        if now - self._failed_at > _WELL_AFTER:
            self._failures = 0
        self._failed_at = now
        self._failures += 1
        return pause_after(self._failures - 1)


class SessionStarts:
    """How many sessions Discord still lets this bot begin."""

    def __init__(self, http: discord.http.HTTPClient) -> None:
        self._http = http
        self._left = 0

    @property
    def left(self) -> int:
        """Return how many there are, as far as is known."""
        return self._left

    def note(self, limit: Any) -> None:
        """Take in what Discord has told of its limit."""
        self._left = int(limit["remaining"])

    async def take(self, shard: int) -> None:  # noqa: ARG002 - whichever it is: they are counted together
        """Return when a session may be begun, and count it. Raise `Unreadable` when nobody says so."""
        while self._left <= 0:
            try:
                _, _, limit = await self._http.get_bot_gateway()
                self.note(limit)
                after = float(limit["reset_after"]) / 1000
            except (discord.DiscordException, OSError, LookupError, TypeError, ValueError) as error:
                raise Unreadable(
                    f"nobody says how many sessions there are: {type(error).__name__}"
                ) from error
            if self._left <= 0:
                seldom.warn(_NO_SESSIONS, f"the next in {after:.0f} s")
                await asyncio.sleep(min(max(after, _SHORTEST_WAIT), _LONGEST_WAIT))
        self._left -= 1


class PatientSocket(DiscordWebSocket):
    """A connection that ends by an error that is waited out, whatever it was sent."""

    starts: SessionStarts

    @classmethod
    async def from_client(cls, client: Any, *, resume: bool = False, **options: Any) -> Self:
        """Connect, and begin a session or resume one."""
        if not resume:
            await cls.starts.take(options.get("shard_id") or 0)
        connecting = super().from_client(client, resume=resume, **options)
        socket = await asyncio.wait_for(connecting, _CONNECTED_WITHIN)
        parsers = dict(socket._discord_parsers)
        parse_ready = parsers["READY"]
        # "shard" may be left out though it was sent
        parsers["READY"] = lambda data: parse_ready({"shard": [socket.shard_id, socket.shard_count], **data})
        socket._discord_parsers = parsers
        return socket

    async def received_message(self, msg: Any, /) -> None:
        """Take what was sent; what cannot be read ends this connection by an error that is waited out."""
        try:
            await super().received_message(msg)
        except (ReconnectWebSocket, discord.ConnectionClosed, OSError):
            raise
        except Exception as error:
            await self.close()
            raise Unreadable(f"it sends what cannot be read: {type(error).__name__}: {error}") from error


class Heart(KeepAliveHandler):
    """Gives a connection up when a heartbeat is not answered before the next is due, as Discord asks.

    discord.py waits for a minute without a word, however short the time between two heartbeats is.
    """

    def get_payload(self) -> dict[str, Any]:
        """Return a heartbeat, sent as of now: its answer may overtake discord.py's note of having sent it."""
        self._last_send = time.perf_counter()
        self.heartbeat_timeout = 0.0
        return super().get_payload()

    def ack(self) -> None:
        """Take the answer."""
        self.heartbeat_timeout = math.inf
        super().ack()


class _Once(logging.Filter):
    """Tells discord.py's complaints about one connection once a minute, without tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell what was wrong, and keep the record itself out of the log."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return True
        seldom.warn(TROUBLE, f"{type(error).__name__}: {error}")
        return False


def be_patient(starts: SessionStarts) -> None:
    """Have discord.py connect with patience."""
    PatientSocket.starts = starts
    shards: Any = discord.shard
    shards.DiscordWebSocket, shards.ExponentialBackoff = PatientSocket, CappedBackoff
    discord.gateway.KeepAliveHandler = Heart  # type: ignore[misc]
    logging.getLogger("discord.shard").addFilter(_Once())


def is_passing(error: Exception) -> bool:
    """Return whether a connection that failed so may succeed in a while: all but Discord's word for good."""
    return not isinstance(error, discord.ConnectionClosed | discord.PrivilegedIntentsRequired)


def gateway_query() -> dict[str, str]:
    """Return the query of the gateway's address, as the bot connects."""
    return {
        "v": str(discord.http.INTERNAL_API_VERSION),
        "encoding": "json",
        "compress": discord.utils._ActiveDecompressionContext.COMPRESSION_TYPE,
    }


def read_first(sent: bytes | str) -> Any:
    """Return the first event that a gateway has sent, decompressed as the bot does."""
    text = sent if isinstance(sent, str) else discord.utils._ActiveDecompressionContext().decompress(sent)
    return discord.utils._from_json(text) if text else None
