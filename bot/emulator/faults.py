"""Faults, given on purpose: what a bot must live with, made to happen now.

A fault on a route names it as `POST /channels/*/messages` (`*` stands for one part of
the path, `**` for all the rest, a missing method for any); it counts down `times` and
is gone at 0, or stays until cleared when `times` is not given.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

from bot.emulator.errors import DeskError, Json

ON_ROUTES: Final = ("status", "lost", "delay", "hold", "rate_limit")
ON_GATEWAY: Final = ("reconnect", "invalid_session", "drop", "expire_session")  # happen once, at once
ON_DISPATCH: Final = ("twice", "hear_late")
KINDS: Final = (*ON_ROUTES, *ON_GATEWAY, *ON_DISPATCH, "silent")


@dataclass(slots=True, eq=False)
class Fault:
    """One fault as it was asked for."""

    id: str
    kind: str
    options: Json
    left: int | None
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def json(self) -> Json:
        """Return what the desk shows."""
        return {**self.options, "id": self.id, "kind": self.kind, "times": self.left}

    @property
    def acts(self) -> bool:
        """Tell whether the request is carried out before it goes wrong."""
        return bool(self.options.get("acts"))


class Faults:
    """The faults under way."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._made = 0
        self.changed: list[Any] = []

    def listed(self) -> list[Json]:
        """Return the faults as the desk shows them."""
        return [fault.json() for fault in self._faults.values()]

    def add(self, kind: str, options: Json) -> Fault:
        """Take a fault in; those that happen at once are not kept."""
        if kind not in KINDS:
            raise DeskError(f"A fault is one of: {', '.join(KINDS)}.")
        self._made += 1
        times = options.get("times")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise DeskError("`times` is a whole number from 1.")
        for key in ("seconds", "retry_after"):
            if key in options and not isinstance(options[key], int | float):
                raise DeskError(f"`{key}` is a number of seconds.")
        if kind == "status" and not isinstance(options.get("status"), int):
            raise DeskError("`status` is an HTTP status, for example 500.")
        kept = {key: value for key, value in options.items() if key not in ("kind", "times", "as")}
        fault = Fault(str(self._made), kind, kept, times)
        if kind not in ON_GATEWAY:
            self._faults[fault.id] = fault
        self._tell()
        return fault

    def clear(self, fault_id: str | None = None) -> None:
        """End one fault, or all; what was held is let go."""
        for fault in [f for f in self._faults.values() if fault_id in (None, f.id)]:
            fault.released.set()
            self._faults.pop(fault.id, None)
        self._tell()

    def on_route(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, counted down."""
        if not self._faults:
            return None
        for fault in self._faults.values():
            if (
                fault.kind in ON_ROUTES
                and fault.left != 0
                and _meets(fault.options.get("route"), method, path)
            ):
                self._count(fault)
                return fault
        return None

    def on_dispatch(self, event: str) -> Fault | None:
        """Return the fault that this dispatch meets, counted down."""
        if not self._faults:
            return None
        for fault in self._faults.values():
            if (
                fault.kind in ON_DISPATCH
                and fault.left != 0
                and fault.options.get("event", "INTERACTION_CREATE") in (event, "*")
            ):
                self._count(fault)
                return fault
        return None

    @property
    def silent(self) -> bool:
        """Tell whether heartbeats go unanswered."""
        return any(fault.kind == "silent" for fault in self._faults.values())

    def _count(self, fault: Fault) -> None:
        if fault.left is None:
            return
        fault.left -= 1
        if fault.left == 0 and fault.kind != "hold":
            del self._faults[fault.id]
        self._tell()

    def _tell(self) -> None:
        for listener in self.changed:
            listener()


def _meets(pattern: Any, method: str, path: str) -> bool:
    if not pattern or pattern == "*":
        return True
    wanted_method, _, wanted = str(pattern).rpartition(" ")
    if wanted_method and wanted_method.upper() not in (method, "*"):
        return False
    have, want = path.strip("/").split("/"), wanted.strip("/").split("/")
    if want[-1] == "**":
        want.pop()
        have = have[: len(want)]
    return len(have) == len(want) and all(w in ("*", h) for h, w in zip(have, want, strict=True))
