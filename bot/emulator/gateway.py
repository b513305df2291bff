"""The gateway: websockets that tell bots what happens.

A session outlives its socket: what happens meanwhile is kept and told when the bot
resumes. Each socket has one writer, so that what is compressed first is sent first.
"""

import asyncio
import contextlib
import secrets
import sys
import time
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from .errors import Json
from .faults import Fault
from .log import Log
from .parts import Parts
from .permissions import VIEW_CHANNEL
from .world import DM, Guild, Happening

(
    DISPATCH,
    HEARTBEAT,
    IDENTIFY,
    PRESENCE,
    VOICE,
    _,
    RESUME,
    RECONNECT,
    MEMBERS,
    INVALID_SESSION,
    HELLO,
    ACK,
) = range(12)

_GUILDS, _MEMBERS, _CONTENT = 1 << 0, 1 << 1, 1 << 15
_PRIVILEGED: Final = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}
_KNOWN_INTENTS: Final = (1 << 26) - 1
_REPLAYED: Final = 20_000  # dispatches kept for a resume
# No real network is faster, and discord.py takes an acknowledgement that overtakes its own
# note of having sent the heartbeat for one that is 41 s late.
_ACK_SECONDS: Final = 0.02
_PER_MINUTE: Final = 120  # what a bot may send
_DETACHED_SECONDS: Final = 300.0  # how long a session waits for its bot

# Which intents let an event through, in servers and in direct messages. An event that is
# not here goes to every session.
_INTENTS: Final[dict[str, tuple[int, int]]] = {
    **dict.fromkeys(
        (
            "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE",
            "GUILD_ROLE_DELETE", "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE",
            "THREAD_UPDATE", "THREAD_DELETE", "THREAD_MEMBERS_UPDATE",
        ),
        (_GUILDS, 0),
    ),
    **dict.fromkeys(("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"), (_MEMBERS, 0)),
    **dict.fromkeys(("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"), (1 << 9, 1 << 12)),
    **dict.fromkeys(("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"), (1 << 10, 1 << 13)),
    "TYPING_START": (1 << 11, 1 << 14),
}  # fmt: skip
_NOT_DISPATCHED: Final = ("COMMANDS", "DM_CREATE")
_HIDDEN: Final = {"content": "", "embeds": [], "attachments": [], "components": []}


class Closing(Exception):
    """The bot did something for which Discord closes the socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Session:
    """What one bot's shard has been told, and is still to be told."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.seq = 0
        self.sent: deque[tuple[int, bytes]] = deque(maxlen=_REPLAYED)
        self.socket: Socket | None = None
        self.detached_at = 0.0

    def dispatch(self, event: str, data: bytes) -> None:
        """Number a dispatch, keep it, and send it when the bot is there."""
        self.seq += 1
        payload = b'{"t":"%b","s":%d,"op":0,"d":%b}' % (event.encode(), self.seq, data)
        self.sent.append((self.seq, payload))
        if self.socket is not None:
            self.socket.send(payload)


class Socket:
    """One websocket with its compression; `send` never waits."""

    def __init__(self, ws: web.WebSocketResponse, compress: Callable[[bytes], bytes] | None) -> None:
        self.ws = ws
        self._compress = compress
        self._queue: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._closing: tuple[int, bytes] | None = None
        self.session: Session | None = None

    def send(self, payload: bytes) -> None:
        """Queue a payload."""
        self._queue.append(payload)
        self._wake.set()

    def op(self, op: int, data: Any = None) -> None:
        """Queue a payload that is not a dispatch."""
        self.send(orjson.dumps({"t": None, "s": None, "op": op, "d": data}))

    def close(self, code: int, reason: str = "") -> None:
        """Close once everything queued is sent."""
        self._closing = (code, reason.encode())
        self._wake.set()

    def cut(self) -> None:
        """Break the connection as a network does, without a word."""
        self._queue.clear()
        transport = self.ws._req.transport if self.ws._req is not None else None
        if transport is not None:
            transport.abort()

    async def write(self) -> None:
        """Send what is queued until the socket closes."""
        while not self.ws.closed:
            await self._wake.wait()
            self._wake.clear()
            try:
                while self._queue:
                    payload = self._queue.popleft()
                    if self._compress is None:
                        await self.ws.send_str(payload.decode())
                    else:
                        await self.ws.send_bytes(self._compress(payload))
            except ConnectionError:
                return
            if self._closing is not None:
                code, reason = self._closing
                await self.ws.close(code=code, message=reason, drain=False)
                return


