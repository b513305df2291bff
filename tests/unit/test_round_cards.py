"""What a game shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.messages.figures import moment, ordinal
from bot.cogs.messages.lines import verdict_text
from bot.cogs.messages.rounds import ballot_text, result_card, round_card, solo_card
from bot.cogs.messages.sources import source_card
from bot.cogs.messages.standings import solo_result_card, standings_card, status_card
from bot.cogs.messages.starts import points_card, rules_text, start_card
from bot.cogs.messages.text import PHONE, seen_width, written
from bot.quiz.game import (
    Answer,
    Asked,
    Cause,
    Game,
    GameKind,
    GameState,
    Mode,
    Pace,
    Round,
    RoundState,
    Rules,
    Scoring,
)
from bot.quiz.question import Kind, Look, Origin, Question, Reference, Source, Verdict
from bot.quiz.scoring import Score, Tally
from bot.quiz.showing import Attendance, GameShowing, Lobby, RoundShowing, Status
from bot.quiz.vote import Ballot
from tests.cards import buttons, check, words
from tests.questions import SOURCE, question

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPICS = {"rover": "The rover"}


def game(**changes: Any) -> Game:
    """Return a running game of ten questions."""
    return replace(Game(3, GameKind.CHANNEL, 1, 2, 4, Rules(), T0), **changes)


def present(number: int = 2, allowed: timedelta | None = timedelta(seconds=10)) -> Round:
    """Return an open round."""
    return Round(7, 3, number, 4, allowed).open(99, T0)


def asked(made: Question | None = None) -> Asked:
    """Return a question with its key as option B."""
    made = made or question()
    wrong, *others = made.distractors
    return Asked(made, (wrong, made.key, *others))


def closed(*answers: tuple[int, int, str], made: Question | None = None) -> RoundShowing:
    """Return a closed round; each answer is (player, option, name), a right one worth 20."""
    given = [
        (Answer(player, option, T0, option == 1, 20 if option == 1 else 0, 3 if option == 1 else 0), name)
        for player, option, name in answers
    ]
    return RoundShowing(game(), present().close(T0 + timedelta(hours=1)), asked(made), T0, 2, 1, given)


def ended(*scores: Score, tallies: tuple[Tally, ...] = (), **changes: Any) -> GameShowing:
    """Return a game at its end."""
    finished = replace(game(state=GameState.FINISHED, ended_at=T0), **changes)
    return GameShowing(finished, None, 1, 0, scores, tallies)


def test_an_open_round() -> None:
    """A round shows number, total, stem, topic, difficulty, its end, and options as lettered buttons."""
    card = round_card(game(), present(), asked(), T0, TOPICS)
    shown = words(card)
    assert "**2 of 10**" in shown
    assert "What is number 1?" in shown
    assert "The rover · easy" in shown
    assert f"<t:{int(T0.timestamp())}:R>" in shown
    assert [(one["label"], one["custom_id"]) for one in buttons(card)] == [
        ("A  wrong 1", "answer:7:0"),
        ("B  key 1", "answer:7:1"),
        ("C  worse 1", "answer:7:2"),
        ("D  worst 1", "answer:7:3"),
    ]
    assert {one["style"] for one in buttons(card)} == {2}


def test_long_options_stand_in_the_text() -> None:
    """Options that a phone may cut off stand in the text too; those too long for Discord, there alone."""

    def shown(length: int) -> tuple[str, list[str]]:
        card = round_card(game(), present(), asked(question(key="k" * length)), T0, TOPICS)
        return words(card), [one["label"] for one in buttons(card)]

    for length, is_listed in ((35, False), (36, True), (77, True), (78, True)):
        said, labels = shown(length)
        assert ("**B**  " + "k" * length in said) == is_listed
        assert labels[1] == ("B  " + "k" * length if length < 78 else "B")
    assert labels == ["A", "B", "C", "D"]


def test_an_untimed_round_has_next() -> None:
    """An untimed round says who goes on, and has the button for it."""
    card = round_card(game(), present(allowed=None), asked(), None, TOPICS)
    assert buttons(card)[-1]["custom_id"] == "next:7"
    assert "moderator" in words(card)
    assert "<t:" not in words(card)


def test_a_result() -> None:
    """A result begins with what was right, in a sign and words, shows who chose what, and who was right."""
    card = result_card(closed((1, 1, "Ann_*"), (2, 0, "Ben"), (3, 1, "Cat"), (4, 0, "Dan")), TOPICS)
    shown = words(card)
    assert "-# The right answer\n## ✅ B  key 1\n" in shown
    assert "✅ **B** ▰▰▰▱▱▱ 2 chose **key 1**" in shown
    assert "▫️ **A** ▰▰▰▱▱▱ 2 chose wrong 1" in shown
    assert "▫️ **C** ▱▱▱▱▱▱ 0 chose worse 1" in shown
    assert shown.index("key 1") < shown.index("wrong 1")
    assert "It is key 1 because it is." in shown
    assert r"**Ann\_\*** +20 (3 in a row)" in shown
    assert "Ben" not in shown
    assert buttons(card)[0]["custom_id"] == "source:7"


@given(st.lists(st.text("abc ", min_size=1, max_size=60), min_size=3, max_size=3, unique_by=str.strip))
def test_bars_fit_a_phone(wrong: list[str]) -> None:
    """Bars stand beside their options, or below them all where one of these has no room for that."""
    made = question(key="Yes", distractors=tuple(one.strip() or "-" for one in wrong))
    shown = words(result_card(closed((1, 1, "Ann"), (2, 0, "Ben"), made=made), TOPICS))
    bars = [line for line in shown.splitlines() if line.endswith(" chose") or " chose " in line]
    assert len(bars) == 4
    assert all(line.startswith(("✅", "▫️")) for line in bars) or all(line[0] in "▰▱" for line in bars)
    assert max(map(seen_width, bars)) <= PHONE
    for letter in "ABCD":
        assert f" **{letter}** " in shown


def test_a_result_without_answers() -> None:
    """A result says when nobody answered, without a row for each option, and when nobody was right."""
    nobody = words(result_card(closed(), TOPICS))
    assert "Nobody answered." in nobody
    assert "chose" not in nobody
    assert "Nobody was right" in words(result_card(closed((1, 0, "Ann")), TOPICS))


def test_many_right_players() -> None:
    """Of many right players the best are named, the rest counted."""
    shown = words(result_card(closed(*((number, 1, f"P{number}") for number in range(40))), TOPICS))
    assert "and 30 more" in shown


def test_standings() -> None:
    """Standings show a podium with shared ranks, accuracy, the longest streak and the hardest question."""
    card = standings_card(
        ended(
            Score(1, "Ann", 30, 4, 3, 3),
            Score(2, "Ben", 30, 3, 3, 2),
            Score(3, "Cat", 10, 4, 1, 1),
            tallies=(Tally(1, "Easy?", "Yes", 3, 3), Tally(2, "Hard?", "No", 3, 1)),
        )
    )
    shown = words(card)
    assert "🥇 Ann · **30** · 3 of 4\n🥇 Ben" in shown
    assert "🥉 Cat · **10** · 1 of 4" in shown
    assert "**Longest streak:** 3 in a row, Ann" in shown
    assert "**Hardest question:** Hard? **No** (1 of 3 right)" in shown
    assert [(one["label"], one["custom_id"]) for one in buttons(card)] == [
        ("Play again", "again:3"),
        ("How points work", "points:3"),
    ]


def test_stopped_game() -> None:
    """The standings of a stopped game say by whom, and that the scores count."""
    shown = words(
        standings_card(ended(Score(1, "Ann", 1, 1, 1, 1), state=GameState.STOPPED, reason="stopped by Eve"))
    )
    assert "stopped by Eve" in shown
    assert "scores count" in shown


def test_started() -> None:
    """The announcement says what will be played and how it is scored."""
    rules = Rules(questions=5, topic="rover", difficulty=3, pace=Pace.RELAXED, scoring=Scoring.SPEED)
    shown = words(start_card(Lobby(game(rules=rules), "*Ann*", with_rules=True), TOPICS))
    for part in (r"\*Ann\*", "5 questions", "The rover", "hard", "relaxed", "down to half"):
        assert part in shown
    assert "7 s each" in words(start_card(Lobby(game(rules=Rules(seconds=7)), "Ann"), TOPICS))


def test_how_points_work_is_told_once_and_then_on_demand() -> None:
    """After the first game of a day no card explains the points; a button does, for each way of scoring."""
    card = start_card(Lobby(game(), "Ann"), TOPICS)
    assert "points times" not in words(card)
    assert [one["custom_id"] for one in buttons(card)] == ["points:3"]
    for shown in (
        round_card(game(), present(), asked(), T0, TOPICS),
        result_card(closed((1, 1, "A")), TOPICS),
    ):
        assert "first press" not in words(shown)
        assert "difficulty" not in words(shown)
    assert "does not matter" in words(points_card(Rules()))
    assert "half as time runs out" in words(points_card(Rules(scoring=Scoring.SPEED)))


def test_a_start_that_lets_people_get_ready() -> None:
    """Before its first question a game says when that comes and who is in; with it, who was."""
    lobby = Lobby(game(), "Ann", T0, players={1: "Ann", 2: "B*n"})
    waiting = start_card(lobby, TOPICS)
    assert f"**Starts <t:{int(T0.timestamp())}:R>** · In: Ann, B\\*n" in words(waiting)
    assert [one["custom_id"] for one in buttons(waiting)] == ["in:3", "now:3", "points:3"]
    begun = start_card(lobby, TOPICS, has_begun=True)
    assert "Starts" not in words(begun)
    assert "In: Ann, B\\*n" in words(begun)
    assert [one["custom_id"] for one in buttons(begun)] == ["points:3"]
    check(start_card(Lobby(game(), "x" * 32, T0, players=dict.fromkeys(range(600), "w" * 32)), TOPICS))


@pytest.mark.parametrize(
    ("attendance", "told"),
    [
        (Attendance(0, 7), None),
        (Attendance(1, 0), "**1** is in"),
        (Attendance(5, 7), "**5 of 7** are in"),
        (Attendance(7, 7), "**7** are in"),
    ],
)
def test_an_open_round_tells_how_many_have_answered(attendance: Attendance, told: str | None) -> None:
    """How many are in is told, of how many who are playing where that is known."""
    shown = words(round_card(game(), present(), asked(), T0, TOPICS, attendance))
    assert (" in" in shown.splitlines()[-1]) == (told is not None)
    assert told is None or told in shown


def test_a_players_own_line() -> None:
    """Each is told alone what came of their answer: points, streak and place, or what was right."""
    right = Answer(1, 1, T0, is_right=True, points=14, streak=4)
    assert verdict_text(asked(), right, 2) == "✅ +14 · 4 in a row · 2nd"
    assert verdict_text(asked(), replace(right, streak=1)) == "✅ +14"
    wrong = Answer(1, 0, T0, is_right=False)
    assert verdict_text(asked(), wrong) == "❌ it was **B** key 1"
    menu = Asked(question(kind=Kind.SET, keys=("a", "b"), key="a"), ("a", "wrong 1", "b", "worse 1"))
    assert verdict_text(menu, Answer(1, (1, 2), T0, is_right=False), 3) == "❌ it was **A and C** · 3rd"
    assert (
        verdict_text(menu, Answer(1, (0, 1), T0, is_right=False, points=3))
        == "≈ +3, close: it was **A and C**"
    )
    typed = Asked(question(kind=Kind.TEXT, key="iron"), ())
    assert verdict_text(typed, Answer(1, "lead", T0, is_right=False)) == "❌ it was **iron**"


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (22, "22nd")],
)
def test_places_are_said_as_people_say_them(number: int, told: str) -> None:
    """A place is an ordinal."""
    assert ordinal(number) == told


def test_a_picture_is_described_in_plain_words() -> None:
    """What a picture's description says of a name is read out as it stands: nothing in it is escaped."""
    told = str(standings_card(ended(Score(1, "Bold_Kid *", 5, 1, 1, 1)), [[0, 5]]))
    assert "1: Bold_Kid *, 0 at half time, 5 at the end" in told


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=32), st.integers(0, 3000), st.integers(1, 50)),
        min_size=1,
        max_size=15,
    )
)
def test_standings_fit_a_phone(players: list[tuple[str, int, int]]) -> None:
    """No row of the standings is wider than a phone, whatever people are called."""
    scores = [
        Score(number, name, points, answered, answered, 1)
        for number, (name, points, answered) in enumerate(players)
    ]
    (rows,) = [
        part["content"] for part in standings_card(ended(*scores))[0]["components"] if " right" in str(part)
    ]
    for line in rows.splitlines():
        assert seen_width(line) <= PHONE


