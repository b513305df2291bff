"""A press: who asked for something, where and when, by a button or a command."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button, or a command, as Discord told of it; made once, at the door.

    `id` is Discord's own for it, so the same press told twice has the same one. `at` is the moment
    at which Discord took it. `message_id` is that of the message with the button; a command has none.
    `name` is the one that holds in its server, `account` the account's own.
    """

    id: int
    guild_id: int | None
    channel_id: int
    message_id: int | None
    player_id: int
    name: str
    at: datetime
    account: str = ""

    @property
    def home_id(self) -> int:
        """To whom belongs what everybody sees here: the server; where there is none, the player."""
        return self.player_id if self.guild_id is None else self.guild_id

    @property
    def homes(self) -> tuple[int, ...]:
        """Return where a game may belong whose message is here: to the server, or to the player alone."""
        return (self.player_id,) if self.guild_id is None else (self.guild_id, self.player_id)
