"""A preview: the local Discord, the bot's process, simulated players and the bank's watch, joined.

What always holds:
- after `close` nothing of it runs, and nothing is left on disk that nobody asked to keep;
- the token is made up, and the bot is given no address but this machine's.
"""

import asyncio
import random
import secrets
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Self

import aiohttp

from bot.config import child_environment
from bot.emulator import Emulator
from bot.emulator.client import Line, Refused
from bot.preview.bankwatch import BankWatch, Notice
from bot.preview.players import HABITS, Players
from bot.preview.process import BotProcess
from bot.preview.review import ReviewDesk
from bot.quiz.question import Question
from bot.services.library import BANK_LOOKED_AT

_PORT = 8474  # tried first, so that a link into the page still holds tomorrow
_YOU = "Robin"
_RELOAD_PATIENCE = 3.0  # seconds
_ABOUT = {
    "title": "Farside, a quiz about the far side of the Moon",
    "text": "The real bot in a Discord of your own: no account, and nothing leaves this machine. "
    "Press /quiz start and Enter to play. “Let players answer” lets four others play along; "
    "at the bottom left you become somebody else.",
    "commands": ["quiz start", "fact today", "leaderboard", "schedule add", "help"],
    "direct": ["quiz solo", "fact today", "profile", "help"],
}
_COME, _GO = "let_players_answer", "send_players_away"


@dataclass(frozen=True, slots=True)
class PreviewOptions:
    """What a person may choose; `port` None means the usual one, or a free one where that is taken.

    Nothing is written but inside `writes`, the bank that was named on the command line.
    """

    questions: Path
    writes: Path | None = None
    port: int | None = None
    state: Path | None = None
    openapi: Path | None = None
    seed: int | None = None
    processes: int = 1
    postgres: str | None = None  # the database of several processes


