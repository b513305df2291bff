"""What a machine asks of a running Farside: over HTTP, by `farside health`, and as systemd does."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.emulator.client import PATIENCE
from tests.e2e.conftest import ROOT, Farside
from tests.e2e.play import full_disk
from tests.e2e.rounds import start


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def address() -> str:
    """Where the bot is to listen."""
    return f"127.0.0.1:{free_port()}"


async def ask(address: str, path: str) -> tuple[int, str]:
    """Return the status and the text of an answer."""
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}{path}") as answer:
        return answer.status, await answer.text()


async def told(address: str, *options: str) -> tuple[int, str]:
    """Return the exit status and the words of `farside health`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "health", *options),
        cwd=ROOT,
        env={**os.environ, "FARSIDE_HTTP": address},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    words, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, words.decode()


async def again(farside: Farside, **environment: str) -> None:
    """Start the bot anew with other settings."""
    await farside.stop()
    farside.environment = environment
    await farside.restart()


async def test_a_well_bot_says_so(farside: Farside, address: str) -> None:
    """200 on both questions, and numbers that follow what people do; nothing of a person among them."""
    await again(farside, FARSIDE_HTTP=address)
    async with asyncio.timeout(PATIENCE):
        while (await ask(address, "/readyz"))[0] != 200:
            await farside.desk.run(farside.desk.you, farside.desk.channel("general"), "about")
    assert await ask(address, "/healthz") == (200, "ok\n")
    assert await told(address) == (0, "ok\n")
    card = await start(farside)
    await farside.desk.press(farside.desk.you, card, "A")
    status, numbers = await ask(address, "/metrics")
    assert status == 200
    assert 'farside_presses_total{outcome="in"} 1.0' in numbers
    assert "farside_rounds_open 1.0" in numbers
    assert "farside_commit_seconds_count" in numbers
    assert 'farside_rest_requests_total{act="send",status="200"}' in numbers
    assert farside.desk.you not in numbers


async def test_where_nothing_can_be_stored(farside: Farside, address: str) -> None:
    """On a full disk nobody can play, so Farside is not ready and says why; with room again it is."""
    await again(farside, FARSIDE_HTTP=address)
    async with asyncio.timeout(PATIENCE):
        while (await ask(address, "/readyz"))[0] != 200:
            await farside.desk.run(farside.desk.you, farside.desk.channel("general"), "about")
    card = await start(farside)
    async with full_disk(farside):
        assert "does not count" in (await farside.desk.press(farside.desk.you, card, "A")).text
        assert await ask(address, "/readyz") == (503, "nothing can be stored; the log says why\n")
        assert await ask(address, "/healthz") == (200, "ok\n"), "another start would change nothing"
    assert "A is in" in (await farside.desk.press(farside.desk.you, card, "A")).text
    assert await ask(address, "/readyz") == (200, "ok\n")


async def test_a_lost_database_does_not_look_healthy(farside: Farside, address: str) -> None:
    """Where the file is gone nobody is told that all is well."""
    farside.expects_errors = True
    await again(farside, FARSIDE_HTTP=address)
    for file in farside.database.parent.glob("farside.sqlite3*"):
        file.unlink()
    try:
        status, words = await ask(address, "/healthz")
    except aiohttp.ClientError:
        return  # it has ended already, to be started anew
    assert status == 503
    assert "database" in words


async def test_nobody_listens_unless_asked_to(farside: Farside, address: str) -> None:
    """Without the setting there is no port, and `farside health` says so."""
    with pytest.raises(aiohttp.ClientError):
        await ask(address, "/healthz")
    status, words = await told(address)
    assert status == 1
    assert "no answer" in words


async def test_a_port_that_is_taken(farside: Farside) -> None:
    """The program says in one line why it cannot go on."""
    farside.expects_errors = True
    await farside.stop()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        farside.environment = {"FARSIDE_HTTP": f"127.0.0.1:{other.getsockname()[1]}"}
        await farside.start(wait=False)
        async with asyncio.timeout(PATIENCE):
            status = await farside.ended()
    assert status == 1
    assert "FARSIDE_HTTP" in farside.log()
    assert "Traceback" not in farside.log()


@pytest.mark.long
async def test_systemd_hears_of_us(farside: Farside, tmp_path: Path) -> None:
    """READY=1 once people can play, a beat twice within the watchdog's time, STOPPING=1 at the end."""
    path = str(tmp_path / "notify")
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        listener.setblocking(False)
        await farside.stop()
        farside.environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"}
        await farside.start()
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE):
            while not {"READY", "WATCHDOG"} <= {message.partition("=")[0] for message in heard}:
                heard.append((await loop.sock_recv(listener, 4096)).decode())
            await farside.stop()
            while "STOPPING=1" not in heard:
                heard.append((await loop.sock_recv(listener, 4096)).decode())
    assert any("questions" in message for message in heard)
