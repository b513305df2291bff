"""Simulated players: they read the rounds in the channels and answer, as people do: pressed, chosen or typed.

They see what a person sees: the message, its buttons, and when it closes. What
they know more than a person is the bank, so that some of them can be right.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from bot.quiz.question import Question

_CLOSES = re.compile(r"<t:(\d+):R>")
_PATIENCE = 12.0  # seconds after which nobody thinks any longer
_WAYS = ("answer:", "choose:", "type:")  # how the custom_ids begin by which a round is answered
_GUESSES = ("no idea", "42", "1969", "100 km")  # what is typed by who knows neither key nor distractors

Json = Mapping[str, Any]


class Hands(Protocol):
    """What players do with: a press of a button, with the values chosen where it is a menu, and `/answer`."""

    async def press(self, user_id: str, message_id: str, custom_id: str, values: Sequence[str] = ()) -> None:
        """Press a button, or choose from a menu."""
        ...

    async def answer(self, user_id: str, channel_id: str, text: str) -> None:
        """Answer the open question of a channel in words."""
        ...


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
    """Answers for each habit in each open round, by `hands`.

    `people` says who plays, by user id; `pending` are the answers that are still to come.
    """

    def __init__(
        self,
        hands: Hands,
        questions: Callable[[], Iterator[Question]],
        now: Callable[[], float],
        rng: random.Random,
    ) -> None:
        self.people: dict[str, Habit] = {}  # user id -> habit
        self._hands = hands
        self._questions = questions
        self._now = now
        self._rng = rng
        self._seen: set[str] = set()
        self.pending: set[asyncio.Task[None]] = set()

    def look(self, message: Json) -> None:
        """Read a message; answer it when it is an open round that was not read before."""
        ways = [part for part in _walk(message) if _is_answer(part)]
        if not self.people or not ways or message["id"] in self._seen:
            return
        self._seen.add(message["id"])
        words = "\n".join(str(part.get("content", "")) for part in _walk(message))
        asked = _asked(words, self._questions())
        closing = [int(found) - self._now() for found in _CLOSES.findall(words)]
        left = min((seconds for seconds in closing if seconds > 0), default=_PATIENCE)
        for user_id, habit in self.people.items():
            answer = self._answer(user_id, message, ways, words, asked, habit)
            task = asyncio.create_task(_after(self.pause(habit, left, self._rng), answer))
            self.pending.add(task)
            task.add_done_callback(self.pending.discard)

    @staticmethod
    def pause(habit: Habit, left: float, rng: random.Random) -> float:
        """Return how many seconds a player thinks when the round is open for `left` more."""
        return min(left, _PATIENCE) * rng.uniform(habit.quickest, habit.slowest)

    def _answer(
        self,
        user_id: str,
        message: Json,
        ways: list[Json],
        words: str,
        asked: Question | None,
        habit: Habit,
    ) -> Callable[[], Awaitable[None]]:
        """Return what a player does, decided now: by what the round is answered, and whether they know."""
        custom_id, is_known = str(ways[0]["custom_id"]), self._rng.random() < habit.knows
        if custom_id.startswith("type:"):
            return partial(self._hands.answer, user_id, message["channel_id"], self._typed(asked, is_known))
        if custom_id.startswith("choose:"):
            values = self._chosen(ways[0], asked, is_known)
            return partial(self._hands.press, user_id, message["id"], custom_id, values)
        key = _key_button(words, ways, asked)
        return partial(self._hands.press, user_id, message["id"], self._pressed(ways, key, is_known))

    def _pressed(self, buttons: list[Json], key: str | None, is_known: bool) -> str:
        wrong = [button["custom_id"] for button in buttons if button["custom_id"] != key]
        if key is not None and (not wrong or is_known):
            return key
        return str(self._rng.choice(wrong))

    def _chosen(self, menu: Json, asked: Question | None, is_known: bool) -> list[str]:
        values = {str(option["value"]): _letters(str(option["label"])[1:]) for option in menu["options"]}
        keys = {_letters(key) for key in asked.keys} if asked is not None else set()
        right = sorted(value for value, label in values.items() if label in keys)
        count = int(menu.get("min_values", 1))
        return right if is_known and len(right) == count else sorted(self._rng.sample(list(values), count))

    def _typed(self, asked: Question | None, is_known: bool) -> str:
        if asked is not None and is_known:
            return asked.key
        return str(self._rng.choice((asked and asked.distractors) or _GUESSES))

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


async def _after(pause: float, act: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(pause)
    await act()


def _is_answer(part: Json) -> bool:
    custom_id = part.get("custom_id") or ""
    return part.get("type") in {2, 3} and custom_id.startswith(_WAYS) and not part.get("disabled")


def _asked(words: str, questions: Iterator[Question]) -> Question | None:
    """Return the question that `words` ask, when the bank knows it."""
    shown = _letters(words)
    return next((question for question in questions if _letters(question.stem) in shown), None)


def _key_button(words: str, buttons: list[Json], asked: Question | None) -> str | None:
    """Return the custom_id of the right answer, where the question is known."""
    for button in buttons:
        if asked is not None and _says(button["label"], asked.key, words):
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
