"""The command line: what an operator sees of `farside run`, `doctor` and `db`, and how the bot connects."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.emulator.client import PATIENCE
from tests.cradle import Cradle
from tests.e2e.conftest import ROOT, TOKEN, Farside
from tests.e2e.rounds import opened, start

NOWHERE = {"DISCORD_API_URL": "http://127.0.0.1:1/api/v10", "DISCORD_GATEWAY_URL": "ws://127.0.0.1:1/"}


async def farside_says(folder: Path, *words: str, **settings: str) -> tuple[int, str]:
    """Run a command of the program in `folder`; return its exit status and all that it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD", "FARSIDE"))}
    environment = {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **settings}
    if Cradle.opened is not None:
        with NamedTemporaryFile(dir=folder.parent) as said:
            child = Cradle.opened.start(("bot", *words), folder, environment, Path(said.name))
            try:
                status = await asyncio.wait_for(child.wait(), PATIENCE)
            finally:
                child.kill()
            return status, said.read().decode()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return process.returncode, printed.decode()


async def test_wrong_settings(tmp_path: Path) -> None:
    """Every fault of the settings is told at once, one line each, with exit status 78."""
    wrong = {
        "DISCORD_API_URL": "http://127.0.0.1:port/",
        "DISCORD_GATEWAY_URL": "ws://127.0.0.1:99999/",
        "FARSIDE_DATABASE": str(tmp_path),
        "FARSIDE_QUESTIONS": "nowhere",
        "FARSIDE_LOG_LEVEL": "loud",
        "FARSIDE_LOG_FORMAT": "xml",
        "FARSIDE_KEEP_DAYS": "0",
        "FARSIDE_RELOAD": "maybe",
    }
    status, printed = await farside_says(tmp_path, "run", **wrong)
    assert status == 78
    lines = printed.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["DISCORD_TOKEN", *wrong]
    assert "farside preview" in lines[0]


async def test_a_bank_and_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    """Faults of the bank and of the database are told together, before Discord is asked anything."""
    bank = tmp_path / "questions.yaml"
    bank.write_text("version: 1\nquestions:\n  - id: a\n    stem: Where?\n", encoding="utf-8")
    newer = tmp_path / "newer.sqlite3"
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    before = newer.read_bytes()
    settings = {
        **NOWHERE,
        "DISCORD_TOKEN": TOKEN,
        "FARSIDE_QUESTIONS": str(bank),
        "FARSIDE_DATABASE": str(newer),
    }
    status, printed = await farside_says(tmp_path, "run", **settings)
    assert status == 78
    *of_bank, of_database = printed.splitlines()
    assert all(f"{bank}:3:" in line for line in of_bank)
    assert of_database.startswith("FARSIDE_DATABASE: ")
    assert "newer Farside" in of_database
    assert newer.read_bytes() == before


async def test_doctor_without_discord(tmp_path: Path) -> None:
    """The doctor looks at everything that can be looked at, whatever else is wrong."""
    (tmp_path / ".env").write_bytes(b"DISCORD_TOKEN=\xff")
    status, printed = await farside_says(
        tmp_path, "doctor", **NOWHERE, FARSIDE_DATABASE="new/farside.sqlite3"
    )
    assert status == 1
    marks = {" ".join(line.split()[:3]) for line in printed.splitlines()}
    assert marks == {"✗ no settings", "✓ ok bank", "✓ ok database"}
    assert ".env" in printed
    assert not (tmp_path / "new").exists()
    _, printed = await farside_says(tmp_path, "doctor", **NOWHERE, FARSIDE_DATABASE="/proc/1/new/a.sqlite3")
    assert "✗ no  database" in printed


async def test_what_the_database_commands_cannot_take(tmp_path: Path) -> None:
    """An id that Discord cannot have given, and a backup in the place of a pipe, end in a sentence."""
    database = {"FARSIDE_DATABASE": str(tmp_path / "farside.sqlite3")}
    assert (await farside_says(tmp_path, "db", "migrate", **database))[0] == 0
    for whose in ("--player", "--server"):
        status, printed = await farside_says(tmp_path, "db", "forget", whose, "9" * 23, **database)
        assert status == 2
        assert "is not in the range" in printed
        assert "Traceback" not in printed
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    status, printed = await farside_says(tmp_path, "db", "backup", str(pipe), "--force", **database)
    assert status == 1
    assert "no file that could be replaced" in printed
    assert pipe.is_fifo()
    for missing in (tmp_path / "no" / "such.sqlite3", pipe / "such.sqlite3"):
        status, printed = await farside_says(tmp_path, "db", "backup", str(missing), **database)
        assert status == 1
        assert f"there is no folder {missing.parent}" in printed


