"""The linter's rules: each a small function whose docstring is its documentation.

A rule for one question takes it and yields findings: where in the question, and a
sentence that says what is wrong and what to write instead. A rule for the whole bank
takes all entries and names the entry with each finding. Errors are what makes a
question unfair or impossible to play, beyond doubt: the loader refuses them. All else
is a warning, and can be switched off for one question: `allow: {rule: reason}`.

"H&D" is Haladyna, Downing and Rodriguez, "A review of multiple-choice item-writing
guidelines for classroom assessment", Applied Measurement in Education 15 (2002), with
the number of the guideline.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib import import_module
from inspect import cleandoc
from typing import TYPE_CHECKING, NamedTuple

from bot.bank.problem import Level
from bot.quiz.question import Question

if TYPE_CHECKING:
    from bot.bank.document import Document

Loc = tuple[str | int, ...]
Finding = tuple[Loc, str]
_MODULES = ("options", "numbers", "typed", "stems", "words", "forms", "pictures", "whole")


class Entry(NamedTuple):
    """A question and where it stands.

    `broken` are the fields that the schema found wrong already. `is_promised`: it stands in no file yet, a
    facts file would make it; then `loc` leads to the fact.
    """

    question: Question
    document: "Document"
    loc: Loc
    broken: frozenset[str] = frozenset()
    is_promised: bool = False


class Whole(NamedTuple):
    """All that is checked together: every question, and the topics that any file declares.

    `declaring` are the paths of the files that declare topics, or have a facts file beside them that does.
    """

    entries: Sequence[Entry]
    topics: Mapping[str, str]
    declaring: AbstractSet[str]


QuestionRule = Callable[[Question], Iterator[Finding]]
WholeRule = Callable[[Whole], Iterator[tuple[Entry, Loc, str]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's name, how grave a breach of it is, and its function: one of the two is given.

    `is_for_texts`: it looks at the words of any text, a fact's statement too.
    """

    name: str
    level: Level
    documentation: str
    for_question: QuestionRule | None = None
    for_whole: WholeRule | None = None
    is_for_texts: bool = False

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.partition("\n")[0]


_rules: dict[str, Rule] = {}


def question_rule(level: Level, *, for_texts: bool = False) -> Callable[[QuestionRule], QuestionRule]:
    """Register a function as the rule of its name, for one question at a time."""

    def register(function: QuestionRule) -> QuestionRule:
        name = function.__name__.replace("_", "-")
        _rules[name] = Rule(name, level, cleandoc(function.__doc__ or ""), function, None, for_texts)
        return function

    return register


def whole_rule(level: Level) -> Callable[[WholeRule], WholeRule]:
    """Register a function as the rule of its name, for the whole bank."""

    def register(function: WholeRule) -> WholeRule:
        name = function.__name__.replace("_", "-")
        _rules[name] = Rule(name, level, cleandoc(function.__doc__ or ""), for_whole=function)
        return function

    return register


def all_rules() -> Mapping[str, Rule]:
    """Return every rule by its name, errors first."""
    for module in _MODULES:
        import_module(f"bot.bank.rules.{module}")
    return dict(sorted(_rules.items(), key=lambda item: (item[1].level, item[0])))