@pytest.mark.parametrize(
    ("mode", "told"),
    [(Mode.CHOICE, None), (Mode.TYPED, "typed answers"), (Mode.MIXED, "answers of every kind")],
)
def test_a_start_tells_how_answers_are_given(mode: Mode, told: str | None) -> None:
    """Whoever will have to type learns it before the first question; one press needs no word."""
    shown = words(start_card(Lobby(game(rules=Rules(mode=mode)), "Ann"), TOPICS))
    assert ("answers" in shown) == (told is not None)
    assert told is None or told in shown


def test_status() -> None:
    """The status shows the round, its link, its end and the board; or how the last game ended."""
    board = ended(Score(1, "Ann", 30, 4, 3, 3))
    shown = words(status_card(Status(game(), present(), board), "https://discord.com/channels/1/2/99"))
    for part in ("Question 2 of 10", "Closes", "https://discord.com/channels/1/2/99", "Ann · **30**"):
        assert part in shown
    over = game(state=GameState.STOPPED, ended_at=T0, reason="stopped because its channel was deleted")
    shown = words(status_card(Status(over, present(), board), ""))
    assert "No game is running here" in shown
    assert "stopped because its channel was deleted" in shown


def test_status_of_a_closed_question() -> None:
    """After a question the status says what really comes, and why nobody has points."""
    done = present().close(T0 + timedelta(seconds=10))
    last = replace(done, number=10)
    tallied = ended(tallies=(Tally(1, "Hard?", "No", 0, 0),))

    def shown(**changes: Any) -> str:
        return words(status_card(replace(Status(game(), done, tallied), **changes), ""))

    assert "the next one is on its way" in shown()
    assert "Nobody has answered yet." in shown()
    assert "No question was closed yet" not in shown()
    assert "No question was closed yet" in shown(round=present(), standings=ended())
    answered = shown(round=present())  # perhaps: the answers of an open question count when it closes
    assert "No question that is closed was answered" in answered
    assert "Nobody has answered" not in answered
    assert "It is on its way." in shown(round=replace(present(), state=RoundState.OPENING))
    abandoned = shown(has_following=False)
    assert "about to end" in abandoned
    assert "three questions in a row" in abandoned
    over = shown(game=game(number=10), round=last, has_following=False)
    assert "the standings are on their way" in over
    assert "next one" not in abandoned + over


