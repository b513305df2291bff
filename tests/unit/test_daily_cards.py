"""Cards of facts, schedules and settings: within Discord's bounds, and safe to show."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.bank import load_bank
from bot.cogs.messages.day import closed_text, in_text
from bot.cogs.messages.facts import Frame, chosen_card, daily_card, fact_card, found_card
from bot.cogs.messages.schedules import (
    added_card,
    choice_label,
    list_card,
    log_card,
    posted_text,
    preview_card,
    silence_note,
    stopped_card,
)
from bot.cogs.messages.settings import check_card, settings_card, zone_choices
from bot.cogs.messages.text import written
from bot.config import shipped_questions
from bot.moon.sky import look_ahead, observe
from bot.quiz.day import DayAnswer, DayOutcome, DayQuestion
from bot.quiz.game import Asked, Rules
from bot.quiz.question import Fact, Origin, Source, Verdict
from bot.quiz.schedule import MOST_SCHEDULES, NO_FACTS, LogEntry, PostState, Schedule, ScheduleState
from bot.quiz.slots import EVERY_DAY, Slot
from bot.services.day_questions import Day
from bot.services.facts import Night
from bot.services.settings import GuildSettings
from bot.services.sky import Evening
from bot.services.zones import atlas as make_atlas
from tests.cards import check, parts, words
from tests.questions import question

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = date(2026, 11, 22)
NIGHT = Night(TODAY, "🌔")
FACT = Fact("fact", "topic", 1, "A statement.", "Why.", Source("An article"))
_AT = datetime(2026, 11, 22, 21, tzinfo=UTC)
EVENING = Evening(
    TODAY,
    is_southern=False,
    moon=observe(_AT),
    first=observe(_AT - timedelta(days=3)),
    last=observe(_AT + timedelta(days=3)),
    next_phase="full Moon",
    next_at=look_ahead(_AT).full,
    picture=b"JPEG",
)


def schedule(number: int, **changes: Any) -> Schedule:
    """Return an active schedule."""
    fields: dict[str, Any] = {
        "id": number,
        "guild_id": 1,
        "number": number,
        "channel_id": 10**19,
        "at": time(9),
        "days": frozenset({0, 2, 4}),
        "timezone": "America/Argentina/Buenos_Aires",
        "zone": ZoneInfo("America/Argentina/Buenos_Aires"),
        "role_id": 10**19,
        "topic": None,
        "created_by": 33,
        "is_told": True,
        "armed_at": NOW,
        "state": ScheduleState.ACTIVE,
        "reason": None,
        "failures": 0,
        "next_on": TODAY,
        "next_at": NOW,
    }
    return Schedule(**(fields | changes))


def test_every_shipped_fact_fits_its_cards() -> None:
    """Each fact of the bank can be posted, shown and chosen, with its source's place and no word cut."""
    bank = load_bank(shipped_questions())
    facts = list(bank.facts.values())
    assert facts
    for fact in facts:
        card = daily_card(fact, bank.topics[fact.topic], NIGHT, Frame("0123456789ab", 1, NOW))
        check(card)
        assert fact.statement in words(card)
        assert fact.explanation in words(card)
        if fact.source.origin is Origin.SUPPLEMENT:
            assert written(fact.source.references[0].title, 200) in words(card)
            assert fact.source.published not in words(card)
            continue
        assert "paragraph" in words(card)
        if fact.source.verdict is not Verdict.SUPPORTED:
            assert "article is" in words(card)
            assert (fact.source.says or "") in words(card)
    check(found_card(facts[:10], facts[0], "The far side", "x" * 200))
    check(chosen_card(facts[0], "The far side", [(fact.statement[:100], fact.id) for fact in facts[:10]]))


def test_an_author_s_longest_fact_fits() -> None:
    """A statement of any length is cut to what Discord takes, with an ellipsis."""
    source = Source("t" * 500, "p" * 300, "d" * 100, tuple(range(100)), Verdict.CONTRADICTED, says="s" * 5000)
    fact = Fact("f" * 60, "topic", 3, "w" * 5000, "e" * 5000, source)
    assert "…" in words(fact_card(fact, "topic " * 50, "heading"))
    check(fact_card(fact, "topic " * 50, "heading"))


