"""`stats` and `show`: what is in a bank."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import click

from bot.cli.bank.answers import print_answers
from bot.cli.bank.terminal import console, counted, default_bank, failure, load, print_json
from bot.quiz.arrangement import arranged
from bot.quiz.game import LETTERS
from bot.quiz.question import Origin

if TYPE_CHECKING:
    from bot.bank import Bank
    from bot.quiz.question import Fact, Question


@click.command()
@click.argument("path", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--answers", "has_answers", is_flag=True, help="Show what live answers tell, not counts.")
def stats(path: str | None, form: str, *, has_answers: bool) -> None:
    r"""Count a bank's questions by topic, kind and difficulty; what is supplement, what was read and when.

    \b
    Examples:
      farside bank stats
      farside bank stats my/questions.yaml --format json
      farside bank stats --answers              (what is too easy, too hard, or looks wrong)
    """
    where = Path(path) if path else default_bank()
    loaded = load(where)
    if has_answers:
        print_answers(loaded, where, form)
        return
    counts = _counts(loaded, where)
    if form == "json":
        print_json(counts)
        return
    _print_counts(loaded, counts)


def _counts(loaded: "Bank", path: Path) -> dict[str, Any]:
    kinds_of: dict[str, set[str]] = {}
    for question in loaded.questions:
        kinds_of.setdefault(question.fact, set()).add(question.kind)
    beside = Origin.SUPPLEMENT
    return {
        "title": loaded.look.title,
        "questions": len(loaded),
        "facts_asked": len(kinds_of),
        "facts_asked_in_two_kinds": sum(len(kinds) > 1 for kinds in kinds_of.values()),
        "facts": len(loaded.facts),
        "topics": {topic: len(loaded.pool(topic)) for topic in loaded.topics},
        "kinds": dict(Counter(str(question.kind) for question in loaded.questions).most_common()),
        "difficulties": {str(level): len(loaded.pool(difficulty=level)) for level in (1, 2, 3)},
        "verdicts": dict(
            Counter(str(question.source.verdict or "none") for question in loaded.questions).most_common()
        ),
        "supplement": {
            "questions": sum(question.source.origin is beside for question in loaded.questions),
            "facts": sum(fact.source.origin is beside for fact in loaded.facts.values()),
        },
        "dated_facts": sum(fact.as_of is not None for fact in loaded.facts.values()),
        "references_seen": _seen(loaded),
        "read": _read(loaded, path),
    }


def _seen(loaded: "Bank") -> dict[str, Any]:
    """Return how many references there are, how many were opened, and when the last one was."""
    references = {one for question in loaded.questions for one in question.source.references}
    days = [one.seen for one in references if one.seen]
    return {"references": len(references), "seen": len(days), "last": max(days, default=None)}


def _read(loaded: "Bank", path: Path) -> dict[str, Any]:
    """Return how many questions were read as they are now, by whom and when, and what was thought of them."""
    from bot.bank.compiler import compile_document
    from bot.bank.document import open_document
    from bot.bank.files import bank_files
    from bot.bank.readings import as_read

    compiled = (compile_document(open_document(file)) for file in bank_files([path])[0])
    readings = [reading for one in compiled if one.readings for reading in one.readings]
    by_id = {question.id: question for question in loaded.questions}
    current = as_read(readings, by_id)
    days = [reading.read for reading in current if reading.read]
    return {
        "questions": len({reading.id for reading in current}),
        "readers": sorted({reading.reader for reading in current}),
        "verdicts": dict(Counter(str(reading.verdict) for reading in current).most_common()),
        "first": min(days, default=None),
        "last": max(days, default=None),
        "changed_since": len({one.id for one in readings if one.id in by_id} - {one.id for one in current}),
    }


def _print_counts(loaded: "Bank", counts: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    out = console()
    out.print(
        Text(
            f"{counted(counts['questions'], 'question')} from {counted(counts['facts_asked'], 'fact')}",
            "bold",
        )
    )
    table = Table(box=None, pad_edge=False, show_footer=True, header_style="dim", footer_style="bold")
    table.add_column("topic", footer="all")
    kinds = list(counts["kinds"])
    for kind in kinds:
        table.add_column(kind, justify="right", footer=str(counts["kinds"][kind]))
    for level in ("1", "2", "3"):
        table.add_column(f"level {level}", justify="right", footer=str(counts["difficulties"][level]))
    table.add_column("all", justify="right", footer=str(counts["questions"]))
    for topic, title in loaded.topics.items():
        cells = [str(len(loaded.pool(topic, kinds=kind)) or "") for kind in kinds]
        cells += [str(len(loaded.pool(topic, level)) or "") for level in (1, 2, 3)]
        table.add_row(Text(title), *cells, str(counts["topics"][topic]))
    out.width = max(out.width, 200) if not out.is_terminal else out.width
    out.print(table)
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in counts["verdicts"].items())
    out.print(Text(f"{counts['facts_asked_in_two_kinds']} facts are asked in two kinds or more."))
    out.print(Text(f"What the article says there is: {verdicts}."))
    for line in _told(counts):
        out.print(Text(line))


def _told(counts: dict[str, Any]) -> list[str]:
    """Return what is told in words: the supplement, the days, the references, the readings."""
    beside, seen, read = counts["supplement"], counts["references_seen"], counts["read"]
    share = f"{counted(beside['facts'], 'fact')} of {counts['facts']}"
    share += f", {counted(beside['questions'], 'question')} of {counts['questions']}"
    last = f", the last on {seen['last']}" if seen["last"] else ""
    lines = [
        f"Supplement, not from the article: {share}.",
        f"{counted(counts['dated_facts'], 'fact')} with a day on which it was true.",
        f"{seen['seen']} of {counted(seen['references'], 'reference')} were opened{last}.",
    ]
    if not read["questions"]:
        return [*lines, "No question was read by a person as it is now, or nobody wrote it down."]
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in read["verdicts"].items())
    days = f", from {read['first']} to {read['last']}" if read["first"] else ""
    who = f"by {' and '.join(read['readers'])}{days}: {verdicts}"
    lines.append(
        f"{read['questions']} of {counted(counts['questions'], 'question')} read as they are, {who}."
    )
    if read["changed_since"]:
        lines.append(f"{counted(read['changed_since'], 'question')} changed since.")
    return lines


@click.command()
@click.argument("identifier", metavar="ID", required=False)
@click.argument("file", metavar="[FILE]", required=False)
@click.option("--bank", "path", metavar="PATH", help="The bank to look in; FILE says the same.")
@click.option("--random", "is_random", is_flag=True, help="Show a question drawn at random.")
@click.option("--all", "is_all", is_flag=True, help="Show every question, in the order of the files.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, each question with its content's hash.")
def show(
    *,
    identifier: str | None,
    file: str | None,
    path: str | None,
    is_random: bool,
    is_all: bool,
    as_json: bool,
) -> None:
    r"""Show a question, or a fact with all its questions, as players see it.

    \b
    Examples:
      farside bank show --random
      farside bank show rover-distance.number
      farside bank show rover-distance my/questions.yaml
      farside bank show --all --json             (for those who read a bank: see review.yaml in the manual)
    """
    if (is_all or is_random) and identifier is not None and file is None:
        identifier, file = None, identifier
    where = file or path
    loaded = load(Path(where) if where else default_bank())
    questions = _shown(loaded, identifier, is_random=is_random, is_all=is_all)
    if as_json:
        print_json([_plain(question) for question in questions])
    elif identifier is not None and loaded.get(identifier) is None:
        _print_fact(loaded, identifier, questions)
    else:
        for question in questions:
            _print_question(loaded, question)


def _shown(loaded: "Bank", identifier: str | None, *, is_random: bool, is_all: bool) -> Sequence["Question"]:
    """Return the questions that are asked for; those of a fact when its id is given."""
    if is_all:
        return loaded.questions
    if is_random:
        return [loaded.draw(Random()).question]
    if identifier is None:
        raise click.UsageError("Name the id of a question or a fact, or use --random or --all.")
    question = loaded.get(identifier)
    asking = [question] if question is not None else loaded.about(identifier)
    if not asking and identifier not in loaded.facts:
        raise failure(f"There is no question or fact `{identifier}` here.{_closest(loaded, identifier)}")
    return asking


def _plain(question: "Question") -> dict[str, Any]:
    from bot.quiz.question import content_hash, question_to_plain

    return {"id": question.id, "hash": content_hash(question), **question_to_plain(question)}


def _closest(loaded: "Bank", identifier: str) -> str:
    from rapidfuzz import fuzz, process

    names = list(dict.fromkeys([*loaded.ids, *(question.fact for question in loaded.questions)]))
    found = process.extract(identifier[:100], names, scorer=fuzz.WRatio, score_cutoff=60, limit=3)
    if not found:
        return " `farside bank stats` shows what there is."
    return f" Did you mean {' or '.join(f'`{name}`' for name, _, _ in found)}?"


def _print_question(loaded: "Bank", question: "Question") -> None:
    from rich.text import Text

    out = console()
    about = f"{question.kind} · {loaded.topics[question.topic]} · difficulty {question.difficulty}"
    out.print(Text(question.id, "bold"), Text(about, "dim"), sep="\n")
    out.print(Text(f"\n{question.stem}", "bold"))
    for clue in question.clues:
        out.print(Text(f"  Clue: {clue}"))
    if question.picture:
        out.print(Text(f"  Picture: {question.picture.image} ({question.picture.alt})"))
    for letter, option in zip(LETTERS, arranged(question, Random(question.id)), strict=False):
        is_key = option in (question.keys or (question.key,))
        out.print(Text(f"  {letter}  {option}{'  ← key' if is_key else ''}", "green" if is_key else ""))
    if question.accept:
        out.print(Text(f"Typed, these count too: {', '.join(question.accept)}"))
    if question.tolerance:
        tolerance = question.tolerance
        out.print(Text(f"Numbers from {tolerance.low:g} to {tolerance.high:g} {tolerance.unit} count."))
    out.print(Text(f"\n{question.explanation}"))
    source = question.source
    told = ", ".join(part for part in (source.title, source.publisher, source.published) if part)
    paragraphs = ", ".join(map(str, source.paragraphs))
    place = f", paragraph {paragraphs}" if paragraphs else ""
    if source.origin is Origin.SUPPLEMENT:
        told, place = "not the article: a supplement", ""
    out.print(Text(f"\nSource: {told}{place}{f' ({source.verdict})' if source.verdict else ''}"))
    if source.says:
        out.print(Text(f"The article says: {source.says}", "yellow"))
    for reference in source.references:
        seen = f"Checked on {reference.seen}" if reference.seen else "Named, not opened"
        out.print(Text(f"{seen}: {reference.title} {reference.url}", "dim"))
    if not source.references:
        out.print(Text("Not checked elsewhere.", "dim"))
    if question.as_of:
        out.print(Text(f"True on {question.as_of}.", "dim"))


def _print_fact(loaded: "Bank", identifier: str, asking: Sequence["Question"]) -> None:
    from rich.text import Text

    out = console()
    fact: Fact | None = loaded.facts.get(identifier)
    out.print(Text(identifier, "bold"))
    if fact is not None:
        out.print(Text(f"{fact.statement}\n{fact.explanation}"))
    for question in asking:
        out.print(Text(f"  {question.id}  ", "cyan") + Text(f"{question.stem} → {question.key}", "not bold"))
