"""`generate`: from facts to questions."""

import difflib
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.bank.terminal import console, failure, pour, print_problems, reason, say, write

if TYPE_CHECKING:
    from bot.bank.facts import FactsFile


@click.command()
@click.argument("facts", nargs=-1, required=True)
@click.option("-o", "--output", metavar="FILE", help="Where to write; - is standard output.")
@click.option("--check", is_flag=True, help="Write nothing; show what would change, with exit status 1.")
@click.option("--article-only", is_flag=True, help="Leave out facts that the article does not tell.")
def generate(facts: tuple[str, ...], output: str | None, *, check: bool, article_only: bool) -> None:
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
        text = _generated([(path, _of(files[path], article_only=article_only)) for path in paths], target)
        if target is None and not check:
            pour(text)
        elif check:
            is_stale |= _differs(target or Path("-"), text)
        else:
            _write_if_new(target or Path("-"), text)
    if is_stale:
        say(f"Run `farside bank generate {' '.join(facts)}` to bring it up to date.")
        sys.exit(1)


def _of(file: "FactsFile", *, article_only: bool) -> "FactsFile":
    """Return the file, without its supplement where only the article counts."""
    from bot.bank.generator import of_article

    return of_article(file) if article_only else file


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
            raise failure(f"{target} is a folder: name a file in it, such as {target / 'questions.yaml'}.")
        if target is not None and target.absolute() == path.absolute():
            raise failure(f"{path} would be overwritten by its own questions: choose another -o.")
        targets.setdefault(target, []).append(path)
    if output is None:
        for target, paths in targets.items():
            if len(paths) > 1:
                names = " and ".join(map(str, paths))
                raise failure(f"{names} would both make {target}: use -o to put them together.")
    return targets


def _facts_files(paths: Sequence[Path]) -> dict[Path, "FactsFile"]:
    """Read facts files, or end with all that is wrong with any of them."""
    from bot.bank.compiler import compile_document
    from bot.bank.document import no_collector, open_document

    with no_collector():
        compiled = {path: compile_document(open_document(path)) for path in paths}
    found = (problem for one in compiled.values() for problem in one.problems)
    problems = [problem for problem in found if problem.level == "error"]
    if problems:
        print_problems(sorted(problems))
        sys.exit(1)
    files = {}
    for path, one in compiled.items():
        if one.facts_file is None:
            raise failure(f"{path} holds no facts: it needs `facts:`, as `farside bank draft` writes it.")
        if not one.facts:
            raise failure(f"No fact in {path} can be asked yet: check each, and set `status: reviewed`.")
        files[path] = one.facts_file
    return files


def _differs(path: Path, text: str) -> bool:
    """Print how `text` differs from the file at `path`; return whether it does."""
    from rich.text import Text

    if path.exists() and not path.is_file():
        raise failure(f"{path} is not a file that can be compared.")
    try:
        old = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        old = ""
    except OSError as error:
        raise failure(f"{path} cannot be read: {reason(error)}.") from None
    if old == text:
        say(f"{path} is up to date.")
        return False
    styles = {"+": "green", "-": "red", "@": "cyan"}
    out = console()
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), text.splitlines(keepends=True), str(path), f"{path} (generated)"
    )
    for line in lines:
        out.print(Text(line.rstrip("\n"), style=styles.get(line[0], "")))
    say(f"{path} is stale.", "bold red")
    return True


def _write_if_new(path: Path, text: str) -> None:
    with suppress(OSError):
        if path.is_file() and path.read_bytes() == text.encode():
            say(f"{path} is up to date.")
            return
    write(path, text)
    say(f"{path} is written. Next: farside bank check {path}")


def _generated(files: Sequence[tuple[Path, "FactsFile"]], target: Path | None) -> str:
    """Return the text of the question file that `files` make, with the way to the schema from `target`."""
    from bot.bank.generator import generate as generate_text

    facts = [each for _, each in files]
    folder = (target or files[0][0]).absolute().parent
    for ups, parent in enumerate((folder, *folder.parents[:3])):
        if (parent / "questions.schema.json").is_file():
            return generate_text(*facts, schema=f"{'../' * ups}questions.schema.json")
    return generate_text(*facts)
