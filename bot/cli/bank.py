"""`farside bank`: write a bank of questions for an article, check it, look at it.

Whatever is wrong with a file or a path is told in a sentence with exit status 1, never
in a traceback. What a command makes goes to standard output; all else, to standard error.
"""

import difflib
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from bot.bank import Bank, Problem
    from bot.bank.facts import FactsFile
    from bot.quiz.question import Fact, Question

_LEVEL_STYLE = {"error": "bold red", "warning": "yellow"}
_MANY = 2000  # questions that take long enough for a progress bar


class _BankGroup(click.Group):
    """A group in which wrong usage ends with exit status 1, as everything else that is wrong does."""

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, ValueError, OSError):
                stream.reconfigure(errors="replace")  # type: ignore[union-attr] # a test's stream may not
        with _status_1():
            return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _status_1():
            return super().parse_args(ctx, args)


@contextmanager
def _status_1() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        error.exit_code = 1  # type: ignore[misc] # click asks the instance
        raise


@click.group(cls=_BankGroup, invoke_without_command=True)
@click.pass_context
def bank(ctx: click.Context) -> None:
    r"""Write a bank of questions for an article, check it, look at it.

    \b
    From an article to questions:
      farside bank draft article.txt -o facts.yaml    candidate facts, to be reviewed
      (edit facts.yaml: set `status: reviewed` on what is right)
      farside bank generate facts.yaml                questions.yaml, beside it
      farside bank check facts.yaml questions.yaml    every fault at once
      farside preview                                 play it, without a Discord account

    \b
    Look at what ships:
      farside bank stats
      farside bank show --random
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _console(*, stderr: bool = False) -> "Console":
    """Return where to print: in colour only on a terminal, and never when NO_COLOR is set."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True, emoji=False)


def _say(text: str, style: str = "", *, stderr: bool = True) -> None:
    from rich.text import Text

    _console(stderr=stderr).print(Text(text, style=style))


def _fail(sentence: str) -> click.ClickException:
    """Return what ends the command with exit status 1 and a sentence."""
    return click.ClickException(sentence)


def _default_bank() -> Path:
    """Return the bank that is meant when none is named: the folder here, or the one that ships."""
    from bot.config import shipped_questions

    here = Path("questions")
    return here if here.is_dir() else shipped_questions()


def _print_problems(problems: Iterable["Problem"]) -> None:
    from rich.text import Text

    console = _console()
    if not console.is_terminal:
        for problem in problems:
            click.echo(str(problem))
        return
    for problem in problems:
        line = Text(f"{problem.path}:{problem.line}:{problem.column}: ", style="bold")
        line.append(f"{problem.level}:", style=_LEVEL_STYLE[problem.level])
        line.append(f" {problem.message} ", style="not bold")
        line.append(f"({problem.rule})", style="not bold dim")
        console.print(line)


def _print_json(plain: Any) -> None:
    click.echo(json.dumps(plain, indent=2, ensure_ascii=False))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield what takes (done, of how many) and draws a bar on a terminal; None elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=_console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None, visible=False)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=total > _MANY)

        yield show


