"""The composer offers the app's real commands and lets nothing wrong be sent."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opener, World


def test_a_slash_lists_the_commands_with_what_they_do(gallery: World, open_tab: Opener) -> None:
    """Name, options and description of each; typing narrows the list; Escape puts it away."""
    tab = open_tab(gallery)
    page = tab.page
    box = page.locator("#composer-text")
    box.press_sequentially("/")
    rows = page.get_by_role("option")
    expect(rows.first).to_contain_text("/show")  # in the app's own order
    expect(page.get_by_role("option", name="/pick")).to_contain_text("Every type of option")
    box.press_sequentially("thi")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("/think")
    page.keyboard.press("Escape")
    expect(page.locator("#picker")).to_be_hidden()


def test_commands_that_i_may_not_use_are_not_offered(gallery: World, open_tab: Opener) -> None:
    """A command for managers is offered to the owner, not to a member."""
    tab = open_tab(gallery)
    page = tab.page
    page.locator("#composer-text").press_sequentially("/man")
    expect(page.get_by_text("No command fits.")).to_be_visible()
    page.locator(".me-button").click()
    page.get_by_role("menuitemradio", name="Ada").click()
    expect(page.locator(".me-name")).to_have_text("Ada")
    page.locator("#composer-text").fill("")
    page.locator("#composer-text").press_sequentially("/man")
    expect(page.get_by_role("option", name="/manage")).to_be_visible()


def test_a_command_is_filled_in_by_keyboard_alone(gallery: World, open_tab: Opener) -> None:
    """Autocomplete, a number, a person, a channel and a yes or no, all without the mouse."""
    tab = open_tab(gallery)
    page = tab.page
    page.locator("#composer-text").focus()
    page.keyboard.type("/pick")
    expect(page.get_by_role("option", name="/pick")).to_be_visible()
    page.keyboard.press("Enter")
    topic = page.get_by_role("combobox", name="topic: What about")
    expect(topic).to_be_focused()
    page.keyboard.type("cra")
    expect(page.get_by_role("option")).to_have_text(["Craters"])
    page.keyboard.press("Enter")
    expect(topic).to_have_value("Craters")
    page.keyboard.type("count")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.type("7")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("who:gra")
    expect(page.get_by_role("option", name=re.compile("Grace"))).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("sure:")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(tab.last()).to_contain_text("topic=Craters count=7 who=grace where=None sure=False")
    expect(page.locator("#composer-text")).to_be_focused()


def test_autocomplete_loads_and_narrows(gallery: World, open_tab: Opener) -> None:
    """Suggestions come from the app, for what was typed; none is told in words."""
    tab = open_tab(gallery)
    page = tab.page
    page.locator("#composer-text").fill("/pick ")
    expect(page.get_by_role("option")).to_have_count(7)
    page.keyboard.type("es")
    expect(page.get_by_role("option")).to_have_text(["Phases", "Tides", "Names & people"])
    page.keyboard.type("zzz")
    expect(page.get_by_text("No options match what you typed.")).to_be_visible()


def test_wrong_values_are_refused_before_they_are_sent(gallery: World, open_tab: Opener) -> None:
    """A missing value, a number outside its range and a choice that is none each say what to do."""
    tab = open_tab(gallery)
    page = tab.page
    hint = page.locator("#composer-hint")
    page.locator("#composer-text").fill("/pick count:99 ")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(hint).to_contain_text("topic: This option is required.")
    page.get_by_role("combobox", name=re.compile("^topic")).fill("Tides")
    expect(page.get_by_role("option", name="Tides")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(hint).to_contain_text("count: Give a number from 1 to 50.")
    expect(page.get_by_role("combobox", name=re.compile("^count"))).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".message")).to_have_count(0)
    page.get_by_role("combobox", name=re.compile("^count")).fill("50")
    page.keyboard.press("Enter")
    expect(tab.last()).to_contain_text("count=50")


def test_choices_are_offered_and_demanded(gallery: World, open_tab: Opener) -> None:
    """An option with choices takes one of them."""
    tab = open_tab(gallery)
    page = tab.page
    page.locator("#composer-text").fill("/show kind:nothing ")
    expect(page.locator(".command-end")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#composer-hint")).to_contain_text("Choose one of the list.")
    page.get_by_role("combobox", name=re.compile("^kind")).fill("bo")
    page.get_by_role("option", name="Board").click()
    page.keyboard.press("Enter")
    expect(tab.last()).to_contain_text("Player 1")


def test_backspace_leads_back_out_of_a_command(gallery: World, open_tab: Opener) -> None:
    """An empty option is dropped, and then the command becomes text again."""
    tab = open_tab(gallery)
    page = tab.page
    page.locator("#composer-text").fill("/think ")
    expect(page.locator(".command-name")).to_have_text("/think")
    page.keyboard.press("Backspace")
    expect(page.locator("#composer-text")).to_have_value("/think")


def test_text_is_written_and_kept_across_a_reload(gallery: World, open_tab: Opener) -> None:
    """Enter sends, Shift+Enter makes a line; what was begun is there after a reload, as is who I was."""
    tab = open_tab(gallery)
    page = tab.page
    box = page.locator("#composer-text")
    box.press_sequentially("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second **line**")
    page.keyboard.press("Enter")
    expect(tab.last().locator("strong")).to_have_text("line")
    page.locator(".me-button").click()
    page.get_by_role("menuitemradio", name="Grace").click()
    expect(page.locator(".me-name")).to_have_text("Grace")
    box.press_sequentially("not sent yet")
    page.locator("#theme-toggle").click()
    page.reload()
    expect(box).to_have_value("not sent yet")
    expect(page.locator(".me-name")).to_have_text("Grace")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(tab.last()).to_contain_text("second line")


def test_an_unknown_command_is_not_sent_as_text(gallery: World, open_tab: Opener) -> None:
    """A slip after the slash is told, not posted for all to see."""
    tab = open_tab(gallery)
    page = tab.page
    page.locator("#composer-text").press_sequentially("/nosuch")
    page.keyboard.press("Enter")
    expect(page.locator("#composer-hint")).to_contain_text("There is no such command.")
    expect(page.locator(".message")).to_have_count(0)


def test_a_person_is_added_and_acts(gallery: World, open_tab: Opener) -> None:
    """A new player appears among the people and can write at once."""
    tab = open_tab(gallery)
    page = tab.page
    page.locator(".me-button").click()
    page.get_by_role("menuitem", name="Add a person…").click()
    page.get_by_label("Name").fill("Zoë Novak")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".me-name")).to_have_text("Zoë Novak")
    page.locator("#composer-text").press_sequentially("hello")
    page.keyboard.press("Enter")
    expect(tab.last().locator(".author")).to_have_text("Zoë Novak")
    expect(page.locator("#members-list")).to_contain_text("Zoë Novak")
