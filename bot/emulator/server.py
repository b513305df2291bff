"""The doors: HTTP and websockets, and the `Emulator` that opens and shuts them."""

import asyncio
import hmac
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import unquote

import orjson
from aiohttp import web

from bot.emulator.annex import Annex
from bot.emulator.clock import WorldClock
from bot.emulator.desk import Door
from bot.emulator.errors import ApiError, Unbuilt
from bot.emulator.faults import Fault
from bot.emulator.gateway import Gateway
from bot.emulator.log import Entry
from bot.emulator.openapi import OpenApi
from bot.emulator.parts import assemble
from bot.emulator.ratelimits import too_many
from bot.emulator.rest import Call, Reply, bodies, routes
from bot.emulator.rest.router import Route
from bot.emulator.site import Site
from bot.emulator.sockets import VERSIONS
from bot.emulator.world import World

_log = logging.getLogger(__name__)
_AGENT: Final = re.compile(r"DiscordBot \([^\s,]+,? [^\s)]+\)")  # some libraries leave out the comma
_API = re.compile(r"/api(?:/v(\d+))?(/.*)")
_BODY_LIMIT: Final = 110 * 1024 * 1024  # bytes; ten files and the rest
LOOPBACK: Final = ("127.0.0.1", "localhost")
_COMMON: Final = {"Via": "1.1 local", "X-Content-Type-Options": "nosniff"}
_JSON: Final = {**_COMMON, "Content-Type": "application/json"}

Control = Callable[[], Awaitable[None]]


