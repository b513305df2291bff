"""The application: joins settings, store, bank, services and cogs into a bot that runs.

Order matters here and nowhere else: the store is open and every service is
ready before the gateway connects, since presses arrive before `on_ready`.
Whatever is opened is pushed on one stack, and closed in the other order.
"""

import asyncio
import contextlib
import gc
import hashlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import orjson
import yarl
from discord import app_commands
from discord.ext import commands

from bot.bank import Bank, BankError, load_bank
from bot.clock import Clock, ShiftedClock, SystemClock
from bot.cogs.budget import Budget
from bot.cogs.channels import Channels
from bot.cogs.choices import unknown_option
from bot.cogs.components import STOPPING, Router, explain
from bot.cogs.config import ConfigCog
from bot.cogs.daily import DailyPublisher
from bot.cogs.fact import FactCog
from bot.cogs.help import HelpCog
from bot.cogs.leaderboard import LeaderboardCog
from bot.cogs.moon import MoonCog
from bot.cogs.privacy import PrivacyCog
from bot.cogs.profile import ProfileCog
from bot.cogs.publisher import Publisher
from bot.cogs.quiz import QuizCog
from bot.cogs.replies import reply
from bot.cogs.schedule import ScheduleCog
from bot.cogs.sender import Sender
from bot.cogs.starters import Starters
from bot.config import DISCORD_API_URL, DISCORD_GATEWAY_URL, ConfigError, Settings
from bot.errors import QuizError
from bot.services.boards import BoardsService
from bot.services.daily import DailyService
from bot.services.facts import FactsService
from bot.services.games import Play
from bot.services.library import Library
from bot.services.privacy import PrivacyService
from bot.services.retention import Retention
from bot.services.schedules import Almanacs, SchedulesService
from bot.services.settings import SettingsService
from bot.services.sky import SkyService
from bot.services.supervisor import Supervisor
from bot.services.timers import Timers
from bot.services.zones import ZonesService
from bot.store.database import Database
from bot.store.migrator import SchemaError
from bot.store.notes import load_note, save_note

_log = logging.getLogger(__name__)
_SYNCED = "commands synced"
_LAST_WORDS = 1.0  # seconds in which those who wait are told, before a fault ends the program
_LOGIN_PAUSES = (1, 2, 5, 10, 20)  # seconds between attempts to reach Discord at start


class Tree(app_commands.CommandTree[discord.Client]):
    """The slash commands; their errors are told like those of presses."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Unwrap the error and tell the person."""
        cause: Exception = error
        if isinstance(error, app_commands.CommandInvokeError):
            cause = error.original
        elif isinstance(error, app_commands.CheckFailure):
            cause = QuizError("You need the Manage Server permission here for that command.")
        elif isinstance(error, app_commands.TransformerError):
            cause = QuizError(f"'{error.value}' cannot be used there; pick one of the suggestions.")
        elif isinstance(error, app_commands.CommandSignatureMismatch | app_commands.CommandNotFound):
            cause = QuizError("That command has changed a moment ago. Please type it again.")
        await explain(interaction, cause)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Take no more commands once the bot is leaving; the store is about to close."""
        if isinstance(self.client, Farside) and self.client.router.is_stopping:
            if interaction.type is not discord.InteractionType.autocomplete:
                await reply(interaction, STOPPING)
            return False
        if interaction.type is discord.InteractionType.application_command and interaction.data:
            unknown = unknown_option(interaction.data)
            if unknown is not None:
                await reply(
                    interaction, f"Farside cannot find that `{unknown}` here. Pick one from the list."
                )
                return False
        return True


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands beneath Discord's surface: there before Discord is asked anything."""

    settings: Settings
    clock: Clock
    library: Library
    database: Database
    supervisor: Supervisor
    timers: Timers
    guild_settings: SettingsService
    play: Play
    almanacs: Almanacs
    facts: FactsService
    schedules: SchedulesService
    zones: ZonesService
    boards: BoardsService
    retention: Retention
    sky: SkyService
    privacy: PrivacyService


