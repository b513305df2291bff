"""The application: joins config, store, bank, services and cogs into a bot that runs.

Order matters here and nowhere else: the store is open and every service is
ready before the gateway connects, since presses arrive before `on_ready`.
Whatever is opened is pushed on one stack, and closed in the other order.
"""

import asyncio
import contextlib
import gc
import hashlib
import logging
import math
from collections.abc import Callable
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
from bot.cogs.answer import AnswerCog
from bot.cogs.budget import Budget
from bot.cogs.channels import Channels
from bot.cogs.choices import unknown_option
from bot.cogs.daily import DailyPublisher
from bot.cogs.events import made_whole, tell_unreadable
from bot.cogs.fact import FactCog
from bot.cogs.gateway import TROUBLE, PatientSocket, SessionStarts, be_patient, is_passing, seldom
from bot.cogs.help import HelpCog
from bot.cogs.leaderboard import LeaderboardCog
from bot.cogs.mentions import Mentions
from bot.cogs.moon import MoonCog
from bot.cogs.permissions import invitation
from bot.cogs.privacy import PrivacyCog
from bot.cogs.profile import ProfileCog
from bot.cogs.publisher import Publisher
from bot.cogs.quiz import QuizCog
from bot.cogs.replies import reply
from bot.cogs.retries import patiently
from bot.cogs.router import STOPPING, Router, explain
from bot.cogs.schedule import ScheduleCog
from bot.cogs.sender import Sender
from bot.cogs.settings import SettingsCog
from bot.cogs.starters import Starters
from bot.config import DISCORD_API_URL, DISCORD_GATEWAY_URL, Config, ConfigError
from bot.errors import CannotGoOn, QuizError
from bot.metrics import Gauges
from bot.probes import Probes
from bot.quiz.judging import load_words
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
from bot.store.migrator import NotNow, SchemaError
from bot.store.notes import load_note, save_note
from bot.systemd import Systemd

_log = logging.getLogger(__name__)
_SYNCED = "commands synced"
_LAST_WORDS = 1.0  # seconds in which those who wait are told, before a fault ends the program
_UNREACHED = "Discord cannot be reached"
_UNSENT = "the commands could not be sent to Discord, so they are missing or old"


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

    config: Config
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


async def wire(config: Config, stack: AsyncExitStack) -> Parts:
    """Read the bank, open the store and join the services on them; `stack` closes what was opened.

    Raises `ConfigError` with all that stands in the way of bank and store.
    """
    bank, database = await asyncio.gather(
        asyncio.to_thread(load_bank, config.questions, supplement=config.supplement),
        Database.open(config.database),
        return_exceptions=True,
    )
    if isinstance(database, Database):
        stack.push_async_callback(database.close)
    if faults := [*_faults(bank), *_faults(database)]:
        raise ConfigError(faults)
    assert isinstance(bank, Bank)  # noqa: S101 - else there were faults
    assert isinstance(database, Database)  # noqa: S101 - as above
    clock: Clock = ShiftedClock(config.clock_file) if config.clock_file else SystemClock()
    library = Library(bank, config.questions, supplement=config.supplement)
    timers = Timers(database, clock)
    guild_settings = SettingsService(database, clock, timers)
    play = Play.join(database, library, clock, timers)
    almanacs = Almanacs(library)
    return Parts(
        config=config,
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
        retention=Retention(database, clock, config.kept),
        sky=SkyService(),
        privacy=PrivacyService(database, clock, timers, play, guild_settings),
    )