def test_everybody_has_answered() -> None:
    """A round that ended early says how many have answered."""
    two = closed((1, 1, "Ann"), (2, 0, "Ben"))
    early = replace(two, round=replace(two.round, cause=Cause.EVERYONE))
    assert "All 2 players have answered." in words(result_card(early, TOPICS))
    assert "have answered" not in words(result_card(two, TOPICS))
    alone = replace(early, answers=early.answers[:1])
    assert "The only player has answered." in words(result_card(alone, TOPICS))


def test_solo() -> None:
    """Alone, the same card asks, judges, and leads on to the next question and to the result."""
    opening = RoundShowing(game(), present(), asked(), T0, 0, 0, [])
    assert [one["custom_id"] for one in buttons(solo_card(opening, TOPICS))] == [
        f"solo:7:{n}" for n in range(4)
    ]
    right = solo_card(closed((1, 1, "Ann")), TOPICS)
    assert "✅ **Right**: +20 (3 in a row)" in words(right)
    assert [one["custom_id"] for one in buttons(right)] == ["solonext:7", "source:7", "save:7"]
    assert "❌ **Wrong**: you chose A  wrong 1" in words(solo_card(closed((1, 0, "Ann")), TOPICS))
    assert "Too late" in words(solo_card(closed(), TOPICS))
    left = closed()
    left = replace(left, round=replace(left.round, cause=Cause.STOPPED))
    assert "left alone for a day" in words(solo_card(left, TOPICS))
    result = solo_result_card(ended(Score(1, "Ann", 10, 2, 1, 1), tallies=(Tally(1, "Hard?", "No", 1, 0),)))
    assert "1 of 1 right" in words(result)
    assert "no other question like these" in words(result)
    assert "Hard? **No**" in words(result)


