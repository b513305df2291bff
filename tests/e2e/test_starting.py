"""Starting: with patience where waiting helps, with one line and a status where it does not."""

import asyncio
import re
import sqlite3
import sys
from contextlib import closing
from math import inf
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.emulator.client import PATIENCE
from tests.e2e.conftest import ROOT, TOKEN, Farside
from tests.e2e.gateways import HELLO, Gateway, closing_with, gateway
from tests.e2e.rounds import start
from tests.e2e.test_running import NOWHERE, farside_says


async def logged(farside: Farside, words: str, *, after: int = 0) -> str:
    """Return the log, from its character `after` on, as soon as it says so."""
    await farside.until(lambda: words in farside.log()[after:])
    return farside.log()[after:]


async def test_what_an_operator_reads_first(farside: Farside) -> None:
    """The log tells as whom the bot is online, in how many servers, what to type, and the invitation."""
    log = await logged(farside, "oauth2/authorize")
    name = farside.desk.state["bot"]["user"]["username"]
    assert f"online as {name}" in log
    assert re.search(r"in 2 servers, with \d+ questions", log)
    assert "/quiz start" in log
    assert f"client_id={farside.desk.bot_id}&scope=bot+applications.commands&permissions=274878008384" in log


async def test_commands_that_are_refused_at_first(farside: Farside) -> None:
    """They are sent again until Discord takes them; the log says that they are missing, once a minute."""
    await farside.stop()
    farside.database.unlink()
    farside.emulator.world.reset()
    refusal = {"message": "Invalid Form Body", "code": 50035, "errors": {}}
    route = "PUT /applications/*/commands"
    await farside.desk.fault("status", status=400, body=refusal, route=route, times=2)
    await farside.desk.fault("status", status=403, body="<html>403</html>", route=route, times=1)
    before = len(farside.log())
    await farside.start(wait=False)
    log = await logged(farside, "commands sent to Discord", after=before)
    assert log.count("the commands could not be sent") == 1
    assert "Traceback" not in log


async def test_a_gateway_that_is_not_well(farside: Farside) -> None:
    """It is tried again with pauses of less than a minute, and one line tells of it, without a traceback."""
    await farside.stop()

    async def talk(made: Gateway, socket: web.WebSocketResponse) -> None:
        if made.connections == 4:  # a stream that is not compressed as was asked for
            await socket.send_bytes(b"\x28\xb5\x2f\xfd garbage")
        elif made.connections == 5:
            await made.ready(socket, shard=None)

    before = len(farside.log())
    async with gateway(farside, talk, refuses=3) as made:
        await farside.start(wait=False)
        log = await logged(farside, "online as", after=before)
        assert made.connections == 5
        assert farside.is_running
    assert log.count("the gateway cannot be reached") == 1
    assert "503" in log
    assert "Traceback" not in log


async def test_a_session_that_cannot_be_read(farside: Farside) -> None:
    """A READY in an odd shape, or garbage in mid-session, costs the connection and not the program."""
    await farside.stop()
    farside.expects_errors = True

    async def talk(made: Gateway, socket: web.WebSocketResponse) -> None:
        if made.connections == 1:
            await made.ready(socket, user=None)
        elif made.connections == 2:
            await socket.send_json(HELLO)
            await socket.send_str("{this is no JSON")
        else:
            await made.ready(socket)

    before = len(farside.log())
    async with gateway(farside, talk):
        await farside.start(wait=False)
        await logged(farside, "online as", after=before)
        assert farside.is_running


async def test_a_gateway_that_falls_silent(farside: Farside) -> None:
    """A heartbeat that is not answered before the next is due ends the connection; one that is does not."""
    await farside.stop()
    closed: list[int | None] = []

    async def talk(made: Gateway, socket: web.WebSocketResponse) -> None:
        hello = {"op": 10, "d": {"heartbeat_interval": 200}}
        await made.ready(socket, hello=hello, answers=5 if made.connections == 1 else inf)
        closed.append(socket.close_code)

    async with gateway(farside, talk) as made:
        await farside.start(wait=False)
        await farside.until(lambda: made.connections == 2)
        assert closed == [4000]


