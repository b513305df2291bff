"""The cluster: which shards this process leads, kept by a beat four times a second.

What always holds:
- a shard is led, its presses taken and its changes written, by one process;
- who cannot renew the leases takes no more presses before they end, and goes on
  by itself when the database is back, with whatever is then still theirs;
- a shard that is handed over is quiet first: what was heard of it is answered
  and on disk, and its session waits at the next event for whoever takes it up;
- a hand-over that was begun is ended, by a later beat when the database failed
  in its midst: no shard stays held by a process that leads it no more;
- the beat runs by the event loop: a process whose loop stands still loses its
  leases, like one that is dead.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from bot.clock import SystemClock
from bot.cluster.leases import BEAT, FENCED_AFTER, Plan, Session, View, plan
from bot.cluster.shards import Part
from bot.errors import NotRead, NotSaved
from bot.metrics import IDENTIFY_WAIT, TAKEOVERS
from bot.store.ids import IDS
from bot.store.ownership import Ownership
from bot.store.postgres.leases import Claimed, Leases

T = TypeVar("T")

_log = logging.getLogger(__name__)
_HASTE = timedelta(seconds=0.05)  # until the next beat after one that did not get all it wanted
_REACHED_AGAIN = timedelta(seconds=0.2)  # between tries to connect


class Line(Protocol):
    """The connections to Discord, as the cluster asks for them."""

    async def connect(self, shard: int, session: Session | None) -> None:
        """Take a shard's session up, or begin one; returns at once, and goes on trying."""
        ...

    def hush(self, shards: Collection[int]) -> None:
        """Hear nothing more of these shards; what follows is for whoever takes up their sessions."""
        ...

    async def settle(self, shards: Collection[int]) -> None:
        """Wait until what was heard of these shards is answered; for a moment at most."""
        ...

    async def cut(self, shards: Collection[int]) -> None:
        """Close the connections of these shards such that their sessions stay."""
        ...

    def sessions(self) -> Mapping[int, Session]:
        """Return the sessions of all connected shards, each at the last event that was dealt with."""
        ...

    def share_requests(self, part: Part) -> None:
        """Make as many requests as belong to this part from now on."""
        ...


class Tenant(Protocol):
    """What keeps something in memory of the homes that are led here."""

    async def move_in(self, part: Part) -> None:
        """Take up what goes on in homes led here from now on. May raise `NotRead`, and is called again."""
        ...

    def move_out(self, part: Part) -> None:
        """Forget the homes of a part that is led here no more."""
        ...


