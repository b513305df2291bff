"""The gateway: tells bots what happens, and takes what they say.

What always holds: a session hears of what its shard, its intents and the bot's rights
let through, and of nothing else; a bot that breaks the rules is shown out with the
documented code.
"""

import asyncio
import contextlib
import time
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from bot.emulator.enums import ChannelType, CloseCode, Intent, Opcode
from bot.emulator.errors import Json
from bot.emulator.faults import Fault
from bot.emulator.log import Log
from bot.emulator.objects import Guild
from bot.emulator.parts import Parts
from bot.emulator.permissions import VIEW_CHANNEL
from bot.emulator.sockets import Closing, Session, Socket, spoken
from bot.emulator.starts import Spent, TooEarly
from bot.emulator.world import Happening

_PRIVILEGED: Final = {
    "members": Intent.MEMBERS,
    "presences": Intent.PRESENCES,
    "message_content": Intent.MESSAGE_CONTENT,
}
_KNOWN_INTENTS: Final = (1 << 26) - 1
# No real network is faster, and discord.py takes an acknowledgement that overtakes its own
# note of having sent the heartbeat for one that is 41 s late.
_ACK_SECONDS: Final = 0.02
_PER_MINUTE: Final = 120  # what a bot may send
_DETACHED_SECONDS: Final = 300.0  # how long a session waits for its bot

# Which intents let an event through, in servers and in direct messages. An event that is
# not here goes to every session.
_MESSAGES: Final = (Intent.MESSAGES, Intent.DIRECT_MESSAGES)
_REACTIONS: Final = (Intent.REACTIONS, Intent.DIRECT_REACTIONS)
_INTENTS: Final[dict[str, tuple[int, int]]] = {
    **dict.fromkeys(
        (
            "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE",
            "GUILD_ROLE_DELETE", "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE",
            "THREAD_UPDATE", "THREAD_DELETE", "THREAD_MEMBERS_UPDATE",
        ),
        (Intent.GUILDS, 0),
    ),
    **dict.fromkeys(("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"), (Intent.MEMBERS, 0)),
    **dict.fromkeys(("GUILD_BAN_ADD", "GUILD_BAN_REMOVE"), (Intent.MODERATION, 0)),
    **dict.fromkeys(
        ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK"), _MESSAGES
    ),
    **dict.fromkeys(
        (
            "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "MESSAGE_REACTION_REMOVE_ALL",
            "MESSAGE_REACTION_REMOVE_EMOJI",
        ),
        _REACTIONS,
    ),
    "CHANNEL_PINS_UPDATE": (Intent.GUILDS, Intent.DIRECT_MESSAGES),
    "TYPING_START": (Intent.TYPING, Intent.DIRECT_TYPING),
    **dict.fromkeys(
        (
            "GUILD_SCHEDULED_EVENT_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE", "GUILD_SCHEDULED_EVENT_DELETE",
        ),
        (Intent.SCHEDULED_EVENTS, 0),
    ),
}  # fmt: skip
_NOT_DISPATCHED: Final = ("COMMANDS", "DM_CREATE")
_HIDDEN: Final = {"content": "", "embeds": [], "attachments": [], "components": []}


