"""Topics as a command's option: suggested while typing, and read whether picked or typed."""

from collections.abc import Mapping

from discord.app_commands import Choice

from bot.cogs.messages.text import listed
from bot.errors import BadInput

_SUGGESTED = 25
_LABEL = 100  # characters that Discord shows of a suggestion, and takes of its value


def suggest_topics(topics: Mapping[str, str], current: str) -> list[Choice[str]]:
    """Return the topics (id -> title) whose id or title holds what was typed so far."""
    typed = current.casefold().strip()
    fitting = [
        Choice(name=title[:_LABEL], value=topic)
        for topic, title in topics.items()
        if len(topic) <= _LABEL and (typed in title.casefold() or typed in topic.casefold())
    ]
    return sorted(fitting, key=lambda choice: _letters(choice.name))[:_SUGGESTED]


def _letters(title: str) -> str:
    """Return what a title is sorted by: an emblem before its words does not count."""
    return "".join(letter for letter in title.casefold() if letter.isalnum() or letter.isspace()).strip()


def read_topic(topics: Mapping[str, str], typed: str) -> str:
    """Return the id of the topic that was picked, or typed by its id, its title, or a part of a single one.

    Raises `BadInput` with the topics that there are.
    """
    if typed in topics:
        return typed
    wanted = typed.casefold().strip()
    for topic, title in topics.items():
        if wanted in {topic.casefold(), title.casefold(), title[:_LABEL].casefold().strip()}:
            return topic
    parts = [topic for topic, title in topics.items() if wanted and wanted in title.casefold()]
    if len(parts) == 1:
        return parts[0]
    raise BadInput(f"There is no such topic. Pick one of: {listed(sorted(topics.values()), 1500)}.")
