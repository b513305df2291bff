"""A person at the desk of a local Discord, for tests of any bot that runs in it.

    async with Emulator(clock_file=...) as emulator, Desk.at(emulator) as desk:
        quiz = desk.channel("quiz")
        outcome = await desk.run(desk.you, quiz, "quiz start", questions=3)   # waits for the answer
        outcome.message.text                        # all that the answer shows
        card = await desk.shown(quiz, lambda m: m.button("A") is not None)    # now, or as soon as it is
        reply = await desk.press(desk.member, card, "A")                      # by label or by custom_id
        reply.message.is_ephemeral, reply.text
        await desk.forward(86_400)                  # tomorrow
        fault = await desk.fault("status", status=500, route="POST /channels/*/messages", times=2)

What always holds:
- nothing sleeps or polls: everything waits for events of the websocket, and what
  waits too long fails with the latest events in its message;
- `run`, `press` and `submit` return when the app has answered (state `done`, `modal` or
  `failed`; also past "thinking"); with `wait=False` at once, for many at a time;
- `messages` and `shown` go by a mirror of all channels kept up to date by events; an act
  returns only when the events of what it did are here;
- `wait_for` looks at the events since the last act began, so none slips through;
- people are named by their ids (`desk.you`, `desk.owner`, `desk.member`, `await
  desk.add_person("Eve")`), channels by `desk.channel(name, guild)`.

A refusal of the desk raises `Refused` with its sentence.
`Desk(url, secret)` works from another process as well; `local_discord()` starts a local
Discord in one. `Line` is the plain line to a desk, without a mirror.
"""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp

from bot.emulator.enums import SELECTS, ComponentType, MessageFlag
from bot.emulator.server import Emulator

Json = dict[str, Any]
PATIENCE = 40.0  # seconds of the machine's clock; a busy one may need many


class Refused(AssertionError):
    """The desk refused; `str(error)` is its sentence and `status` the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield every component of a message, parents first, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        if accessory := component.get("accessory"):
            yield accessory


@dataclass(frozen=True)
class Message:
    """A message as Discord describes it, with what tests ask of one."""

    body: Json

    @property
    def id(self) -> str:
        """Return its id."""
        return str(self.body["id"])

    @property
    def channel_id(self) -> str:
        """Return where it stands."""
        return str(self.body["channel_id"])

    @property
    def author_id(self) -> str:
        """Return who wrote it."""
        return str(self.body["author"]["id"])

    @property
    def is_ephemeral(self) -> bool:
        """Tell whether one person alone sees it."""
        return bool(self.body["flags"] & MessageFlag.EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        """Tell whether it shows that the app is thinking."""
        return bool(self.body["flags"] & MessageFlag.LOADING)

    @property
    def components(self) -> list[Json]:
        """Return every component, nested ones too."""
        return list(walk(self.body["components"]))

    @property
    def text(self) -> str:
        """Return all the words it shows: content, text displays, embeds; not the buttons'."""
        lines = [self.body["content"]]
        lines += [c["content"] for c in self.components if c["type"] == ComponentType.TEXT]
        for embed in self.body["embeds"]:
            lines += [embed.get("title", ""), embed.get("description", "")]
            for entry in embed.get("fields", ()):
                lines += [entry["name"], entry["value"]]
            lines.append(embed.get("footer", {}).get("text", ""))
        return "\n".join(line for line in lines if line)

    @property
    def buttons(self) -> list[Json]:
        """Return the buttons in reading order."""
        return [c for c in self.components if c["type"] == ComponentType.BUTTON]

    @property
    def selects(self) -> list[Json]:
        """Return the select menus in reading order."""
        return [c for c in self.components if c["type"] in SELECTS]

    @property
    def labels(self) -> list[str]:
        """Return the buttons' labels."""
        return [button.get("label", "") for button in self.buttons]

    @property
    def files(self) -> list[Json]:
        """Return the attachments."""
        return list(self.body["attachments"])

    def button(self, name: str) -> Json | None:
        """Return the button with that custom_id, or label, or label's first words."""
        for match in (
            lambda b: b.get("custom_id") == name,
            lambda b: b.get("label") == name,
            lambda b: str(b.get("label", "")).startswith(name + " "),
            lambda b: str(b.get("custom_id", "")).startswith(name),
        ):
            for button in self.buttons:
                if match(button):
                    return button
        return None


