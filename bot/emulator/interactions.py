"""Interactions: from a person's act to the app's answer, and the 15 minutes after it.

An interaction is pending until the app answers; after 3 s without an answer, counted while this
process runs, it has failed for the person and is unknown to the app. Its token lives for 15 minutes after
that, by the world's clock.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.emulator import permissions
from bot.emulator.commands import check_choices
from bot.emulator.components import Layout, stored
from bot.emulator.enums import (
    CallbackType,
    CommandType,
    InteractionType,
    MessageFlag,
    MessageType,
    OptionType,
)
from bot.emulator.errors import ApiError, DeskError, Form, Json, unknown
from bot.emulator.messages import MAX_FILE, Upload, Writer, pointing
from bot.emulator.objects import Channel, Guild, Message, User
from bot.emulator.world import World

ACK_SECONDS: Final = 3.0
_TICKS: Final = 60  # in those seconds: one that lasts longer, since the machine is busy or asleep, is one
TOKEN_SECONDS: Final = 900.0
_REMEMBERED: Final = 10_000  # interactions kept; older ones are as good as dead
_FOLLOWUPS_OF_USER_APP: Final = 5

_ANSWERS: Final[Mapping[int, tuple[int, ...]]] = {
    InteractionType.COMMAND: (CallbackType.ANSWER, CallbackType.DEFER, CallbackType.MODAL),
    InteractionType.COMPONENT: (
        CallbackType.ANSWER,
        CallbackType.DEFER,
        CallbackType.DEFER_UPDATE,
        CallbackType.UPDATE,
        CallbackType.MODAL,
    ),
    InteractionType.AUTOCOMPLETE: (CallbackType.CHOICES,),
    InteractionType.MODAL_SUBMIT: (
        CallbackType.ANSWER,
        CallbackType.DEFER,
        CallbackType.DEFER_UPDATE,
        CallbackType.UPDATE,
    ),
}


@dataclass(slots=True, eq=False)
class Interaction:
    """One act of a person and what became of it.

    `state` is `pending`, `deferred` (the app is "thinking"), `modal` (a form is open),
    `done` or `failed`.
    """

    id: str
    token: str
    kind: int
    user: User
    channel: Channel
    guild: Guild | None
    data: Json
    created: float
    owners: Json
    command: Json | None = None
    message: Message | None = None
    opened_by: "Interaction | None" = None
    state: str = "pending"
    response_type: int | None = None
    original: Message | None = None
    followups: dict[str, Message] = field(default_factory=dict)
    modal: Json | None = None
    choices: list[Json] | None = None
    ahead: float = 0.0  # by how much the world's clock was ahead of the machine's when it began
    deadline: asyncio.TimerHandle | None = None
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the command's name with its subcommands."""
        parts = [self.data.get("name", "")]
        options = self.data.get("options") or []
        while options and options[0]["type"] in (OptionType.SUB, OptionType.GROUP):
            parts.append(options[0]["name"])
            options = options[0].get("options") or []
        return " ".join(parts)

    def summary(self) -> Json:
        """Return what people's clients are told of it."""
        body: Json = {"id": self.id, "state": self.state, "user_id": self.user.id}
        body["response_type"] = self.response_type
        if self.original is not None:
            body["message_id"] = self.original.id
            body["message"] = self.original.body
        if self.modal is not None:
            body["modal"] = self.modal
        if self.choices is not None:
            body["choices"] = self.choices
        return body

    def metadata(self) -> Json:
        """Return the message interaction metadata object."""
        body: Json = {
            "id": self.id,
            "type": self.kind,
            "user": self.user.json(),
            "authorizing_integration_owners": self.owners,
        }
        if self.kind == InteractionType.COMMAND:
            body["name"] = self.name
            body["command_type"] = self.data.get("type", CommandType.CHAT)
        if self.message is not None and self.kind == InteractionType.COMPONENT:
            body["interacted_message_id"] = self.message.id
        if self.opened_by is not None:
            body["triggering_interaction_metadata"] = self.opened_by.metadata()
        return body


