"""The page draws every kind of message and acts on every kind of control, as players know it."""

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import Opener, World


def test_buttons_of_every_style_are_drawn(gallery: World, open_tab: Opener) -> None:
    """Each style has its own look, an emoji stands beside the label, a disabled one cannot be pressed."""
    tab = open_tab(gallery)
    tab.command("show kind:buttons")
    last = tab.last()
    expect(last.locator(".button-primary")).to_have_text("Ok")
    expect(last.locator(".button-success")).to_have_text("Form")
    expect(last.locator(".button-danger .emoji")).to_have_text("🌑")
    expect(last.get_by_role("button", name="Off")).to_be_disabled()
    expect(last.locator(".answer-line")).to_contain_text("You used /show")


def test_a_press_is_shown_at_once_and_answered_ephemerally(gallery: World, open_tab: Opener) -> None:
    """The pressed button shows that it is under way; the answer is for me alone and can be put away."""
    tab = open_tab(gallery)
    tab.command("show kind:buttons")
    tab.page.get_by_role("button", name="Ok", exact=True).click()
    last = tab.last()
    expect(last).to_contain_text("ok: pressed")
    expect(last).to_contain_text("Only you can see this")
    expect(tab.page.locator("[aria-busy=true]")).to_have_count(0)
    last.get_by_role("button", name="Dismiss message").click()
    expect(tab.chat().get_by_text("ok: pressed")).to_have_count(0)


def test_nobody_else_sees_an_ephemeral_message(gallery: World, open_tab: Opener) -> None:
    """What only I can see is neither in another person's list nor told to their page."""
    tab = open_tab(gallery)
    tab.command("show kind:buttons")
    tab.page.get_by_role("button", name="Ok", exact=True).click()
    expect(tab.last()).to_contain_text("ok: pressed")
    tab.page.locator(".me-button").click()
    tab.page.get_by_role("menuitemradio", name="Grace").click()
    expect(tab.page.locator(".me-name")).to_have_text("Grace")
    expect(tab.last()).to_contain_text("Press one")
    expect(tab.chat().get_by_text("ok: pressed")).to_have_count(0)


def test_an_unanswered_press_says_so_after_three_seconds(gallery: World, open_tab: Opener) -> None:
    """“This interaction failed” stands under the message, and the button can be pressed again."""
    tab = open_tab(gallery)
    tab.command("show kind:buttons")
    never = tab.page.get_by_role("button", name="Never")
    never.click()
    expect(never).to_have_attribute("aria-busy", "true")
    expect(tab.chat().get_by_text("This interaction failed")).to_be_visible()
    expect(tab.page.locator("[aria-busy=true]")).to_have_count(0)


def test_an_unanswered_command_says_so(gallery: World, open_tab: Opener) -> None:
    """While a command waits it is shown as being sent; unanswered, the chat says so to its sender."""
    tab = open_tab(gallery)
    tab.command("mute")
    expect(tab.chat().get_by_text("Sending command…")).to_be_visible()
    expect(tab.chat().get_by_text("The application did not respond")).to_be_visible()
    tab.last().get_by_role("button", name="Dismiss message").click()
    expect(tab.chat().get_by_text("The application did not respond")).to_have_count(0)


def test_a_deferred_answer_thinks_and_then_speaks(gallery: World, open_tab: Opener) -> None:
    """“… is thinking…” is shown until the answer takes its place."""
    tab = open_tab(gallery)
    tab.command("think")
    expect(tab.chat().get_by_text("is thinking…")).to_be_visible()
    expect(tab.last()).to_contain_text("After some thought: yes.")
    expect(tab.chat().get_by_text("is thinking…")).to_have_count(0)


def test_a_menu_sends_its_choice(gallery: World, open_tab: Opener) -> None:
    """A single choice is sent when it is made; several when the list is closed."""
    tab = open_tab(gallery)
    tab.command("show kind:buttons")
    page = tab.page
    page.get_by_role("button", name="One topic").click()
    page.get_by_role("option", name="Craters About Craters").click()
    expect(tab.last()).to_contain_text("one: Craters")
    page.get_by_role("button", name="Many").click()
    page.get_by_role("option", name="Phases About Phases").click()
    page.get_by_role("option", name="Far side About Far side").click()
    page.keyboard.press("Escape")
    expect(tab.last()).to_contain_text(re.compile("many: (Phases, Far side|Far side, Phases)"))


