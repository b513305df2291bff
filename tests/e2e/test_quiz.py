"""A game in a channel, from the command to the standings."""

import json
from collections.abc import Callable

from tests.desk import Message
from tests.e2e.conftest import Farside


def key_of(farside: Farside, card: Message) -> int:
    """Return the place of the key among the options of an open round's message."""
    round_id = card.buttons[0]["custom_id"].split(":")[1]
    [(text,)] = farside.rows("SELECT question FROM rounds WHERE id = ?", round_id)
    snapshot = json.loads(text)
    return int(snapshot["options"].index(snapshot["question"]["key"]))


def is_open(number: int) -> Callable[[Message], bool]:
    """Return a predicate for the open message of that round."""
    return lambda m: f"Question **{number} of" in m.text and m.button("answer") is not None


def is_closed(number: int) -> Callable[[Message], bool]:
    """Return a predicate for the result of that round."""
    return lambda m: f"Question **{number} of" in m.text and m.button("source") is not None


async def test_game(farside: Farside) -> None:
    """A game is announced, asked, answered, closed and ends in standings."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    started = await desk.run(desk.you, quiz, "quiz start", questions=2, seconds=30)
    assert "starts a quiz" in started.text
    card = await desk.shown(quiz, is_open(1))
    right = "ABCDE"[key_of(farside, card)]
    outcome = await desk.press(desk.you, card, right)
    assert outcome.message.is_ephemeral
    assert f"{right} is in" in outcome.text
    again = await desk.press(desk.you, card, "A")
    assert f"Your answer is {right}" in again.text
    await farside.forward(31)
    result = await desk.shown(quiz, is_closed(1))
    assert result.id == card.id
    assert "(right answer)" in result.text
    print(result.text)
    await farside.forward(5)
    card = await desk.shown(quiz, is_open(2))
    await desk.press(desk.you, card, "A")
    result = await desk.shown(quiz, is_closed(2))
    await farside.forward(5)
    standings = await desk.shown(quiz, lambda m: "Final standings" in m.text)
    print(standings.text)
    source = await desk.press(desk.you, result, "Source")
    print(source.text)
