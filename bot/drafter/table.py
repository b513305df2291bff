"""The editor's table: a facts file's drafts, one at a time, to be kept, mended, dropped, or left for later.

What always holds:
- the file is saved at each step, whole or not at all; its comments, its order and what was not touched stay;
- whatever another program writes into the file meanwhile is read first, and never written over;
- a fact is kept only when it is valid; its evidence goes with that, since the file is to be published;
- a step can be undone, as long as nobody else has changed the file since.
"""

import io
import os
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rapidfuzz import fuzz
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.bank.compiler import compile_document
from bot.bank.document import parse
from bot.bank.facts import Ask, AuthoredFact, FactKind, FactsFile, Status, faults
from bot.bank.generator import generate_questions
from bot.bank.problem import BankError, Problem
from bot.bank.rules import all_rules
from bot.drafter.draft import stems
from bot.drafter.standing import stands_alone
from bot.quiz.question import Question

_STEPS_KEPT = 200
_TEXTS = ("ask", "value", "statement", "explanation", "topic")
_FIELDS = (*_TEXTS, "distractors", "aliases", "difficulty")


class Refused(Exception):
    """Tells why a step was not taken, as a sentence; nothing was written."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that the linter, or the format, says of a fact: "error" or "warning", and a sentence."""

    level: str
    message: str


@dataclass(frozen=True, slots=True)
class Look:
    """A fact as it lies on the table: its fields as text, what is said of it, and its questions as played."""

    fact: AuthoredFact
    words: tuple[Word, ...]
    questions: tuple[Question, ...]

    @property
    def form(self) -> dict[str, Any]:
        """The fields that can be edited."""
        fact = self.fact
        return {
            "ask": next(iter(stems(fact)), ""),
            "value": fact.value,
            "statement": fact.statement,
            "explanation": fact.explanation or "",
            "topic": fact.topic or "",
            "distractors": list(fact.distractors),
            "aliases": list(fact.aliases),
            "difficulty": fact.difficulty,
        }


@dataclass(slots=True)
class _Step:
    """What undoing needs: the file before and after, and the tally before."""

    before: str
    after: str
    tally: dict[str, int]
    later: list[str] = field(default_factory=list)
    name: str = ""


