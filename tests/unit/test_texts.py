"""What people and authors wrote, as Discord shows it."""

import re

import pytest
from discord.app_commands import AppCommandGroup
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.choices import read_choice
from bot.cogs.mentions import Mentions
from bot.cogs.messages.components import container, text
from bot.cogs.messages.help import Audience, about_card, help_card
from bot.cogs.messages.settings import check_card, defaults_text
from bot.cogs.messages.text import fitting, length, listed, shorten, written
from bot.cogs.topics import read_topic, suggest_topics
from bot.errors import BadInput
from bot.quiz.game import Pace, Rules
from tests.cards import words

MARKS = st.text(alphabet="\\*_~`|[]()<>@:/#-+.1 ab\n", max_size=60)


def rendered(text: str) -> str:
    """Return what Discord's Markdown makes of a line without formatting: escapes undone."""
    return re.sub(r"\\([^\w\s])", r"\1", text.replace("\\_", "_"))


@pytest.mark.parametrize(
    "typed",
    [
        "__init__",
        "2*3*4",
        "___",
        "a_b_c d_e",
        "~~no~~ ||yes||",
        "`code`",
        "> quoted",
        "# heading",
        "-# small",
        "- item",
        "1. FC Köln",
        "1) first",
        "[x](https://x.y)",
        "https://example.org/a_b",
        "<@1> <#2> <t:3:R> </quiz start:4> @everyone",
        "\\n is a newline",
        "5 < 6 > 4",
        "Chang'e-4 (2019): 1,972.5 km",
    ],
)
def test_an_author_s_text_is_shown_as_it_was_typed(typed: str) -> None:
    """No formatting, list, heading, quotation, link or mention comes of it, and no letter is lost."""
    shown = written(typed, 500)
    assert rendered(shown) == typed
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|\[<@]", shown)
    assert not re.match(r"(?:[#>]+|-#?|\d+[.)])\s", shown)
    assert not re.search(r"(?<!\\)://", shown)


def test_plain_words_stay_plain() -> None:
    """What formats nothing is not escaped: it reads as well in a log."""
    assert written("Chang'e-4 (2019): 1,972.5 km, #3 of 5", 500) == "Chang'e-4 (2019): 1,972.5 km, #3 of 5"


@given(MARKS, st.integers(2, 80))
def test_whatever_is_typed_stays_within_its_room(typed: str, most: int) -> None:
    """A text is cut to its room, never in the midst of an escape."""
    shown = written(typed, most)
    assert len(shown) <= most
    whole = " ".join(typed.split())
    if shown.endswith("…") and not whole.endswith("…"):
        cut = rendered(shown[:-1])
        assert whole.startswith(cut.rstrip())
        assert (len(shown[:-1]) - len(shown[:-1].rstrip("\\"))) % 2 == 0
    else:
        assert rendered(shown) == whole


def test_a_cut_goes_to_the_end_of_a_word() -> None:
    """A title is not cut in the midst of a word, unless it is all one."""
    assert shorten("how the test ended", 15) == "how the test…"
    assert shorten("how the test ended", 14) == "how the test…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"
    assert shorten("short", 10) == "short"


@given(st.text(alphabet="a \\e\u0301🌖\u200d\U0001f1eb👩", max_size=60), st.integers(2, 40))
def test_emoji_count_for_two(text: str, most: int) -> None:
    """Whether Discord counts characters or units of UTF-16: what is shortened has few enough of both."""
    shown = shorten(text, most)
    units = len(shown.encode("utf-16-le", "surrogatepass")) // 2
    assert max(len(shown), units) == length(shown) <= most
    assert shown == text or shown.endswith("…")


@given(st.lists(st.text(min_size=1, max_size=400), max_size=60), st.integers(60, 1500))
def test_any_list_of_names_fits(names: list[str], room: int) -> None:
    """A list of names of any length is as long as it may be at most, and says how many it leaves out."""
    assert length(listed(names, room)) <= room
    lines = fitting(names, room, lambda left: f"and {left} more")
    assert sum(length(line) + 1 for line in lines) <= max(room, len(f"and {len(names)} more") + 1)


