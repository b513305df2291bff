"""Secrets: whatever goes wrong on the way to Discord, nothing that the program writes holds one.

Between the bot and its local Discord stands a proxy that can go mad: it then
tells the bot its own request back, with all headers, as such programs do.
"""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.emulator.client import PATIENCE
from tests.e2e.conftest import ROOT, Farside
from tests.e2e.rounds import opened
from tests.e2e.test_running import farside_says

SECRET = "MTE4MDAwMDAwMDAwMDAwMDAwMA.GqZk3x.s3cret-Part_of0the1token2that3nobody4reads"
PERCENT = SECRET.replace(".", "%2E").replace("-", "%2D")


def echo_html(request: str) -> bytes:
    """Answer as a debugging proxy: a page with the request in it."""
    return answer("503 Service Unavailable", "text/html", f"<html><pre>{request}</pre></html>")


def echo_refusal(request: str) -> bytes:
    """Answer as a gateway that forbids it, quoting the request in JSON that is not Discord's."""
    quoted = request.replace('"', "'").replace("\r\n", " | ")
    return answer("403 Forbidden", "application/json", f'{{"message": "{quoted}"}}')


def echo_refusal_of_discord(request: str) -> bytes:
    """Answer in Discord's shape, with the request in the words."""
    quoted = request.replace('"', "'").replace("\r\n", " | ")
    return answer("400 Bad Request", "application/json", f'{{"message": "{quoted}", "code": 50035}}')


def echo_raw(request: str) -> bytes:
    """Answer with what is no HTTP at all."""
    return f"{request}\r\n\r\n".encode()


def echo_header(request: str) -> bytes:
    """Answer with a header that cannot be read."""
    return f"HTTP/1.1 200 OK\r\nX-Bad\x00{SECRET}: {request.replace(chr(10), ' ')}\r\n\r\n".encode()


def redirect(request: str) -> bytes:
    """Send the bot where it cannot go, with its own credentials in the address."""
    where = f"gopher://{SECRET}@x/?t={PERCENT}"
    return f"HTTP/1.1 307 Away\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()