def test_menus_of_people_and_channels_are_filled_and_searched(gallery: World, open_tab: Opener) -> None:
    """A user menu offers the server's members and filters by what is typed; a channel menu its channels."""
    tab = open_tab(gallery)
    tab.command("show kind:buttons")
    page = tab.page
    page.get_by_role("button", name="A person").click()
    page.get_by_label("Search the options").fill("gra")
    page.keyboard.press("Enter")
    expect(tab.last()).to_contain_text(f"user: {gallery.person('grace')}")
    page.get_by_role("button", name="A channel").click()
    page.get_by_role("option", name="daily-moon").click()
    expect(tab.last()).to_contain_text("channel: ")


def test_a_form_is_filled_in_and_sent(gallery: World, open_tab: Opener) -> None:
    """A form keeps the focus, checks what its inputs demand, and sends every value."""
    tab = open_tab(gallery)
    tab.command("ask")
    dialog = tab.page.get_by_role("dialog", name="Type your answer")
    expect(dialog.get_by_label("Your answer")).to_be_focused()
    dialog.get_by_role("button", name="Submit").click()
    expect(dialog.get_by_role("alert")).to_contain_text("this is required")
    dialog.get_by_label("Your answer").fill("3")
    tab.page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("at least 2 characters")
    dialog.get_by_label("Your answer").fill("384 400 km")
    dialog.get_by_label("Why?").fill("It was measured.")
    dialog.get_by_label("Topic").click()
    tab.page.get_by_role("option", name="Phases").click()
    dialog.get_by_role("button", name="Submit").click()
    expect(dialog).to_have_count(0)
    expect(tab.last()).to_contain_text("short=384 400 km | long=It was measured. | menu=['Phases']")


def test_a_form_that_is_put_away_sends_nothing(gallery: World, open_tab: Opener) -> None:
    """Escape closes the form."""
    tab = open_tab(gallery)
    tab.command("ask")
    dialog = tab.page.get_by_role("dialog", name="Type your answer")
    expect(dialog).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(tab.page.locator(".message")).to_have_count(0)


def test_layout_components_are_drawn(gallery: World, open_tab: Opener) -> None:
    """Container, section, thumbnail, gallery, file, link: as the app laid them out, images with alt text."""
    tab = open_tab(gallery)
    tab.command("show kind:layout")
    box = tab.last().locator(".container")
    expect(box).to_have_css("border-radius", "8px")
    expect(box.get_by_role("heading", name="A container")).to_be_visible()
    expect(box.locator(".section").first.get_by_role("button", name="Source")).to_be_visible()
    expect(box.get_by_alt_text("A small moon")).to_be_visible()
    for number in range(3):
        picture = box.get_by_alt_text(f"Moon {number}", exact=True)
        expect(picture).to_be_attached()
        expect(picture).to_have_js_property("naturalWidth", 160)
    expect(box.locator(".file-card")).to_contain_text("notes.txt")
    expect(box.get_by_role("link", name="Link")).to_have_attribute("href", "https://example.org")
    box.get_by_role("button", name="Enlarge: Moon 1").click()
    expect(tab.page.get_by_role("dialog", name="Moon 1")).to_be_visible()
    tab.page.keyboard.press("Escape")


def test_an_embed_is_drawn_with_its_picture(gallery: World, open_tab: Opener) -> None:
    """Title, Markdown, fields, footer, and the attached image once, not twice."""
    tab = open_tab(gallery)
    tab.command("show kind:embed")
    embed = tab.last().get_by_role("article", name="An embed")
    expect(embed.locator("strong")).to_have_text("Markdown")
    expect(embed.locator("dt")).to_have_text(["One", "Two", "Three"])
    expect(embed).to_contain_text("A footer")
    expect(tab.last().locator("img")).to_have_count(1)