async def wire(settings: Settings, stack: AsyncExitStack) -> Parts:
    """Read the bank, open the store and join the services on them; `stack` closes what was opened.

    Raises `ConfigError` with all that stands in the way of bank and store.
    """
    bank, database = await asyncio.gather(
        asyncio.to_thread(load_bank, settings.questions),
        Database.open(settings.database),
        return_exceptions=True,
    )
    if isinstance(database, Database):
        stack.push_async_callback(database.close)
    if faults := [*_faults(bank), *_faults(database)]:
        raise ConfigError(faults)
    assert isinstance(bank, Bank)  # noqa: S101 - else there were faults
    assert isinstance(database, Database)  # noqa: S101 - as above
    clock: Clock = ShiftedClock(settings.clock_file) if settings.clock_file else SystemClock()
    library = Library(bank, settings.questions)
    timers = Timers(database, clock)
    guild_settings = SettingsService(database, clock, timers)
    play = Play.join(database, library, clock, timers)
    almanacs = Almanacs(library)
    return Parts(
        settings=settings,
        clock=clock,
        library=library,
        database=database,
        supervisor=Supervisor(clock),
        timers=timers,
        guild_settings=guild_settings,
        play=play,
        almanacs=almanacs,
        facts=FactsService(library, almanacs),
        schedules=SchedulesService(database, clock, timers, almanacs),
        zones=ZonesService(),
        boards=BoardsService(database, clock, guild_settings),
        retention=Retention(database, clock, settings.kept),
        sky=SkyService(),
        privacy=PrivacyService(database, clock, timers, play, guild_settings),
    )


