"""`stats` and `show`: what is in a bank."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.bank.terminal import console, counted, default_bank, fail, load, print_json

if TYPE_CHECKING:
    from bot.bank import Bank
    from bot.quiz.question import Fact, Question


@click.command()
@click.argument("path", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def stats(path: str | None, form: str) -> None:
    r"""Count the questions of a bank by topic, kind and difficulty.

    \b
    Examples:
      farside bank stats
      farside bank stats my/questions.yaml --format json
    """
    loaded = load(Path(path) if path else default_bank())
    counts = _counts(loaded)
    if form == "json":
        print_json(counts)
        return
    _print_counts(loaded, counts)


def _counts(loaded: "Bank") -> dict[str, Any]:
    kinds_of: dict[str, set[str]] = {}
    for question in loaded.questions:
        kinds_of.setdefault(question.fact, set()).add(question.kind)
    return {
        "questions": len(loaded),
        "facts_asked": len(kinds_of),
        "facts_asked_in_two_kinds": sum(len(kinds) > 1 for kinds in kinds_of.values()),
        "facts": len(loaded.facts),
        "topics": {topic: len(loaded.pool(topic)) for topic in loaded.topics},
        "kinds": dict(Counter(str(question.kind) for question in loaded.questions).most_common()),
        "difficulties": {str(level): len(loaded.pool(difficulty=level)) for level in (1, 2, 3)},
        "verdicts": dict(
            Counter(str(question.source.verdict) for question in loaded.questions).most_common()
        ),
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
    out.width = max(out.width, 120) if not out.is_terminal else out.width
    out.print(table)
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in counts["verdicts"].items())
    out.print(Text(f"{counts['facts_asked_in_two_kinds']} facts are asked in two kinds or more."))
    out.print(Text(f"What the article says there is: {verdicts}."))


@click.command()
@click.argument("identifier", metavar="ID", required=False)
@click.option("--bank", "path", metavar="PATH", help="The bank to look in.")
@click.option("--random", "is_random", is_flag=True, help="Show a question drawn at random.")
def show(identifier: str | None, path: str | None, is_random: bool) -> None:
    r"""Show a question, or a fact with all its questions, as players see it.

    \b
    Examples:
      farside bank show --random
      farside bank show rover-distance.number.1
      farside bank show rover-distance --bank my/questions.yaml
    """
    loaded = load(Path(path) if path else default_bank())
    if is_random:
        import random

        _print_question(loaded, loaded.draw(random.Random()).question)
        return
    if identifier is None:
        raise click.UsageError("Name the id of a question or a fact, or use --random.")
    question = loaded.get(identifier)
    asking = [question for question in loaded.questions if question.fact == identifier]
    if question is not None:
        _print_question(loaded, question)
    elif asking or identifier in loaded.facts:
        _print_fact(loaded, identifier, asking)
    else:
        raise fail(f"There is no question or fact `{identifier}` here.{_closest(loaded, identifier)}")


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
    for letter, option in zip("ABCDE", sorted((question.key, *question.distractors)), strict=False):
        is_key = option == question.key
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
    out.print(Text(f"\nSource: {told}{f', paragraph {paragraphs}' if paragraphs else ''} ({source.verdict})"))
    if source.says:
        out.print(Text(f"The article says: {source.says}", "yellow"))
    for reference in source.references:
        out.print(Text(f"Checked: {reference.title} {reference.url}", "dim"))


def _print_fact(loaded: "Bank", identifier: str, asking: Sequence["Question"]) -> None:
    from rich.text import Text

    out = console()
    fact: Fact | None = loaded.facts.get(identifier)
    out.print(Text(identifier, "bold"))
    if fact is not None:
        out.print(Text(f"{fact.statement}\n{fact.explanation}"))
    for question in asking:
        out.print(Text(f"  {question.id}  ", "cyan") + Text(f"{question.stem} → {question.key}", "not bold"))
