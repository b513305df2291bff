"""What people met in the page: where keys go, what covers what, what is asked first, what is in order."""

import re
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener, Tab, World


def box_of(tab: Tab, selector: str) -> Any:
    """Return where an element stands."""
    return tab.page.locator(selector).first.bounding_box()


def tell(tab: Tab, **card: str) -> None:
    """Let the page show a card, as an event of the embedding program would."""
    tab.page.evaluate("async (card) => (await import('/notices.js')).notice(card)", card)


def drawn(tab: Tab, text: str) -> str:
    """Return the HTML that the page makes of a text."""
    made = tab.page.evaluate(
        """async (text) => {
            const { markdown } = await import('/markdown.js');
            const node = document.createElement('div');
            node.append(...markdown(text, {}, { block: false }));
            return node.innerHTML;
        }""",
        text,
    )
    return str(made)


def test_keys_after_a_click_write(gallery: World, open_tab: Opener) -> None:
    """After a click on a button a slash and letters go to the message box; space presses the button again."""
    tab = open_tab(gallery)
    tab.command("show kind:buttons")
    ok = tab.page.get_by_role("button", name="Ok", exact=True)
    ok.click()
    expect(tab.last()).to_contain_text("ok: pressed")
    tab.page.get_by_role("button", name="Ok", exact=True).focus()
    tab.page.keyboard.press("/")
    expect(tab.page.locator("#composer-text")).to_be_focused()
    expect(tab.page.locator("#composer-text")).to_have_value("/")
    tab.page.keyboard.type("show")
    expect(tab.page.locator(".picker-row").first).to_contain_text("/show")
    tab.page.locator("#composer-text").fill("")
    tab.page.locator("#theme-toggle").focus()
    before = tab.page.locator("html").get_attribute("data-theme")
    tab.page.keyboard.press("Space")
    expect(tab.page.locator("html")).not_to_have_attribute("data-theme", str(before))


@pytest.mark.parametrize("phone", [False, True])
def test_a_card_covers_nothing(gallery: World, open_tab: Opener, phone: bool) -> None:
    """A notice stands in a strip of its own: commands, people and the message box stay free."""
    tab = open_tab(gallery, phone=phone)
    tab.page.locator(".chip-button").first.wait_for()
    tell(tab, level="error", key="k", title="Something to read", text="and a second line of it")
    card = box_of(tab, ".notice")
    for selector in (".chips", "#composer", ".head", *(() if phone else ("#members",))):
        other = box_of(tab, selector)
        apart = (
            card["y"] + card["height"] <= other["y"] + 1
            or other["y"] + other["height"] <= card["y"] + 1
            or card["x"] + card["width"] <= other["x"]
        )
        assert apart, selector


def test_what_was_said_is_not_said_again(gallery: World, open_tab: Opener) -> None:
    """A card that was put away does not come back with the same words, also when I become somebody else."""
    tab = open_tab(gallery)
    tell(tab, level="info", key="bank", title="12 questions loaded")
    card = tab.page.locator(".notice")
    card.get_by_role("button", name="Dismiss").click()
    tab.page.locator(".me-button").click()
    tab.page.get_by_role("menuitemradio", name="Grace").click()
    expect(tab.page.locator(".me-name")).to_have_text("Grace")
    tell(tab, level="info", key="bank", title="12 questions loaded")
    expect(card).to_have_count(0)
    tell(tab, level="info", key="bank", title="13 questions loaded")
    expect(card).to_have_text(re.compile("13 questions"))


def test_after_the_clock_went_back_the_newest_is_last(gallery: World, open_tab: Opener) -> None:
    """Messages stand in the order in which they came, now and after a reload, whatever their clocks said."""
    tab = open_tab(gallery)
    for text, seconds in (("today", 86_400), ("tomorrow", -86_400), ("today again", 0)):
        gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content=text)
        gallery.post("clock", forward=seconds)
    expect(tab.last()).to_contain_text("today again")
    said = [text.strip() for text in tab.page.locator(".message-text").all_inner_texts()]
    assert said == ["today", "tomorrow", "today again"]
    tab.page.reload()
    tab.page.locator("body[data-ready]").wait_for()
    expect(tab.last()).to_contain_text("today again")
    said = [text.strip() for text in tab.page.locator(".message-text").all_inner_texts()]
    assert said == ["today", "tomorrow", "today again"]


def test_labels_follow_the_clock(gallery: World, open_tab: Opener) -> None:
    """What was written today is told as yesterday's once the clock is a day further, without a reload."""
    tab = open_tab(gallery)
    gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content="hello")
    label = tab.last().locator(".message-time")
    expect(label).to_contain_text("Today at")
    gallery.post("clock", forward=86_400)
    expect(label).to_contain_text("Yesterday at")
    gallery.post("clock", forward=-86_400)
    expect(label).to_contain_text("Today at")


def test_a_person_is_refused_inside_the_dialog(gallery: World, open_tab: Opener) -> None:
    """What cannot be done is told in the dialog, which keeps what was typed."""
    tab = open_tab(gallery)
    tab.page.locator(".me-button").click()
    tab.page.get_by_role("menuitem", name="Add a person").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("x" * 40)
    with tab.page.expect_console_message(
        lambda message: "400" in message.text
    ):  # the browser notes the refusal
        dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("alert")).to_contain_text("1 to 32 characters")
    expect(dialog.get_by_label("Name")).to_have_value("x" * 40)
    tab.said.clear()


