"""Leading: what joins a bot to the other processes of its cluster, where there are any.

A bot whose database is its own has nothing of this.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from bot.cluster.shards import Part, shard_of
from bot.cogs.learning import Learning
from bot.cogs.led import LedShards
from bot.cogs.nights import NightCog
from bot.cogs.publisher import Publisher
from bot.cogs.sender import Sender
from bot.metrics import RESUMES
from bot.parts import Parts
from bot.services.cluster import Cluster
from bot.services.daily import DailyService

_NAMES_KEPT = timedelta(minutes=1)


class Led(Protocol):
    """The bot, as it is asked here."""

    sender: Sender
    publisher: Publisher
    daily: DailyService
    nights: NightCog

    def send_commands(self) -> None:
        """Have Discord told of the commands, where that is this process's to do."""
        ...


class Leading:
    """The shards that a bot leads, and what it keeps in memory of their homes."""

    def __init__(self, bot: Led, parts: Parts, cluster: Cluster) -> None:
        self._bot = bot
        self._parts = parts
        self.cluster = cluster
        self.shards = LedShards(bot, cluster, bot.sender.budget)
        bot.sender.on_answered = self.shards.answered
        self._told: set[int] = set()  # shards whose servers Discord has told of
        self.learning = Learning(bot, bot.sender, self._is_told)

    async def begin(self, advised: int, limit: Mapping[str, Any]) -> None:
        """Join the cluster, and keep its leases from now on."""
        await self.shards.join(advised, limit)
        self.cluster.serve(self.shards, self)
        self._parts.supervisor.start("the cluster's beat", self.cluster.run)
        self._parts.supervisor.start("looking again at names", self._look_again)

    async def _look_again(self) -> None:
        """Forget what players are called, now and then: another process may have deleted it."""
        clock = self._parts.clock
        while True:
            await clock.sleep_until(clock.now() + _NAMES_KEPT)
            self._parts.play.answers.drop(self._parts.ownership.part)

    async def end(self) -> None:
        """Hand all over to others, and be no member any more."""
        await self.cluster.leave()

    def _is_told(self, guild_id: int) -> bool:
        return shard_of(guild_id, self._parts.ownership.count) in self._told

    def told(self, shard: int, guild_ids: Callable[[], Collection[int]]) -> None:
        """Take note of the servers that a shard has: all of its part, among others' perhaps.

        Again where the database is away at this moment, for as long as the shard is led here.
        """
        self._told.add(shard)
        part = Part.of([shard], self._parts.ownership.count)

        async def note() -> None:
            if shard in self._parts.ownership.part.shards:
                ours = [guild_id for guild_id in guild_ids() if part.holds(guild_id)]
                await self._parts.privacy.note_servers(ours, part)

        self._parts.supervisor.start("the look for servers that were left", note, is_vital=False)

    def resumed(self) -> None:
        """Take note that a session was taken up."""
        RESUMES.add("resumed")

    async def move_in(self, part: Part) -> None:
        """Take up the games of servers that are led here from now on, and show what is not shown yet."""
        self._forget(part)
        rounds, games = await self._parts.play.games.load(part)
        for home_id, round_id in rounds:
            self._bot.publisher.show_round(home_id, round_id)
        for home_id, game_id in games:
            self._bot.publisher.show_game(home_id, game_id)
        self._parts.timers.look()
        rest = partial(self._take_up_rest, part)  # no press waits for that
        self._parts.supervisor.start("taking up what is planned", rest, is_vital=False)
        if 0 in part.shards:  # from now on the commands are this one's to send
            self._bot.send_commands()

    async def _take_up_rest(self, part: Part) -> None:
        """Take up posts and quiz nights."""
        await self._bot.daily.take_up(part)
        await self._bot.nights.take_up(part)
        self._parts.timers.look()

    def move_out(self, part: Part) -> None:
        """Forget what is kept in memory of servers that others lead."""
        self._forget(part)
        self._bot.publisher.drop(part)
        self._bot.daily.drop(part)

    def _forget(self, part: Part) -> None:
        self._parts.play.drop(part)
        self._parts.guild_settings.drop(part)
        self._parts.day_questions.drop(part)
        self._parts.privacy.drop(part)
        self._told -= part.shards
