"""The rounds that go on in channels, in memory: small, and what presses need.

What always holds: the store is the truth, and this a cache of it that `load` can
rebuild at any moment; when a commit fails, memory goes back to what the store says.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.cluster.shards import WHOLE, Part
from bot.errors import NotSaved
from bot.quiz.game import (
    EVERYONE_WAIT,
    GRACE,
    Asked,
    Cause,
    Form,
    Game,
    Haste,
    Response,
    Round,
    RoundState,
)
from bot.quiz.judging import Key
from bot.quiz.presence import IDLE_FOR, LEFT_FOR
from bot.quiz.scoring import LONGEST_CLUE, LONGEST_PAUSE, clue_after
from bot.quiz.showing import Attendance
from bot.services.timers import Timers
from bot.store.database import Database
from bot.store.games import list_all_running
from bot.store.rounds import LiveRow, hasten_rounds, list_live, load_round
from bot.store.scores import list_running_players
from bot.store.timers import Timer, hasten_timers, set_timers
from bot.store.tx import Tx

CLOSE = "close"
"""Timers of this kind name a round whose time is up."""

CLUE = "clue"
"""Timers of this kind name a round of a ladder whose next clue is to come."""

IDLE = "idle"
"""Timers of this kind name an untimed round that may be left alone."""

NEXT = "next"
"""Timers of this kind name a game that is to go on."""

ALONE = "solo"
"""Timers of this kind name a game that one person may have left."""

_APART = timedelta(seconds=1)  # less than this is clocks keeping time

_log = logging.getLogger(__name__)


class Live:
    """A round that goes on: who answered what, and who is still awaited. `key`: what typed words are for."""

    __slots__ = (
        "awaited",
        "channel_id",
        "clues",
        "drawn_at",
        "first",
        "guild_id",
        "home_id",
        "key",
        "round",
        "starter_id",
        "stored",
    )

    def __init__(
        self, game: Game, present: Round, drawn_at: datetime, players: Iterable[int], asked: Asked
    ) -> None:
        self.round = present
        self.home_id = game.home_id
        self.guild_id = game.guild_id
        self.channel_id = game.channel_id
        self.starter_id = game.starter_id
        self.drawn_at = drawn_at
        self.clues = len(asked.question.clues)
        self.key = Key.of(asked.question) if asked.form is Form.TYPED else None
        self.first: dict[int, Response] = {}
        self.stored = 0  # answers that are on disk
        self.awaited: set[int] | None = set(players) or None  # None: nobody answered an earlier round

    @property
    def attendance(self) -> Attendance:
        """Return how many answers are stored, and of how many who play."""
        return Attendance(
            self.stored, len(self.first) + len(self.awaited or ()) if self.awaited is not None else 0
        )

    @property
    def is_complete(self) -> bool:
        """Return whether everybody who played before has answered, in a round that ends by that."""
        return self.awaited is not None and not self.awaited and self.round.allowed is not None


class LiveRounds:
    """All of them, by their ids."""

    def __init__(self, database: Database, clock: Clock, timers: Timers) -> None:
        self._database = database
        self._clock = clock
        self._timers = timers
        self._rounds: dict[int, Live] = {}
        self._in_channels: dict[int, Live] = {}  # the round put last in each channel
        self._known: datetime | None = None  # when the clock that nobody sets was at 0
        timers.before_looks(self.follow_clock)

    async def follow_clock(self) -> None:
        """Let no timer of a game come later than it ever is due, at the start and once the clock is right."""
        now, part = self._clock.now(), self._timers.ownership.part
        zero = now - timedelta(seconds=self._clock.monotonic())
        if self._known is not None and abs(zero - self._known) < _APART:
            return
        await self._database.write(lambda tx: _hasten_timers(tx, now, part))
        self._known = zero

    def clue_timer(self, live: Live, opened: Round, since: datetime) -> Timer | None:
        """Return when a ladder's next clue is to come, after the one that came at `since`; None after all."""
        if live.clues <= len(opened.clues_at) + 1:
            return None
        due_at = since + clue_after(opened.allowed, live.clues)
        return Timer(CLUE, str(opened.id), due_at, live.home_id)

    def is_early(self, live: Live) -> bool:
        """Return whether the round is open still: its timer went by a clock that was put right meanwhile."""
        closes_at = live.round.closes_at
        return closes_at is not None and closes_at - self._clock.now() > _APART

    async def load(self, part: Part = WHOLE) -> None:
        """Take up every round of a part that goes on; end those soon that everybody has answered."""
        found = await self._database.read(lambda tx: _list_live(tx, part))
        self.drop_part(part)
        for live in found:
            self.put(live)
        for live in found:
            if live.round.state is RoundState.OPEN and live.round.cause is None and live.is_complete:
                await self.hasten(live, self._clock.now() + EVERYONE_WAIT, Cause.EVERYONE)

    def get(self, round_id: int) -> Live | None:
        """Return the round, or None when it does not go on."""
        return self._rounds.get(round_id)

    def in_channel(self, channel_id: int) -> Live | None:
        """Return the round that goes on in a channel, or None."""
        return self._in_channels.get(channel_id)

    def __len__(self) -> int:
        return len(self._rounds)

    def put(self, live: Live) -> None:
        """Take up a round, or take it back."""
        self._rounds[live.round.id] = live
        self._in_channels[live.channel_id] = live

    def drop(self, round_id: int) -> Live | None:
        """Let a round go, and return it."""
        live = self._rounds.pop(round_id, None)
        if live is not None and self._in_channels.get(live.channel_id) is live:
            del self._in_channels[live.channel_id]
        return live

    def drop_game(self, game_id: int) -> None:
        """Let a game's rounds go."""
        for round_id in [key for key, live in self._rounds.items() if live.round.game_id == game_id]:
            self.drop(round_id)

    async def drop_forgotten(self) -> list[Live]:
        """Let the rounds go that the store knows no more, as their server was forgotten; return them."""
        present = list(self._rounds.values())
        gone = await self._database.read(
            lambda tx: [live for live in present if load_round(tx, live.home_id, live.round.id) is None]
        )
        return [live for live in gone if self.drop(live.round.id) is not None]

    def drop_part(self, part: Part) -> None:
        """Let the rounds of a part go."""
        for round_id in [key for key, live in self._rounds.items() if part.holds(live.home_id)]:
            self.drop(round_id)

    def forget(self, player_id: int) -> None:
        """Forget that a player answered in any round, or is awaited."""
        for live in self._rounds.values():
            if live.first.pop(player_id, None) is not None:
                live.stored -= 1
            if live.awaited is not None:
                live.awaited.discard(player_id)
            if live.starter_id == player_id:
                live.starter_id = 0

    def haste(self, live: Live, closes_at: datetime, cause: Cause) -> Haste | None:
        """Have the round in memory end at `closes_at`; return what to store, or None when it ends before."""
        hastened = live.round.hasten(closes_at, cause)
        if hastened is live.round:
            return None
        live.round = hastened
        return Haste(closes_at, closes_at + GRACE, cause)

    async def hasten(self, live: Live, closes_at: datetime, cause: Cause) -> None:
        """Have the round end at `closes_at`, unless it ends before."""
        haste = self.haste(live, closes_at, cause)
        if haste is None:
            self._timers.notice(self._clock.now())  # it ends before that: its time may be up already
            return
        try:
            await self._database.write_together(save_hastes, (live.home_id, live.round.id, haste))
        except NotSaved:
            await self.reload(live)
            raise
        self._timers.notice(haste.due_at)

    async def reload(self, live: Live) -> None:
        """Have the round's times in memory be those of the store again."""
        try:
            stored = await self._database.read(lambda tx: load_round(tx, live.home_id, live.round.id))
        except Exception:  # noqa: BLE001 - the disk: the sentence about the failed write is what matters
            _log.warning("round %s could not be read again", live.round.id)
            return
        if stored is not None and stored.state is live.round.state:
            live.round = stored


