"""What a machine may ask of a running Farside over HTTP: is it well, may it be used, what has it counted.

`GET /healthz`: 200 while the event loop turns and the store is there. `GET /readyz`: 200 when the store
takes a change, the bank is loaded and every shard is connected. `GET /metrics`: Prometheus' text. Each other
answer is 503 with a line that says why. Off unless `FARSIDE_HTTP` says where to listen; nothing of a person
or a secret is told here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from bot.config import Address
from bot.errors import CannotGoOn
from bot.metrics import Gauges, exposed

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong, in a line; None when nothing is."""

_PATIENCE = 2.0  # seconds for an answer; who asks waits no longer either
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Probes(NamedTuple):
    """The answers to what may be asked."""

    is_unwell: Check
    is_unready: Check
    gauges: Gauges

    async def listen(self, address: Address) -> web.AppRunner:
        """Answer at `address` until the runner that is returned is cleaned up.

        Raises `CannotGoOn` when nobody can listen there.
        """
        app = web.Application()
        app.router.add_get("/healthz", lambda _: _told(self.is_unwell))
        app.router.add_get("/readyz", lambda _: _told(self.is_unready))
        app.router.add_get("/metrics", self._metrics)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, address.host, address.port).start()
        except OSError as error:
            await runner.cleanup()
            raise CannotGoOn(
                f"FARSIDE_HTTP: {address} cannot be listened at: {error.strerror or error}"
            ) from None
        return runner

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=exposed(self.gauges), headers={"Content-Type": _TEXT})


async def _told(check: Check) -> web.Response:
    try:
        async with asyncio.timeout(_PATIENCE):
            fault = await check()
    except TimeoutError:
        fault = f"no answer within {_PATIENCE:g} s"
    return web.Response(text=f"{fault or 'ok'}\n", status=503 if fault else 200)
