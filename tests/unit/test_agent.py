"""What Farside calls itself in its requests."""

import re
from types import SimpleNamespace

import aiohttp
import pytest
import yarl
from multidict import CIMultiDict

from bot.cogs.agent import AGENT, signing


def test_the_form_is_that_of_the_documentation() -> None:
    """`DiscordBot (url, version)`, and more words behind it where one likes."""
    assert re.match(r"DiscordBot \(https://\S+, \d[\w.]*\) Farside/\d", AGENT)


@pytest.mark.parametrize("given", [{}, {"user-agent": "DiscordBot (https://example.com, 1)"}])
async def test_only_what_is_unsigned_is_signed(given: dict[str, str]) -> None:
    """A request without a name gets Farside's; one that has a name keeps it."""
    headers: CIMultiDict[str] = CIMultiDict(given)
    request = aiohttp.TraceRequestStartParams("GET", yarl.URL("http://127.0.0.1"), headers)
    trace = signing()
    trace.freeze()
    async with aiohttp.ClientSession() as session:
        await trace.on_request_start.send(session, SimpleNamespace(), request)
    assert headers["User-Agent"] == given.get("user-agent", AGENT)