async def test_what_the_preview_cannot_take(tmp_path: Path) -> None:
    """A description that is none, and a folder in which nothing can be kept, end in a sentence."""
    odd = tmp_path / "odd"
    for text, says in (("# no JSON", "cannot be read as JSON"), ("[]", "describes no API"), ("{}", "no API")):
        odd.write_text(text, encoding="utf-8")
        status, printed = await farside_says(tmp_path, "preview", "--openapi", str(odd), "--no-browser")
        assert (status, "Traceback" in printed) == (2, False), printed
        assert says in printed
    status, printed = await farside_says(tmp_path, "preview", "--state", str(odd / "below"), "--no-browser")
    assert status == 2
    assert "nothing can be kept in" in printed
    assert "port" not in printed.partition("Error:")[2]


async def test_a_wrong_address_of_the_probes(tmp_path: Path) -> None:
    """`farside health` says what is wrong with FARSIDE_HTTP, not that it is unset."""
    status, printed = await farside_says(tmp_path, "health", FARSIDE_HTTP="9100")
    assert status == 78
    assert printed.startswith("FARSIDE_HTTP: '9100' is not a host and a port")


async def test_a_refused_token(farside: Farside, tmp_path: Path) -> None:
    """A token that Discord refuses ends the program with status 78; the doctor says so too."""
    await farside.stop()
    farside.emulator.token = "another"
    settings = {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": farside.emulator.api_url,
        "DISCORD_GATEWAY_URL": farside.emulator.gateway_url,
        "FARSIDE_DATABASE": str(farside.database),
    }
    status, printed = await farside_says(tmp_path, "run", **settings)
    assert status == 78
    assert printed.splitlines()[-1].startswith("DISCORD_TOKEN: Discord does not take this token")
    status, printed = await farside_says(tmp_path, "doctor", **settings)
    assert status == 1
    assert "✗ no  token" in printed
    assert TOKEN not in printed


async def test_looking_after_a_running_bot(farside: Farside, tmp_path: Path) -> None:
    """While the bot plays, the doctor finds all well or says what is not, and the database is backed up."""
    desk = farside.desk
    await start(farside)
    guild = await desk.guild()
    settings = {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": farside.emulator.api_url,
        "DISCORD_GATEWAY_URL": farside.emulator.gateway_url,
        "FARSIDE_DATABASE": str(farside.database),
    }
    status, printed = await farside_says(tmp_path, "doctor", "--guild", guild["id"], **settings)
    assert status == 0, printed
    named = [line.split()[2] for line in printed.splitlines()]
    assert {"bank", "database", "token", "invitation", "gateway", "server", "permissions"} == set(named)
    await desk.permit(desk.channel("quiz"), desk.bot_id, deny=("send_messages",))
    status, printed = await farside_says(tmp_path, "doctor", "--guild", guild["id"], **settings)
    assert status == 1
    assert [line.partition("#")[2] for line in printed.splitlines() if line.startswith("✗")] == [
        "quiz: missing Send Messages"
    ]

    copy = tmp_path / "copy.sqlite3"
    status, printed = await farside_says(tmp_path, "db", "backup", str(copy), **settings)
    assert status == 0, printed
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM rounds").fetchone() == (1,)
    assert (await farside_says(tmp_path, "db", "check", **settings))[0] == 0
    status, printed = await farside_says(tmp_path, "db", "backup", str(copy), **settings)
    assert status == 1
    assert "--force" in printed
    own = await farside_says(tmp_path, "db", "backup", "--force", str(farside.database), **settings)
    assert own[0] == 1
    assert "belongs to the database itself" in own[1]