def _write(path: Path, text: str) -> None:
    """Write `text` to `path` in one step: whoever reads it meanwhile sees the old file or the new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path = path.resolve()  # a link stays a link
        if path.exists() and not path.is_file():  # a pipe or a device, which nothing may take the place of
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a loop of links
        raise _fail(f"{path} cannot be written: {_reason(error)}.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: Exception) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return text[0].lower() + text[1:]


# ---------------------------------------------------------------------------------------------- generate


@bank.command()
@click.argument("facts", nargs=-1, required=True)
@click.option("-o", "--output", metavar="FILE", help="Where to write; - is standard output.")
@click.option("--check", is_flag=True, help="Write nothing; show what would change, with exit status 1.")
def generate(facts: tuple[str, ...], output: str | None, check: bool) -> None:
    r"""Make questions from facts files.

    Each FACTS file makes `questions.yaml` beside it; with -o, all of them make FILE together.
    The same facts make the same file, byte for byte. Facts with `status: draft` make no question.

    \b
    Examples:
      farside bank generate questions/moon/facts.yaml
      farside bank generate facts.yaml -o - | less
      farside bank generate questions/*/facts.yaml --check     (for continuous integration)
    """
    targets = _targets(facts, output)
    files = _facts_files([path for paths in targets.values() for path in paths])
    is_stale = False
    for target, paths in targets.items():
        text = _generated([(path, files[path]) for path in paths], target)
        if target is None and not check:
            click.echo(text, nl=False)
        elif check:
            is_stale |= _differs(target or Path("-"), text)
        else:
            _write_if_new(target or Path("-"), text)
    if is_stale:
        _say(f"Run `farside bank generate {' '.join(facts)}` to bring it up to date.")
        sys.exit(1)


def _targets(facts: Sequence[str], output: str | None) -> dict[Path | None, list[Path]]:
    """Return which facts files make which question file; None is standard output."""
    targets: dict[Path | None, list[Path]] = {}
    for name in dict.fromkeys(facts):
        path = Path(name)
        if path.is_dir():
            path = path / "facts.yaml"
        beside = path.with_name("questions.yaml")
        target = beside if output is None else None if output == "-" else Path(output)
        if target is not None and target.is_dir():
            raise _fail(f"{target} is a folder: name a file in it, such as {target / 'questions.yaml'}.")
        if target is not None and target.absolute() == path.absolute():
            raise _fail(f"{path} would be overwritten by its own questions: choose another -o.")
        targets.setdefault(target, []).append(path)
    if output is None:
        for target, paths in targets.items():
            if len(paths) > 1:
                names = " and ".join(map(str, paths))
                raise _fail(f"{names} would both make {target}: use -o to put them together.")
    return targets


def _facts_files(paths: Sequence[Path]) -> dict[Path, "FactsFile"]:
    """Read facts files, or end with all that is wrong with any of them."""
    from bot.bank.compiler import compile_document
    from bot.bank.document import no_collector, open_document

    with no_collector():
        compiled = {path: compile_document(open_document(path)) for path in paths}
    problems = [problem for one in compiled.values() for problem in one.problems]
    if problems:
        _print_problems(sorted(problems))
        sys.exit(1)
    files = {}
    for path, one in compiled.items():
        if one.facts_file is None:
            raise _fail(f"{path} holds no facts: it needs `facts:`, as `farside bank draft` writes it.")
        if not one.facts:
            raise _fail(f"No fact in {path} can be asked yet: check each, and set `status: reviewed`.")
        files[path] = one.facts_file
    return files


def _differs(path: Path, text: str) -> bool:
    """Print how `text` differs from the file at `path`; return whether it does."""
    from rich.text import Text

    if path.exists() and not path.is_file():
        raise _fail(f"{path} is not a file that can be compared.")
    try:
        old = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        old = ""
    except OSError as error:
        raise _fail(f"{path} cannot be read: {_reason(error)}.") from None
    if old == text:
        _say(f"{path} is up to date.")
        return False
    styles = {"+": "green", "-": "red", "@": "cyan"}
    console = _console()
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), text.splitlines(keepends=True), str(path), f"{path} (generated)"
    )
    for line in lines:
        console.print(Text(line.rstrip("\n"), style=styles.get(line[0], "")))
    _say(f"{path} is stale.", "bold red")
    return True


def _write_if_new(path: Path, text: str) -> None:
    with suppress(OSError):
        if path.is_file() and path.read_bytes() == text.encode():
            _say(f"{path} is up to date.")
            return
    _write(path, text)
    _say(f"{path} is written. Next: farside bank check {path}")


def _generated(files: Sequence[tuple[Path, "FactsFile"]], target: Path | None) -> str:
    """Return the text of the question file that `files` make, with the way to the schema from `target`."""
    from bot.bank.generator import generate as generate_text

    facts = [each for _, each in files]
    folder = (target or files[0][0]).absolute().parent
    for ups, parent in enumerate((folder, *folder.parents[:3])):
        if (parent / "questions.schema.json").is_file():
            return generate_text(*facts, schema=f"{'../' * ups}questions.schema.json")
    return generate_text(*facts)


# ------------------------------------------------------------------------------------------------- check


@bank.command()
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print problems; github makes annotations in a workflow.",
)
def check(paths: tuple[str, ...], form: str) -> None:
    r"""Find every fault of facts and question files at once.

    Each is printed as `path:line:column: level: message (rule)`. An error keeps a bank from being
    loaded; a warning is a matter of good questions. Exit status 1 if there is any. A rule can be switched
    off for one question, with a reason: `allow: {rule: reason}`. Without PATH: the folder `questions`.

    \b
    Examples:
      farside bank check
      farside bank check my/questions.yaml
      farside bank check questions --format json | jq '.[].rule'
      farside bank rules key-stands-out                 (what a rule means)
    """
    from bot.bank.files import bank_files
    from bot.bank.linter import check as check_bank

    where = [Path(path) for path in paths] or [_default_bank()]
    with _progress("Checking") as progress:
        found = check_bank(where, progress)
    if form == "json":
        fields = ("path", "line", "column", "level", "rule", "message")
        _print_json([{name: getattr(problem, name) for name in fields} for problem in found])
    elif form == "github":
        for problem in found:
            click.echo(_annotation(problem))
    else:
        _print_problems(found)
    errors = sum(problem.level == "error" for problem in found)
    if found:
        _say(f"{_counted(errors, 'error')}, {_counted(len(found) - errors, 'warning')}.", "bold")
        sys.exit(1)
    _say(f"No problems in {_counted(len(bank_files(where)[0]), 'file')}.", "green")


def _annotation(problem: "Problem") -> str:
    """Return a problem as a GitHub workflow command."""
    place = {"file": problem.path, "line": problem.line, "col": problem.column, "title": problem.rule}
    fields = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in place.items())
    return f"::{problem.level} {fields}::{_escaped(problem.message)}"


def _escaped(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


# ------------------------------------------------------------------------------------------------- draft


@bank.command()
@click.argument("article")
@click.option("-o", "--output", metavar="FACTS", help="Where to write; standard output when left out.")
@click.option(
    "--published", metavar="DATE", help="When the article appeared, if it does not say: 2024-03-14."
)
@click.option("--force", is_flag=True, help="Overwrite FACTS although it exists.")
def draft(article: str, output: str | None, published: str | None, force: bool) -> None:
    r"""Find candidate facts in an article: plain text, Markdown or HTML.

    Each comes with its paragraph, the article's sentence as evidence, a value, a suggested stem and
    distractors, and `status: draft`. Nothing is asked before you have checked it and set
    `status: reviewed`. Nothing leaves your computer. With the article's date, "last year" is a year.

    \b
    Examples:
      farside bank draft article.txt -o facts.yaml
      farside bank draft cutting.txt --published "March 2024" -o facts.yaml
      farside bank draft page.html | less
    """
    from bot.bank import BankError
    from bot.bank.drafter import report_file
    from bot.bank.drafter.review import draft_text, summary

    target = None if output in (None, "-") else Path(str(output))
    if target is not None and not force and target.exists() and (target.is_dir() or target.stat().st_size):
        raise _fail(f"{target} exists: choose another name, or --force to lose what is in it.")
    source = Path(article)
    if not source.is_file():
        what = "is a folder: name a file in it" if source.is_dir() else "is not there"
        raise _fail(f"{source} {what}.")
    try:
        found = report_file(source, published=published or "")
    except BankError as error:
        _print_problems(error.problems)
        sys.exit(1)
    except OSError as error:
        raise _fail(f"{source} cannot be read: {_reason(error)}.") from None
    name = str(target or "facts.yaml")
    text = draft_text(found, article=source.name, facts=name)
    if target is None:
        click.echo(text, nl=False)
    else:
        _write(target, text)
    _say(summary(found, facts=name))


# ------------------------------------------------------------------------------------------------- stats


def _load(path: Path) -> "Bank":
    """Load a bank, or end with all that keeps it from being played."""
    from bot.bank import BankError, load_bank

    try:
        return load_bank(path)
    except BankError as error:
        _print_problems(error.problems)
        sys.exit(1)


@bank.command()
@click.argument("path", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def stats(path: str | None, form: str) -> None:
    r"""Count the questions of a bank by topic, kind and difficulty.

    \b
    Examples:
      farside bank stats
      farside bank stats my/questions.yaml --format json
    """
    loaded = _load(Path(path) if path else _default_bank())
    counts = _counts(loaded)
    if form == "json":
        _print_json(counts)
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

    console = _console()
    console.print(
        Text(
            f"{_counted(counts['questions'], 'question')} from {_counted(counts['facts_asked'], 'fact')}",
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
    console.width = max(console.width, 120) if not console.is_terminal else console.width
    console.print(table)
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in counts["verdicts"].items())
    console.print(Text(f"{counts['facts_asked_in_two_kinds']} facts are asked in two kinds or more."))
    console.print(Text(f"What the article says there is: {verdicts}."))


# -------------------------------------------------------------------------------------------------- show


@bank.command()
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
    loaded = _load(Path(path) if path else _default_bank())
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
        raise _fail(f"There is no question or fact `{identifier}` here.{_closest(loaded, identifier)}")


def _closest(loaded: "Bank", identifier: str) -> str:
    from rapidfuzz import fuzz, process

    names = list(dict.fromkeys([*loaded.ids, *(question.fact for question in loaded.questions)]))
    found = process.extract(identifier[:100], names, scorer=fuzz.WRatio, score_cutoff=60, limit=3)
    if not found:
        return " `farside bank stats` shows what there is."
    return f" Did you mean {' or '.join(f'`{name}`' for name, _, _ in found)}?"


def _print_question(loaded: "Bank", question: "Question") -> None:
    from rich.text import Text

    console = _console()
    about = f"{question.kind} · {loaded.topics[question.topic]} · difficulty {question.difficulty}"
    console.print(Text(question.id, "bold"), Text(about, "dim"), sep="\n")
    console.print(Text(f"\n{question.stem}", "bold"))
    for letter, option in zip("ABCDE", sorted((question.key, *question.distractors)), strict=False):
        is_key = option == question.key
        console.print(Text(f"  {letter}  {option}{'  ← key' if is_key else ''}", "green" if is_key else ""))
    if question.accept:
        console.print(Text(f"Typed, these count too: {', '.join(question.accept)}"))
    if question.tolerance:
        tolerance = question.tolerance
        console.print(Text(f"Numbers from {tolerance.low:g} to {tolerance.high:g} {tolerance.unit} count."))
    console.print(Text(f"\n{question.explanation}"))
    source = question.source
    told = ", ".join(part for part in (source.title, source.publisher, source.published) if part)
    paragraphs = ", ".join(map(str, source.paragraphs))
    console.print(
        Text(f"\nSource: {told}{f', paragraph {paragraphs}' if paragraphs else ''} ({source.verdict})")
    )
    if source.says:
        console.print(Text(f"The article says: {source.says}", "yellow"))
    for reference in source.references:
        console.print(Text(f"Checked: {reference.title} {reference.url}", "dim"))


def _print_fact(loaded: "Bank", identifier: str, asking: Sequence["Question"]) -> None:
    from rich.text import Text

    console = _console()
    fact: Fact | None = loaded.facts.get(identifier)
    console.print(Text(identifier, "bold"))
    if fact is not None:
        console.print(Text(f"{fact.statement}\n{fact.explanation}"))
    for question in asking:
        console.print(
            Text(f"  {question.id}  ", "cyan") + Text(f"{question.stem} → {question.key}", "not bold")
        )


# -------------------------------------------------------------------------------------- schema and rules


@bank.command()
@click.argument("which", type=click.Choice(["questions", "facts"]), default="questions")
@click.option("--write", "folder", metavar="FOLDER", help="Write both schemas into FOLDER instead.")
@click.option("--table", is_flag=True, help="Print the fields of a question as a Markdown table instead.")
def schema(which: str, folder: str | None, table: bool) -> None:
    r"""Print the JSON Schema of question files, or of facts files.

    Editors that speak YAML then complete field names and mark faults as you type; the first line of a
    file says where its schema is.

    \b
    Examples:
      farside bank schema > questions.schema.json
      farside bank schema facts
      farside bank schema --write questions
    """
    if table:
        from bot.bank.schema import field_table

        click.echo(field_table(), nl=False)
        return
    texts = schema_texts()
    if folder is None:
        click.echo(texts[f"{which}.schema.json"], nl=False)
        return
    for name, text in texts.items():
        _write(Path(folder) / name, text)
        _say(f"{Path(folder) / name} is written.")


def schema_texts() -> dict[str, str]:
    """Return the text of both JSON Schemas by file name."""
    from bot.bank.facts import facts_schema
    from bot.bank.schema import questions_schema

    schemas = {"questions.schema.json": questions_schema(), "facts.schema.json": facts_schema()}
    return {name: json.dumps(plain, indent=2, ensure_ascii=False) + "\n" for name, plain in schemas.items()}


@bank.command()
@click.argument("name", required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True
)
def rules(name: str | None, form: str) -> None:
    r"""List the linter's rules, or tell all about one.

    \b
    Examples:
      farside bank rules
      farside bank rules stem-gives-key
    """
    from bot.bank.linter import READING
    from bot.bank.rules import all_rules

    known = all_rules()
    if name is not None:
        _print_rule(name)
        return
    if form == "json":
        _print_json(
            [
                {"name": rule.name, "level": rule.level, "documentation": rule.documentation}
                for rule in known.values()
            ]
        )
        return
    if form == "markdown":
        click.echo(rules_table(), nl=False)
        return
    from rich.text import Text

    console = _console()
    width = max(map(len, [*known, *READING])) + 2
    console.print(
        Text("Rules for questions; each can be switched off for one: allow: {rule: reason}", "bold")
    )
    for rule in known.values():
        level = Text(f"{rule.level:8} ", _LEVEL_STYLE[rule.level])
        console.print(Text(f"  {rule.name:{width}}") + level + Text(rule.summary, "not bold"))
    console.print(Text("\nWhat is found while a file is read:", "bold"))
    for reading, summary in READING.items():
        console.print(Text(f"  {reading:{width}}{'':9}{summary}"))


def _print_rule(name: str) -> None:
    from bot.bank.linter import READING
    from bot.bank.rules import all_rules
    from bot.bank.schema import close_to

    rule = all_rules().get(name)
    if rule is not None:
        click.echo(f"{rule.name} ({rule.level})\n\n{rule.documentation}")
    elif name in READING:
        click.echo(f"{name} (error)\n\n{READING[name]}")
    else:
        close = close_to(name, [*all_rules(), *READING])
        hint = f"Did you mean `{close}`?" if close else "`farside bank rules` lists them."
        raise _fail(f"There is no rule `{name}`. {hint}")


def rules_table() -> str:
    """Return the rules as a Markdown table, for the README."""
    from bot.bank.rules import all_rules

    rows = [f"| `{rule.name}` | {rule.level} | {rule.summary} |" for rule in all_rules().values()]
    return "\n".join(["| rule | level | what it finds |", "|---|---|---|", *rows]) + "\n"
