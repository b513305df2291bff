"""Several bots in one preview, on a real PostgreSQL."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.preview import preview
from bot.config import shipped_questions
from bot.preview import Preview, PreviewOptions
from bot.store.postgres.leases import Status, read_status
from tests.postgres import PostgreSQL


async def test_kill_one_and_the_other_goes_on(postgres: PostgreSQL, tmp_path: Path) -> None:
    """Each process leads a server; when one is killed from the panel the other leads both."""
    url = postgres.fresh()
    options = PreviewOptions(questions=shipped_questions(), port=0, state=tmp_path, processes=2, postgres=url)
    lines: list[str] = []
    async with Preview(options, say=lines.append, log=lines.append) as session:

        async def led(count: int) -> Status:
            for _ in range(1200):
                status = await asyncio.to_thread(read_status, url)
                if status is not None and len({shard.member for shard in status.shards} - {None}) == count:
                    return status
                await asyncio.sleep(0.05)
            raise AssertionError("\n".join(lines))

        await led(2)
        assert {"kill_bot_1", "restart_bot_2"} <= set(session.emulator.controls)
        assert "start_over" not in session.emulator.controls, "what is in a PostgreSQL is not ours to delete"
        await session.emulator.controls["kill_bot_1"]()
        assert {shard.member for shard in (await led(1)).shards} == {"bot 2"}
        assert any("Bot 1 was killed (the others take over)" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--processes", "2"], "several processes share a PostgreSQL"),
        (["--processes", "2", "--postgres", "somewhere.sqlite3"], "postgresql://user@host/database"),
    ],
)
def test_several_processes_need_a_postgresql(words: list[str], told: str) -> None:
    """Without one it is said what is missing, and nothing begins."""
    result = CliRunner().invoke(preview, words)
    assert result.exit_code == 2
    assert told in result.output
