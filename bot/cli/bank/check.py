"""`check`: every fault of a bank's files, for people and for programs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.bank.terminal import counted, default_bank, print_json, print_problems, progress_bar, say

if TYPE_CHECKING:
    from bot.bank import Problem


@click.command()
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

    where = [Path(path) for path in paths] or [default_bank()]
    with progress_bar("Checking") as progress:
        found = check_bank(where, progress)
    if form == "json":
        fields = ("path", "line", "column", "level", "rule", "message")
        print_json([{name: getattr(problem, name) for name in fields} for problem in found])
    elif form == "github":
        for problem in found:
            click.echo(_annotation(problem))
    else:
        print_problems(found)
    errors = sum(problem.level == "error" for problem in found)
    if found:
        say(f"{counted(errors, 'error')}, {counted(len(found) - errors, 'warning')}.", "bold")
        sys.exit(1)
    say(f"No problems in {counted(len(bank_files(where)[0]), 'file')}.", "green")


def _annotation(problem: "Problem") -> str:
    """Return a problem as a GitHub workflow command."""
    place = {"file": problem.path, "line": problem.line, "col": problem.column, "title": problem.rule}
    fields = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in place.items())
    return f"::{problem.level} {fields}::{_escaped(problem.message)}"


def _escaped(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
