"""The sender: the one way out to Discord for messages, posts, answers and follow-ups.

discord.py's own sender keeps a bucket for every channel and looks through all
of them for each new one; with thousands of games that is most of its work. Here
only places that have just used up their limit are remembered.

What always holds:
- an error is told as what it means (`bot.cogs.meanings`), and nothing else;
- what would end something is asked for a second time, after a pause: a single
  answer ends nothing;
- all requests but answers to interactions share one budget, whatever they are for.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import aiohttp
import discord
import orjson
import yarl
from discord.http import HTTPClient, Route

from bot import __version__
from bot.cogs.budget import Budget
from bot.cogs.meanings import Act, Meaning, code_of, meaning_of, why_lost
from bot.metrics import REST

_log = logging.getLogger(__name__)
# Discord asks every program for an address and a version, in this form; Farside has no address of its own.
AGENT = f"DiscordBot (https://github.com/Rapptz/discord.py, {discord.__version__}) Farside/{__version__}"
_PATIENCE = 5.0  # seconds for one request
_AT_ONCE = 1.0  # seconds for what nobody misses
_DOUBT = 2.0  # seconds after which what would end something is asked for again
_REMEMBERED = 1000  # places whose limit is used up, before those that are free again are dropped
_UNTOLD = 5.0  # seconds to wait where a limit does not say for how long it holds
_LONGEST_GUESS = 40.0  # seconds that are believed of anything but a limit of Discord's
_TAKES = {"Accept": "*/*", "Accept-Encoding": "identity"}  # to leave aiohttp's own out costs it more
_BEGUN, _OVER = 2015, 2084  # the years in which Discord's ids can be
_UNLIMITED = 0  # connections at once; what must be few is held by the budget

Body = dict[str, Any]
Contents = Sequence[tuple[str, bytes]]
"""Files to be sent along: their names and contents."""


class Form(NamedTuple):
    """A body with files beside it."""

    body: Body
    files: Contents


Sent = Body | Form


class Failure(Exception):
    """Discord did not do what was asked. `code` is Discord's own, None where it gave none."""

    def __init__(self, says: str, code: int | None = None) -> None:
        super().__init__(says)
        self.code = code


class Later(Failure):
    """Discord could not take it now, or was not reached. `wait` is the seconds that Discord asks for."""

    def __init__(self, says: str = "later", code: int | None = None, wait: float = 0.0) -> None:
        super().__init__(says, code)
        self.wait = wait


class Gone(Failure):
    """The message cannot be edited any more, but its channel is there."""


class Refused(Failure):
    """Discord does not take what is in the message; another one may pass."""


class Lost(Failure):
    """The channel cannot be used any more; the text says why, as part of a sentence."""


class Expired(Failure):
    """The interaction can be answered no more."""


_FAILURES = {
    Meaning.GONE: Gone,
    Meaning.REFUSED: Refused,
    Meaning.LOST: Lost,
    Meaning.EXPIRED: Expired,
}


