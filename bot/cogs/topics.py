"""Topics as a command's option: suggested while typing, and read whether picked or typed."""

from collections.abc import Mapping

from discord.app_commands import Choice

from bot.cogs.messages.text import length, listed, shorten
from bot.errors import BadInput

_SUGGESTED = 25
_LABEL = 100  # characters that Discord shows of a suggestion, and takes of its value


def suggest_topics(topics: Mapping[str, str], current: str) -> list[Choice[str]]:
    """Return the topics (id -> title) whose id or title holds what was typed so far."""
    typed = current.casefold().strip()
    fitting = [
        Choice(name=shorten(title, _LABEL), value=topic)
        for topic, title in topics.items()
        if length(topic) <= _LABEL and (typed in title.casefold() or typed in topic.casefold())
    ]
    return sorted(fitting, key=lambda choice: _letters(choice.name))[:_SUGGESTED]


def _letters(title: str) -> str:
    """Return what a title is sorted by: an emblem before its words does not count."""
    return "".join(letter for letter in title if letter.isalnum() or letter.isspace()).strip()


def suggest_several(topics: Mapping[str, str], current: str) -> list[Choice[str]]:
    """Return the same for the last of several topics, parted by commas, behind those that stand there."""
    before, comma, last = current.rpartition(",")
    kept = f"{before.strip()}, " if comma else ""
    named = {part.strip().casefold() for part in before.split(",")}
    return [
        Choice(name=shorten(f"{kept}{choice.name}", _LABEL), value=f"{kept}{choice.value}")
        for choice in suggest_topics(topics, last)
        if length(kept) + length(choice.value) <= _LABEL and choice.value.casefold() not in named
    ]


def read_several(topics: Mapping[str, str], typed: str) -> tuple[str, ...]:
    """Return the ids of topics that were typed with commas between them, as `read_topic` reads each."""
    return tuple(read_topic(topics, part) for part in typed.split(",") if part.strip())


def read_topic(topics: Mapping[str, str], typed: str) -> str:
    """Return the id of the topic that was picked, or typed by its id, its title, or a part of a single one.

    Raises `BadInput` with the topics that there are.
    """
    if typed in topics:
        return typed
    wanted = typed.casefold().strip()
    for topic, title in topics.items():
        if wanted in {topic.casefold(), title.casefold(), shorten(title, _LABEL).casefold()}:
            return topic
    parts = [topic for topic, title in topics.items() if wanted and wanted in title.casefold()]
    if len(parts) == 1:
        return parts[0]
    raise BadInput(f"There is no such topic. Pick one of: {listed(sorted(topics.values()), 1500)}.")