def test_votes() -> None:
    """A vote says how it stands, and who need not vote."""
    assert "1 of the 2 needed" in ballot_text(Ballot(1, 2), "skip", 4)
    assert "<@4>" in ballot_text(Ballot(1, 2), "skip", 4)
    assert "answer a question first" in ballot_text(Ballot(1, 2, counts=False), "skip", 4)
    assert "Carried" in ballot_text(Ballot(2, 2), "skip", 4)


def test_the_source() -> None:
    """The source tells where the fact stands, what the article says, what is right, and who else says so."""
    source = Source(
        **{name: getattr(SOURCE, name) for name in ("title", "publisher", "published", "paragraphs")},
        verdict=Verdict.CONTRADICTED,
        says="it drove 350 metres",
        references=(Reference("NASA", "https://nasa.gov/"), Reference("A book", "isbn:123")),
    )
    card = source_card(source, "It drove 357 metres.")
    shown = words(card)
    for part in ("paragraphs 3, 4", "Contradicted", "it drove 350 metres", "It drove 357 metres.", "A book"):
        assert part in shown
    assert [one["url"] for one in buttons(card)] == ["https://nasa.gov/"]


def test_a_bank_of_its_own_looks_its_own() -> None:
    """A game is announced with the bank's title, emblem and colour; without them, with none."""
    look = Look("Ships *of* Farley", "⚓", 0x123456)
    card = start_card(Lobby(game(), "Ann"), TOPICS, look)
    assert "⚓ Ships \\*of\\* Farley" in words(card)
    assert card[0]["accent_color"] == 0x123456
    plain = start_card(Lobby(game(), "Ann"), TOPICS)
    assert words(plain).startswith("### Ann starts a quiz")


