"""The options of a game, as `/quiz start`, `/quiz solo` and `/config defaults` take them: declared once.

What always holds: an option left out stays as it was; a pace that was asked for
is stronger than seconds set before.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, fields, replace
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, Concatenate, TypeVar

from discord import Interaction, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.cogs.choices import read_choice
from bot.cogs.topics import read_topic
from bot.quiz.game import FOR_US, MOST_QUESTIONS, SECONDS, Mode, Pace, Rules, Scoring

ANY = "any"
"""The topic that stands for all of them, where a preset can be taken back."""

_TYPES: dict[str, Any] = {
    "mode": str | None,
    "topic": str | None,
    "difficulty": int | None,
    "questions": Range[int, 1, MOST_QUESTIONS] | None,
    "pace": str | None,
    "seconds": Range[int, SECONDS[0], SECONDS[1]] | None,
    "scoring": str | None,
}
_DESCRIPTIONS = {
    "mode": "How questions are answered (default choice)",
    "topic": "What the questions are about (default: everything)",
    "difficulty": "How hard they are (default: any)",
    "questions": "How many (default 10)",
    "pace": "How much time a question gives (default auto)",
    "seconds": "Exactly this many seconds for each question, whatever the pace",
    "scoring": "What a right answer is worth (default accuracy)",
}
_MODES = [
    Choice(name="choice: by one press", value=Mode.CHOICE.value),
    Choice(name="typed: in words and numbers", value=Mode.TYPED.value),
    Choice(name="mixed: each question its own way", value=Mode.MIXED.value),
]
_ANY_DIFFICULTY = Choice(name="any", value=0)
_DIFFICULTIES = [
    Choice(name="easy", value=1),
    Choice(name="medium", value=2),
    Choice(name="hard", value=3),
    Choice(name="for us: two of three right", value=FOR_US),
]
_PACES = [
    Choice(name="auto: time to read each question", value=Pace.AUTO.value),
    Choice(name="fast", value=Pace.FAST.value),
    Choice(name="relaxed: twice the time", value=Pace.RELAXED.value),
    Choice(name="untimed: until somebody presses Next", value=Pace.UNTIMED.value),
]
_SCORINGS = [
    Choice(name="accuracy: speed does not matter", value=Scoring.ACCURACY.value),
    Choice(name="speed: sooner is worth more", value=Scoring.SPEED.value),
]


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody chose of a game's options; None is one that was left out."""

    mode: str | None = None
    topic: str | None = None
    difficulty: int | None = None
    questions: int | None = None
    pace: str | None = None
    seconds: int | None = None
    scoring: str | None = None

    def over(self, rules: Rules, topics: Mapping[str, str]) -> Rules:
        """Return `rules` with what was chosen in their place; `topics` are those there are (id -> title).

        Raises `BadInput` for what cannot be chosen.
        """
        changes: dict[str, Any] = {}
        if self.mode is not None:
            changes["mode"] = read_choice(Mode, self.mode)
        if self.topic is not None:
            changes["topic"] = _read_topic(topics, self.topic)
        if self.difficulty is not None:
            changes["difficulty"] = self.difficulty or None
        if self.questions is not None:
            changes["questions"] = self.questions
        if self.pace is not None:
            changes |= {"pace": read_choice(Pace, self.pace), "seconds": None}
        if self.seconds is not None:
            changes["seconds"] = self.seconds
        if self.scoring is not None:
            changes["scoring"] = read_choice(Scoring, self.scoring)
        return replace(rules, **changes)


InCog = TypeVar("InCog", bound=commands.Cog)
Callback = Callable[Concatenate[InCog, Interaction[Any], Options, ...], Coroutine[Any, Any, None]]
Command = Callable[Concatenate[InCog, Interaction[Any], ...], Coroutine[Any, Any, None]]


def takes_options(
    *, descriptions: Mapping[str, str] = _DESCRIPTIONS, has_any: bool = False
) -> Callable[[Callback[InCog]], Command[InCog]]:
    """Have a command's callback take `Options` after its interaction, one option of the command each.

    What the callback takes after that are options of its own. `has_any`: a difficulty can be taken back.
    """

    def decorate(callback: Callback[InCog]) -> Command[InCog]:
        @wraps(callback)
        async def command(cog: InCog, interaction: Interaction[Any], **given: Any) -> None:
            options = Options(**{name: given.pop(name, None) for name in _TYPES})
            await callback(cog, interaction, options, **given)

        cog, interaction, _, *own = signature(callback, eval_str=True).parameters.values()
        ours = [
            Parameter(field.name, Parameter.KEYWORD_ONLY, default=None, annotation=_TYPES[field.name])
            for field in fields(Options)
        ]
        command.__signature__ = Signature([cog, interaction, *ours, *own])  # type: ignore[attr-defined]
        difficulties = [_ANY_DIFFICULTY, *_DIFFICULTIES] if has_any else _DIFFICULTIES
        app_commands.describe(**descriptions)(command)
        app_commands.choices(difficulty=difficulties)(command)
        app_commands.choices(mode=_MODES, pace=_PACES, scoring=_SCORINGS)(command)
        return command

    return decorate


def _read_topic(topics: Mapping[str, str], typed: str) -> str | None:
    if typed.casefold().strip() in {ANY, "every topic", "all"} and ANY not in topics:
        return None
    return read_topic(topics, typed)
