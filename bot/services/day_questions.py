"""The question of the day as a use case: drawn for a post, answered until the next, told by that one.

What always holds:
- a post's question is on disk before the post is sent, and never another one: killed at any point, the next
  try sends the same;
- a press is told to be in only once it is on disk; the first stands;
- before a post tells an answer its question takes no more presses;
- a message whose question is over shows how it went, also where no next post comes; and whoever presses what
  is left of it is told alone.
"""

import asyncio
import logging
import random
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.clock import Clock
from bot.cluster.shards import Part
from bot.errors import NotFound
from bot.quiz.day import LONGEST_TRY, SHOWN_AFTER, DayAnswer, DayOutcome, DayQuestion
from bot.quiz.game import AlreadyAnswered, Asked
from bot.quiz.press import Press
from bot.quiz.question import Fact
from bot.quiz.schedule import Post
from bot.services.day_draws import draw_for_day
from bot.services.games import Play
from bot.services.games.course import names_in
from bot.services.library import Library
from bot.services.settings import SettingsService
from bot.services.timers import Timers
from bot.store import day_questions as rows
from bot.store.database import Database
from bot.store.schedules import PostKey, load_entry, load_post
from bot.store.seen import add_seen
from bot.store.timers import Timer
from bot.store.tx import Tx

_log = logging.getLogger(__name__)
_KEPT = 4096  # questions in memory, so that presses read nothing
_AT_ONCE = 8
_PAUSE = timedelta(minutes=1)
_A_DAY = timedelta(days=1)
_LATELY = 2  # questions whose topics do not come again at once
_UNKNOWN = "Farside does not know this question any more. `/fact today` shows the day's fact."


@dataclass(frozen=True, slots=True)
class Day:
    """What a post shows beside its fact: the answer that it tells, and its own question or how that went."""

    told: DayOutcome | None = None
    own: DayQuestion | DayOutcome | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """What whoever presses too late is told: how it went, and what they had answered."""

    outcome: DayOutcome
    answer: DayAnswer | None


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the message of a post shows."""

    post: Post
    message_id: int
    day: Day
    is_late: bool


class DayChannel(Protocol):
    """Where the posts are."""

    async def show(self, guild_id: int, post_id: int) -> bool:
        """Have a post's message show what is stored of it; False: not now, try again. Never raises."""
        ...


