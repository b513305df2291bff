"""The application: joins the parts of the house and the cogs into a bot that runs.

Order matters here and nowhere else: the store is open and every service is
ready before the gateway connects, since presses arrive before `on_ready`.
Whatever is opened is pushed on one stack, and closed in the other order.
"""

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import discord
import yarl
from discord.ext import commands

from bot.cogs.alone import Alone
from bot.cogs.answer import AnswerCog
from bot.cogs.appointments import Appointments
from bot.cogs.budget import Budget
from bot.cogs.challenge import ChallengeCog
from bot.cogs.channels import Channels
from bot.cogs.daily import DailyPublisher
from bot.cogs.day import DayCog
from bot.cogs.duel import DuelCog, DuelPublisher
from bot.cogs.events import forgiving, made_whole, once_confirmed, tell_unreadable
from bot.cogs.fact import FactCog
from bot.cogs.gateway import seldom
from bot.cogs.gone import GoneCog
from bot.cogs.hearing import Hearing
from bot.cogs.help import HelpCog
from bot.cogs.leaderboard import LeaderboardCog
from bot.cogs.lines import Lines
from bot.cogs.lobbies import Lobbies
from bot.cogs.login import UNREACHED, is_of_discord, log_in, read_answer
from bot.cogs.mentions import Mentions
from bot.cogs.moon import MoonCog
from bot.cogs.nights import NightCog
from bot.cogs.permissions import invitation
from bot.cogs.privacy import PrivacyCog
from bot.cogs.profile import ProfileCog
from bot.cogs.publisher import Publisher
from bot.cogs.quiz import QuizCog
from bot.cogs.reminders import ReminderPublisher
from bot.cogs.report import ReportCog
from bot.cogs.retries import patiently
from bot.cogs.review import ReviewCog
from bot.cogs.router import Router
from bot.cogs.schedule import ScheduleCog
from bot.cogs.sender import AGENT, Sender
from bot.cogs.settings import SettingsCog
from bot.cogs.shards import Shards
from bot.cogs.stage import Stage
from bot.cogs.starters import Starters
from bot.cogs.syncing import Syncing
from bot.cogs.tree import Tree
from bot.config import DISCORD_API_URL, DISCORD_GATEWAY_URL, Config
from bot.health import Health
from bot.leading import Leading
from bot.parts import Parts
from bot.quiz.judging import load_words
from bot.services.daily import DailyService
from bot.services.discord_clock import snowflake_time
from bot.services.evenings import Evenings
from bot.services.reminders import Reminders
from bot.systemd import Systemd

_log = logging.getLogger(__name__)
_MANY_PRESSES = 8  # at the same time: what can wait does
_NEW = timedelta(hours=1)  # since an invitation: word of an earlier leaving is not later
_LAST_WORDS = 1.0  # seconds in which those who wait are told, before a fault ends the program


