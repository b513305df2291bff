"""A local Discord on loopback: REST v10, gateway, and a desk where people act.

    async with Emulator() as emulator:
        emulator.api_url, emulator.gateway_url      # a bot's two addresses
        f"{emulator.url}/?key={emulator.secret}"    # people's page

A bot runs against it unmodified. It knows nothing of quizzes and imports nothing of
the rest of this project.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.emulator.server import Emulator

__all__ = ["Emulator"]


def __getattr__(name: str) -> object:
    # aiohttp's server side is imported by who opens one, not by who only asks for a submodule.
    if name == "Emulator":
        from bot.emulator.server import Emulator

        return Emulator
    raise AttributeError(name)
