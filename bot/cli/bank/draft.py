"""`draft`: from an article to candidate facts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.bank.terminal import failure, pour, print_problems, reason, say, write

if TYPE_CHECKING:
    from bot.drafter import Draft


@click.command()
@click.argument("article")
@click.option("-o", "--output", metavar="FACTS", help="Where to write; standard output when left out.")
@click.option(
    "--published", metavar="DATE", help="When the article appeared, if it does not say: 2024-03-14."
)
@click.option("--force", is_flag=True, help="Overwrite FACTS although it exists.")
@click.option(
    "--rewrite",
    metavar="URL",
    help="A language model's server, which may word and drop: http://localhost:11434/v1",
)
@click.option("--model", metavar="NAME", help="The model to ask of that server.")
def draft(
    article: str,
    output: str | None,
    published: str | None,
    force: bool,
    rewrite: str | None,
    model: str | None,
) -> None:
    r"""Find candidate facts in an article: plain text, Markdown or HTML, in English.

    They come best first, each with the article's sentence as evidence and why it is offered, a value,
    and, where one is sure to read well, a question. All have `status: draft`: nothing is asked before
    you have reviewed it. Nothing leaves your computer, unless you name a server with --rewrite: it is
    sent the sentences of the candidates, and each of its answers is checked. With the article's date,
    "last year" is a year.

    \b
    Examples:
      farside bank draft article.txt -o facts.yaml
      farside bank draft cutting.txt --published "March 2024" -o facts.yaml
      farside bank draft page.html | less
      farside bank draft article.txt -o facts.yaml --rewrite http://localhost:11434/v1 --model NAME
    """
    if (rewrite is None) != (model is None):
        raise click.UsageError(
            "--rewrite and --model go together: the server's address and a model that it has."
        )
    target = None if output in (None, "-") else Path(str(output))
    if target is not None and not force and target.exists() and (target.is_dir() or target.stat().st_size):
        raise failure(f"{target} exists: choose another name, or --force to lose what is in it.")
    found = drafted(Path(article), published or "")
    if rewrite is not None and model is not None:
        found = _reworded(found, rewrite, model)
    from bot.drafter.report import draft_text, summary

    name = str(target or "facts.yaml")
    text = draft_text(found, article=Path(article).name, facts=name)
    if target is None:
        pour(text)
    else:
        write(target, text)
    say(summary(found, facts=name))


def drafted(source: Path, published: str) -> "Draft":
    """Draft the article at `source`, or end with what is wrong with it."""
    from bot.bank import BankError
    from bot.drafter import draft_file

    try:
        there = source.exists()
    except OSError as error:
        raise failure(f"{source} cannot be read: {reason(error)}.") from None
    if not there or source.is_dir():
        raise failure(f"{source} {'is a folder: name a file in it' if there else 'is not there'}.")
    try:
        return draft_file(source, published=published)
    except BankError as error:
        print_problems(error.problems)
        sys.exit(1)
    except OSError as error:
        raise failure(f"{source} cannot be read: {reason(error)}.") from None


def _reworded(found: "Draft", url: str, model: str) -> "Draft":
    import asyncio

    from bot.drafter.rewrite import Rewriter, Unreachable, told

    try:
        better, count = asyncio.run(Rewriter(url, model).rewrite(found))
    except Unreachable as error:
        say(f"{error} The draft is as it is without the model.", "yellow")
        return found
    say(told(count, model))
    return better
