"""The linter: every fault of a bank's files at once, each with its place and what to write instead."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from bot.bank import readings
from bot.bank.compiler import Compiled, compile_document
from bot.bank.document import MAX_PROBLEMS, Document, mark_of, no_collector, open_document
from bot.bank.files import bank_files
from bot.bank.problem import Level, Problem
from bot.bank.rules import Entry, Finding, Loc, Rule, Whole, all_rules
from bot.quiz.question import Kind, Question

Progress = Callable[[int, int], None]  # how many questions of how many are done
Origins = Mapping[tuple[Path, str], tuple[Document, int]]  # by folder and the fact's id: where it is
_EVERY = 200  # questions between two words of progress

# What is found while a file is read, before any rule for questions runs.
READING = {
    "file": "The file is not there, cannot be read, or is larger than 32 MB.",
    "encoding": "The file is not UTF-8, or holds a character that YAML forbids.",
    "syntax": "The file is not YAML: a tab, a quote that is never closed, a colon in unquoted text.",
    "empty": "The file, or the bank, is empty.",
    "too-deep": "Lists and fields are nested deeper than 32 levels.",
    "alias": "An alias (`*name`) has no anchor, or the aliases repeat more than 100,000 values.",
    "tag": "A YAML tag (`!!name`) stands in the file; none has a meaning there.",
    "duplicate-key": "A field stands twice in one place.",
    "unknown-field": "There is no field of that name; the problem says which was probably meant.",
    "missing-field": "A field that is needed is missing: explanation, source, difficulty ...",
    "missing-value": "A field that needs text is empty.",
    "schema": "A value is of the wrong sort, too long, or not one of those possible.",
    "unknown-rule": "`allow` names a rule that does not exist.",
    "allow-without-reason": "`allow` switches a rule off and gives no reason.",
    "allowed-error": "`allow` names an error; only warnings can be switched off.",
    "changed-since-read": "A question is not what it was when a reader read it (a warning).",
    "unmended": "A reader would edit, rewrite or drop a question, and it is as it was (a warning).",
    "read-and-gone": "A reading is about a question that the bank does not have any more (a warning).",
    "unneeded-allow": "`allow` switches a rule off that finds nothing there (a warning).",
}


@cache
def _rules(*levels: Level) -> tuple[list[Rule], list[Rule]]:
    """Return the rules of these levels, or of all, for one question and for the whole bank."""
    rules = [rule for rule in all_rules().values() if not levels or rule.level in levels]
    return [rule for rule in rules if rule.for_question], [rule for rule in rules if rule.for_whole]


def has_errors(entries: Iterable[Entry]) -> bool:
    """Whether an error's rule, of those for one question, finds something: the loader's quick look."""
    checks = [rule.for_question for rule in _rules("error")[0] if rule.for_question]
    return any(
        any(next(check_question(entry.question), None) is not None for check_question in checks)
        or any(problem.level == "error" for problem in _allow_problems(entry, set()))
        for entry in entries
    )


def check(
    paths: Iterable[Path],
    progress: Progress | None = None,
    *,
    errors_only: bool = False,
    known: Mapping[Path, Compiled] = MappingProxyType({}),
) -> list[Problem]:
    """Return every problem of the bank files that `paths` lead to, in the order of their places.

    With `errors_only` the rules that warn do not run: the loader has no use for what they find. Files that
    are `known` are not read again.
    """
    with no_collector():
        files, problems = bank_files(paths)
        compiled = [known.get(file) or compile_document(open_document(file)) for file in files]
        problems += [problem for one in compiled for problem in one.problems]
        found = lint(compiled, progress, errors_only=errors_only)
        problems += islice(found, MAX_PROBLEMS)
        if next(found, None) is not None:
            message = (
                f"the rules find more than {MAX_PROBLEMS:,} problems: mend these first, then see the others"
            )
            problems.append(Problem(str(files[0]), 1, 1, "error", "file", message))
    return sorted(set(problems))


def lint(
    compiled: Sequence[Compiled], progress: Progress | None = None, *, errors_only: bool = False
) -> Iterator[Problem]:
    """Yield what the rules find in files that belong together."""
    entries = [entry for one in compiled for entry in one.entries]
    if not errors_only:
        entries += _promised(compiled, entries)
    origins = _origins(compiled)
    topics = {topic: title for one in compiled for topic, title in one.topics.items()}
    for_question, for_whole = _rules("error") if errors_only else _rules()
    used: dict[int, set[str]] = {index: set() for index in range(len(entries))}
    number = {id(entry): index for index, entry in enumerate(entries)}
    steps = len(entries) + len(for_whole) * _EVERY
    for index, entry in enumerate(entries):
        for rule in for_question:
            yield from _reported(rule, entry, _findings(rule, entry.question), used[index], origins)
        if progress is not None and index % _EVERY == 0:
            progress(index, steps)
    if not errors_only:
        yield from _statement_problems(compiled)
        yield from _reading_problems(compiled, entries)
    whole = Whole(entries, topics, declaring(compiled))
    for done, rule in enumerate(for_whole):
        for entry, loc, message in rule.for_whole(whole) if rule.for_whole else ():
            yield from _reported(rule, entry, [(loc, message)], used[number[id(entry)]], origins)
        if progress is not None:
            progress(len(entries) + done * _EVERY, steps)
    for index, entry in enumerate(entries):
        if entry.question.allow:
            yield from _allow_problems(entry, used[index], is_full=not errors_only)
    if progress is not None:
        progress(steps, steps)


def declaring(compiled: Sequence[Compiled]) -> set[str]:
    """Return the paths of the files whose questions may have declared topics only."""
    told = {Path(one.document.path).parent for one in compiled if one.topics and one.facts_file is not None}
    paths = (one.document.path for one in compiled if one.topics or Path(one.document.path).parent in told)
    return set(paths)


def _findings(rule: Rule, question: Question) -> Iterable[Finding]:
    return rule.for_question(question) if rule.for_question else ()


def _promised(compiled: Sequence[Compiled], entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the questions that facts files would make, where none of them has been made yet."""
    asked = {entry.question.fact for entry in entries}
    for one in compiled:
        if one.facts_file is None or not one.is_sound or not asked.isdisjoint(fact.id for fact in one.facts):
            continue
        from bot.bank.generator import generate_questions

        for question in generate_questions(one.facts_file):
            yield Entry(question, one.document, ("facts", one.fact_places[question.fact]), is_promised=True)


