"""Games whose place is gone: a server that Farside has left, perhaps for a while; a channel, a thread."""

from functools import partial

import discord
from discord.ext import commands

from bot.cogs.publisher import Publisher
from bot.services.games import Games
from bot.services.privacy import PrivacyService
from bot.services.supervisor import Supervisor


class GoneCog(commands.Cog):
    """Stops the games of a place that is gone, as often as it takes: Discord does not tell it again."""

    def __init__(
        self, games: Games, publisher: Publisher, privacy: PrivacyService, supervisor: Supervisor
    ) -> None:
        self._games = games
        self._publisher = publisher
        self._privacy = privacy
        self._supervisor = supervisor

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Stop the games of a server that Farside was removed from."""
        self._stop_all("Farside was removed from the server", guild.id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Take the buttons off what could not be shown there when Farside was removed."""
        retire = partial(self._publisher.retire_all, guild.id)
        self._supervisor.start("the buttons of games that ended unseen", retire, is_vital=False)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Do so also where what is told of joining looks as after an outage: `unavailable` is false."""
        if self._privacy.was_left(guild.id):
            await self.on_guild_join(guild)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Stop the game of a deleted channel."""
        self._stop_all("its channel was deleted", channel.guild.id, channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Stop the game of a deleted thread."""
        self._stop_all("its thread was deleted", payload.guild_id, payload.thread_id)

    def _stop_all(self, why: str, *place: int) -> None:
        stop = partial(self._games.stop_all, f"stopped because {why}", *place)
        self._supervisor.start("the end of games whose place is gone", stop, is_vital=False)
