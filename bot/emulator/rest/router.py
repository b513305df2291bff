"""Routes: from a method and a path to a function, by a tree of path parts.

A part in braces takes anything; a literal part wins over it. The functions are not
coroutines: each is done with the world before the next request is looked at.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.errors import ApiError, Json, unknown
from bot.emulator.messages import Upload
from bot.emulator.parts import Parts
from bot.emulator.permissions import VIEW_CHANNEL, in_guild
from bot.emulator.world import Channel, Guild, Message, Role


@dataclass(slots=True)
class Call:
    """One request: the parts it acts on, what its path named, its query and its body."""

    parts: Parts
    args: tuple[str, ...]
    query: Mapping[str, str]
    body: Any
    uploads: list[Upload] = field(default_factory=list)

    def json(self) -> Json:
        """Return the body as an object; raise when it is another thing."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise ApiError(400, 50109, "The request body contains invalid JSON.")
        return self.body

    # What a path names, with the bot's right to see it.

    def channel(self, channel_id: str, *needed: int) -> Channel:
        """Return a channel that the bot sees and in which it may do what is needed."""
        world = self.parts.world
        channel = world.channels.get(channel_id)
        if channel is None:
            raise unknown("channel")
        held = world.permissions(world.bot.id, channel)
        if not held & VIEW_CHANNEL:
            raise ApiError(403, 50001, "Missing Access")
        if any(not held & bit for bit in needed):
            raise ApiError(403, 50013, "Missing Permissions")
        return channel

    def message(self, channel: Channel, message_id: str) -> Message:
        """Return a message of a channel's history; ephemeral ones are not in it."""
        found = channel.messages.get(message_id)
        if found is None:
            raise unknown("message")
        return found

    def guild(self, guild_id: str, *needed: int) -> Guild:
        """Return a server that the bot is in and in which it may do what is needed."""
        world = self.parts.world
        guild = world.guilds.get(guild_id)
        if guild is None or not world.has_bot(guild):
            raise unknown("guild")
        held = in_guild(guild, guild.members[world.bot.id])
        if any(not held & bit for bit in needed):
            raise ApiError(403, 50013, "Missing Permissions")
        return guild

    def role(self, guild: Guild, role_id: str) -> Role:
        """Return a role of a server."""
        try:
            return guild.roles[role_id]
        except KeyError:
            raise unknown("role") from None

    def flag(self, name: str) -> bool:
        """Return a boolean of the query."""
        return self.query.get(name, "").lower() in ("true", "1")

    def limit(self, usual: int, high: int) -> int:
        """Return the query's `limit`; raise when it is out of bounds."""
        text = self.query.get("limit")
        if text is None:
            return usual
        if not text.isdigit() or not 1 <= int(text) <= high:
            fault = {"code": "NUMBER_TYPE_MAX", "message": f"int value should be from 1 to {high}."}
            raise ApiError(400, 50035, "Invalid Form Body", {"errors": {"limit": {"_errors": [fault]}}})
        return int(text)


@dataclass(slots=True, frozen=True)
class Reply:
    """An answer: its status, and its JSON unless there is none."""

    status: int
    payload: Any = None


Endpoint = Callable[[Call], Reply]


@dataclass(slots=True, frozen=True)
class Route:
    """An endpoint at a method and a template, e.g. `POST /channels/{channel_id}/messages`."""

    method: str
    template: str
    endpoint: Endpoint
    auth: bool = True

    @property
    def name(self) -> str:
        """Return the name that buckets and faults use."""
        return f"{self.method} {self.template}"


class Routes(list[Route]):
    """The routes of one module; `at` is the decorator that adds one."""

    def at(self, method: str, template: str, *, auth: bool = True) -> Callable[[Endpoint], Endpoint]:
        """Register a function at a method and a path."""

        def add(endpoint: Endpoint) -> Endpoint:
            self.append(Route(method, template, endpoint, auth))
            return endpoint

        return add


class _Node:
    __slots__ = ("any", "literal", "routes")

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.any: _Node | None = None
        self.routes: dict[str, Route] = {}


class Router:
    """Finds the route of a request."""

    def __init__(self) -> None:
        self._root = _Node()
        self.routes: list[Route] = []

    def include(self, routes: Iterable[Route]) -> None:
        """Add routes."""
        for route in routes:
            node = self._root
            for part in route.template.strip("/").split("/"):
                if part.startswith("{"):
                    node.any = node.any or _Node()
                    node = node.any
                else:
                    node = node.literal.setdefault(part, _Node())
            node.routes[route.method] = route
            self.routes.append(route)

    def find(self, method: str, path: str) -> tuple[Route, tuple[str, ...]]:
        """Return the route and the parts its braces took; raise Discord's 404 or 405."""
        parts = path.strip("/").split("/")
        found = _descend(self._root, parts, 0)
        if found is None:
            raise ApiError(404, 0, "404: Not Found")
        node, args = found
        route = node.routes.get(method)
        if route is None:
            raise ApiError(405, 0, "405: Method Not Allowed")
        return route, args


def _descend(node: _Node, parts: list[str], at: int) -> tuple[_Node, tuple[str, ...]] | None:
    if at == len(parts):
        return (node, ()) if node.routes else None
    if (child := node.literal.get(parts[at])) and (found := _descend(child, parts, at + 1)):
        return found
    if node.any is not None and (found := _descend(node.any, parts, at + 1)):
        return found[0], (parts[at], *found[1])
    return None
