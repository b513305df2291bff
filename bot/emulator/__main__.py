"""Runs a local Discord alone: `python -m bot.emulator`. Prints one JSON line with its addresses."""

import argparse
import asyncio
import gc
import json
import signal
from pathlib import Path

from bot.emulator import permissions
from bot.emulator.openapi import read_description
from bot.emulator.server import LOOPBACK, Emulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--openapi", type=Path, help="Discord's API description, to check requests against")
    parser.add_argument("--clock-file", type=Path, help="holds the seconds by which the world runs ahead")
    parser.add_argument("--token", help="the only bot token accepted (default: any)")
    parser.add_argument("--secret", help="the desk's secret (default: a random one)")
    parser.add_argument("--no-rate-limits", action="store_true", help="never answer 429")
    parser.add_argument(
        "--privileged",
        action="append",
        default=[],
        choices=["members", "presences", "message_content"],
        help="a privileged intent that the app was granted; once for each",
    )
    parser.add_argument(
        "--permissions",
        type=_permissions,
        help="what an invitation gives the bot, beside what everybody may do: "
        "names with commas (manage_messages,ban_members), or Discord's number",
    )
    parser.add_argument("--shards", type=int, default=1, help="how many shards the gateway advises")
    parser.add_argument(
        "--max-concurrency",
        type=int,
        help="how many shards may identify each 5 s; an earlier one is refused (default: never refuse)",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on; beyond this machine it wants --name"
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        help="a host name that it answers to, for example its name in a container network; the first one "
        "is put into its addresses",
    )
    arguments = parser.parse_args()
    if arguments.openapi is not None:
        try:
            read_description(arguments.openapi)
        except ValueError as error:
            parser.error(str(error))
    if arguments.host not in LOOPBACK and not arguments.name:
        parser.error("beyond this machine name the hosts that may be asked for, e.g. --name discord")
    return arguments


def _permissions(text: str) -> int:
    """Read a set of permissions."""
    if text.isdigit():
        return int(text)
    try:
        return permissions.named(name.strip() for name in text.split(","))
    except KeyError as error:
        raise argparse.ArgumentTypeError(f"there is no permission {error.args[0]}") from None


async def _run(arguments: argparse.Namespace) -> None:
    emulator = Emulator(
        arguments.clock_file,
        arguments.openapi,
        token=arguments.token,
        secret=arguments.secret,
        rate_limits=not arguments.no_rate_limits,
        privileged=frozenset(arguments.privileged),
        permissions=arguments.permissions,
        shards=arguments.shards,
        max_concurrency=arguments.max_concurrency,
        names=arguments.name,
    )
    await emulator.start(arguments.host, arguments.port)
    # Collecting all that the log and the history hold takes a tenth of a second, and would
    # be taken for the bot's slowness by whoever measures it.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
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
