"""What Farside calls itself in its requests."""

import re

from bot.cogs.sender import AGENT


def test_the_form_is_that_of_the_documentation() -> None:
    """`DiscordBot (url, version)`, and more words behind it where one likes."""
    assert re.match(r"DiscordBot \(https://\S+, \d[\w.]*\) Farside/\d", AGENT)
