"""The preview's parts: the bot's process is watched over, the bank's files are looked at."""

import asyncio
import logging
import os
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

from bot.bank import Bank, BankError
from bot.bank.watch import BankFiles
from bot.cli.logs import JsonFormatter
from bot.config import EX_CONFIG, child_environment
from bot.preview.bankwatch import BankWatch, Notice
from bot.preview.process import BotProcess, read_line
from tests.banks import many, write_bank
from tests.bounds import PATIENCE


class Ends:
    """Notes how a bot process ends."""

    def __init__(self) -> None:
        self.ends: asyncio.Queue[tuple[int, list[str], bool]] = asyncio.Queue()

    def __call__(self, status: int, last: list[str], again: bool) -> None:
        self.ends.put_nowait((status, last, again))

    async def next(self) -> tuple[int, list[str], bool]:
        """Return the next end."""
        return await asyncio.wait_for(self.ends.get(), PATIENCE)


def refusing(folder: Path) -> Callable[[], dict[str, str]]:
    """Return an environment with which the bot gives up at once: its token is unusable."""
    return lambda: child_environment(DISCORD_TOKEN="not a token", FARSIDE_DATABASE=str(folder / "x.sqlite3"))


def lonely(folder: Path) -> Callable[[], dict[str, str]]:
    """Return an environment with which the bot runs, and finds nobody to talk to."""
    bank = write_bank(folder / "bank" / "mine.yaml", *many(4))
    return lambda: child_environment(
        DISCORD_TOKEN="a.b.c",
        DISCORD_API_URL="http://127.0.0.1:9/api/v10",
        DISCORD_GATEWAY_URL="ws://127.0.0.1:9/",
        FARSIDE_DATABASE=str(folder / "x.sqlite3"),
        FARSIDE_QUESTIONS=str(bank.parent),
    )


async def test_a_bot_that_refuses_its_settings_stays_down(tmp_path: Path) -> None:
    """A fault of configuration is told with the bot's own words, and the bot is not started again."""
    ended = Ends()
    process = BotProcess(refusing(tmp_path), heard=lambda line: None, ended=ended)
    await process.start()
    status, last, again = await ended.next()
    assert (status, again) == (EX_CONFIG, False)
    assert any("DISCORD_TOKEN" in line for line in last)
    assert process.is_refusing
    assert process.pid is None
    await process.stop()


async def test_a_bot_that_ends_by_itself_is_started_again(tmp_path: Path) -> None:
    """A bot that dies without having been asked comes back, as another process."""
    ended = Ends()
    lines: asyncio.Queue[str] = asyncio.Queue()
    process = BotProcess(lonely(tmp_path), heard=lines.put_nowait, ended=ended)
    await process.start()
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    status, _, again = await ended.next()
    assert (status, again) == (-signal.SIGKILL, True)
    await asyncio.wait_for(lines.get(), PATIENCE)  # the new one speaks
    assert process.pid not in (None, first)
    await process.stop()
    assert process.pid is None


async def test_a_bot_that_is_killed_on_purpose_stays_down(tmp_path: Path) -> None:
    """`kill` tells nobody of an end, and starts nothing."""
    ended = Ends()
    process = BotProcess(lonely(tmp_path), heard=lambda line: None, ended=ended)
    await process.start()
    await process.kill()
    assert process.pid is None
    assert ended.ends.empty()


async def test_a_changed_bank_is_told_with_every_problem(tmp_path: Path) -> None:
    """Faults come with their places; the last good bank stays; mended files are counted."""
    file = write_bank(tmp_path / "mine.yaml", *many(4))
    told: asyncio.Queue[Notice] = asyncio.Queue()
    watch = BankWatch(tmp_path, told.put)
    first = await watch.load()
    assert (first.level, first.title) == ("info", "4 questions loaded")
    task = asyncio.create_task(watch.run())
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("difficulty: 1", "difficulty: 7", 1), encoding="utf-8")
    fault = await asyncio.wait_for(told.get(), PATIENCE)
    assert fault.level == "error"
    assert fault.problems[0].startswith(f"{file}:")
    assert watch.bank is not None
    assert len(watch.bank) == 4
    write_bank(file, *many(5))
    mended = await asyncio.wait_for(told.get(), PATIENCE)
    assert (mended.level, mended.title) == ("info", "5 questions loaded")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_the_bots_log_is_read_by_its_events() -> None:
    """What people read is a line of text; what the preview acts upon is a name, whatever the words are."""
    record = logging.LogRecord("bot.services.library", logging.INFO, "f", 1, "4 are back", None, None)
    record.event = "bank-looked-at"
    text, event = read_line(JsonFormatter().format(record))
    assert event == "bank-looked-at"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO    bot.services.library: 4 are back", text)
    for line in ("Traceback (most recent call last):", "[1]", '{"at": 1}', "{}", ""):
        assert read_line(line) == (line, None)


async def test_watching_outlives_whatever_happens_to_the_files(tmp_path: Path) -> None:
    """A folder may vanish, come back, be a file or a loop meanwhile: the bank is found again."""
    folder = tmp_path / "bank"
    write_bank(folder / "a" / "mine.yaml", *many(4))
    files = BankFiles(folder)
    assert isinstance(await files.load(), Bank)
    shutil.rmtree(folder)
    assert isinstance(await files.next(), BankError)
    folder.write_text("no folder")
    assert isinstance(await files.next(), BankError)
    folder.unlink()
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "loop").symlink_to(folder)
    write_bank(folder / "a" / "mine.yaml", *many(5))
    found = await files.next()
    assert isinstance(found, Bank)
    assert len(found) == 5
    assert not await files.look()