def compressor(kind: str | None) -> Callable[[bytes], bytes] | None:
    """Return the compression of a connection: zlib-stream, zstd-stream, or none."""
    if kind == "zlib-stream":
        deflate = zlib.compressobj(level=1)
        return lambda payload: deflate.compress(payload) + deflate.flush(zlib.Z_SYNC_FLUSH)
    if kind == "zstd-stream":
        return _zstd()
    if kind:
        raise Closing(4012, "Invalid compression.")
    return None


def _zstd() -> Callable[[bytes], bytes]:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdCompressor

        newer = ZstdCompressor(level=1)
        return lambda payload: newer.compress(payload, ZstdCompressor.FLUSH_BLOCK)
    import zstandard  # discord.py's extra `speed` brings it

    stream = zstandard.ZstdCompressor(level=1).compressobj()
    return lambda payload: stream.compress(payload) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def _spoken(query: Mapping[str, str]) -> Callable[[bytes], bytes] | None:
    """Return the compression that a connection's query asks for; refuse what is not spoken here."""
    if query.get("v", "10") != "10":
        raise Closing(4012, "Invalid API version.")
    if query.get("encoding", "json") != "json":
        raise Closing(4012, "Only the encoding json is spoken here.")
    return compressor(query.get("compress"))


class Gateway:
    """Every bot's sessions; hears of the world as one of its listeners."""

    def __init__(
        self, parts: Parts, *, token: str | None, heartbeat_interval: float, privileged: frozenset[str]
    ) -> None:
        self._parts = parts
        self._token = token
        self._interval = heartbeat_interval
        self._privileged = sum(bit for name, bit in _PRIVILEGED.items() if name in privileged)
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self._sockets: set[Socket] = set()
        self.on_online: list[Callable[[], None]] = []
        parts.world.listeners.append(self.hear)

    @property
    def online(self) -> bool:
        """Tell whether a bot is there."""
        return any(session.socket is not None for session in self.sessions.values())

    def _tell_online(self) -> None:
        for listener in self.on_online:
            listener()

    # --- what happens, to whom

    def hear(self, happening: Happening) -> None:
        """Tell the sessions that may hear of it."""
        if not self.sessions or happening.name in _NOT_DISPATCHED:
            return
        message = happening.message
        if message is not None and message.ephemeral_to is not None and happening.name.startswith("MESSAGE"):
            return
        if happening.name != "INTERACTION_CREATE" and not self._bot_sees(happening):
            return
        encoded: dict[bool, bytes] = {}
        for session in list(self.sessions.values()):
            if not self._wanted(session, happening):
                continue
            hide = self._hides(session, happening)
            if hide not in encoded:
                data = {**happening.data, **_HIDDEN} if hide else happening.data
                encoded[hide] = orjson.dumps(data)
            self._deliver(session, happening.name, encoded[hide])

    def _bot_sees(self, happening: Happening) -> bool:
        world, channel, guild = self._parts.world, happening.channel, happening.guild
        if guild is not None and not world.has_bot(guild) and happening.name != "GUILD_DELETE":
            return False
        if channel is None or not happening.name.startswith(("MESSAGE", "TYPING", "THREAD")):
            return True
        if channel.type == DM:
            return world.bot in channel.recipients
        return bool(world.permissions(world.bot.id, channel) & VIEW_CHANNEL)

    def _wanted(self, session: Session, happening: Happening) -> bool:
        index, shards = session.shard
        if self._parts.world.shard_of(happening.guild, shards) != index:
            return False
        intents = _INTENTS.get(happening.name)
        if intents is None:
            return True
        needed = intents[0] if happening.guild is not None else intents[1]
        if session.intents & needed:
            return True
        own = happening.data.get("user", {}).get("id") == self._parts.world.bot.id
        return own and happening.name == "GUILD_MEMBER_UPDATE" and bool(session.intents & _GUILDS)

    def _hides(self, session: Session, happening: Happening) -> bool:
        """Tell whether a message's content is withheld: no intent for it, and not for the bot."""
        message = happening.message
        if message is None or session.intents & _CONTENT or happening.guild is None:
            return False
        if happening.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return False
        bot_id = self._parts.world.bot.id
        mentioned = any(user["id"] == bot_id for user in message.body["mentions"])
        return message.author_id != bot_id and not mentioned

    def _deliver(self, session: Session, event: str, data: bytes) -> None:
        fault = self._parts.faults.on_dispatch(event)
        if fault is not None and fault.kind == "hear_late":
            seconds = float(fault.options.get("seconds", 1.0))
            asyncio.get_running_loop().call_later(seconds, session.dispatch, event, data)
        else:
            session.dispatch(event, data)
            if fault is not None:
                session.dispatch(event, data)
        log = self._parts.log
        entry = log.open("dispatch")
        entry.event = event
        entry.response = data
        if fault is not None:
            entry.faults.append(fault.kind)
        log.close(entry)

    # --- faults

    def suffer(self, fault: Fault) -> None:
        """Do to every connected bot what the fault says."""
        for socket in list(self._sockets):
            if fault.kind == "reconnect":
                socket.op(RECONNECT)
            elif fault.kind == "invalid_session":
                resumable = bool(fault.options.get("resumable"))
                if not resumable and socket.session is not None:
                    self.sessions.pop(socket.session.id, None)
                socket.op(INVALID_SESSION, resumable)
            elif fault.kind == "drop":
                socket.cut()
        note(self._parts.log, f"fault {fault.kind}")

    def renew(self, before: frozenset[str]) -> None:
        """Tell of a world made anew: the bot was in the servers `before`.

        A server that is there again comes back as after an outage, so that no bot takes it
        for having been removed; one that is gone was left.
        """
        guilds = self._parts.world.guilds
        now = {guild.id for guild in guilds.values() if self._parts.world.has_bot(guild)}
        for session in list(self.sessions.values()):
            index, shards = session.shard
            if not session.intents & _GUILDS:
                continue
            for guild_id in sorted(before | now):
                if (int(guild_id) >> 22) % shards != index:
                    continue
                if guild_id in before:
                    gone = {"id": guild_id, "unavailable": True} if guild_id in now else {"id": guild_id}
                    self._deliver(session, "GUILD_DELETE", orjson.dumps(gone))
                if guild_id in now:
                    self._tell_guild(session, guilds[guild_id])

    def _tell_guild(self, session: Session, guild: Guild) -> None:
        all_members = bool(session.intents & _MEMBERS)
        created = guild.created(self._parts.world.bot.id, all_members=all_members)
        self._deliver(session, "GUILD_CREATE", orjson.dumps(created))

    async def close(self) -> None:
        """Close every socket, as Discord does when it restarts."""
        for socket in list(self._sockets):
            with contextlib.suppress(ConnectionError):
                await socket.ws.close(code=WSCloseCode.GOING_AWAY, drain=False)

    # --- one connection

    async def serve(self, request: web.BaseRequest) -> web.WebSocketResponse:
        """Speak with one bot until its socket closes."""
        ws = web.WebSocketResponse(compress=False, max_msg_size=16 * 1024, autoping=True)
        await ws.prepare(request)
        query = request.query
        try:
            socket = Socket(ws, _spoken(query))
        except Closing as closing:
            await ws.close(code=closing.code, message=closing.reason.encode())
            return ws
        self._sockets.add(socket)
        note(self._parts.log, "connected")
        writer = asyncio.create_task(socket.write())
        socket.op(HELLO, {"heartbeat_interval": int(self._interval * 1000), "_trace": ["local"]})
        code: int | None = None
        try:
            await self._listen(socket)
        except Closing as closing:
            socket.close(closing.code, closing.reason)
            code = closing.code
            await asyncio.wait([writer], timeout=1.0)
        finally:
            self._sockets.discard(socket)
            writer.cancel()
            self._detach(socket, code or ws.close_code)
            note(self._parts.log, f"closed {code or ws.close_code}")
        return ws

    async def _listen(self, socket: Socket) -> None:
        heard: deque[float] = deque(maxlen=_PER_MINUTE)
        while True:
            try:
                received = await socket.ws.receive(timeout=self._interval * 2)
            except TimeoutError:
                raise Closing(4009, "Session timed out.") from None
            if received.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            now = time.monotonic()
            if len(heard) == heard.maxlen and now - heard[0] < 60:
                raise Closing(4008, "Rate limited.")
            heard.append(now)
            try:
                payload = orjson.loads(received.data)
                op, data = int(payload["op"]), payload.get("d")
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
                raise Closing(4002, "Error while decoding payload.") from None
            self._take(socket, op, data)

    def _take(self, socket: Socket, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            if not self._parts.faults.silent:
                asyncio.get_running_loop().call_later(_ACK_SECONDS, socket.op, ACK)
        elif op == IDENTIFY:
            if socket.session is not None:
                raise Closing(4005, "Already authenticated.")
            self._identify(socket, data)
        elif op == RESUME:
            self._resume(socket, data)
        elif socket.session is None:
            raise Closing(4003, "Not authenticated.")
        elif op == MEMBERS:
            self._chunk(socket.session, data)
        elif op not in (PRESENCE, VOICE):
            raise Closing(4001, "Unknown opcode.")

    def _authenticate(self, data: Any) -> Json:
        if not isinstance(data, dict) or not data.get("token"):
            raise Closing(4004, "Authentication failed.")
        token = str(data["token"]).removeprefix("Bot ")
        if self._token is not None and token != self._token:
            raise Closing(4004, "Authentication failed.")
        return data

    def _identify(self, socket: Socket, data: Any) -> None:
        data = self._authenticate(data)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~_KNOWN_INTENTS or intents < 0:
            raise Closing(4013, "Invalid intent(s).")
        if intents & sum(_PRIVILEGED.values()) & ~self._privileged:
            raise Closing(4014, "Disallowed intent(s).")
        shard = data.get("shard", [0, 1])
        if (
            not isinstance(shard, list)
            or len(shard) != 2
            or not all(isinstance(n, int) for n in shard)
            or not 0 <= shard[0] < shard[1]
        ):
            raise Closing(4010, "Invalid shard.")
        session = Session(intents, (shard[0], shard[1]))
        self._sweep(session)
        session.socket, socket.session = socket, session
        self.sessions[session.id] = session
        note(self._parts.log, f"identify, shard {shard[0]} of {shard[1]}")
        self._ready(session)
        self._tell_online()

    def _sweep(self, fresh: Session) -> None:
        """Forget sessions whose bot has not come back, or begins anew."""
        now = time.monotonic()
        for old in list(self.sessions.values()):
            left = old.socket is None
            if left and (old.shard == fresh.shard or now - old.detached_at > _DETACHED_SECONDS):
                del self.sessions[old.id]

    def _ready(self, session: Session) -> None:
        world = self._parts.world
        index, shards = session.shard
        mine = [
            guild
            for guild in world.guilds.values()
            if world.has_bot(guild) and world.shard_of(guild, shards) == index
        ]
        ready = {
            "v": 10,
            "user": world.bot.json() | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0},
            "guilds": [{"id": guild.id, "unavailable": True} for guild in mine],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": [index, shards],
            "application": {"id": world.application_id, "flags": 0},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "user_settings": {},
            "geo_ordered_rtc_regions": [],
            "guild_join_requests": [],
            "_trace": ["local"],
        }
        self._deliver(session, "READY", orjson.dumps(ready))
        if session.intents & _GUILDS:
            for guild in mine:
                self._tell_guild(session, guild)

    def _resume(self, socket: Socket, data: Any) -> None:
        data = self._authenticate(data)
        session = self.sessions.get(str(data.get("session_id")))
        seq = data.get("seq")
        if session is None:
            socket.op(INVALID_SESSION, data=False)
            return
        if not isinstance(seq, int) or seq > session.seq:
            raise Closing(4007, "Invalid seq.")
        if session.sent and session.sent[0][0] > seq + 1:
            del self.sessions[session.id]
            socket.op(INVALID_SESSION, data=False)
            return
        if session.socket is not None:
            session.socket.session = None
            session.socket.close(4000, "Resumed elsewhere.")
        session.socket, socket.session = socket, session
        note(self._parts.log, f"resume after {seq}")
        for number, payload in session.sent:
            if number > seq:
                socket.send(payload)
        self._deliver(session, "RESUMED", b'{"_trace":["local"]}')
        self._tell_online()

    def _detach(self, socket: Socket, code: int | None) -> None:
        session = socket.session
        if session is None or session.socket is not socket:
            return
        session.socket = None
        session.detached_at = time.monotonic()
        if code in (1000, 1001):
            self.sessions.pop(session.id, None)  # the bot said that it is done
        self._tell_online()

    def _chunk(self, session: Session, data: Mapping[str, Any]) -> None:
        """Answer a request for members."""
        guild = self._parts.world.guilds.get(str(data.get("guild_id")))
        if guild is None:
            return
        ids, query = data.get("user_ids"), str(data.get("query") or "").lower()
        if ids is not None:
            wanted = {str(key) for key in (ids if isinstance(ids, list) else [ids])}
            found = [member for key, member in guild.members.items() if key in wanted]
            missing = sorted(wanted - guild.members.keys())
        else:
            found = [m for m in guild.members.values() if m.user.username.lower().startswith(query)]
            missing = []
        found = found[: int(data.get("limit") or len(found))]
        chunk: Json = {
            "guild_id": guild.id,
            "members": [member.json() for member in found],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": missing,
        }
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        self._deliver(session, "GUILD_MEMBERS_CHUNK", orjson.dumps(chunk))


def note(log: Log, event: str) -> None:
    """Write a line about the gateway itself into the log."""
    entry = log.open("gateway")
    entry.event = event
    log.close(entry)