def test_what_was_searched_for_is_shown_letter_by_letter() -> None:
    """Search words neither ping nor format."""
    bank = load_bank(shipped_questions())
    fact = next(iter(bank.facts.values()))
    shown = words(found_card([fact], fact, "topic", "@everyone **bold** <@1> [x](https://x.y)"))
    assert "@everyone" not in shown.replace("\\@", "")
    assert "**bold**" not in shown
    assert "<@1>" not in shown
    assert "](http" not in shown


@pytest.mark.parametrize("state", list(ScheduleState))
def test_as_many_schedules_as_there_can_be_fit(state: ScheduleState) -> None:
    """A full list stays within Discord's bounds and says what it leaves out."""
    schedules = [schedule(n, state=state, reason="*" * 300, failures=2) for n in range(1, MOST_SCHEDULES + 1)]
    check(list_card(schedules))
    assert "more" in words(list_card(schedules))
    slots = [Slot(TODAY + timedelta(days=n), NOW + timedelta(days=n)) for n in range(3)]
    check(preview_card([(one, slots) for one in schedules]))
    check(added_card(schedules[0], slots, ["note"]))
    assert len(choice_label(schedules[0], "#" + "c" * 100)) <= 100


def test_a_stopped_schedule_says_why_and_what_to_do() -> None:
    """The list tells the reason, and the way on."""
    stopped = schedule(1, state=ScheduleState.STOPPED, failures=3, reason="the channel was deleted")
    assert "the channel was deleted" in words(list_card([stopped]))
    assert "/schedule resume" in words(list_card([stopped]))
    doubtful = schedule(1, failures=2, reason="the channel was deleted")
    assert "Refused 2 times in a row: the channel was deleted" in words(list_card([doubtful]))


def test_the_log_tells_what_became_of_each_post() -> None:
    """Sent, late, skipped and refused posts are told apart by marks and words."""
    late = NOW + timedelta(hours=2, minutes=5)
    entries = [
        LogEntry(1, TODAY, 5, NOW, PostState.SENT, None, NOW + timedelta(seconds=3), 77),
        LogEntry(1, TODAY, 5, NOW, PostState.SENT, None, late, 78),
        LogEntry(2, TODAY, 5, NOW, PostState.MISSED, "Farside was not running in time", NOW, None),
        LogEntry(3, TODAY, 5, NOW, PostState.FAILED, "the channel was deleted", NOW, None),
        LogEntry(3, TODAY, 5, NOW, PostState.CLAIMED, None, None, None),
    ]
    lines = words(log_card(entries, 1)).splitlines()[1:]
    assert "✔ sent" in lines[0]
    assert "late" not in lines[0]
    assert "/channels/1/5/77" in lines[0]
    assert "2 h 5 min late" in lines[1]
    assert "– skipped: Farside was not running in time" in lines[2]
    assert "✘ not posted: the channel was deleted" in lines[3]
    assert "being sent" in lines[4]
    check(log_card([LogEntry(25, TODAY, 10**19, NOW, PostState.FAILED, "*" * 300, NOW, None)] * 50, 10**19))


def test_settings_and_checks_fit() -> None:
    """The cards of /config stay within Discord's bounds, and a check says what each permission is for."""
    settings = GuildSettings(ZoneInfo("Europe/Berlin"), Rules(topic="gone", difficulty=3, seconds=30))
    check(settings_card(settings, 2, NOW, {}))
    assert "Sunday 10:00" in words(settings_card(settings, 2, NOW, {}))
    card = check_card("<#1>", [("View Channel", "to see")], [("Send Messages", "to post")], "note")
    assert "A permission is missing" in words(card)
    assert "✘ **Send Messages** – to post" in words(card)
    check(card)


def test_zone_choices_show_the_time_there() -> None:
    """Each suggestion names the zone, the place and the local time, within Discord's bounds."""
    atlas = make_atlas()
    [choice] = zone_choices(atlas.search("pakistan", NOW), NOW)
    assert (choice.name, choice.value) == ("Asia/Karachi · Pakistan · Sun 14:00", "Asia/Karachi")
    for typed in ("", "united states", "san", "UTC-3"):
        for choice in zone_choices(atlas.search(typed, NOW, locale="de"), NOW):
            assert len(choice.name) <= 100
            assert atlas.find(choice.name, NOW) == atlas.find(str(choice.value), NOW)


