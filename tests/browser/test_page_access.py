"""The page is usable without a mouse, without eyes, in both themes, and on a phone."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, World, absent

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core: the file that FARSIDE_AXE names, or the one that npm has installed here."""
    beside = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
    path = Path(os.environ.get("FARSIDE_AXE") or beside)
    if not path.is_file():
        absent("axe-core is not here: npm ci --prefix tests/browser")
    return path.read_text(encoding="utf-8")


STILL = """() => Promise.allSettled(
    document.getAnimations()
        .filter(moving => Number.isFinite(moving.effect.getComputedTiming().endTime))
        .map(moving => moving.finished))"""


def findings(page: Page, axe: str) -> list[str]:
    """Return what axe finds once nothing moves any more: the rule, and where."""
    page.evaluate(STILL)
    page.evaluate(axe)
    found: Any = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})",
        RULES,
    )
    return [
        f"{each['id']}: {node['html'][:160]} {node['any'][:1]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing(gallery: World, open_tab: Opener, axe: str, scheme: str) -> None:
    """Messages of every kind, the picker, a form, a menu, the panel: no finding, in either theme."""
    tab = open_tab(gallery, scheme=scheme)
    page = tab.page
    for kind in ("text", "embed", "layout", "buttons", "board"):
        tab.command(f"show kind:{kind}")
        expect(page.locator("#messages > .message").last.locator("> .answer-line")).to_be_visible()
        expect(page.get_by_text("Sending command…")).to_have_count(0)
    page.get_by_role("button", name="Ok", exact=True).first.click()
    expect(tab.chat().get_by_text("Only you can see this")).to_be_visible()
    assert findings(page, axe) == []
    page.locator("#composer-text").press_sequentially("/")
    expect(page.get_by_role("option").first).to_be_visible()
    assert findings(page, axe) == []
    page.locator("#composer-text").fill("/pick ")
    expect(page.get_by_role("option")).to_have_count(7)
    assert findings(page, axe) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#panel-toggle").click()
    assert findings(page, axe) == []
    page.get_by_role("tab", name="Traffic").click()
    page.locator(".entry summary").first.click()
    assert findings(page, axe) == []
    page.locator("#panel-toggle").click()
    page.get_by_role("button", name="One topic").click()
    expect(page.get_by_role("option").first).to_be_visible()
    assert findings(page, axe) == []
    page.keyboard.press("Escape")
    tab.command("ask")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert findings(page, axe) == []


def test_axe_finds_nothing_on_a_phone(gallery: World, open_tab: Opener, axe: str) -> None:
    """The same holds where the sides slide in."""
    tab = open_tab(gallery, phone=True)
    tab.command("show kind:buttons")
    expect(tab.page.get_by_role("button", name="Never")).to_be_visible()
    expect(tab.page.get_by_text("Sending command…")).to_have_count(0)
    assert findings(tab.page, axe) == []
    tab.page.locator("#menu-toggle").click()
    expect(tab.page.locator("#channel-list a[aria-current]")).to_be_in_viewport()
    assert findings(tab.page, axe) == []


def test_skip_links_and_regions_are_reached_by_keyboard(gallery: World, open_tab: Opener) -> None:
    """The first Tab offers to skip to the message box; F6 goes round the regions."""
    tab = open_tab(gallery)
    page = tab.page
    gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content="something to read")
    expect(tab.last()).to_contain_text("something to read")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_be_focused()
    page.keyboard.press("Shift+F6")
    expect(tab.last()).to_be_focused()
    page.keyboard.press("Shift+F6")
    expect(page.locator("#channel-list a").first).to_be_focused()


def test_the_focus_is_always_seen(gallery: World, open_tab: Opener) -> None:
    """Whatever Tab reaches has an outline or a changed border."""
    tab = open_tab(gallery)
    tab.command("show kind:buttons")
    page = tab.page
    expect(page.get_by_role("button", name="Never")).to_be_visible()
    page.locator("#menu-toggle").evaluate("() => document.activeElement.blur()")
    for _ in range(30):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
                const here = document.activeElement;
                if (here === document.body) return true;
                const marks = (node) => {
                    const style = getComputedStyle(node);
                    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
                    return outlined || style.boxShadow !== 'none';
                };
                return marks(here) || [...here.querySelectorAll('*')].some(marks) || marks(here.parentElement)
                    ? true : here.outerHTML.slice(0, 200);
            }"""
        )
        assert seen is True


def test_new_messages_are_spoken(gallery: World, open_tab: Opener) -> None:
    """A polite live region says who wrote and what; not what was there already."""
    tab = open_tab(gallery)
    region = tab.page.get_by_role("log", name="What is new")
    expect(region).to_have_attribute("aria-live", "polite")
    owner = gallery.person("ada")
    gallery.post("messages", as_=owner, channel_id=tab.channel, content="**Listen** to this")
    expect(region).to_contain_text("Ada. Listen to this")


def test_messages_are_walked_by_arrow_keys(gallery: World, open_tab: Opener) -> None:
    """Arrow up from the empty box goes to the newest message, and on to older ones; typing comes back."""
    tab = open_tab(gallery)
    page = tab.page
    for text in ("first", "second"):
        gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content=text)
    expect(tab.last()).to_contain_text("second")
    page.locator("#composer-text").focus()
    page.keyboard.press("ArrowUp")
    expect(tab.last()).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".message").first).to_be_focused()
    page.keyboard.press("h")
    expect(page.locator("#composer-text")).to_be_focused()
    expect(page.locator("#composer-text")).to_have_value("h")


def test_a_phone_reads_without_sideways_scrolling(gallery: World, open_tab: Opener) -> None:
    """Nothing is wider than the screen; the channels slide in and out; controls fit a finger."""
    tab = open_tab(gallery, phone=True)
    page = tab.page
    for kind in ("layout", "text", "buttons"):
        tab.command(f"show kind:{kind}")
        expect(page.get_by_text("Sending command…")).to_have_count(0)
    width = page.evaluate(
        """() => Math.max(document.documentElement.scrollWidth,
                          document.getElementById('scroller').scrollWidth)"""
    )
    assert width <= 390
    heights = page.locator(".message .button").evaluate_all("nodes => nodes.map(node => node.offsetHeight)")
    assert min(heights) >= 40
    expect(page.locator(".channel-link").first).not_to_be_in_viewport()
    page.locator("#menu-toggle").click()
    page.get_by_role("link", name="daily-moon").click()
    expect(page.locator("#head-name")).to_have_text("daily-moon")
    expect(page.locator(".channel-link").first).not_to_be_in_viewport()