class Farside(commands.AutoShardedBot):
    """The bot: a Discord client with the parts of the house in it."""

    def __init__(self, parts: Parts, stack: AsyncExitStack) -> None:
        point_at(parts.config)
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
        self.mentions = Mentions()
        self.systemd = Systemd(parts.config.manager)
        self.sender = Sender(self.http, Budget())
        parts.play.live.ask_by(self.sender.time)
        channels = Channels(self, self.sender)
        starters = Starters(self.sender, channels)
        self.publisher = Publisher(channels, starters, parts.play, parts.library, parts.clock)
        herald = DailyPublisher(self, channels, parts.facts, parts.clock)
        self.daily = DailyService(parts.database, parts.clock, parts.timers, parts.almanacs, herald)
        self._stack = stack
        self._has_begun_to_join = self._has_connected = self._has_been_ready = False
        self._starts = SessionStarts(self.http)
        be_patient(self._starts)
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
        parsers["INTERACTION_CREATE"] = self._hear_first(parsers["INTERACTION_CREATE"])
        parsers.update({event: _forgiving(event, parse) for event, parse in parsers.items()})

    def _hear_first(self, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return `parse` such that what the router takes as it was told is not made into objects."""

        def parse_interaction(payload: Any) -> None:
            if self.router.take(payload, self.sender):
                return
            try:
                parse(made_whole(payload))
            except Exception:
                asyncio.ensure_future(tell_unreadable(self.sender, payload))  # noqa: RUF006 - it answers, or nobody can
                raise

        return parse_interaction

    async def setup_hook(self) -> None:
        """Join the surface to the services; called once, before the gateway connects."""
        self._has_begun_to_join = True
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
        await self.add_cog(AnswerCog(self.router, parts.play, self.publisher, parts.library))
        await self.add_cog(FactCog(self.router, parts.facts, parts.guild_settings, parts.clock))
        await self.add_cog(ScheduleCog(parts.schedules, self.daily, parts.facts, parts.zones, parts.clock))
        await self.add_cog(
            SettingsCog(parts.guild_settings, parts.schedules, parts.library, parts.zones, parts.clock)
        )
        await self.add_cog(LeaderboardCog(self.router, parts.boards, parts.library))
        await self.add_cog(ProfileCog(parts.boards, parts.library))
        await self.add_cog(PrivacyCog(self, self.router, parts.privacy, parts.supervisor))
        await self.add_cog(HelpCog(self.router, parts.library, self.mentions, parts.config.kept))
        parts.zones.begin()
        await self.add_cog(MoonCog(self.router, parts.sky, parts.guild_settings, parts.clock))
        supervisor = parts.supervisor
        supervisor.start("the watch over the database", parts.database.watch)
        supervisor.start("the posting of boards", parts.boards.run)
        supervisor.start("the watch over the clock", self.daily.watch)
        supervisor.start("the folding of old games", parts.retention.run)
        supervisor.start("the loop of timers", parts.timers.run)
        if self.systemd.beat_seconds is not None:
            supervisor.start("the watchdog's beat", self._beat)
        if parts.config.http is not None:
            runner = await Probes(self._unwell, self._unready, self._gauges()).listen(parts.config.http)
            self._stack.push_async_callback(runner.cleanup)
        supervisor.start("reading the list of words", lambda: asyncio.to_thread(load_words), is_vital=False)
        if parts.config.reload:
            supervisor.start("the watch over the bank", parts.library.watch, is_vital=False)

    async def on_connect(self) -> None:
        """Look after the commands when presses are taken already; called again after an interruption."""
        if not (self._has_connected or self.router.is_stopping):
            self._has_connected = True
            self.parts.supervisor.start("sending the commands", self._sync_commands, is_vital=False)

    async def on_ready(self) -> None:
        """Say so, and put what lives for long beyond the garbage collector's reach; called again as above."""
        servers, questions = len(self.guilds), len(self.parts.library.bank)
        _log.info(
            "online as %s in %s %s, with %s questions",
            self.user,
            servers,
            "server" if servers == 1 else "servers",
            questions,
        )
        if not self._has_been_ready:
            self._has_been_ready = True
            _log.info("type /quiz start in a channel; invite it with %s", invitation(self.application_id))
        self.systemd.ready(f"{servers} servers, {questions} questions")
        gc.unfreeze()  # what an earlier session has left
        gc.collect()
        gc.freeze()

    async def on_shard_connect(self, _: int) -> None:
        """Say that a trouble is over, when one was told."""
        self._is_reached()

    async def on_shard_resumed(self, _: int) -> None:
        """Likewise, where the session goes on."""
        self._is_reached()

    def _is_reached(self) -> None:
        if seldom.is_over(TROUBLE):
            _log.info("the gateway is reached again")

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard with patience; discord.py would log a traceback every five seconds."""
        socket = await patiently(
            lambda: PatientSocket.from_client(self, initial=initial, gateway=gateway, shard_id=shard_id),
            is_passing,
            TROUBLE,
            seldom,
        )
        shard = discord.shard.Shard(socket, self, self._AutoShardedClient__queue.put_nowait)  # type: ignore[attr-defined]
        self._AutoShardedClient__shards[shard_id] = shard  # type: ignore[attr-defined]
        shard.launch()

    async def _unwell(self) -> str | None:
        """Return why the program had better be started anew; None when it need not."""
        await self.parts.database.look()
        return self.parts.database.fault

    async def _unready(self) -> str | None:
        """Return why nobody could play at this moment; None when people can."""
        if self.router.is_stopping:
            return "stopping"
        if not self.is_ready() or any(shard.is_closed() for shard in self.shards.values()):
            return "not every shard is connected to Discord"
        return await self._unwell()

    async def _beat(self) -> None:
        """Tell systemd's watchdog that we are well, as long as we are."""
        while (pause := self.systemd.beat_seconds) is not None:
            if await self._unwell() is None:
                self.systemd.beat()
            await asyncio.sleep(pause)

    def _gauges(self) -> Gauges:
        """Return what `/metrics` reads at the moment when it is asked."""
        parts = self.parts
        return {
            "farside_guilds": ("Servers that the bot is in.", lambda: len(self.guilds)),
            "farside_shards_owned": ("Shards that this process has.", lambda: len(self.shards)),
            "farside_shard_latency_seconds": ("Discord's answer to a heartbeat.", self._latencies),
            "farside_rounds_open": ("Rounds that go on.", lambda: len(parts.play.live)),
            "farside_rest_waiting": ("Requests that wait for their turn.", lambda: self.sender.waiting),
            "farside_entries_waiting": ("Answers not on all boards yet.", lambda: parts.boards.waiting),
            "farside_questions": ("Questions in the bank.", lambda: len(parts.library.bank)),
            "farside_tasks": ("Tasks of the event loop.", lambda: len(asyncio.all_tasks())),
        }

    def _latencies(self) -> dict[str, float]:
        return {str(number): seconds for number, seconds in self.latencies if math.isfinite(seconds)}

    async def _sync_commands(self) -> None:
        """Send the commands to Discord when they are not what was sent last; for as long as it takes."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.sha256(
            orjson.dumps([self.application_id, payload], option=orjson.OPT_SORT_KEYS)
        ).hexdigest()
        names = {command["name"] for command in payload}

        async def send() -> bool:
            known = await self.parts.database.read(lambda tx: load_note(tx, _SYNCED))
            if known == digest and await self._has_commands(names):
                return False
            self.mentions.learn(await self.tree.sync())
            return True

        if await patiently(send, _is_of_discord, _UNSENT, seldom):
            await self.parts.database.write(lambda tx: save_note(tx, _SYNCED, digest))
            _log.info("%s commands sent to Discord", len(payload))

    async def _has_commands(self, names: set[str]) -> bool:
        """Return whether Discord still has the commands that were sent; they may have been removed."""
        try:
            found = await self.tree.fetch_commands()
        except (discord.Forbidden, discord.NotFound):
            return False
        self.mentions.learn(found)
        return {command.name for command in found} == names

    async def close(self) -> None:
        """Take no more presses, finish the commits under way, and leave."""
        await self._stack.aclose()

    def _take_no_more(self) -> None:
        self.router.is_stopping = True
        self.systemd.stopping()

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
        await patiently(self._log_in, self._is_passing, _UNREACHED, seldom)
        await patiently(self._count_shards, _is_of_discord, _UNREACHED, seldom)
        if seldom.is_over(_UNREACHED):
            _log.info("Discord is reached")
        await self.connect()

    async def _log_in(self) -> None:
        """Log in; a refusal that is not Discord's own is none."""
        try:
            await self.login(self.parts.config.token)
        except BaseException as error:
            await self.http.close()
            self.http.connector = discord.utils.MISSING  # closed with the session; the next try makes one
            cause = error.__cause__
            if isinstance(cause, discord.HTTPException) and not _is_own_word(cause):
                raise cause from error
            raise

    def _is_passing(self, error: Exception) -> bool:
        """Return whether logging in may succeed later; a fault in joining the surface is one of ours."""
        return not self._has_begun_to_join and _is_of_discord(error)

    async def _count_shards(self) -> None:
        """Ask how many shards there should be, and where the gateway is unless the config says so.

        discord.py would take both from Discord's answer, whatever the config says, and give up at once.
        """
        self.shard_count, address, limit = await self.http.get_bot_gateway()
        self._starts.note(limit)
        if self.parts.config.gateway_url == DISCORD_GATEWAY_URL:
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)