def test_a_schedule_on_every_day_needs_no_list_of_days() -> None:
    """Every day is said as such."""
    assert "every day" in words(list_card([schedule(1, days=EVERY_DAY)]))


def test_the_list_says_what_stands_in_the_way() -> None:
    """One refusal, several, a thread that sleeps and a bank without facts are told in plain words."""
    once = words(list_card([schedule(1, failures=1, reason="it lacks Send Messages")]))
    assert "Refused the last time: it lacks Send Messages. After 3 times in a row it stops." in once
    asleep = words(list_card([schedule(1, reason="its thread is archived and locked")]))
    assert "**Paused for now:** its thread is archived and locked. It goes on by itself" in asleep
    silent = list_card([schedule(1), schedule(2)], {2: [silence_note(NO_FACTS)]})
    assert words(silent).count("⚠ Nothing will come: the question bank has no facts to post.") == 1


def test_an_absence_is_one_line_of_the_log() -> None:
    """Days that nobody could post on have one line, with the first and the last of them."""
    absence = LogEntry(1, TODAY, 5, NOW, PostState.MISSED, "gone", NOW, None, first_on=date(2026, 11, 2))
    unknown = LogEntry(1, TODAY, 5, NOW, PostState.UNKNOWN, "nobody may look", NOW, None)
    by_hand = LogEntry(1, TODAY, 5, NOW, PostState.SENT, None, NOW, 7, is_extra=True)
    lines = words(log_card([absence, unknown, by_hand], 1)).splitlines()[1:]
    assert lines[0] == "**2026-11-02 to 2026-11-22** · 1 · <#5> · – skipped: gone"
    assert lines[1] == "**2026-11-22** · 1 · <#5> · ? not known whether it was posted: nobody may look"
    assert lines[2].startswith("**2026-11-22 by hand** · 1 · <#5> · ✔ sent")


@pytest.mark.parametrize("state", list(PostState))
def test_a_post_by_hand_is_answered_whatever_becomes_of_it(state: PostState) -> None:
    """The answer to /schedule post names the place, and what to do where nothing was posted."""
    entry = LogEntry(1, TODAY, 5, NOW, state, "*" * 900, NOW, 7, is_extra=True)
    told = posted_text(entry, 1)
    assert "/1/5/7" in told if state is PostState.SENT else "<#5>" in told
    assert len(told) < 1000
    assert ("/config check" in told) == (state in {PostState.FAILED, PostState.MISSED})


def test_word_of_stopped_schedules_fits() -> None:
    """Any number of them, with names and reasons of any length, is one message that says what to do."""
    stopped = [
        schedule(n, state=ScheduleState.STOPPED, failures=3, reason="*" * 400, topic="t" * 300)
        for n in range(1, 26)
    ]
    check(stopped_card(stopped, "*" * 200))
    assert "/schedule resume" in words(stopped_card(stopped[:1]))
    assert "A schedule of yours has stopped in **Base**" in words(stopped_card(stopped[:1], "Base"))


def test_the_longest_preview_fits() -> None:
    """Times of all schedules give way to the card of the next post, however long an author made it."""
    source = Source("t" * 500, "p" * 300, "d" * 100, tuple(range(100)), Verdict.CONTRADICTED, says="s" * 5000)
    fact = Fact("f" * 60, "topic", 3, "w" * 5000, "e" * 5000, source)
    slots = [Slot(TODAY + timedelta(days=n), NOW + timedelta(days=n)) for n in range(3)]
    previews = [(schedule(n), slots) for n in range(1, MOST_SCHEDULES + 1)]
    card = preview_card(previews, daily_card(fact, "topic " * 50, NIGHT, Frame(role_id=1)))
    check(card)
    assert "/schedule preview" in words(card)


def outcome(counts: tuple[int, ...], *, key: int = 1, names: int = 3, days: int = 0) -> DayOutcome:
    """Return how a question went."""
    asked = Asked(question(1), tuple(question(1).options))
    order = [one for one in asked.options if one != asked.question.key]
    order.insert(key, asked.question.key)
    asked = Asked(asked.question, tuple(order))
    day = DayQuestion(1, 5, 2, 3, TODAY - timedelta(days=1), asked, NOW)
    runs = [(f"*Runner* {number}", days - number) for number in range(5)] if days else []
    return DayOutcome(day, asked, counts, [f"**Name** {number}" for number in range(names)], runs)


