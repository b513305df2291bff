"""`farside preview`: the real bot, played in a real browser."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Locator, expect

from bot.bank import load_bank
from bot.config import shipped_questions
from bot.quiz.question import Question
from tests.banks import many, write_bank
from tests.browser.conftest import ROOT, Opener, Tab, World, start

pytestmark = pytest.mark.long
OPENAPI = Path(os.environ.get("FARSIDE_OPENAPI", ROOT.parent / "shared" / "discord" / "openapi.json"))
SLOWLY = 25_000  # milliseconds for what waits for a round to end


def preview(*options: str, online: bool = True) -> World:
    """Start a preview and wait until its bot answers, if it can be `online` with its bank."""
    described = ["--openapi", str(OPENAPI)] if OPENAPI.is_file() else []
    process = start("bot", "preview", "--no-browser", "--verbose", "--port", "0", *described, *options)
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/\?key=(\S+?)#", line):
            break
    else:
        process.wait()
        raise AssertionError(f"the preview ended with status {process.returncode}")
    world = World(found[1], found[2], [process])
    world.me = world.state()["me"]["id"]
    if online:
        world.until(lambda: world.state()["bot"]["online"] and world.state()["commands"])
    return world


@pytest.fixture(scope="session")
def farside() -> Iterator[World]:
    """A preview of the shipped bank, whose simulated players decide the same way every time."""
    world = preview("--seed", "7")
    yield world
    world.close()


@pytest.fixture(scope="session")
def bank() -> dict[str, Question]:
    """The shipped questions by their stems."""
    return {question.stem: question for question in load_bank(shipped_questions()).questions}


Starter = Callable[..., World]


@pytest.fixture
def own_preview() -> Iterator[Starter]:
    """Start previews of a test's own; ask for it before `open_tab`, so that pages close first."""
    worlds: list[World] = []

    def start_(*options: str) -> World:
        worlds.append(preview(*options))
        return worlds[-1]

    yield start_
    for world in worlds:
        world.close()


def round_of(tab: Tab, number: int, of: int) -> Locator:
    """Return the message of a round."""
    return tab.page.locator(".message").filter(has_text=f"Question {number} of {of}").last


def hasten(tab: Tab, seconds: int) -> None:
    """Set the world's clock forward: what would take so long happens now."""
    tab.world.post("clock", forward=seconds)


def opened(tab: Tab, number: int, of: int) -> Locator:
    """Return a round's message as soon as it is open; the pause before it is cut short."""
    before = tab.page.locator(".message").filter(has_text="starts a quiz" if number == 1 else "right answer")
    expect(before.nth(max(0, number - 2))).to_be_visible(timeout=SLOWLY)
    hasten(tab, 5)
    message = round_of(tab, number, of)
    expect(options(message).first).to_be_visible(timeout=SLOWLY)
    return message


def closed(tab: Tab, message: Locator) -> None:
    """Let a round's time run out and wait for its result."""
    hasten(tab, 61)
    expect(message).to_contain_text("right answer", timeout=SLOWLY)


def presses(world: World, custom_id: str) -> set[str]:
    """Return who has pressed a button whose custom_id begins so."""
    told = world.ask("GET", "log?since=0")["entries"]
    found = [each["response"] for each in told if each["event"] == "INTERACTION_CREATE"]
    return {
        str(each["member"]["user"]["id"])
        for each in (one.get("d", one) for one in found)
        if str(each["data"].get("custom_id", "")).startswith(custom_id)
    }


def options(message: Locator) -> Locator:
    """Return the answer buttons of a round."""
    return message.locator("button[data-key^='answer:']")


def key_of(message: Locator, bank: dict[str, Question]) -> str:
    """Return the letter of the right answer of an open round."""
    question = bank[message.get_by_role("heading").last.inner_text()]
    for label in options(message).all_inner_texts():
        letter, _, words = label.partition(" ")
        if words.strip() == question.key or f"{letter}  {question.key}" in message.inner_text():
            return letter
    raise AssertionError(f"no button for {question.key}")


