"""What end-to-end tests of a game share: reading cards, playing on, and the yardstick.

What should be is worked out from the answers that players were told are in, by
the arithmetic that the README documents; channel, scores and boards must equal it.
"""

import math
import random
import resource
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.emulator.client import Desk, Message
from bot.quiz.scoring import streak_bonus
from bot.store.content import asked_of
from tests.e2e.conftest import Farside
from tests.e2e.rounds import is_closed, is_open, is_standings, round_of

CALLBACK = "POST /interactions/*/*/callback"
SEND = "POST /channels/*/messages"
EDIT = "PATCH /channels/*/messages/*"


@dataclass
class Told:
    """What players were told: for each round their option, as a letter."""

    answers: dict[int, dict[str, str]] = field(default_factory=dict)

    def note(self, round_id: int, player: str, reply: str) -> bool:
        """Keep what a reply says; True when it says that an answer stands."""
        for letter in "ABCDE":
            if (
                f"{letter} is in" in reply
                or f"answer is {letter}" in reply
                or f"answer was {letter}" in reply
            ):
                before = self.answers.setdefault(round_id, {}).setdefault(player, letter)
                assert before == letter, f"told {before} and then {letter}"
                return True
        return False


def is_result_of(card: Message, message: Message) -> bool:
    """Tell whether the message is this card, closed."""
    return message.id == card.id and is_closed(message)


async def press(farside: Farside, told: Told, player: str, card: Message, letter: str) -> str:
    """Press as a person does: once more when the interaction failed."""
    for _ in range(3):
        outcome = await farside.desk.press(player, card, letter)
        if outcome.state == "done":
            told.note(round_of(card), player, outcome.text)
            return outcome.text
    raise AssertionError("three presses in a row failed")


async def play_on(farside: Farside, told: Told, players: list[str], questions: int) -> None:
    """Play the channel's game to its end, moving the clock where nothing else is left to do."""
    desk, quiz = farside.desk, farside.desk.channel("quiz")
    dice = random.Random(4)
    for _ in range(questions * 3):
        card = await next_card(farside)
        if card is None:
            return
        for player in players:
            await press(farside, told, player, card, dice.choice("AB"))
        await farside.forward(95)
        await desk.shown(quiz, partial(is_result_of, card))
        await farside.forward(9)
    raise AssertionError("the game does not end")


async def next_card(farside: Farside) -> Message | None:
    """Wait for an open round, or for the end: then None."""
    quiz = farside.desk.channel("quiz")
    card = await farside.desk.shown(quiz, lambda m: is_open(m) or is_standings(m))
    return card if is_open(card) else None


def check(farside: Farside, told: Told, games: int = 1) -> None:
    """Hold channel, answers, standings and boards against what was told."""
    quiz = farside.desk.channel("quiz")
    shown = farside.desk.messages(quiz)
    rounds = Counter(round_of(m) for m in shown if is_open(m) or is_closed(m))
    assert max(rounds.values()) == 1, f"a round stands in the channel twice: {rounds}"
    assert not any(is_open(m) for m in shown), "a round was left open"
    assert sum(map(is_standings, shown)) == games
    stored = farside.rows("SELECT id FROM rounds")
    assert set(rounds) == {row[0] for row in stored}, "not every round is shown"
    kept = {
        (r, str(p)): "ABCDE"[o] for r, p, o in farside.rows("SELECT round_id, player_id, option FROM answers")
    }
    for round_id, answers in told.answers.items():
        for player, letter in answers.items():
            assert kept.get((round_id, player)) == letter, "an answer that was told is in is not there"
    assert dict(farside.rows("SELECT player_id, sum(points) FROM scores GROUP BY 1")) == expected(farside)


def expected(farside: Farside, least_players: int = 1) -> dict[int, int]:
    """Return each player's points, worked out from the answers alone, for scoring by accuracy.

    Only games in which so many people answered count.
    """
    points: Counter[int] = Counter()
    counted: set[int] = set()
    streaks: Counter[tuple[int, int]] = Counter()
    players = [p for (p,) in farside.rows("SELECT DISTINCT player_id FROM answers")]
    for round_id, game_id, body, order in farside.rows(
        "SELECT id, id - behind, body, option_order FROM rounds r JOIN questions ON hash = question WHERE"
        " ? <="
        " (SELECT count(DISTINCT a.player_id) FROM answers a JOIN rounds o ON o.id = a.round_id"
        " WHERE o.id - o.behind = r.id - r.behind) ORDER BY id - behind, number",
        least_players,
    ):
        asked = asked_of(body, order)
        given = dict(farside.rows("SELECT player_id, option FROM answers WHERE round_id = ?", round_id))
        counted.update(given)
        for player in players:
            if given.get(player) != asked.key_index:
                streaks[game_id, player] = 0
            else:
                streaks[game_id, player] += 1
                bonus = streak_bonus(streaks[game_id, player])
                worth = 2.5 * len(asked.options) * asked.question.difficulty
                points[player] += math.floor(worth + 0.5) + bonus
    return {player: points[player] for player in counted}


async def board(farside: Farside, scope: str) -> str:
    """Return what the leaderboard shows."""
    quiz = farside.desk.channel("quiz")
    return (await farside.desk.run(farside.desk.owner, quiz, "leaderboard", scope=scope, period="all")).text


async def check_boards(farside: Farside) -> None:
    """The server's and the global board show everybody's points, once; the global one of shared games."""
    for scope in ("server", "global"):
        points = expected(farside, least_players=2 if scope == "global" else 1)
        text = await board(farside, scope)
        for total in points.values():
            assert f"**{total:,}**" in text, f"{total} is not on the {scope} board:\n{text}"


@asynccontextmanager
async def held(desk: Desk, route: str, *, acts: bool) -> AsyncIterator[Any]:
    """Hold the next request on a route; the value waits until one is held."""
    fault = await desk.fault("hold", route=route, times=1, acts=acts)

    async def reached() -> None:
        await desk.wait_for(
            lambda e: (
                e["type"] == "faults" and any(f["id"] == fault and f["times"] == 0 for f in e["faults"])
            ),
            since=0,
        )

    yield reached
    await desk.clear_faults()


@asynccontextmanager
async def locked(farside: Farside) -> AsyncIterator[None]:
    """Hold the database's write lock, so that the bot can commit nothing."""
    with closing(sqlite3.connect(farside.database, isolation_level=None, timeout=5)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@asynccontextmanager
async def full_disk(farside: Farside) -> AsyncIterator[None]:
    """Let the database's log grow no further."""
    log = farside.database.with_name(f"{farside.database.name}-wal")
    before = resource.prlimit(farside.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(farside.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.prlimit(farside.pid, resource.RLIMIT_FSIZE, before)