class Sender:
    """Makes requests. `http` tells the token once the bot has logged in."""

    def __init__(self, http: HTTPClient, budget: Budget) -> None:
        self._http = http
        self._budget = budget
        self._session: aiohttp.ClientSession | None = None
        self.on_answered: Callable[[int], None] = _nobody_listens
        self.on_time: Callable[[datetime, timedelta], object] = _nobody_listens
        self._date: str | None = None  # of the latest answer
        self._full: dict[str, float] = {}  # until when, by the loop's clock, a place takes nothing

    @property
    def budget(self) -> Budget:
        """Return what hands out the rights to its requests."""
        return self._budget

    @property
    def waiting(self) -> int:
        """Return how many requests wait for their turn."""
        return self._budget.waiting

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def request(
        self,
        act: Act,
        method: str,
        path: str,
        body: Sent | Callable[[], Sent] | None = None,
        *,
        place: str = "",
        priority: int = 1,
    ) -> Any:
        """Make a request when its turn has come, and return the JSON of its answer.

        `body` may be a function, called at that moment. `place` names what a limit of Discord's is
        counted for. Raises `Later`, `Gone`, `Refused` or `Lost`.
        """
        try:
            return await self._in_turn(act, method, path, body, place, priority)
        except (Lost, Refused) as failure:
            first = failure
            _log.info("%s %s would end something (%s); asked once more", method, path, first.code)
        await asyncio.sleep(_DOUBT)
        try:
            return await self._in_turn(act, method, path, body, place, priority)
        except (Lost, Refused) as second:
            if type(second) is not type(first):  # each was said once
                says = f"first code {first.code}, then code {second.code}"
                raise Later(says, second.code) from second
            raise

    async def _in_turn(
        self,
        act: Act,
        method: str,
        path: str,
        body: Sent | Callable[[], Sent] | None,
        place: str,
        priority: int,
    ) -> Any:
        key = f"{method} {place or path}"
        await self._wait_for(key)
        async with self._budget.request(priority):
            made = body() if callable(body) else body
            sent = _form(orjson.dumps(made.body), made.files) if isinstance(made, Form) else made
            return await self._ask(act, method, path, sent, seconds=_PATIENCE, key=key)

    async def request_if_idle(
        self, act: Act, method: str, path: str, body: Body, *, place: str = "", priority: int = 9
    ) -> bool:
        """Make a request that nobody misses, once, if nothing else needs the right to it; False if not.

        Raises `Later`, `Gone`, `Refused` or `Lost`.
        """
        key = f"{method} {place or path}"
        if key in self._full or not self._budget.is_idle:
            return False
        async with self._budget.request(priority):
            await self._ask(act, method, path, orjson.dumps(body), seconds=_AT_ONCE, key=key)
        return True

    async def time(self) -> datetime | None:
        """Return Discord's time, to the second; None when it does not tell."""
        try:
            async with self._connected().get(
                f"{Route.BASE}/gateway",
                headers={"User-Agent": self._http.user_agent},
                timeout=aiohttp.ClientTimeout(total=_PATIENCE),
                allow_redirects=False,
            ) as response:
                answer = _parsed(await response.read())
                if isinstance(answer, dict) and "url" in answer:  # Discord itself, no page in between
                    return _date(response)
        except (Later, aiohttp.ClientError, OSError, LookupError, ValueError) as error:
            _log.info("Discord does not tell the time: %s", type(error).__name__)
        return None

    async def answer(
        self,
        method: str,
        path: str,
        body: bytes | None,
        *,
        seconds: float,
        files: Contents = (),
    ) -> Any:
        """Make one request by an interaction's token, which has its own limits and its own hurry.

        `body` is JSON, or nothing; `files` are names and contents. Raises `Later`, `Refused` or `Expired`.
        """
        sent = _form(body, files) if files and body is not None else body
        return await self._ask(Act.ANSWER, method, path, sent, seconds=seconds)

    async def _ask(
        self, act: Act, method: str, path: str, body: Any, *, seconds: float, key: str = ""
    ) -> Any:
        headers = {}
        if act is not Act.ANSWER:
            headers["Authorization"] = f"Bot {self._http.token}"
        if isinstance(body, dict):
            body = orjson.dumps(body)
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
        session = self._connected()
        began = asyncio.get_running_loop().time()
        try:
            base = yarl.URL(Route.BASE)  # which yarl has taken apart before
            async with session.request(
                method,
                base.with_path(base.raw_path.rstrip("/") + path, encoded=True),
                data=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
            ) as response:
                text = b"" if response.status == 204 else await response.read()
                REST.add(act.name.lower(), str(response.status))
        except (aiohttp.ClientError, OSError, ValueError) as error:  # a TimeoutError is an OSError
            REST.add(act.name.lower(), "none")
            raise Later(type(error).__name__) from error
        if key:
            self._note_limit(key, response)
        if response.status == 204:
            return None
        answer = _parsed(text)
        if answer is not None:  # else it is a page of something in between
            self._note_time(response, timedelta(seconds=asyncio.get_running_loop().time() - began))
        if 200 <= response.status < 300 and answer is not None:
            return answer
        return self._failed(act, response, answer)

    def _connected(self) -> aiohttp.ClientSession:
        """Return the session, made when it is needed first; raise `Later` once it is closed."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_UNLIMITED),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._http.user_agent, **_TAKES},
            )
        if self._session.closed:
            raise Later("Farside is stopping")  # whoever is still at work then has nobody to tell
        return self._session

    async def _wait_for(self, key: str) -> None:
        """Wait until the place takes requests again."""
        now = asyncio.get_running_loop().time
        while (until := self._full.get(key)) is not None:
            if (wait := until - now()) > 0:
                await asyncio.sleep(wait)
            if self._full.get(key) == until:
                del self._full[key]

    def _note_limit(self, key: str, response: aiohttp.ClientResponse) -> None:
        """Remember a place that has just used up its limit."""
        if response.headers.get("X-RateLimit-Remaining") == "0":
            now = asyncio.get_running_loop().time()
            self._full[key] = now + _number(response.headers.get("X-RateLimit-Reset-After"))
            if len(self._full) > _REMEMBERED:
                self._full = {place: until for place, until in self._full.items() if until > now}

    def _note_time(self, response: aiohttp.ClientResponse, took: timedelta) -> None:
        """Pass on what time it is by Discord's clock, once a second that it names."""
        if response.headers.get("Date") != self._date:
            self._date = response.headers.get("Date")
            try:
                said = _date(response)
            except (LookupError, ValueError):
                return
            self.on_time(said, took)

    def _failed(self, act: Act, response: aiohttp.ClientResponse, answer: Any) -> None:
        """Raise what an error means, or return when what was asked for had been done before."""
        meaning, code = meaning_of(act, response.status, answer), code_of(answer)
        if meaning is Meaning.DONE:
            return
        if meaning is Meaning.LATER:
            wait = 0.0
            if response.status == 429 or "Retry-After" in response.headers:
                told = answer.get("retry_after") if isinstance(answer, dict) else None
                guess = _UNTOLD if act is not Act.ANSWER else 0.0  # an answer cannot wait for so long
                wait = _number(told if told is not None else response.headers.get("Retry-After"), guess)
                if response.status != 429:  # a page of something in between may be wrong
                    wait = min(wait, _LONGEST_GUESS)
            if response.status == 429 and act is not Act.ANSWER and _is_global(response, answer):
                self._budget.pause(wait)
            raise Later(f"HTTP {response.status}" + (f", code {code}" if code else ""), code, wait)
        if meaning is Meaning.REFUSED:
            _log.warning("Discord does not take what is sent to it: HTTP %s %s", response.status, answer)
        raise _FAILURES[meaning](why_lost(code) if meaning is Meaning.LOST else f"code {code}", code)


def _nobody_listens(*_: object) -> None:
    pass


def _form(body: bytes, files: Contents) -> aiohttp.FormData:
    """Return a form of a JSON body and the files beside it."""
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", body.decode(), content_type="application/json")
    for number, (name, content) in enumerate(files):
        form.add_field(f"files[{number}]", content, filename=name)
    return form


def _date(response: aiohttp.ClientResponse) -> datetime:
    """Return the time that an answer names. Raises `LookupError` or `ValueError` where it names none."""
    try:
        date = parsedate_to_datetime(response.headers["Date"])
    except OverflowError as error:
        raise ValueError("that is no time at all") from error
    if not _BEGUN <= date.year < _OVER:
        raise ValueError("that is no time of Discord's")
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def _is_global(response: aiohttp.ClientResponse, answer: Any) -> bool:
    return "X-RateLimit-Global" in response.headers or (
        isinstance(answer, dict) and bool(answer.get("global"))
    )


def _parsed(text: bytes) -> Any:
    """Return the JSON value, or None for what is none: an error page."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _number(text: Any, default: float = 0.0) -> float:
    """Return a number of seconds, at most an hour, or the default for what is none."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return default
    return min(number, 3600.0) if number > 0 else 0.0  # what is no number fails the comparison
