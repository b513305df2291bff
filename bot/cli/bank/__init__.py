"""`farside bank`: write a bank of questions for an article, check it, look at it.

Whatever is wrong with a file or a path is told in a sentence with exit status 1, never
in a traceback. What a command makes goes to standard output; all else, to standard error.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from bot.cli.bank.answers import reports
from bot.cli.bank.check import check
from bot.cli.bank.contents import show, stats
from bot.cli.bank.draft import draft
from bot.cli.bank.generate import generate
from bot.cli.bank.judge import judge
from bot.cli.bank.new import new
from bot.cli.bank.reference import rules, schema
from bot.cli.bank.review import review


class _BankGroup(click.Group):
    """A group in which wrong usage ends with exit status 1, as everything else that is wrong does."""

    def invoke(self, ctx: click.Context) -> Any:
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
    From an article to a bank that you play, in one command:
      farside bank new article.txt --out harbour

    \b
    Or step by step:
      farside bank draft article.txt -o harbour/facts.yaml   candidate facts
      farside bank review harbour/facts.yaml                 keep, mend or drop each
      farside bank generate harbour/facts.yaml               questions.yaml, beside it
      farside bank check harbour                             every fault at once
      farside preview --questions harbour                    play it, without a Discord account

    \b
    Look at what ships:
      farside bank stats
      farside bank show --random

    \b
    What people say of it, and what their answers tell, once it was played:
      farside bank reports
      farside bank stats --answers
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for command in (new, draft, review, generate, check, judge, stats, show, reports, schema, rules):
    bank.add_command(command)