def test_pages_turn_in_place(gallery: World, open_tab: Opener) -> None:
    """An app that edits its message changes that message, and the focus stays on the button."""
    tab = open_tab(gallery)
    tab.command("show kind:board")
    board = tab.last()
    expect(board).to_contain_text("Player 10")
    board.get_by_role("button", name="Next").focus()
    tab.page.keyboard.press("Enter")
    expect(board).to_contain_text("Player 20")
    expect(board.get_by_role("button", name="Next")).to_have_count(1)
    expect(tab.page.locator(".message")).to_have_count(1)


def test_markdown_is_read_as_discord_reads_it(gallery: World, open_tab: Opener) -> None:
    """Headings, lists, quotes, code, spoilers, links, mentions, escapes; HTML stays text."""
    tab = open_tab(gallery)
    tab.command("show kind:text")
    text = tab.last().locator(".message-text")
    for level, words in ((3, "Heading one"), (4, "Heading two"), (5, "Heading three")):
        expect(text.get_by_role("heading", name=words, level=level)).to_be_visible()
    expect(text.locator(".subtext")).to_have_text("subtext under it")
    expect(text.locator("ul ul li")).to_have_text("deeper")
    expect(text.locator("ol li")).to_have_text(["first", "second"])
    expect(text.locator("blockquote strong")).to_have_text("bold")
    expect(text.locator("pre")).to_have_text('print("<script>alert(1)</script>")')
    expect(text).to_contain_text("snake_case_name *not italic* <b>not bold</b> &amp; 2 * 3 * 4")
    expect(text.get_by_role("link", name="masked link")).to_have_attribute(
        "href", "https://example.org/masked"
    )
    expect(text.get_by_role("link", name="https://example.org/bare")).to_be_visible()
    expect(text.locator(".mention")).to_have_text("@You")
    spoiler = text.get_by_role("button", name="Spoiler, press to show")
    spoiler.press("Enter")
    expect(text.get_by_text("a spoiler")).to_be_visible()


def test_hostile_text_is_only_text(gallery: World, open_tab: Opener) -> None:
    """What a person writes is never markup, nor a link that runs a program."""
    tab = open_tab(gallery)
    words = (
        '<img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](data:text/html,hi) <https://a.b"onclick=x>'
    )
    gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content=words)
    expect(tab.last()).to_contain_text(
        "<img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](data:text/html,hi)"
    )
    expect(tab.last().locator("img")).to_have_count(0)
    hrefs = tab.last().locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert all(href.startswith("https://") for href in hrefs)


def test_times_count_in_the_worlds_time(gallery: World, open_tab: Opener) -> None:
    """A relative time counts on its own, and follows the world's clock when it is set forward."""
    tab = open_tab(gallery)
    tab.command("show kind:text")
    when = tab.last().locator("time[data-style=R]")
    expect(when).to_have_text(re.compile("in (1 day|23 hours)"))
    gallery.post("clock", forward=3 * 3600)
    try:
        expect(when).to_have_text(re.compile("in 2[01] hours"))
        expect(tab.page.locator("#head-clock")).to_be_visible()
    finally:
        gallery.post("clock", offset=0)
    expect(when).to_have_text(re.compile("in (1 day|23 hours)"))


def test_messages_group_and_name_their_day(gallery: World, open_tab: Opener) -> None:
    """Messages of one person in a row stand under one head; a new day has a line of its own."""
    tab = open_tab(gallery)
    for text in ("one", "two", "three"):
        gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content=text)
    expect(tab.page.locator(".message")).to_have_count(3)
    expect(tab.page.locator(".message.is-first")).to_have_count(1)
    expect(tab.page.locator(".day")).to_have_count(1)


