"""`farside run`: connect to Discord and play."""

import asyncio
import gc
import logging
import signal
import sys
from contextlib import AsyncExitStack
from typing import NoReturn

import click

from bot.cli.logs import set_up_logging
from bot.cli.veil import VEIL
from bot.config import ConfigError, Settings, read_settings
from bot.errors import CannotGoOn

EX_CONFIG = 78  # sysexits.h: something is wrong with the configuration

_TOKEN_REFUSED = 4004  # the gateway's close code
_REFUSED = "DISCORD_TOKEN: Discord does not take this token; copy it again from the developer portal"

_log = logging.getLogger(__name__)


@click.command()
def run() -> None:
    r"""Connect to Discord and play.

    Settings come from the environment or from a .env file in this folder; the
    one that must be there is DISCORD_TOKEN.

    \b
    Examples:
      DISCORD_TOKEN=... farside run
      FARSIDE_DATABASE=/srv/farside.sqlite3 FARSIDE_LOG_FORMAT=json farside run

    No token at hand? `farside preview` shows the real bot in a local Discord.
    """
    try:
        settings = read_settings()
    except ConfigError as error:
        fail(error.faults)
    VEIL.hide(settings.token)
    set_up_logging(settings)
    sys.exit(asyncio.run(_run(settings)))


async def _run(settings: Settings) -> int:
    """Run the bot until it is told to stop; return the exit status."""
    gc.disable()  # importing leaves little garbage, and looking for it takes a sixth of the start
    import discord

    from bot.app import Farside, wire

    gc.freeze()
    gc.enable()
    stack = AsyncExitStack()

    async def run_until_closed() -> None:
        await Farside(await wire(settings, stack), stack).run_until_closed()

    loop = asyncio.get_running_loop()
    play = asyncio.create_task(run_until_closed())
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, play.cancel)
    try:
        await play
    except asyncio.CancelledError:
        _log.info("stopping")
    except discord.LoginFailure:
        return _refuse([_REFUSED])
    except discord.ConnectionClosed as closed:
        if closed.code == _TOKEN_REFUSED:
            return _refuse([_REFUSED])
        _log.error("Discord has closed the connection for good: %s", closed)
        return 1
    except ConfigError as error:
        return _refuse(error.faults)
    except Exception as error:  # noqa: BLE001 - the last resort: the service manager starts anew
        trace = None if isinstance(error, CannotGoOn) else error
        _log.critical("Farside cannot go on: %s", error, exc_info=trace)
        return 1
    finally:
        await stack.aclose()
    return 0


def _refuse(faults: list[str]) -> int:
    for fault in faults:
        click.echo(fault, err=True)
    return EX_CONFIG


def fail(faults: list[str]) -> NoReturn:
    """Print each fault on a line of its own and end the program with the status for configuration."""
    sys.exit(_refuse(faults))
