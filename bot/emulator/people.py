"""What people do, checked as Discord's own client checks it before it sends anything.

Each act either starts an interaction or is refused with a sentence.
"""

import base64
import binascii
import math
import mimetypes
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.emulator import components, permissions
from bot.emulator.commands import Commands
from bot.emulator.enums import SELECTS, CommandType, ComponentType, InteractionType, OptionType
from bot.emulator.errors import DeskError, Json
from bot.emulator.interactions import Interaction, Interactions
from bot.emulator.objects import Attachment, Channel, Message, User
from bot.emulator.world import World


class People:
    """The people of a world as their clients let them act."""

    def __init__(self, world: World, commands: Commands, interactions: Interactions) -> None:
        self.world = world
        self.commands = commands
        self.interactions = interactions

    # --- finding

    def user(self, user_id: object) -> User:
        """Return a person by id."""
        found = self.world.users.get(str(user_id))
        if found is None or found.bot:
            raise DeskError("There is no such person.", 404)
        return found

    def channel(self, user: User, channel_id: object) -> Channel:
        """Return a channel that a person can see."""
        channel = self.world.channels.get(str(channel_id))
        if channel is None or not self.world.permissions(user.id, channel) & permissions.VIEW_CHANNEL:
            raise DeskError("There is no such channel for this person.", 404)
        return channel

    def message(self, user: User, message_id: object) -> Message:
        """Return a message that a person can see."""
        found = self.world.find_message(str(message_id))
        if found is None or found.ephemeral_to not in (None, user.id):
            raise DeskError("This message is not there any more.", 404)
        self.channel(user, found.channel.id)
        return found

    # --- commands

    def run(
        self,
        user: User,
        channel: Channel,
        name: str,
        options: Mapping[str, Any],
        target_id: str | None = None,
        *,
        command_id: str | None = None,
    ) -> Interaction:
        """Use a command: `name` is the whole path of a slash command, or a context menu's name."""
        command, path = self._find(channel, name, target_id, command_id)
        owners = self._owners(user, channel, command)
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        resolved = _Resolved(self.world, channel)
        if command["type"] == CommandType.CHAT:
            leaf = _leaf(command, path)
            given = self._values(leaf, options, resolved)
            data["options"] = _nested(path[1:], given, command)
        else:
            data["target_id"] = str(target_id)
            if command["type"] == CommandType.USER:
                resolved.user(str(target_id))
            else:
                target = self.message(user, target_id)
                resolved.tables.setdefault("messages", {})[target.id] = target.body
        if resolved.tables:
            data["resolved"] = resolved.tables
        return self.interactions.start(InteractionType.COMMAND, user, channel, data, owners, command=command)

    def complete(
        self, user: User, channel: Channel, name: str, options: Mapping[str, Any], focused: str
    ) -> Interaction:
        """Ask the app for choices while an option is being typed."""
        command, path = self._find(channel, name, None, None)
        owners = self._owners(user, channel, command)
        leaf = _leaf(command, path)
        given: list[Json] = []
        for option in leaf.get("options", ()):
            if option["name"] == focused:
                if not option.get("autocomplete"):
                    raise DeskError(f"The option {focused} has no suggestions.")
                typed = options.get(focused)
                entry = {
                    "name": focused,
                    "type": option["type"],
                    "value": "" if typed is None else str(typed),
                }
                given.append({**entry, "focused": True})
            elif options.get(option["name"]) is not None:
                value = options[option["name"]]
                given.append({"name": option["name"], "type": option["type"], "value": value})
        if not any(option.get("focused") for option in given):
            raise DeskError(f"There is no option {focused}.")
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        data["options"] = _nested(path[1:], given, command)
        return self.interactions.start(
            InteractionType.AUTOCOMPLETE, user, channel, data, owners, command=command
        )

    def _find(
        self, channel: Channel, name: str, target_id: str | None, command_id: str | None
    ) -> tuple[Json, list[str]]:
        usable = self.commands.usable(channel.guild_id)
        if command_id is not None:
            usable = [c for c in usable if c["id"] == command_id]
        if target_id is None:
            path = name.removeprefix("/").split()
            for command in usable:
                if command["type"] == CommandType.CHAT and path and command["name"] == path[0]:
                    return command, path
        else:
            for command in usable:
                if command["type"] != CommandType.CHAT and command["name"] == name:
                    return command, [name]
        raise DeskError(f"There is no command /{name} here.", 404)

    def usable(self, user: User, channel: Channel) -> list[Json]:
        """Return the commands that a person may use in a channel."""
        return [c for c in self.commands.usable(channel.guild_id) if self._refusal(user, channel, c) is None]

    def _refusal(self, user: User, channel: Channel, command: Json) -> DeskError | None:
        try:
            self._owners(user, channel, command)
        except DeskError as refusal:
            return refusal
        return None

    def _owners(self, user: User, channel: Channel, command: Json) -> Json:
        """Tell for whom the app is installed here; refuse where the command may not be used."""
        guild = self.world.guild_of(channel)
        types = command.get("integration_types") or [0]
        contexts = command.get("contexts")
        with_bot = guild is None and self.world.bot in channel.recipients
        context = 0 if guild else 1 if with_bot else 2
        if contexts is None:
            contexts = [0, 1, 2] if command.get("dm_permission", True) and "guild_id" not in command else [0]
        if context not in contexts:
            raise DeskError(f"/{command['name']} cannot be used {_PLACES[context]}.", 403)
        owners: Json = {}
        if 0 in types and guild is not None and self.world.has_bot(guild):
            owners["0"] = guild.id
        elif 0 in types and with_bot:
            owners["0"] = "0"
        if 1 in types:
            owners["1"] = user.id
        if not owners:
            raise DeskError(f"The app of /{command['name']} is not installed here.", 403)
        if guild is not None:
            self._may(user, channel, command)
        return owners

    def _may(self, user: User, channel: Channel, command: Json) -> None:
        held = self.world.permissions(user.id, channel)
        if not held & permissions.USE_APPLICATION_COMMANDS:
            raise DeskError("This person may not use commands in this channel.", 403)
        wanted = command.get("default_member_permissions")
        if wanted is None or held & permissions.ADMINISTRATOR:
            return
        missing = int(wanted) & ~held
        if missing or int(wanted) == 0:
            names = ", ".join(
                name.replace("guild", "server").replace("_", " ").title()
                for name in permissions.names(missing)
            )
            raise DeskError(f"Only people with {names or 'Administrator'} may use /{command['name']}.", 403)

    def _values(self, leaf: Json, options: Mapping[str, Any], resolved: "_Resolved") -> list[Json]:
        """Check the given options against the declared ones; return them in Discord's form."""
        declared = {option["name"]: option for option in leaf.get("options", ())}
        for name in options:
            if name not in declared:
                raise DeskError(f"There is no option {name}.")
        given: list[Json] = []
        for name, option in declared.items():
            value = options.get(name)
            if value is None or value == "":
                if option.get("required"):
                    raise DeskError(f"The option {name} is required.")
                continue
            checked = _CHECKS[option["type"]](option, value, resolved)
            given.append({"name": name, "type": option["type"], "value": checked})
        return given

    # --- components

    def press(
        self, user: User, message: Message, custom_id: str, values: list[Any] | None = None
    ) -> Interaction:
        """Press a button, or choose in a select menu."""
        component = components.find(message.body["components"], custom_id)
        if component is None:
            # Discord holds a press against the message as it is by then, and refuses it (50035); what it took
            # in time and the app hears of late is a fault of the gateway: `hear_late`.
            raise DeskError("This message has no such button or menu any more.", 404)
        if component.get("disabled"):
            raise DeskError("This button or menu is disabled.")
        if message.author_id != self.world.bot.id:
            raise DeskError("This message is not by an app.")
        kind = component["type"]
        data: Json = {"custom_id": custom_id, "component_type": kind, "id": component["id"]}
        if kind in SELECTS:
            resolved = _Resolved(self.world, message.channel)
            data["values"] = _chosen(component, [str(v) for v in values or ()], resolved)
            if resolved.tables:
                data["resolved"] = resolved.tables
        owners = self._owners_of(message)
        return self.interactions.start(
            InteractionType.COMPONENT, user, message.channel, data, owners, message=message
        )

    def _owners_of(self, message: Message) -> Json:
        metadata = message.body.get("interaction_metadata")
        if metadata:
            found: Json = metadata["authorizing_integration_owners"]
            return found
        return {"0": message.channel.guild_id or "0"} if message.channel.guild_id else {"0": "0"}

    def submit(self, user: User, opened_by: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Send a modal's form in."""
        if opened_by.modal is None or opened_by.user is not user:
            raise DeskError("This form is not open for this person.", 404)
        resolved = _Resolved(self.world, opened_by.channel)
        known = {c["custom_id"] for c in components.walk(opened_by.modal["components"]) if "custom_id" in c}
        for name in values:
            if name not in known:
                raise DeskError(f"The form has no field {name}.")
        filled = [_filled(c, values, resolved) for c in opened_by.modal["components"]]
        data: Json = {"custom_id": opened_by.modal["custom_id"], "components": filled}
        if resolved.tables:
            data["resolved"] = resolved.tables
        return self.interactions.start(
            InteractionType.MODAL_SUBMIT,
            user,
            opened_by.channel,
            data,
            opened_by.owners,
            message=opened_by.message,
            opened_by=opened_by,
        )


_PLACES: Final = {0: "in a server", 1: "in a direct message with the bot", 2: "in other direct messages"}


class _Resolved:
    """The objects that an interaction's ids stand for."""

    def __init__(self, world: World, channel: Channel) -> None:
        self.world = world
        self.channel = channel
        self.guild = world.guild_of(channel)
        self.tables: Json = {}

    def _put(self, table: str, key: str, body: Json) -> str:
        self.tables.setdefault(table, {})[key] = body
        return key

    def user(self, key: str) -> str:
        user = self.world.users.get(key)
        if user is None:
            raise DeskError("There is no such person.", 404)
        if self.guild and (member := self.guild.members.get(key)):
            allowed = self.world.permissions(key, self.channel)
            self._put("members", key, {**member.json(with_user=False), "permissions": str(allowed)})
        return self._put("users", key, user.json())

    def role(self, key: str) -> str:
        role = self.guild.roles.get(key) if self.guild else None
        if role is None:
            raise DeskError("There is no such role.", 404)
        return self._put("roles", key, role.json())

    def mentionable(self, key: str) -> str:
        return self.role(key) if self.guild and key in self.guild.roles else self.user(key)

    def place(self, key: str, types: list[int] | None) -> str:
        channel = self.world.channels.get(key)
        if channel is None or channel.guild_id != self.channel.guild_id:
            raise DeskError("There is no such channel.", 404)
        if types and channel.type not in types:
            raise DeskError("This kind of channel cannot be chosen here.")
        return self._put("channels", key, channel.json() | {"permissions": "0"})

    def file(self, value: Any) -> str:
        """Take in a file: `{"filename": ..., "content": base64}`."""
        name, content = read_file(value)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = Attachment(self.world.snowflakes.next(), self.channel.id, name, content, kind)
        self.world.attachments[file.id] = file
        url = f"{self.world.base_url}/attachments/{file.channel_id}/{file.id}/{name}"
        body = {"id": file.id, "filename": name, "size": len(content), "url": url, "proxy_url": url}
        return self._put("attachments", file.id, {**body, "content_type": kind, "ephemeral": True})


def read_file(value: Any) -> tuple[str, bytes]:
    """Read a file that is given as `{"filename": ..., "content": base64}`."""
    try:
        return str(value["filename"]), base64.b64decode(value["content"], validate=True)
    except (TypeError, KeyError, binascii.Error):
        raise DeskError("A file is given as its filename and its content in base64.") from None


def _leaf(command: Json, path: list[str]) -> Json:
    """Return the command or subcommand that a path names."""
    node = command
    for step in path[1:]:
        subs = [o for o in node.get("options", ()) if o["type"] in (OptionType.SUB, OptionType.GROUP)]
        found = next((o for o in subs if o["name"] == step), None)
        if found is None:
            raise DeskError(f"There is no command /{' '.join(path)}.", 404)
        node = found
    if any(o["type"] in (OptionType.SUB, OptionType.GROUP) for o in node.get("options", ())):
        names = ", ".join(o["name"] for o in node["options"])
        raise DeskError(f"/{' '.join(path)} needs one of: {names}.")
    return node


def _nested(path: list[str], given: list[Json], command: Json) -> list[Json]:
    """Wrap options in the subcommands that they belong to."""
    if not path:
        return given
    node = next(o for o in command["options"] if o["name"] == path[0])
    return [{"name": path[0], "type": node["type"], "options": _nested(path[1:], given, node)}]


def _text(option: Json, value: Any, _: _Resolved) -> str:
    text = str(value)
    low, high = option.get("min_length", 0), option.get("max_length", 6000)
    if not low <= len(text) <= high:
        raise DeskError(f"The option {option['name']} takes {low} to {high} characters.")
    _in_choices(option, text)
    return text


def _number(option: Json, value: Any, _: _Resolved) -> int | float:
    whole = option["type"] == OptionType.INTEGER
    try:
        number: int | float = int(value) if whole and not isinstance(value, float) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if isinstance(value, bool) or math.isnan(number) or (whole and not float(number).is_integer()):
        raise DeskError(f"The option {option['name']} takes a {'whole ' if whole else ''}number.")
    if whole:
        number = int(number)
    low, high = option.get("min_value"), option.get("max_value")
    if (low is not None and number < low) or (high is not None and number > high):
        bounds = (
            f"from {low} to {high}"
            if None not in (low, high)
            else f"from {low}"
            if high is None
            else f"up to {high}"
        )
        raise DeskError(f"The option {option['name']} takes numbers {bounds}.")
    _in_choices(option, number)
    return number


def _in_choices(option: Json, value: Any) -> None:
    choices = option.get("choices")
    if choices and all(choice["value"] != value for choice in choices):
        names = ", ".join(str(choice["name"]) for choice in choices)
        raise DeskError(f"The option {option['name']} takes one of: {names}.")


def _truth(option: Json, value: Any, _: _Resolved) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise DeskError(f"The option {option['name']} takes true or false.")
    return value


_CHECKS: Final[dict[int, Callable[[Json, Any, _Resolved], Any]]] = {
    OptionType.STRING: _text,
    OptionType.INTEGER: _number,
    OptionType.BOOLEAN: _truth,
    OptionType.USER: lambda _, value, resolved: resolved.user(str(value)),
    OptionType.CHANNEL: lambda option, value, resolved: resolved.place(
        str(value), option.get("channel_types")
    ),
    OptionType.ROLE: lambda _, value, resolved: resolved.role(str(value)),
    OptionType.MENTIONABLE: lambda _, value, resolved: resolved.mentionable(str(value)),
    OptionType.NUMBER: _number,
    OptionType.ATTACHMENT: lambda _, value, resolved: resolved.file(value),
}


def _chosen(component: Json, values: list[str], resolved: _Resolved) -> list[str]:
    """Check a select menu's values."""
    low, high = component.get("min_values", 1), component.get("max_values", 1)
    if not low <= len(values) <= high:
        raise DeskError(f"Choose {low} to {high} here.")
    kind = component["type"]
    if kind in (ComponentType.STRING_SELECT, ComponentType.RADIOS, ComponentType.CHECKBOXES):
        known = {option["value"] for option in component["options"]}
        if not set(values) <= known:
            raise DeskError("That is not one of the choices.")
    for value in values:
        if kind == ComponentType.USER_SELECT:
            resolved.user(value)
        elif kind == ComponentType.ROLE_SELECT:
            resolved.role(value)
        elif kind == ComponentType.MENTIONABLE_SELECT:
            resolved.mentionable(value)
        elif kind == ComponentType.CHANNEL_SELECT:
            resolved.place(value, component.get("channel_types"))
    return values


def _filled(component: Json, values: Mapping[str, Any], resolved: _Resolved) -> Json:
    """Return one component of a submitted modal."""
    kind = component["type"]
    if kind == ComponentType.ROW:
        inner = [_filled(c, values, resolved) for c in component["components"]]
        return {"type": kind, "id": component["id"], "components": inner}
    if kind == ComponentType.LABEL:
        named = _filled({**component["component"], "label": component["label"]}, values, resolved)
        return {"type": kind, "id": component["id"], "component": named}
    if kind == ComponentType.TEXT:
        return {"type": kind, "id": component["id"]}
    value = values.get(component["custom_id"])
    label = component.get("label") or component["custom_id"]
    body: Json = {"type": kind, "id": component["id"], "custom_id": component["custom_id"]}
    required = component.get("required", True)
    if kind == ComponentType.TEXT_INPUT:
        body["value"] = _typed(component, label, value, required=required)
        return body
    if kind == ComponentType.CHECKBOX:
        body["value"] = bool(component.get("default") if value is None else value)
        return body
    if required and not value:
        raise DeskError(f"{label} is required.")
    listed = [] if value is None else value if isinstance(value, list) else [value]
    if kind == ComponentType.UPLOAD:
        body["values"] = [resolved.file(file) for file in listed]
    elif kind == ComponentType.RADIOS:
        body["value"] = _chosen(component, [str(value)], resolved)[0] if value else None
    else:
        body["values"] = _chosen(component, [str(v) for v in listed], resolved) if listed else []
    return body


def _typed(component: Json, label: str, value: Any, *, required: bool) -> str:
    text = component.get("value") or "" if value is None else str(value)
    if not text and not required:
        return text
    low, high = component.get("min_length") or 0, component.get("max_length") or 4000
    if required and not text:
        raise DeskError(f"{label} is required.")
    if not low <= len(text) <= high:
        raise DeskError(f"{label} takes {low} to {high} characters.")
    return text
