"""What the bank's commands share: saying, failing, asking for a bank, and writing files whole."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from bot.bank import Bank, Problem

LEVEL_STYLE = {"error": "bold red", "warning": "yellow"}
_MANY = 2000  # questions that take long enough for a progress bar


def console(*, stderr: bool = False) -> "Console":
    """Return where to print: in colour only on a terminal, and never when NO_COLOR is set."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True, emoji=False)


def say(text: str, style: str = "", *, stderr: bool = True) -> None:
    """Print a sentence for the person at the terminal."""
    from rich.text import Text

    console(stderr=stderr).print(Text(text, style=style))


def failure(sentence: str) -> click.ClickException:
    """Return what ends the command with exit status 1 and a sentence."""
    return click.ClickException(sentence)


def default_bank() -> Path:
    """Return the bank meant when none is named: FARSIDE_QUESTIONS, the folder here, or what ships."""
    from bot.config import named_questions, shipped_questions

    named, here = named_questions(), Path("questions")
    if named is not None and not named.exists():
        raise failure(f"FARSIDE_QUESTIONS names {named}, which is not there.")
    return named or (here if here.is_dir() else shipped_questions())


def load(path: Path) -> "Bank":
    """Load a bank, or end with all that keeps it from being played."""
    from bot.bank import BankError, load_bank

    try:
        return load_bank(path)
    except BankError as error:
        print_problems(error.problems)
        sys.exit(1)


def print_problems(problems: Iterable["Problem"]) -> None:
    """Print each problem on a line; off a terminal exactly as `str` gives it."""
    from rich.text import Text

    out = console()
    if not out.is_terminal:
        for problem in problems:
            click.echo(str(problem))
        return
    for problem in problems:
        line = Text(f"{problem.path}:{problem.line}:{problem.column}: ", style="bold")
        line.append(f"{problem.level}:", style=LEVEL_STYLE[problem.level])
        line.append(f" {problem.message} ", style="not bold")
        line.append(f"({problem.rule})", style="not bold dim")
        out.print(line)


def pour(text: str) -> None:
    """Print what a file or a program is to take: in UTF-8, whatever a terminal here would have."""
    if not sys.stdout.isatty():
        with suppress(AttributeError, ValueError, OSError):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr] # a test's may not
    click.echo(text, nl=False)


def print_json(plain: Any) -> None:
    """Print JSON for programs."""
    pour(json.dumps(plain, indent=2, ensure_ascii=False) + "\n")


def counted(number: int, noun: str) -> str:
    """Return "1 question", "1,200 questions"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield what takes (done, of how many) and draws a bar on a terminal; None elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None, visible=False)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=total > _MANY)

        yield show


def write(path: Path, text: str) -> None:
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
        raise failure(f"{path} cannot be written: {reason(error)}.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def reason(error: Exception) -> str:
    """Return why something failed, as the end of a sentence."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return text[0].lower() + text[1:]
