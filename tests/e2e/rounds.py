"""What tests of games look for in a channel."""

from collections.abc import Callable
from typing import Any, Protocol

from bot.emulator.client import Desk, Message, Outcome
from bot.quiz.game import LETTERS, Asked, Form
from bot.store.content import asked_of
from tests.e2e.conftest import Farside
from tests.questions import wrong_words

Look = Callable[[Message], bool]


class Running(Protocol):
    """A bot that runs, in however many processes: its desk, and what its database holds."""

    desk: Desk

    def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Return what the database holds at this moment."""
        ...


ASKED = ("answer:", "type:", "choose:")  # how the custom_ids begin by which an open round is answered


def round_of(card: Message) -> int:
    """Return the id of the round that a message shows, open or closed."""
    ids = [part.get("custom_id", "") for part in card.components]
    found = next(one for one in ids if one.startswith((*ASKED, "source:", "solo")))
    return int(found.split(":")[1])


def is_open(message: Message) -> bool:
    """Tell whether the message is a round that takes answers."""
    return any(part.get("custom_id", "").startswith(ASKED) for part in message.components)


def is_closed(message: Message) -> bool:
    """Tell whether the message is a round's result."""
    return message.button("source:") is not None


def is_standings(message: Message) -> bool:
    """Tell whether the message is a game's end."""
    return "Final standings" in message.text


def opened(number: int = 1) -> Look:
    """Return a predicate for the open message of that round."""
    return lambda m: f"Question **{number} of" in m.text and is_open(m)


def closed(number: int = 1) -> Look:
    """Return a predicate for the result of that round."""
    return lambda m: f"Question **{number} of" in m.text and is_closed(m)


def asked(farside: Running, card: Message) -> Asked:
    """Return what the round that a message shows asks."""
    [row] = farside.rows(
        "SELECT body, option_order FROM rounds JOIN questions ON hash = question WHERE id = ?", round_of(card)
    )
    return asked_of(*row)


def key(farside: Farside, card: Message) -> str:
    """Return the letter of the right option of the round that a message shows."""
    return LETTERS[asked(farside, card).key_index]


async def answer_alone(
    farside: Running, player: str, card: Message, *, is_right: bool = True, wait: bool = True
) -> Outcome:
    """Have a player answer a question that they play alone, whatever its form."""
    asked_here, round_id = asked(farside, card), round_of(card)
    if asked_here.form is Form.TYPED:
        opened_form = await farside.desk.press(player, card, f"solotype:{round_id}")
        words = asked_here.question.key if is_right else wrong_words(asked_here.question)
        return await farside.desk.submit(player, opened_form, wait=wait, text=words)
    if asked_here.form is Form.MENU:
        places = list(asked_here.key_places)
        if not is_right:
            others = [place for place in range(len(asked_here.options)) if place not in places]
            places = [*others, *places][: len(places)]
        values = [str(one) for one in places]
        return await farside.desk.press(player, card, f"solochoose:{round_id}", values, wait=wait)
    place = asked_here.key_index if is_right else (asked_here.key_index + 1) % len(asked_here.options)
    return await farside.desk.press(player, card, f"solo:{round_id}:{place}", wait=wait)


def stem(farside: Farside, card: Message) -> str:
    """Return the stem of the round that a message shows."""
    return asked(farside, card).question.stem


async def start(farside: Farside, mode: str = "choice", *, channel: str = "quiz", **options: Any) -> Message:
    """Have the first person start a game, of two questions of a minute; return its first round's message."""
    desk = farside.desk
    quiz = desk.channel(channel)
    given: dict[str, Any] = {"mode": mode, "seconds": 60, "questions": 2} | options
    await desk.run(desk.you, quiz, "quiz start", **given)
    return await desk.shown(quiz, opened())
