"""The bot's own process: started, watched, killed and started again.

What always holds:
- there is at most one bot process, and none after `stop`;
- a bot that was killed on purpose stays down until somebody starts it;
- one that ended by itself is started again, but not for ever: five ends in a row,
  each within ten seconds of the start, or a fault of configuration, and it stays down.
"""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import bot
from bot.config import EX_CONFIG

_LONG_ENOUGH = 10.0  # seconds of life after which an end counts as the first one again
_GIVE_UP = 5  # ends in a row
_LONGEST = 2**24  # bytes of a line: one may tell thousands of problems
_PATIENCE = 8.0  # seconds for a bot that was asked to stop

# What Unix calls a session is a process group on Windows, where Ctrl-Break takes SIGTERM's place.
_OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
_STOP = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)

Line = Callable[[str], None]
Ended = Callable[[int, list[str], bool], None]


class BotProcess:
    """Runs `python -m bot run` with what `environment()` returns at each start.

    `heard(line)` gets each line that the bot writes, as people read it; `happened(event)`, the events
    that its log names; `ended(status, last_lines, again)` is
    told when it ends by itself, and whether it is started again. `is_refusing` says that it
    stays down because its settings or its bank cannot be used.
    """

    def __init__(
        self,
        environment: Callable[[], Mapping[str, str]],
        *,
        heard: Line,
        ended: Ended,
        happened: Line | None = None,
    ) -> None:
        self._environment = environment
        self._heard = heard
        self._happened = happened
        self._ended = ended
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._last: deque[str] = deque(maxlen=12)
        self._ends = 0
        self._wanted = False
        self.is_refusing = False

    @property
    def pid(self) -> int | None:
        """Return the process's id while it lives."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process is not None else None

    async def start(self) -> None:
        """Start the bot, unless it runs."""
        self._wanted = True
        if self.pid is not None:
            return
        self._ends = 0
        self.is_refusing = False
        await self._spawn()

    async def kill(self) -> None:
        """End the bot as a power cut would; it stays down."""
        self._wanted = False
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        await self._gone()

    async def restart(self) -> None:
        """Kill the bot if it runs, and start it."""
        await self.kill()
        await self.start()

    async def stop(self) -> None:
        """Ask the bot to stop, wait for it, and kill it when it does not."""
        self._wanted = False
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(_STOP)
            try:
                await asyncio.wait_for(process.wait(), _PATIENCE)
            except TimeoutError:
                process.kill()
        await self._gone()

    async def _gone(self) -> None:
        if self._watch is not None:
            await self._watch
            self._watch = None

    async def _spawn(self) -> None:
        self._last.clear()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            env=dict(self._environment()),
            cwd=Path(bot.__file__).parent.parent,  # so that `bot` is this one, wherever we were started
            # A Ctrl-C in the terminal is ours; we ask the bot to stop.
            start_new_session=True,
            creationflags=_OWN_GROUP,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LONGEST,
        )
        if self._process.stdout is not None:
            self._watch = asyncio.create_task(self._read(self._process, self._process.stdout))

    async def _read(self, process: asyncio.subprocess.Process, output: asyncio.StreamReader) -> None:
        began = time.monotonic()
        while line := await output.readline():
            text, event = read_line(line.decode(errors="replace").rstrip())
            self._last.append(text)
            self._heard(text)
            if event and self._happened:
                self._happened(event)
        status = await process.wait()
        if not self._wanted:
            return
        self._ends = 1 if time.monotonic() - began > _LONG_ENOUGH else self._ends + 1
        self.is_refusing = status == EX_CONFIG
        again = status != EX_CONFIG and self._ends < _GIVE_UP
        self._ended(status, list(self._last), again)
        if again:
            await asyncio.sleep(min(4.0, 0.5 * 2.0**self._ends))
            if self._wanted:
                await self._spawn()


def read_line(line: str) -> tuple[str, str | None]:
    """Return a line of the bot's log as people read it, and the event that it tells of; other lines as is."""
    try:
        told = json.loads(line)
        text = f"{told['at'][:19].replace('T', ' ')} {told['level']:7} {told['logger']}: {told['message']}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return line, None
    return "\n".join([text, *([told["error"]] if told.get("error") else [])]), told.get("event")