class Emulator:
    """A local Discord. `start` opens it, `close` shuts it; it is on 127.0.0.1 unless told otherwise.

    `clock_file` holds the offset in seconds by which the world runs ahead; `openapi` is
    Discord's description, a file or one that was read already, against which requests are
    checked when it is given; `controls`
    are named actions that people may ask for (e.g. to restart the bot); `token` is the one
    that is accepted, any when it is None; `privileged` names the privileged intents that
    the app was granted (`members`, `presences`, `message_content`); `permissions` is what
    an invitation gives the bot beside what everybody may do; `shards` and
    `max_concurrency` are what the gateway advises (None: an IDENTIFY is never too early);
    `names` are further host names that it answers to, the first of which its addresses bear;
    `about` is what the page says of the bot: `title`, `text`, and the commands to begin
    with in a server (`commands`) and in a direct message (`direct`);
    `annexes` are parts of the page that the embedding program brings along.
    """

    def __init__(
        self,
        clock_file: Path | None = None,
        openapi: Path | OpenApi | None = None,
        controls: Mapping[str, Control] | None = None,
        *,
        token: str | None = None,
        secret: str | None = None,
        rate_limits: bool = True,
        heartbeat_interval: float = 41.25,
        privileged: frozenset[str] = frozenset(),
        permissions: int | None = None,
        shards: int = 1,
        max_concurrency: int | None = None,
        names: Sequence[str] = (),
        about: Mapping[str, Any] | None = None,
        annexes: Sequence[Annex] = (),
    ) -> None:
        self.parts = assemble(
            WorldClock(clock_file),
            rate_limits=rate_limits,
            shards=shards,
            max_concurrency=max_concurrency,
            bot_permissions=permissions,
        )
        self.secret = secret or secrets.token_urlsafe(24)
        self.controls = controls if controls is not None else {}  # read live: they may come and go
        self.openapi = OpenApi(openapi) if isinstance(openapi, Path) else openapi
        self.gateway = Gateway(
            self.parts, token=token, heartbeat_interval=heartbeat_interval, privileged=privileged
        )
        self.desk = Door(
            self.parts,
            self.gateway,
            self.controls,
            checks=self.openapi is not None,
            about=about,
            annexes=annexes,
        )
        self._names = tuple(names)
        files = {name: file for annex in annexes for name, file in annex.files.items()}
        self._site = Site(self.secret, self.desk, self._names, files)
        self._router = routes()
        self._runner: web.ServerRunner | None = None
        self._address = ((*self._names, "127.0.0.1")[0], 0)
        self._missed: set[str] = set()  # what was asked for and is not built, told once each

    # --- addresses

    @property
    def world(self) -> World:
        """Return the world."""
        return self.parts.world

    @property
    def token(self) -> str | None:
        """Return the one token that is taken, by REST and by the gateway; None takes any."""
        return self.gateway.token

    @token.setter
    def token(self, token: str | None) -> None:
        self.gateway.token = token

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return f"http://{self._address[0]}:{self._address[1]}"

    @property
    def api_url(self) -> str:
        """Return what a bot takes for Discord's API."""
        return f"{self.url}/api/v10"

    @property
    def gateway_url(self) -> str:
        """Return what a bot takes for Discord's gateway."""
        return f"ws://{self._address[0]}:{self._address[1]}/"

    # --- opening and shutting

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Open the doors; port 0 takes a free one. Another host than this one alone wants `names`."""
        if host not in LOOPBACK and not self._names:
            raise ValueError(
                "Beyond 127.0.0.1 name the hosts that may be asked for, for example --name discord."
            )
        server = web.Server(self._handle, request_factory=self._request, access_log=None)
        self._runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1" if host in LOOPBACK else host, port)
        await site.start()
        self._address = (self._address[0], self._runner.addresses[0][1])
        self.world.base_url = self.url
        self.gateway.url = self.gateway_url
        self._site.port = self._address[1]

    async def close(self) -> None:
        """Shut the doors; whoever is inside is shown out."""
        self.parts.faults.clear()
        await self.desk.close()
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def announce(self, type: str, **fields: Any) -> None:  # noqa: A002 - the event's own word
        """Tell every listener of the desk something of the embedding program's own."""
        self.desk.announce(type, **fields)

    # --- one request

    def _request(
        self,
        message: Any,
        payload: Any,
        protocol: Any,
        writer: Any,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=_BODY_LIMIT)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        refusal = self._site.refusal(request)
        if refusal is not None:
            return refusal
        if path.startswith("/api/"):
            return await self._rest(request)
        if request.headers.get("Upgrade", "").lower() == "websocket" and path in (
            "/",
            "/gateway",
            "/gateway/",
        ):
            return await self.gateway.serve(request)
        return await self._site.answer(request)

    async def _rest(self, request: web.BaseRequest) -> web.StreamResponse:
        began = time.perf_counter()
        log = self.parts.log
        entry = log.open("rest")
        found = _API.match(request.rel_url.raw_path)
        entry.method, entry.path = request.method, _plain(found[2]) if found else request.path
        reply: Reply | ApiError
        headers: dict[str, str] = {}
        try:
            if found is None or found[1] not in (*VERSIONS, None):
                reply = ApiError(400, 50041, "Invalid API version provided.")
            elif (fault := self.parts.faults.on_route(request.method, entry.path)) is None:
                reply = await self._carry_out(request, entry, headers)
            else:
                entry.faults.append(fault.kind)
                reply = await self._with_fault(fault, request, entry, headers)
        except Unbuilt as error:
            self._miss(error, entry)
            reply = error
        except ApiError as error:
            reply = error
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # A body of a shape that nobody thought of: the bot gets Discord's 500, we get the trace.
            _log.exception("%s %s could not be carried out", entry.method, entry.path)
            reply = ApiError(500, 0, "500: Internal Server Error")
        except _Lost:
            entry.ms = round((time.perf_counter() - began) * 1000, 3)
            log.close(entry)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        return self._answered(reply, entry, headers, began)

    def _answered(
        self, reply: Reply | ApiError, entry: Entry, headers: dict[str, str], began: float
    ) -> web.Response:
        if isinstance(reply, ApiError):
            headers |= reply.headers
            status, payload = reply.status, reply.body()
        else:
            status, payload = reply.status, reply.payload
        entry.status = status
        headers["Date"] = formatdate(self.world.clock.now(), usegmt=True)
        if status == 204:
            response = web.Response(status=204, headers=_COMMON | headers)
        else:
            entry.response = orjson.dumps(payload)
            response = web.Response(status=status, body=entry.response, headers=_JSON | headers)
        entry.ms = round((time.perf_counter() - began) * 1000, 3)
        self.parts.log.close(entry)
        return response

    async def _carry_out(self, request: web.BaseRequest, entry: Entry, headers: dict[str, str]) -> Reply:
        """Do what a request asks for; put its rate limit's headers into `headers`."""
        route, args = self._router.find(request.method, _steps(entry.path or ""))
        body = await bodies.read(request)
        entry.request = body.raw
        if self.openapi is not None:
            self._check(request, entry, body.json)
        authorised = self._authorise(request, route)
        # The callback and the webhooks of interactions do not count towards the global limit.
        major = "/".join(args[: 2 if route.template.startswith("/webhooks") else 1])
        headers |= self.parts.limits.check(route.name, major, is_global=authorised and route.auth)
        reason = _reason(request)
        return route.endpoint(Call(self.parts, args, request.query, body.json, body.uploads, reason))

    def _authorise(self, request: web.BaseRequest, route: Route) -> bool:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        good = kind == "Bot" and bool(token)
        if good and self.token is not None:
            good = hmac.compare_digest(token.encode(), self.token.encode())
        if route.auth and (not good or self.parts.starts.is_revoked):
            raise ApiError(401, 0, "401: Unauthorized")
        return good

    def _miss(self, error: Unbuilt, entry: Entry) -> None:
        """Say in the log, and once on the page, that something is asked for that is not built."""
        entry.problems = [*entry.problems, error.message]
        if error.message not in self._missed:
            self._missed.add(error.message)
            title, text = "The bot asked for something that is not here", error.message
            self.announce("notice", level="error", key=f"unbuilt {text}", title=title, text=text, problems=[])

    def _check(self, request: web.BaseRequest, entry: Entry, body: Any) -> None:
        if self.openapi is not None:
            entry.problems = self.openapi.problems(
                request.method, entry.path or "", request.query, request.content_type, body
            )
            agent = request.headers.get("User-Agent", "")
            if not _AGENT.match(agent):
                entry.problems.append(f"User-Agent {agent!r}: not `DiscordBot (url, version)`")

    async def _with_fault(
        self, fault: Fault, request: web.BaseRequest, entry: Entry, headers: dict[str, str]
    ) -> Reply | ApiError:
        """Let a request go wrong as the fault says."""
        options = fault.options
        if fault.kind == "delay":
            await asyncio.sleep(float(options.get("seconds", 1.0)))
            return await self._carry_out(request, entry, headers)
        if fault.kind == "rate_limit":
            wait = float(options.get("retry_after", 1.0))
            raise too_many(wait, is_global=bool(options.get("global")))
        reply = await self._carry_out(request, entry, headers) if fault.acts else None
        if fault.kind == "hold":
            self.parts.log.close(entry)  # seen while it is held
            await fault.released.wait()
            if request.transport is None or request.transport.is_closing():
                raise _Lost  # whoever asked is gone
            return reply or await self._carry_out(request, entry, headers)
        if fault.kind == "lost":
            raise _Lost
        status = int(options["status"])
        error = ApiError(status, 0, f"{status}: a fault given on purpose")
        error.headers = {str(key): str(value) for key, value in (options.get("headers") or {}).items()}
        if "body" in options:
            return Reply(status, options["body"])
        return error


class _Lost(Exception):
    """The connection is to break without an answer."""


def _reason(request: web.BaseRequest) -> str | None:
    """Return what a request gives as its reason, which travels percent-encoded."""
    given = request.headers.get("X-Audit-Log-Reason")
    return None if given is None else unquote(given)[:512]


def _plain(raw_path: str) -> str:
    """Return a path with each part decoded: `%40me` and `@me` are one; a slash inside a part stays `%2F`."""
    return "/".join(unquote(part).replace("/", "%2F") for part in raw_path.split("/"))


def _steps(path: str) -> list[str]:
    """Return the parts of a path that `_plain` made."""
    return [part.replace("%2F", "/") for part in path.strip("/").split("/")]
