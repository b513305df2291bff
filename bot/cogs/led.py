"""Led shards: those that this process holds leases of, connected and let go at run time.

What always holds:
- a shard is connected only while its lease is ours for certain, whatever its
  last connection ended by; what arrives when it is not is left to others, who
  hear it again;
- a session is noted at the event before the first that is not dealt with yet:
  who takes it up hears again what was heard and not answered;
- a session that is handed over is closed such that Discord keeps it.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
import discord
import yarl
from discord.gateway import ReconnectWebSocket
from discord.shard import EventItem, EventType

from bot.cluster.leases import Session
from bot.cluster.shards import Part
from bot.cluster.shares import share
from bot.cogs.budget import MOST, Budget
from bot.cogs.gateway import TROUBLE, PatientSocket, SessionStarts, seldom
from bot.cogs.retries import pause_after
from bot.metrics import RESUMES
from bot.services.cluster import Cluster

_log = logging.getLogger(__name__)
_KEPT = 4000  # the code that keeps a session: all but 1000 and 1001 do
_ANSWERED = 3.0  # seconds after which Discord takes no answer, so that there is nothing left to do
_SETTLED = 0.3  # seconds for what was heard, before a shard is handed over with what is left of it
_STEP = 0.01  # seconds between looks whether it is
_CLOSED = 0.3  # seconds for a connection to close
_NOT_OURS = 0.05  # seconds between looks whether a lease is ours
_FOR_GOOD = (4004, 4010, 4011, 4012, 4013, 4014)
_NOBODY: Any = range(1 << 30)  # discord.py waits for so many shards until it is ready by itself: we tell it
_PASSING = (
    OSError,
    aiohttp.ClientError,
    discord.HTTPException,
    discord.GatewayNotFound,
    asyncio.TimeoutError,
)


@dataclass
class Heard:
    """Interactions that came by one connection and are not answered: when, and as which event."""

    pending: dict[int, tuple[float, int]] = field(default_factory=dict)

    def settled(self, now: float) -> None:
        """Forget those that can be answered no more."""
        if self.pending:
            self.pending = {key: one for key, one in self.pending.items() if now - one[0] < _ANSWERED}

    def before(self, seq: int) -> int:
        """Return the last event that was dealt with, as were all before it."""
        return min([seq, *(heard - 1 for _, heard in self.pending.values())])


class SharedStarts(SessionStarts):
    """Session starts of all processes together, one after the other in each of Discord's buckets."""

    def __init__(self, http: discord.http.HTTPClient, cluster: Cluster) -> None:
        super().__init__(http)
        self._cluster = cluster
        self.concurrency = 1

    async def take(self, shard: int) -> None:
        """Return when it is the shard's turn to begin a session, and count it."""
        while not await self._cluster.take_start():
            self._left = 0  # whatever was heard before: others have used it up
            await super().take(shard)  # waits until Discord has some
            await self._cluster.note_sessions_left(self.left + 1)  # this one is counted below
        await self._cluster.wait_to_identify(shard, self.concurrency)


class LedSocket(PatientSocket):
    """A connection of a shard that may be another process's at any moment."""

    cluster: Cluster
    heard: Heard
    is_hushed = False

    @classmethod
    async def from_client(cls, client: Any, *, resume: bool = False, **options: Any) -> Self:
        """Connect, and begin a session when it is this shard's turn, or resume one."""
        socket = await super().from_client(client, resume=resume, **options)
        parsers = dict(socket._discord_parsers)
        parse = parsers["INTERACTION_CREATE"]

        def parse_heard(data: Any) -> None:
            socket.heard.pending[int(data["id"])] = (socket.loop.time(), socket.sequence or 0)
            parse(data)

        parsers["INTERACTION_CREATE"] = parse_heard
        socket._discord_parsers = parsers
        return socket

    def __init__(self, *options: Any, **named: Any) -> None:
        super().__init__(*options, **named)
        self.heard = Heard()

    async def received_message(self, msg: Any, /) -> None:
        """Take what was sent, while that is ours to take; the rest is heard again by whoever leads then."""
        if self.is_hushed:
            return
        shard = self.shard_id or 0
        if self.session_id is not None and not self.cluster.may_hear(shard):
            await asyncio.sleep(_NOT_OURS)
            await self.close(_KEPT)
            raise ReconnectWebSocket(shard)
        self.cluster.ownership.work_on(shard)
        await super().received_message(msg)


