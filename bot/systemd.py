"""Speaks to systemd when it has started us: that people can play, that we are well, that we are stopping.

The protocol is one datagram a message (sd_notify(3)). Where nobody listens nothing is said, and a message
that cannot be sent is no fault of ours.
"""

import logging
import socket
from contextlib import suppress

from bot.config import ServiceManager

_log = logging.getLogger(__name__)


class Systemd:
    """What systemd is told, if it is there."""

    def __init__(self, manager: ServiceManager | None) -> None:
        self._manager = manager

    @property
    def beat_seconds(self) -> float | None:
        """Return how often `beat` is wanted: twice within the watchdog's patience; None without one."""
        return (
            self._manager.watchdog_seconds / 2 if self._manager and self._manager.watchdog_seconds else None
        )

    def ready(self, status: str) -> None:
        """Say that the service is up, and in what state."""
        self._say(f"READY=1\nSTATUS={status}")

    def beat(self) -> None:
        """Say that we are alive and well."""
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that we are about to end."""
        self._say("STOPPING=1")

    def _say(self, message: str) -> None:
        if self._manager is None:
            return
        address = self._manager.socket
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
            speaker.setblocking(False)  # who started us and does not listen must not hold up the loop
            speaker.sendto(message.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
