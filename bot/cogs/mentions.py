"""Commands as Discord shows them to be clicked: by the ids that it gives when it is sent them."""

import re
from collections.abc import Iterable
from typing import Any

from discord.app_commands import AppCommand, AppCommandGroup

from bot.cogs.messages.components import Card

_NAMED = re.compile(r"(?<![\\`])(?:\*\*)?`/([a-z-]+(?: [a-z-]+)?)((?: [a-z-]+:[^`]*)?)`(?:\*\*)?")


class Mentions:
    """Writes commands into texts; as plain words until their ids are known."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def learn(self, commands: Iterable[AppCommand]) -> None:
        """Take the ids of the commands that Discord has now."""
        self._ids = {path: command.id for command in commands for path in _paths(command)}

    def __call__(self, name: str) -> str:
        """Return a command such as `quiz start` as a text shows it."""
        known = self._ids.get(name)
        return f"</{name}:{known}>" if known is not None else plain(name)

    def written(self, text: str) -> str:
        """Return a text with each command in it, as in `/quiz start`, to be clicked.

        Options that are named with it stand beside it.
        """
        if "`/" not in text or not self._ids:
            return text
        return _NAMED.sub(self._written, text)

    def _written(self, found: re.Match[str]) -> str:
        known = self._ids.get(found[1])
        if known is None:
            return found[0]
        return f"</{found[1]}:{known}>" + (f" `{found[2].strip()}`" if found[2] else "")

    def on(self, card: Card) -> Card:
        """Return a card whose texts are `written`."""
        return [self._part(part) for part in card]

    def _part(self, part: dict[str, Any]) -> dict[str, Any]:
        if "`/" in part.get("content", ""):
            return part | {"content": self.written(part["content"])}
        if "components" in part:
            return part | {"components": self.on(part["components"])}
        return part


def plain(name: str) -> str:
    """Return a command as words that cannot be clicked."""
    return f"**`/{name}`**"


def _paths(command: AppCommand) -> Iterable[str]:
    """Return what of a command can be used: its subcommands, or itself where it has none."""
    groups = [option.name for option in command.options if isinstance(option, AppCommandGroup)]
    return [f"{command.name} {name}" for name in groups] or [command.name]