def _hasten_timers(tx: Tx, now: datetime, part: Part) -> None:
    for kind, longest in ((NEXT, LONGEST_PAUSE), (CLUE, LONGEST_CLUE), (IDLE, IDLE_FOR), (ALONE, LEFT_FOR)):
        hasten_timers(tx, kind, now + longest, part)


def save_haste(tx: Tx, home_id: int, round_id: int, haste: Haste) -> None:
    """Have an open round end earlier, and its timer fire then."""
    save_hastes(tx, [(home_id, round_id, haste)])


def save_hastes(tx: Tx, hasty: Sequence[tuple[int, int, Haste]]) -> list[None]:
    """Have open rounds end earlier, and their timers fire then."""
    earliest: dict[tuple[int, int], Haste] = {}
    for home_id, round_id, haste in hasty:
        known = earliest.get((home_id, round_id))
        if known is None or haste.closes_at < known.closes_at:
            earliest[home_id, round_id] = haste
    hastened = hasten_rounds(tx, earliest)
    set_timers(tx, [Timer(CLOSE, str(key[1]), earliest[key].due_at, key[0]) for key in hastened])
    return [None] * len(hasty)


def _list_live(tx: Tx, part: Part) -> list[Live]:
    """Return all of them by a few statements, however many there are."""
    games = {(game.home_id, game.id): game for game in list_all_running(tx, part)}
    players = list_running_players(tx, part)
    keyed = [((row.round.home_id, row.round.game_id), row) for row in list_live(tx, part)]
    return [_revived(games[key], players[key], row) for key, row in keyed]


def _revived(game: Game, players: set[int], row: LiveRow) -> Live:
    live = Live(game, row.round, row.drawn_at, players, row.asked)
    live.first, live.stored = row.first, len(row.first)
    live.awaited = players - row.first.keys() if players else None
    return live
