"""The desk's door: which request looks, which acts, and how both are refused."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import orjson
from aiohttp import web

from bot.emulator.annex import Annex
from bot.emulator.desk.actions import Actions
from bot.emulator.desk.stream import Stream
from bot.emulator.desk.view import View
from bot.emulator.errors import ApiError, DeskError, Json
from bot.emulator.gateway import Gateway
from bot.emulator.parts import Parts
from bot.emulator.snowflake import whole

Control = Callable[[], Awaitable[None]]
_LONGEST_WAIT: Final = 60.0  # seconds a request may wait for an interaction


class Door:
    """Answers `/desk/` requests."""

    def __init__(
        self,
        parts: Parts,
        gateway: Gateway,
        controls: Mapping[str, Control],
        *,
        checks: bool,
        about: Mapping[str, Any] | None,
        annexes: Sequence[Annex] = (),
    ) -> None:
        self.parts = parts
        self._controls = controls
        self._checks = checks
        self._about = about
        self._annexes = {annex.name: annex for annex in annexes}
        self._view = View(parts, gateway)
        self._stream = Stream(parts, gateway, self._view)
        self._actions = Actions(parts, gateway, self._view, self._stream).listed()
        self.announce = self._stream.announce
        self.close = self._stream.close

    async def answer(self, request: web.BaseRequest, *, known: bool) -> web.StreamResponse:
        """Answer one request; `known` tells whether it came with the secret."""
        if not known:
            raise DeskError("The session's secret is missing or wrong.", 401)
        path = request.path.removeprefix("/desk/").strip("/")
        if path == "events":
            return await self._stream.serve(request)
        if path.startswith("annex/"):
            found = await self._enter_annex(path, await _body(request) if request.method == "POST" else None)
        elif request.method == "GET":
            found = await self._look(path, request.query)
        elif request.method == "POST":
            found = await self._act(path, await _body(request))
        else:
            raise DeskError("The desk takes GET and POST.", 405)
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        return web.Response(body=orjson.dumps(found), headers=headers)

    async def _enter_annex(self, path: str, body: Json | None) -> Any:
        _, name, *rest = path.split("/", 2)
        annex = self._annexes.get(name)
        if annex is None:
            raise DeskError(f"There is nothing at /desk/{path}.", 404)
        return await annex.answer(rest[0] if rest else "", body)

    async def _act(self, path: str, body: Json) -> Any:
        kind, _, name = path.partition("/")
        if kind == "controls" and name:
            return await self._control(name)
        action = self._actions.get(path)
        if action is None:
            raise DeskError(f"There is nothing at /desk/{path}.", 404)
        try:
            return await action(body)
        except ApiError as error:
            raise DeskError(_sentence(error)) from None

    async def _look(self, path: str, query: Mapping[str, str]) -> Any:
        steps = path.split("/")
        if path == "state":
            state = self._view.state(self._view.person(query.get("as")))
            return {
                **state,
                "controls": sorted(self._controls),
                "openapi": self._checks,
                "about": self._about,
                "annexes": list(self._annexes),
            }
        if path == "sessions":
            return self._view.sessions()
        if path == "log":
            log = self.parts.log
            entries = log.since(whole(query.get("since", "0")) or 0)
            return {"entries": entries, "last": log.last}
        if len(steps) == 3 and steps[0] == "channels" and steps[2] == "messages":
            return self._view.messages(steps[1], query)
        if len(steps) == 2 and steps[0] == "interactions":
            return await self._interaction(steps[1], query)
        raise DeskError(f"There is nothing at /desk/{path}.", 404)

    async def _interaction(self, interaction_id: str, query: Mapping[str, str]) -> Json:
        """Return an interaction, when asked waiting until it is no longer pending."""
        interactions = self.parts.interactions
        interaction = interactions.known(interaction_id)
        try:
            wait = min(float(query.get("wait", "0")), _LONGEST_WAIT)
        except ValueError:
            raise DeskError("`wait` is a number of seconds.") from None
        states = ("pending", "deferred") if query.get("until") == "done" else ("pending",)
        await interactions.settled(interaction, states, wait)
        return interaction.summary()

    async def _control(self, name: str) -> Json:
        control = self._controls.get(name)
        if control is None:
            raise DeskError(f"There is no control {name}.", 404)
        await control()
        return {}


async def _body(request: web.BaseRequest) -> Json:
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
