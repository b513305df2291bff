"""`farside run`: connect to Discord and play."""

import asyncio
import gc
import logging
import sys
from contextlib import AsyncExitStack
from typing import NoReturn

import click

from bot.cli import loops
from bot.cli.logs import set_up_logging
from bot.cli.veil import VEIL
from bot.config import EX_CONFIG, Config, ConfigError, read_what_can_be
from bot.errors import CannotGoOn, is_the_end

_REFUSED = "DISCORD_TOKEN: Discord does not take this token; copy it again from the developer portal"
_INTENTS = (
    "Discord refuses the intents that Farside asks for; look at this bot in the developer portal, under Bot"
)

_GARBAGE = 20_000  # objects until cycles are looked for: presses leave none, and looking took a 16th of one

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
    config, faults = read_what_can_be()
    VEIL.hide(config.token or "")
    if faults:
        fail(faults)
    set_up_logging(config)
    sys.exit(loops.run(_run(config)))


async def _run(config: Config) -> int:
    """Run the bot until it is told to stop; return the exit status."""
    gc.disable()  # importing leaves little garbage, and looking for it takes a sixth of the start
    from bot.app import Farside
    from bot.parts import wire

    gc.freeze()
    gc.set_threshold(_GARBAGE)
    gc.enable()
    stack = AsyncExitStack()

    async def run_until_closed() -> None:
        await Farside(await wire(config, stack), stack).run_until_closed()

    play = asyncio.create_task(run_until_closed())
    loops.on_signals(loops.STOPS, play.cancel)
    try:
        await play
    except BaseException as error:
        if isinstance(error, asyncio.CancelledError) and play.cancelling():
            _log.info("stopping")
        elif is_the_end(error):
            raise
        else:  # the last resort: the service manager starts anew
            return _status_after(error)
    finally:
        await stack.aclose()
    return 0


def _status_after(error: BaseException) -> int:
    """Tell what has ended the bot; return the status, which says whether to start it anew."""
    import discord

    match error:
        case ConfigError():
            return _refuse(error.faults)
        case discord.PrivilegedIntentsRequired():
            return _refuse([_INTENTS])
        case discord.LoginFailure() | discord.ConnectionClosed(code=4004):  # the token is refused
            return _refuse([_REFUSED])
        case discord.ConnectionClosed():
            _log.critical("Farside cannot go on: Discord has closed the connection for good (%s)", error.code)
        case CannotGoOn():
            _log.critical("Farside cannot go on: %s", error)
        case _:
            _log.critical("Farside cannot go on: %s: %s", type(error).__name__, error, exc_info=error)
    return 1


def _refuse(faults: list[str]) -> int:
    for fault in faults:
        click.echo(fault, err=True)
    return EX_CONFIG


def fail(faults: list[str]) -> NoReturn:
    """Print each fault on a line of its own and end the program with the status for configuration."""
    sys.exit(_refuse(faults))