def cut_short(request: str) -> bytes:
    """Hang up in the middle."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{SECRET}".encode()


def answer(status: str, kind: str, body: str) -> bytes:
    """Return a whole answer."""
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n"
        f"Connection: close\r\n\r\n{body}"
    ).encode()


MOODS = [echo_html, echo_refusal, echo_refusal_of_discord, echo_raw, echo_header, redirect, cut_short]


async def test_a_token_in_the_wrong_place(tmp_path: Path) -> None:
    """Pasted into another setting, whole or in part, it is not told when that is told to be wrong."""
    secret = SECRET.rpartition(".")[2]
    (tmp_path / ".env").write_text(f"\ufeffDISCORD_TOKEN='{SECRET}'\n", encoding="utf-8")
    wrong = dict.fromkeys(("FARSIDE_OPERATORS", "FARSIDE_HTTP", "DISCORD_API_URL"), f"x {SECRET}")
    wrong |= dict.fromkeys(("FARSIDE_LOG_LEVEL", "FARSIDE_QUESTIONS", "FARSIDE_KEEP_DAYS"), secret)
    status, printed = await farside_says(tmp_path, "run", **wrong)
    assert status == 78
    assert len(printed.splitlines()) == len(wrong)
    assert secret not in printed


class Proxy:
    """Passes requests on, but those whose line matches `mad` get `mood`'s answer."""

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.port = 0
        self.mad: re.Pattern[str] | None = None
        self.mood = echo_html
        self.seen = asyncio.Event()  # a request got that answer
        self.secrets = {SECRET}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request, and hang up."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"(?im)^content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            line, _, headers = head.partition("\r\n")
            if found := re.search(r"/(?:interactions|webhooks)/\d+/([^/ ?]+)", line):
                self.secrets.add(found[1])
            if self.mad is not None and self.mad.search(line):
                writer.write(self.mood(head.rstrip()))
                self.seen.set()
            else:
                headers = re.sub(r"(?im)^(connection|host): .*\r\n", "", headers)
                ours = f"Host: 127.0.0.1:{self.upstream}\r\nConnection: close"
                writer.write(await self._pass(f"{line}\r\n{ours}\r\n{headers}".encode() + body))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _pass(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        writer.write(request)
        found = await reader.read()
        writer.close()
        return found


@asynccontextmanager
async def proxy_of(farside: Farside) -> AsyncIterator[Proxy]:
    """Stand between the bot and its Discord."""
    proxy = Proxy(int(farside.emulator.url.rpartition(":")[2]))
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()


@pytest.mark.parametrize("mood", MOODS, ids=[mood.__name__ for mood in MOODS])
async def test_a_mad_proxy(farside: Farside, tmp_path: Path, mood: object) -> None:
    """Through login, commands, callbacks, messages and searches no secret is written at any level."""
    farside.expects_errors = True
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    await farside.stop()
    async with proxy_of(farside) as proxy:
        proxy.mood = mood  # type: ignore[assignment]
        farside.environment = {
            "DISCORD_TOKEN": SECRET,
            "DISCORD_API_URL": f"http://127.0.0.1:{proxy.port}/api/v10",
            "FARSIDE_LOG_LEVEL": "DEBUG",
        }
        proxy.mad = re.compile("")
        settings = farside.environment | {"DISCORD_GATEWAY_URL": farside.emulator.gateway_url}
        status, said = await farside_says(tmp_path, "doctor", **settings)
        assert status == 1
        proxy.mad, proxy.seen = re.compile(r"^PUT \S+/commands|^GET \S+/commands"), asyncio.Event()
        await farside.start(wait=False)
        await asyncio.wait_for(proxy.seen.wait(), PATIENCE)
        proxy.mad = None
        await desk.commands("quiz")

        for request in (r"^POST \S+/callback", r"^POST \S+/messages", r"^GET \S+/messages"):
            proxy.mad, proxy.seen = re.compile(request), asyncio.Event()
            if "GET" in request:
                await farside.kill()
                await farside.forward(120)
                await farside.start()
            else:
                await desk.run(desk.you, quiz, "quiz start", questions=1, wait=False)
            await asyncio.wait_for(proxy.seen.wait(), PATIENCE)
            if "callback" in request:
                await desk.shown(quiz, opened())  # the game goes on, though its announcement was lost
                await desk.run(desk.you, quiz, "quiz stop")
        proxy.mad = None
        await farside.kill()
    assert len(proxy.secrets) > 1
    for secret in (*proxy.secrets, PERCENT):
        assert secret not in said + farside.log()
    assert "[hidden]" in farside.log()


CRASHES = """
import asyncio, logging, sys, threading, warnings
from bot.__main__ import VEIL, draw_over_streams
from bot.cli.logs import set_up_logging
from bot.config import read_config
draw_over_streams(VEIL)
config = read_config()
VEIL.hide(config.token)
set_up_logging(config)
secret = config.token

class Leaks(Exception):
    pass

class Dying:
    def __del__(self):
        raise Leaks(secret)

async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: (_ for _ in ()).throw(Leaks(secret)))
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

async def fail():
    raise Leaks(secret)

asyncio.run(main())
Dying()
warnings.warn(secret)
thread = threading.Thread(target=lambda: (_ for _ in ()).throw(Leaks(secret)))
thread.start()
thread.join()
logging.warning("%s and one too few: %s", secret)
logging.getLogger("discord").error("failed", exc_info=Leaks(secret))
print(secret)
print({"Authorization": secret}, file=sys.stderr)
raise Leaks(secret) from ValueError(secret)
"""


@pytest.mark.parametrize("form", ["text", "json"])
async def test_every_way_out_of_the_program(tmp_path: Path, form: str) -> None:
    """Tracebacks, hooks of every kind, warnings, the log's own complaints and prints hold no token."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CRASHES),
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "DISCORD_TOKEN": SECRET, "FARSIDE_LOG_FORMAT": form},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 1
    assert SECRET not in printed.decode()
    assert printed.decode().count("[hidden]") >= 11
