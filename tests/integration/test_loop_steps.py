"""No step of the store's services holds up the event loop, however much there is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cogs.messages.boards import board_card, profile_card
from bot.quiz.game import Asked
from bot.quiz.periods import Span
from bot.quiz.standing import Scope
from bot.services.privacy import as_file
from bot.services.retention import Retention
from bot.store.content import content_of
from bot.store.tx import Tx
from tests.integration.test_games import ANN, GUILD
from tests.integration.test_privacy import House, lived_in
from tests.integration.test_retention import KEPT
from tests.loops import LONGEST, watched
from tests.questions import question

GAMES = 1500  # of ten rounds, in which one person has answered everything


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which Ann has played for years, and thousands of answers wait to be counted in."""
    laid = await House.lay(tmp_path / "farside.db", 40)
    await lived_in(laid)
    await laid.database.write(years_of_play)
    yield laid
    await laid.database.close()


def years_of_play(tx: Tx) -> None:
    """Have Ann play many games, and let 5,000 answers wait."""
    content = content_of(Asked(question(900), ("key 900", "wrong 900")))
    tx.execute("INSERT INTO questions VALUES (?, ?, 0)", (content.hash, content.body))
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    tx.execute(
        f"{numbers} INSERT INTO games (home_id, id, request_id, kind, channel_id, starter_id, rules, state,"
        " number, started_at, ended_at, first_round, last_round)"
        " SELECT ?, 1000 + i, 1000000 + i, 'channel', 5, ?, '{}', 'finished', 10, i, i,"
        " 99991 + 10 * i, 100000 + 10 * i FROM n",
        (GAMES, GUILD, ANN),
    )
    tx.execute(
        f"{numbers} INSERT INTO scores SELECT ?, 1000 + i, ?, 100, 10, 10, 1, 1 FROM n",
        (GAMES, GUILD, ANN),
    )
    tx.execute(
        f"{numbers} INSERT INTO rounds (home_id, id, behind, number, question, option_order,"
        " drawn_at, closed_at)"
        " SELECT ?, 100000 + i, 100000 + i - 1000 - (i + 9) / 10, 1 + (i + 9) % 10, ?, ?, i, i FROM n",
        (10 * GAMES, GUILD, content.hash, content.order),
    )
    tx.execute(
        f"{numbers} INSERT INTO answers (home_id, round_id, player_id, option, at, is_right, points, streak)"
        " SELECT ?, 100000 + i, ?, 0, i, 1, 10, 1 FROM n",
        (10 * GAMES, GUILD, ANN),
    )
    tx.execute(
        f"{numbers} INSERT INTO entries (home_id, id, player_id, is_local, is_global, is_own, in_totals,"
        " timezone, topic, points, is_right, at, closed_at, games, streak)"
        " SELECT ?, i, 2000 + i % 500, 1, 1, 1, 0, 'UTC', 'rover', 10, 1, i, 1772366400000, 1, 1 FROM n",
        (5000, GUILD),
    )


async def test_reading_with_thousands_waiting(house: House) -> None:
    """Boards, profiles and their cards, while five thousand answers wait to be counted in."""
    with watched() as steps:
        for scope in Scope:
            for span in Span:
                board = await house.boards.board(scope, GUILD, span, viewer_id=ANN)
                board_card(board, {}, "Tranquility")
        for _ in range(60):  # each look waits a moment for what is to be counted in
            if (profile := await house.boards.profile(GUILD, ANN)) is not None:
                break
        assert profile is not None
        profile_card(profile, "Ann", {}, in_server=True)
    assert steps.longest < LONGEST, steps.what


async def test_taking_along_and_deleting_years(house: House) -> None:
    """An export of fifteen thousand answers, and their deletion."""
    with watched() as steps:
        export = await house.privacy.export(ANN)
        content = await asyncio.to_thread(as_file, export)
        await house.privacy.delete(ANN)
    assert len(export["games_played"]) > GAMES
    assert len(content) > 1_000_000
    assert steps.longest < LONGEST, steps.what


async def test_pruning_years(house: House) -> None:
    """Old games by the thousand."""
    with watched() as steps:
        while await Retention(house.database, house.clock, KEPT).prune():
            pass
    assert house.rows("SELECT count(*) FROM games WHERE id < 1000000") == [(0,)]
    assert steps.longest < LONGEST, steps.what


async def test_being_told_of_many_servers(house: House) -> None:
    """Twenty thousand servers, a thousand of which were left."""
    await house.database.write(
        lambda tx: tx.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            " INSERT INTO guilds (home_id) SELECT 5000000 + i FROM n"
        )
    )
    with watched() as steps:
        await house.privacy.note_servers(range(1, 20_001))
    assert house.rows("SELECT count(*) FROM timers WHERE ref LIKE 'server:50%'") == [(1000,)]
    assert steps.longest < LONGEST, steps.what


async def test_the_watch_itself() -> None:
    """A step that takes long is noticed."""

    async def hold_up() -> None:
        sum(number * number for number in range(2_000_000))

    with watched() as steps:
        await asyncio.create_task(hold_up())
    assert steps.longest > LONGEST