def test_the_answer_is_told_by_mark_and_word() -> None:
    """The right option is marked and named so, with how many chose each; names are shown letter by letter."""
    card = daily_card(FACT, "topic", NIGHT, day=Day(told=outcome((1, 3, 0, 2), days=8)))
    check(card)
    shown = words(card)
    assert "Yesterday's question" in shown
    assert "-# The right answer\n### ✅ B  " in shown
    assert "✅ **B** ▰▰▰▱▱▱ 3 chose **" in shown
    assert shown.count("▫️") == 3
    assert "Right: **\\*\\*Name\\*\\* 0**" in shown
    assert "🔥 Days running: **\\*Runner\\* 0** 8" in shown
    assert "daysource:5" in str(card)


def test_a_question_that_few_answered() -> None:
    """Nobody's answer, and nobody's right one, are said kindly; more right ones than named are counted."""
    nobody = words(daily_card(FACT, "topic", NIGHT, day=Day(told=outcome((0, 0, 0, 0), names=0))))
    assert "Nobody answered it." in nobody
    assert "chose" not in nobody
    assert "The right answer" in nobody
    assert "None of the 4 had it" in words(
        daily_card(FACT, "topic", NIGHT, day=Day(told=outcome((4, 0, 0, 0), names=0)))
    )
    alone = words(daily_card(FACT, "topic", NIGHT, day=Day(told=outcome((1, 0, 0, 0), names=0))))
    assert "The one answer was not it." in alone
    assert "and 97 more" in words(daily_card(FACT, "topic", NIGHT, day=Day(told=outcome((0, 100, 0, 0)))))


def test_an_older_question_is_called_by_its_day() -> None:
    """After a pause it is not yesterday's."""
    old = outcome((0, 1, 0, 0))
    told = replace(old, question=replace(old.question, on=TODAY - timedelta(days=4)))
    assert "The question of Wednesday" in words(daily_card(FACT, "topic", NIGHT, day=Day(told=told)))


def test_the_longest_day_fits() -> None:
    """Whatever authors wrote, a post with all that it can have is one message."""
    source = Source("t" * 500, "p" * 300, "d" * 100, tuple(range(100)), Verdict.CONTRADICTED, says="s" * 5000)
    long = Fact("f" * 60, "topic", 3, "w" * 5000, "e" * 5000, source)
    wordy = replace(question(1), stem="s" * 1000, key="k" * 500, explanation="e" * 200)
    wordy = replace(wordy, distractors=tuple(letter * 500 for letter in "abcd"))
    asked = Asked(wordy, (wordy.key, *wordy.distractors))
    day = DayQuestion(1, 2**62, 2, 3, TODAY, asked, NOW)
    told = DayOutcome(replace(day, post_id=7), asked, [10**6] * 5, ["N" * 32] * 10, [("R" * 32, 999)] * 5)
    for own in (day, replace(told, question=day)):
        card = daily_card(long, "topic " * 50, EVENING, Frame("0123456789ab", 1, NOW), Day(told, own))
        check(card)
    assert len(in_text(DayAnswer(0, 999), NOW)) < 300
    assert len(closed_text(told, DayAnswer(1, 1))) < 2000


def test_tonight_s_moon_is_told_in_words() -> None:
    """Its phase, how much is lit and what comes next; the picture of seven nights says what is seen."""
    shown = words(daily_card(FACT, "topic", EVENING))
    assert "Tonight's Moon: **waxing gibbous**, **" in shown
    assert "full Moon <t:" in shown
    [seen] = [part for part in parts(daily_card(FACT, "topic", EVENING)) if part["type"] == 12]
    told = seen["items"][0]["description"]
    assert "Seven nights side by side, tonight's large in the middle." in told
    assert "On Thursday it was" in told
    assert "on Wednesday it will be waning gibbous (98% lit)" in told
    without = daily_card(FACT, "topic", replace(EVENING, picture=None))
    assert not [part for part in parts(without) if part["type"] == 12]