def test_a_whole_game_by_mouse(farside: World, open_tab: Opener, bank: dict[str, Question]) -> None:
    """From the welcome's chip to the final standings with the pointer; one answer right, one wrong."""
    tab = open_tab(farside)
    page = tab.page
    page.get_by_role("button", name="/quiz start").click()
    page.locator(".picker-row", has_text=re.compile("^questions ")).click()
    page.get_by_role("combobox", name=re.compile("^questions")).fill("2")
    page.locator(".command-end").click()
    page.locator(".picker-row", has_text=re.compile("^seconds ")).click()
    page.get_by_role("combobox", name=re.compile("^seconds")).fill("60")
    page.locator("#send").click()
    first = opened(tab, 1, 2)
    letter = key_of(first, bank)
    options(first).filter(has_text=re.compile(f"^{letter} ")).click()
    expect(tab.chat().get_by_text(f"{letter} is in")).to_be_visible()
    closed(tab, first)
    expect(first).to_contain_text(re.compile(r"Right: Robin \+\d+"))
    expect(tab.chat().get_by_text(re.compile(r"^✅ \+\d+ · 1st"))).to_be_visible(timeout=SLOWLY)
    first.get_by_role("button", name="Source").click()
    expect(tab.chat().get_by_role("heading", name="Source")).to_be_visible()
    second = opened(tab, 2, 2)
    wrong = key_of(second, bank)
    options(second).filter(has_not_text=re.compile(f"^{wrong} ")).first.click()
    expect(tab.chat().get_by_text(re.compile(r"^[A-E] is in\."))).to_have_count(1)
    expect(tab.chat().get_by_text(re.compile(r"^✅ \+\d+"))).to_have_count(0)  # one line, for the latest
    closed(tab, second)
    standings = page.locator(".message").filter(has_text="Final standings")
    expect(standings).to_contain_text("Robin", timeout=SLOWLY)
    expect(standings.get_by_role("button", name="Play again")).to_be_visible()


def test_a_whole_game_by_keyboard_alone(farside: World, open_tab: Opener) -> None:
    """Typing, Tab, Enter and arrows are enough, and the focus is never lost."""
    tab = open_tab(farside)
    page = tab.page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link to the message box
    page.keyboard.type("/quiz start")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("questions:1")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("seconds:60")
    page.keyboard.press("Enter")
    message = opened(tab, 1, 1)
    expect(page.locator("#composer-text")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(message).to_be_focused()
    page.keyboard.press("Tab")
    expect(options(message).first).to_be_focused()
    page.keyboard.press("Enter")
    expect(tab.chat().get_by_text("A is in")).to_be_visible()
    expect(options(message).first).to_be_focused()
    closed(tab, message)
    expect(message).to_be_focused()
    expect(page.locator(".message").filter(has_text="Final standings")).to_be_visible(timeout=SLOWLY)


def test_topics_are_suggested(farside: World, open_tab: Opener) -> None:
    """`/quiz start topic` offers the bank's topics as one types."""
    tab = open_tab(farside)
    page = tab.page
    page.locator("#composer-text").fill("/quiz start topic:far")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("option", name="The far side")).to_be_visible()


def test_a_reload_in_the_middle_of_a_round(farside: World, open_tab: Opener) -> None:
    """After a reload the round is there, my answer is still told to me, and the game goes on."""
    tab = open_tab(farside)
    page = tab.page
    tab.command("quiz start questions:1 seconds:60")
    message = opened(tab, 1, 1)
    options(message).nth(1).click(timeout=SLOWLY)
    expect(tab.chat().get_by_text("B is in")).to_be_visible()
    page.reload()
    expect(tab.chat().get_by_text("B is in")).to_be_visible()
    options(message).first.click()
    expect(tab.chat().get_by_text("Your answer is B")).to_be_visible()
    closed(tab, message)


def test_faults_from_the_panel(farside: World, open_tab: Opener) -> None:
    """A dropped gateway, answers of 500 and a killed bot: the panel shows them, the game ends well."""
    tab = open_tab(farside)
    page = tab.page
    tab.command("quiz start questions:2 seconds:60")
    first = opened(tab, 1, 2)
    page.locator("#panel-toggle").click()
    page.get_by_role("button", name="Drop the gateway").click()
    page.get_by_role("button", name="Answer 500 to the next 3").click()
    expect(page.get_by_text("status 500")).to_be_visible()
    closed(tab, first)
    page.get_by_role("button", name="Kill bot").click()
    expect(page.locator("#bot-offline")).to_be_visible()
    page.get_by_role("button", name="Restart bot").click()
    expect(page.locator("#bot-offline")).to_be_hidden(timeout=SLOWLY)
    closed(tab, opened(tab, 2, 2))
    page.get_by_role("tab", name="Traffic").click()
    if OPENAPI.is_file():
        expect(page.locator(".log-verdict")).to_contain_text("all as in Discord's API description")
    page.get_by_label("Filter the traffic").fill("channels")
    expect(page.locator(".entry-status.is-bad").filter(has_text="500").first).to_be_visible()
    standings = page.locator(".message").filter(has_text="Final standings")
    expect(standings).to_be_visible(timeout=SLOWLY)
    expect(page.locator(".message").filter(has_text="Question 2 of 2")).to_have_count(1)


