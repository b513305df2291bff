"""Makes the README's pictures from a running preview: `python -m tests.browser.screenshots [FOLDER]`.

The simulated players decide the same way every time; what questions come is chance.
"""

import base64
import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.bank import load_bank
from bot.config import shipped_questions
from bot.quiz.question import Question
from tests.banks import write_bank
from tests.browser.conftest import ARGUMENTS, ROOT, World, find_chromium
from tests.browser.test_preview import key_of, presses, preview

PICTURES = ROOT / ".github" / "pictures"
DESKTOP, PHONE, TALL = (1280, 800), (390, 844), (1280, 1290)
SHOWN = (
    "dark-side-reason.choice-phase",
    "far-side-best-data.choice",
    "canister-seeds.choice",
    "size-rank.choice",
    "moonwalkers.choice-golf",
)  # asked in the pictures
PLAYERS = ["Aylin", "Ben", "Chidi", "Dana", "Emre", "Fatou", "Goran", "Hana"]


def small_bank(folder: Path) -> list[Question]:
    """Write a bank of the shipped facts, and of the few questions that make good pictures; return these."""
    shipped = shipped_questions()
    bank = load_bank(shipped)
    chosen = [question for question in bank.questions if question.id in SHOWN]
    write_bank(folder / "questions.yaml", *chosen, topics=dict(bank.topics))
    shutil.copy(shipped / "moon" / "facts.yaml", folder)
    return chosen


def open_page(browser: Browser, world: World, size: tuple[int, int], scheme: str, channel: str) -> Page:
    """Open a channel in a profile of its own, without the notices that come and go."""
    context: BrowserContext = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{world.url}/?key={world.secret}#channel/{channel}")
    page.locator("body[data-ready]").wait_for()
    return page


def run(page: Page, command: str) -> None:
    """Type a command and send it."""
    box = page.locator("#composer-text")
    box.fill(f"/{command} ")
    page.locator(".command-line").wait_for()
    page.keyboard.press("Enter")
    page.locator(".command-line").wait_for(state="hidden")


def shoot(page: Page, folder: Path, name: str) -> None:
    """Take a picture with nothing in its corner and no pointer in its midst; the browser makes it small."""
    page.mouse.move(0, 0)
    for close in page.locator(".notice button").all():
        close.click()
    page.locator("#jump").evaluate("node => node.hidden || node.click()")
    page.evaluate("() => document.activeElement.blur()")
    drawn = base64.b64encode(page.screenshot()).decode()
    small = page.evaluate(
        """async (drawn) => {
            const picture = new Image();
            picture.src = `data:image/png;base64,${drawn}`;
            await picture.decode();
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [picture.width, picture.height];
            canvas.getContext("2d").drawImage(picture, 0, 0);
            return canvas.toDataURL("image/webp", 0.9).split(",")[1];
        }""",
        drawn,
    )
    (folder / f"{name}.webp").write_bytes(base64.b64decode(small))


def play(browser: Browser, world: World, folder: Path, bank: dict[str, Question]) -> None:
    """Play a game to its end, with pictures on the way, as phones show it: others' width cannot be read."""
    page = open_page(browser, world, DESKTOP, "dark", "quiz")
    light, dark = (open_page(browser, world, PHONE, scheme, "quiz") for scheme in ("light", "dark"))
    page.locator("#head-controls").get_by_role("button", name="Let players answer").click()
    run(page, f"quiz start questions:{len(SHOWN)} seconds:40")
    for number in range(1, len(SHOWN) + 1):
        message = page.locator(".message").filter(has_text=f"Question {number} of {len(SHOWN)}").last
        options = message.locator("button[data-key^='answer:']")
        expect(options.first).to_be_visible(timeout=25_000)
        key = str(options.first.get_attribute("data-key")).rpartition(":")[0]
        letter = key_of(message, bank)
        options.filter(has_text=re.compile(f"^[{'^' if number == 3 else ''}{letter}] ")).first.click()
        expect(page.locator("#messages").get_by_text(" is in.")).to_have_count(1)
        if number == 1:
            expect(message).to_contain_text(re.compile(r"\d are in"), timeout=25_000)
            shoot(dark, folder, "round")
            shoot(light, folder, "phone")
        world.until(lambda key=key: len(presses(world, key)) == 5)  # type: ignore[misc]
        expect(message).to_contain_text("right answer", timeout=65_000)
        if number == 2:
            shoot(dark, folder, "result")
    standings = dark.locator(".message").filter(has_text="Final standings")
    expect(standings.locator("img[src*='points.png']")).to_be_visible(timeout=25_000)
    standings.locator("img[src*='points.png']").evaluate("node => node.decode()")
    shoot(dark, folder, "standings")


