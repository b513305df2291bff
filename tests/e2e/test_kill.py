"""`kill -9` at every step: the game goes on, nothing told is lost, nothing is counted or posted twice.

Each test plays real games with the real process. What should be is worked out
from the answers that players were told are in, by the same arithmetic that
the README documents; standings, boards and channel must equal it.
"""

import json
import os
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.quiz.scoring import streak_bonus
from tests.desk import Desk, Message
from tests.e2e.conftest import Farside

KILLS = int(os.environ.get("FARSIDE_KILLS", "12"))  # random moments; 200 for the long run
SEED = int(os.environ.get("FARSIDE_SEED", "4"))
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


def round_of(card: Message) -> int:
    """Return the id of the round that a message shows, open or closed."""
    ids = [b.get("custom_id", "") for b in card.buttons]
    return int(next(i for i in ids if i.startswith(("answer:", "source:"))).split(":")[1])


def is_open(message: Message) -> bool:
    """Tell whether the message is a round that takes answers."""
    return any(b.get("custom_id", "").startswith("answer:") for b in message.buttons)


def is_closed(message: Message) -> bool:
    """Tell whether the message is a round's result."""
    return any(b.get("custom_id", "").startswith("source:") for b in message.buttons)


def is_result_of(card: Message, message: Message) -> bool:
    """Tell whether the message is this card, closed."""
    return message.id == card.id and is_closed(message)


def is_standings(message: Message) -> bool:
    """Tell whether the message is a game's end."""
    return "Final standings" in message.text


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
    dice = random.Random(SEED)
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
    stored = farside.rows("SELECT id, question FROM rounds ORDER BY game_id, number")
    assert set(rounds) == {row[0] for row in stored}, "not every round is shown"
    kept = {
        (r, str(p)): "ABCDE"[o] for r, p, o in farside.rows("SELECT round_id, player_id, option FROM answers")
    }
    for round_id, answers in told.answers.items():
        for player, letter in answers.items():
            assert kept.get((round_id, player)) == letter, "an answer that was told is in is not there"
    assert dict(farside.rows("SELECT player_id, sum(points) FROM scores GROUP BY 1")) == expected(farside)


def expected(farside: Farside) -> dict[int, int]:
    """Return each player's points, worked out from the answers alone, for scoring by accuracy."""
    points: Counter[int] = Counter()
    streaks: Counter[tuple[int, int]] = Counter()
    players = [p for (p,) in farside.rows("SELECT DISTINCT player_id FROM answers")]
    for round_id, game_id, text in farside.rows(
        "SELECT id, game_id, question FROM rounds ORDER BY game_id, number"
    ):
        snapshot = json.loads(text)
        key = snapshot["options"].index(snapshot["question"]["key"])
        given = dict(farside.rows("SELECT player_id, option FROM answers WHERE round_id = ?", round_id))
        for player in players:
            if given.get(player) != key:
                streaks[game_id, player] = 0
            else:
                streaks[game_id, player] += 1
                bonus = streak_bonus(streaks[game_id, player])
                points[player] += 10 * snapshot["question"]["difficulty"] + bonus
    return {player: points[player] for player in players}


async def board(farside: Farside, scope: str) -> str:
    """Return what the leaderboard shows."""
    quiz = farside.desk.channel("quiz")
    return (await farside.desk.run(farside.desk.owner, quiz, "leaderboard", scope=scope, period="all")).text


async def check_boards(farside: Farside) -> None:
    """The server's and the global board show everybody's points, once."""
    points = expected(farside)
    for scope in ("server", "global"):
        text = await board(farside, scope)
        for total in points.values():
            assert f"**{total:,}**" in text, f"{total} is not on the {scope} board:\n{text}"


async def start(farside: Farside, **options: Any) -> Message:
    """Start a game and return its first round's message."""
    desk = farside.desk
    await desk.run(desk.you, desk.channel("quiz"), "quiz start", **{"questions": 2, "seconds": 90} | options)
    return await desk.shown(desk.channel("quiz"), is_open)


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


async def test_undisturbed(farside: Farside) -> None:
    """The yardstick: a whole game without any fault meets every expectation of this file."""
    desk, told = farside.desk, Told()
    await start(farside, questions=3)
    await play_on(farside, told, [desk.you, desk.member], 3)
    check(farside, told)
    await check_boards(farside)


async def test_before_the_commit_of_a_press(farside: Farside) -> None:
    """Nothing is stored, Discord shows a failure, and the player presses again."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    async with locked(farside):
        pressed = await desk.press(desk.you, card, "B", wait=False)
        await desk.wait_for(lambda e: e["type"] == "interaction" and e["id"] == pressed.id, since=0)
        await farside.kill()
    assert farside.rows("SELECT * FROM answers") == []
    await farside.restart()
    assert "A is in" in await press(farside, told, desk.you, card, "A")
    await play_on(farside, told, [desk.you, desk.member], 2)
    check(farside, told)


async def test_after_the_commit_before_the_reply(farside: Farside) -> None:
    """Pressing again says which answer stands: the one that was committed."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    async with held(desk, CALLBACK, acts=False) as reached:
        await desk.press(desk.you, card, "B", wait=False)
        await reached()
        await farside.kill()
    assert len(farside.rows("SELECT * FROM answers")) == 1
    await farside.restart()
    assert "answer is B" in await press(farside, told, desk.you, card, "A")
    await play_on(farside, told, [desk.you, desk.member], 2)
    check(farside, told)