class Farside(commands.AutoShardedBot):
    """The bot: a Discord client with the parts of the house in it."""

    def __init__(self, parts: Parts, stack: AsyncExitStack) -> None:
        point_at(parts.settings)
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # there is nothing to hear
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.parts = parts
        self.router = Router()
        self.sender = Sender(self.http, Budget())
        channels = Channels(self, self.sender)
        starters = Starters(self.sender, channels)
        self.publisher = Publisher(channels, starters, parts.play, parts.library, parts.clock)
        herald = DailyPublisher(self, channels, parts.facts, parts.clock)
        self.daily = DailyService(parts.database, parts.clock, parts.timers, parts.almanacs, herald)
        self._stack = stack
        self._has_connected = False
        self._has_begun = False  # before logging in discord.py has nothing to close, and fails to
        for close in (
            self.sender.close,
            self._leave,
            parts.database.finish,
            self.publisher.close,
            parts.supervisor.close,
            self.daily.close,
        ):
            stack.push_async_callback(close)
        stack.callback(self._take_no_more)
        parsers = self._connection.parsers
        parsers.update({event: _forgiving(event, parse) for event, parse in parsers.items()})

    async def setup_hook(self) -> None:
        """Join the surface to the services; called once, before the gateway connects."""
        parts = self.parts
        await self.add_cog(self.router)
        quiz = QuizCog(
            self.router,
            play=parts.play,
            publisher=self.publisher,
            library=parts.library,
            settings=parts.guild_settings,
            timers=parts.timers,
        )
        await self.add_cog(quiz)
        await self.add_cog(FactCog(self.router, parts.facts, parts.guild_settings, parts.clock))
        await self.add_cog(ScheduleCog(parts.schedules, self.daily, parts.facts, parts.zones, parts.clock))
        await self.add_cog(
            ConfigCog(parts.guild_settings, parts.schedules, parts.library, parts.zones, parts.clock)
        )
        await self.add_cog(LeaderboardCog(self.router, parts.boards, parts.library))
        await self.add_cog(ProfileCog(parts.boards, parts.library))
        await self.add_cog(PrivacyCog(self, self.router, parts.privacy))
        await self.add_cog(HelpCog(self.router, parts.library, parts.settings.kept))
        parts.zones.begin()
        await self.add_cog(MoonCog(self.router, parts.sky, parts.guild_settings, parts.clock))
        supervisor = parts.supervisor
        supervisor.start("the watch over the database", parts.database.watch)
        supervisor.start("the posting of boards", parts.boards.run)
        supervisor.start("the watch over the clock", self.daily.watch)
        supervisor.start("the folding of old games", parts.retention.run)
        supervisor.start("the loop of timers", parts.timers.run)
        if parts.settings.reload:
            supervisor.start("the watch over the bank", parts.library.watch, is_vital=False)

    async def on_connect(self) -> None:
        """Look after the commands when presses are taken already; called again after an interruption."""
        if not (self._has_connected or self.router.is_stopping):
            self._has_connected = True
            self.parts.supervisor.start("sending the commands", self._sync_commands, is_vital=False)

    async def on_ready(self) -> None:
        """Say so, and put what lives for long beyond the garbage collector's reach; called again as above."""
        _log.info("ready: %s servers, %s questions", len(self.guilds), len(self.parts.library.bank))
        gc.unfreeze()  # what an earlier session has left
        gc.collect()
        gc.freeze()

    async def _sync_commands(self) -> None:
        """Send the commands to Discord when they are not what was sent last."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.sha256(
            orjson.dumps([self.application_id, payload], option=orjson.OPT_SORT_KEYS)
        ).hexdigest()
        for pause in (*_LOGIN_PAUSES, None):
            try:
                known = await self.parts.database.read(lambda tx: load_note(tx, _SYNCED))
                if known == digest and await self._has_commands({command["name"] for command in payload}):
                    return
                await self.tree.sync()
                await self.parts.database.write(lambda tx: save_note(tx, _SYNCED, digest))
                _log.info("%s commands sent to Discord", len(payload))
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                if pause is None:
                    raise
                _log.warning("the commands could not be sent (%s); again in %s s", error, pause)
                await asyncio.sleep(pause)
            else:
                return

    async def _has_commands(self, names: set[str]) -> bool:
        """Return whether Discord still has the commands that were sent; they may have been removed."""
        try:
            return {command.name for command in await self.tree.fetch_commands()} == names
        except (discord.Forbidden, discord.NotFound):
            return False

    async def close(self) -> None:
        """Take no more presses, finish the commits under way, and leave."""
        await self._stack.aclose()

    def _take_no_more(self) -> None:
        self.router.is_stopping = True

    async def _leave(self) -> None:
        if self._has_begun:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(super().close(), timeout=1)

    async def run_until_closed(self) -> None:
        """Log in, with patience while Discord is out of reach, and play until closed.

        Raises `discord.LoginFailure` for a token that Discord refuses, and `CannotGoOn` when a part that
        runs beside Discord cannot.
        """
        self._has_begun = True
        play = asyncio.create_task(self._play())
        fault = asyncio.create_task(self.parts.supervisor.fault())
        try:
            await asyncio.wait((play, fault), return_when=asyncio.FIRST_COMPLETED)
            if not play.done():
                await asyncio.wait((play,), timeout=_LAST_WORDS)
                await fault
            await play
        finally:
            play.cancel()
            fault.cancel()
            await asyncio.wait((play, fault))

    async def _play(self) -> None:
        await _patiently(lambda: self.login(self.parts.settings.token))
        await _patiently(self._count_shards)
        await self.connect()

    async def _count_shards(self) -> None:
        """Ask how many shards there should be, and where the gateway is unless the settings say so.

        discord.py would take both from Discord's answer, whatever the settings say, and give up at once.
        """
        self.shard_count, address, _ = await self.http.get_bot_gateway()
        if self.parts.settings.gateway_url == DISCORD_GATEWAY_URL:
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)


async def _patiently(attempt: Callable[[], Awaitable[None]]) -> None:
    """Call `attempt` until Discord can be reached; after half a minute let its error through."""
    for pause in (*_LOGIN_PAUSES, None):
        try:
            await attempt()
        except (
            discord.GatewayNotFound,
            discord.DiscordServerError,
            aiohttp.ClientError,
            OSError,
        ) as error:
            if pause is None:
                raise
            _log.warning("Discord cannot be reached (%s); again in %s s", error, pause)
            await asyncio.sleep(pause)
        else:
            return


def _faults(found: object) -> list[str]:
    """Return a sentence for each fault that an operator can mend; raise any other exception."""
    match found:
        case BankError():
            return [str(problem) for problem in found.problems]
        case SchemaError():
            return [f"FARSIDE_DATABASE: {found}"]
        case BaseException():
            raise found
    return []


def _forgiving(event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return `parse` such that an event that discord.py cannot read is logged, and ends nothing."""

    def parse_or_log(payload: Any) -> None:
        try:
            parse(payload)
        except Exception:
            if event == "READY":  # without it there is no session
                raise
            _log.exception("an event cannot be read and is left out: %s", event)

    return parse_or_log


def point_at(settings: Settings) -> None:
    """Have discord.py talk to the addresses in the settings; only a local Discord or a proxy needs that."""
    if settings.api_url != DISCORD_API_URL:
        discord.http.Route.BASE = settings.api_url.rstrip("/")
    if settings.gateway_url != DISCORD_GATEWAY_URL:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