class Preview:
    """Make it in a running loop, open it with `async with`; `address` is the page's.

    `say(text)` gets what its user is told, `log(line)` each line that the bot writes.
    """

    _desk: Line  # there while the doors are open

    def __init__(
        self, options: PreviewOptions, *, say: Callable[[str], None], log: Callable[[str], None]
    ) -> None:
        self._options = options
        self._say = say
        self._folder = options.state or Path(tempfile.mkdtemp(prefix="farside-preview-"))
        self._folder.mkdir(parents=True, exist_ok=True)
        self._clock_file = self._folder / "clock"
        self._clock_file.unlink(missing_ok=True)
        self._notices: dict[str, Notice] = {}
        self._tasks: list[asyncio.Task[None]] = []
        # The emulator reads this whenever somebody asks, so that what cannot be done now is not offered.
        self._controls: dict[str, Callable[[], Awaitable[None]]] = {
            "greet": self._greet,
            _COME: self._players_come,
        }
        if options.postgres is None:  # what is in somebody's PostgreSQL is not ours to delete
            self._controls["start_over"] = self._start_over
        self.emulator = Emulator(
            clock_file=self._clock_file,
            openapi=options.openapi,
            controls=self._controls,
            about=_ABOUT,
            annexes=[ReviewDesk(options.writes).annex()] if options.writes is not None else [],
        )
        self.emulator.world.name_bot("Farside")
        self.emulator.world.reset()  # its role bears its name
        self._name_you()
        self._reloaded = asyncio.Event()
        self._bot_token = f"preview.{secrets.token_urlsafe(18)}"
        self.bots = [self._bot(number, log) for number in range(1, options.processes + 1)]
        self._watch = BankWatch(options.questions, self._bank_changed, writes=options.writes)
        self.players = Players(
            self, self._questions, self.emulator.world.clock.now, random.Random(options.seed)
        )

    def _bot(self, number: int, log: Callable[[str], None]) -> BotProcess:
        """Make one of the processes, and the controls by which it is killed and started."""
        name = self._name_of(number)

        def heard(line: str) -> None:
            log(f"{name.removeprefix('the ')} | {line}")

        bot = BotProcess(
            partial(self._bot_environment, number),
            heard=heard,
            ended=partial(self._bot_ended, name),
            happened=self._bot_told,
        )
        control = name.removeprefix("the ").replace(" ", "_")
        self._controls[f"kill_{control}"] = partial(self._kill, bot, name)
        self._controls[f"restart_{control}"] = partial(self._restart, bot, name)
        return bot

    def _name_of(self, number: int) -> str:
        return f"bot {number}" if self._options.processes > 1 else "the bot"

    async def _found_servers(self) -> None:
        """Have a shard for each process, and a server on each, so that all have something to do."""
        count = self._options.processes
        await self._desk.post("/desk/gateway", shards=count)
        empty = set(range(count)) - {(int(guild) >> 22) % count for guild in self.emulator.world.guilds}
        while empty:
            await self._desk.post("/desk/guilds", name="Another server")
            newest = int([*self.emulator.world.guilds][-1])
            shard = (newest >> 22) % count
            if shard in empty:
                empty.discard(shard)
                for person in [*self.emulator.world.users.values()]:
                    if not person.bot:
                        with suppress(Refused):  # who is there already
                            await self._desk.post("/desk/people", user_id=person.id, guild_id=str(newest))
            else:
                await self._desk.post("/desk/guilds/leave", guild_id=str(newest))

    def _name_you(self) -> None:
        """Give you a name: “You starts a quiz” reads badly."""
        you = next(user for user in self.emulator.world.users.values() if not user.bot)
        you.global_name = _YOU

    @property
    def address(self) -> str:
        """Return the page's address, with the session's secret and the channel where one plays."""
        return f"{self.emulator.url}/?key={self.emulator.secret}#channel/quiz"

    async def __aenter__(self) -> Self:
        await self._open_doors()
        if self._options.processes > 1:
            await self._found_servers()
        for bot in self.bots:
            await bot.start()
        self._tasks = [asyncio.create_task(self._watch_bank()), asyncio.create_task(self._listen())]
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.players.leave()
        await asyncio.gather(*(bot.stop() for bot in self.bots))
        await self._desk.__aexit__(*exc)
        await self.emulator.close()
        if self._options.state is None:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _open_doors(self) -> None:
        if self._options.port is not None:
            await self.emulator.start(port=self._options.port)
        else:
            try:
                await self.emulator.start(port=_PORT)
            except OSError:
                await self.emulator.start(port=0)
        self._desk = Line(self.emulator.url, self.emulator.secret)

    def _bot_environment(self, number: int) -> dict[str, str]:
        return child_environment(
            DISCORD_TOKEN=self._bot_token,
            DISCORD_API_URL=self.emulator.api_url,
            DISCORD_GATEWAY_URL=self.emulator.gateway_url,
            FARSIDE_DATABASE=self._options.postgres or str(self._folder / "farside.sqlite3"),
            FARSIDE_MEMBER=f"bot {number}",
            FARSIDE_QUESTIONS=str(self._options.questions.resolve()),
            FARSIDE_CLOCK_FILE=str(self._clock_file),
            FARSIDE_LOG_LEVEL="INFO",
            FARSIDE_LOG_FORMAT="json",
            FARSIDE_RELOAD="1",
            PYTHONUNBUFFERED="1",
        )

    # --- what people are told

    def _tell(self, notice: Notice) -> None:
        if notice.level == "error" or notice.key == "bank":
            self._notices[notice.key] = notice  # it still holds for a page that opens later
        else:
            self._notices.pop(notice.key, None)
        self.emulator.announce("notice", **asdict(notice))
        self._say("\n  ".join([notice.title, *notice.problems]))

    async def _greet(self) -> None:
        """Tell a page that has just opened what still holds."""
        for notice in self._notices.values():
            self.emulator.announce("notice", **asdict(notice))

    def _bot_told(self, event: str) -> None:
        if event == BANK_LOOKED_AT:
            self._reloaded.set()

    async def _watch_bank(self) -> None:
        """Tell what the bank holds, now and whenever it changes."""
        self._tell(await self._watch.load())
        await self._watch.run()

    async def _bank_changed(self, notice: Notice) -> None:
        """Tell what the bank holds once the bot has seen it too: the next question uses what is told."""
        if any(bot.pid is not None for bot in self.bots):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._reloaded.wait(), _RELOAD_PATIENCE)
        self._reloaded.clear()
        self._tell(notice)
        for number, bot in enumerate(self.bots, 1):
            if notice.level == "info" and bot.is_refusing:  # the faults that it refused are mended
                self._tasks.append(asyncio.create_task(self._restart(bot, self._name_of(number))))

    def _bot_ended(self, name: str, status: int, last: list[str], again: bool) -> None:
        ending = (
            "it is started again"
            if again
            else f"mend the cause, then press “Restart {name.removeprefix('the ')}”"
        )
        title = f"{name.capitalize()} has ended with status {status}: {ending}"
        self._tell(Notice("error", title, key=name, problems=tuple(last)))

    # --- what people can do

    async def _kill(self, bot: BotProcess, name: str) -> None:
        await bot.kill()
        others = " (the others take over)" if any(one.pid is not None for one in self.bots) else ""
        back = f"“Restart {name.removeprefix('the ')}” brings it back"
        self._tell(Notice("info", f"{name.capitalize()} was killed{others}; {back}", key=name))

    async def _restart(self, bot: BotProcess, name: str) -> None:
        await bot.restart()
        self._tell(Notice("info", f"{name.capitalize()} was started anew", key=name))

    async def _start_over(self) -> None:
        """Empty the world and the bot's database, and set the clock right."""
        for bot in self.bots:
            await bot.kill()
        await self._players_go()
        for file in self._folder.glob("farside.sqlite3*"):
            file.unlink(missing_ok=True)
        await self._desk.post("/desk/clock", offset=0)
        await self._desk.post("/desk/reset")
        self._name_you()
        for bot in self.bots:
            await bot.start()

    async def _players_come(self) -> None:
        guild = (await self._desk.get("/desk/state"))["guilds"][0]
        there = {member["user"]["global_name"]: member["user"]["id"] for member in guild["members"]}
        for habit in HABITS:
            if habit.name not in there:
                user = await self._desk.post("/desk/people", name=habit.name, guild_id=guild["id"])
                there[habit.name] = user["id"]
            self.players.people[there[habit.name]] = habit
        self._swap_control(_COME, _GO, self._players_go)
        await self._read_what_is_open()

    async def _players_go(self) -> None:
        await self.players.leave()
        self._swap_control(_GO, _COME, self._players_come)

    def _swap_control(self, old: str, new: str, action: Callable[[], Awaitable[None]]) -> None:
        self._controls.pop(old, None)
        self._controls[new] = action
        self.emulator.announce("controls", controls=list(self._controls))

    # --- simulated players at the desk

    def _questions(self) -> Iterator[Question]:
        return iter(self._watch.bank.questions) if self._watch.bank is not None else iter(())

    async def _listen(self) -> None:
        """Read along as the owner, who sees every channel; for ever."""
        while True:
            with suppress(aiohttp.ClientError, Refused):
                async with aclosing(self._desk.hear(await self._owner())) as events:
                    async for event in events:
                        if event["type"] in ("message_create", "message_update"):
                            self.players.look(event["message"])
            await asyncio.sleep(0.5)

    async def _read_what_is_open(self) -> None:
        """Let players who have just come answer the rounds that are open already."""
        owner = await self._owner()
        for channel in (await self._desk.get("/desk/state"))["guilds"][0]["channels"]:
            if channel["type"] == 0:
                path = f"/desk/channels/{channel['id']}/messages"
                for message in await self._desk.get(path, {"as": owner, "limit": "5"}):
                    self.players.look(message)

    async def _owner(self) -> str:
        return str((await self._desk.get("/desk/state"))["guilds"][0]["owner_id"])

    async def press(self, user_id: str, message_id: str, custom_id: str, values: Sequence[str] = ()) -> None:
        """Press as a simulated player; the round may be over, the message gone: people miss rounds too."""
        with suppress(aiohttp.ClientError, Refused):
            press = {"as": user_id, "message_id": message_id, "custom_id": custom_id}
            await self._desk.post("/desk/press", **press, **({"values": list(values)} if values else {}))

    async def answer(self, user_id: str, channel_id: str, text: str) -> None:
        """Answer in words as a simulated player; likewise."""
        with suppress(aiohttp.ClientError, Refused):
            command = {"as": user_id, "channel_id": channel_id, "name": "answer", "options": {"text": text}}
            await self._desk.post("/desk/commands", **command)
