"""Problems: what is wrong in an author's file, where, and what to write instead.

A problem is never raised on its own: whoever reads a file collects all of them,
so that an author mends a bank in one go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of an author's file. Lines and columns count from 1; `rule` is its name in the linter."""

    path: str
    line: int
    column: int
    level: Level
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.level}: {self.message} ({self.rule})"


class BankError(Exception):
    """A bank cannot be played: every reason at once, in the order of path, line and column."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))
