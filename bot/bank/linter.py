"""The linter: every fault of a bank's files at once, each with its place and what to write instead."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from bot.bank.compiler import Compiled, compile_document
from bot.bank.document import MAX_PROBLEMS, Document, mark_of, no_collector, open_document
from bot.bank.files import bank_files
from bot.bank.problem import Level, Problem
from bot.bank.rules import Entry, Finding, Rule, Whole, all_rules
from bot.quiz.question import Question

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
    "unneeded-allow": "`allow` switches a rule off that finds nothing there (a warning).",
}


@cache
def _rules(*levels: Level) -> tuple[list[Rule], list[Rule]]:
    """Return the rules of these levels, or of all, for one question and for the whole bank."""
    rules = [rule for rule in all_rules().values() if not levels or rule.level in levels]
    return [rule for rule in rules if rule.for_question], [rule for rule in rules if rule.for_whole]


def has_errors(entries: Iterable[Entry]) -> bool:
    """Whether an error's rule, of those for one question, finds something: the loader's quick look."""
    checks = [(rule.name, rule.for_question) for rule in _rules("error")[0]]
    for entry in entries:
        question = entry.question
        for name, check_question in checks:
            if not check_question or next(check_question(question), None) is None:
                continue
            if not question.allow.get(name, "").strip():
                return True
        if any(problem.level == "error" for problem in _allow_problems(entry, set())):
            return True
    return False


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
        if one.facts_file is None or one.problems or not asked.isdisjoint(fact.id for fact in one.facts):
            continue
        from bot.bank.generator import generate_questions

        number = {fact.id: index for index, fact in enumerate(one.facts_file.facts)}
        for question in generate_questions(one.facts_file):
            yield Entry(question, one.document, ("facts", number[question.fact]), is_promised=True)


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

    A generated question is mended in its fact, so the problem says where that is.
    """
    for loc, message in findings:
        if loc and loc[0] in entry.broken:
            continue
        if entry.question.allow.get(rule.name, "").strip():
            used.add(rule.name)
            continue
        if entry.is_promised:
            told = f"`{entry.question.id}`: {message}"
            yield entry.document.problem(entry.loc, rule.name, told, level=rule.level)
            continue
        origin = origins.get((Path(entry.document.path).parent, entry.question.fact))
        if origin is not None:
            document, index = origin
            line, _ = mark_of(document, ("facts", index))
            message += f"; its fact is at {document.path}:{line}"  # noqa: PLW2901 # said with more
        yield entry.document.problem((*entry.loc, *loc), rule.name, message, level=rule.level)


def _allow_problems(entry: Entry, used: set[str], *, is_full: bool = False) -> Iterator[Problem]:
    """Yield what is wrong with a question's `allow`; unneeded ones only when every rule has run."""
    for name, reason in entry.question.allow.items():
        rules = all_rules()
        loc = entry.loc if entry.is_promised else (*entry.loc, "allow", name)
        if name not in rules:
            yield entry.document.problem(loc, "unknown-rule", _no_such_rule(name), key=True)
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
