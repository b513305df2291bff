"""Simulated players: they read the rounds in the channels and press buttons, as people do.

They see what a person sees: the message, its buttons, and when it closes. What
they know more than a person is the bank, so that some of them can be right.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.quiz.question import Question

_CLOSES = re.compile(r"<t:(\d+):R>")
_PATIENCE = 12.0  # seconds after which nobody thinks any longer
_ANSWER = "answer:"  # how the custom_id of an answer button begins

Json = Mapping[str, Any]
Press = Callable[[str, str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Habit:
    """How a player plays: right with this probability, at this share of the time that there is."""

    name: str
    knows: float
    quickest: float
    slowest: float


HABITS = (
    Habit("Lina Quick", 0.85, 0.10, 0.25),
    Habit("Jun Park", 0.65, 0.25, 0.50),
    Habit("Noor Haddad", 0.45, 0.15, 0.35),
    Habit("Sam Weller", 0.30, 0.45, 0.75),
)


class Players:
    """Presses answers for each habit in each open round; `press(user_id, message_id, custom_id)` acts.

    `people` says who plays, by user id; `pending` are the presses that are still to come.
    """

    def __init__(
        self,
        press: Press,
        questions: Callable[[], Iterator[Question]],
        now: Callable[[], float],
        rng: random.Random,
    ) -> None:
        self.people: dict[str, Habit] = {}  # user id -> habit
        self._press = press
        self._questions = questions
        self._now = now
        self._rng = rng
        self._seen: set[str] = set()
        self.pending: set[asyncio.Task[None]] = set()

    def look(self, message: Json) -> None:
        """Read a message; answer it when it is an open round that was not read before."""
        buttons = [part for part in _walk(message) if _is_answer(part)]
        if not self.people or not buttons or message["id"] in self._seen:
            return
        self._seen.add(message["id"])
        words = "\n".join(str(part.get("content", "")) for part in _walk(message))
        key = _key_button(words, buttons, self._questions())
        closing = [int(found) - self._now() for found in _CLOSES.findall(words)]
        left = min((seconds for seconds in closing if seconds > 0), default=_PATIENCE)
        for user_id, habit in self.people.items():
            choice = self._choose(habit, buttons, key)
            pause = self.pause(habit, left, self._rng)
            task = asyncio.create_task(self._answer(pause, user_id, message["id"], choice))
            self.pending.add(task)
            task.add_done_callback(self.pending.discard)

    @staticmethod
    def pause(habit: Habit, left: float, rng: random.Random) -> float:
        """Return how many seconds a player thinks when the round is open for `left` more."""
        return min(left, _PATIENCE) * rng.uniform(habit.quickest, habit.slowest)

    def _choose(self, habit: Habit, buttons: list[Json], key: str | None) -> str:
        wrong = [button["custom_id"] for button in buttons if button["custom_id"] != key]
        if key is not None and (not wrong or self._rng.random() < habit.knows):
            return key
        return str(self._rng.choice(wrong))

    async def _answer(self, pause: float, user_id: str, message_id: str, custom_id: str) -> None:
        await asyncio.sleep(pause)
        await self._press(user_id, message_id, custom_id)

    async def leave(self) -> None:
        """Stop pressing: what was meant to be pressed later is not."""
        self.people.clear()
        tasks = list(self.pending)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _walk(part: Json) -> Iterator[Json]:
    yield part
    for inner in part.get("components") or ():
        yield from _walk(inner)
    if part.get("accessory"):
        yield from _walk(part["accessory"])


def _is_answer(part: Json) -> bool:
    custom_id = part.get("custom_id") or ""
    return part.get("type") == 2 and custom_id.startswith(_ANSWER) and not part.get("disabled")


def _key_button(words: str, buttons: list[Json], questions: Iterator[Question]) -> str | None:
    """Return the custom_id of the right answer, when the bank knows the question that `words` ask."""
    shown = _letters(words)
    for question in questions:
        if _letters(question.stem) not in shown:
            continue
        for button in buttons:
            if _says(button["label"], question.key, words):
                return str(button["custom_id"])
    return None


def _says(label: str, key: str, words: str) -> bool:
    """Say whether a button stands for `key`: its label holds it, or its letter's line in the text does."""
    letter, _, rest = label.partition(" ")
    if _letters(rest) == _letters(key):
        return True
    return any(
        _letters(line).removeprefix(_letters(letter)) == _letters(key)
        for line in words.splitlines()
        if _letters(line).startswith(_letters(letter))
    )


def _letters(text: str) -> str:
    """Keep letters and digits: Markdown and escapes in a message do not matter."""
    return "".join(character for character in text.casefold() if character.isalnum())