def test_a_reader_above_is_not_moved_and_can_jump_down(gallery: World, open_tab: Opener) -> None:
    """Five hundred messages: older ones come when the reader nears the top; new ones do not pull him down."""
    channel = gallery.add_channel("long")
    for number in range(130):
        gallery.post("messages", as_=gallery.me, channel_id=channel, content=f"message {number}")
    tab = open_tab(gallery, channel=channel)
    page = tab.page
    expect(tab.last()).to_contain_text("message 129")
    expect(page.locator(".message")).to_have_count(50)
    expect(tab.last()).to_be_in_viewport()
    scroller = page.locator("#scroller")
    scroller.evaluate("node => node.scrollTop = 300")
    expect(page.locator(".message")).to_have_count(100)
    expect(page.locator("#jump")).to_be_visible()
    gallery.post("messages", as_=gallery.me, channel_id=channel, content="the newest")
    expect(tab.last()).to_contain_text("the newest")
    expect(tab.last()).not_to_be_in_viewport()
    page.locator("#jump").click()
    expect(tab.last()).to_be_in_viewport()


def test_a_deep_link_leads_to_a_message(gallery: World, open_tab: Opener) -> None:
    """`#/GUILD/CHANNEL/MESSAGE` opens the channel, fetches as far back as needed, and shows the message."""
    channel = gallery.add_channel("deep")
    first = gallery.post("messages", as_=gallery.me, channel_id=channel, content="the first of many")
    for number in range(60):
        gallery.post("messages", as_=gallery.me, channel_id=channel, content=f"filler {number}")
    tab = open_tab(gallery, channel=f"{channel}/{first['id']}")
    target = tab.page.locator(f"#message-{first['id']}")
    expect(target).to_be_in_viewport()
    expect(target).to_be_focused()


def test_a_channel_is_linked_by_its_name(gallery: World, open_tab: Opener) -> None:
    """`#channel/NAME` leads to a channel, and Back leads back."""
    tab = open_tab(gallery)
    before = str(tab.page.locator("#head-name").text_content())
    tab.page.evaluate("() => { location.hash = '#channel/daily-moon'; }")
    expect(tab.page.locator("#head-name")).to_have_text("daily-moon")
    tab.page.go_back()
    expect(tab.page.locator("#head-name")).to_have_text(before)


def test_a_discord_link_stays_in_the_page(gallery: World, open_tab: Opener) -> None:
    """A link to a channel or message of this world opens here, not at another site."""
    tab = open_tab(gallery)
    guild = gallery.state()["guilds"][0]
    other = guild["channels"][0]["id"]
    words = f"https://discord.com/channels/{guild['id']}/{other}"
    gallery.post("messages", as_=gallery.me, channel_id=tab.channel, content=words)
    tab.last().get_by_role("link").click()
    expect(tab.page.locator("#head-name")).to_have_text("general")


def test_an_outside_picture_is_named_and_not_fetched(gallery: World, open_tab: Opener) -> None:
    """Nothing outside this machine is asked for anything."""
    tab = open_tab(gallery)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    drawn = tab.page.evaluate(
        """async () => {
            const { image } = await import("/components.js");
            const node = image({ url: "https://example.org/moon.png" }, "The Moon", {});
            document.getElementById("notices").append(node);
            return node.textContent;
        }"""
    )
    assert drawn.startswith("The Moon")
    assert not [url for url in asked if "example.org" in url]


def test_what_comes_while_a_channel_is_read_is_shown(gallery: World, open_tab: Opener) -> None:
    """A message that is not in the answer under way, and whose event is here before it, is not lost."""
    tab, busy, quiet = open_tab(gallery), gallery.add_channel("busy"), gallery.add_channel("quiet")
    ada, link = gallery.person("ada"), tab.page.locator(f"#channel-list a[href$='{quiet}']")

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        for channel in (busy, quiet):
            gallery.post("messages", as_=ada, channel_id=channel, content="meanwhile")
        expect(link).to_have_accessible_name(re.compile("unread"))
        route.fulfill(response=answer)

    tab.page.route(f"**/channels/{busy}/messages*", answer_late, times=1)
    tab.page.locator(f"#channel-list a[href$='{busy}']").click()
    expect(tab.last().locator(".message-text")).to_have_text("meanwhile")