class LedShard:
    """One shard, kept connected by a task of its own; those of discord.py reconnect one after the other."""

    def __init__(self, client: Any, cluster: Cluster, shard: int, session: Session | None) -> None:
        self._client = client
        self._cluster = cluster
        self._session = session
        self.id = shard
        self.ws: Any = None
        self._task: asyncio.Task[None] | None = None
        self._is_over = False

    def launch(self) -> None:
        """Connect, and stay connected."""
        self._task = asyncio.create_task(self._stay(), name=f"shard {self.id}")

    @property
    def session(self) -> Session | None:
        """Return the session at the last event that was dealt with; None while there is none."""
        ws = self.ws
        if ws is None or ws.session_id is None or ws.sequence is None:
            return self._session
        ws.heard.settled(ws.loop.time())
        return Session(ws.session_id, ws.heard.before(ws.sequence), str(ws.gateway))

    @property
    def is_connected(self) -> bool:
        """Return whether presses are taken."""
        return self.ws is not None and self.ws.session_id is not None and not self.ws.socket.closed

    @property
    def is_busy(self) -> bool:
        """Return whether something was heard that is not answered."""
        if self.ws is None:
            return False
        self.ws.heard.settled(self.ws.loop.time())
        return bool(self.ws.heard.pending)

    def hush(self) -> None:
        """Hear nothing more."""
        self._is_over = True
        if self.ws is not None:
            self.ws.is_hushed = True

    async def cut(self) -> None:
        """Close the connection; Discord keeps the session for a while."""
        self.hush()
        if self._task is not None:
            self._task.cancel()
        await self._close(_KEPT)

    async def close(self) -> None:
        """Close the connection, as discord.py asks for at its end; whoever comes next goes on from here."""
        await self.cut()

    async def _close(self, code: int) -> None:
        if self.ws is not None:
            try:
                await asyncio.wait_for(self.ws.close(code), _CLOSED)
            except (OSError, TimeoutError, RuntimeError, aiohttp.ClientError) as error:
                _log.debug("shard %s does not close well: %s", self.id, error)

    async def _stay(self) -> None:
        failures = 0
        while not self._is_over:
            try:
                if self.ws is None or self.ws.socket.closed:
                    await self._connect()
                await self.ws.poll_event()
                failures = 0
            except ReconnectWebSocket as asked:
                self._client.dispatch("shard_disconnect", self.id)
                await self._end(is_over=not asked.resume)
                failures += 1
            except discord.ConnectionClosed as closed:
                if closed.code in _FOR_GOOD:
                    self._give_up(closed)
                    return
                await self._end(is_over=False)
                failures += 1
            except _PASSING as error:
                seldom.warn(TROUBLE, f"{type(error).__name__}: {error}")
                await self._end(is_over=False)
                if self._session is not None:  # its own address may be gone: the usual one knows what to do
                    usual = str(discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY)
                    self._session = self._session._replace(url=usual)
                failures += 1
            except Exception as error:  # noqa: BLE001 - ours: the client ends by it, with a traceback
                self._give_up(error)
                return
            if failures > 1:
                await asyncio.sleep(pause_after(failures - 2))

    async def _connect(self) -> None:
        while not self._cluster.may_hear(self.id):
            await asyncio.sleep(_NOT_OURS)
        session = self._session
        if session is None:
            self.ws = await LedSocket.from_client(self._client, shard_id=self.id)
            _log.info("shard %s begins a session", self.id)
            RESUMES.add("identified")
            return
        self.ws = await LedSocket.from_client(
            self._client,
            gateway=yarl.URL(session.url),
            shard_id=self.id,
            session=session.id,
            sequence=session.seq,
            resume=True,
        )
        _log.info("shard %s takes its session up after event %s", self.id, session.seq)

    async def _end(self, *, is_over: bool) -> None:
        """Leave a connection, and keep in mind where its session is; `is_over`: Discord ended that, too."""
        session = None if is_over else self.session
        await self._close(_KEPT)
        if is_over:
            if self._session is not None or (self.ws is not None and self.ws.session_id is None):
                RESUMES.add("refused")
            await self._cluster.forget_session(self.id)
        self._session, self.ws = session, None

    def _give_up(self, error: Exception) -> None:
        kind = EventType.close if isinstance(error, discord.ConnectionClosed) else EventType.terminate
        self._client._AutoShardedClient__queue.put_nowait(EventItem(kind, self, error))  # type: ignore[arg-type]


