"""`farside preview`: see the real bot at work, without a token."""

import asyncio
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import loops
from bot.config import named_questions, shipped_questions

if TYPE_CHECKING:  # the rest is imported when a preview begins, not when help is shown
    from bot.preview import PreviewOptions


@click.command()
@click.option(
    "--questions",
    type=click.Path(exists=True, path_type=Path),
    help="Your own bank: a folder with question files, or one file; else what FARSIDE_QUESTIONS names. "
    "Changes are seen while it runs, and questions are made again when facts change.",
)
@click.option("--port", type=click.IntRange(0, 65535), help="The page's port; 0 takes a free one.")
@click.option("--no-browser", is_flag=True, help="Print the page's address, but do not open it.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep scores and schedules in this folder; without it each preview begins anew.",
)
@click.option("--reset", is_flag=True, help="Begin anew in the folder of --state.")
@click.option(
    "--openapi",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="FARSIDE_OPENAPI",
    help="Discord's API description (openapi.json): each request of the bot is then checked against it.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 8),
    default=1,
    show_default=True,
    help="So many bots share the work; kill one on the page and see the others go on. Needs --postgres.",
)
@click.option("--postgres", metavar="URL", help="The PostgreSQL of the bots: postgresql://user@host/database")
@click.option("--seed", type=int, help="Make the simulated players answer the same way every time.")
@click.option("--verbose", "-v", is_flag=True, help="Show the bot's log here.")
def preview(
    *,
    questions: Path | None,
    port: int | None,
    no_browser: bool,
    state: Path | None,
    reset: bool,
    openapi: Path | None,
    processes: int,
    postgres: str | None,
    seed: int | None,
    verbose: bool,
) -> None:
    r"""See the real bot at work in a local Discord: no token, no account, nothing outside this machine.

    Opens a page where you play, switch between people, let simulated players
    answer, set the clock forward and order faults. Ctrl-C ends everything.

    \b
    Examples:
      farside preview
      farside preview --questions my-bank/         see your own questions while you write them
      farside preview --port 9000 --no-browser     on a machine that you reach by ssh
      farside preview --state ~/farside-preview    keep the scores for the next time
      farside preview --processes 2 --postgres postgresql://farside@localhost/preview
    """
    from bot.preview import PreviewOptions

    if reset and state is None:
        raise click.UsageError("--reset empties the folder of --state, so name one with --state.")
    if processes > 1 and postgres is None:
        raise click.UsageError("several processes share a PostgreSQL, so name one with --postgres.")
    if postgres is not None and not postgres.startswith(("postgresql://", "postgres://")):
        raise click.BadParameter("that is not an address such as postgresql://user@host/database")
    if state is not None:
        _prepare(state, reset=reset)
    if openapi is not None:
        from bot.emulator.openapi import read_description

        try:
            read_description(openapi)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--openapi") from None
    meant = questions or named_questions()
    if meant is not None and not meant.exists():
        raise click.UsageError(f"FARSIDE_QUESTIONS names {meant}, which is not there.")
    options = PreviewOptions(
        questions=meant or shipped_questions(),
        writes=questions,
        port=port,
        state=state,
        openapi=openapi,
        seed=seed,
        processes=processes,
        postgres=postgres,
    )
    sys.exit(loops.run(_run(options, browser=not no_browser, verbose=verbose)))


def _prepare(state: Path, *, reset: bool) -> None:
    """Make the folder of --state, empty when that is wished; raise when nothing can be kept there."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        for file in state.glob("farside.sqlite3*") if reset else ():
            file.unlink()
        with tempfile.TemporaryFile(dir=state):
            pass
    except OSError as error:
        why = f"nothing can be kept in {state}: {error.strerror or error}"
        raise click.BadParameter(why, param_hint="--state") from None


async def _run(options: "PreviewOptions", *, browser: bool, verbose: bool) -> int:
    from bot.preview import Preview

    stop = asyncio.Event()
    loops.on_signals((*loops.STOPS, "SIGHUP"), stop.set)

    def log(line: str) -> None:
        if verbose:
            click.echo(f"  {line}", err=True)

    try:
        async with Preview(options, say=click.echo, log=log) as session:
            click.echo(f"\n  The page:  {session.address}\n\n  Ctrl-C ends the preview.\n")
            if browser:
                await asyncio.to_thread(_show, session.address)
            await stop.wait()
            click.echo("Shutting down …")
    except OSError as error:
        click.echo(
            f"The page cannot be opened on port {options.port}: {error.strerror or error}. Try --port 0.",
            err=True,
        )
        return 1
    return 0


def _show(address: str) -> None:
    """Open the page in a browser with windows; one that would take this terminal is left alone."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if type(browser) not in (webbrowser.GenericBrowser, webbrowser.Elinks):
        browser.open(address)