def test_a_game_that_is_shorter_than_wanted_says_so() -> None:
    """Whoever asked for more learns why there are fewer, and what to do."""
    short = game()
    assert "You asked for" not in words(start_card(Lobby(short, "Ann", None, short.rules.questions), TOPICS))
    told = words(start_card(Lobby(short, "Ann", None, short.rules.questions + 5), TOPICS))
    assert f"You asked for {short.rules.questions + 5}" in told
    assert "pick another topic" in told


def test_the_source_claims_no_check_that_was_not_made() -> None:
    """Only what was opened is called checked; a supplement cites no article; the article has its link."""
    read = Reference("A book", "https://example.org/b", seen="2026-11-27")
    named = Reference("A page", "https://example.org/p")

    def shown(**changes: Any) -> str:
        return words(source_card(replace(SOURCE, **{"says": None, **changes}), "It drove 357 metres."))

    supported = {"verdict": Verdict.SUPPORTED}
    assert "Not checked elsewhere" in shown(**supported)
    assert "Supported" not in shown(**supported)
    assert "Supported" not in shown(**supported, references=(named,))
    assert "Checked against" not in shown(**supported, references=(named,))
    assert "Supported" in shown(**supported, references=(named, read))
    assert "**Checked against**\n- A book" in shown(references=(named, read))
    assert "does not say this" in shown(verdict=None, paragraphs=())
    beside = shown(verdict=None, paragraphs=(), origin=Origin.SUPPLEMENT)
    assert "Not from the article" in beside
    assert SOURCE.title not in beside
    card = source_card(replace(SOURCE, url="https://example.org/article"), "It drove 357 metres.")
    assert [one["url"] for one in buttons(card)] == ["https://example.org/article"]


LONG = st.text(min_size=1, max_size=600).filter(str.strip)


