"""One file of a bank, from YAML to what is played: questions, or facts, with every fault on the way.

A question with faults is still handed to the linter, its faulty fields blanked out, so
that an author sees all there is to mend at once.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

from bot.bank.document import Document
from bot.bank.facts import AuthoredFact, FactsFile, Status, Use, fact_faults, faults
from bot.bank.problem import Problem
from bot.bank.readings import Reading, is_review
from bot.bank.rules import Entry
from bot.bank.schema import QuestionFile, sound_part, validate_file, validate_items
from bot.quiz.question import Fact, Kind, Look, Question, Source


@dataclass
class Compiled:
    """What a file holds. It can be played only when there is no error among the `problems`."""

    document: Document
    problems: list[Problem]
    entries: list[Entry] = field(default_factory=list)
    topics: dict[str, str] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    look: Look = field(default_factory=Look)
    facts_file: FactsFile | None = None
    readings: list[Reading] = field(default_factory=list)

    @cached_property
    def fact_places(self) -> dict[str, int]:
        """Where in the file's list each fact is, by its id."""
        return {fact.id: index for index, fact in enumerate(self.facts_file.facts if self.facts_file else ())}

    @property
    def is_sound(self) -> bool:
        """Whether it can be played, as far as reading it shows."""
        return all(problem.level != "error" for problem in self.problems)


def compile_document(document: Document) -> Compiled:
    """Return what `document` holds, whichever sort of file it is."""
    out = Compiled(document, list(document.problems))
    root = document.root
    if not document.is_readable:
        return out
    if is_review(root):
        readings, problems = validate_items(document, Reading)
        out.problems += problems
        out.readings = [one for one in readings if one is not None]
    elif not isinstance(root, dict):
        message = "a bank's file begins with the fields `version: 1` and `questions:` (or `facts:`)"
        out.problems.append(document.problem((), "schema", message))
    elif "facts" in root and "questions" not in root:
        _compile_facts(out)
    elif "questions" in root and "facts" in root:
        message = "questions and facts in one file: move the facts to a file of their own"
        out.problems.append(document.problem(("facts",), "schema", message, key=True))
    elif "questions" in root or not _is_other(root):
        _compile_questions(out)
    else:
        message = "this file holds neither `questions:` nor `facts:`: move it out of the bank's folder"
        out.problems.append(document.problem((), "schema", message))
    return out


def _is_other(root: dict[str, Any]) -> bool:
    """Whether nothing in a file looks like a bank's, not even misspelt."""
    from bot.bank.schema import close_to

    return not any(close_to(name, ("questions", "facts", "topics", "version")) for name in root)


def _compile_questions(out: Compiled) -> None:
    document = out.document
    file, authored, problems = validate_file(document, QuestionFile, "questions", Question)
    out.problems += problems
    if file is not None:
        out.topics = file.topics
        color = int(file.color[1:], 16) if file.color else None
        out.look = Look(file.title, file.emblem, color)
    elif isinstance(topics := document.root.get("topics"), dict):
        out.topics = {topic: title for topic, title in topics.items() if isinstance(title, str)}
    if file is not None and not authored:
        message = "there is no question in this file: generate it from reviewed facts, or take it away"
        out.problems.append(document.problem(("questions",), "empty", message, key=True))
    for index, value in enumerate(authored):
        if value is not None:
            out.entries.append(Entry(value, document, ("questions", index)))
        elif isinstance(item := document.root["questions"][index], dict):
            out.entries.append(_salvaged(document, index, item))


_PLACEHOLDERS: dict[str, Any] = {
    "id": "-",
    "fact": "-",
    "kind": "text",
    "topic": "-",
    "difficulty": "1",
    "stem": "-",
    "key": "-",
    "explanation": "-",
    "source": {"title": "-"},
}
_BLANKS: dict[str, Any] = {
    "id": "",
    "fact": "",
    "kind": Kind.TEXT,
    "topic": "",
    "difficulty": 1,
    "stem": "",
    "key": "",
    "distractors": (),
    "explanation": "",
    "source": Source(""),
    "accept": (),
    "tolerance": None,
    "keys": (),
    "items": (),
    "clues": (),
    "picture": None,
    "as_of": None,
    "enemies": (),
    "allow": {},
}


def _salvaged(document: Document, index: int, item: dict[str, Any]) -> Entry:
    """Return what is sound of a question, the rest blank and named in `broken`."""
    authored, broken = sound_part(item, Question, _PLACEHOLDERS)
    blanks = {name: value for name, value in _BLANKS.items() if name in broken}
    question = replace(authored, **blanks)
    return Entry(question, document, ("questions", index), frozenset(broken))


def _compile_facts(out: Compiled) -> None:
    shell, authored, problems = validate_file(out.document, FactsFile, "facts", AuthoredFact)
    out.problems += problems
    if shell is None:
        return
    sound = [(index, fact) for index, fact in enumerate(authored) if fact is not None]
    file = shell.model_copy(update={"facts": [fact for _, fact in sound]})
    is_whole = len(sound) == len(authored)  # else nothing can be said of what is wrong between facts
    found = faults(file) if is_whole else chain.from_iterable(fact_faults(*pair, shell) for pair in sound)
    for one in found:
        out.problems.append(out.document.problem(one.place, one.rule, one.message, level=one.level))
    if not is_whole:
        return
    out.facts_file = file
    out.topics = dict(file.topics)
    first_topic = next(iter(file.topics), "general")
    out.facts = [
        _as_fact(fact, file, fact.topic or first_topic)
        for fact in file.facts
        if fact.status is Status.REVIEWED and fact.use is not Use.AVOID
    ]


def _as_fact(fact: AuthoredFact, file: FactsFile, topic: str) -> Fact:
    """Return the fact as people see it."""
    from bot.bank.generator import source_of

    source = source_of(file, fact)
    explanation = fact.explanation or fact.statement
    return Fact(fact.id, topic, fact.difficulty, fact.statement, explanation, source, fact.as_of)