def _is_own_word(error: discord.HTTPException) -> bool:
    """Return whether Discord itself refuses the token: a page of something in between says otherwise."""
    return "unauthorized" in error.text.casefold() and "<" not in error.text


def _is_of_discord(error: Exception) -> bool:
    """Return whether a request's failure may pass: the wire's, Discord's, or an answer in an odd shape."""
    if isinstance(error, discord.LoginFailure):
        return False
    return isinstance(
        error, discord.DiscordException | aiohttp.ClientError | OSError | LookupError | TypeError | ValueError
    )


def _faults(found: object) -> list[str]:
    """Return a sentence for each fault that an operator can mend; raise any other exception."""
    match found:
        case BankError():
            return [str(problem) for problem in found.problems]
        case NotNow():
            raise CannotGoOn(str(found))
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
            if event == "READY":  # without it there is no session: the connection is made anew
                raise
            _log.exception("an event cannot be read and is left out: %s", event)

    return parse_or_log


def point_at(config: Config) -> None:
    """Have discord.py talk to the addresses in the config; only a local Discord or a proxy needs that."""
    if config.api_url != DISCORD_API_URL:
        discord.http.Route.BASE = config.api_url.rstrip("/")
    if config.gateway_url != DISCORD_GATEWAY_URL:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(config.gateway_url)
