"""What boards, profiles and help look like, and that they stay within Discord's limits."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.messages.boards import board_card, no_profile_text, profile_card
from bot.cogs.messages.components import tag_of
from bot.cogs.messages.help import Audience, about_card, help_card
from bot.cogs.messages.text import shown_name
from bot.cogs.topics import read_topic, suggest_topics
from bot.errors import BadInput
from bot.quiz.periods import Span, period_of
from bot.quiz.standing import Board, Podium, Profile, Scope, Seat, Skill, Standing
from tests.cards import check, labelled, parts, words

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
TOPICS = {"rover": "The rover", "far-side": "The far side"}


def standing(rank: int, player: int, name: str = "Ada", points: int = 20) -> Standing:
    """Return a row: seventeen of twenty answers right."""
    return Standing(rank, player, name, points, 17, 20)


def board(*rows: Standing, span: Span = Span.WEEK, **changes: Any) -> Board:
    """Return a board of the week as player 1 sees it."""
    values: dict[str, Any] = {
        "scope": Scope.SERVER,
        "topic": "",
        "players": len(rows),
        "page": 1,
        "viewer_id": 1,
    }
    return Board(period=period_of(span, NOW, ZoneInfo("UTC")), standings=rows, **(values | changes))


def test_rows_say_rank_name_points_and_accuracy() -> None:
    """A row has rank, name, points and accuracy; equal points share a rank; one's own row is marked."""
    card = board_card(
        board(
            standing(1, 2, "Ben", 40),
            standing(2, 1),
            standing(2, 3, "Cy"),
            standing(4, 4, "Di", 1),
            viewer_page=1,
        ),
        TOPICS,
        "Sea",
    )
    assert words(card).splitlines()[2:] == [
        "🥇 Ben · **40** · 85%",
        "🥈 Ada · **20** · 85% ‹ **you**",
        "🥈 Cy · **20** · 85%",
        "**4.** Di · **1** · 85%",
        "-# points · right answers",
    ]
    check(card)


def test_the_heading_says_which_board_it_is() -> None:
    """Scope, period, topic, players, page and the period's end are told."""
    card = board_card(board(standing(1, 2), topic="rover", players=25, page=2, viewer_page=3), TOPICS, "Sea")
    ends = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp())
    assert words(card).splitlines()[:2] == [
        "### 🏆 Leaderboard · Sea",
        f"-# This week · The rover · 25 players · page 2 of 3 · the week ends <t:{ends}:R>",
    ]
    everywhere = board_card(board(standing(1, 2), span=Span.ALL, scope=Scope.GLOBAL), TOPICS, None)
    assert words(everywhere).splitlines()[:2] == [
        "### 🏆 Leaderboard · all servers",
        "-# All time · all topics · 1 player",
    ]


def test_a_season_is_named_by_its_months_with_the_podiums_before_it() -> None:
    """The heading names the months; a line each tells who led the seasons before, equals with one medal."""
    podiums = (
        Podium("2026-S3", (("Ann", 1200), ("Ben", 900), ("Cat", 900))),
        Podium("2026-S2", (("Dan_", 10),)),
    )
    shown = replace(board(standing(1, 2), span=Span.SEASON), podiums=podiums)
    lines = words(board_card(shown, TOPICS, "Sea")).splitlines()
    assert lines[1].startswith("-# October to December 2026 · all topics · 1 player · the season ends <t:")
    assert "-# July to September 2026: 🥇 Ann 1,200 · 🥈 Ben 900 · 🥈 Cat 900" in lines
    assert "-# April to June 2026: 🥇 Dan\\_ 10" in lines
    check(board_card(shown, TOPICS, "Sea"))