class DayQuestions:
    """Questions of the day, in all servers."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        timers: Timers,
        play: Play,
        library: Library,
        settings: SettingsService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._deck = play.deck
        self._library = library
        self._settings = settings
        self._dice = random.Random()
        self._known: OrderedDict[tuple[int, int], DayQuestion] = OrderedDict()
        self._channel: DayChannel | None = None
        self._ownership = timers.ownership
        timers.on(rows.SHOW_TIMER, self._show_due)
        if database.is_shared:
            timers.on_worked_out(rows.SHOW_TIMER, self._next_show)

    def show_in(self, channel: DayChannel) -> None:
        """Show by `channel` how questions went."""
        self._channel = channel

    # ------------------------------------------------------------------------------------------------ asking

    async def prepare(self, post: Post, fact: Fact) -> Day:
        """Return what a post shows beside its fact, drawn and stored when it is prepared for the first time.

        From here on the question before takes no more presses. Raises `NotSaved` or `NotRead`.
        """
        if post.is_extra:
            return Day()
        known = await self._database.read(partial(rows.load_day, guild_id=post.guild_id, post_id=post.id))
        if known is None:
            settings = await self._settings.load(post.guild_id)
            await (self._ask(post, fact) if settings.asks_daily else self._store(post, None))
        return await self._database.read(lambda tx: self._load(tx, post.guild_id, post.id))

    async def _ask(self, post: Post, fact: Fact) -> None:
        """Draw a question that the server has not seen, and store it."""
        guild_id, schedule = post.guild_id, post.schedule
        lately = await self._database.read(lambda tx: rows.list_topics(tx, guild_id, schedule.id, _LATELY))
        async with self._deck.seen_in(guild_id) as seen:
            asked = None
            try:
                asked = draw_for_day(
                    self._library.bank,
                    self._dice,
                    seen,
                    topic=schedule.topic,
                    fact_id=fact.id,
                    lately=(fact.topic, *lately),
                )
            except Exception:  # noqa: BLE001 - the day's post comes, with a question or without
                _log.exception("no question could be drawn for daily post %s", post.id)
            await self._store(post, asked)

    async def _store(self, post: Post, asked: Asked | None) -> None:
        now = self._clock.now()
        following = post.schedule.recurrence.next_slot(max(now, post.due_at), after_on=post.on)
        new = DayQuestion(
            guild_id=post.guild_id,
            post_id=post.id,
            schedule_id=post.schedule.id,
            channel_id=post.channel_id,
            on=post.on,
            asked=asked,
            closes_at=following.due_at if following is not None else now + _A_DAY,
        )
        told = await self._database.write(partial(_store, new=new, now=now))
        if told is not None:
            self._known.pop((told.guild_id, told.post_id), None)
        self._timers.notice(now + SHOWN_AFTER)

    def _load(self, tx: Tx, guild_id: int, post_id: int) -> Day:
        day = rows.load_day(tx, guild_id, post_id)
        if day is None:
            return Day()
        told = rows.load_outcome(tx, guild_id, day.told_id) if day.told_id is not None else None
        if day.asked is None:
            return Day(told)
        return Day(told, rows.load_outcome(tx, guild_id, post_id) if self._is_over(day) else day)

    def _is_over(self, day: DayQuestion) -> bool:
        return day.is_closed(self._clock.now())

    # --------------------------------------------------------------------------------------------- answering

    async def submit(self, press: Press, post_id: int, option: int) -> DayAnswer | Closed:
        """Take a press; return the answer once it is on disk, or what to tell whoever comes too late.

        Raises `AlreadyAnswered`, `NotFound`, `BadInput`, `NotSaved` or `NotRead`.
        """
        day = await self._find(press.guild_id or 0, post_id)
        if day is None or day.asked is None or day.channel_id != press.channel_id:
            raise NotFound(_UNKNOWN)
        day.require_option(option)
        if day.is_closed(press.at):
            return await self._closed(day, press.player_id)
        given = rows.Given(
            day.guild_id,
            post_id,
            press.player_id,
            option,
            press.at,
            names_in(day.guild_id, press),
            press.message_id if day.message_id is None else None,
        )
        stands = await self._database.write_together(rows.save_day_answers, given)
        if stands is None:
            self._known.pop((day.guild_id, post_id), None)
            raise NotFound(_UNKNOWN)
        if day.message_id is None:
            self._keep(replace(day, message_id=press.message_id))
        if self._is_over(day):  # it was in time and slow on the wire: what is shown already is shown anew
            now = self._clock.now()
            await self._database.write(
                partial(rows.show_again, guild_id=day.guild_id, post_id=post_id, at=now)
            )
            self._timers.notice(now)
        if stands.option != option:
            raise AlreadyAnswered(stands.option)
        return stands

    async def ends_at(self, guild_id: int, post_id: int) -> datetime | None:
        """Return when a question closes."""
        day = await self._find(guild_id, post_id)
        return day.closes_at if day is not None else None

    async def source(self, guild_id: int, post_id: int) -> Asked:
        """Return a question that is over, for whoever asks where it comes from. Raises `NotFound`."""
        day = await self._find(guild_id, post_id)
        if day is None or day.asked is None or not self._is_over(day):
            raise NotFound(_UNKNOWN)
        return day.asked

    async def _closed(self, day: DayQuestion, player_id: int) -> Closed:
        outcome, answer = await self._database.read(
            lambda tx: (
                rows.load_outcome(tx, day.guild_id, day.post_id),
                rows.load_day_answer(tx, day.guild_id, day.post_id, player_id),
            )
        )
        if outcome is None:
            raise NotFound(_UNKNOWN)
        return Closed(outcome, answer)

    async def _find(self, guild_id: int, post_id: int) -> DayQuestion | None:
        known = self._known.get((guild_id, post_id))
        if known is None:
            known = await self._database.read(partial(rows.load_day, guild_id=guild_id, post_id=post_id))
            if known is not None:
                self._keep(known)
        return known

    def _keep(self, day: DayQuestion) -> None:
        self._known[day.guild_id, day.post_id] = day
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)

    def drop(self, part: Part) -> None:
        """Read the questions of a part's servers anew when they are pressed next."""
        for key in [key for key in self._known if part.holds(key[0])]:
            del self._known[key]

    # ----------------------------------------------------------------------------------------------- showing

    async def load_shown(self, guild_id: int, post_id: int) -> Shown | None:
        """Return a post as its message is to show it; None where it is not known to be in its channel."""

        def load(tx: Tx) -> Shown | None:
            day = rows.load_day(tx, guild_id, post_id)
            if day is None or day.message_id is None:
                return None
            key = PostKey(guild_id, post_id)
            post, entry = load_post(tx, key), load_entry(tx, key)
            sent_at = entry.settled_at or entry.due_at
            return Shown(post, day.message_id, self._load(tx, guild_id, post_id), post.is_late(sent_at))

        return await self._database.read(load)

    async def _show_due(self, _: Timer) -> None:
        """Have the messages of questions that are over show how they went, a few at a time."""
        while due := await self._database.read(
            partial(rows.list_to_show, now=self._clock.now(), most=_AT_ONCE, part=self._ownership.part)
        ):
            await asyncio.gather(*(self._show_for(one) for one in due))
        due_at = await self._database.write(rows.set_show_timer)
        if due_at is not None:
            self._timers.notice(due_at)

    async def _next_show(self, _: datetime) -> datetime | None:
        return await self._database.read(partial(rows.load_next_show, part=self._ownership.part))

    async def _show_for(self, due: rows.Due) -> None:
        with self._ownership.working_for(due.guild_id):
            await self._show(due)

    async def _show(self, due: rows.Due) -> None:
        now = self._clock.now()
        day = await self._database.read(partial(rows.load_day, guild_id=due.guild_id, post_id=due.post_id))
        is_shown = day is None or self._channel is None
        if day is not None and self._channel is not None and self._is_over(day):
            has_tried_long = now - day.closes_at > LONGEST_TRY  # or was away: then it is tried once
            is_shown = await self._channel.show(due.guild_id, due.post_id) or has_tried_long
        if is_shown:
            await self._database.write(partial(rows.mark_shown, due=due))
        else:
            await self._database.write(
                partial(rows.show_again, guild_id=due.guild_id, post_id=due.post_id, at=now + _PAUSE)
            )


def _store(tx: Tx, new: DayQuestion, now: datetime) -> DayQuestion | None:
    """Store a post's question, and that it tells the answer of the one before, which closes with that.

    Return that one. A post that neither asks nor tells has no row.
    """
    latest = rows.load_latest(tx, new.guild_id, new.schedule_id)
    told = latest if latest is not None and latest.asked is not None else None
    if told is not None:
        rows.close_day(tx, told.close_by(now))
    if told is not None or new.asked is not None:
        rows.insert_day(tx, replace(new, told_id=told.post_id if told is not None else None), now)
    if new.asked is not None:
        add_seen(tx, [(new.guild_id, new.asked.question.id, now)])
    return told