def fill_board(world: World) -> None:
    """Let more people play a quick game, so that the board is full."""
    people = [world.post("people", name=name)["id"] for name in PLAYERS]
    channel = world.add_channel("crowd")
    world.post("commands", as_=people[0], channel_id=channel, name="quiz start", options={"questions": 2})
    done: set[str] = set()

    def rounds() -> bool:
        for message in world.ask("GET", f"channels/{channel}/messages?as={people[0]}"):
            buttons = re.findall(r'"custom_id": ?"(answer:[^"]+)"', str(message).replace("'", '"'))
            if not buttons or message["id"] in done:
                continue
            done.add(message["id"])
            for index, person in enumerate(people):
                world.post(
                    "press", as_=person, message_id=message["id"], custom_id=buttons[index % len(buttons)]
                )
        return len(done) == 2

    world.until(rounds, 1800)
    world.post("clock", forward=61)


def answer(world: World) -> None:
    """Let everybody answer the question of the day."""
    state = world.state()
    channel = next(c["id"] for c in state["guilds"][0]["channels"] if c["name"] == "daily-moon")
    people = [user["id"] for user in state["users"] if not user.get("bot")]
    post = world.ask("GET", f"channels/{channel}/messages?as={people[0]}")[-1]
    keys = re.findall(r"'(day:[^']+)'", str(post))
    for index, person in enumerate(people):
        world.post("press", as_=person, message_id=post["id"], custom_id=keys[index % len(keys)])
    world.until(lambda: len(presses(world, keys[0].rpartition(":")[0])) == len(people))


def post_daily(browser: Browser, world: World, folder: Path) -> None:
    """Have two days' posts come, the first one's question be answered, and take a picture of the second."""
    page = open_page(browser, world, TALL, "dark", "daily-moon")
    page.locator(".me-button").click()
    page.get_by_role("menuitemradio", name="Ada").click()
    expect(page.locator(".me-name")).to_have_text("Ada")
    run(page, "schedule add time:09:00 timezone:Europe/Berlin")
    posts = page.locator(".message:not(.is-ephemeral)")
    page.locator("#panel-toggle").click()
    for day in (1, 2):
        page.get_by_role("button", name="To tomorrow 09:00").click()
        expect(posts).to_have_count(day, timeout=25_000)
        if day == 1:
            answer(world)
    page.locator("#panel .panel-head button").click()
    drawn = posts.last.locator("img[src*='moon.jpg']")
    drawn.evaluate("node => node.decode()")
    posts.last.scroll_into_view_if_needed()
    shoot(page, folder, "daily")


def main() -> None:
    """Make all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    bank = tempfile.TemporaryDirectory()
    shown = small_bank(Path(bank.name))
    world = preview("--seed", "3", "--questions", bank.name)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
            play(browser, world, folder, {question.stem: question for question in shown})
            fill_board(world)
            world.add_channel("moon")
            page = open_page(browser, world, DESKTOP, "light", "general")
            run(page, "leaderboard")
            expect(page.locator(".message").last).to_contain_text("points")
            shoot(page, folder, "leaderboard")
            page = open_page(browser, world, DESKTOP, "dark", "moon")
            run(page, "moon")
            drawn = page.locator(".message").last.locator("img[src*='moon.jpg']")
            expect(drawn).to_be_visible(timeout=25_000)
            drawn.evaluate("node => node.decode()")
            shoot(page, folder, "moon")
            post_daily(browser, world, folder)
            browser.close()
    finally:
        world.close()
        bank.cleanup()
    for picture in sorted(folder.glob("*.webp")):
        print(f"{picture.name}: {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
