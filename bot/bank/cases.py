"""Files of cases for the judge of typed answers: what somebody typed, and what it should be told."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.bank.facts import Range
from bot.bank.problem import Problem
from bot.bank.schema import read_document
from bot.quiz.judging import Key, Outcome, sort_of
from bot.quiz.question import Tolerance

Text = Annotated[str, Field(max_length=1000)]


class Expected(StrEnum):
    """What a case expects; an answer that cannot be judged counts as wrong."""

    RIGHT = "right"
    CLOSE = "close"
    WRONG = "wrong"

    @classmethod
    def of(cls, outcome: Outcome) -> "Expected":
        """Return what an outcome is to a case."""
        return cls.WRONG if outcome is Outcome.UNCLEAR else cls(outcome.value)


class Case(BaseModel):
    """One answer to one key."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)

    kind: Text
    """The kind of the question (number, year, text ...) or of the fact (quantity, date, person ...)."""
    key: Text
    """The right answer, as it stands in the bank."""
    unit: Text = ""
    """What the key is measured in, where it does not say so itself."""
    accept: tuple[Text, ...] = ()
    """Other answers that are right."""
    tolerance: Range | float | None = None
    """The numbers that are right, or how far a number may lie from the key."""
    distractors: tuple[Text, ...] = ()
    """Wrong answers."""
    stem: Text = ""
    """The question."""
    answer: Annotated[str, Field(max_length=20_000)]
    """What was typed."""
    verdict: Expected
    """What it should be judged to be."""

    @property
    def judged_by(self) -> Key:
        """Return the key that the answer is to be held against."""
        return Key(
            self.key,
            sort_of(self.kind, self.key),
            self.unit,
            self.accept,
            self._tolerance,
            self.distractors,
            self.stem,
            is_person=self.kind == "person",
        )

    @property
    def _tolerance(self) -> Tolerance | None:
        from bot.quiz.quantity import parse_amount

        if isinstance(self.tolerance, Range):
            return Tolerance(self.tolerance.low, self.tolerance.high, self.tolerance.unit or self.unit)
        amount = parse_amount(self.key)
        if self.tolerance is None or amount is None:
            return None
        return Tolerance(
            amount.number - self.tolerance, amount.number + self.tolerance, amount.unit or self.unit
        )


def read_cases(path: Path) -> tuple[tuple[Case, ...], list[Problem]]:
    """Return the cases of the file at `path`, a list of mappings, or all that is wrong with it."""
    cases, problems = read_document(path, tuple[Case, ...])
    return cases or (), problems