class Farside(commands.AutoShardedBot):
    """The bot: a Discord client with the parts of the house in it."""

    def __init__(self, parts: Parts, stack: AsyncExitStack) -> None:
        point_at(parts.config)
        discord.utils.utcnow = parts.clock.now  # by which it says until when a time-out lasts
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # there is nothing to hear
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True, guild_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.http.user_agent = AGENT
        self.parts = parts
        self.mentions = Mentions()
        self.router = Router(self.mentions.written)
        assert isinstance(self.tree, Tree)  # noqa: S101 - as is asked for above
        self.tree.router = self.router
        self.systemd = Systemd(parts.config.manager)
        self.sender = Sender(self.http, Budget())
        parts.clock.ask_by(self.sender.time)
        self.sender.on_time = parts.clock.told
        self.channels = channels = Channels(self, self.sender, self.mentions)
        starters = Starters(self.sender, channels)
        self.lines = Lines(self.sender, parts.play.showings, self._is_calm)
        self.publisher = Publisher(channels, starters, self.lines, parts.play, parts.library, parts.clock)
        parts.play.on_forgotten(self.lines.forget)
        self.nights = NightCog(
            self.router,
            nights=parts.nights,
            channels=channels,
            appointments=Appointments(self.sender),
            publisher=self.publisher,
            library=parts.library,
        )
        self.hearing = Hearing(self, channels, parts.play, self.publisher)
        self.evenings = evenings = Evenings(parts.sky, parts.guild_settings)
        self.herald = herald = DailyPublisher(
            self,
            channels,
            parts.facts,
            parts.challenges,
            parts.clock,
            evenings=evenings,
            questions=parts.day_questions,
        )
        self.daily = DailyService(parts.database, parts.clock, parts.timers, parts.almanacs, herald)
        parts.duels.show_by(DuelPublisher(channels, parts.library, starters))
        self.reminders = Reminders(
            parts.database,
            parts.clock,
            parts.timers,
            parts.guild_settings,
            ReminderPublisher(channels, parts.clock),
        )
        self._stack = stack
        self._has_begun_to_join = self._has_connected = self._has_been_ready = False
        self.connections = Shards(self)
        self.leading = Leading(self, parts, parts.cluster) if parts.cluster is not None else None
        self.learning = self.leading.learning if self.leading is not None else None
        if self.leading is not None:
            self.publisher.homes = parts.ownership
        self.health = Health(self, parts, self.systemd, self.leading)
        self._has_begun = False  # before logging in discord.py has nothing to close, and fails to
        self._be_closed()
        self._hear_first()

    def _be_closed(self) -> None:
        """Put on the stack what is to be done at the end: there in the other order."""
        parts, stack = self.parts, self._stack
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
        if self.leading is not None:  # presses are taken until others take them
            stack.push_async_callback(self.leading.end)

    def _hear_first(self) -> None:
        """Hear what Discord tells before discord.py makes objects of it, and forgive what it cannot read."""
        parsers = self._connection.parsers
        parsers.update(self.hearing.parsers())
        parsers["INTERACTION_CREATE"] = self._press_first(parsers["INTERACTION_CREATE"])
        left = forgiving("GUILD_DELETE", parsers["GUILD_DELETE"])  # read later where Discord is asked
        parsers["GUILD_DELETE"] = once_confirmed(left, self.sender, self._has_joined)
        parsers.update({event: forgiving(event, parse) for event, parse in parsers.items()})

    def _has_joined(self, guild_id: int) -> bool:
        """Return whether Farside was invited to a server of its a short while ago."""
        guild = self.get_guild(guild_id)
        joined_at = guild.me.joined_at if guild is not None and guild.me is not None else None
        return joined_at is not None and self.parts.clock.now() - joined_at < _NEW

    def _is_calm(self) -> bool:
        """Return whether so few presses are under way that there is time for what nobody waits for."""
        return self.router.under_way < _MANY_PRESSES

    def _press_first(self, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return `parse` such that what the router takes as it was told is not made into objects."""

        def parse_interaction(payload: Any) -> None:
            with contextlib.suppress(LookupError, TypeError, ValueError, OverflowError):
                self.parts.clock.hear(snowflake_time(int(payload["id"])))
            if self.router.take(payload, self.sender):
                return
            if self.learning is not None:
                self.learning.hear(payload)
            try:
                parse(made_whole(payload))
            except Exception:
                asyncio.ensure_future(tell_unreadable(self.sender, payload))  # noqa: RUF006 - it answers, or nobody can
                raise

        return parse_interaction

    async def setup_hook(self) -> None:
        """Join the surface to the services; called once, before the gateway connects."""
        self._has_begun_to_join = True
        await self.parts.clock.begin()
        await self.parts.learning.load()
        for cog in self._cogs():
            await self.add_cog(cog)
        self.parts.day_questions.show_in(self.herald)
        self._begin_loops()
        if self.parts.config.http is not None:
            runner = await self.health.probes().listen(self.parts.config.http)
            self._stack.push_async_callback(runner.cleanup)

    def _cogs(self) -> Iterator[commands.Cog]:
        """Yield what Discord's users meet, each with the services that it asks."""
        parts, router, library, clock = self.parts, self.router, self.parts.library, self.parts.clock
        settings, zones = parts.guild_settings, parts.zones
        alone = Alone(library, parts.challenges, self.reminders, parts.duels)
        lobbies = Lobbies(
            router,
            play=parts.play,
            publisher=self.publisher,
            library=library,
            clock=clock,
            wait=parts.config.get_ready,
        )
        stage = Stage(self.publisher, lobbies, self.lines, library, self.nights)
        yield router
        yield self.nights
        yield QuizCog(
            router, timers=parts.timers, play=parts.play, stage=stage, settings=settings, alone=alone
        )
        yield GoneCog(parts.play.games, self.publisher, parts.privacy, parts.supervisor)
        yield AnswerCog(router, parts.play, stage, alone)
        yield ChallengeCog(
            router, alone, challenges=parts.challenges, reminders=self.reminders, zones=zones, clock=clock
        )
        yield DuelCog(router, alone, parts.duels, parts.play.solo, library, self.publisher.starters)
        yield FactCog(router, parts.facts, settings, clock)
        yield ScheduleCog(parts.schedules, self.daily, parts.facts, zones, clock, self.evenings)
        yield SettingsCog(settings, parts.schedules, library, zones, clock)
        yield DayCog(router, parts.day_questions, parts.reviews)
        yield LeaderboardCog(router, parts.boards, library)
        yield ProfileCog(parts.boards, parts.duels, library)
        yield PrivacyCog(self, router, parts.privacy, parts.supervisor)
        yield HelpCog(router, library, self.mentions, parts.config.kept)
        yield ReportCog(
            self,
            router,
            reports=parts.reports,
            learning=parts.learning,
            facts=parts.facts,
            channels=self.channels,
            supervisor=parts.supervisor,
            operators=parts.config.operators,
        )
        yield ReviewCog(router, parts.reviews, library)
        yield MoonCog(router, parts.sky, settings, clock)

    def _begin_loops(self) -> None:
        """Begin what goes on beside Discord for as long as the program runs."""
        parts, start = self.parts, self.parts.supervisor.start
        start("the watch over the database", parts.database.watch)
        start("the posting of boards", parts.boards.run)
        start("learning from answers", parts.learning.run)
        start("the watch over the clock", self.daily.watch)
        start("the watch over reminders", self.reminders.watch)
        start("the pruning of old games", parts.retention.run)
        start("the watch for what was forgotten", parts.privacy.watch)
        start("the loop of timers", parts.timers.run)
        if self.systemd.beat_seconds is not None:
            start("the watchdog's beat", self.health.beat)
        if parts.config.reload:
            start("the watch over the bank", parts.library.watch, is_vital=False)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the shard's turn; where there are other processes that was done together with them."""
        if self.leading is None:
            await super().before_identify_hook(shard_id, initial=initial)

    async def on_connect(self) -> None:
        """Look after what may come when presses are taken already; called again after an interruption."""
        if not (self._has_connected or self.router.is_stopping):
            self._has_connected = True
            self.parts.zones.begin()
            read = partial(asyncio.to_thread, load_words)
            self.parts.supervisor.start("reading the list of words", read, is_vital=False)
            self.send_commands()

    def send_commands(self) -> None:
        """Have Discord told of the commands, where that is ours to do and we are connected."""
        if self._has_connected:
            assert isinstance(self.tree, Tree)  # noqa: S101 - as is asked for at the start
            syncing = Syncing(self.tree, self.mentions, self.parts.sent, self.parts.ownership)
            self.parts.supervisor.start("sending the commands", syncing.run, is_vital=False)

    async def on_ready(self) -> None:
        """Say so, and put what lives for long beyond the garbage collector's reach; called again as above."""
        servers, questions = len(self.guilds), len(self.parts.library.bank)
        where = f"in {servers} {'server' if servers == 1 else 'servers'}"
        if self.leading is not None:  # of a session that was taken up the servers are not told
            where = f"as one of a cluster, leading {len(self.parts.ownership.part.shards)} shards"
        _log.info("online as %s %s, with %s questions", self.user, where, questions)
        if self._has_been_ready:
            gc.unfreeze()  # what an earlier session has left
        else:
            self._has_been_ready = True
            _log.info("type /quiz start in a channel; invite it with %s", invitation(self.application_id))
        self.systemd.ready(f"{servers} servers, {questions} questions")
        gc.collect()
        gc.freeze()

    async def on_shard_connect(self, shard_id: int) -> None:
        """Say that a trouble is over, when one was told; from now on it is known which servers are ours."""
        self.connections.note_told(shard_id)
        self.connections.is_reached()
        await self.parts.clock.ask()  # the machine may have been held meanwhile

    async def on_shard_ready(self, shard_id: int) -> None:
        """Take note of the servers of a shard that this process has connected by itself."""
        if self.leading is not None:
            self.leading.told(shard_id, lambda: [guild.id for guild in self.guilds])
            self._is_led()

    async def on_shard_resumed(self, _: int) -> None:
        """Likewise, where the session goes on."""
        self.connections.is_reached()
        if self.leading is not None:
            self.leading.resumed()
            self._is_led()
        await self.parts.clock.ask()

    def _is_led(self) -> None:
        """Count as ready once a shard is led; discord.py waits for all that there are."""
        if not self.is_ready():
            self._connection.call_handlers("ready")
            self.dispatch("connect")
            self.dispatch("ready")

    async def launch_shards(self) -> None:
        """Connect all shards; those of a cluster are connected as they are claimed."""
        if self.leading is None:
            await super().launch_shards()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard, as discord.py does at its start."""
        await self.connections.launch(gateway, shard_id, initial=initial)

    def knows(self, guild_id: int) -> bool:
        """Return whether it is known if a server is one of ours."""
        if self.learning is not None:  # of a session that was taken up the servers are not told
            return self.learning.knows(guild_id)
        return self.connections.knows(guild_id)

    @property
    def guild_count(self) -> int:
        """Return in how many servers the bot is."""
        return len(self.guilds)

    @property
    def is_connected(self) -> bool:
        """Return whether every shard is connected and has told of its servers."""
        if self.leading is not None:
            return not self.leading.shards.unconnected
        return self.is_ready() and not any(shard.is_closed() for shard in self.shards.values())

    async def close(self) -> None:
        """Take no more presses, finish the commits under way, and leave."""
        await self._stack.aclose()

    def _take_no_more(self) -> None:
        self.router.is_stopping = self.hearing.is_stopping = True
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
        config = self.parts.config
        await patiently(lambda: log_in(self, config.token), self._is_passing, UNREACHED, seldom)
        is_told = config.gateway_url != DISCORD_GATEWAY_URL
        count = partial(self.connections.count, is_told=is_told)
        limit = await patiently(count, is_of_discord, UNREACHED, seldom)
        if seldom.is_over(UNREACHED):
            _log.info("Discord is reached")
        if self.leading is not None:
            await self.leading.begin(self.shard_count or 1, limit)
            self.systemd.ready("a member of the cluster")
        await self.connect()

    def _is_passing(self, error: Exception) -> bool:
        """Return whether logging in may succeed later; a fault in joining the surface is one of ours."""
        return not self._has_begun_to_join and is_of_discord(error)


def point_at(config: Config) -> None:
    """Have discord.py talk to the addresses in the config, and read what a proxy has passed on."""
    discord.http.json_or_text = read_answer
    if config.api_url != DISCORD_API_URL:
        discord.http.Route.BASE = config.api_url.rstrip("/")
    if config.gateway_url != DISCORD_GATEWAY_URL:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(config.gateway_url)