@given(
    stem=st.text(min_size=1, max_size=300).filter(str.strip)
    | st.builds(str.__mul__, st.sampled_from("w🌖"), st.integers(300, 5000)),
    options=st.lists(
        st.text(min_size=1, max_size=600).filter(str.strip) | st.integers(70, 1000).map("🌖".__mul__),
        min_size=2,
        max_size=5,
        unique=True,
    ),
    explanation=st.text(max_size=800) | st.integers(150, 1000).map("🌖".__mul__),
    names=st.lists(st.text(alphabet="*_`A\u202e😀", min_size=1, max_size=32), max_size=30),
)
def test_always_within_discords_limits(
    stem: str, options: list[str], explanation: str, names: list[str]
) -> None:
    """Whatever bank and players write, Discord takes the cards, and the stem stands as it was typed."""
    made = question(stem=stem, key=options[0], distractors=tuple(options[1:]), explanation=explanation)
    shown = Asked(made, tuple(options))
    card = round_card(game(), present(), shown, T0, {})
    assert written(stem, 1000) in words(card)
    answers = [(Answer(n, 0, T0, True, 40, 9), name) for n, name in enumerate(names)]
    done = RoundShowing(game(), present().close(T0 + timedelta(days=1)), shown, T0, 2, 1, answers)
    scores = [Score(n, name, 9999, 50, 50, 50) for n, name in enumerate(names)]
    tallies = tuple(Tally(n, stem, options[0], 5, 0) for n in range(50))
    for made_card in (
        card,
        result_card(done, {}),
        solo_card(done, {}),
        standings_card(ended(*scores, tallies=tallies)),
        solo_result_card(ended(*scores[:1], tallies=tallies)),
        status_card(Status(game(), present(), ended(*scores)), "x" * 100),
        source_card(made.source, explanation or stem),
    ):
        check(made_card)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_moments_round_up(at: datetime) -> None:
    """A moment is shown in whole seconds, never before it comes."""
    shown = int(moment(at).split(":")[1])
    assert 0 <= shown - at.timestamp() < 1


@pytest.mark.parametrize("typed", ["__init__", "2*3*4", "___", "~~Io~~", "1. Mare Imbrium", "`x`"])
def test_a_question_stands_as_its_author_typed_it(typed: str) -> None:
    """Neither stem, key, wrong answers nor explanation format anything, and nothing of them vanishes."""
    made = question(stem=typed, key=f"{typed} {'k' * 90}", distractors=(f"{typed} w",), explanation=typed)
    asked = Asked(made, (made.key, *made.distractors))
    shown = RoundShowing(game(), present().close(T0 + timedelta(days=1)), asked, T0, 2, 1, [])
    for card in (round_card(game(), present(), asked, T0, {}), result_card(shown, {}), solo_card(shown, {})):
        assert f"# {written(typed, 500)}" in words(card)
        assert written(made.key, 500) in words(card)


def test_the_accent_goes_with_what_the_words_say() -> None:
    """Green where somebody was right, amber where nobody was, and neither where nobody answered."""
    made = question()
    asked = Asked(made, (made.key, *made.distractors))
    closed = present().close(T0 + timedelta(days=1))

    def accent(*answers: Answer) -> int:
        shown = RoundShowing(game(), closed, asked, T0, 2, 1, [(answer, "Ann") for answer in answers])
        colour: int = result_card(shown, {})[0]["accent_color"]
        return colour

    right = Answer(1, 0, T0, is_right=True, points=10, streak=1)
    wrong = Answer(2, 1, T0, is_right=False, points=0, streak=0)
    assert len({accent(right, wrong), accent(wrong), accent()}) == 3
    assert accent(right) == accent(right, wrong)


def test_the_picture_of_a_game_is_told_in_words() -> None:
    """Who hears the card read is told each leader's points at half time and at the end."""
    scores = [Score(1, "Ann", 60, 5, 5, 5), Score(2, "B*b", 40, 5, 4, 2)]
    card = standings_card(ended(*scores), [(10, 20, 30, 50, 60), (10, 20, 20, 30, 40)])
    (picture,) = (part for part in card[0]["components"] if part["type"] == 12)
    (item,) = picture["items"]
    assert item["media"]["url"] == "attachment://points.png"
    assert "1: Ann, 20 at half time, 60 at the end" in item["description"]
    assert len(item["description"]) <= 1024
    assert not [part for part in standings_card(ended(*scores))[0]["components"] if part["type"] == 12]


def test_the_rules_are_those_of_the_mode() -> None:
    """What an answer brings is told as the game asks, and who reads what is typed, and when, as it is."""
    choice, typed, mixed = (rules_text(Rules(mode=mode)) for mode in (Mode.CHOICE, Mode.TYPED, Mode.MIXED))
    assert "true or false" in choice
    assert "12.5" not in choice
    assert "among four" not in typed
    assert "12.5 points" in typed
    assert "a typed one 12.5" in mixed
    for told in (typed, mixed):
        assert "to nobody before the question closes" in told
        assert "`/answer`" in told
