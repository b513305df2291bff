"""`kill -9` at every step: the game goes on, nothing told is lost, nothing is counted or posted twice."""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from bot.emulator.client import Desk, Message
from tests.e2e.conftest import Farside
from tests.e2e.play import (
    CALLBACK,
    EDIT,
    SEND,
    Told,
    check,
    check_boards,
    held,
    is_result_of,
    locked,
    play_on,
    press,
)
from tests.e2e.rounds import is_closed, is_open, is_standings, round_of, start

KILLS = int(os.environ.get("FARSIDE_KILLS", "12"))  # random moments; 200 for the long run
SEED = int(os.environ.get("FARSIDE_SEED", "4"))


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


@pytest.mark.long
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