def test_buttons_turn_pages_and_periods() -> None:
    """Buttons carry viewer, board and page, and so outlive a restart; those that lead nowhere are off."""
    card = board_card(board(standing(1, 2), players=25, page=2, viewer_page=3, topic="rover"), TOPICS, "Sea")
    made = labelled(card)
    assert {label: one["custom_id"] for label, one in made.items()} == {
        "← Previous": "board:1:server:week:1:rover",
        "Next →": "board:1:server:week:3:rover",
        "My place": "board:1:server:week:mine:rover",
        "Today": "board:1:server:today:top:rover",
        "This week": "board:1:server:week:top:rover",
        "This month": "board:1:server:month:top:rover",
        "Season": "board:1:server:season:top:rover",
        "All time": "board:1:server:all:top:rover",
        "All servers": "board:1:global:week:top:rover",
    }
    assert [label for label, one in made.items() if one.get("disabled")] == ["This week"]
    last = labelled(board_card(board(standing(1, 1), players=25, page=3, viewer_page=3), TOPICS, "Sea"))
    assert [label for label, one in last.items() if one.get("disabled")] == [
        "Next →",
        "My place",
        "This week",
    ]
    assert "← Previous" not in labelled(board_card(board(standing(1, 1)), TOPICS, "Sea"))
    assert "This server" not in labelled(board_card(board(standing(1, 1), scope=Scope.GLOBAL), TOPICS, None))


def test_ones_own_place_is_shown_from_another_page() -> None:
    """The viewer's row stands below with its neighbours; who is not on the board is told how to get there."""
    around = (standing(41, 7, "Eve", 9), standing(42, 1, "Me", 8), standing(43, 8, "Fay", 7))
    shown = words(
        board_card(board(standing(1, 2), players=50, around=around, viewer_page=5), TOPICS, "Sea")
    ).splitlines()
    assert shown[-3:] == [
        "**41.** Eve · **9** · 85%",
        "**42.** Me · **8** · 85% ‹ **you**",
        "**43.** Fay · **7** · 85%",
    ]
    assert "not on this board yet" in words(board_card(board(standing(1, 2)), TOPICS, "Sea"))


@pytest.mark.parametrize("span", list(Span))
@pytest.mark.parametrize("scope", list(Scope))
def test_an_empty_board_shows_a_way_on(span: Span, scope: Scope) -> None:
    """A board without players says so kindly and names the command that changes it."""
    card = board_card(board(span=span, scope=scope, topic="rover"), TOPICS, "Sea")
    assert "Nobody has played" in words(card)
    assert "on this topic yet" in words(card)
    assert "`/quiz start`" in words(card)
    check(card)


@given(
    st.lists(st.tuples(st.text(max_size=60), st.integers(0, 10**12)), min_size=1, max_size=10),
    st.text(max_size=100),
    st.text(st.characters(exclude_categories=["Z", "C"]), max_size=100),
)
def test_any_names_stay_within_limits(rows: list[tuple[str, int]], server: str, topic: str) -> None:
    """Whatever people, servers and topics are called, the card is one that Discord takes."""
    made = [
        Standing(10**6 + number, number, name, points, 0, 1) for number, (name, points) in enumerate(rows)
    ]
    card = board_card(
        board(
            *made,
            topic=topic,
            players=10**7,
            page=10**6 - 1,
            viewer_page=1,
            around=tuple(made[:5]),
            viewer_id=2**63,
        ),
        {},
        server,
    )
    check(card)
    assert len(words(card).splitlines()) <= 3 + len(made) + 5


def test_names_are_shown_as_written() -> None:
    """A name neither formats, pings, breaks its row nor turns what follows it; a long one is shortened."""
    assert shown_name("**bold** <@1> @everyone") == r"\*\*bold\*\* \<\@1\> \@everyone"
    assert shown_name("two\nlines") == "two lines"
    assert shown_name("\u202egnp.exe") == "gnp.exe"
    assert shown_name("משה") == "\u2068משה\u2069"
    assert shown_name("x" * 80, 24) == "x" * 23 + "…"
    assert shown_name(" \u202e ") == "Somebody"


