"""`new`: from an article to a bank that is played, in one command."""

import re
import sys
from pathlib import Path

import click

from bot.cli.bank.draft import drafted
from bot.cli.bank.review import open_table, sit_down, tally
from bot.cli.bank.terminal import counted, failure, print_problems, say, write


@click.command()
@click.argument("article")
@click.option("--out", metavar="FOLDER", help="Where the bank goes; a folder here, named after the article.")
@click.option(
    "--published", metavar="DATE", help="When the article appeared, if it does not say: 2024-03-14."
)
@click.option("--port", type=click.IntRange(0, 65535), help="The page's port; 0 takes a free one.")
@click.option("--no-browser", is_flag=True, help="Print the page's address, but do not open it.")
@click.option("--no-play", is_flag=True, help="End when the bank is made, and play nothing.")
@click.pass_context
def new(
    ctx: click.Context,
    *,
    article: str,
    out: str | None,
    published: str | None,
    port: int | None,
    no_browser: bool,
    no_play: bool,
) -> None:
    r"""Make a bank of an article: draft, review, generate, check, and play it.

    The facts go to FOLDER/facts.yaml and the questions to FOLDER/questions.yaml. Leave the review
    with q whenever you like: the same command goes on where you left, and so does the page, under
    Review. What you change in the facts while it plays is played at once.

    \b
    Examples:
      farside bank new article.html
      farside bank new article.txt --out harbour --published 2024-03-14
    """
    from bot.drafter.report import draft_text, summary

    folder = Path(out) if out else Path(_slug(Path(article).stem))
    facts = folder / "facts.yaml"
    if folder.exists() and not folder.is_dir():
        raise failure(f"{folder} is a file: name a folder with --out.")
    if facts.exists() and facts.stat().st_size:
        say(f"{facts} is there already: the review goes on.")
    else:
        found = drafted(Path(article), published or "")
        write(facts, draft_text(found, article=Path(article).name, facts=str(facts)))
        say(summary(found, facts=str(facts)))
    table = open_table(facts)
    sit_down(table)
    say(tally(table))
    if not table.reviewed:
        say(f"Nothing is kept yet, so there is nothing to play. Go on with: farside bank new {article}")
        say(f"Or with the mouse, in the page, under Review: farside preview --questions {folder}")
        return
    _generate(facts)
    _check(folder)
    if no_play:
        say(f"Next: farside preview --questions {folder}")
        return
    from bot.cli.preview import preview

    ctx.invoke(preview, questions=folder, port=port, no_browser=no_browser)


def _slug(name: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", name.casefold()))[:60] or "bank"


def _generate(facts: Path) -> None:
    from bot.drafter.regeneration import Stale, regenerate

    try:
        regenerate(facts)
    except Stale as error:
        print_problems(error.problems)
        raise failure(str(error)) from None


def _check(folder: Path) -> None:
    """Print what the linter says of the bank; end where it cannot be played."""
    from bot.bank.linter import check

    problems = check([folder])
    print_problems(problems)
    if any(problem.level == "error" for problem in problems):
        sys.exit(1)
    from bot.bank import load_bank

    say(f"{counted(len(load_bank(folder)), 'question')} in {folder}.")