@pytest.mark.parametrize(("code", "expected"), [(4004, 78), (4014, 78), (4013, 1), (4010, 1), (4012, 1)])
async def test_a_gateway_that_closes_for_good(
    farside: Farside, tmp_path: Path, code: int, expected: int
) -> None:
    """Discord's close codes for good end the program with one line; settings are told by their status."""
    await farside.stop()
    farside.expects_errors = True
    async with gateway(farside, closing_with(code)) as made:
        settings = {
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": farside.emulator.api_url,
            "FARSIDE_DATABASE": str(tmp_path / "new.sqlite3"),
            "DISCORD_GATEWAY_URL": made.url,
        }
        status, said = await farside_says(tmp_path, "run", **settings)
        assert status == expected, said
        assert "Traceback" not in said
        assert "Unclosed" not in said
        assert len(said.splitlines()) <= 2
        query = made.queries[-1]
        await farside_says(tmp_path, "doctor", **settings)
        assert made.queries[-1] == query


async def test_the_doctor_sees_what_the_bot_would(farside: Farside, tmp_path: Path) -> None:
    """A gateway that the bot could not read is not well for the doctor either."""

    async def talk(_: Gateway, socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"\x00\x01\x02")

    await farside.stop()
    async with gateway(farside, talk) as made:
        settings = {
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": farside.emulator.api_url,
            "DISCORD_GATEWAY_URL": made.url,
        }
        status, said = await farside_says(tmp_path, "doctor", **settings)
    assert status == 1
    assert "✗ no  gateway" in said


async def test_no_session_is_begun_without_one_left(farside: Farside) -> None:
    """When Discord has no more sessions for the bot, it waits and says so instead of asking for one."""
    await farside.stop()
    limit = {"total": 1000, "remaining": 0, "reset_after": 2000, "max_concurrency": 1}
    told = {"url": farside.emulator.gateway_url, "shards": 1, "session_start_limit": limit}
    await farside.desk.fault("status", status=200, route="GET /gateway/bot", body=told, times=3)
    await farside.start()
    assert "no more sessions" in farside.log()
    await start(farside)


async def test_a_login_that_something_in_between_refuses(farside: Farside) -> None:
    """A 401, 403 or 200 of a captive portal is not Discord's word: it is waited out."""
    await farside.stop()
    for status in (200, 401, 403):
        body = "<html>Please log in to the network</html>"
        await farside.desk.fault("status", status=status, route="GET /users/@me", body=body, times=1)
    await farside.start()
    assert "it is tried again (OddAnswer: something else has answered)" in farside.log()
    assert "Traceback" not in farside.log()
    assert "Unclosed" not in farside.log()
    await start(farside)


# ---------------------------------------------------------------------- an environment that lacks something


async def run_in(folder: Path, *words: str, before: str = "", **environment: str) -> tuple[int, str]:
    """Run the program with nothing else in its environment, after the code `before`."""
    program = f"{before}\nfrom bot.__main__ import main\nmain()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, *words),
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "DISCORD_TOKEN": TOKEN, **NOWHERE, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return process.returncode, printed.decode(environment.get("PYTHONIOENCODING", "utf-8"))


@pytest.mark.parametrize("setting", ["FARSIDE_DATABASE", "FARSIDE_QUESTIONS", "FARSIDE_CLOCK_FILE"])
async def test_a_home_that_is_not_known(tmp_path: Path, setting: str) -> None:
    """One line names the setting, with status 78; the doctor says the same."""
    for command, expected in (("run", 78), ("doctor", 1)):
        environment = {"HOME": str(tmp_path), setting: "~nobodyhere/there"}
        status, said = await run_in(tmp_path, command, **environment)
        assert status == expected
        assert "Traceback" not in said
        assert sum(setting in line for line in said.splitlines()) == 1


NOBODY = """
import os, pwd
def unknown(*_):
    raise KeyError("uid not found")
pwd.getpwuid = pwd.getpwnam = unknown
looked = os.stat
def stat(path, *rest, **more):
    if "closed" in os.fspath(path) if not isinstance(path, int) else False:
        raise PermissionError(13, "Permission denied", path)
    return looked(path, *rest, **more)
os.stat = stat
"""


