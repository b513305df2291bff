"""Health: what the process tells of itself, to whoever asks over HTTP and to systemd."""

import asyncio
import math
from typing import TYPE_CHECKING, Protocol

from bot.cogs.router import Router
from bot.cogs.sender import Sender
from bot.leading import Leading
from bot.metrics import Gauges
from bot.parts import Parts
from bot.systemd import Systemd

if TYPE_CHECKING:
    from bot.probes import Probes


class Connections(Protocol):
    """What is asked of the bot."""

    router: Router
    sender: Sender

    @property
    def guild_count(self) -> int:
        """Return in how many servers it is."""
        ...

    @property
    def latencies(self) -> list[tuple[int, float]]:
        """Return each shard's number and latency in seconds."""
        ...

    @property
    def is_connected(self) -> bool:
        """Return whether every shard is."""
        ...


class Health:
    """Answers from the parts and the connections of a bot."""

    def __init__(
        self, bot: Connections, parts: Parts, systemd: Systemd, leading: Leading | None = None
    ) -> None:
        self._bot = bot
        self._parts = parts
        self._systemd = systemd
        self._leading = leading

    def probes(self) -> "Probes":
        """Return what answers over HTTP; a server of aiohttp's is imported only where it is asked for."""
        from bot.probes import Probes

        return Probes(self.unwell, self.unready, self._gauges())

    async def unwell(self) -> str | None:
        """Return why the program had better be started anew; None when it need not."""
        await self._parts.database.look()
        return self._parts.database.fault

    async def unready(self) -> str | None:
        """Return why nobody could play at this moment; None when people can."""
        if self._bot.router.is_stopping:
            return "stopping"
        if self._leading is not None and not self._leading.cluster.is_fresh:
            return "the leases could not be renewed"
        if not self._bot.is_connected:
            return "not every shard is connected to Discord"
        if (fault := await self.unwell()) is not None:
            return fault
        return None if await self._parts.database.can_store() else "nothing can be stored; the log says why"

    async def beat(self) -> None:
        """Tell systemd's watchdog that we are well, as long as we are."""
        while (pause := self._systemd.beat_seconds) is not None:
            if await self.unwell() is None:
                self._systemd.beat()
            await asyncio.sleep(pause)

    def _gauges(self) -> Gauges:
        """Return what `/metrics` reads at the moment when it is asked."""
        bot, parts = self._bot, self._parts
        gauges: Gauges = {
            "farside_guilds": ("Servers that the bot is in.", lambda: bot.guild_count),
            "farside_shards_owned": ("Shards that this process has.", lambda: len(bot.latencies)),
            "farside_shard_latency_seconds": ("Discord's answer to a heartbeat.", self._latencies),
            "farside_rounds_open": ("Rounds that go on.", lambda: len(parts.play.live)),
            "farside_rest_waiting": ("Requests that wait for their turn.", lambda: bot.sender.waiting),
            "farside_entries_waiting": ("Answers not on all boards yet.", lambda: parts.boards.waiting),
            "farside_lessons_waiting": ("Rounds not learnt from yet.", lambda: parts.learning.waiting),
            "farside_questions": ("Questions in the bank.", lambda: len(parts.library.bank)),
            "farside_tasks": ("Tasks of the event loop.", lambda: len(asyncio.all_tasks())),
            "farside_rest_share": ("Requests a second that are ours.", lambda: bot.sender.budget.most),
        }
        if self._leading is None:
            return gauges
        cluster = self._leading.cluster
        return {
            **gauges,
            "farside_lease_age_seconds": ("Since the leases were renewed.", lambda: cluster.lease_age),
            "farside_sessions_left": (
                "Sessions that Discord lets the bot begin.",
                lambda: cluster.sessions_left,
            ),
        }

    def _latencies(self) -> dict[str, float]:
        return {str(number): seconds for number, seconds in self._bot.latencies if math.isfinite(seconds)}
