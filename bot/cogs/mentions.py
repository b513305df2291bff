"""Commands as Discord shows them to be clicked: by the ids that it gives when it is sent them."""

from collections.abc import Iterable

from discord.app_commands import AppCommand


class Mentions:
    """Writes commands into texts; as plain words until their ids are known."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def learn(self, commands: Iterable[AppCommand]) -> None:
        """Take the ids of the commands that Discord has now."""
        self._ids = {command.name: command.id for command in commands}

    def __call__(self, name: str) -> str:
        """Return a command such as `quiz start` as a text shows it."""
        known = self._ids.get(name.partition(" ")[0])
        return f"</{name}:{known}>" if known is not None else plain(name)


def plain(name: str) -> str:
    """Return a command as words that cannot be clicked."""
    return f"**`/{name}`**"
