"""The root of the command line.

Subcommands are imported when they are called, never before: `farside run` must
not pay for the bank's tools, nor `farside bank` for Discord.
"""

from importlib import import_module

import click

from bot import __version__

_COMMANDS = {
    "run": "bot.cli.run:run",
    "preview": "bot.cli.preview:preview",
    "bank": "bot.cli.bank:bank",
    "db": "bot.cli.db:db",
    "cluster": "bot.cli.cluster:cluster",
    "doctor": "bot.cli.doctor:doctor",
    "health": "bot.cli.health:health",
    "moon": "bot.cli.moon:moon",
}


def keep_lines(command: click.Command) -> None:
    r"""Let click see the `\b` of a raw docstring, after which it leaves lines as they are written."""
    if command.help:
        command.help = command.help.replace("\\b\n", "\b\n")
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            keep_lines(inner)


class LazyGroup(click.Group):
    """A group whose commands are named by `module:attribute` and imported on use."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a file that the system withholds is told in a line, wherever it was met."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}") from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a newcomer meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command of that name."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        keep_lines(command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="farside")
def farside() -> None:
    r"""Farside: a quiz bot for Discord whose every question can show where it comes from.

    \b
    See it at work, without a token:   farside preview
    Run it on your server:             farside run
    Write questions for your article:  farside bank --help
    """


keep_lines(farside)
