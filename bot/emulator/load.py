"""Many presses from inside: how fast an app answers, without a second process in the way.

Synthetic people press; each press is timed from its dispatch to the arrival of the
app's answer.
"""

import asyncio
import time
from typing import Any, Final

from bot.emulator.errors import DeskError, Json
from bot.emulator.interactions import Interaction
from bot.emulator.objects import Guild, Member, Message, User
from bot.emulator.parts import Parts

_MOST: Final = 200_000


async def press_many(parts: Parts, body: Json) -> Json:
    """Press as the body asks; return counts, presses a second and percentiles in milliseconds.

    `message_id` with `custom_ids` (chosen in turn; default: its first button), or `targets`,
    a list of `{message_id, custom_id}`; `presses`; either `concurrency` (closed loop: so
    many people, each waits for the answer) or `rate` (open loop: presses a second);
    `people`: how many synthetic members press in turn (default: one a press).
    """
    targets = _targets(parts, body)
    presses = _whole(body, "presses", 1000, _MOST)
    channel = targets[0][0].channel
    guild = parts.world.guild_of(channel)
    if guild is None:
        raise DeskError("Load is for a server's channel.")
    crowd = _crowd(parts, guild, _whole(body, "people", presses, _MOST))
    run = _Run(parts, targets, crowd, presses)
    parts.interactions.on_change.append(run.hear)
    try:
        began = time.perf_counter()
        if body.get("rate"):
            await run.open_loop(float(body["rate"]))
        else:
            await run.closed_loop(_whole(body, "concurrency", 32, 10_000))
        seconds = time.perf_counter() - began
    finally:
        parts.interactions.on_change.remove(run.hear)
        for user in crowd:
            guild.members.pop(user.id, None)
            parts.world.users.pop(user.id, None)
    return run.report(seconds)


def _whole(body: Json, key: str, usual: int, most: int) -> int:
    value = body.get(key, usual)
    if not isinstance(value, int) or not 1 <= value <= most:
        raise DeskError(f"`{key}` is a whole number from 1 to {most}.")
    return value


def _targets(parts: Parts, body: Json) -> list[tuple[Message, str]]:
    from bot.emulator.components import walk
    from bot.emulator.enums import ComponentType

    listed: list[Any] = body.get("targets") or [
        {"message_id": body.get("message_id"), "custom_id": custom_id}
        for custom_id in body.get("custom_ids") or [None]
    ]
    found = []
    for target in listed:
        message = parts.world.find_message(str(target.get("message_id")))
        if message is None:
            raise DeskError("There is no such message.", 404)
        custom_id = target.get("custom_id") or next(
            (
                c["custom_id"]
                for c in walk(message.body["components"])
                if c["type"] == ComponentType.BUTTON and "custom_id" in c
            ),
            None,
        )
        if custom_id is None:
            raise DeskError("This message has no button.")
        found.append((message, str(custom_id)))
    return found


def _crowd(parts: Parts, guild: Guild, size: int) -> list[User]:
    """Make members whom nobody is told of."""
    world, joined = parts.world, parts.clock.iso()
    crowd = []
    for number in range(size):
        user = User(world.snowflakes.next(), f"player{number}", f"Player {number}")
        world.users[user.id] = user
        guild.members[user.id] = Member(user, joined)
        crowd.append(user)
    return crowd


class _Run:
    """One load under way."""

    def __init__(
        self, parts: Parts, targets: list[tuple[Message, str]], crowd: list[User], presses: int
    ) -> None:
        self._parts = parts
        self._targets = targets
        self._crowd = crowd
        self._left = presses
        self._made = 0
        self._begun: dict[str, tuple[float, asyncio.Future[None]]] = {}
        self._times: list[float] = []
        self._failed = 0

    def hear(self, interaction: Interaction) -> None:
        """Note the arrival of an answer."""
        if interaction.state == "pending" or interaction.id not in self._begun:
            return
        began, future = self._begun.pop(interaction.id)
        if interaction.state == "failed":
            self._failed += 1
        else:
            self._times.append((time.perf_counter() - began) * 1000)
        if not future.done():
            future.set_result(None)

    def _press(self) -> asyncio.Future[None]:
        message, custom_id = self._targets[self._made % len(self._targets)]
        user = self._crowd[self._made % len(self._crowd)]
        self._made += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        interaction = self._parts.people.press(user, message, custom_id)
        if interaction.state == "pending":
            self._begun[interaction.id] = (began, future)
        return future

    async def closed_loop(self, concurrency: int) -> None:
        """Press with so many at once, each again as soon as it is answered."""

        async def player() -> None:
            while self._left > 0:
                self._left -= 1
                await self._press()

        await asyncio.gather(*(player() for _ in range(concurrency)))

    async def open_loop(self, rate: float) -> None:
        """Press so many times a second, whether or not earlier presses are answered."""
        loop = asyncio.get_running_loop()
        began, waiting = loop.time(), []
        for number in range(self._left):
            wait = began + number / rate - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            waiting.append(self._press())
        await asyncio.gather(*waiting)

    def report(self, seconds: float) -> Json:
        """Return the figures."""
        times = sorted(self._times)
        at = {name: _percentile(times, part) for name, part in _PERCENTILES.items()}
        return {
            "answered": len(times),
            "failed": self._failed,
            "seconds": round(seconds, 4),
            "per_second": round(len(times) / seconds, 1) if seconds else 0.0,
            "ms": at | {"mean": round(sum(times) / len(times), 3) if times else None},
        }


_PERCENTILES: Final = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "max": 1.0}


def _percentile(times: list[float], part: float) -> float | None:
    return round(times[min(int(len(times) * part), len(times) - 1)], 3) if times else None
