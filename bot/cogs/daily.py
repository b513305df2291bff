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
from dataclasses import replace
from datetime import timedelta

import discord

from bot.clock import Clock
from bot.cogs.channels import NOBODY, Address, Channels, Notified, Unreadable
from bot.cogs.meanings import why_lost
from bot.cogs.messages.challenges import announcement_card
from bot.cogs.messages.facts import NO_DAY, Frame, daily_card
from bot.cogs.messages.moon import PICTURE
from bot.cogs.messages.schedules import stopped_card
from bot.cogs.permissions import POST, may_in, missing_in
from bot.cogs.places import known_server
from bot.cogs.sender import Failure, Later, Lost
from bot.cogs.sender import Refused as RefusedByDiscord
from bot.errors import NotRead, NotSaved
from bot.quiz.question import Fact
from bot.quiz.schedule import Post, Schedule
from bot.services.challenges import Challenges
from bot.services.daily import Asleep, Refused, Unknown, Unreachable
from bot.services.day_questions import Day, DayQuestions, Shown
from bot.services.evenings import Evenings
from bot.services.facts import FactsService
from bot.services.sky import Evening

_log = logging.getLogger(__name__)
_PRIORITY, _LAST = 4, 5  # games go first, answers to the questions of yesterday last
_PAGES = 50  # of a hundred messages: three hours of a very lively channel
_ASLEEP = frozenset({50083, 160005})  # an archived thread, a locked one
_FORBIDDEN = 50013


class DailyPublisher:
    """Sends daily posts, and finds them again."""

    def __init__(  # noqa: PLR0913 - what a post is made of
        self,
        client: discord.Client,
        channels: Channels,
        facts: FactsService,
        challenges: Challenges,
        clock: Clock,
        *,
        evenings: Evenings,
        questions: DayQuestions,
    ) -> None:
        self._challenges = challenges
        self._client = client
        self._channels = channels
        self._facts = facts
        self._clock = clock
        self._evenings = evenings
        self._questions = questions

    async def post(self, post: Post, fact: Fact, *, is_late: bool) -> int:
        """Send the post and return its message's id. Raises `Refused`, `Asleep` or `Unreachable`."""
        with self._meanings(post):
            role_id = await self._role(post)
            try:
                day = await self._questions.prepare(post, fact)
            except (NotSaved, NotRead) as trouble:
                raise Unreachable("the question of the day could not be stored") from trouble
            evening = await self._evening(post)
            frame = Frame(post.marker, role_id, post.due_at if is_late else None)
            try:
                return await self._send(post, fact, evening, frame, day)
            except (Lost, RefusedByDiscord) as failure:
                if evening.picture is None or not self._may_be_the_picture(post, failure):
                    raise
                _log.info("daily post %s is sent without its picture: %s", post.id, failure)
            return await self._send(post, fact, replace(evening, picture=None), frame, day)

    async def _send(self, post: Post, fact: Fact, evening: Evening, frame: Frame, day: Day) -> int:
        return await self._channels.send(
            _address(post),
            daily_card(fact, self._facts.topic(fact), evening, frame, day),
            nonce=f"fact-{post.marker}",
            priority=_PRIORITY,
            notified=Notified(roles=(frame.role_id,)) if frame.role_id else NOBODY,
            files=[(PICTURE, evening.picture)] if evening.picture else (),
        )

    async def show(self, guild_id: int, post_id: int) -> bool:
        """Have a post's message show what is stored of it; False: not now, try again."""
        try:
            shown = await self._questions.load_shown(guild_id, post_id)
            if shown is None or (fact := self._facts.find(shown.post.fact_id)) is None:
                return True  # it is not out, or not to be shown whole; whoever presses it is told alone
            await self._edit(shown, fact)
        except (Later, NotRead, NotSaved) as trouble:
            _log.info("daily post %s does not show its answer yet: %s", post_id, trouble)
            return False
        except Failure as failure:
            _log.info("daily post %s keeps what it shows: %s", post_id, failure)
        except Exception:  # noqa: BLE001 - ours; one post's fault must not hold up the others
            _log.exception("daily post %s could not show its answer", post_id)
        return True

    async def _edit(self, shown: Shown, fact: Fact) -> None:
        """Edit a post; what Discord refuses without its picture, and then without its question."""
        post, topic = shown.post, self._facts.topic(fact)
        frame = Frame(post.marker, post.role_id, post.due_at if shown.is_late else None)
        evening = await self._evenings.see(post.guild_id, post.schedule.zone, post.on)
        bare = replace(evening, picture=None)
        for seen, day in ((evening, shown.day), (bare, shown.day), (bare, NO_DAY)):
            card = daily_card(fact, topic, seen, frame, day)
            try:
                await self._channels.edit(_address(post), shown.message_id, card, priority=_LAST)
            except RefusedByDiscord as failure:
                refused = failure
            else:
                return
        raise refused

    def _may_be_the_picture(self, post: Post, failure: Failure) -> bool:
        """Return whether a post may pass without its picture: it has what it needs, as far as we know."""
        is_possible = isinstance(failure, RefusedByDiscord) or failure.code == _FORBIDDEN
        return is_possible and may_in(self._client, *_address(post), POST)

    async def _evening(self, post: Post) -> Evening:
        """Return tonight's Moon as it is seen there; without its picture where none may be sent."""
        evening = await self._evenings.see(post.guild_id, post.schedule.zone, post.on)
        is_allowed = self._channels.may_attach(_address(post))
        return evening if is_allowed else replace(evening, picture=None)

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
                notified=Notified(roles=(role_id,)) if role_id else NOBODY,
            )

    async def find(self, post: Post) -> int | None:
        """Return the id of the message with the marker, or None.

        Raises `Unknown` where that cannot be told, `Refused` or `Unreachable`.
        """
        now = self._clock.now()
        since = min(post.tried_at or now, now)
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