def test_a_right_is_taken_and_given_back(gallery: World, open_tab: Opener) -> None:
    """The panel shows what the bot may do in this channel and takes one right away; it can be given back."""
    tab = open_tab(gallery)

    def denies(rights: list[str]) -> bool:
        channels = gallery.state()["guilds"][0]["channels"]
        found = next(c["bot_overwrite"]["deny"] for c in channels if c["id"] == tab.channel)
        return bool(found == rights)

    tab.page.locator("#panel-toggle").click()
    tool = tab.page.locator(".tool-button", has_text="In #room")
    right = tab.page.get_by_role("dialog").get_by_label("Send messages", exact=True)
    for is_held, denied in ((True, ["send_messages"]), (False, [])):
        tool.click()
        expect(right).to_be_checked(checked=is_held)
        right.click()
        tab.page.get_by_role("dialog").get_by_role("button", name="Set").click()
        expect(tab.page.get_by_role("dialog")).to_have_count(0)
        assert gallery.until(partial(denies, denied))


def test_a_channel_that_may_not_be_seen_goes(gallery: World, open_tab: Opener) -> None:
    """A channel from which I am shut out leaves my list at once, and comes back when I am let in."""
    tab = open_tab(gallery)
    hidden = gallery.add_channel("secret")
    link = tab.page.locator(f"#channel-list a[href$='{hidden}']")
    expect(link).to_have_count(1)
    gallery.post("permissions", channel_id=hidden, user_id=gallery.me, deny=["view_channel"])
    expect(link).to_have_count(0)
    gallery.post("permissions", channel_id=hidden, user_id=gallery.me)
    expect(link).to_have_count(1)


MARKS = [
    (r"Bold\_Kid \*plain\*", "Bold_Kid *plain*"),
    ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
    ("*a **b** c*", "<em>a <strong>b</strong> c</em>"),
    ("***both***", "<strong><em>both</em></strong>"),
    ("__under__ _it_ ~~gone~~", "<u>under</u> <em>it</em> <s>gone</s>"),
    ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
    ("**open *and* so on", "**open <em>and</em> so on"),
    ("a ** b", "a ** b"),
]


def test_marks_are_read(gallery: World, open_tab: Opener) -> None:
    """Emphasis nests, an escaped mark is a character, and what is not closed stays as it was written."""
    tab = open_tab(gallery)
    assert [drawn(tab, text) for text, _ in MARKS] == [html for _, html in MARKS]


def test_no_text_takes_long_to_read(gallery: World, open_tab: Opener) -> None:
    """A text of 4,000 characters made of marks is drawn, whatever the marks; it holds all its letters."""
    tab = open_tab(gallery)
    marks = ["*a**b", "_a__b", "**a*b_", "||a~~b", "`a``b", "[", "[a](http://(", "((a)(", "\\*", "<:a:"]
    for piece in (*marks, "> ", "- "):
        made = tab.page.evaluate(
            """async (text) => {
                const { markdown } = await import('/markdown.js');
                const node = document.createElement('div');
                node.append(...markdown(text), ...markdown(`[x](http://${text} `));
                return node.textContent.length;
            }""",
            (piece * 4000)[:4000],
        )
        assert made > 0, piece


def test_addresses_of_this_world_become_chips(gallery: World, open_tab: Opener) -> None:
    """The address of a channel here reads as its name, one of a message as well; others stay addresses."""
    tab = open_tab(gallery)
    guild = gallery.state()["guilds"][0]["id"]
    here = f"https://discord.com/channels/{guild}/{tab.channel}"
    content = f"{here} {here}/123 https://discord.com/channels/1/2"
    gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content=content)
    links = tab.last().locator(".message-text a")
    expect(links).to_have_count(3)
    assert links.nth(0).inner_text().startswith("#room-")
    assert "💬" in links.nth(1).inner_text()
    assert links.nth(0).get_attribute("href") == f"#/{guild}/{tab.channel}"
    assert links.nth(2).inner_text() == "https://discord.com/channels/1/2"


def test_a_command_that_is_named_begins(gallery: World, open_tab: Opener) -> None:
    """A command mention is a button that begins the command; one that is not there is only a word."""
    tab = open_tab(gallery)
    content = "Try </show:1234> or </nothing:1234>"
    gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content=content)
    tab.last().get_by_role("button", name="/show").click()
    expect(tab.page.locator(".command-line")).to_contain_text("/show")
    expect(tab.last().get_by_role("button", name="/nothing")).to_have_count(0)


def test_a_reaction_is_given_and_taken_back(gallery: World, open_tab: Opener) -> None:
    """From a message's menu an emoji is added; pressing it takes mine back."""
    tab = open_tab(gallery)
    gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content="look")
    tab.last().hover()
    tab.last().get_by_role("button", name="More for this message").click()
    tab.page.get_by_role("menuitem", name="Add reaction").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Emoji").fill("🌕")
    dialog.get_by_role("button", name="React").click()
    button = tab.last().get_by_role("button", name="React with 🌕, 1 so far")
    button.click()
    expect(button).to_have_count(0)


def test_words_after_a_command_fill_its_first_text(gallery: World, open_tab: Opener) -> None:
    """What names no option is offered as the value of the first option that takes words."""
    tab = open_tab(gallery)
    box = tab.page.locator("#composer-text")
    box.click()
    box.fill("/find ")
    tab.page.locator(".command-line").wait_for()
    tab.page.keyboard.type("moonlight")
    row = tab.page.locator(".picker-row").first
    expect(row).to_contain_text("moonlight")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".field-input").last).to_have_value("moonlight")


def test_a_phones_head_has_two_rows_at_most(gallery: World, open_tab: Opener) -> None:
    """With the clock moved the head stays low, and nothing in it sticks out."""
    tab = open_tab(gallery, phone=True)
    gallery.post("clock", forward=3600)
    expect(tab.page.locator("#head-clock")).to_be_visible()
    assert box_of(tab, ".head")["height"] <= 96
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
    gallery.post("clock", forward=-3600)
