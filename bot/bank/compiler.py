"""One file of a bank, from YAML to what is played: questions, or facts, with every fault on the way.

A question with faults is still handed to the linter, its faulty fields blanked out, so
that an author sees all there is to mend at once.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.bank.document import Document
from bot.bank.facts import AuthoredFact, FactsFile, Status, Use, faults
from bot.bank.problem import Problem
from bot.bank.rules import Entry
from bot.bank.schema import AuthoredQuestion, QuestionFile, as_question, broken_fields, validate
from bot.quiz.question import Fact, Kind, Reference, Source, Verdict

_MAX_EXAMINED = 20_000  # faulty questions that are looked at one by one


@dataclass(slots=True)
class Compiled:
    """What a file holds. It can be played only when `problems` is empty."""

    document: Document
    problems: list[Problem]
    entries: list[Entry] = field(default_factory=list)
    topics: dict[str, str] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    facts_file: FactsFile | None = None


def compile_document(document: Document) -> Compiled:
    """Return what `document` holds, whichever sort of file it is."""
    out = Compiled(document, list(document.problems))
    root = document.root
    if not document.is_readable:
        return out
    if not isinstance(root, dict):
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
    file, problems = validate(document, QuestionFile)
    out.problems += problems
    if file is not None:
        out.topics = file.topics
        if not file.questions:
            message = "there is no question in this file: generate it from reviewed facts, or take it away"
            out.problems.append(document.problem(("questions",), "empty", message, key=True))
        out.entries = [
            Entry(as_question(authored), document, ("questions", index))
            for index, authored in enumerate(file.questions)
        ]
        return
    topics, items = document.root.get("topics"), document.root.get("questions")
    if isinstance(topics, dict):
        out.topics = {key: title for key, title in topics.items() if isinstance(title, str)}
    for index, item in enumerate(items[:_MAX_EXAMINED] if isinstance(items, list) else ()):
        if isinstance(item, dict):
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
    "source": Source("", "", "", (), Verdict.SUPPORTED),
    "accept": (),
    "tolerance": None,
    "allow": {},
}


def _salvaged(document: Document, index: int, item: dict[str, Any]) -> Entry:
    """Return what is sound of a question, the rest blank and named in `broken`."""
    broken = broken_fields(item, AuthoredQuestion)
    sound = {name: value for name, value in item.items() if name not in broken}
    patched = {**{name: value for name, value in _PLACEHOLDERS.items() if name in broken}, **sound}
    mended = Document(document.path, "", patched, [], has_null=document.has_null)
    authored, _ = validate(mended, AuthoredQuestion)
    blanks = {name: value for name, value in _BLANKS.items() if name in broken}
    if authored is None:  # nothing of it can be used
        authored, _ = validate(
            Document(document.path, "", dict(_PLACEHOLDERS), [], has_null=False), AuthoredQuestion
        )
        blanks = dict(_BLANKS)
    if authored is None:
        raise AssertionError("the placeholders make a question")
    question = replace(as_question(authored), **blanks)
    return Entry(question, document, ("questions", index), frozenset(broken))


def _compile_facts(out: Compiled) -> None:
    file, problems = validate(out.document, FactsFile)
    out.problems += problems
    if file is None:
        return
    out.facts_file = file
    for fault in faults(file):
        out.problems.append(out.document.problem(fault.place, fault.rule, fault.message))
    out.topics = dict(file.topics)
    first_topic = next(iter(file.topics), "general")
    out.facts = [
        _as_fact(fact, file, fact.topic or first_topic)
        for fact in file.facts
        if fact.status is Status.REVIEWED and fact.use is not Use.AVOID
    ]


def _as_fact(fact: AuthoredFact, file: FactsFile, topic: str) -> Fact:
    """Return the fact as people see it."""
    source = file.source
    return Fact(
        fact.id,
        topic,
        fact.difficulty,
        fact.statement,
        fact.explanation or fact.statement,
        Source(
            source.title,
            source.publisher,
            source.published,
            tuple(fact.paragraphs),
            fact.verdict,
            fact.says,
            tuple(
                Reference(found.title, found.url)
                for reference in fact.references
                if (found := file.references.get(reference) if isinstance(reference, str) else reference)
            ),
        ),
    )