def _origins(compiled: Sequence[Compiled]) -> Origins:
    """Return which fact, in which file, a question of a folder is generated from."""
    return {
        (Path(one.document.path).parent, fact.id): (one.document, index)
        for one in compiled
        if one.facts_file is not None
        for index, fact in enumerate(one.facts_file.facts)
    }


def _reported(
    rule: Rule, entry: Entry, findings: Iterable[Finding], used: set[str], origins: Origins
) -> Iterator[Problem]:
    """Yield the problems in `findings`, but for those switched off, or told by the schema already.

    What is generated is mended in the facts, so the problem says where that is, or stands there.
    """
    for loc, message in findings:
        if loc and loc[0] in entry.broken:
            continue
        if rule.level == "warning" and entry.question.allow.get(rule.name, "").strip():
            used.add(rule.name)
            continue
        if entry.is_promised:
            yield _promised_problem(rule, entry, loc, message)
            continue
        origin = origins.get((Path(entry.document.path).parent, entry.question.fact))
        if origin is not None:
            document, index = origin
            line, _ = mark_of(document, ("facts", index))
            own, _ = mark_of(document, written_at(document, index, text_at(entry.question, loc)))
            text = f"; the text stands on line {own}" if own != line else ""
            message += f"{text}; its fact is at {document.path}:{line}"  # noqa: PLW2901 # said with more
        yield entry.document.problem((*entry.loc, *loc), rule.name, message, level=rule.level)


