"""What Discord answers when a request cannot be done.

    ApiError                     HTTP status, Discord's code and message
    └── Unbuilt                  501: Discord has it, this local one does not
    DeskError                    a person cannot do that; a sentence says why

The numbers are Discord's documented JSON error codes.
"""

from collections.abc import Mapping
from typing import Any

from bot.emulator.snowflake import whole

Json = dict[str, Any]


class ApiError(Exception):
    """A refusal in Discord's form."""

    def __init__(self, status: int, code: int, message: str, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra or {}
        self.headers: dict[str, str] = {}

    def body(self) -> Json:
        """Return the JSON that Discord sends."""
        return {"message": self.message, "code": self.code, **self.extra}


class Unbuilt(ApiError):
    """Discord can do that, this local one cannot: 501, so that no bot takes it for "no such user"."""

    def __init__(self, what: str) -> None:
        super().__init__(501, 0, f"{what} is not part of this local Discord.")


class DeskError(Exception):
    """A person cannot do that; `str(error)` is the sentence they read."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


_UNKNOWN = {
    "account": 10001,
    "application": 10002,
    "channel": 10003,
    "guild": 10004,
    "member": 10007,
    "message": 10008,
    "overwrite": 10009,
    "role": 10011,
    "user": 10013,
    "emoji": 10014,
    "webhook": 10015,
    "interaction": 10062,
    "application command": 10063,
    "ban": 10026,
    "guild scheduled event": 10070,
}


def unknown(what: str) -> ApiError:
    """Return the 404 for a thing that is not there, by its name in lower case."""
    return ApiError(404, _UNKNOWN[what], f"Unknown {what}" if " " in what else f"Unknown {what.title()}")


def missing_permissions() -> ApiError:
    """Return the 403 for what the bot may not do."""
    return ApiError(403, 50013, "Missing Permissions")


class Form:
    """Collects the faults of a body, so that all of them are told at once, as Discord does."""

    def __init__(self) -> None:
        self._faults: list[tuple[tuple[str | int, ...], str, str]] = []

    def fault(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Note one fault at a path into the body."""
        self._faults.append((path, code, message))

    def close(self) -> None:
        """Raise what was collected; return when nothing was."""
        if not self._faults:
            return
        tree: Json = {}
        for path, code, message in self._faults:
            node = tree
            for step in path:
                node = node.setdefault(str(step), {})
            node.setdefault("_errors", []).append({"code": code, "message": message})
        raise ApiError(400, 50035, "Invalid Form Body", {"errors": tree})

    def text(
        self,
        body: Mapping[str, Any],
        key: str,
        path: tuple[str | int, ...],
        *,
        low: int = 0,
        high: int,
        required: bool = False,
    ) -> str | None:
        """Check a string field's type and length; return it when it is one."""
        value = body.get(key)
        at = (*path, key)
        if value is None:
            if required:
                self.fault(at, "BASE_TYPE_REQUIRED", "This field is required")
            return None
        if not isinstance(value, str):
            self.fault(at, "STRING_TYPE_CONVERT", f"Could not interpret {value!r} as string.")
            return None
        if not value and low and required:
            self.fault(at, "BASE_TYPE_REQUIRED", "This field is required")
        elif not low <= len(value) <= high:
            if low:
                self.fault(at, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
            else:
                self.fault(at, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        return value

    def integer(
        self,
        body: Mapping[str, Any],
        key: str,
        path: tuple[str | int, ...],
        *,
        low: int | None = None,
        high: int | None = None,
        required: bool = False,
    ) -> int | None:
        """Check an integer field's type and bounds; return it when it is one."""
        value = body.get(key)
        at = (*path, key)
        if value is None:
            if required:
                self.fault(at, "BASE_TYPE_REQUIRED", "This field is required")
            return None
        if isinstance(value, str) and (number := whole(value, signed=True)) is not None:
            value = number
        elif isinstance(value, float) and value.is_integer():
            value = int(value)  # Discord takes 5.0 for 5
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(at, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return None
        if low is not None and value < low:
            self.fault(at, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        if high is not None and value > high:
            self.fault(at, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        return value

    def boolean(self, body: Mapping[str, Any], key: str, path: tuple[str | int, ...]) -> bool | None:
        """Check a boolean field's type; return it when it is one."""
        value = body.get(key)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"  # the text of a form
        if value is None or isinstance(value, bool):
            return value
        self.fault((*path, key), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        return None

    def choice(
        self,
        body: Mapping[str, Any],
        key: str,
        path: tuple[str | int, ...],
        allowed: tuple[int, ...],
        *,
        required: bool = False,
    ) -> int | None:
        """Check that a field holds one of some integers; return it when it does."""
        value = body.get(key)
        at = (*path, key)
        if value is None:
            if required:
                self.fault(at, "BASE_TYPE_REQUIRED", "This field is required")
            return None
        if isinstance(value, bool) or value not in allowed:
            listed = ", ".join(map(str, allowed))
            self.fault(at, "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
            return None
        return int(value)

    def items(
        self,
        body: Mapping[str, Any],
        key: str,
        path: tuple[str | int, ...],
        *,
        low: int = 0,
        high: int,
        required: bool = False,
    ) -> list[Any]:
        """Check that a field is a list of so many items; return it, empty when it is not one."""
        value = body.get(key)
        at = (*path, key)
        if value is None:
            if required:
                self.fault(at, "BASE_TYPE_REQUIRED", "This field is required")
            return []
        if not isinstance(value, list):
            self.fault(at, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not low <= len(value) <= high:
            if low:
                self.fault(at, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
            else:
                self.fault(at, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
            return value[:high]
        return value
