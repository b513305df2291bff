"""Messages in channels: sent, edited, found and taken away.

What always holds: a message is sent at most once for each nonce; nothing pings
but what is asked for; a card that Discord refuses is tried without its links;
that a message was never sent is said only where the channel's history may be read.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

import discord

from bot.cogs.meanings import Act
from bot.cogs.mentions import Mentions
from bot.cogs.messages.components import COMPONENTS_V2, NO_PINGS, Card, custom_ids, without_links
from bot.cogs.permissions import ATTACH_FILES, READ_HISTORY, may_in
from bot.cogs.places import can_read_history
from bot.cogs.sender import Body, Contents, Form, Gone, Later, Lost, Refused, Sender, Sent
from bot.services.discord_clock import CLOCKS_APART

NONCE_KEPT = timedelta(seconds=60)
"""For so long at least Discord takes a second message with the same nonce for the first one."""

_PAGE = 100  # messages
_ARCHIVED = 50083


class Address(NamedTuple):
    """A channel or thread of a server."""

    guild_id: int | None
    channel_id: int


class Notified(NamedTuple):
    """Whom a message notifies, of those whom it names; up to a hundred of each."""

    roles: Sequence[int] = ()
    users: Sequence[int] = ()


NOBODY = Notified()


class Unreadable(Exception):
    """Whether a message is in its channel cannot be known; the text says why."""


class Channels:
    """Sends to channels of the servers that `client` knows."""

    def __init__(self, client: discord.Client, sender: Sender, mentions: Mentions) -> None:
        self._client = client
        self._sender = sender
        self._mentions = mentions

    def written(self, sentence: str) -> str:
        """Return a sentence with the commands that it names to be clicked."""
        return self._mentions.written(sentence)

    def may_attach(self, to: Address, *, unknown: bool = False) -> bool:
        """Return whether Farside may send files there; `unknown` until Discord has told."""
        return may_in(self._client, *to, (ATTACH_FILES,), unknown=unknown)

    async def send(
        self,
        to: Address,
        card: Card | Callable[[], Card],
        *,
        nonce: str,
        priority: int = 1,
        notified: Notified = NOBODY,
        files: Contents = (),
    ) -> int:
        """Send a message, once for each `nonce` (at most 25 characters), and return its id.

        `card` may be a function, called when the message's turn has come; who is
        `notified` is so where Discord lets Farside; `files` are names and contents. Raises `Lost`, `Refused`
        or `Later`.
        """
        pings = NO_PINGS | {
            "roles": [str(role) for role in notified.roles],
            "users": [str(user) for user in notified.users],
        }

        def body(made: Card) -> Sent:
            whole = _body(made) | {"nonce": nonce, "enforce_nonce": True, "allowed_mentions": pings}
            return Form(whole, files) if files else whole

        return _id_in(await self._show(Act.SEND, to, "", card, body, priority))

    async def send_to(self, user_id: int, card: Card, *, nonce: str, priority: int = 4) -> int:
        """Send a person a direct message, as `send` does. Raises `Lost`, `Refused` or `Later`."""
        return await self.send(
            await self.direct(user_id, priority=priority), card, nonce=nonce, priority=priority
        )

    async def direct(self, user_id: int, *, priority: int = 4) -> Address:
        """Return the channel of direct messages with a person. Raises `Lost`, `Refused` or `Later`."""
        to = {"recipient_id": str(user_id)}
        channel = await self._sender.request(Act.SEND, "POST", "/users/@me/channels", to, priority=priority)
        return Address(None, _id_in(channel))

    async def reply_to(
        self, to: Address, message_id: int, author_id: int, sentence: str, *, priority: int = 1
    ) -> None:
        """Answer somebody's message with a sentence, pinging nobody. Raises `Lost`, `Refused` or `Later`.

        Whoever may not read what was written before may not reply to it: there the sentence names its author.
        """
        body = {
            "content": self.written(sentence),
            "allowed_mentions": NO_PINGS | {"replied_user": False},
            "nonce": f"re-{message_id}",
            "enforce_nonce": True,
        }
        if may_in(self._client, *to, (READ_HISTORY,), unknown=True):
            body["message_reference"] = {"message_id": str(message_id), "fail_if_not_exists": False}
        else:
            body["content"] = f"<@{author_id}> {body['content']}"
        path = _path(to)
        await self._sender.request(Act.SEND, "POST", path, body, place=path, priority=priority)

    async def react(self, to: Address, message_id: int, emoji: str, *, priority: int = 1) -> None:
        """Put a reaction below a message. Raises `Gone`, `Lost`, `Refused` or `Later`."""
        path = f"{_path(to)}/{message_id}/reactions/{quote(emoji)}/@me"
        await self._sender.request(Act.EDIT, "PUT", path, place=f"{_path(to)}/reactions", priority=priority)

    async def edit(self, to: Address, message_id: int, card: Card, *, priority: int = 1) -> None:
        """Have a message of ours show `card`; a thread that was archived is opened for it, as by a new one.

        Raises `Gone`, `Lost`, `Refused` or `Later`.
        """
        show = partial(self._show, Act.EDIT, to, f"/{message_id}", card, _body, priority)
        try:
            await show()
        except Gone as gone:
            if gone.code != _ARCHIVED:
                raise
            await self._open_thread(to, priority, gone)
            await show()

    async def _open_thread(self, to: Address, priority: int, gone: Gone) -> None:
        """Open an archived thread; raise what its message has met where that is not ours to do."""
        body = {"archived": False}
        try:
            await self._sender.request(
                Act.EDIT, "PATCH", f"/channels/{to.channel_id}", body, priority=priority
            )
        except (Gone, Lost, Refused) as refusal:
            raise gone from refusal

    async def edit_if_idle(self, to: Address, message_id: int, card: Card) -> bool:
        """Have a message of ours show `card` if there is nothing else to do, else leave it; see `Sender`."""
        path = f"{_path(to)}/{message_id}"
        body = _body(self._mentions.on(card))
        return await self._sender.request_if_idle(Act.EDIT, "PATCH", path, body, place=_path(to))

    async def delete(self, to: Address, message_id: int, *, priority: int = 1) -> None:
        """Take a message of ours away. Raises `Gone`, `Lost` or `Later`."""
        path = f"{_path(to)}/{message_id}"
        await self._sender.request(Act.EDIT, "DELETE", path, place=_path(to), priority=priority)

    async def find(
        self,
        to: Address,
        since: datetime,
        is_wanted: Callable[[str], bool],
        *,
        marks: Callable[[Card], Iterable[str]] = custom_ids,
        pages: int = 5,
        priority: int = 2,
    ) -> int | None:
        """Return our own message since then, by whichever clock, one of whose `marks` is wanted, or None.

        At most so many `pages` of a hundred messages are read. Raises `Unreadable` when the message may
        be there without being seen, `Lost`, or `Later` (also while the server is not known yet).
        """
        assert self._client.user is not None  # noqa: S101 - logging in told who we are
        await self._require_history(to, priority)
        ours, after = str(self._client.user.id), discord.utils.time_snowflake(since - CLOCKS_APART)
        for _ in range(pages):
            path = f"{_path(to)}?after={after}&limit={_PAGE}"
            page = await self._sender.request(Act.READ, "GET", path, place=_path(to), priority=priority)
            if not isinstance(page, list):
                raise Later("a page that is no list of messages")
            for message in page:
                number = _id_in(message)
                is_ours = (message.get("author") or {}).get("id") == ours
                if is_ours and any(map(is_wanted, marks(message.get("components") or []))):
                    return number
            if len(page) < _PAGE:
                return None
            after = max(map(_id_in, page))
        raise Unreadable("too much was written since to look for it")

    async def _require_history(self, to: Address, priority: int) -> None:
        """Raise `Unreadable` unless Farside may read what was written: Discord shows an empty page then."""
        if not await can_read_history(self._client, self._sender, *to, priority=priority):
            raise Unreadable("without Read Message History Farside cannot look")

    async def _show(
        self,
        act: Act,
        to: Address,
        path: str,
        card: Card | Callable[[], Card],
        body: Callable[[Card], Sent],
        priority: int,
    ) -> Any:
        made: Card = []

        def whole() -> Sent:
            nonlocal made
            made = self._mentions.on(card() if callable(card) else card)
            return body(made)

        method, path = ("POST" if act is Act.SEND else "PATCH"), _path(to) + path
        request = partial(self._sender.request, act, method, path, place=_path(to), priority=priority)
        try:
            return await request(whole)
        except Refused:
            lighter = without_links(made)
            if lighter == made:
                raise
        return await request(body(lighter))


def _id_in(answer: Any) -> int:
    """Return the id of what Discord says it has made; an answer without one is none of Discord's."""
    try:
        return int(answer["id"])
    except (LookupError, TypeError, ValueError):
        raise Later("an answer without an id") from None


def _path(to: Address) -> str:
    return f"/channels/{to.channel_id}/messages"


def _body(card: Card) -> Body:
    return {"components": card, "flags": COMPONENTS_V2, "allowed_mentions": NO_PINGS}
