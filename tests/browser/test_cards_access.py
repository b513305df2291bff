"""The cards of a game before axe: the start, an open round, its result, the standings."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener, World
from tests.browser.test_page_access import axe, findings
from tests.browser.test_preview import SLOWLY, closed, farside, opened, options

__all__ = ["axe", "farside"]  # fixtures


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_on_the_cards(farside: World, open_tab: Opener, axe: str, scheme: str) -> None:
    """From the announcement to the standings every card is sound for those who hear it or see little."""
    tab = open_tab(farside, scheme=scheme)
    page = tab.page
    tab.command("quiz start questions:1 seconds:60")
    announced = page.locator(".message").filter(has_text="starts a quiz")
    expect(announced.get_by_role("button", name="I'm in")).to_be_visible()
    assert findings(page, axe) == []
    card = opened(tab, 1, 1)
    options(card).first.click()
    expect(tab.chat().get_by_text("is in.")).to_be_visible()
    assert findings(page, axe) == []
    announced.get_by_role("button", name="How points work").click()
    expect(tab.chat().get_by_text("A guess is worth the same everywhere")).to_be_visible()
    closed(tab, card)
    assert findings(page, axe) == []
    standings = page.locator(".message").filter(has_text="Final standings")
    expect(standings.get_by_role("button", name="Play again")).to_be_visible(timeout=SLOWLY)
    assert findings(page, axe) == []


def test_a_narrow_phone_shows_it_all(farside: World, open_tab: Opener) -> None:
    """At 360 points the head has two rows, the clock moved or not, and a reply shows whose it answers."""
    tab = open_tab(farside, phone=True)
    page = tab.page
    page.set_viewport_size({"width": 360, "height": 800})
    farside.post("clock", forward=60)
    expect(page.locator("#head-clock")).to_be_visible()
    expect(page.locator("#head-controls button").first).to_be_visible()
    assert page.locator(".head").evaluate("node => node.offsetHeight") <= 96
    tab.command("leaderboard")
    expect(page.locator(".message").last).to_contain_text("Leaderboard")
    card = page.locator(".message").last.get_attribute("data-id")
    farside.post(
        "messages",
        as_=farside.me,
        channel_id=tab.channel,
        content="Oh!",
        message_reference={"message_id": card},
    )
    face = page.locator(".message").last.locator(".answer-line .avatar")
    expect(face).to_be_visible()
    assert face.evaluate("node => node.getBoundingClientRect().width") == 16
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