@dataclass(frozen=True)
class Outcome:
    """What became of a command, a press or a form: `state` is done, modal, failed (or pending)."""

    id: str
    state: str
    response_type: int | None = None
    answer: Message | None = None
    modal: Json | None = None

    @property
    def message(self) -> Message:
        """Return the message that answers; fail when there is none."""
        if self.answer is None:
            raise AssertionError(f"the app answered without a message: {self}")
        return self.answer

    @property
    def text(self) -> str:
        """Return the answer's words, empty when there is no message."""
        return self.answer.text if self.answer else ""

    @property
    def fields(self) -> list[str]:
        """Return the custom_ids of an open form's fields."""
        parts = list((self.modal or {}).get("components", ()))
        parts += [p["component"] for p in parts if "component" in p]
        parts += [inner for p in parts for inner in p.get("components", ())]
        return [p["custom_id"] for p in parts if "custom_id" in p]


@dataclass
class _Waiting:
    """Somebody who wants to look at each event, from a place in the list on."""

    look: Callable[[], bool]
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Line:
    """A plain line to a desk: questions, acts, and the events that somebody hears."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        # Addresses are looked up by the system: the other resolver does not start on every one.
        connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
        headers = {"Authorization": f"Bearer {secret}"}
        self._session = aiohttp.ClientSession(url, headers=headers, connector=connector)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._session.close()

    async def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        """GET a path of the desk; raise `Refused` on an error."""
        async with self._session.get(path, params=query or {}) as response:
            return await _answer(response)

    async def post(self, path: str, **body: Any) -> Any:
        """POST to a path of the desk; raise `Refused` on an error."""
        async with self._session.post(path, json=body) as response:
            return await _answer(response)

    async def hear(self, as_: str) -> AsyncGenerator[Json]:
        """Yield the events that a person sees, until the line is closed."""
        query = {"as": as_}
        async with self._session.ws_connect("/desk/events", params=query, max_msg_size=0) as socket:
            async for received in socket:
                if received.type is aiohttp.WSMsgType.TEXT:
                    yield json.loads(received.data)


async def _answer(response: aiohttp.ClientResponse) -> Any:
    found = await response.json()
    if response.status >= 400:
        raise Refused(response.status, found["message"])
    return found


class Desk(Line):
    """The desk of one local Discord; see the module's words."""

    _socket: aiohttp.ClientWebSocketResponse
    _reader: asyncio.Task[None]

    def __init__(self, url: str, secret: str, *, log: bool = False) -> None:
        super().__init__(url, secret)
        self._log = log
        self._waiting: list[_Waiting] = []
        self._mirror: dict[str, dict[str, Message]] = {}
        self._guilds: dict[str, Json] = {}
        self._mark = 0
        self._echoes = self._echoed = 0
        self.events: list[Json] = []
        self.state: Json = {}

    @classmethod
    def at(cls, emulator: Emulator, *, log: bool = False) -> "Desk":
        """Return the desk of an emulator in this process."""
        return cls(emulator.url, emulator.secret, log=log)

    async def __aenter__(self) -> Self:
        path = "/desk/events?log=1" if self._log else "/desk/events"
        self._socket = await self._session.ws_connect(path, max_msg_size=0)
        self._reader = asyncio.create_task(self._read(self._socket))
        await self.refresh()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()
        await super().__aexit__(*exc)

    async def refresh(self) -> Json:
        """Fetch the state and the messages anew; return the state as the first person sees it."""
        self.state = await self.get("/desk/state")
        owner = await self.get("/desk/state", {"as": self.owner})
        self._guilds = {g["id"]: g for g in owner["guilds"]}
        places = [c["id"] for guild in owner["guilds"] for c in guild["channels"] if c["type"] != 4]
        for channel_id in places:
            query = {"as": self.owner, "limit": "500"}
            for body in await self.get(f"/desk/channels/{channel_id}/messages", query):
                self._mirror.setdefault(channel_id, {})[body["id"]] = Message(body)
        return self.state

    async def post(self, path: str, **body: Any) -> Any:
        """POST to a path of the desk, and wait until the events of what it did are here."""
        self._mark = len(self.events)
        found = await super().post(path, **body)
        await self._catch_up()
        return found

    async def _catch_up(self) -> None:
        """Wait until every event of what has been done so far is here: an echo comes after them."""
        self._echoes += 1
        number = str(self._echoes)
        await self._socket.send_str(number)
        await self.until(lambda: self._echoed >= int(number))

    # --- who and where

    def _person(self, place: int) -> str:
        people = [user["id"] for user in self.state["users"] if not user["bot"]]
        return str(people[place])

    @property
    def you(self) -> str:
        """Return the first person's id: a member."""
        return self._person(0)

    @property
    def owner(self) -> str:
        """Return the servers' owner's id."""
        return self._person(1)

    @property
    def member(self) -> str:
        """Return another member's id."""
        return self._person(2)

    @property
    def bot_id(self) -> str:
        """Return the bot's id."""
        return str(self.state["bot"]["user"]["id"])

    async def guild(self, name: str = "Tranquility") -> Json:
        """Return a server as its owner sees it now."""
        found = await self.get("/desk/state", {"as": self.owner})
        return next(guild for guild in found["guilds"] if guild["name"] == name)

    def channel(self, name: str, guild: str = "Tranquility") -> str:
        """Return the id of a server's channel by its name."""
        found = next(g for g in self._guilds.values() if g["name"] == guild)
        return next(str(c["id"]) for c in found["channels"] if c["name"] == name)

    async def dm(self, person: str) -> str:
        """Return the direct channel of a person with the bot."""
        found = await self.get("/desk/state", {"as": person})
        with_bot = (c for c in found["dms"] if any(u["id"] == self.bot_id for u in c["recipients"]))
        return str(next(with_bot)["id"])

    async def add_person(
        self, name: str, guild_id: str | None = None, permissions: tuple[str, ...] = ()
    ) -> str:
        """Add a person to a server; return their id."""
        body = {"name": name, "guild_id": guild_id, "permissions": list(permissions)}
        return str((await self.post("/desk/people", **body))["id"])

    async def add_channels(self, name: str, count: int, guild_id: str | None = None) -> list[str]:
        """Add so many channels at once, named NAME-1 and so on; return their ids."""
        made = await self.post("/desk/channels", name=name, count=count, guild_id=guild_id)
        return [str(channel["id"]) for channel in made["channels"]]

    async def permit(
        self, channel: str, who: str, *, allow: tuple[str, ...] = (), deny: tuple[str, ...] = ()
    ) -> None:
        """Set what a member (the bot too) may do in a channel; nothing given takes it back."""
        await self.post("/desk/permissions", channel_id=channel, user_id=who, allow=allow, deny=deny)

    # --- acting

    async def run(
        self,
        as_: str,
        channel: str,
        name: str,
        /,
        *,
        wait: bool = True,
        target_id: str | None = None,
        **options: Any,
    ) -> Outcome:
        """Use a command by its whole name; options by their names."""
        body: Json = {"as": as_, "channel_id": channel, "name": name, "options": options}
        if target_id is not None:
            body["target_id"] = target_id
        return await self._outcome(await self.post("/desk/commands", **body), wait=wait)

    async def complete(self, as_: str, channel: str, name: str, focused: str, **options: Any) -> list[str]:
        """Return the names that autocomplete suggests for the option being typed."""
        body = {"as": as_, "channel_id": channel, "name": name, "focused": focused, "options": options}
        found = await self.post("/desk/autocomplete", **body)
        return [str(choice["name"]) for choice in found["choices"]]

    async def press(
        self, as_: str, message: Message, name: str, values: list[str] | None = None, *, wait: bool = True
    ) -> Outcome:
        """Press a button by custom_id or label, or choose values in a select menu by custom_id."""
        button = message.button(name)
        custom_id = button["custom_id"] if button and "custom_id" in button else name
        body = {"as": as_, "message_id": message.id, "custom_id": custom_id, "values": values}
        return await self._outcome(await self.post("/desk/press", **body), wait=wait)

    async def submit(self, as_: str, opened: Outcome, *, wait: bool = True, **values: Any) -> Outcome:
        """Send in the form that an outcome opened; fields by custom_id."""
        body = {"as": as_, "interaction_id": opened.id, "values": values}
        return await self._outcome(await self.post("/desk/modal", **body), wait=wait)

    async def _outcome(self, begun: Json, *, wait: bool) -> Outcome:
        if not wait:
            return Outcome(begun["interaction_id"], "pending")
        return await self.outcome(begun["interaction_id"])

    async def outcome(self, interaction_id: str) -> Outcome:
        """Wait until an interaction is done, has opened a form, or has failed."""
        query = {"wait": str(PATIENCE), "until": "done"}
        found = await self.get(f"/desk/interactions/{interaction_id}", query)
        await self._catch_up()
        answer = Message(found["message"]) if "message" in found else None
        return Outcome(found["id"], found["state"], found["response_type"], answer, found.get("modal"))

    async def say(self, as_: str, channel: str, content: str, *, reply_to: Message | None = None) -> Message:
        """Let a person write, or reply to a message, which pings its author."""
        body: Json = {"as": as_, "channel_id": channel, "content": content}
        if reply_to is not None:
            body["message_reference"] = {"message_id": reply_to.id}
        return Message(await self.post("/desk/messages", **body))

    async def delete(self, as_: str, message: Message) -> None:
        """Let a person delete a message."""
        await self.post("/desk/messages/delete", **{"as": as_}, message_id=message.id)

    async def dismiss(self, as_: str, message: Message) -> None:
        """Put an ephemeral message away."""
        await self.post("/desk/dismiss", **{"as": as_}, message_id=message.id)

    # --- time and trouble

    async def forward(self, seconds: float) -> None:
        """Move the world's clock (and through its file the bot's) forward."""
        await self.post("/desk/clock", forward=seconds)

    async def fault(self, kind: str, **options: Any) -> str:
        """Let something go wrong, as the desk's contract describes; return the fault's id."""
        return str((await self.post("/desk/faults", kind=kind, **options))["id"])

    async def clear_faults(self, fault_id: str | None = None) -> None:
        """End one fault, or all; what is held is let go."""
        await self.post("/desk/faults/clear", id=fault_id)

    async def reset(self) -> None:
        """Make the world as at start."""
        await self.post("/desk/reset")
        self._mirror.clear()
        await self.refresh()

    async def log(self, since: int = 0) -> list[Json]:
        """Return the log's entries after one."""
        entries: list[Json] = (await self.get("/desk/log", {"since": str(since)}))["entries"]
        return entries

    async def problems(self) -> list[str]:
        """Return where the bot's requests broke Discord's description, each with its request."""
        return [
            f"{entry['method']} {entry['path']}: {problem}"
            for entry in await self.log()
            for problem in entry["problems"]
        ]

    # --- seeing and waiting

    def messages(self, channel: str, as_: str | None = None) -> list[Message]:
        """Return a channel's messages as they came; ephemeral ones only of the person named."""
        found = list(self._mirror.get(channel, {}).values())
        if as_ is None:
            return [m for m in found if not m.is_ephemeral]
        return [m for m in found if not m.is_ephemeral or _reader(m) == as_]

    async def shown(
        self,
        channel: str,
        predicate: Callable[[Message], bool],
        as_: str | None = None,
        *,
        patience: float = PATIENCE,
    ) -> Message:
        """Return the latest message that fits, now or as soon as there is one."""

        def fitting() -> Message | None:
            return next((m for m in reversed(self.messages(channel, as_)) if predicate(m)), None)

        await self.until(lambda: fitting() is not None, patience=patience)
        if (found := fitting()) is None:
            raise AssertionError("the message was there, and has gone again")
        return found

    async def wait_for(
        self, predicate: Callable[[Json], bool], *, since: int | None = None, patience: float = PATIENCE
    ) -> Json:
        """Return the first event that fits, among those since the last act began (or since a `mark`)."""
        place = self._mark if since is None else since
        found: list[Json] = []

        def look() -> bool:
            nonlocal place
            while place < len(self.events):
                event = self.events[place]
                place += 1
                if predicate(event):
                    found.append(event)
                    return True
            return False

        await self.until(look, patience=patience)
        return found[0]

    def mark(self) -> int:
        """Return a place in the events, for `wait_for(..., since=)`."""
        return len(self.events)

    async def online(self, *, is_online: bool = True) -> None:
        """Wait until the bot is connected to the gateway (or is not)."""
        await self.until(lambda: self.state["bot"]["online"] == is_online)

    async def commands(self, *names: str) -> list[str]:
        """Wait until the bot is there and has registered those commands; return all their names."""

        def there() -> bool:
            listed = {c["name"] for c in self.state.get("commands", ())}
            return bool(listed) and listed >= set(names) and self.state["bot"]["online"]

        await self.until(there)
        return [c["name"] for c in self.state["commands"]]

    async def until(self, condition: Callable[[], bool], *, patience: float = PATIENCE) -> None:
        """Wait until a condition holds; it is looked at now and after each event."""
        if condition():
            return
        waiting = _Waiting(condition)
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(patience):
                await waiting.done
        except TimeoutError:
            heard = "\n".join(json.dumps(event)[:300] for event in self.events[-8:])
            raise AssertionError(f"waited {patience} s in vain; the latest events:\n{heard}") from None
        finally:
            self._waiting.remove(waiting)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for received in socket:
            if received.type is not aiohttp.WSMsgType.TEXT:
                continue
            event: Json = json.loads(received.data)
            if event["type"] == "echo":
                self._echoed = int(event["text"])
            else:
                self._follow(event)
                self.events.append(event)
            for waiting in list(self._waiting):
                if not waiting.done.done() and waiting.look():
                    waiting.done.set_result(None)

    def _follow(self, event: Json) -> None:
        """Keep the mirror and the state up to date."""
        kind = event["type"]
        if kind in ("message_create", "message_update"):
            message = Message(event["message"])
            self._mirror.setdefault(message.channel_id, {})[message.id] = message
        elif kind == "message_delete":
            self._mirror.get(event["channel_id"], {}).pop(event["id"], None)
        elif kind == "guild_update":
            self._guilds[event["guild"]["id"]] = event["guild"]
        elif (
            kind in ("channel_create", "channel_delete") and event["channel"].get("guild_id") in self._guilds
        ):
            channels = self._guilds[event["channel"]["guild_id"]]["channels"]
            channels[:] = [c for c in channels if c["id"] != event["channel"]["id"]]
            channels += [event["channel"]] if kind == "channel_create" else []
        elif kind == "bot" and self.state:
            self.state["bot"]["online"] = event["online"]
        elif kind == "commands_update":
            self.state["commands"] = event["commands"]
        elif kind == "people_update":
            self.state["users"] = event["users"]


def _reader(message: Message) -> str:
    """Return who alone sees an ephemeral message."""
    metadata = message.body.get("interaction_metadata") or {}
    return str(metadata.get("user", {}).get("id"))


@dataclass(frozen=True)
class LocalDiscord:
    """A local Discord in a process of its own."""

    url: str
    api_url: str
    gateway_url: str
    secret: str
    pid: int


@asynccontextmanager
async def local_discord(
    *arguments: str, clock_file: Path | None = None, openapi: Path | None = None
) -> AsyncIterator[LocalDiscord]:
    """Run `python -m bot.emulator` with those arguments; end it afterwards."""
    given = list(arguments)
    if clock_file is not None:
        given += ["--clock-file", str(clock_file)]
    if openapi is not None:
        given += ["--openapi", str(openapi)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.emulator", *given, stdout=asyncio.subprocess.PIPE
    )
    if process.stdout is None:
        raise AssertionError("a pipe was asked for")
    try:
        line = json.loads(await process.stdout.readline())
        line.pop("page")
        yield LocalDiscord(**line, pid=process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
