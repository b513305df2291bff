"""Real browsers before real processes: Debian's Chromium, the local Discord, and a bot in front of the page.

Every test has a channel of its own and ends with a look at the browser's console: an
error there, such as a breach of the content policy, fails it.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.bounds import PATIENCE

ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE * 1000)


def find_chromium() -> str | None:
    """Return Chromium's path: FARSIDE_CHROMIUM, or the first of its usual names."""
    named = os.environ.get("FARSIDE_CHROMIUM")
    return named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


def absent(reason: str) -> None:
    """Skip, or fail where the browser tests must run."""
    if os.environ.get("FARSIDE_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium without a window, closed again soon: no other event loop runs in its process meanwhile."""
    path = find_chromium()
    if path is None:
        absent("there is no chromium here; Debian's package is called chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@dataclass
class World:
    """A running local Discord with a bot: its addresses, and a hand at its desk."""

    url: str
    secret: str
    processes: list[subprocess.Popen[str]] = field(default_factory=list)
    me: str = ""
    channels: int = 0

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        """Ask the desk; raises `urllib.error.HTTPError`."""
        request = urllib.request.Request(
            f"{self.url}/desk/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return json.loads(response.read() or b"{}")

    def post(self, path: str, **body: Any) -> Any:
        """Do something at the desk."""
        return self.ask("POST", path, {"as" if key == "as_" else key: value for key, value in body.items()})

    def state(self) -> Any:
        """Return what the desk says of the world."""
        return self.ask("GET", "state")

    def add_channel(self, name: str) -> str:
        """Add a channel to the first server and return its id."""
        self.channels += 1
        guild = self.state()["guilds"][0]["id"]
        return str(self.post("channels", guild_id=guild, name=f"{name}-{self.channels}")["id"])

    def person(self, name: str) -> str:
        """Return the id of the person of that username."""
        return str(next(user["id"] for user in self.state()["users"] if user["username"] == name))

    def until(self, is_so: Callable[[], Any], looks: int = 400) -> Any:
        """Look twenty times a second until the answer is true; raises `TimeoutError`."""
        for _ in range(looks):
            if answer := is_so():
                return answer
            time.sleep(0.05)
        raise TimeoutError

    def close(self) -> None:
        """End its processes."""
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def start(*command: str, **environment: str) -> subprocess.Popen[str]:
    """Start a program of ours in a process of its own; its output is a pipe."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
    )


@pytest.fixture(scope="session")
def gallery() -> Iterator[World]:
    """The local Discord with a bot that shows every kind of message."""
    emulator = start("bot.emulator", "--no-rate-limits")
    assert emulator.stdout is not None
    found = json.loads(emulator.stdout.readline())
    bot = start(
        "tests.browser.gallery_bot",
        DISCORD_TOKEN="a.made.up.one",
        DISCORD_API_URL=found["api_url"],
        DISCORD_GATEWAY_URL=found["gateway_url"],
    )
    world = World(found["url"], found["secret"], [emulator, bot])
    try:
        world.me = world.state()["me"]["id"]
        world.until(lambda: world.state()["bot"]["online"] and world.state()["commands"])
        yield world
    finally:
        world.close()


@dataclass
class Tab:
    """A page that is open in a channel, as its reader uses it."""

    page: Page
    world: World
    channel: str
    said: list[str]  # errors on the browser's console so far; a test may take what it expects

    def command(self, text: str) -> None:
        """Type a command with its options (`pick topic:Tides`) and send it."""
        box = self.page.locator("#composer-text")
        box.click()
        box.press_sequentially(f"/{text.split(' ', 1)[0]}")
        self.page.locator(".picker-row").first.wait_for()
        box.fill(f"/{text} ")
        self.page.locator(".command-line").wait_for()
        self.page.keyboard.press("Enter")

    def chat(self) -> Any:
        """Return a locator of the list of messages."""
        return self.page.locator("#messages")

    def last(self) -> Any:
        """Return a locator of the newest message."""
        return self.page.locator(".message").last


Opener = Callable[..., Tab]


Profiles = Callable[[str, bool], BrowserContext]


@pytest.fixture(scope="module")
def profiles(browser: Browser) -> Iterator[Profiles]:
    """A browser profile for each colour scheme and size; a tab in one that is there costs half."""

    @cache
    def profile(scheme: Any, phone: bool) -> BrowserContext:
        size: Any = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 800}
        context = browser.new_context(
            viewport=size,
            color_scheme=scheme,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            has_touch=phone,
        )
        context.set_default_timeout(PATIENCE * 1000)
        return context

    yield profile
    for context in browser.contexts:
        context.close()


@pytest.fixture
def open_tab(profiles: Profiles) -> Iterator[Opener]:
    """Open the page of a world, which remembers nothing, in a channel of its own; fail on console errors."""
    said: list[str] = []
    pages: list[Page] = []

    def open_(world: World, *, channel: str | None = None, scheme: str = "dark", phone: bool = False) -> Tab:
        profile = profiles(scheme, phone)
        if not profile.pages:  # one that stays open, for those that follow share its process
            profile.new_page().goto(f"{world.url}/markdown.js")
        page = profile.new_page()
        pages.append(page)
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        channel = channel or world.add_channel("room")
        guild = world.state()["guilds"][0]["id"]
        page.goto(f"{world.url}/?key={world.secret}#/{guild}/{channel}")
        page.locator("body[data-ready]").wait_for()
        return Tab(page, world, channel, said)

    yield open_
    for page in pages:
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
        page.context.clear_cookies()
        page.close()
    assert said == [], "the browser's console shows errors"
