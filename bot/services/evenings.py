"""Evenings: tonight's Moon as the people of a server see it."""

from datetime import date
from zoneinfo import ZoneInfo

from bot.services.settings import SettingsService
from bot.services.sky import Evening, SkyService


class Evenings:
    """Looks up from where a server sees the Moon, and has it drawn."""

    def __init__(self, sky: SkyService, settings: SettingsService) -> None:
        self._sky = sky
        self._settings = settings

    async def see(self, guild_id: int, zone: ZoneInfo, on: date) -> Evening:
        """Return the Moon on the evening of a local day of that zone."""
        settings = await self._settings.load(guild_id)
        return await self._sky.evening(on, zone, is_southern=settings.is_southern(zone))
