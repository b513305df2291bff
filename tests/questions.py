"""Questions made by hand for tests that need some, but not the shipped bank."""

from contextlib import suppress
from random import Random

from bot.bank import Bank
from bot.bank.part import Part
from bot.errors import BadInput
from bot.quiz.judging import Key
from bot.quiz.marks import require_clear
from bot.quiz.question import Kind, Question, Source, Verdict

SOURCE = Source(
    title="A walk on the far side",
    publisher="The Lunar Times",
    published="2 January 2020",
    paragraphs=(3, 4),
    verdict=Verdict.IMPRECISE,
    says="the rover drove 350 metres",
)


def question(number: int = 1, **changes: object) -> Question:
    """Return a question; its key is `key N`."""
    fields: dict[str, object] = {
        "id": f"q{number}",
        "fact": f"f{number}",
        "kind": Kind.CHOICE,
        "topic": "rover",
        "difficulty": 1,
        "stem": f"What is number {number}?",
        "key": f"key {number}",
        "distractors": (f"wrong {number}", f"worse {number}", f"worst {number}"),
        "explanation": f"It is key {number} because it is.",
        "source": SOURCE,
    }
    return Question(**(fields | changes))  # type: ignore[arg-type]


def bank(size: int = 20) -> Bank:
    """Return a bank of that many questions, half about the rover and half about the landing site."""
    made = [
        question(number, topic="rover" if number % 2 else "site", difficulty=number % 3 + 1)
        for number in range(1, size + 1)
    ]
    return Bank([Part.of(made, {"rover": "The rover", "site": "The landing site"})])


def dice() -> Random:
    """Return chance that is the same every time."""
    return Random(1969)


def wrong_words(asked: Question) -> str:
    """Return words that are judged as an answer, and wrong."""
    for words in ("987654321", "1234", "zebra", "987654321 km"):
        with suppress(BadInput):
            require_clear(Key.of(asked), words)
            return words
    raise AssertionError(f"nothing is wrong for {asked.key}")