class Interactions:
    """The interactions of a world; `on_change` hears of each change of a state."""

    def __init__(self, world: World, writer: Writer) -> None:
        self.world = world
        self.writer = writer
        self.on_change: list[Callable[[Interaction], None]] = []
        self._by_id: OrderedDict[str, Interaction] = OrderedDict()
        self._by_token: dict[str, Interaction] = {}

    def reset(self) -> None:
        """Forget every interaction; who waits for one is told that it failed."""
        for interaction in list(self._by_id.values()):
            if interaction.state == "pending":
                self._change(interaction, "failed")
        self._by_id.clear()
        self._by_token.clear()

    # --- a person acts

    def start(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        owners: Json,
        *,
        command: Json | None = None,
        message: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        """Let a person act: the app is told, and the three seconds begin."""
        interaction = Interaction(
            self.world.snowflakes.next(),
            secrets.token_urlsafe(96),
            kind,
            user,
            channel,
            self.world.guild_of(channel),
            data,
            self.world.clock.now(),
            owners,
            command,
            message,
            opened_by,
            ahead=self.world.clock.offset,
        )
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        if len(self._by_id) > _REMEMBERED:
            _, oldest = self._by_id.popitem(last=False)
            del self._by_token[oldest.token]
        self._tick(interaction, _TICKS)
        for listener in self.on_change:
            listener(interaction)
        self.world.tell("INTERACTION_CREATE", self._payload(interaction), interaction.guild, channel)
        return interaction

    def look(self) -> None:
        """Fail what is overdue, now that the clock was moved."""
        for interaction in list(self._by_id.values()):
            is_late = interaction.state == "pending" and self._is_passed(interaction)
            if is_late or (interaction.state == "deferred" and self._age(interaction) >= TOKEN_SECONDS):
                self._change(interaction, "failed")

    def known(self, interaction_id: str) -> Interaction:
        """Return an interaction that is still remembered; raise `DeskError` when there is none."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None:
            raise DeskError("There is no such interaction.", 404)
        return interaction

    async def settled(self, interaction: Interaction, states: Iterable[str], seconds: float) -> bool:
        """Wait until an interaction is in none of the states; return False when time ran out."""
        avoided = frozenset(states)
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while interaction.state in avoided:
            future: asyncio.Future[None] = loop.create_future()
            interaction.waiters.append(future)
            done, _ = await asyncio.wait([future], timeout=max(0.0, end - loop.time()))
            if not done:
                interaction.waiters.remove(future)
                return False
        return True

    def _age(self, interaction: Interaction) -> float:
        return self.world.clock.now() - interaction.created

    def _is_passed(self, interaction: Interaction) -> bool:
        """Tell whether the clock was moved past its three seconds; else they are counted."""
        return self.world.clock.offset - interaction.ahead >= ACK_SECONDS

    def _tick(self, interaction: Interaction, left: int) -> None:
        """Count the seconds down while the app has them, and then fail what is pending."""
        if left:
            later = asyncio.get_running_loop().call_later
            interaction.deadline = later(ACK_SECONDS / _TICKS, self._tick, interaction, left - 1)
        elif interaction.state == "pending":
            self._change(interaction, "failed")

    def _change(self, interaction: Interaction, state: str) -> None:
        interaction.state = state
        if interaction.opened_by is not None and state != "failed":
            interaction.opened_by.modal = None  # a form that could not be sent in stays open
        if interaction.deadline is not None:
            interaction.deadline.cancel()
            interaction.deadline = None
        for future in interaction.waiters:
            if not future.done():
                future.set_result(None)
        interaction.waiters.clear()
        for listener in self.on_change:
            listener(interaction)

    def _payload(self, interaction: Interaction) -> Json:
        """Return the interaction object that the app gets."""
        world, channel, guild, user = self.world, interaction.channel, interaction.guild, interaction.user
        bot_here = guild is not None and world.has_bot(guild)
        allowed = world.permissions(user.id, channel)
        place = channel.json(user.id)
        place["permissions"] = str(allowed)
        body: Json = {
            "id": interaction.id,
            "application_id": world.application_id,
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel": place,
            "channel_id": channel.id,
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": interaction.owners,
            "attachment_size_limit": MAX_FILE,
        }
        if guild is not None:
            member = guild.members[user.id].json()
            member["permissions"] = str(allowed)
            body |= {
                "guild": {"id": guild.id, "locale": "en-US", "features": []},
                "guild_id": guild.id,
                "guild_locale": "en-US",
                "member": member,
                "context": 0,
            }
            app = world.permissions(world.bot.id, channel) if bot_here else permissions.IN_PRIVATE
        else:
            with_bot = world.bot in channel.recipients
            body |= {"user": user.json(), "context": 1 if with_bot else 2}
            app = permissions.IN_PRIVATE | (permissions.USE_EXTERNAL_EMOJIS if with_bot else 0)
        body["app_permissions"] = str(app)
        if interaction.message is not None:
            body["message"] = interaction.message.body
        return body

    # --- the app answers

    def answer(
        self, interaction_id: str, token: str, body: Mapping[str, Any], uploads: Iterable[Upload]
    ) -> Interaction:
        """Take the first answer to an interaction; raise 10062 when too late, 40060 when not the first."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token:
            raise unknown("interaction")
        if interaction.response_type is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if interaction.state == "failed" or self._is_passed(interaction):
            raise unknown("interaction")
        form = Form()
        kinds = _ANSWERS[interaction.kind]
        if interaction.kind == InteractionType.MODAL_SUBMIT and interaction.message is None:
            kinds = (CallbackType.ANSWER, CallbackType.DEFER)
        kind = form.choice(body, "type", (), kinds, required=True)
        data = body.get("data")
        if data is None:
            data = {}
        if not isinstance(data, dict):
            form.fault(("data",), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        form.close()
        state = self._take(interaction, kind or 0, data, uploads)
        interaction.response_type = kind
        self._change(interaction, state)
        return interaction

    def _take(
        self, interaction: Interaction, kind: int, data: Mapping[str, Any], uploads: Iterable[Upload]
    ) -> str:
        """Do what an answer asks for; return the interaction's next state."""
        if kind == CallbackType.ANSWER:
            interaction.original = self._reply(interaction, data, uploads, _wish(data))
            return "done"
        if kind == CallbackType.DEFER:
            extra, message_kind = self._signature(interaction, None)
            reader = interaction.user.id if _wish(data) else None
            interaction.original = self.writer.loading(
                interaction.channel, self.world.bot, reader, extra, message_kind
            )
            return "deferred"
        if kind in (CallbackType.DEFER_UPDATE, CallbackType.UPDATE):
            interaction.original = interaction.message
            if kind == CallbackType.UPDATE:
                self.writer.edit(self._there(interaction.message), data, uploads)
            return "done"
        form = Form()
        if kind == CallbackType.CHOICES:
            choices = form.items(data, "choices", ("data",), high=25, required=True)
            check_choices(choices, ("data", "choices"), _focused(interaction.data), form)
            form.close()
            interaction.choices = choices
            return "done"
        Layout(form).modal(data, ("data",))
        form.close()
        components = stored(data["components"], lambda _: None, form)
        interaction.modal = {
            "custom_id": data["custom_id"],
            "title": data["title"],
            "components": components,
        }
        return "modal"

    def _reply(
        self,
        interaction: Interaction,
        data: Mapping[str, Any],
        uploads: Iterable[Upload],
        ephemeral: bool,
        first: Message | None = None,
    ) -> Message:
        extra, kind = self._signature(interaction, first)
        message = self.writer.create(
            interaction.channel,
            self.world.bot,
            {key: value for key, value in data.items() if key not in ("message_reference", "nonce")},
            uploads,
            ephemeral_to=interaction.user.id if ephemeral else None,
            extra=extra,
            kind=kind,
        )
        interaction.followups[message.id] = message
        return message

    def _signature(self, interaction: Interaction, first: Message | None) -> tuple[Json, int]:
        """Return the fields that tell where a message came from, and its type; the channel must be there."""
        if interaction.channel.id not in self.world.channels:
            raise unknown("channel")
        metadata = interaction.metadata()
        extra: Json = {
            "webhook_id": self.world.application_id,
            "application_id": self.world.application_id,
            "interaction_metadata": metadata,
        }
        if first is not None:
            metadata["original_response_message_id"] = first.id
            return extra | pointing(first), MessageType.REPLY
        if interaction.message is not None:
            return extra | pointing(interaction.message), MessageType.REPLY
        if interaction.kind == InteractionType.COMMAND:
            extra["interaction"] = {
                "id": interaction.id,
                "type": interaction.kind,
                "name": interaction.name,
                "user": interaction.user.json(),
            }
            typed = interaction.data.get("type", CommandType.CHAT) == CommandType.CHAT
            return extra, MessageType.CHAT_COMMAND if typed else MessageType.CONTEXT_MENU
        return extra, MessageType.DEFAULT

    # --- the token's fifteen minutes

    def by_token(self, application_id: str, token: str) -> Interaction:
        """Return an answered interaction whose token lives; raise 50027 or 10015 as Discord does."""
        interaction = self._by_token.get(token)
        if interaction is None or self._age(interaction) >= TOKEN_SECONDS:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if application_id != self.world.application_id or interaction.response_type is None:
            raise unknown("webhook")
        return interaction

    def message_of(self, interaction: Interaction, message_id: str) -> Message:
        """Return the message that `@original` or an id names."""
        if message_id == "@original":
            return self._there(interaction.original)
        found = interaction.followups.get(message_id)
        if found is None and interaction.original is not None and interaction.original.id == message_id:
            found = interaction.original
        return self._there(found)

    def follow_up(
        self, interaction: Interaction, body: Mapping[str, Any], uploads: Iterable[Upload]
    ) -> Message:
        """Send a further message; right after a deferral it fills in the waiting one."""
        original = interaction.original
        waiting = (
            interaction.response_type == CallbackType.DEFER
            and original is not None
            and original.flags & MessageFlag.LOADING
        )
        if waiting and original is not None and self.world.find_message(original.id) is original:
            return self.edit(interaction, original, body, uploads)
        alone = set(interaction.owners) == {"1"} and not (
            interaction.guild and self.world.has_bot(interaction.guild)
        )
        if alone and interaction.guild and len(interaction.followups) > _FOLLOWUPS_OF_USER_APP:
            raise ApiError(400, 40094, "Follow-up messages limit reached for this interaction")
        return self._reply(interaction, body, uploads, _wish(body), original)

    def edit(
        self,
        interaction: Interaction,
        message: Message,
        body: Mapping[str, Any],
        uploads: Iterable[Upload],
    ) -> Message:
        """Edit a message of this interaction; the first edit of a deferred one ends the waiting."""
        was_loading = bool(message.flags & MessageFlag.LOADING)
        self.writer.edit(message, body, uploads)
        if was_loading and interaction.state == "deferred":
            self._change(interaction, "done")
        return message

    def delete(self, interaction: Interaction, message: Message) -> None:
        """Delete a message of this interaction."""
        self.world.remove_message(message)
        interaction.followups.pop(message.id, None)
        if interaction.state == "deferred" and message is interaction.original:
            self._change(interaction, "done")

    def _there(self, message: Message | None) -> Message:
        if message is None or self.world.find_message(message.id) is not message:
            raise unknown("message")
        return message

    def result(self, interaction: Interaction) -> Json:
        """Return the interaction callback response object."""
        told: Json = {"id": interaction.id, "type": interaction.kind, "channel_id": interaction.channel.id}
        if interaction.guild is not None:
            told["guild_id"] = interaction.guild.id
        body: Json = {"interaction": told}
        original, kind = interaction.original, interaction.response_type
        if original is not None:
            told["response_message_id"] = original.id
            told["response_message_loading"] = bool(original.flags & MessageFlag.LOADING)
            told["response_message_ephemeral"] = bool(original.flags & MessageFlag.EPHEMERAL)
        if kind in (CallbackType.ANSWER, CallbackType.UPDATE) and original is not None:
            body["resource"] = {"type": kind, "message": original.body}
        return body


def _wish(data: Mapping[str, Any]) -> bool:
    """Tell whether a message is to be ephemeral."""
    flags = data.get("flags")
    return isinstance(flags, int) and bool(flags & MessageFlag.EPHEMERAL)


def _focused(data: Json) -> int | None:
    """Return the type of the option being typed."""
    options = list(data.get("options") or ())
    while options:
        option = options.pop()
        if option.get("focused"):
            kind: int = option["type"]
            return kind
        options += option.get("options") or ()
    return None