class Cluster:
    """This process as a member. `ownership` is what it holds, for everybody to ask."""

    def __init__(
        self,
        leases: Leases,
        lease: timedelta,
        ownership: Ownership,
    ) -> None:
        self._leases = leases
        self._lease = lease.total_seconds()
        self._now = SystemClock().monotonic  # a machine that slept has let its lease end
        self.ownership = ownership
        self._thread = ThreadPoolExecutor(1, "leases")
        self._tenants: list[Tenant] = []
        self._line: Line | None = None
        self._renewed = float("-inf")
        self._connected = float("-inf")  # when the connection was made anew
        self._noted: dict[int, Session] = {}
        self._left: dict[int, Session] = {}  # of shards that are ours still, and cut
        self._moving: dict[int, Session | None] = {}  # claimed, and not moved into yet
        self._giving: set[int] = set()  # whose handing over was begun
        self._is_away = False  # the database was out of reach for too long
        self._is_leaving = False
        self.sessions_left = 0
        self._mover: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()  # one beat, or one hand-over

    # ----------------------------------------------------------------------------------------- what is known

    @property
    def is_standby(self) -> bool:
        """Return whether this process is well and leads nothing, since others do."""
        return not self.ownership.part and self.is_fresh

    @property
    def is_fresh(self) -> bool:
        """Return whether the leases are ours for certain: they were renewed not long ago."""
        return self._now() < self._renewed + self._lease * FENCED_AFTER

    @property
    def lease_age(self) -> float:
        """Return the seconds since the leases were renewed."""
        return max(0.0, self._now() - self._renewed)

    def may_hear(self, shard: int) -> bool:
        """Return whether an event of that shard is ours to deal with at this moment."""
        return self.is_fresh and shard in self.ownership.part.shards and not self._is_away

    # ---------------------------------------------------------------------------------------------- joining

    def serve(self, line: Line, *tenants: Tenant) -> None:
        """Connect by `line`, and have `tenants` move in where shards are claimed."""
        self._line = line
        self._tenants = list(tenants)

    async def open(self) -> None:
        """Connect to the database and make what is missing there. Raises what psycopg does."""
        await self._in_thread(self._leases.open)
        await self._in_thread(self._leases.prepare)

    async def join(self, advised: int, sessions_left: int) -> int:
        """Become a member; return how many shards there are: what was agreed on, else what is advised."""
        from bot.store.postgres.connection import is_passing  # the driver is there where a cluster is

        while True:
            try:
                await self._join()
                count, generation = await self._in_thread(lambda: self._leases.agree(advised, sessions_left))
                break
            except Exception as error:
                if not is_passing(error):
                    raise
                _log.warning("the cluster cannot be joined yet: %s", " ".join(str(error).split()))
            await asyncio.sleep(_REACHED_AGAIN.total_seconds())
            await self._in_thread(self._leases.close)
        self.ownership.count = count
        self._renewed = self._now()
        self.sessions_left = sessions_left
        _log.info(
            "joined the cluster as number %s; %s shards, generation %s",
            self._leases.number,
            count,
            generation,
        )
        if count != advised:
            _log.warning(
                "Discord advises %s shards; the cluster has %s until all of it is stopped", advised, count
            )
        return count

    async def take_start(self) -> bool:
        """Count one session that is begun, among all processes; False when there are no more today."""
        is_taken = await self._in_thread(self._leases.take_start)
        self.sessions_left = await self._in_thread(self._leases.sessions_left)
        return is_taken

    async def _join(self) -> None:
        """Become a member, whose ids are others than those of any other one."""
        await self._in_thread(self._leases.join)
        IDS.be(self._leases.number)

    async def wait_to_identify(self, shard: int, concurrency: int) -> None:
        """Wait until it is this shard's turn to begin a session, among all processes."""
        wait = await self._in_thread(lambda: self._leases.wait_to_identify(shard, concurrency))
        IDENTIFY_WAIT.note(max(0.0, wait))
        if wait > 0:
            await asyncio.sleep(wait)

    async def forget_session(self, shard: int) -> None:
        """Note that Discord does not take up the shard's session any more."""
        self._noted.pop(shard, None)
        try:
            await self._in_thread(lambda: self._leases.forget_session(shard))
        except Exception as error:  # noqa: BLE001 - it is tried in vain once more, by whoever comes next
            _log.info("a session of the past stays noted: %s", error)

    # --------------------------------------------------------------------------------------------- the beat

    async def run(self) -> None:
        """Keep the leases until cancelled."""
        guard = asyncio.create_task(self._guard())
        try:
            while not self._is_leaving:
                began = self._now()
                pause = await self._beat()
                await asyncio.sleep(max(0.0, pause.total_seconds() - (self._now() - began)))
        finally:
            guard.cancel()

    async def _beat(self) -> timedelta:
        """Renew, look at the others, claim and hand over; return how long to wait until the next one."""
        async with self._turn:
            if self._is_leaving:
                return BEAT
            began = self._now()
            try:
                if not self._leases.is_open:
                    await self._in_thread(self._leases.open)
                    self._connected = self._now()
                    _log.info("the leases' connection is there again")
                is_ours = await self._in_thread(self._leases.renew)
                if is_ours:
                    self._renewed = began
                else:
                    await self._rejoin()
                await self._note_sessions()
                made, claimed = await self._in_thread(self._look)
            except Exception as error:  # noqa: BLE001 - whatever it is: without a renewal the guard stops us
                _log.warning(
                    "the leases could not be renewed: %s", " ".join(str(error).split()) or type(error)
                )
                await self._in_thread(self._leases.close)
                return _REACHED_AGAIN
            if self._is_away:
                self._come_back()
            self._take(made, claimed)
            self._see_to_moving()
            self._giving.update(made.releases)
            if self._giving and not await self._has_handed_over(frozenset(self._giving)):
                return _REACHED_AGAIN
        return _HASTE if len(claimed) < len(made.claims) else BEAT

    def _look(self) -> tuple[Plan, list[Claimed]]:
        seen = self._leases.view()
        if self._now() < self._connected + self._lease:  # who else has lost the database is to come back
            seen = View(seen.members, seen.holdings, may_judge=False)
        made = plan(seen, self._leases.id)
        return made, self._leases.carry_out(made) if made.dead or made.claims else []

    def _take(self, made: Plan, claimed: Collection[Claimed]) -> None:
        for dead in made.dead:
            _log.warning(
                "%s is %s; its shards are taken over", dead.name, "gone" if dead.is_gone else "silent"
            )
        for one in claimed:
            self.ownership.take(one.shard, one.epoch)
            self._giving.discard(one.shard)
            self._moving[one.shard] = one.session
        if claimed:
            TAKEOVERS.add(_cause(made), amount=len(claimed))
            _log.info("shards claimed: %s", _listed(one.shard for one in claimed))

    def _see_to_moving(self) -> None:
        """Have what was claimed taken up beside the beats, so that the leases are renewed meanwhile."""
        if self._mover is not None and self._mover.done():
            self._mover.result()  # a fault of ours ends the beat, and with it what cannot be led
            self._mover = None
        if self._moving and self._mover is None:
            self._mover = asyncio.create_task(self._move_in())

    async def _move_in(self) -> None:
        """Take up what goes on in shards that were claimed, then connect them."""
        assert self._line is not None  # noqa: S101 - `serve` comes before `run`
        while self._moving:
            moving = dict(self._moving)
            part = Part.of(moving, self.ownership.count)
            self._line.share_requests(self.ownership.part)
            try:
                for tenant in self._tenants:
                    await tenant.move_in(part)
            except (NotRead, NotSaved) as error:
                _log.warning("what goes on in shards %s cannot be read yet: %s", _listed(part.shards), error)
                await asyncio.sleep(_REACHED_AGAIN.total_seconds())
                continue
            lost = part.shards - self.ownership.part.shards
            for tenant in self._tenants if lost else ():  # lost while it was taken up
                tenant.move_out(Part.of(lost, part.count))
            for shard, session in moving.items():
                if shard in self._moving and self._moving[shard] is session:
                    del self._moving[shard]
                    await self._line.connect(shard, session)

    async def _note_sessions(self) -> None:
        assert self._line is not None  # noqa: S101 - `serve` comes before `run`
        epochs = self.ownership.epochs
        new = {
            shard: session
            for shard, session in self._line.sessions().items()
            if shard in epochs and self._noted.get(shard) != session
        }
        if new:
            await self._in_thread(lambda: self._leases.note_sessions(new, epochs))
            self._noted.update(new)

    # ---------------------------------------------------------------------------------- losing, and leaving

    async def _guard(self) -> None:
        """Stop leading before the leases end, when they cannot be renewed."""
        while True:
            left = self._renewed + self._lease * FENCED_AFTER - self._now()
            if left > 0:
                await asyncio.sleep(left)
            elif not self._is_away and self.ownership.part:
                _log.error("the database is out of reach: no presses are taken until it is back")
                await self._stand_back()
            else:
                await asyncio.sleep(BEAT.total_seconds())

    async def _stand_back(self) -> None:
        """Take no more presses; the shards may still be ours."""
        assert self._line is not None  # noqa: S101 - something is led
        self._is_away = True
        part = self.ownership.part
        self._line.hush(part.shards)
        self._left.update(self._line.sessions())
        await self._line.cut(part.shards)

    def _come_back(self) -> None:
        """Lead again what is still ours, from what is stored."""
        self._is_away = False
        part = self.ownership.part
        _log.info("the database is back; shards led: %s", _listed(part.shards))
        self._forget(part)
        for shard in part.shards:
            self._moving[shard] = self._left.get(shard)
        self._left.clear()

    async def _rejoin(self) -> None:
        """Begin anew as another member: this one was judged dead while it could not renew."""
        assert self._line is not None  # noqa: S101 - something was led
        part = self.ownership.part
        _log.warning("this process was taken for dead; shards lost: %s", _listed(part.shards))
        self._line.hush(part.shards)
        for shard in part.shards:
            self.ownership.drop(shard)
        self._forget(part)
        self._moving.clear()
        self._left.clear()
        self._giving.clear()
        self._is_away = False
        await self._line.cut(part.shards)
        self._line.share_requests(self.ownership.part)
        began = self._now()
        await self._join()
        self._renewed = began

    def _forget(self, part: Part) -> None:
        for tenant in self._tenants:
            tenant.move_out(part)
        for shard in part.shards:
            self._noted.pop(shard, None)

    async def _has_handed_over(self, shards: Collection[int]) -> bool:
        """Hand shards over; return whether the database took it, else it is for a later beat to end."""
        from bot.store.postgres.connection import is_passing, told  # as in `join`

        try:
            await self._hand_over(shards)
        except Exception as error:
            if not is_passing(error):
                raise
            _log.warning("shards %s are handed over later: %s", _listed(shards), told(error))
            return False
        return True

    async def _hand_over(self, shards: Collection[int]) -> None:
        """Give shards to whoever claims them: quiet first, then at the next event."""
        assert self._line is not None  # noqa: S101 - something is led
        part = Part.of(shards, self.ownership.count)
        for shard in part.shards:
            self._moving.pop(shard, None)
        self._line.hush(shards)
        await self._line.settle(shards)
        for tenant in self._tenants:
            tenant.move_out(part)
        await self._note_sessions()
        for shard in shards:
            self.ownership.drop(shard)
        cutting = asyncio.create_task(self._line.cut(shards))
        await self._in_thread(lambda: self._leases.release(shards))
        await cutting
        self._giving.difference_update(shards)
        for shard in shards:
            self._noted.pop(shard, None)
        self._line.share_requests(self.ownership.part)
        _log.info("shards handed over: %s", _listed(shards))

    async def leave(self) -> None:
        """Hand over all shards and be no member any more. Never raises: who cannot is taken for dead."""
        async with self._turn:
            self._is_leaving = True
            if self._mover is not None:  # it would take up what others are to have
                self._mover.cancel()
                await asyncio.wait([self._mover])
            try:
                if self._leases.is_open and self._leases.id:
                    await self._in_thread(self._leases.leave)
                    if self._line is not None and self.ownership.part and not self._is_away:
                        await self._hand_over(self.ownership.part.shards)
                    await self._in_thread(self._leases.part)
            except Exception as error:  # noqa: BLE001 - the others notice soon
                _log.warning("the shards could not be handed over: %s", error)
            for shard in self.ownership.part.shards:
                self.ownership.drop(shard)
            await self._in_thread(self._leases.close)
            self._thread.shutdown(wait=False)

    async def note_sessions_left(self, left: int) -> None:
        """Note how many sessions Discord lets the bot begin today, for whoever asks."""
        self.sessions_left = left
        await self._in_thread(lambda: self._leases.note_sessions_left(left))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _cause(made: Plan) -> str:
    """Return why shards were claimed: of whom they were."""
    if not made.dead:
        return "free"
    return "gone" if any(one.is_gone for one in made.dead) else "silent"


def _listed(shards: Any) -> str:
    return ", ".join(map(str, sorted(shards))) or "none"
