"""Reminders of the daily challenge on their way: one direct message, looked for before it is sent again.

What always holds: the message of a date has a nonce, by which Discord refuses a second copy for some
minutes, and a button with the date, by which it is found ever after.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.clock import Clock
from bot.cogs.channels import Channels, Unreadable
from bot.cogs.messages.challenges import direct_card
from bot.cogs.sender import Failure, Later, Refused
from bot.quiz.reminder import Reminder
from bot.quiz.streak import Standing
from bot.services.reminders import Unknown, Unreached, Unwanted

_PRIORITY = 5  # games go first, and posts


class ReminderPublisher:
    """Sends reminders, and finds them again."""

    def __init__(self, channels: Channels, clock: Clock) -> None:
        self._channels = channels
        self._clock = clock

    async def remind(self, reminder: Reminder, standing: Standing) -> None:
        """Send it. Raises `Unwanted` or `Unreached`."""
        card = direct_card(reminder, standing)
        nonce = f"remind-{reminder.next_on}"
        with _meanings():
            await self._channels.send_to(reminder.player_id, card, nonce=nonce, priority=_PRIORITY)

    async def has_reminded(self, reminder: Reminder) -> bool:
        """Return whether the date's message is there. Raises `Unknown`, `Unwanted` or `Unreached`."""
        wanted = f"daily:play:{reminder.next_on}"
        since = reminder.tried_at or self._clock.now()
        with _meanings():
            place = await self._channels.direct(reminder.player_id, priority=_PRIORITY)
            found = await self._channels.find(
                place, since, lambda custom_id: custom_id == wanted, priority=_PRIORITY
            )
        return found is not None


@contextmanager
def _meanings() -> Iterator[None]:
    """Raise what became of a request as what it means for a reminder."""
    try:
        yield
    except Later as later:
        raise Unreached(str(later), timedelta(seconds=later.wait)) from later
    except (Unreadable, Refused) as failure:  # what is in it is no matter of the person's
        raise Unknown from failure
    except Failure as failure:
        raise Unwanted("Discord lets Farside send you no direct messages") from failure
