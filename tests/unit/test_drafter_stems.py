"""Questions that the drafter derives from sentences."""

import pytest

from bot.bank.drafter import draft, draft_report
from bot.bank.drafter.distractors import suggest_distractors, suggest_tolerance
from bot.bank.drafter.numbers import find_numbers
from bot.bank.facts import Ask


def _asked(text: str) -> dict[str, str]:
    return {fact.value: str(fact.ask) for fact in draft(text, name="article.txt").facts}


@pytest.mark.parametrize(
    ("sentence", "value", "stem"),
    [
        ("Denmark intends to sell 40 ships.", "40 ships", "How many ships does Denmark intend to sell?"),
        ("The tower measures 310 feet across.", "310 feet", "How many feet across does the tower measure?"),
        (
            "The small rover has travelled around 350 metres on the ice.",
            "350 metres",
            "About how many metres has the small rover travelled on the ice?",
        ),
        ("In 1610, Ana Brevik found four moons.", "1610", "In which year did Ana Brevik find four moons?"),
        ("In 1610, Ana Brevik found four moons.", "Ana Brevik", "Who found four moons?"),
        (
            "The mission, which landed in Denmark in 1994, has ended.",
            "Denmark",
            "In which country did the mission land in 1994?",
        ),
        (
            "People thought it flat until Ana Brevik published her theory in 1812.",
            "1812",
            "In which year did Ana Brevik publish her theory?",
        ),
        (
            "Born in Lisbon, Ana Brevik moved to France in 1990.",
            "Lisbon",
            "In which city was Ana Brevik born?",
        ),
        (
            "Sicily is the second largest island in Norway.",
            "second",
            "Where does Sicily rank among the largest islands in Norway?",
        ),
        ("Cooled lava is called basalt.", "basalt", "What is cooled lava called?"),
        (
            "The bridge, designed by Ana Brevik and opened in 1887, was 212 feet long.",
            "1887",
            "In which year was the bridge opened?",
        ),
        (
            "The last dive was in 1971, as part of the Osprey 4 mission.",
            "Osprey 4",
            "As part of which mission was the last dive in 1971?",
        ),
        (
            "Since 2011 the name has been protected by the crown.",
            "2011",
            "Since which year has the name been protected by the crown?",
        ),
        ("Crowned at 19, Ana Brevik spoke six languages.", "19", "At what age was Ana Brevik crowned?"),
        (
            "Its sponsor left. Ashby's barrister, Sir Hugh Pennant, is 60.",
            "Hugh Pennant",
            "Who was Ashby's barrister?",
        ),
        (
            "The firm now employs 860 people, most of them in Oslo.",
            "860 people",
            "How many people does the firm now employ, most of them in Oslo?",
        ),
        ("The storm destroyed 589 homes and killed 12 cows.", "12 cows", "How many cows did the storm kill?"),
        ("The quake lasted for 84 days.", "84 days", "For how many days did the quake last?"),
        ("Engineers said the dam holds 3,000 tonnes.", "3,000 tonnes", "How many tonnes does the dam hold?"),
    ],
)
def test_asks_in_plain_english_order(sentence: str, value: str, stem: str) -> None:
    """The verb is turned round, the value is replaced by the words that ask for it."""
    assert _asked(sentence)[value] == stem


def test_a_pronoun_is_read_as_what_it_stands_for() -> None:
    """A pronoun such as "it" becomes the subject of the sentence before, and the note says so."""
    facts = draft("The old barge sank. It carried 40 cannons.", name="article.txt").facts
    (fact,) = [fact for fact in facts if fact.value == "40 cannons"]
    assert fact.ask == "How many cannons did the old barge carry?"
    assert fact.note is not None
    assert "the old barge" in fact.note


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ana Brevik met Jane Smith. She sold 40 ships.", "40 ships"),
        ("“You were paid 40 crowns a year to look after it,” said Ana Brevik.", "40 crowns"),
        ("He was cleared of it within 40 days.", "40 days"),
        ("We built 40 ships.", "40 ships"),
        ("Mud came through it in 1964.", "1964"),
    ],
)
def test_no_stem_is_better_than_one_of_someone_unnamed(text: str, value: str) -> None:
    """A pronoun that two people fit, "you", "we" or a lost "it": no stem, and the note says so."""
    (fact,) = [fact for fact in draft(text, name="article.txt").facts if fact.value == value]
    assert fact.ask == Ask()
    assert "write your own" in str(fact.note)


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("King Otto met Queen Edda in Oslo. She sold 40 ships.", "How many ships did Queen Edda sell?"),
        ("King Otto met Queen Edda in Oslo. He sold 40 ships.", "How many ships did King Otto sell?"),
        ("Jane Smith won. In 1990 she sold 40 ships.", "How many ships did Jane Smith sell in 1990?"),
    ],
)
def test_he_and_she_are_told_apart(text: str, stem: str) -> None:
    """Titles, kinship and first names tell whom a pronoun stands for."""
    assert _asked(text)["40 ships"] == stem


def test_words_that_age_leave_the_stem() -> None:
    """The words "last year" become the year where the article's date is known, and "on Tuesday" goes."""
    text = "Denmark sold 40 ships last year."
    facts = draft_report(text, name="a.txt", published="2020").facts_file.facts
    (fact,) = [fact for fact in facts if fact.value == "40 ships"]
    assert fact.ask == "How many ships did Denmark sell in 2019?"
    assert _asked("Denmark sold 40 ships on Tuesday.")["40 ships"] == "How many ships did Denmark sell?"
    kept = "Denmark has sold 40 ships since last Tuesday."
    assert _asked(kept)["40 ships"] == "How many ships has Denmark sold since last Tuesday?"


def test_several_facts_of_a_sentence_are_several_candidates() -> None:
    """Each value of a sentence has a question of its own."""
    asked = _asked("Ana Brevik, a geologist, found 14 skulls at Tarn castle in 1987.")
    assert {"Ana Brevik", "14 skulls", "1987"} <= asked.keys()
    assert len(set(asked.values())) == len(asked)


@pytest.mark.parametrize(
    "sentence",
    [
        "It weighs 4 tonnes.",
        "It is 2.75 metres long.",
        "It cost £4.7m.",
        "About 40 per cent is lost.",
        "A sixth of it is ice.",
        "It ran for 29 days, 12 hours and 44 minutes.",
        "It is the fifth biggest of all.",
        "It fell to minus 40 degrees Celsius.",
        "Three out of four failed.",
    ],
)
def test_numeric_distractors_lie_outside_the_tolerance(sentence: str) -> None:
    """Suggested wrong numbers are surely wrong, several, written like the value, the same every time."""
    (value,) = find_numbers(sentence, [])
    tolerance = suggest_tolerance(value)
    assert tolerance is not None
    wrong = suggest_distractors(value, [], tolerance)
    assert wrong == suggest_distractors(value, [], tolerance)
    assert len(wrong) >= 3
    assert value.text not in wrong
    for text in wrong:
        for other in find_numbers(f"It is {text}.", []):
            number = other.number or 0.0
            scale = 1_000_000 if "million" in value.text else 1
            assert not tolerance.low <= number / scale <= tolerance.high, text


def test_names_have_other_names_of_their_kind_as_distractors() -> None:
    """A country's wrong answers are countries, those of the article first."""
    facts = draft("Denmark sold the ship to Norway. Sweden paid 40 crowns for it.", name="a.txt").facts
    (fact,) = [fact for fact in facts if fact.value == "Sweden"]
    assert {"Denmark", "Norway"} <= set(fact.distractors)
    assert "Sweden" not in fact.distractors