class Table:
    """The drafts of the facts file at `path`. Raises BankError where it cannot be read as one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        self._yaml.width = 100
        self._later: list[str] = []
        self._steps: deque[_Step] = deque(maxlen=_STEPS_KEPT)
        self.tally = {"kept": 0, "dropped": 0}
        self._text = ""
        self._file: FactsFile
        self._read()

    # Looking

    @property
    def drafts(self) -> list[AuthoredFact]:
        """What is still to be decided: in the file's order, what was put off last."""
        waiting = {fact.id: fact for fact in self._file.facts if fact.status is Status.DRAFT}
        late = [name for name in self._later if name in waiting]
        return [
            *(fact for name, fact in waiting.items() if name not in late),
            *(waiting[name] for name in late),
        ]

    @property
    def topics(self) -> dict[str, str]:
        """The file's topics: id and title."""
        return dict(self._file.topics)

    @property
    def reviewed(self) -> int:
        """How many facts of the file are kept, from this sitting or earlier ones."""
        return sum(fact.status is Status.REVIEWED for fact in self._file.facts)

    @property
    def undoable(self) -> str:
        """What `undo` would take back, in words; "" where it would do nothing."""
        return self._steps[-1].name if self._steps and self._steps[-1].after == self._text else ""

    def refresh(self) -> bool:
        """Read the file again where somebody else has changed it; return whether that was so."""
        if self._on_disk() == self._text:
            return False
        self._steps.clear()
        self._read()
        return True

    def look(self, name: str, form: Mapping[str, Any] | None = None) -> Look:
        """Return a fact as it lies there, or as it would with the fields of `form`; writes nothing."""
        fact = self._fact(name)
        words: list[Word] = []
        if form is not None:
            try:
                fact = _mended(fact, form)
            except ValidationError as error:
                words = [*_complaints(error)]
        reviewed = fact.model_copy(update={"status": Status.REVIEWED, "evidence": None, "note": None})
        alone = self._file.model_copy(update={"facts": [reviewed], "orders": []})
        words += [Word("error", fault.message) for fault in faults(alone)]
        questions: tuple[Question, ...] = ()
        if not words:
            questions = generate_questions(alone)
            words += _linted(questions)
        if _is_taken_over(fact):
            words.append(
                Word("warning", "the statement is the article's own sentence: put it into your own words")
            )
        if not questions and not words:
            words.append(Word("warning", "nothing can be asked of it yet: write a question"))
        return Look(fact, tuple(words), questions)

    # Deciding

    def keep(self, name: str, form: Mapping[str, Any] | None = None) -> None:
        """Take a fact into the bank, with the fields of `form`. Raises Refused where it is not valid."""
        self.refresh()
        found = self.look(name, form)
        if errors := [word.message for word in found.words if word.level == "error"]:
            raise Refused(errors[0][:1].upper() + errors[0][1:] + ".")
        with self._changing("keep") as facts:
            node = _node(facts, name)
            if form is not None:
                _write(node, self._fact(name), found.fact)
            node["status"] = Status.REVIEWED.value
            for spare in ("evidence", "note"):
                if spare == "evidence" or str(node.get(spare, "")).startswith("Offered as "):
                    _remove(node, spare)
            self.tally["kept"] += 1

    def drop(self, name: str) -> None:
        """Take a fact out of the file."""
        self.refresh()
        self._fact(name)
        with self._changing("drop") as facts:
            facts.pop(next(at for at, node in enumerate(facts) if node["id"] == name))
            self.tally["dropped"] += 1

    def edit(self, name: str, form: Mapping[str, Any]) -> None:
        """Write the fields of `form`; the fact stays a draft. Raises Refused where a field cannot be so."""
        self.refresh()
        try:
            mended = _mended(self._fact(name), form)
        except ValidationError as error:
            raise Refused(f"{next(_complaints(error)).message}.") from None
        if mended != self._fact(name):
            with self._changing("edit") as facts:
                _write(_node(facts, name), self._fact(name), mended)

    def later(self, name: str) -> None:
        """Put a fact off behind all others."""
        self._fact(name)
        self._steps.append(_Step(self._text, self._text, dict(self.tally), list(self._later), "put off"))
        self._later = [*(other for other in self._later if other != name), name]

    def undo(self) -> str:
        """Take the last step back and return its name; raises Refused where there is none."""
        self.refresh()
        if not self.undoable:
            raise Refused("There is nothing to take back.")
        step = self._steps.pop()
        if step.before != self._text:
            self._save(step.before)
        self.tally, self._later = step.tally, step.later
        self._read()
        return step.name

    # The file

    def _on_disk(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            told = Problem(str(self.path), 1, 1, "error", "file", f"cannot be read: {error}")
            raise BankError([told]) from error

    def _read(self) -> None:
        text = self._on_disk()
        compiled = compile_document(parse(str(self.path), text))
        if any(problem.level == "error" for problem in compiled.problems):
            raise BankError(sorted(compiled.problems))
        if compiled.facts_file is None:
            message = "holds no facts: `farside bank draft` makes a file of them from an article"
            raise BankError([Problem(str(self.path), 1, 1, "error", "schema", message)])
        self._text, self._file = text, compiled.facts_file

    def _fact(self, name: str) -> AuthoredFact:
        found = next((fact for fact in self._file.facts if fact.id == name), None)
        if found is None:
            raise Refused(f"There is no fact {name!r} in the file any more.")
        return found

    @contextmanager
    def _changing(self, name: str) -> Iterator[CommentedSeq]:
        """Hand out the facts as nodes that remember their comments; save them as one step."""
        step = _Step(self._text, "", dict(self.tally), list(self._later), name)
        root: CommentedMap = self._yaml.load(self._text)
        yield root["facts"]
        if not root["facts"]:
            root["facts"] = CommentedSeq()
            root["facts"].fa.set_flow_style()
        out = io.StringIO()
        self._yaml.dump(root, out)
        self._save(out.getvalue())
        try:
            self._read()
        except BankError:
            self._save(step.before)
            self._read()
            raise
        step.after = self._text
        self._steps.append(step)

    def _save(self, text: str) -> None:
        save(self.path, text)


def save(path: Path, text: str) -> None:
    """Write a file in one step: whoever reads it meanwhile sees the old one or the new one."""
    path = path.resolve()
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(part).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


# A fact's fields


def _mended(fact: AuthoredFact, form: Mapping[str, Any]) -> AuthoredFact:
    """Return a fact with the fields of `form`. Raises ValidationError with all that is wrong with them."""
    plain = fact.model_dump(mode="json", exclude_defaults=True)
    told = {name: form[name] for name in _FIELDS if name in form}
    for name in _TEXTS:
        if name in told:
            told[name] = " ".join(str(told[name]).split())
    for name in ("distractors", "aliases"):
        if name in told:
            lines = told[name].splitlines() if isinstance(told[name], str) else told[name]
            told[name] = [text for line in lines if (text := " ".join(str(line).split()))]
    if "value" in told and told["value"] != fact.value:
        plain.pop("tolerance", None)  # it was the old number's
    stem = told.pop("ask", next(iter(stems(fact)), ""))
    plain |= told
    for name in ("explanation", "topic"):
        if not plain.get(name):
            plain.pop(name, None)
    if stem != next(iter(stems(fact)), "") or "distractors" in told or "statement" in told:
        plain["ask"] = _asked(fact, stem, plain)
    return AuthoredFact.model_validate(plain)


def _asked(fact: AuthoredFact, stem: str, plain: Mapping[str, Any]) -> Any:
    """Return `ask` for one question, in the kind that its value and its wrong answers allow."""
    if isinstance(fact.ask, Ask) and len(stems(fact)) > 1:
        return plain["ask"]  # an author's many wordings are theirs
    alone = stands_alone(plain["statement"])
    if not stem:
        return {} if alone else {"true_statements": [], "false_statements": []}
    if fact.kind not in (FactKind.QUANTITY, FactKind.YEAR) and len(plain.get("distractors", ())) < 2:
        return {"text": stem}
    if alone:
        return stem
    return {{FactKind.QUANTITY: "number", FactKind.YEAR: "year"}.get(fact.kind, "choice"): stem}


def _is_taken_over(fact: AuthoredFact) -> bool:
    """Tell a statement that is still the article's sentence, or nearly so."""
    return bool(fact.evidence) and fuzz.ratio(fact.statement.casefold(), str(fact.evidence).casefold()) > 90


def _node(facts: CommentedSeq, name: str) -> CommentedMap:
    node: CommentedMap = next(node for node in facts if node["id"] == name)
    return node


def _write(node: CommentedMap, old: AuthoredFact, new: AuthoredFact) -> None:
    """Write the fields that differ into a fact's node; the others keep their place, form and comments."""
    before = old.model_dump(mode="json", exclude_defaults=True)
    after = new.model_dump(mode="json", exclude_defaults=True)
    for name in before.keys() - after.keys():
        _remove(node, name)
    for name, value in after.items():
        if before.get(name) == value:
            continue
        if name in node:
            node[name] = value
        else:
            place = [*node].index("kind") if name == "ask" and "kind" in node else len(node)
            node.insert(place, name, value)


def _remove(node: CommentedMap, name: str) -> None:
    """Take a field out, and leave the comment behind it with the field before."""
    if name not in node:
        return
    names = [*node]
    before = names[names.index(name) - 1] if names.index(name) else None
    comment = node.ca.items.pop(name, None)
    del node[name]
    if comment is not None and comment[2] is not None and before is not None:
        held = node.ca.items.setdefault(before, [None, None, None, None])
        if held[2] is None:
            held[2] = comment[2]
        else:
            held[2].value += comment[2].value


def _complaints(error: ValidationError) -> Iterator[Word]:
    for each in error.errors():
        place = ".".join(str(part) for part in each["loc"] if isinstance(part, str)) or "the fact"
        yield Word("error", f"{place}: {each['msg'][:1].lower()}{each['msg'][1:]}")


def _linted(questions: tuple[Question, ...]) -> Iterator[Word]:
    """Yield what the linter's rules for one question say, each once."""
    seen: set[str] = set()
    for question in questions:
        for rule in all_rules().values():
            for _, message in rule.for_question(question) if rule.for_question else ():
                if message not in seen:
                    seen.add(message)
                    yield Word(rule.level, message)
