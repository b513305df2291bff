"""The application: joins settings, store, bank, services and cogs into a bot that runs.

Order matters here and nowhere else: the store is open and every service is
ready before the gateway connects, since presses arrive before `on_ready`.
"""

import asyncio
import contextlib
import gc
import hashlib
import logging
from collections.abc import Awaitable, Callable
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
from bot.cogs.components import STOPPING, Router, explain
from bot.cogs.config import ConfigCog
from bot.cogs.daily import DailyPublisher
from bot.cogs.fact import FactCog
from bot.cogs.help import HelpCog
from bot.cogs.leaderboard import LeaderboardCog
from bot.cogs.profile import ProfileCog
from bot.cogs.publisher import Publisher
from bot.cogs.quiz import QuizCog
from bot.cogs.replies import reply
from bot.cogs.schedule import ScheduleCog
from bot.config import DISCORD_API_URL, DISCORD_GATEWAY_URL, ConfigError, Settings
from bot.errors import QuizError
from bot.services.boards import BoardsService
from bot.services.daily import DailyService
from bot.services.facts import FactsService
from bot.services.games import Games
from bot.services.library import Library
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.migrator import SchemaError
from bot.store.notes import load_note, save_note

_log = logging.getLogger(__name__)
_SYNCED = "commands synced"
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
        return True


class Farside(commands.AutoShardedBot):
    """The bot: a Discord client with the parts of the house in it."""

    def __init__(self, settings: Settings) -> None:
        point_at(settings)
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
        self.settings = settings
        self.clock: Clock = ShiftedClock(settings.clock_file) if settings.clock_file else SystemClock()
        self.router = Router()
        self.library: Library
        self.database: Database
        self.timers: Timers
        self.guild_settings: SettingsService
        self.games: Games
        self.publisher: Publisher
        self.budget: Budget
        self.channels: Channels
        self.daily: DailyService
        self._tasks: set[asyncio.Task[Any]] = set()
        self._has_connected = False
        self._has_begun = False  # before logging in discord.py has nothing to close, and fails to
        parsers = self._connection.parsers
        parsers.update({event: _forgiving(event, parse) for event, parse in parsers.items()})

    async def open(self) -> None:
        """Read the bank and open the store. Raises `ConfigError` with all that stands in the way of both."""
        folder = self.settings.questions
        bank, database = await asyncio.gather(
            asyncio.to_thread(load_bank, folder),
            Database.open(self.settings.database),
            return_exceptions=True,
        )
        if isinstance(database, Database):
            self.database = database
        if faults := [*_faults(bank), *_faults(database)]:
            raise ConfigError(faults)
        assert isinstance(bank, Bank)  # noqa: S101 - else there were faults
        self.library = Library(bank, folder)

    async def setup_hook(self) -> None:
        """Join all parts; called once, before the gateway connects."""
        self.timers = Timers(self.database, self.clock)
        await self.add_cog(self.router)
        await self._join_quiz()
        await self._join_daily()
        await self._join_boards()
        self._spawn(self.timers.run())
        if self.settings.reload:
            self._spawn(self.library.watch())

    async def _join_quiz(self) -> None:
        """Join playing: the games that were running are taken up here."""
        assert self.user is not None  # noqa: S101 - logging in told who we are
        self.guild_settings = SettingsService(self.database, self.clock, self.timers)
        self.games = Games(self.database, self.library, self.clock, self.timers)
        self.budget = Budget()
        self.channels = Channels(self.http, self.budget)
        self.channels.user_id = self.user.id
        self.publisher = Publisher(self.channels, self.games, self.library, self.clock)
        quiz = QuizCog(
            self.router,
            games=self.games,
            publisher=self.publisher,
            library=self.library,
            settings=self.guild_settings,
            timers=self.timers,
        )
        await self.add_cog(quiz)

    async def _join_daily(self) -> None:
        """Join facts, schedules and settings: posts that were on their way are taken up here."""
        facts = FactsService(self.library)
        herald = DailyPublisher(self, facts, self.clock, self.budget)
        self.daily = DailyService(self.database, self.clock, self.timers, self.library, herald)
        await self.add_cog(FactCog(self.router, facts, self.guild_settings, self.clock))
        await self.add_cog(ScheduleCog(self.daily, self.clock))
        await self.add_cog(ConfigCog(self.guild_settings, self.daily, self.library, self.clock))

    async def _join_boards(self) -> None:
        """Join boards, profiles and help; what rounds have settled is posted from here on."""
        boards = BoardsService(self.database, self.clock, self.guild_settings)
        await self.add_cog(LeaderboardCog(self.router, boards, self.library))
        await self.add_cog(ProfileCog(boards, self.library))
        await self.add_cog(HelpCog(self.router, self.library))
        self._spawn(boards.run())

    def _spawn(self, coroutine: Any) -> None:
        """Run `coroutine` beside the client until it ends or the bot closes."""
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a background task ended", exc_info=error)

    async def on_connect(self) -> None:
        """Look after the commands when presses are taken already; called again after an interruption."""
        if not (self._has_connected or self.router.is_stopping):
            self._has_connected = True
            self._spawn(self._sync_commands())

    async def on_ready(self) -> None:
        """Say so, and put what lives for long beyond the garbage collector's reach; called again as above."""
        _log.info("ready: %s servers, %s questions", len(self.guilds), len(self.library.bank))
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
                known = await self.database.read(lambda tx: load_note(tx, _SYNCED))
                if known == digest and await self._has_commands({command["name"] for command in payload}):
                    return
                await self.tree.sync()
                await self.database.write(lambda tx: save_note(tx, _SYNCED, digest))
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
        self.router.is_stopping = True
        if hasattr(self, "daily"):
            await self.daily.close()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=3.5)
        if hasattr(self, "publisher"):
            await self.publisher.close()
            await self.channels.close()
        if hasattr(self, "database"):
            await self.database.close()
        if self._has_begun:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(super().close(), timeout=1)

    async def run_until_closed(self) -> None:
        """Log in, with patience while Discord is out of reach, and play until closed.

        Raises `ConfigError` before Discord is asked anything, and `discord.LoginFailure` for a token
        that Discord refuses.
        """
        await self.open()
        self._has_begun = True
        await _patiently(lambda: self.login(self.settings.token))
        await _patiently(self._count_shards)
        await self.connect()

    async def _count_shards(self) -> None:
        """Ask how many shards there should be, and where the gateway is unless the settings say so.

        discord.py would take both from Discord's answer, whatever the settings say, and give up at once.
        """
        self.shard_count, address, _ = await self.http.get_bot_gateway()
        if self.settings.gateway_url == DISCORD_GATEWAY_URL:
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
