"""The desk: how people act in the local Discord, and hear what happens there.

JSON over HTTP under `/desk/`, live events over the websocket `/desk/events`. Who acts
is named by `as`, a user's id; a listener without `as` hears everything, which is what
tests want. Refusals are sentences.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson
from aiohttp import WSMsgType, web

from . import permissions as perms
from .errors import ApiError, DeskError, Json
from .faults import ON_GATEWAY
from .gateway import Gateway
from .interactions import Interaction
from .log import Entry
from .parts import Parts
from .world import DM, THREAD, Channel, Guild, Happening, Member, Overwrite, Role, User

_AUTOCOMPLETE_SECONDS: Final = 3.0
_LONGEST_WAIT: Final = 60.0  # seconds a request may wait for an interaction
_MOST_CHANNELS: Final = 10_000
_BACKLOG: Final = 50_000  # events a listener may be behind before it is let go

Action = Callable[[Json], Awaitable[Any]]

_EVENTS: Final = {
    "MESSAGE_CREATE": "message_create",
    "MESSAGE_UPDATE": "message_update",
    "MESSAGE_DELETE": "message_delete",
    "MESSAGE_REACTION_ADD": "message_update",
    "MESSAGE_REACTION_REMOVE": "message_update",
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


class Listener:
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


class Desk:
    """Answers `/desk/` requests."""

    def __init__(
        self,
        parts: Parts,
        gateway: Gateway,
        controls: Mapping[str, Callable[[], Awaitable[None]]],
        *,
        checks: bool,
    ) -> None:
        self.parts = parts
        self._gateway = gateway
        self._controls = controls
        self._checks = checks
        self._listeners: set[Listener] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        parts.world.listeners.append(self._hear)
        parts.interactions.on_change.append(self._hear_interaction)
        parts.log.listeners.append(self._hear_log)
        parts.faults.changed.append(lambda: self.announce("faults", faults=parts.faults.listed()))
        gateway.on_online.append(lambda: self.announce("bot", online=gateway.online))
        self._actions: dict[str, Action] = {
            "commands": self._run,
            "autocomplete": self._complete,
            "press": self._press,
            "modal": self._submit,
            "dismiss": self._dismiss,
            "messages": self._write,
            "messages/delete": self._unwrite,
            "channels": self._add_channel,
            "channels/delete": self._delete_channel,
            "threads": self._add_thread,
            "people": self._add_person,
            "permissions": self._permit,
            "guilds": self._add_guild,
            "guilds/leave": self._leave_guild,
            "guilds/join": self._join_guild,
            "clock": self._move_clock,
            "faults": self._add_fault,
            "faults/clear": self._clear_faults,
            "load": self._load,
            "reset": self._reset,
        }

    # --- answering

    async def answer(self, request: web.BaseRequest, *, known: bool) -> web.StreamResponse:
        """Answer one request; `known` tells whether it came with the secret."""
        if not known:
            raise DeskError("The session's secret is missing or wrong.", 401)
        path = request.path.removeprefix("/desk/").strip("/")
        if path == "events":
            return await self._listen(request)
        if request.method == "GET":
            found = await self._look(path, request.query)
        elif request.method == "POST":
            found = await self._act(path, await self._body(request))
        else:
            raise DeskError("The desk takes GET and POST.", 405)
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        return web.Response(body=orjson.dumps(found), headers=headers)

    async def _body(self, request: web.BaseRequest) -> Json:
        raw = await request.read()
        if not raw:
            return {}
        if request.content_type != "application/json":
            raise DeskError("The desk takes application/json.", 415)
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise DeskError("This is not JSON.") from None
        if not isinstance(body, dict):
            raise DeskError("The desk takes a JSON object.")
        return body

    async def _act(self, path: str, body: Json) -> Any:
        action = self._actions.get(path)
        if action is None:
            if path.startswith("controls/"):
                return await self._control(path.removeprefix("controls/"))
            raise DeskError(f"There is nothing at /desk/{path}.", 404)
        try:
            return await action(body)
        except ApiError as error:
            raise DeskError(_sentence(error)) from None

    async def _look(self, path: str, query: Mapping[str, str]) -> Any:
        steps = path.split("/")
        if path == "state":
            return self.state(self._viewer(query.get("as")))
        if path == "log":
            since = query.get("since", "0")
            log = self.parts.log
            entries = log.since(int(since) if since.isdigit() else 0)
            return {"entries": entries, "last": log.last}
        if len(steps) == 3 and steps[0] == "channels" and steps[2] == "messages":
            return self._messages(steps[1], query)
        if len(steps) == 2 and steps[0] == "interactions":
            return await self._interaction(steps[1], query)
        raise DeskError(f"There is nothing at /desk/{path}.", 404)

    def _viewer(self, user_id: str | None) -> User:
        if user_id is None:
            return next(user for user in self.parts.world.users.values() if not user.bot)
        return self.parts.people.user(user_id)

    # --- looking

    def state(self, user: User) -> Json:
        """Return all that a person's client shows at first."""
        world = self.parts.world
        return {
            "me": user.json(),
            "bot": {
                "user": world.bot.json(),
                "online": self._gateway.online,
                "application_id": world.application_id,
            },
            "users": [u.json() for u in world.users.values()],
            "guilds": [self._guild(g, user) for g in world.guilds.values() if user.id in g.members],
            "dms": [
                c.json(user.id) for c in world.channels.values() if c.type == DM and user in c.recipients
            ],
            "commands": self.parts.commands.every(),
            "clock": self._clock(),
            "faults": self.parts.faults.listed(),
            "controls": sorted(self._controls),
            "openapi": self._checks,
        }

    def _guild(self, guild: Guild, viewer: User | None) -> Json:
        places = [*guild.channels.values(), *guild.threads.values()]
        return {
            "id": guild.id,
            "name": guild.name,
            "icon": None,
            "owner_id": guild.owner_id,
            "roles": [role.json() for role in guild.roles.values()],
            "channels": [self._place(c, viewer) for c in places if self._sees(viewer, c)],
            "members": [_member(member) for member in guild.members.values()],
        }

    def _place(self, channel: Channel, viewer: User | None) -> Json:
        body = channel.json(viewer.id if viewer else None)
        if viewer is not None:
            body["permissions"] = str(self.parts.world.permissions(viewer.id, channel))
        return body

    def _sees(self, viewer: User | None, channel: Channel) -> bool:
        return viewer is None or bool(self.parts.world.permissions(viewer.id, channel) & perms.VIEW_CHANNEL)

    def _clock(self) -> Json:
        clock = self.parts.clock
        return {"now": clock.iso(), "offset": clock.offset}

    def _messages(self, channel_id: str, query: Mapping[str, str]) -> list[Json]:
        """Return a channel's latest messages before one, newest last, with the reader's ephemeral ones."""
        user = self._viewer(query.get("as"))
        channel = self.parts.people.channel(user, channel_id)
        limit = query.get("limit", "50")
        most = min(max(int(limit), 1), 500) if limit.isdigit() else 50
        before = query.get("before")
        if before is not None and not before.isdigit():
            raise DeskError("`before` is a message's id.")
        if not self.parts.world.permissions(user.id, channel) & perms.READ_MESSAGE_HISTORY:
            return []
        found = self.parts.world.history(channel, before=before, limit=most)
        high = int(before) if before else None
        mine = [
            m
            for m in channel.whispers.values()
            if m.ephemeral_to == user.id and (high is None or int(m.id) < high)
        ]
        together = sorted([*found, *mine], key=lambda m: int(m.id))[-most:]
        return [message.body for message in together]

    async def _interaction(self, interaction_id: str, query: Mapping[str, str]) -> Json:
        """Return an interaction, when asked waiting until it is no longer pending."""
        interaction = self._known(interaction_id)
        try:
            wait = min(float(query.get("wait", "0")), _LONGEST_WAIT)
        except ValueError:
            raise DeskError("`wait` is a number of seconds.") from None
        states = ("pending", "deferred") if query.get("until") == "done" else ("pending",)
        await self.parts.interactions.settled(interaction, states, wait)
        return interaction.summary()

    def _known(self, interaction_id: str) -> Interaction:
        interaction = self.parts.interactions.get(interaction_id)
        if interaction is None:
            raise DeskError("There is no such interaction.", 404)
        return interaction

    # --- acting

    async def _run(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        channel = people.channel(user, body.get("channel_id"))
        options, target = body.get("options") or {}, body.get("target_id")
        if not isinstance(options, dict):
            raise DeskError("`options` is an object of names and values.")
        name = str(body.get("name") or "")
        target_id = None if target is None else str(target)
        return {
            "interaction_id": people.run(
                user, channel, name, options, target_id, command_id=body.get("command_id")
            ).id
        }

    async def _complete(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        channel = people.channel(user, body.get("channel_id"))
        options = body.get("options") or {}
        interaction = people.complete(user, channel, str(body.get("name")), options, str(body.get("focused")))
        await self.parts.interactions.settled(interaction, ("pending",), _AUTOCOMPLETE_SECONDS + 0.5)
        if interaction.choices is None:
            raise DeskError("The app gave no suggestions in time.", 504)
        return {"choices": interaction.choices}

    async def _press(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        message = people.message(user, body.get("message_id"))
        values = body.get("values")
        pressed = people.press(user, message, str(body.get("custom_id")), values)
        return {"interaction_id": pressed.id}

    async def _submit(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        opened = self._known(str(body.get("interaction_id")))
        return {"interaction_id": people.submit(user, opened, body.get("values") or {}).id}

    async def _dismiss(self, body: Json) -> Json:
        people = self.parts.people
        user = people.user(body.get("as"))
        message = people.message(user, body.get("message_id"))
        if message.ephemeral_to is None:
            raise DeskError("Only a message that you alone can see is put away.")
        self.parts.world.remove_message(message)
        return {}

    async def _write(self, body: Json) -> Json:
        people, world = self.parts.people, self.parts.world
        user = people.user(body.get("as"))
        channel = people.channel(user, body.get("channel_id"))
        right = perms.BITS["send_messages_in_threads"] if channel.is_thread else perms.SEND_MESSAGES
        if channel.guild_id and not world.permissions(user.id, channel) & right:
            raise DeskError("This person may not write in this channel.", 403)
        content = {"content": body.get("content"), "message_reference": body.get("message_reference")}
        return self.parts.writer.create(channel, user, content).body

    async def _unwrite(self, body: Json) -> Json:
        people, world = self.parts.people, self.parts.world
        user = people.user(body.get("as"))
        message = people.message(user, body.get("message_id"))
        held = world.permissions(user.id, message.channel)
        if message.author_id != user.id and not held & perms.MANAGE_MESSAGES:
            raise DeskError("This person may not delete another's message here.", 403)
        world.remove_message(message)
        return {}

    async def _add_channel(self, body: Json) -> Json:
        """Add a channel, or with `count` so many at once, numbered from 1."""
        guild = self._guild_named(body)
        name = str(body.get("name") or "").strip()
        if not 1 <= len(name) <= 100:
            raise DeskError("A channel's name has 1 to 100 characters.")
        kind, count = body.get("type") or 0, body.get("count")
        if count is None:
            return self._new_channel(guild, name, kind, body.get("parent_id"))
        if not isinstance(count, int) or not 1 <= count <= _MOST_CHANNELS:
            raise DeskError(f"`count` is a whole number from 1 to {_MOST_CHANNELS}.")
        made = [self._new_channel(guild, f"{name}-{number}", kind, None) for number in range(1, count + 1)]
        return {"channels": made}

    def _new_channel(self, guild: Guild, name: str, kind: int, parent_id: str | None) -> Json:
        channel = Channel(self.parts.world.snowflakes.next(), kind, guild.id, name, parent_id)
        return self.parts.world.add_channel(guild, channel).json()

    def _channel(self, body: Json) -> Channel:
        channel = self.parts.world.channels.get(str(body.get("channel_id")))
        if channel is None:
            raise DeskError("There is no such channel.", 404)
        return channel

    def _guild_named(self, body: Json, key: str = "guild_id") -> Guild:
        guilds = self.parts.world.guilds
        guild = guilds.get(str(body[key])) if body.get(key) else next(iter(guilds.values()))
        if guild is None:
            raise DeskError("There is no such server.", 404)
        return guild

    async def _delete_channel(self, body: Json) -> Json:
        self.parts.world.remove_channel(self._channel(body))
        return {}

    async def _add_thread(self, body: Json) -> Json:
        channel = self._channel(body)
        if channel.guild_id is None or channel.is_thread:
            raise DeskError("A thread is opened in a server's channel.")
        owner = self._viewer(body.get("as"))
        name = str(body.get("name") or "thread")[:100]
        return self.parts.world.add_thread(channel, name, owner, THREAD).json()

    async def _add_person(self, body: Json) -> Json:
        """Add a new person, or (by `user_id`) one who is there, to a server."""
        world, guild = self.parts.world, self._guild_named(body)
        if body.get("user_id"):
            user = self.parts.people.user(body["user_id"])
        else:
            name = str(body.get("name") or "").strip()
            if not 1 <= len(name) <= 32:
                raise DeskError("A name has 1 to 32 characters.")
            user = world.add_user(name)
            world.dm(user, world.bot)
        if user.id in guild.members:
            raise DeskError(f"{user.shown} is a member already.")
        roles = []
        if wanted := body.get("permissions"):
            role = Role(world.snowflakes.next(), f"{user.shown}'s role", _named(wanted), position=1)
            roles.append(world.add_role(guild, role).id)
        world.add_member(guild, user, roles)
        self.announce("people_update", users=[u.json() for u in world.users.values()])
        return user.json()

    async def _permit(self, body: Json) -> Json:
        channel = self._channel(body)
        if channel.guild_id is None:
            raise DeskError("A direct channel has no permissions to set.")
        target, kind = str(body.get("role_id") or ""), 0
        if not target:
            target, kind = str(body.get("user_id") or ""), 1
        guild = self.parts.world.guilds[channel.guild_id]
        if target not in (guild.members if kind else guild.roles):
            raise DeskError("Name a member by `user_id`, or a role by `role_id`.")
        allow, deny = _named(body.get("allow")), _named(body.get("deny"))
        overwrite = Overwrite(target, kind, allow, deny) if allow or deny else None
        self.parts.world.overwrite(channel, overwrite, target)
        return channel.json()

    async def _add_guild(self, body: Json) -> Json:
        owner = self.parts.people.user(body["owner"]) if body.get("owner") else self._viewer(None)
        guild = self.parts.world.add_guild(str(body.get("name") or "A server")[:100], owner)
        return self._guild(guild, owner)

    async def _leave_guild(self, body: Json) -> Json:
        world, guild = self.parts.world, self._guild_named(body)
        if not world.has_bot(guild):
            raise DeskError("The bot is not in this server.")
        world.remove_member(guild, world.bot)
        return {}

    async def _join_guild(self, body: Json) -> Json:
        world, guild = self.parts.world, self._guild_named(body)
        if world.has_bot(guild):
            raise DeskError("The bot is in this server already.")
        world.add_member(guild, world.bot)
        return {}

    async def _move_clock(self, body: Json) -> Json:
        clock, parts = self.parts.clock, self.parts
        forward, offset = body.get("forward"), body.get("offset")
        if isinstance(forward, int | float):
            clock.offset = clock.offset + forward
        elif isinstance(offset, int | float):
            clock.offset = float(offset)
        else:
            raise DeskError("Give `forward` or `offset`, a number of seconds.")
        parts.interactions.look()
        self.announce("clock", **self._clock())
        return self._clock()

    async def _add_fault(self, body: Json) -> Json:
        fault = self.parts.faults.add(str(body.get("kind")), body)
        if fault.kind in ON_GATEWAY:
            self._gateway.suffer(fault)
        return {"id": fault.id}

    async def _clear_faults(self, body: Json) -> Json:
        self.parts.faults.clear(str(body["id"]) if body.get("id") else None)
        return {}

    async def _load(self, body: Json) -> Json:
        from .load import press_many

        return await press_many(self.parts, body)

    async def _control(self, name: str) -> Json:
        control = self._controls.get(name)
        if control is None:
            raise DeskError(f"There is no control {name}.", 404)
        await control()
        return {}

    async def _reset(self, body: Json) -> Json:
        """Make the world as at start; registered commands stay, as they do at Discord."""
        del body
        parts = self.parts
        before = frozenset(g.id for g in parts.world.guilds.values() if parts.world.has_bot(g))
        parts.faults.clear()
        parts.interactions.reset()
        parts.writer.reset()
        parts.world.reset()
        parts.log.clear()
        parts.clock.offset = 0.0
        self._gateway.renew(before)
        self.announce("reset")
        return {}

    # --- telling

    def announce(self, type: str, **fields: Any) -> None:  # noqa: A002 - the event's own word
        """Tell every listener."""
        if self._listeners:
            body = orjson.dumps({"type": type, **fields})
            for listener in self._listeners:
                listener.send(body)

    def _hear(self, happening: Happening) -> None:
        if not self._listeners:
            return
        event = self._event(happening)
        if event is None:
            return
        encoded: bytes | None = None
        for listener in self._listeners:
            if not self._is_for(listener.user, happening):
                continue
            if listener.user is not None and event["type"] in ("channel_create", "guild_update"):
                listener.send(orjson.dumps(self._as_seen(event, happening, listener.user)))
                continue
            encoded = encoded or orjson.dumps(event)
            listener.send(encoded)

    def _as_seen(self, event: Json, happening: Happening, user: User) -> Json:
        """Return an event as one person's client shows it: with what they see of it."""
        if happening.channel is not None:
            return {**event, "channel": self._place(happening.channel, user)}
        if happening.guild is not None:
            return {**event, "guild": self._guild(happening.guild, user)}
        return event

    def _is_for(self, user: User | None, happening: Happening) -> bool:
        if user is None:
            return True
        message, channel = happening.message, happening.channel
        if message is not None and message.ephemeral_to not in (None, user.id):
            return False
        if happening.guild is not None and user.id not in happening.guild.members:
            return False
        gone = happening.name in ("CHANNEL_DELETE", "THREAD_DELETE")
        return channel is None or gone or self._sees(user, channel)

    def _event(self, happening: Happening) -> Json | None:
        """Return what people are told of a happening, None when nothing."""
        name, data = happening.name, happening.data
        kind = _EVENTS.get(name)
        if kind is None:
            if happening.guild is None or name == "INTERACTION_CREATE":
                return None
            return self._guild_event(happening, happening.guild)
        if name in ("COMMANDS", "MESSAGE_DELETE", "TYPING_START"):
            return {**data, "type": kind}
        if kind.startswith("message"):
            reacted = name.startswith("MESSAGE_REACTION") and happening.message is not None
            return {
                "type": kind,
                "message": happening.message.body if reacted and happening.message else data,
            }
        return {"type": kind, "channel": data}

    def _guild_event(self, happening: Happening, guild: Guild) -> Json:
        if not happening.name.startswith("GUILD_MEMBER"):
            return {"type": "guild_update", "guild": self._guild(guild, None)}
        user = happening.data["user"]
        member = guild.members.get(user["id"])
        return {
            "type": "member_update",
            "guild_id": guild.id,
            "removed": member is None,
            "member": _member(member) if member else {"user": user},
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

    async def _listen(self, request: web.BaseRequest) -> web.WebSocketResponse:
        user_id = request.query.get("as")
        user = self.parts.people.user(user_id) if user_id not in (None, "", "*") else None
        listener = Listener(user, log=request.query.get("log") == "1")
        ws = web.WebSocketResponse(heartbeat=30.0)
        await ws.prepare(request)
        listener.send(orjson.dumps({"type": "hello", "clock": self._clock(), "online": self._gateway.online}))
        self._listeners.add(listener)
        self._sockets.add(ws)
        writer = asyncio.create_task(_write_events(ws, listener))
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


async def _write_events(ws: web.WebSocketResponse, listener: Listener) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            await listener.wake.wait()
            listener.wake.clear()
            if len(listener.queue) > _BACKLOG:
                await ws.close(code=1013, message=b"too far behind", drain=False)
                return
            while listener.queue:
                await ws.send_str(listener.queue.popleft().decode())


def _member(member: Member) -> Json:
    return {
        "user": member.user.json(),
        "nick": member.nick,
        "roles": list(member.roles),
        "joined_at": member.joined_at,
    }


def _named(names: Any) -> int:
    try:
        return perms.named(names or ())
    except KeyError as error:
        raise DeskError(f"There is no permission {error.args[0]}; for example send_messages.") from None


def _sentence(error: ApiError) -> str:
    """Return an API refusal as a person reads it."""
    words = [error.message]
    tree: Any = error.extra.get("errors")
    while isinstance(tree, dict) and "_errors" not in tree and tree:
        key = next(iter(tree))
        words.append(str(key))
        tree = tree[key]
    if isinstance(tree, dict) and tree.get("_errors"):
        words.append(str(tree["_errors"][0]["message"]))
    return ": ".join(words)
