"""The desk's live events: who hears what, over websockets.

What always holds: a listener hears what the person that it stands for would see, in the
order in which it happened; one that falls too far behind is let go.
"""

import asyncio
import contextlib
from collections import deque
from typing import Any, Final

import orjson
from aiohttp import WSMsgType, web

from bot.emulator.desk.view import View, member_json
from bot.emulator.errors import Json
from bot.emulator.gateway import Gateway
from bot.emulator.interactions import Interaction
from bot.emulator.log import Entry
from bot.emulator.objects import Guild, User
from bot.emulator.parts import Parts
from bot.emulator.world import Happening

_BACKLOG: Final = 50_000  # events a listener may be behind before it is let go
_CHANGED: Final = "message_update"
_EVENTS: Final = {
    "MESSAGE_CREATE": "message_create",
    "MESSAGE_UPDATE": _CHANGED,
    "MESSAGE_DELETE": "message_delete",
    "MESSAGE_DELETE_BULK": "message_delete",
    "MESSAGE_REACTION_ADD": _CHANGED,
    "MESSAGE_REACTION_REMOVE": _CHANGED,
    "MESSAGE_REACTION_REMOVE_ALL": _CHANGED,
    "MESSAGE_REACTION_REMOVE_EMOJI": _CHANGED,
    "CHANNEL_CREATE": "channel_create",
    "CHANNEL_UPDATE": "channel_update",
    "CHANNEL_DELETE": "channel_delete",
    "DM_CREATE": "channel_create",
    "THREAD_CREATE": "channel_create",
    "THREAD_UPDATE": "channel_update",
    "THREAD_DELETE": "channel_delete",
    "TYPING_START": "typing",
    "COMMANDS": "commands_update",
}
_UNSEEN: Final = ("INTERACTION_CREATE", "CHANNEL_PINS_UPDATE")  # dispatches that people see nothing of


class _Listener:
    """Somebody who hears events: as one person, or everything."""

    def __init__(self, user: User | None, *, log: bool) -> None:
        self.user = user
        self.log = log
        self.queue: deque[bytes] = deque()
        self.wake = asyncio.Event()

    def send(self, body: bytes) -> None:
        """Queue an event."""
        self.queue.append(body)
        self.wake.set()