class LedShards:
    """The shards of this process, for the cluster to open and close."""

    def __init__(self, client: Any, cluster: Cluster, budget: Budget) -> None:
        self._client = client
        self._cluster = cluster
        self._budget = budget
        self._shards: dict[int, LedShard] = client._AutoShardedClient__shards
        self._starts = SharedStarts(client.http, cluster)
        LedSocket.starts = self._starts
        LedSocket.cluster = cluster
        self.share_requests(cluster.ownership.part)

    async def join(self, advised: int, limit: Mapping[str, Any]) -> None:
        """Agree with the others on the number of shards; `limit` is what Discord says of session starts."""
        self._starts.concurrency = max(1, int(limit.get("max_concurrency") or 1))
        count = await self._cluster.join(advised, int(limit["remaining"]))
        self._client.shard_count = self._client._connection.shard_count = count
        self._client._connection.shard_ids = _NOBODY

    @property
    def unconnected(self) -> set[int]:
        """Return the shards that are led here and take no presses at this moment."""
        taking = {number for number, shard in self._shards.items() if shard.is_connected}
        return set(self._cluster.ownership.part.shards) - taking

    def answered(self, interaction_id: int) -> None:
        """Take note that an interaction is dealt with."""
        for shard in self._shards.values():
            if shard.ws is not None:
                shard.ws.heard.pending.pop(interaction_id, None)

    # ------------------------------------------------------------------------------ what the cluster asks for

    async def connect(self, shard: int, session: Session | None) -> None:
        """Take a shard's session up, or begin one."""
        led = self._shards[shard] = LedShard(self._client, self._cluster, shard, session)
        led.launch()

    def hush(self, shards: Collection[int]) -> None:
        """Hear nothing more of these shards."""
        for shard in self._of(shards):
            shard.hush()

    async def settle(self, shards: Collection[int]) -> None:
        """Wait until what was heard of these shards is answered; for a moment at most."""
        loop = asyncio.get_running_loop()
        latest = loop.time() + _SETTLED
        while any(shard.is_busy for shard in self._of(shards)) and loop.time() < latest:
            await asyncio.sleep(_STEP)

    async def cut(self, shards: Collection[int]) -> None:
        """Close these connections, and forget the servers that they told of."""
        await asyncio.gather(*(shard.cut() for shard in self._of(shards)))
        part = Part.of(shards, self._client.shard_count)
        for shard in list(part.shards):
            self._shards.pop(shard, None)
        state = self._client._connection
        for guild in [guild for guild in self._client.guilds if part.holds(guild.id)]:
            state._remove_guild(guild)

    def sessions(self) -> Mapping[int, Session]:
        """Return the sessions of all connected shards."""
        found = {number: shard.session for number, shard in self._shards.items()}
        return {number: session for number, session in found.items() if session is not None}

    def share_requests(self, part: Part) -> None:
        """Make as many requests as belong to this part from now on."""
        self._budget.share(share(MOST, part.shards, part.count))

    def _of(self, shards: Collection[int]) -> list[LedShard]:
        return [self._shards[shard] for shard in shards if shard in self._shards]