async def test_when_a_timer_fired_before_its_commit(farside: Farside) -> None:
    """The timer's row is still there, and it fires again."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    await press(farside, told, desk.you, card, "A")
    async with locked(farside):
        await farside.forward(95)
        await farside.kill()
    assert farside.rows("SELECT kind FROM timers") == [("close",)]
    await farside.restart()
    await desk.shown(desk.channel("quiz"), partial(is_result_of, card))
    await farside.forward(9)
    await play_on(farside, told, [desk.you, desk.member], 2)
    check(farside, told)


async def test_after_the_commit_before_the_message(farside: Farside) -> None:
    """A round that closed, but whose result was not shown yet, is shown at the next start."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    await press(farside, told, desk.you, card, "A")
    async with held(desk, EDIT, acts=False) as reached:
        await farside.forward(95)
        await reached()
        await farside.kill()
    await farside.restart()
    await desk.shown(desk.channel("quiz"), partial(is_result_of, card))
    await farside.forward(9)
    await play_on(farside, told, [desk.you, desk.member], 2)
    check(farside, told)


async def test_after_the_send_before_it_was_noted(farside: Farside) -> None:
    """The message that went out is found again, at once and after a long sleep; none is posted twice."""
    desk, told = farside.desk, Told()
    for sleep in (0, 3600):
        async with held(desk, SEND, acts=True) as reached:
            await desk.run(desk.you, desk.channel("quiz"), "quiz start", questions=1, seconds=90)
            await reached()
            await farside.kill()
        await farside.forward(sleep)
        await farside.restart()
        if not sleep:
            await play_on(farside, told, [desk.you, desk.member], 1)
    await desk.until(lambda: sum(map(is_standings, desk.messages(desk.channel("quiz")))) == 2)
    check(farside, told, games=2)


async def test_for_an_hour(farside: Farside) -> None:
    """A round whose time passed while the bot was away closes as of its time, and the game goes on."""
    desk, told = farside.desk, Told()
    card = await start(farside)
    await press(farside, told, desk.you, card, "A")
    await farside.kill()
    await farside.forward(3600)
    await farside.restart()
    await desk.shown(desk.channel("quiz"), partial(is_result_of, card))
    [(closes_at, closed_at)] = farside.rows(
        "SELECT closes_at, closed_at FROM rounds WHERE id = ?", round_of(card)
    )
    assert closed_at == closes_at
    await play_on(farside, told, [desk.you, desk.member], 2)
    check(farside, told)


async def test_random_moments(farside: Farside) -> None:
    """Killed after any number of events, over whole games, all ends as in games that nobody disturbed."""
    desk, told, dice = farside.desk, Told(), random.Random(SEED)
    quiz, players, games, kills = desk.channel("quiz"), [desk.you, desk.member, desk.owner], 0, 0

    def ended() -> int:
        return sum(map(is_standings, desk.messages(quiz)))

    def card() -> Message | None:
        return next((m for m in reversed(desk.messages(quiz)) if is_open(m)), None)

    def has_moved_on(count: int) -> bool:
        return card() is not None or ended() == count

    def is_settled(was: Message) -> bool:
        return all(m.id != was.id or is_closed(m) for m in desk.messages(quiz))

    while kills < KILLS or ended() < games:
        if ended() == games and card() is None:
            games += await begins(farside, dice.randrange(1, 4))
            continue
        if (present := card()) is None:
            await moved(farside, partial(has_moved_on, games), 9)
            continue
        chosen = dice.sample(players, dice.randrange(1, 4))
        begun = {
            player: await desk.press(player, present, dice.choice("AB"), wait=False) for player in chosen
        }
        if dice.random() < 0.6:
            for pressed in begun.values():
                await desk.outcome(pressed.id)
            await farside.forward(dice.choice((4, 95)))
        if kills < KILLS:
            kills += 1
            await some_events(desk, dice.randrange(0, 10))
            await farside.kill()
            await farside.forward(4)  # what was not answered has failed
        outcomes = {player: await desk.outcome(pressed.id) for player, pressed in begun.items()}
        for player, outcome in outcomes.items():
            told.note(round_of(present), player, outcome.text)
        if not farside.is_running:
            await farside.restart()
        await moved(farside, partial(is_settled, present), 95)
    check(farside, told, games)
    await check_boards(farside)


async def begins(farside: Farside, questions: int) -> int:
    """Start a game as a person does, again when the command failed; return 1."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    before = len(farside.rows("SELECT id FROM games"))
    while len(farside.rows("SELECT id FROM games")) == before:
        await desk.run(desk.you, quiz, "quiz start", questions=questions, seconds=90)
    await desk.shown(quiz, is_open)
    return 1


async def moved(farside: Farside, condition: Callable[[], bool], seconds: float) -> None:
    """Move the clock until the condition holds."""
    for _ in range(20):
        with suppress(AssertionError):
            await farside.desk.until(condition, patience=0.5)
            return
        await farside.forward(seconds)
    raise AssertionError("the game stands still")


async def some_events(desk: Desk, count: int) -> None:
    """Let so many things happen, or as many as do happen."""
    mark = desk.mark()
    with suppress(AssertionError):
        await desk.until(lambda: len(desk.events) >= mark + count, patience=0.3)
