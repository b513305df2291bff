"""Measures the page in a real browser against the local Discord: `python -m tests.bench.measure_page`.

Prints the median and the worst of each figure: first paint, a press shown, a press
answered, and the frames of a scroll through 500 messages. Times are the browser's own.
"""

import json
import statistics
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, World, find_chromium, start

LIMITS = {"first paint": 300.0, "press shown": 100.0}  # milliseconds
PRESS = """(key) => new Promise((done) => {
    const button = [...document.querySelectorAll(`[data-key="${key}"]`)].at(-1);
    const before = document.querySelectorAll(".message").length;
    const began = performance.now();
    const times = {};
    button.click();
    const look = () => {
        const now = performance.now() - began;
        if (now > 5000) throw new Error("not answered");
        if (!times.shown && button.getAttribute("aria-busy") === "true") times.shown = now;
        if (document.querySelectorAll(".message").length > before) return done({ ...times, answered: now });
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""
SCROLL = """() => new Promise((done) => {
    const scroller = document.getElementById("scroller");
    const frames = [];
    let last = performance.now();
    let left = 240;
    const step = (now) => {
        frames.push(now - last);
        last = now;
        scroller.scrollTop += left > 120 ? -120 : 120;
        left -= 1;
        if (left) requestAnimationFrame(step);
        else done(frames.slice(2));
    };
    requestAnimationFrame(step);
})"""


def report(name: str, values: list[float], unit: str = "ms") -> None:
    """Print one figure, and its limit where there is one."""
    limit = LIMITS.get(name)
    verdict = "" if limit is None else f"   limit {limit:.0f}: {'kept' if max(values) < limit else 'MISSED'}"
    print(
        f"{name:16} median {statistics.median(values):7.1f} {unit}, worst {max(values):7.1f} {unit}{verdict}"
    )


def first_paint(*openers: Callable[[], Page]) -> list[list[float]]:
    """Return the first contentful paints of ten loads by each opener, in turn, each in a new profile."""
    paint = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    found: list[list[float]] = [[] for _ in openers]
    for _ in range(10):
        for times, open_ in zip(found, openers, strict=True):
            page = open_()
            page.wait_for_function(paint)
            times.append(float(page.evaluate(paint)))
            page.context.close()
    return found


def main() -> None:
    """Measure and print."""
    emulator = start("bot.emulator", "--no-rate-limits")
    assert emulator.stdout is not None
    found: dict[str, Any] = json.loads(emulator.stdout.readline())
    addresses = {"DISCORD_API_URL": found["api_url"], "DISCORD_GATEWAY_URL": found["gateway_url"]}
    bot = start("tests.browser.gallery_bot", DISCORD_TOKEN="a.made.up.one", **addresses)
    world = World(found["url"], found["secret"], [emulator, bot])
    try:
        world.until(lambda: world.state()["bot"]["online"] and world.state()["commands"])
        world.me = world.state()["me"]["id"]
        channel = world.add_channel("measured")
        for number in range(500):
            words = f"message {number} with **some** Markdown, a `code` and <t:{1_700_000_000 + number}:f>"
            world.post("messages", as_=world.me, channel_id=channel, content=words)
        guild = world.state()["guilds"][0]["id"]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)

            def open_page() -> Page:
                page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
                page.goto(f"{world.url}/?key={world.secret}#/{guild}/{channel}")
                page.locator("body[data-ready]").wait_for()
                return page

            def open_line() -> Page:
                page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
                page.goto(f"{world.url}/nothing")
                return page

            open_page().context.close()
            ours, line = first_paint(open_page, open_line)
            report("first paint", ours)
            report("a line of text", line)
            page = open_page()
            world.post("commands", as_=world.me, channel_id=channel, name="show", options={"kind": "buttons"})
            page.locator("[data-key=ok]").wait_for()
            presses = []
            for _ in range(20):
                page.locator("[aria-busy=true]").wait_for(state="detached")
                presses.append(page.evaluate(PRESS, "ok"))
            report("press shown", [each["shown"] for each in presses])
            report("press answered", [each["answered"] for each in presses])
            scroller = page.locator("#scroller")
            while page.locator(".message").count() < 500:
                before = page.locator(".message").count()
                scroller.evaluate("node => { node.scrollTop = 0; }")
                page.wait_for_function("n => document.querySelectorAll('.message').length > n", arg=before)
            page.locator("#jump").click()
            frames = page.evaluate(SCROLL)
            report("scroll frame", frames)
            print(f"{'':16} {sum(frame > 50 for frame in frames)} of {len(frames)} frames over 50 ms")
            browser.close()
    finally:
        world.close()


if __name__ == "__main__":
    main()