def _reading_problems(compiled: Sequence[Compiled], entries: Sequence[Entry]) -> Iterator[Problem]:
    """Yield what readers found that is not mended yet, and what has changed since they read it."""
    questions = {entry.question.id: entry.question for entry in entries}
    for one in compiled if questions else ():
        for place, rule, message in readings.faults(one.readings, questions):
            yield one.document.problem(place, rule, message, level="warning")


def _statement_problems(compiled: Sequence[Compiled]) -> Iterator[Problem]:
    """Yield what the rules for any text find in facts' statements: people read them as facts of the day."""
    rules = [rule for rule in all_rules().values() if rule.is_for_texts and rule.for_question]
    for one in compiled:
        for fact in one.facts:
            told = Question(
                id=fact.id,
                fact=fact.id,
                kind=Kind.TRUE_FALSE,
                topic=fact.topic,
                difficulty=fact.difficulty,
                stem=fact.statement,
                key="",
                explanation="",
                source=fact.source,
                as_of=fact.as_of,
            )
            place = ("facts", one.fact_places[fact.id])
            for rule in rules:
                for _, message in _findings(rule, told):
                    at = written_at(one.document, place[1], fact.statement)
                    yield one.document.problem(at, rule.name, message, level=rule.level)


def _promised_problem(rule: Rule, entry: Entry, loc: Loc, message: str) -> Problem:
    """Return a problem of a question that stands in no file yet: at the text in its fact, once for all."""
    place = written_at(entry.document, int(entry.loc[1]), text_at(entry.question, loc))
    if place == entry.loc:
        message = f"`{entry.question.id}`: {message}"
    return entry.document.problem(place, rule.name, message, level=rule.level)


def text_at(question: Question, loc: Loc) -> str:
    """Return the text that a place in a question leads to, or nothing."""
    value: object = question
    for part in loc:
        if isinstance(value, tuple | list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            value = getattr(value, str(part), None)
    return value if isinstance(value, str) else ""


def written_at(document: Document, index: int, text: str) -> Loc:
    """Return where in a fact a text stands: word for word, else inside another; else where the fact is."""
    fact: Loc = ("facts", index)
    if not text or not isinstance(document.root, dict):
        return fact
    places = list(_texts_in(document.root["facts"][index], fact))
    whole = (place for place, written in places if written == text)
    inside = (place for place, written in places if len(text) > 3 and text in written)
    return next(whole, None) or next(inside, None) or fact


def _texts_in(value: object, loc: Loc) -> Iterator[tuple[Loc, str]]:
    if isinstance(value, str):
        yield loc, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts_in(inner, (*loc, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts_in(inner, (*loc, place))


def _allow_problems(entry: Entry, used: set[str], *, is_full: bool = False) -> Iterator[Problem]:
    """Yield what is wrong with a question's `allow`; unneeded ones only when every rule has run."""
    for name, reason in entry.question.allow.items():
        rules = all_rules()
        loc = entry.loc if entry.is_promised else (*entry.loc, "allow", name)
        if name not in rules:
            yield entry.document.problem(loc, "unknown-rule", _no_such_rule(name), key=True)
        elif rules[name].level == "error":
            message = f"`{name}` is an error, and no game can do with it: mend what it finds"
            yield entry.document.problem(loc, "allowed-error", message, key=True)
        elif not reason.strip():
            message = f"say why `{name}` is switched off: `{name}: because ...`"
            yield entry.document.problem(loc, "allow-without-reason", message)
        elif is_full and name not in used:
            message = f"`{name}` finds nothing here: take it out of `allow`"
            yield entry.document.problem(loc, "unneeded-allow", message, level="warning", key=True)


def _no_such_rule(name: str) -> str:
    from bot.bank.schema import close_to

    if name in READING:
        return f"`{name}` cannot be switched off"
    close = close_to(name, list(all_rules()))
    hint = f": did you mean `{close}`?" if close else ": `farside bank rules` lists them"
    return f"there is no rule `{name[:60]}`{hint}"
