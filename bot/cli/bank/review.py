"""`review`: the editor's table in the terminal, one candidate at a time, one key each."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.bank.terminal import LEVEL_STYLE, console, counted, failure, print_problems, say

if TYPE_CHECKING:
    from bot.drafter.table import Look, Table

_KEYS = "k keep   d drop   e edit   l later   u undo   q quit"
_FIELDS: Mapping[str, tuple[str, str]] = {
    "q": ("ask", "question"),
    "a": ("value", "right answer"),
    "w": ("distractors", "wrong answers, parted by ;"),
    "o": ("aliases", "other right answers, parted by ;"),
    "s": ("statement", "statement"),
    "x": ("explanation", "explanation"),
    "t": ("topic", "topic"),
    "y": ("difficulty", "difficulty, 1 to 3"),
}
_LISTS = ("distractors", "aliases")


@click.command()
@click.argument("facts")
def review(facts: str) -> None:
    r"""Keep, mend or drop the drafts of a facts file, one at a time.

    Each is shown with the article's sentence and its question as it will be played. The file is saved at
    each step, and its comments stay; a kept fact loses its evidence, which is the article's. In the page
    it is the same: farside preview --questions FOLDER, then Review.

    \b
    Keys: k keep, d drop, e edit, l later, u undo, q quit.
    """
    table = open_table(Path(facts))
    done = sit_down(table)
    say(tally(table))
    if done and table.reviewed:
        say(f"Next: farside bank generate {facts}")


def open_table(path: Path) -> "Table":
    """Open a facts file for review, or end with what is wrong with it."""
    from bot.bank import BankError
    from bot.drafter.table import Table

    if path.is_dir():
        path /= "facts.yaml"
    if not path.is_file():
        raise failure(f"{path} is not there.")
    try:
        return Table(path)
    except BankError as error:
        print_problems(error.problems)
        sys.exit(1)


def sit_down(table: "Table") -> bool:
    """Ask for a key for each draft until none is left, or until somebody leaves; return whether none is."""
    from bot.bank import BankError
    from bot.drafter.table import Refused

    while table.drafts:
        name = table.drafts[0].id
        try:
            _show(table, table.look(name))
            key = _key(_KEYS)
            if key == "q":
                return False
            if key == "k":
                table.keep(name)
            elif key == "d":
                table.drop(name)
            elif key == "l":
                table.later(name)
            elif key == "u":
                say(f"Taken back: {table.undo()}.", "yellow")
            elif key == "e":
                _edit(table, name)
            else:
                say(f"Keys: {_KEYS}", "yellow")
        except Refused as error:
            say(str(error), "bold red")
        except BankError as error:
            say("The file was changed and has faults now; mend them, and go on.", "bold red")
            print_problems(error.problems)
            return False
    return True


def tally(table: "Table") -> str:
    """Return how far the review is, in a line."""
    left = len(table.drafts)
    kept, dropped = table.tally["kept"], table.tally["dropped"]
    done = f"{counted(table.reviewed, 'fact')} reviewed in all"
    return f"{kept} kept, {dropped} dropped, {left or 'none'} left; {done}."


def _key(prompt: str) -> str:
    """Wait for one key; the end of the input, and Ctrl-C, leave."""
    say(prompt, "dim")
    try:
        return click.getchar().lower()[:1] or "q"
    except (EOFError, KeyboardInterrupt):
        return "q"
    except OSError:  # neither a terminal nor keys in a pipe
        message = "There is no terminal here to press keys in: review in the page, under Review, with"
        raise failure(f"{message} `farside preview --questions FOLDER`.") from None


def _show(table: "Table", look: "Look") -> None:
    """Print a fact: where it comes from, why it is offered, how it will be played, what the linter says."""
    from rich.text import Text

    out = console(stderr=True)
    fact = look.fact
    out.rule(Text(f"{tally(table).split(';')[0]}", "dim"))
    if fact.evidence:
        out.print(Text(f"“{fact.evidence}”", "italic"))
    if fact.note:
        out.print(Text(fact.note, "dim"))
    out.print(
        Text(f"{fact.value}  ", "bold").append(
            f"({fact.kind.value}, difficulty {fact.difficulty})", "not bold dim"
        )
    )
    for question in look.questions:
        out.print(Text(f"\n{question.stem}", "bold"), Text(f"  {question.kind}", "dim"), end="\n", sep="")
        typed = question.kind in ("text", "number", "year")
        options = [question.key] if typed else sorted((question.key, *question.distractors))
        for option in options:
            is_key = option == question.key
            out.print(Text(f"  {'✔' if is_key else ' '} {option}", "green" if is_key else ""))
    for word in look.words:
        out.print(Text(f"{word.level}: ", LEVEL_STYLE.get(word.level, "")).append(word.message, "not bold"))
    out.print()


def _edit(table: "Table", name: str) -> None:
    """Change fields one after another; the linter speaks after each, and Enter ends it."""
    keys = "   ".join(f"{key} {title.partition(',')[0]}" for key, (_, title) in _FIELDS.items())
    while True:
        key = _key(f"{keys}   Enter done")
        if key not in _FIELDS:
            return
        field, title = _FIELDS[key]
        old = table.look(name).form[field]
        shown = "; ".join(old) if field in _LISTS else str(old)
        topics = f" ({', '.join(table.topics)})" if field == "topic" else ""
        text = click.prompt(f"{title}{topics}", default=shown, show_default=bool(shown), err=True)
        typed = [part.strip() for part in text.split(";")] if field in _LISTS else text
        form = {field: int(text) if field == "difficulty" and text.isdecimal() else typed}
        table.edit(name, form)
        _show(table, table.look(name))