class Gateway:
    """Every bot's sessions; hears of the world as one of its listeners."""

    def __init__(
        self, parts: Parts, *, token: str | None, heartbeat_interval: float, privileged: frozenset[str]
    ) -> None:
        self._parts = parts
        self.token = token
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
        if happening.name == "GUILD_CREATE" and happening.guild is not None:
            for session in list(self.sessions.values()):
                if self._wanted(session, happening):
                    self._tell_guild(session, happening.guild)
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
        if channel.type == ChannelType.DM:
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
        return own and happening.name == "GUILD_MEMBER_UPDATE" and bool(session.intents & Intent.GUILDS)

    def _hides(self, session: Session, happening: Happening) -> bool:
        """Tell whether a message's content is withheld: no intent for it, and not for the bot."""
        message = happening.message
        if message is None or session.intents & Intent.MESSAGE_CONTENT or happening.guild is None:
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
        shard_id = fault.options.get("shard_id")
        if fault.kind == "expire_session":
            for session in self.sessions.values():
                if shard_id in (None, session.shard[0]):
                    session.can_resume = False
        for socket in list(self._sockets):
            if shard_id is not None and (socket.session is None or socket.session.shard[0] != shard_id):
                continue
            if fault.kind == "reconnect":
                socket.op(Opcode.RECONNECT)
            elif fault.kind == "invalid_session":
                self._invalidate(socket, resumable=bool(fault.options.get("resumable")))
            elif fault.kind == "drop":
                socket.cut()
        note(self._parts.log, f"fault {fault.kind}")

    def _invalidate(self, socket: Socket, *, resumable: bool) -> None:
        """Send op 9: the session is over, and the socket is free for a RESUME or an IDENTIFY."""
        session = socket.session
        if session is not None:
            session.leave()
            session.can_resume = session.can_resume and resumable
            self._tell_online()
        socket.op(Opcode.INVALID_SESSION, resumable)

    def renew(self, before: frozenset[str]) -> None:
        """Tell of a world made anew: the bot was in the servers `before`.

        A server that is there again comes back as after an outage, so that no bot takes it
        for having been removed; one that is gone was left.
        """
        guilds = self._parts.world.guilds
        now = {guild.id for guild in guilds.values() if self._parts.world.has_bot(guild)}
        for session in list(self.sessions.values()):
            index, shards = session.shard
            if not session.intents & Intent.GUILDS:
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
        all_members = bool(session.intents & Intent.MEMBERS)
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
        try:
            await ws.prepare(request)
        except ConnectionError:
            return ws  # it went while the door was being opened
        query = request.query
        try:
            socket = Socket(ws, spoken(query), int(query.get("v", "10")))
        except Closing as closing:
            await ws.close(code=closing.code, message=closing.reason.encode())
            return ws
        self._sockets.add(socket)
        note(self._parts.log, "connected")
        writer = asyncio.create_task(socket.write())
        socket.op(Opcode.HELLO, {"heartbeat_interval": int(self._interval * 1000), "_trace": ["local"]})
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
                raise Closing(CloseCode.TIMED_OUT, "Session timed out.") from None
            if received.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            now = time.monotonic()
            if len(heard) == heard.maxlen and now - heard[0] < 60:
                raise Closing(CloseCode.RATE_LIMITED, "Rate limited.")
            heard.append(now)
            try:
                payload = orjson.loads(received.data)
                op, data = int(payload["op"]), payload.get("d")
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
                raise Closing(CloseCode.DECODE, "Error while decoding payload.") from None
            self._take(socket, op, data)

    def _take(self, socket: Socket, op: int, data: Any) -> None:
        if op == Opcode.HEARTBEAT:
            if not self._parts.faults.silent:
                asyncio.get_running_loop().call_later(_ACK_SECONDS, socket.op, Opcode.ACK)
        elif op == Opcode.IDENTIFY:
            if socket.session is not None:
                raise Closing(CloseCode.ALREADY_AUTHENTICATED, "Already authenticated.")
            self._identify(socket, data)
        elif op == Opcode.RESUME:
            self._resume(socket, data)
        elif socket.session is None:
            raise Closing(CloseCode.NOT_AUTHENTICATED, "Not authenticated.")
        elif op == Opcode.MEMBERS:
            self._chunk(socket.session, data)
        elif op == Opcode.SOUNDS:
            self._tell_sounds(socket.session, data)
        elif op not in (Opcode.PRESENCE, Opcode.VOICE):
            raise Closing(CloseCode.UNKNOWN_OPCODE, "Unknown opcode.")

    def _authenticate(self, data: Any) -> Json:
        if not isinstance(data, dict) or not data.get("token"):
            raise Closing(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")
        token = str(data["token"]).removeprefix("Bot ")
        if self._parts.starts.is_revoked or (self.token is not None and token != self.token):
            raise Closing(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")
        return data

    def _identify(self, socket: Socket, data: Any) -> None:
        data = self._authenticate(data)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~_KNOWN_INTENTS or intents < 0:
            raise Closing(CloseCode.INVALID_INTENTS, "Invalid intent(s).")
        if intents & sum(_PRIVILEGED.values()) & ~self._privileged:
            raise Closing(CloseCode.DISALLOWED_INTENTS, "Disallowed intent(s).")
        shard = data.get("shard", [0, 1])
        if (
            not isinstance(shard, list)
            or len(shard) != 2
            or not all(isinstance(n, int) for n in shard)
            or not self._parts.starts.is_valid((shard[0], shard[1]))
        ):
            raise Closing(CloseCode.INVALID_SHARD, "Invalid shard.")
        world = self._parts.world
        mine = [guild.id for guild in world.guilds.values() if world.has_bot(guild)]
        if not self._parts.starts.holds(mine, (shard[0], shard[1])):
            raise Closing(CloseCode.SHARDING_REQUIRED, "Sharding required.")
        try:
            self._parts.starts.take(shard[0])
        except TooEarly:
            note(self._parts.log, f"identify of shard {shard[0]} was too early")
            socket.op(Opcode.INVALID_SESSION, data=False)
            return
        except Spent:
            self._end_all()
            raise Closing(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.") from None
        session = Session(intents, (shard[0], shard[1]))
        self._sweep(session)
        session.socket, socket.session = socket, session
        if data.get("compress") and socket.compress is None:
            socket.compress = zlib.compress
        self.sessions[session.id] = session
        note(self._parts.log, f"identify, shard {shard[0]} of {shard[1]}")
        self._ready(session, socket)
        self._tell_online()

    def _end_all(self) -> None:
        """End every session, as Discord does when an app starts more of them than it may."""
        note(self._parts.log, "no session start is left: every session is ended, the token is taken back")
        for session in list(self.sessions.values()):
            if session.socket is not None:
                session.socket.close(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")
            session.leave()
        self.sessions.clear()
        self._tell_online()

    def _sweep(self, fresh: Session) -> None:
        """Forget sessions whose bot has not come back, or begins anew."""
        now = time.monotonic()
        for old in list(self.sessions.values()):
            left = old.socket is None
            if left and (
                not old.can_resume or old.shard == fresh.shard or now - old.detached_at > _DETACHED_SECONDS
            ):
                del self.sessions[old.id]

    def _ready(self, session: Session, socket: Socket) -> None:
        world = self._parts.world
        index, shards = session.shard
        mine = [
            guild
            for guild in world.guilds.values()
            if world.has_bot(guild) and world.shard_of(guild, shards) == index
        ]
        ready = {
            "v": socket.version,
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
        if session.intents & Intent.GUILDS:
            for guild in mine:
                self._tell_guild(session, guild)

    def _resume(self, socket: Socket, data: Any) -> None:
        data = self._authenticate(data)
        session = self.sessions.get(str(data.get("session_id")))
        seq = data.get("seq")
        if session is None or not session.can_resume:
            if session is not None and session.socket is None:
                del self.sessions[session.id]
            socket.op(Opcode.INVALID_SESSION, data=False)
            return
        if not isinstance(seq, int) or seq > session.seq:
            raise Closing(CloseCode.INVALID_SEQ, "Invalid seq.")
        if session.sent and session.sent[0][0] > seq + 1:
            del self.sessions[session.id]
            socket.op(Opcode.INVALID_SESSION, data=False)
            return
        if session.socket not in (None, socket):
            session.socket.session = None
            session.socket.close(CloseCode.UNKNOWN, "Resumed elsewhere.")
        session.socket, socket.session = socket, session
        note(self._parts.log, f"resume after {seq}")
        for number, payload in session.sent:
            if number > seq:
                socket.send(payload)
        self._deliver(session, "RESUMED", b'{"_trace":["local"]}')
        self._tell_online()

    def _tell_sounds(self, session: Session, data: Any) -> None:
        """Answer a request for soundboard sounds: no server here has any."""
        listed = data.get("guild_ids") if isinstance(data, dict) else None
        for guild_id in listed if isinstance(listed, list) else ():
            body = {"guild_id": str(guild_id), "soundboard_sounds": []}
            self._deliver(session, "SOUNDBOARD_SOUNDS", orjson.dumps(body))

    def _detach(self, socket: Socket, code: int | None) -> None:
        session = socket.session
        if session is None or session.socket is not socket:
            return
        session.leave()
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