def test_simulated_players_make_a_lively_game(farside: World, open_tab: Opener) -> None:
    """Players who are let in answer by themselves, some right and some wrong, and are sent away again."""
    tab = open_tab(farside)
    page = tab.page
    page.locator("#head-controls").get_by_role("button", name="Let players answer").click()
    expect(page.locator("#members-list")).to_contain_text("Lina Quick")
    tab.command("quiz start questions:2 seconds:60")
    first = opened(tab, 1, 2)
    key = str(options(first).first.get_attribute("data-key")).rpartition(":")[0]
    farside.until(lambda: len(presses(farside, key)) == 4)
    closed(tab, first)
    closed(tab, opened(tab, 2, 2))
    assert sum(int(n) for n in re.findall(r"(\d+) chose", first.inner_text())) == 4
    standings = page.locator(".message").filter(has_text="Final standings")
    for name in ("Lina Quick", "Jun Park", "Noor Haddad", "Sam Weller"):
        expect(standings).to_contain_text(name, timeout=SLOWLY)
    page.locator("#head-controls").get_by_role("button", name="Send players away").click()
    expect(page.locator("#head-controls").get_by_role("button", name="Let players answer")).to_be_visible()


def test_a_leaderboard_turns_its_pages(farside: World, open_tab: Opener) -> None:
    """With more than ten players the board has a second page, reached and left by its buttons, in place."""
    tab = open_tab(farside)
    page = tab.page
    people = [farside.post("people", name=f"Player {number}")["id"] for number in range(12)]
    tab.command("quiz start questions:1 seconds:60")
    message = opened(tab, 1, 1)
    message_id = message.get_attribute("data-id")
    for person in people:
        custom_id = options(message).nth(people.index(person) % 2).get_attribute("data-key")
        pressed = farside.post("press", as_=person, message_id=message_id, custom_id=custom_id)
        farside.ask("GET", f"interactions/{pressed['interaction_id']}?wait=5")
    closed(tab, message)
    tab.command("leaderboard")
    board = (
        page.locator(".message").filter(has_text="used /leaderboard").filter(has_not_text="Sending command…")
    )
    expect(board).to_contain_text("Player")
    first = board.inner_text()
    board.get_by_role("button", name="Next").click()
    expect(board).not_to_have_text(first)
    expect(board.locator("[aria-busy=true]")).to_have_count(0)
    assert board.inner_text() != first
    board.get_by_role("button", name="Previous").click()
    expect(board.get_by_role("button", name="Previous")).to_be_disabled()


def test_tomorrows_post_is_seen_by_moving_the_clock(own_preview: Starter, open_tab: Opener) -> None:
    """The owner adds a schedule; the clock set to tomorrow 09:00 brings exactly one post."""
    world = own_preview()
    daily = next(c["id"] for c in world.state()["guilds"][0]["channels"] if c["name"] == "daily-moon")
    tab = open_tab(world, channel=daily)
    page = tab.page
    page.locator(".me-button").click()
    page.get_by_role("menuitemradio", name="Ada").click()
    expect(page.locator(".me-name")).to_have_text("Ada")
    page.locator("#composer-text").fill("/schedule add time:09:00 timezone:Berlin")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("option", name=re.compile("Berlin")).first.click()
    page.locator("#send").click()
    expect(tab.chat().get_by_text("Only you can see this")).to_be_visible()
    posts = page.locator(".message:not(.is-ephemeral)")
    expect(posts).to_have_count(0)
    page.locator("#panel-toggle").click()
    page.get_by_role("button", name="To tomorrow 09:00").click()
    expect(posts).to_have_count(1, timeout=SLOWLY)
    expect(posts.get_by_role("button", name="Quiz me on this")).to_be_visible()
    expect(page.locator("#head-clock")).to_be_visible()
    page.get_by_role("button", name="+1 hour").click()
    tab.command("schedule log")
    expect(tab.last()).to_contain_text("Only you can see this")
    expect(posts).to_have_count(1)