def test_names_with_commas_are_told_apart() -> None:
    """Titles that hold commas are parted by dots."""
    assert listed(["Seas", "Craters"], 100) == "Seas, Craters"
    assert listed(["Light, shadow and eclipses", "Seas"], 100) == "Light, shadow and eclipses · Seas"
    assert listed([f"Topic {n}" for n in range(9)], 40) == "Topic 0, Topic 1, Topic 2 and 6 more"


def test_odd_titles_of_topics_fit_every_card() -> None:
    """Twenty titles of 250 characters, and one of a thousand, stay within Discord's bounds."""
    titles = {f"t{n}": "*" * 250 for n in range(20)} | {"x": "_" * 1000}
    for topics in (titles, {f"t{n}": f"A, {n} " * 40 for n in range(300)}):
        card = about_card("1.0", 9, 9, topics)
        assert sum(len(part.get("content", "")) for part in card[0]["components"]) <= 4000
        for topic in topics:
            assert len(defaults_text(Rules(topic=topic), topics)) <= 2000
    with pytest.raises(BadInput) as refusal:
        read_topic(titles, "nothing")
    assert len(str(refusal.value)) <= 2000


def test_a_preset_that_left_the_bank_is_told() -> None:
    """Who looks at a server's presets reads that their topic is gone, and how to take it back."""
    told = defaults_text(Rules(topic="gone"), {"here": "Here"})
    assert "nothing on that topic any more" in told
    assert "/config defaults topic:any" in told
    assert "any more" not in defaults_text(Rules(topic="here"), {"here": "Here"})


def test_what_a_suggestion_shows_is_taken() -> None:
    """The visible name of a topic, cut as it was, and of a choice, mean what they stand for."""
    topics = {"long": "A title " * 40, "short": "Seas"}
    for choice in suggest_topics(topics, ""):
        assert read_topic(topics, choice.name) == choice.value
    assert read_choice(Pace, "auto: time to read each question") is Pace.AUTO
    assert read_choice(Pace, "Fast") is Pace.FAST
    with pytest.raises(BadInput, match="auto"):
        read_choice(Pace, "slow")


def _command(name: str, kind: int) -> dict[str, object]:
    return {"name": name, "description": "x", "type": kind, "options": []}


def test_commands_can_be_clicked_once_their_ids_are_known() -> None:
    """Help names commands as mentions when Discord has told their ids, and as words before."""
    start = AppCommandGroup(data=_command("start", 1), parent=None)  # type: ignore[arg-type]

    class Known:
        name, id, options = "quiz", 42, [start]

    mentions = Mentions()
    assert mentions("quiz start") == "**`/quiz start`**"
    told = r"Try `/quiz start`, **`/quiz start questions:3`** or `/fact today`; \`/quiz start\` is a name."
    assert mentions.written(told) == told
    mentions.learn([Known()])  # type: ignore[list-item]
    assert mentions.written(told) == (
        "Try </quiz start:42>, </quiz start:42> `questions:3` or `/fact today`; \\`/quiz start\\` is a name."
    )
    assert words(mentions.on([container(text("`/quiz start`"))])) == "</quiz start:42>"
    assert mentions("quiz start") == "</quiz start:42>"
    assert mentions("fact today") == "**`/fact today`**"
    for audience in Audience:
        shown = str(help_card(audience, mentions))
        assert "{" not in re.sub(r"[{]'", "", shown)
    assert "</quiz start:42>" in str(help_card(Audience.PLAYERS, mentions))


def test_an_emblem_is_in_nobodys_way() -> None:
    """A topic's emblem is shown, and neither sorts its title nor has to be typed."""
    topics = {"sky": "🌗 Light and sky", "far": "🌑 A far side"}
    assert [choice.value for choice in suggest_topics(topics, "")] == ["far", "sky"]
    assert read_topic(topics, "light and SKY") == "sky"


@pytest.mark.parametrize(("count", "word"), [(1, "Allow it in"), (2, "Allow them in")])
def test_one_permission_is_it_and_several_are_them(count: int, word: str) -> None:
    """The way on reads well for any number of permissions."""
    assert word in str(check_card("<#1>", [], [("View Channel", "to see")] * count))