class Stream:
    """Hears of everything, and tells each listener what is for them."""

    def __init__(self, parts: Parts, gateway: Gateway, view: View) -> None:
        self._parts = parts
        self._gateway = gateway
        self._view = view
        self._listeners: set[_Listener] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        parts.world.listeners.append(self._hear)
        parts.interactions.on_change.append(self._hear_interaction)
        parts.log.listeners.append(self._hear_log)
        parts.faults.changed.append(lambda: self.announce("faults", faults=parts.faults.listed()))
        gateway.on_online.append(lambda: self.announce("bot", online=gateway.online))

    def announce(self, type: str, **fields: Any) -> None:  # noqa: A002 - the event's own word
        """Tell every listener."""
        if self._listeners:
            body = orjson.dumps({"type": type, **fields})
            for listener in self._listeners:
                listener.send(body)

    # --- what happened, to whom

    def _hear(self, happening: Happening) -> None:
        if not self._listeners or happening.name in _UNSEEN:
            return
        encoded: dict[str, bytes] = {}
        for listener in self._listeners:
            for event in self._events(happening, listener.user):
                if listener.user is not None and ("channel" in event or "guild" in event):
                    listener.send(orjson.dumps(event))  # drawn for this person
                    continue
                key = str(event.get("id", event["type"]))
                if key not in encoded:
                    encoded[key] = orjson.dumps(event)
                listener.send(encoded[key])

    def _events(self, happening: Happening, user: User | None) -> list[Json]:
        """Return what somebody is told of a happening: nothing, one thing, or several."""
        name, data = happening.name, happening.data
        kind = _EVENTS.get(name)
        if not self._is_for(user, happening):
            return self._hidden(happening, user) if kind == "channel_update" else []
        if kind is None:
            return [self._guild_event(happening, happening.guild, user)] if happening.guild else []
        if name == "MESSAGE_DELETE_BULK":
            rest: Json = {key: value for key, value in data.items() if key != "ids"}
            return [{"type": kind, "id": message_id, **rest} for message_id in data["ids"]]
        if name in ("COMMANDS", "MESSAGE_DELETE", "TYPING_START"):
            event = {**data, "type": kind}
        elif kind.startswith("message"):
            reacted = name.startswith("MESSAGE_REACTION") and happening.message is not None
            event = {
                "type": kind,
                "message": happening.message.body if reacted and happening.message else data,
            }
        else:
            drawn = happening.channel is not None and user is not None and kind != "channel_delete"
            place = self._view.place(happening.channel, user) if drawn and happening.channel else data
            event = {"type": kind, "channel": place}
        return [event]

    def _hidden(self, happening: Happening, user: User | None) -> list[Json]:
        """Tell a member that a channel is gone for them: they may see it no more."""
        guild = happening.guild
        inside = user is not None and guild is not None and user.id in guild.members
        return [{"type": "channel_delete", "channel": happening.data}] if inside else []

    def _is_for(self, user: User | None, happening: Happening) -> bool:
        if user is None:
            return True
        message, channel = happening.message, happening.channel
        if message is not None and message.ephemeral_to not in (None, user.id):
            return False
        if happening.guild is not None and user.id not in happening.guild.members:
            return False
        gone = happening.name in ("CHANNEL_DELETE", "THREAD_DELETE")
        return channel is None or gone or self._view.sees(user, channel)

    def _guild_event(self, happening: Happening, guild: Guild, user: User | None) -> Json:
        if not happening.name.startswith("GUILD_MEMBER"):
            return {"type": "guild_update", "guild": self._view.guild(guild, user)}
        moved = happening.data["user"]
        member = guild.members.get(moved["id"])
        return {
            "type": "member_update",
            "guild_id": guild.id,
            "removed": member is None,
            "member": member_json(member) if member else {"user": moved},
        }

    def _hear_interaction(self, interaction: Interaction) -> None:
        if not self._listeners:
            return
        summary = interaction.summary()
        summary.pop("message", None)
        body = orjson.dumps({"type": "interaction", **summary})
        for listener in self._listeners:
            if listener.user in (None, interaction.user):
                listener.send(body)

    def _hear_log(self, entry: Entry) -> None:
        body: bytes | None = None
        for listener in self._listeners:
            if listener.log:
                body = body or orjson.dumps({"type": "log", "entry": entry.json()})
                listener.send(body)

    # --- sockets

    async def serve(self, request: web.BaseRequest) -> web.WebSocketResponse:
        """Tell one listener what happens until it goes."""
        user_id = request.query.get("as")
        user = self._view.person(user_id) if user_id not in (None, "", "*") else None
        listener = _Listener(user, log=request.query.get("log") == "1")
        ws = web.WebSocketResponse(heartbeat=30.0)
        await ws.prepare(request)
        clock = self._view.clock()
        listener.send(orjson.dumps({"type": "hello", "clock": clock, "online": self._gateway.online}))
        self._listeners.add(listener)
        self._sockets.add(ws)
        writer = asyncio.create_task(_write(ws, listener))
        try:
            # What a listener says comes back to it after all that it had still to hear.
            while (said := await ws.receive()).type is WSMsgType.TEXT:
                listener.send(orjson.dumps({"type": "echo", "text": said.data[:100]}))
        finally:
            self._listeners.discard(listener)
            self._sockets.discard(ws)
            writer.cancel()
        return ws

    async def close(self) -> None:
        """Let the listeners go."""
        for ws in list(self._sockets):
            with contextlib.suppress(ConnectionError):
                await ws.close(drain=False)


async def _write(ws: web.WebSocketResponse, listener: _Listener) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            await listener.wake.wait()
            listener.wake.clear()
            if len(listener.queue) > _BACKLOG:
                await ws.close(code=1013, message=b"too far behind", drain=False)
                return
            while listener.queue:
                await ws.send_str(listener.queue.popleft().decode())