def test_an_authors_bank_is_reloaded_while_it_is_written(
    tmp_path: Path, own_preview: Starter, open_tab: Opener
) -> None:
    """Faults appear with file, line and column; when they are mended the next question is the new one."""
    file = write_bank(tmp_path / "mine.yaml", *many(12))
    good = file.read_text(encoding="utf-8")
    world = own_preview("--questions", str(tmp_path))
    tab = open_tab(world)
    page = tab.page
    expect(page.get_by_text("12 questions loaded")).to_be_visible()
    file.write_text(good.replace("difficulty: 1", "difficulty: 9", 1), encoding="utf-8")
    notice = page.locator(".notice.is-error")
    expect(notice).to_contain_text(re.compile(r"mine\.yaml:\d+:\d+: error: "))
    page.reload()
    expect(notice).to_contain_text("1 problem in the question bank")
    file.write_text(good.replace("the load of number", "the cargo of number"), encoding="utf-8")
    expect(page.locator(".notice.is-error")).to_have_count(0)
    expect(page.get_by_text("12 questions loaded")).to_be_visible()
    tab.command("quiz start questions:1")
    expect(opened(tab, 1, 1)).to_contain_text("carried the cargo of number")


def test_start_over_empties_the_world(tmp_path: Path, own_preview: Starter, open_tab: Opener) -> None:
    """The reset button asks, then clears channels, scores and the clock; the bot comes back and plays."""
    write_bank(tmp_path / "mine.yaml", *many(12))
    world = own_preview("--questions", str(tmp_path))
    quiz = next(c["id"] for c in world.state()["guilds"][0]["channels"] if c["name"] == "quiz")
    tab = open_tab(world, channel=quiz)
    page = tab.page
    tab.command("quiz start questions:1 seconds:60")
    closed(tab, opened(tab, 1, 1))
    page.locator("#panel-toggle").click()
    reset = page.get_by_role("button", name="Reset the world…")
    reset.click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.locator(".message")).not_to_have_count(0)
    reset.click()
    page.get_by_role("dialog").get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator(".message")).to_have_count(0, timeout=SLOWLY)
    expect(page.locator("#bot-offline")).to_be_hidden(timeout=SLOWLY)
    tab.command("quiz start questions:1")
    opened(tab, 1, 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_bot_and_the_page(own_preview: Starter, number: signal.Signals) -> None:
    """Ctrl-C ends both processes within a few seconds, with status 0, and leaves no file behind."""
    world = own_preview()
    process = world.processes[0]
    children = psutil.Process(process.pid).children()
    assert len(children) == 1
    folder = Path(str(children[0].environ()["FARSIDE_DATABASE"])).parent
    assert folder.is_dir()
    process.send_signal(number)
    assert process.wait(10) == 0
    assert not children[0].is_running()
    assert not folder.exists()


def test_a_taken_port_is_told(farside: World) -> None:
    """A port that was asked for and is taken ends in a sentence, not in a trace."""
    port = farside.url.rpartition(":")[2]
    process: Any = start("bot", "preview", "--no-browser", "--port", port)
    try:
        assert process.wait(20) == 1
    finally:
        process.stdout.close()


def test_no_real_token_reaches_the_bot(tmp_path: Path) -> None:
    """A token in the environment stays out: the bot's is made up, and every address is this machine's."""
    write_bank(tmp_path / "mine.yaml", *many(3))
    process = start(
        "bot",
        "preview",
        "--no-browser",
        "--port",
        "0",
        "--questions",
        str(tmp_path),
        DISCORD_TOKEN="a.real.one",
    )
    world = World("", "", [process])
    try:
        assert process.stdout is not None
        assert any("The page:" in line for line in process.stdout)
        child = psutil.Process(process.pid).children()[0].environ()
        assert child["DISCORD_TOKEN"].startswith("preview.")
        assert child["DISCORD_API_URL"].startswith("http://127.0.0.1:")
        assert child["DISCORD_GATEWAY_URL"].startswith("ws://127.0.0.1:")
    finally:
        world.close()