async def test_restarts(farside: Farside) -> None:
    """Commands are sent once over restarts; the log is JSON throughout, without the token; Ctrl-C ends it."""
    desk = farside.desk
    assert await farside.stop() == 0
    before = len(farside.log())
    farside.environment = {"FARSIDE_LOG_LEVEL": "DEBUG", "FARSIDE_LOG_FORMAT": "json"}
    for _ in range(2):
        await farside.start()
        await desk.run(desk.you, desk.channel("quiz"), "quiz start", questions=1)
        await desk.run(desk.you, desk.channel("quiz"), "quiz stop")
        os.kill(farside.pid, signal.SIGINT)
        assert await farside.ended() == 0
        await desk.online(is_online=False)
    sent = [entry for entry in await desk.log() if entry["method"] == "PUT"]
    assert len(sent) == 1
    lines = [json.loads(line) for line in farside.log()[before:].splitlines()]
    assert {"at", "level", "logger", "message"} <= set.intersection(*map(set, lines))
    assert any(line["level"] == "DEBUG" for line in lines)
    assert TOKEN not in farside.log()


async def test_shards_and_the_gateway_of_the_settings(farside: Farside) -> None:
    """With two shards both servers play; the gateway is the settings', whatever address Discord tells."""
    desk = farside.desk
    await farside.stop()
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    told = {"url": "ws://127.0.0.1:1/", "shards": 2, "session_start_limit": limit}
    await desk.fault("status", status=200, route="GET /gateway/bot", body=told, times=1)
    await farside.start(wait=False)
    identified = 0
    async with asyncio.timeout(PATIENCE):
        while identified < 2:
            await desk.wait_for(lambda event: event["type"] == "bot")
            identified += 1
    for guild in desk.state["guilds"]:
        channel = desk.channel("quiz", guild["name"])
        await desk.run(desk.owner, channel, "quiz start", questions=1)
        await desk.shown(channel, opened())


async def test_an_event_that_cannot_be_read(farside: Farside) -> None:
    """An event in a shape that nobody has foreseen is logged and left out; playing goes on."""
    farside.expects_errors = True
    for session in farside.emulator.gateway.sessions.values():
        session.dispatch("INTERACTION_CREATE", b"{}")
        session.dispatch("CHANNEL_UPDATE", b"{}")
    await start(farside)
    for event in ("INTERACTION_CREATE", "CHANNEL_UPDATE"):
        assert f"left out: {event}" in farside.log()


async def test_a_database_that_vanishes_ends_the_program(farside: Farside) -> None:
    """When the file is removed under a running bot no answer is told as in, and it ends with a line and 1."""
    card = await start(farside)
    farside.database.unlink()
    told = await farside.desk.press(farside.desk.you, card, "A")
    assert "could not save that" in told.text
    assert await farside.ended() == 1
    assert f"Farside cannot go on: the database {farside.database} has vanished\n" in farside.log()
    assert not farside.database.exists()


async def test_a_database_that_is_written_over_ends_the_program(farside: Farside) -> None:
    """Rubbish in the file's place is noticed, said, and ends the bot such that it is started anew."""
    farside.expects_errors = True  # of whichever loop reads the rubbish first
    card = await start(farside)
    with farside.database.open("r+b") as file:
        file.write(b"\xa5" * 100_000)
    told = await farside.desk.press(farside.desk.you, card, "A")
    assert "could not save that" in told.text
    assert await farside.ended() == 1
    assert f"Farside cannot go on: the database {farside.database} is damaged" in farside.log()


async def test_a_backup_is_restored_by_the_command(farside: Farside, tmp_path: Path) -> None:
    """`db restore` refuses while the bot runs; after a kill the game goes on from the backup."""
    card = await start(farside)
    backup, database = str(tmp_path / "backup.sqlite3"), str(farside.database)
    assert (await farside_says(tmp_path, "db", "backup", backup, FARSIDE_DATABASE=database))[0] == 0
    await farside.desk.press(farside.desk.you, card, "A")
    status, printed = await farside_says(tmp_path, "db", "restore", backup, FARSIDE_DATABASE=database)
    assert status == 1
    assert "stop Farside" in printed
    await farside.kill()
    status, printed = await farside_says(tmp_path, "db", "restore", backup, FARSIDE_DATABASE=database)
    assert status == 0
    assert "is kept as" in printed
    assert farside.rows("SELECT count(*) FROM answers") == [(0,)]
    await farside.restart()
    assert "B is in" in (await farside.desk.press(farside.desk.you, card, "B")).text
