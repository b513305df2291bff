"""Processes that start quickly: forks of one that has imported Farside and the libraries it stands on.

What begins in a fork is the whole program, from its command line on, in a process of its own: with its own
environment, folder and output, and ended by the kernel like any other. What is saved is what costs most of
a start: reading modules, the list of words and the atlas once more, and as much again where coverage is
measured. A program in a folder with another Farside imports that one's modules anew, from there.

The kernel tells when a process has ended (`pidfd`); only the cradle, its parent, may learn with what status.
Where there are no such descriptors (outside Linux) each process is started in the ordinary way.
"""

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).parents[1]
IS_POSSIBLE = hasattr(os, "pidfd_open") and sys.platform == "linux"

LIBRARIES = (
    "aiosqlite", "astronomy", "click", "coverage", "discord.ext.commands", "dotenv", "imagesize", "orjson",
    "platformdirs", "prometheus_client", "psycopg", "rapidfuzz.fuzz", "rapidfuzz.process", "tomllib",
    "tzdata", "uvloop",
)  # fmt: skip
OURS = ("bot.app", "bot.cli.run", "bot.store.postgres.database")
READ = (("bot.quiz.judging", "load_words"), ("bot.services.zones", "atlas"))  # by each bot, and never changed


class Child:
    """A process that the cradle started; what `asyncio.subprocess.Process` is to others."""

    def __init__(self, cradle: "Cradle", pid: int) -> None:
        self._cradle = cradle
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)
        self._status: int | None = None

    @property
    def returncode(self) -> int | None:
        """Return its exit status, the negative signal that ended it, or None while it runs."""
        if self._status is None:
            self._status = self._cradle.ask(ended=self.pid)
            if self._status is not None:
                os.close(self._descriptor)
        return self._status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Return its exit status once it has ended."""
        if self.returncode is None:
            loop, over = asyncio.get_running_loop(), asyncio.Event()
            loop.add_reader(self._descriptor, over.set)
            try:
                await over.wait()
            finally:
                loop.remove_reader(self._descriptor)
        assert self.returncode is not None
        return self.returncode


class Cradle:
    """The process that forks; asked over a socket, one question after another."""

    opened: ClassVar["Cradle | None"] = None  # the one of this process, where it is there

    def __init__(self) -> None:
        ours, its = socket.socketpair()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), str(its.fileno())],
            pass_fds=[its.fileno()],
            cwd=ROOT,
            env=kept,
        )
        its.close()
        self._socket = ours
        self._replies = ours.makefile("r", encoding="utf-8")

    def ask(self, **question: Any) -> Any:
        """Return the answer to a question."""
        self._socket.sendall(json.dumps(question).encode() + b"\n")
        return json.loads(self._replies.readline())

    def start(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path
    ) -> Child:
        """Start `python -m WORDS`; what it prints is added to the file `output`."""
        asked = {"words": list(words), "folder": str(folder), "environment": dict(environment)}
        return Child(self, self.ask(**asked, output=str(output)))

    def close(self) -> None:
        """End it; what it started lives on."""
        self._replies.close()
        self._socket.close()
        self._process.wait()


@contextmanager
def opened() -> Iterator[Cradle | None]:
    """Open a cradle where there can be one."""
    if not IS_POSSIBLE:
        yield None
        return
    cradle = Cradle.opened = Cradle()
    try:
        yield cradle
    finally:
        Cradle.opened = None
        cradle.close()


# ------------------------------------------------------------------------------------------ in the cradle


def rock(descriptor: int) -> None:
    """Answer questions until nobody asks any more; return only in a child that is to become a program."""
    gc.disable()
    sys.path[0] = str(ROOT)
    for name in (*LIBRARIES, *OURS):
        with suppress(ImportError):
            __import__(name)
    for module, made in READ:
        getattr(sys.modules[module], made)()
    gc.freeze()  # what is never looked at again stays shared with all that are forked
    gc.enable()
    with socket.socket(fileno=descriptor) as link, link.makefile("r", encoding="utf-8") as questions:
        for line in questions:
            question = json.loads(line)
            if "ended" in question:
                pid, status = os.waitpid(question["ended"], os.WNOHANG)
                reply = os.waitstatus_to_exitcode(status) if pid else None
            else:
                reply = os.fork()
                if not reply:
                    break
            link.sendall(json.dumps(reply).encode() + b"\n")
        else:
            os._exit(0)
    become(question)


def become(asked: dict[str, Any]) -> None:
    """Be the program that was asked for, as if just started."""
    import runpy

    output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, 256)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    if Path(asked["folder"]) != ROOT and Path("bot").is_dir():
        sys.path[0] = asked["folder"]
        for name in [name for name in sys.modules if name.partition(".")[0] == "bot"]:
            del sys.modules[name]
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        import coverage

        coverage.process_startup()
    module, *arguments = asked["words"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    rock(int(sys.argv[1]))