@pytest.mark.parametrize("setting", [None, "FARSIDE_DATABASE", "FARSIDE_QUESTIONS"])
async def test_a_user_without_a_name(tmp_path: Path, setting: str | None) -> None:
    """Without HOME and a name, and under folders that may not be read: one line for each, status 78."""
    environment = {"FARSIDE_DATABASE": str(tmp_path / "x.sqlite3")} if setting else {}
    if setting:
        environment[setting] = str(tmp_path / "closed" / "inner" / "x")
    for words, expected in ((("run",), 78), (("doctor",), 1), (("db", "check"), 78)):
        status, said = await run_in(tmp_path, *words, before=NOBODY, **environment)
        assert status == expected, said
        assert "Traceback" not in said
        assert (setting or "FARSIDE_DATABASE") in said


async def test_a_database_that_is_locked_at_first(tmp_path: Path) -> None:
    """Waiting helps there, so the status is not that of wrong settings."""
    database = tmp_path / "new.sqlite3"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        status, said = await run_in(tmp_path, "run", FARSIDE_DATABASE=str(database))
    assert status == 1
    assert "Traceback" not in said
    assert "cannot be used at this moment" in said


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
async def test_a_terminal_without_ticks(tmp_path: Path, encoding: str) -> None:
    """The doctor's marks are plain letters there, and names are shown as well as they can be."""
    bank = tmp_path / "Łódź"
    bank.mkdir()
    (bank / "one.yaml").write_text("version: 1\nquestions:\n  - id: a\n", encoding="utf-8")
    environment = {"PYTHONIOENCODING": encoding, "FARSIDE_QUESTIONS": str(bank), "HOME": str(tmp_path)}
    status, said = await run_in(tmp_path, "doctor", **environment)
    assert status == 1
    assert "Traceback" not in said
    lines = said.splitlines()
    assert any(line.startswith("ok  database") for line in lines), said
    assert any(line.startswith("no  bank") for line in lines), said


async def test_an_env_file_with_a_mark_at_its_start(tmp_path: Path) -> None:
    """A byte order mark, as Windows editors write it, costs no setting; one fault is not two."""
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfDISCORD_TOKEN=MTIz.from.file\r\nFARSIDE_LOG_LEVEL=loud\r\n")
    status, said = await farside_says(tmp_path, "run", **NOWHERE)
    assert status == 78
    assert [line.partition(":")[0] for line in said.splitlines()] == ["FARSIDE_LOG_LEVEL"]


WINDOWS = """
import asyncio, builtins, os, signal, sys
import platformdirs, aiohttp  # these know Windows by themselves
for name in ("SIGHUP", "SIGKILL", "SIGUSR1", "SIGQUIT", "SIGALRM", "SIGCHLD"):
    if hasattr(signal, name) and name != "SIGCHLD" and name != "SIGKILL":
        delattr(signal, name)
for name in ("fork", "getuid", "geteuid", "getgid", "killpg", "setsid", "chown", "uname", "getpgid"):
    if hasattr(os, name):
        delattr(os, name)
GONE = {"fcntl", "resource", "pwd", "grp", "termios", "uvloop"}
imported = builtins.__import__
def fail(name, *rest, **more):
    if name.partition(".")[0] in GONE and sys._getframe(1).f_globals.get("__name__", "").startswith("bot"):
        raise ImportError(name)
    return imported(name, *rest, **more)
builtins.__import__ = fail
def refuse(*_):
    raise NotImplementedError
asyncio.unix_events._UnixSelectorEventLoop.add_signal_handler = refuse
from bot.__main__ import main
main()
"""


@pytest.mark.parametrize(
    "words", [("run",), ("preview", "--port", "0", "--no-browser")], ids=["run", "preview"]
)
async def test_without_what_only_unix_has(farside: Farside, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Where signals are heard in another way, and Unix's calls are missing, both start; Ctrl-C ends them."""
    await farside.stop()
    environment: dict[str, Any] = {
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": farside.emulator.api_url,
        "DISCORD_GATEWAY_URL": farside.emulator.gateway_url,
        "FARSIDE_DATABASE": str(tmp_path / "windows.sqlite3"),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WINDOWS, *words),
        cwd=tmp_path,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        said, begun = b"", b"oauth2/authorize" if words == ("run",) else b"Ctrl-C ends"
        async with asyncio.timeout(PATIENCE):
            while begun not in said:
                line = await process.stdout.readline()
                assert line, said.decode()
                said += line
            process.send_signal(2)
            said += await process.stdout.read()
            assert await process.wait() == 0, said.decode()
    finally:
        if process.returncode is None:
            process.kill()
    assert b"Traceback" not in said
