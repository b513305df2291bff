"""Application commands: what an app registered, checked as documented.

Global commands and each server's own stand in separate scopes; in a scope a name is
taken once for each type. Registering under a taken name replaces, keeping the id.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.emulator.enums import CommandType, OptionType
from bot.emulator.errors import ApiError, Form, Json, unknown
from bot.emulator.world import World

GLOBAL: Final = ""
_LIMITS: Final = {CommandType.CHAT: 100, CommandType.USER: 15, CommandType.MESSAGE: 15}
_NAME = re.compile(r"[-_'\w]{1,32}\Z")
_MAX_SIZE: Final = 8000  # name, description and value of a command, its options and choices

Path = tuple[str | int, ...]


class Commands:
    """The registered commands, by scope (a server's id, or `GLOBAL`) and id."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._scopes: dict[str, dict[str, Json]] = {}

    def reset(self) -> None:
        """Forget every command."""
        self._scopes.clear()

    def every(self) -> list[Json]:
        """Return all commands, global ones first."""
        return [command for scope in sorted(self._scopes) for command in self._scopes[scope].values()]

    def listed(self, scope: str) -> list[Json]:
        """Return a scope's commands."""
        return list(self._scopes.get(scope, {}).values())

    def get(self, scope: str, command_id: str) -> Json:
        """Return one command; raise 10063 when there is none."""
        try:
            return self._scopes[scope][command_id]
        except KeyError:
            raise unknown("application command") from None

    def usable(self, guild_id: str | None) -> list[Json]:
        """Return the commands of a place; a server's own command hides a global one of its name."""
        own = self.listed(guild_id) if guild_id else []
        taken = {(c["type"], c["name"]) for c in own}
        return own + [c for c in self.listed(GLOBAL) if (c["type"], c["name"]) not in taken]

    def create(self, scope: str, body: Mapping[str, Any]) -> tuple[Json, bool]:
        """Register one command; return it and whether its name was new."""
        form = Form()
        _check(body, (), form)
        form.close()
        command = self._made(scope, body)
        new = command["id"] not in self._scopes.setdefault(scope, {})
        if new:
            self._check_count([*self.listed(scope), command])
        self._scopes[scope][command["id"]] = command
        return command, new

    def overwrite(self, scope: str, bodies: list[Any]) -> list[Json]:
        """Register exactly these commands in a scope."""
        form = Form()
        seen: set[tuple[int, str]] = set()
        for number, body in enumerate(bodies):
            if not isinstance(body, dict):
                form.fault((number,), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
                continue
            _check(body, (number,), form)
            key = (body.get("type") or CommandType.CHAT, str(body.get("name")))
            if key in seen:
                form.fault(
                    (number,),
                    "APPLICATION_COMMANDS_DUPLICATE_NAME",
                    "Application command names must be unique",
                )
            seen.add(key)
        form.close()
        commands = [self._made(scope, body) for body in bodies]
        self._check_count(commands)
        self._scopes[scope] = {command["id"]: command for command in commands}
        return commands

    def edit(self, scope: str, command_id: str, body: Mapping[str, Any]) -> Json:
        """Change the named fields of one command."""
        old = self.get(scope, command_id)
        form = Form()
        merged = {**old, **body}
        _check(merged, (), form)
        form.close()
        command = self._made(scope, merged, command_id)
        self._scopes[scope][command_id] = command
        return command

    def delete(self, scope: str, command_id: str) -> None:
        """Remove one command."""
        self.get(scope, command_id)
        del self._scopes[scope][command_id]

    def _check_count(self, commands: Iterable[Json]) -> None:
        kinds = [command["type"] for command in commands]
        for kind, high in _LIMITS.items():
            if kinds.count(kind) > high:
                raise ApiError(400, 30032, f"Maximum number of application commands reached ({high})")

    def _made(self, scope: str, body: Mapping[str, Any], command_id: str | None = None) -> Json:
        """Return the command object; an equal one keeps its version, another gets a new one."""
        kind = body.get("type") or CommandType.CHAT
        same = (c for c in self.listed(scope) if c["type"] == kind and c["name"] == body["name"])
        old = self._scopes[scope][command_id] if command_id else next(same, None)
        permissions = body.get("default_member_permissions")
        fields: Json = {
            "name": body["name"],
            "name_localizations": body.get("name_localizations"),
            "description": body.get("description") or "",
            "description_localizations": body.get("description_localizations"),
            "default_member_permissions": None if permissions is None else str(permissions),
            "nsfw": bool(body.get("nsfw")),
        }
        if body.get("options"):
            fields["options"] = [_option_made(option) for option in body["options"]]
        if scope == GLOBAL:
            dm = body.get("dm_permission")
            fields["dm_permission"] = True if dm is None else dm
            fields["contexts"] = body.get("contexts")
            fields["integration_types"] = body.get("integration_types") or [0]
        else:
            fields["guild_id"] = scope
        if old is not None and all(old.get(key) == value for key, value in fields.items()):
            return old
        return {
            "id": old["id"] if old else self._world.snowflakes.next(),
            "application_id": self._world.application_id,
            "version": self._world.snowflakes.next(),
            "type": kind,
            **fields,
        }


def _option_made(option: Json) -> Json:
    made = {key: value for key, value in option.items() if value is not None and value is not False}
    if "options" in made:
        made["options"] = [_option_made(inner) for inner in made["options"]]
    return made


def _check(body: Mapping[str, Any], path: Path, form: Form) -> None:
    kind = (
        form.choice(body, "type", path, (CommandType.CHAT, CommandType.USER, CommandType.MESSAGE))
        or CommandType.CHAT
    )
    name = form.text(body, "name", path, low=1, high=32, required=True)
    if kind == CommandType.CHAT:
        _check_name(name, path, form)
        form.text(body, "description", path, low=1, high=100, required=True)
        options = form.items(body, "options", path, high=25)
        _check_options(options, (*path, "options"), form, level=0)
        if _size(body) > _MAX_SIZE:
            form.fault(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({_MAX_SIZE})")
    else:
        if body.get("description"):
            form.fault(
                (*path, "description"),
                "APPLICATION_COMMAND_DESCRIPTION_INVALID",
                "Context menu commands cannot have description",
            )
        if body.get("options"):
            form.fault(
                (*path, "options"),
                "APPLICATION_COMMAND_OPTIONS_INVALID",
                "Context menu commands cannot have options",
            )
    for key, allowed in (("contexts", (0, 1, 2)), ("integration_types", (0, 1))):
        for number, value in enumerate(form.items(body, key, path, low=1, high=3)):
            if value not in allowed:
                form.fault((*path, key, number), "BASE_TYPE_CHOICES", f"Value must be one of {set(allowed)}.")
    form.integer(body, "default_member_permissions", path, low=0)


def _check_name(name: str | None, path: Path, form: Form) -> None:
    if name and len(name) <= 32 and not (_NAME.match(name) and name == name.lower()):
        form.fault(
            (*path, "name"),
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid",
        )


def _size(body: Mapping[str, Any]) -> int:
    """Return how many characters count towards a command's size."""
    size = len(str(body.get("name") or "")) + len(str(body.get("description") or ""))
    for choice in body.get("choices") or ():
        if isinstance(choice, dict):
            size += len(str(choice.get("name", ""))) + len(str(choice.get("value", "")))
    for option in body.get("options") or ():
        if isinstance(option, dict):
            size += _size(option)
    return size


def _check_options(options: list[Any], path: Path, form: Form, *, level: int) -> None:
    """Check the options of a command (level 0), of a group (1) or of a subcommand (2)."""
    allowed = {
        0: tuple(range(OptionType.SUB, OptionType.ATTACHMENT + 1)),
        1: (OptionType.SUB,),
        2: tuple(range(OptionType.STRING, OptionType.ATTACHMENT + 1)),
    }[level]
    names: set[str] = set()
    optional_before = False
    nested = plain = False
    for number, option in enumerate(options):
        at = (*path, number)
        if not isinstance(option, dict):
            form.fault(at, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            continue
        kind = form.choice(option, "type", at, allowed, required=True)
        name = form.text(option, "name", at, low=1, high=32, required=True)
        _check_name(name, at, form)
        form.text(option, "description", at, low=1, high=100, required=True)
        if name in names:
            form.fault(at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(name or "")
        if kind in (OptionType.SUB, OptionType.GROUP):
            nested = True
            inner = form.items(option, "options", at, high=25)
            _check_options(inner, (*at, "options"), form, level=1 if kind == OptionType.GROUP else 2)
            continue
        plain = True
        if option.get("required") and optional_before:
            form.fault(
                at,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_before = optional_before or not option.get("required")
        _check_values(option, kind, at, form)
    if nested and plain:
        form.fault(
            path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and other options cannot be mixed"
        )


def _check_values(option: Json, kind: int | None, at: Path, form: Form) -> None:
    """Check choices, bounds and autocomplete of an option that takes a value."""
    choices = form.items(option, "choices", at, high=25)
    if choices and kind not in (OptionType.STRING, OptionType.INTEGER, OptionType.NUMBER):
        form.fault(
            (*at, "choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "This type takes no choices"
        )
    check_choices(choices, (*at, "choices"), kind, form)
    if option.get("autocomplete"):
        if choices:
            form.fault(
                at,
                "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
                "autocomplete and choices cannot both be given",
            )
        if kind not in (OptionType.STRING, OptionType.INTEGER, OptionType.NUMBER):
            form.fault((*at, "autocomplete"), "BASE_TYPE_CHOICES", "This type takes no autocomplete")
    form.integer(option, "min_length", at, low=0, high=6000)
    form.integer(option, "max_length", at, low=1, high=6000)
    for key, number_kinds in (
        ("min_value", (OptionType.INTEGER, OptionType.NUMBER)),
        ("max_value", (OptionType.INTEGER, OptionType.NUMBER)),
    ):
        value = option.get(key)
        if value is not None and (kind not in number_kinds or not isinstance(value, int | float)):
            form.fault((*at, key), "NUMBER_TYPE_COERCE", f'Value "{value}" is not valid here.')


def check_choices(choices: list[Any], path: Path, kind: int | None, form: Form) -> None:
    """Check choices of an option or of an autocomplete's result."""
    names: set[str] = set()
    for number, choice in enumerate(choices):
        at = (*path, number)
        if not isinstance(choice, dict):
            form.fault(at, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            continue
        name = form.text(choice, "name", at, low=1, high=100, required=True)
        if name in names:
            form.fault(
                at,
                "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
                "Option choice name already exists",
            )
        names.add(name or "")
        value = choice.get("value")
        if value is None:
            form.fault((*at, "value"), "BASE_TYPE_REQUIRED", "This field is required")
        elif kind == OptionType.STRING:
            form.text(choice, "value", at, low=0, high=100)
        elif kind in (OptionType.INTEGER, OptionType.NUMBER) and (
            isinstance(value, bool) or not isinstance(value, int | float)
        ):
            form.fault((*at, "value"), "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')
