"""The daily post on its way: one message, looked for before it is sent a second time.

What always holds:
- a message carries its post's marker twice: as the nonce, by which Discord
  itself refuses a second copy for some minutes, and in the custom_id of its
  Source button, by which it is found in the channel ever after;
- where the channel's history cannot be read nothing is sent a second time;
- a role is notified only when an owner asked for it, and no one else ever is.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import discord

from bot.clock import Clock
from bot.cogs.channels import Address, Channels, Unreadable
from bot.cogs.meanings import why_lost
from bot.cogs.messages.challenges import announcement_card
from bot.cogs.messages.facts import daily_card
from bot.cogs.messages.schedules import stopped_card
from bot.cogs.permissions import POST, missing_in
from bot.cogs.places import known_server
from bot.cogs.sender import Failure, Later, Lost
from bot.cogs.sender import Refused as RefusedByDiscord
from bot.errors import NotRead
from bot.quiz.question import Fact
from bot.quiz.schedule import Post, Schedule
from bot.services.challenges import Challenges
from bot.services.daily import Asleep, Refused, Unknown, Unreachable
from bot.services.facts import FactsService

_log = logging.getLogger(__name__)
_PRIORITY = 4  # games go first
_PAGES = 50  # of a hundred messages: three hours of a very lively channel
_CLOCKS_APART = timedelta(minutes=10)
_ASLEEP = frozenset({50083, 160005})  # an archived thread, a locked one
_FORBIDDEN = 50013


class DailyPublisher:
    """Sends daily posts, and finds them again."""

    def __init__(
        self,
        client: discord.Client,
        channels: Channels,
        facts: FactsService,
        challenges: Challenges,
        clock: Clock,
    ) -> None:
        self._challenges = challenges
        self._client = client
        self._channels = channels
        self._facts = facts
        self._clock = clock

    async def post(self, post: Post, fact: Fact, *, is_late: bool) -> int:
        """Send the post and return its message's id. Raises `Refused`, `Asleep` or `Unreachable`."""
        with self._meanings(post):
            role_id = await self._role(post)
            card = daily_card(
                fact,
                self._facts.topic(fact),
                await self._facts.night(post.on),
                marker=post.marker,
                role_id=role_id,
                late_since=post.due_at if is_late else None,
            )
            return await self._channels.send(
                _address(post),
                card,
                nonce=f"fact-{post.marker}",
                priority=_PRIORITY,
                roles=(role_id,) if role_id else (),
            )

    async def announce(self, post: Post, *, is_late: bool) -> int:
        """Send the announcement of a daily challenge, with the winners of the day before; likewise."""
        with self._meanings(post):
            role_id = await self._role(post)
            try:
                before = await self._challenges.board(post.guild_id, post.on - timedelta(days=1))
            except NotRead as trouble:
                raise Unreachable("yesterday's results could not be read") from trouble
            card = announcement_card(
                post.on, before.rows, role_id=role_id, marker=post.marker, is_late=is_late
            )
            return await self._channels.send(
                _address(post),
                card,
                nonce=f"fact-{post.marker}",
                priority=_PRIORITY,
                roles=(role_id,) if role_id else (),
            )

    async def find(self, post: Post) -> int | None:
        """Return the id of the message with the marker, or None.

        Raises `Unknown` where that cannot be told, `Refused` or `Unreachable`.
        """
        now = self._clock.now()
        since = min(post.tried_at or now, now) - _CLOCKS_APART
        with self._meanings(post):
            return await self._channels.find(
                _address(post),
                since,
                lambda custom_id: post.marker in custom_id,
                pages=_PAGES,
                priority=_PRIORITY,
            )

    async def tell_stopped(self, schedule: Schedule) -> bool:
        """Tell whoever made the schedule, by direct message, that it stopped; return whether it arrived."""
        if not schedule.created_by:
            return True  # whoever it was had everything about them deleted
        guild = self._client.get_guild(schedule.guild_id)
        card = stopped_card([schedule], guild.name if guild is not None else None, self._facts.topics)
        try:
            await self._channels.send_to(schedule.created_by, card, nonce=f"stopped-{schedule.id:x}")
        except Failure as failure:
            _log.info(
                "the maker of schedule %s could not be told by direct message: %s", schedule.id, failure
            )
            return False
        return True

    async def _role(self, post: Post) -> int | None:
        """Return the role to name, unless it was deleted; whether that notifies it, Discord decides."""
        if post.role_id is None:
            return None
        guild = await known_server(self._client, post.guild_id)
        return post.role_id if guild is None or guild.get_role(post.role_id) is not None else None

    @contextmanager
    def _meanings(self, post: Post) -> Iterator[None]:
        """Raise what became of a request as what it means for the post."""
        try:
            yield
        except Later as later:
            raise Unreachable(f"Discord did not take it: {later}", timedelta(seconds=later.wait)) from later
        except Unreadable as unreadable:
            raise Unknown(f"it may have been posted already, and {unreadable}") from unreadable
        except Lost as lost:
            if lost.code in _ASLEEP:
                raise Asleep("its thread is archived and locked") from lost
            raise Refused(self._why(post, lost)) from lost
        except RefusedByDiscord as refused:
            raise Refused(f"Discord does not take the message ({refused})") from refused

    def _why(self, post: Post, lost: Lost) -> str:
        """Return why Farside may not post, naming what its owner can grant where that is known."""
        guild = self._client.get_guild(post.guild_id)
        channel = guild.get_channel_or_thread(post.channel_id) if guild is not None else None
        missing = missing_in(channel, POST) if channel is not None and lost.code == _FORBIDDEN else []
        if missing:
            return f"Farside lacks {' and '.join(missing)} in the channel"
        return why_lost(lost.code, "the")


def _address(post: Post) -> Address:
    return Address(post.guild_id, post.channel_id)