def test_a_profile_tells_points_rank_streak_games_and_topics() -> None:
    """A profile has all that was played; topics come with the most answered first."""
    profile = Profile(
        1, 12, 7, {"rover": Skill(1, 3), "far-side": Skill(17, 20)}, Seat(2, 30, 450), Seat(1200, 5000, 450)
    )
    card = profile_card(profile, "Ada", TOPICS, in_server=True)
    assert words(card).splitlines() == [
        "### Ada",
        "**In this server:** 🥈 rank **2** of 30 · **450 points**",
        "**In all servers:** rank **1,200** of 5,000 · **450 points**",
        "**Games:** 12",
        "**Best streak:** 7 right in a row",
        "**Right answers:** 18 of 23 (78%)",
        "**By topic**",
        "1. ▰▰▰▰▰▱ 85% · The far side · 17 of 20",
        "2. ▰▰▱▱▱▱ 33% · The rover · 1 of 3",
        "-# Games, streak and topics count `/quiz solo` too; points and ranks do not.",
    ]
    alone = profile_card(Profile(1, 1, 0, {"rover": Skill(0, 1)}, None, None), "Ada", TOPICS, in_server=False)
    assert "In this server" not in words(alone)
    assert "**In all servers:** no points yet" in words(alone)
    many = Profile(1, 1, 0, {f"topic-{number}": Skill(199, 200) for number in range(40)}, None, None)
    assert "99%" in words(profile_card(many, "Ada", {}, in_server=True))
    assert "and 28 more topics" in words(profile_card(many, "Ada", {}, in_server=True))
    check(profile_card(many, "Ada", {}, in_server=True))


def test_nobody_is_left_without_a_way_on() -> None:
    """For one who never answered, the sentence names the command to begin with."""
    assert "`/quiz start`" in no_profile_text("Ada", is_own=True)
    assert no_profile_text("*Ada*", is_own=False).startswith(r"\*Ada\* has not")
    assert "/quiz start" not in no_profile_text("Ada", is_own=False, has_games=False)
    assert "`/quiz solo`" in no_profile_text("Ada", is_own=True, has_games=False)


def test_help_fits_one_screen() -> None:
    """Each screen of help, and what Farside is, fits a screen and leads to the others."""
    for card in (*map(help_card, Audience), about_card("1.0", 600, 60, TOPICS), about_card("1.0", 3, 0, {})):
        check(card)
        assert len(words(card)) < 1600
        assert len(labelled(card)) in {2, 3}
    assert labelled(help_card(Audience.PLAYERS))["For server owners"]["custom_id"] == "help:owners"
    assert labelled(help_card(Audience.PLAYERS))["Start a quiz"]["custom_id"] == "begin"
    assert "600 questions" in words(about_card("1.0", 600, 60, TOPICS))
    assert "The far side" in words(about_card("1.0", 600, 60, TOPICS))
    assert "**1 question** on 1 topic: Sea. **1 fact**" in words(about_card("1.0", 1, 1, {"sea": "Sea"}))


def test_topics_are_suggested_and_read() -> None:
    """A topic is found by a part of its title or id, and read by either; a wrong one gets the list."""
    assert [choice.value for choice in suggest_topics(TOPICS, "SIDE")] == ["far-side"]
    assert [choice.value for choice in suggest_topics(TOPICS, "")] == ["far-side", "rover"]
    assert read_topic(TOPICS, " the ROVER ") == read_topic(TOPICS, "rover") == "rover"
    assert read_topic(TOPICS, "Rov") == "rover"  # a part that only one title has
    with pytest.raises(BadInput):
        read_topic(TOPICS, "e")
    with pytest.raises(BadInput, match="The far side, The rover"):
        read_topic(TOPICS, "Mars")


def test_a_long_topic_has_a_short_tag() -> None:
    """A topic's id may be longer than a button can carry; its tag is short and its own."""
    assert tag_of("rover") == "rover"
    assert len(tag_of("x" * 100)) <= 40
    assert tag_of("x" * 100) != tag_of("x" * 99)


def test_the_picture_of_a_profile_is_told_in_words() -> None:
    """Every figure of it, with the topics by name; within what Discord takes."""
    profile = Profile(
        1, 12, 7, {"rover": Skill(1, 3), "far-side": Skill(17, 20)}, None, None, weeks=(0,) * 10 + (1240, 40)
    )
    card = profile_card(profile, "Ada", TOPICS, in_server=True, has_picture=True)
    check(card)
    [shown] = [part for part in parts(card) if part["type"] == 12]
    told = shown["items"][0]["description"]
    assert told.startswith("Points by week, this one last: 0, 0,")
    assert "1,240, 40. Right answers by topic: 1 The far side 85%; 2 The rover 33%." in told
    many = Profile(1, 1, 0, {"t" * 90 + str(n): Skill(199, 200) for n in range(40)}, None, None)
    [shown] = [
        part
        for part in parts(profile_card(many, "A", {}, in_server=True, has_picture=True))
        if part["type"] == 12
    ]
    assert len(shown["items"][0]["description"]) <= 1024
