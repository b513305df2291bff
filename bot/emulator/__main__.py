"""Runs a local Discord alone: `python -m bot.emulator`. Prints one JSON line with its addresses."""

import argparse
import asyncio
import contextlib
import gc
import json
import signal
from pathlib import Path

from .server import Emulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--openapi", type=Path, help="Discord's API description, to check requests against")
    parser.add_argument("--clock-file", type=Path, help="holds the seconds by which the world runs ahead")
    parser.add_argument("--token", help="the only bot token accepted (default: any)")
    parser.add_argument("--secret", help="the desk's secret (default: a random one)")
    parser.add_argument("--no-rate-limits", action="store_true", help="never answer 429")
    parser.add_argument(
        "--privileged", action="append", default=[], choices=["members", "presences", "message_content"]
    )
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    emulator = Emulator(
        arguments.clock_file,
        arguments.openapi,
        token=arguments.token,
        secret=arguments.secret,
        rate_limits=not arguments.no_rate_limits,
        privileged=frozenset(arguments.privileged),
    )
    await emulator.start(port=arguments.port)
    # Collecting all that the log and the history hold takes a tenth of a second, and would
    # be taken for the bot's slowness by whoever measures it.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    addresses = {
        "url": emulator.url,
        "api_url": emulator.api_url,
        "gateway_url": emulator.gateway_url,
        "secret": emulator.secret,
        "page": f"{emulator.url}/?key={emulator.secret}",
    }
    print(json.dumps(addresses), flush=True)  # noqa: T201 - this line is what the program is for
    try:
        await stopped.wait()
    finally:
        await emulator.close()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
