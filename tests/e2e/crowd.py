"""A crowd that plays in many channels at once, while everything that may go wrong does.

One turn: everybody does something, some of it goes wrong, the clock moves, and what that sets going is
waited for. Dice decide all of it, so that a seed names a run.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from bot.emulator.client import Message, Outcome, Refused
from bot.quiz.game import LETTERS, Form
from tests.e2e.conftest import Farside
from tests.e2e.play import CALLBACK, EDIT, SEND
from tests.e2e.recount import Promises
from tests.e2e.rounds import asked, is_open, is_standings, round_of
from tests.e2e.test_daily import in_minutes

DAY = 86_400
_RECENT = 12  # messages of a channel among which the present round is looked for
_STILL = 40  # turns in which a game must have moved
_MOST_DAYS = 150  # what is kept for a year is to be there at the end
_PAGE = "<html><body>502 Bad Gateway</body></html>"
_ON_THE_WAY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("status", {"status": 500}),
    ("status", {"status": 503, "acts": True}),
    ("status", {"status": 502, "body": _PAGE}),
    ("status", {"status": 502, "body": _PAGE, "acts": True}),
    ("lost", {}),
    ("lost", {"acts": True}),
    ("rate_limit", {"retry_after": 0.3}),
    ("rate_limit", {"retry_after": 0.3, "global": True}),
    ("delay", {"seconds": 0.4}),
    ("delay", {"seconds": 1.5}),
)
_AT_THE_GATEWAY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("drop", {}),
    ("reconnect", {}),
    ("invalid_session", {"resumable": True}),
    ("invalid_session", {"resumable": False}),
)
_ON_DISPATCH: tuple[tuple[str, dict[str, Any]], ...] = (("twice", {}), ("hear_late", {"seconds": 0.5}))
_GLANCES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("leaderboard", {"scope": "server", "period": "all"}),
    ("leaderboard", {"scope": "global", "period": "week"}),
    ("profile", {}),
    ("quiz status", {}),
    ("fact random", {}),
    ("schedule log", {}),
)


class Crowd:
    """Everybody, and what they were told."""

    def __init__(self, farside: Farside, seed: int) -> None:
        self.farside = farside
        self.desk = farside.desk
        self.dice = random.Random(seed)
        self.promises = Promises()
        self.done: Counter[str] = Counter()
        self.channels: list[str] = []
        self._players: dict[str, list[str]] = {}
        self._seen: dict[str, tuple[str, int]] = {}  # a channel's latest card, and for how many turns

    async def gather(self) -> None:
        """Let people join two servers, and have a fact posted in both every day."""
        desk = self.desk
        others = [
            await desk.add_person(name, (await desk.guild())["id"]) for name in ("Eve", "Mary", "Katherine")
        ]
        for server in ("Tranquility", "Serenity"):
            guild = (await desk.guild(server))["id"]
            for person in [desk.you, desk.member, *others]:
                with suppress(Refused):  # who is there already
                    await desk.post("/desk/people", user_id=person, guild_id=guild)
            for name in ("general", "quiz"):
                channel = desk.channel(name, server)
                self.channels.append(channel)
                self._players[channel] = [desk.you, desk.owner, desk.member, *others]
            daily = desk.channel("daily-moon", server)
            added = await desk.run(desk.owner, daily, "schedule add", time=await in_minutes(self.farside, 5))
            assert added.state == "done", added

    async def turn(self, *, is_deadly: bool) -> None:
        """Take one turn; a deadly one may kill the bot, or stop it."""
        self.desk.events.clear()  # of earlier turns: nobody waits for them any more
        before = {channel: self._latest(channel) for channel in self.channels}
        self._require_moves(before)
        acts = [asyncio.create_task(self._quietly(act)) for act in self._acts(before)]
        try:
            await self._go_wrong()
            if is_deadly and self.dice.random() < 0.2:
                await self._end_the_bot()
        finally:
            await asyncio.gather(*acts)
        if not self.farside.is_running:
            await self.farside.restart()
        await self._pass_time()
        with suppress(AssertionError):  # not every turn moves every channel
            await self.desk.until(
                lambda: all(self._latest(channel) != before[channel] for channel in self.channels),
                patience=0.6,
            )

    async def finish(self) -> None:
        """Stop every game, leave those played alone for a day; return when all is shown that is to be."""
        desk, general = self.desk, self.channels[0]
        await desk.clear_faults()
        await self.farside.forward(DAY)
        for _ in range(60):
            for channel in self._running():
                await desk.run(desk.owner, channel, "quiz stop")
            await desk.run(desk.owner, general, "leaderboard", scope="server", period="all")
            if not (self._running() or self._is_at_work()):
                return
            await self.farside.forward(10)
            with suppress(AssertionError):  # what has failed of late is tried again after a pause
                await desk.until(lambda: not self._is_at_work(), patience=1)
        raise AssertionError(f"games or posts stand still: {self._running()}, {self._is_at_work()}")

    def _is_at_work(self) -> list[tuple[Any, ...]]:
        """Return what is stored and not yet shown, sent or counted."""
        return self.farside.rows(
            "SELECT 'round', r.id FROM rounds r JOIN games g ON g.id = r.id - r.behind"
            " WHERE g.kind = 'channel' AND (r.shown < r.version OR r.closed_at IS NULL)"
            " UNION ALL SELECT 'game', id FROM games WHERE kind = 'channel' AND shown < version"
            " UNION ALL SELECT 'alone', id FROM games WHERE kind = 'solo' AND state = 'running'"
            " UNION ALL SELECT 'post', id FROM posts WHERE state = 'claimed'"
            " UNION ALL SELECT 'entry', id FROM entries"
        )

    def _running(self) -> list[str]:
        rows = self.farside.rows("SELECT channel_id FROM games WHERE state = 'running' AND kind = 'channel'")
        return [str(channel) for (channel,) in rows]

    def _latest(self, channel: str) -> str:
        """Return what a channel shows at present: a round's message, open or no more, or a game's end."""
        for message in reversed(self.desk.messages(channel)[-_RECENT:]):
            if is_standings(message) or message.button("source:") or is_open(message):
                return f"{message.id} {is_open(message)}"
        return ""

    def _card(self, channel: str) -> Message | None:
        return next((m for m in reversed(self.desk.messages(channel)[-_RECENT:]) if is_open(m)), None)

    def _require_moves(self, now: dict[str, str]) -> None:
        """A game that shows the same over many turns, each of which moves the clock, stands still."""
        running = self._running()
        for channel, latest in now.items():
            before, turns = self._seen.get(channel, ("", 0))
            turns = turns + 1 if latest == before and channel in running else 0
            self._seen[channel] = latest, turns
            assert turns < _STILL, f"the game in {channel} stands still:\n{self.farside.log()[-4000:]}"

    # --- what people do

    def _acts(self, latest: dict[str, str]) -> list[Coroutine[Any, Any, None]]:
        dice, running = self.dice, self._running()
        acts = []
        for channel, present in latest.items():
            players = self._players[channel]
            card = self._card(channel) if present.endswith("True") else None
            if channel not in running:
                acts.append(self._start(dice.choice(players), channel))
            elif card is not None:
                chosen = dice.sample(players, dice.randrange(0, len(players)))
                acts += [self._answer(player, card, dice.randrange(6)) for player in chosen]
                if dice.random() < 0.15:
                    way = dice.choice(["quiz skip", "quiz skip", "quiz stop"])
                    acts.append(self._use(dice.choice(players), channel, way))
                if card.button("Next"):
                    acts.append(self._press(self.desk.owner, card, "Next"))
            if dice.random() < 0.15:
                name, options = dice.choice(_GLANCES)
                acts.append(self._use(self.desk.owner, channel, name, **options))
        if dice.random() < 0.2:
            channel = dice.choice(self.channels)
            acts.append(self._alone(dice.choice(self._players[channel]), channel))
        return acts

    async def _quietly(self, act: Coroutine[Any, Any, None]) -> None:
        with suppress(Refused):  # what was to be pressed is gone
            await act

    async def _start(self, player: str, channel: str) -> None:
        dice = self.dice
        pace: dict[str, Any] = {"seconds": 60} if dice.random() < 0.85 else {"pace": "untimed"}
        mode = dice.choice(["choice", "typed", "mixed"])
        await self._use(player, channel, "quiz start", questions=dice.randrange(1, 5), mode=mode, **pace)

    async def _use(self, player: str, channel: str, name: str, **options: Any) -> None:
        self.done[name.split()[0]] += 1
        await self.desk.run(player, channel, name, **options)

    async def _press(self, player: str, card: Message, name: str) -> None:
        await self.desk.press(player, card, name)

    async def _answer(self, player: str, card: Message, pick: int) -> None:
        """Answer a round in its form; keep what is told to be in."""
        desk, what, round_id = self.desk, asked(self.farside, card), round_of(card)
        self.done["answers"] += 1
        if what.form is Form.TYPED:
            opened = await desk.press(player, card, "Answer")
            if opened.state == "modal":
                words = what.question.key if pick % 2 else "lead"
                outcome = await desk.submit(player, opened, text=words)
                if " is in. The result" in outcome.text:
                    self.promises.note(round_id, player, words)
        elif what.form is Form.MENU:
            size, count = len(what.options), len(what.key_places)
            places = sorted({(pick + step) % size for step in range(count)})
            outcome = await desk.press(player, card, f"choose:{round_id}", [*map(str, places)])
            if " in. The result" in outcome.text:
                self.promises.note(round_id, player, tuple(places))
        else:
            await self._choose(player, card, LETTERS[pick % len(what.options)])

    async def _choose(self, player: str, card: Message, letter: str) -> None:
        outcome = await self.desk.press(player, card, letter)
        for place, each in enumerate(LETTERS):
            if any(f"{words}{each}" in outcome.text for words in ("answer is ", "answer was ")):
                self.promises.note(round_of(card), player, place)
            elif f"{each} is in. The result" in outcome.text:
                assert each == letter, f"pressed {letter}, and told: {outcome.text}"
                self.promises.note(round_of(card), player, place)

    async def _alone(self, player: str, channel: str) -> None:
        """Play two questions alone; an answer whose mark is shown is in."""
        self.done["solo"] += 1
        outcome = await self.desk.run(player, channel, "quiz solo", questions=2)
        for _ in range(2):
            if outcome.answer is None or (first := outcome.answer.button("solo:")) is None:
                return
            round_id = int(first["custom_id"].split(":")[1])
            outcome = await self.desk.press(player, outcome.answer, first["custom_id"])
            if (following := self._following(outcome)) is None:
                return
            self.promises.note(round_id, player, 0)
            outcome = await self.desk.press(player, outcome.message, following)

    def _following(self, outcome: Outcome) -> str | None:
        if outcome.answer is None or (button := outcome.answer.button("solonext:")) is None:
            return None
        return str(button["custom_id"])

    # --- what goes wrong

    async def _go_wrong(self) -> None:
        dice, desk = self.dice, self.desk
        if dice.random() < 0.4:
            kind, options = dice.choice(_ON_THE_WAY)
            route = dice.choice((SEND, EDIT, CALLBACK))
            await self._fault(kind, route=route, times=dice.randrange(1, 4), **options)
        if dice.random() < 0.15:
            kind, options = dice.choice(_ON_DISPATCH)
            await self._fault(kind, times=1, **options)
        if dice.random() < 0.06 and desk.state["bot"]["online"]:
            kind, options = dice.choice(_AT_THE_GATEWAY)
            mark = desk.mark()
            await self._fault(kind, **options)
            await desk.wait_for(lambda e: e["type"] == "bot" and e["online"], since=mark)

    async def _fault(self, kind: str, **options: Any) -> None:
        self.done["faults"] += 1
        await self.desk.fault(kind, **options)

    async def _end_the_bot(self) -> None:
        """After any number of events pull the plug, or ask it to stop; what was not answered has failed."""
        mark, count = self.desk.mark(), self.dice.randrange(12)
        with suppress(AssertionError):
            await self.desk.until(lambda: len(self.desk.events) >= mark + count, patience=0.3)
        if self.dice.random() < 0.7:
            self.done["kills"] += 1
            await self.farside.kill()
        else:
            self.done["stops"] += 1
            assert await self.farside.stop() == 0, self.farside.log()[-4000:]
        await self.farside.forward(4)

    async def _pass_time(self) -> None:
        """Move the clock: by little, past a round's end, by an hour, or to tomorrow."""
        steps = (4, 9, 9, 65, 65, 65, 3600, DAY)
        [seconds] = self.dice.choices(steps, weights=(4, 4, 4, 4, 4, 4, 1, 1))
        if seconds == DAY:
            self.done["days"] += 1
            if self.done["days"] > _MOST_DAYS:
                seconds = 65
        await self.farside.forward(seconds)
