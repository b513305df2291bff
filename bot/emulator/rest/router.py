"""Routes: from a method and a path to a function, by a tree of path parts.

A part in braces takes anything; a literal part wins over it. The functions are not
coroutines: each is done with the world before the next request is looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.errors import ApiError, Json, Unbuilt, unknown
from bot.emulator.messages import Upload
from bot.emulator.objects import Channel, Guild, Message, Role
from bot.emulator.parts import Parts
from bot.emulator.permissions import VIEW_CHANNEL, in_guild
from bot.emulator.snowflake import whole


@dataclass(slots=True)
class Call:
    """One request: the parts it acts on, what its path named, its query and its body."""

    parts: Parts
    args: tuple[str, ...]
    query: Mapping[str, str]
    body: Any
    uploads: list[Upload] = field(default_factory=list)
    reason: str | None = None  # for the audit log, as the request's header says

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
        limit = whole(text)
        if limit is None or not 1 <= limit <= high:
            raise _wrong("limit", "NUMBER_TYPE_MAX", f"int value should be from 1 to {high}.")
        return limit

    def snowflake(self, name: str) -> int | None:
        """Return an id of the query, None where it is left out; raise when it is none."""
        text = self.query.get(name)
        if not text:
            return None
        if (number := whole(text)) is None:
            raise _wrong(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
        return number


def _wrong(name: str, code: str, message: str) -> ApiError:
    """Return the fault of a parameter of the query."""
    errors = {name: {"_errors": [{"code": code, "message": message}]}}
    return ApiError(400, 50035, "Invalid Form Body", {"errors": errors})


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
    __slots__ = ("any", "lacking", "literal", "routes")

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.any: _Node | None = None
        self.routes: dict[str, Route] = {}
        self.lacking: dict[str, str] = {}  # methods that Discord has here and we have not


class Router:
    """Finds the route of a request."""

    def __init__(self) -> None:
        self._root = _Node()
        self.routes: list[Route] = []

    def include(self, routes: Iterable[Route]) -> None:
        """Add routes."""
        for route in routes:
            self._node(route.template).routes[route.method] = route
            self.routes.append(route)

    def lack(self, method: str, template: str) -> None:
        """Note an operation that Discord has, and that is not built here."""
        node = self._node(template)
        if method not in node.routes:
            node.lacking[method] = template

    def find(self, method: str, steps: list[str]) -> tuple[Route, tuple[str, ...]]:
        """Return the route of a path's parts, and what its braces took; raise 404, 405 or `Unbuilt`."""
        candidates = list(_descend(self._root, steps, 0))
        for node, args in candidates:
            if route := node.routes.get(method):
                return route, args
        for node, _ in candidates:
            if template := node.lacking.get(method):
                raise Unbuilt(f"{method} {template}")
        if candidates:
            raise ApiError(405, 0, "405: Method Not Allowed")
        raise ApiError(404, 0, "404: Not Found")

    def _node(self, template: str) -> "_Node":
        """Return the place of a template in the tree, made when it is not there."""
        node = self._root
        for part in template.strip("/").split("/"):
            if part.startswith("{"):
                node.any = node.any or _Node()
                node = node.any
            else:
                node = node.literal.setdefault(part, _Node())
        return node


def _descend(node: _Node, steps: list[str], at: int) -> Iterator[tuple[_Node, tuple[str, ...]]]:
    """Yield every place that a path can mean, with what its braces took; literal parts come first."""
    if at == len(steps):
        if node.routes or node.lacking:
            yield node, ()
        return
    if child := node.literal.get(steps[at]):
        yield from _descend(child, steps, at + 1)
    if node.any is not None:
        for found, args in _descend(node.any, steps, at + 1):
            yield found, (steps[at], *args)
