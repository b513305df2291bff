"""Typed answers, judged by what the key is: a table of cases, and laws that hold for any bank."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.bank import load_bank
from bot.bank.cases import Expected, read_cases
from bot.quiz.judging import Key, Outcome, Sort, judge, sort_of
from bot.quiz.question import Question, Tolerance
from tests.bounds import processor_seconds

ROOT = Path(__file__).parents[2]
CASES, FAULTS = read_cases(Path(__file__).with_name("judging_cases.yaml"))
BANK = load_bank(ROOT / "questions")
TYPED = [
    question
    for question in BANK.questions
    if question.kind in ("text", "number", "year", "choice", "reverse")
]


def key(text: str, kind: str = "text", **more: object) -> Key:
    """Return a key of that kind."""
    return Key(text, sort_of(kind, text), **more)  # type: ignore[arg-type]


def test_the_table_can_be_read() -> None:
    """At least 400 cases, and none with a fault."""
    assert not FAULTS
    assert len(CASES) >= 400


def test_the_table() -> None:
    """Each answer is judged as the table says."""
    judged = [(case, judge(case.judged_by, case.answer)) for case in CASES]
    assert [(case, how) for case, how in judged if Expected.of(how.outcome) is not case.verdict] == []


def test_a_bank_agrees_with_its_judge() -> None:
    """The key and every accepted form are right, every wrong option is not."""
    for question in TYPED:
        held = Key.of(question)
        for right in (question.key, *question.accept, question.key.upper(), f"I think it's {question.key}."):
            assert judge(held, right).outcome is Outcome.RIGHT, (question.id, right)
        for wrong in question.distractors:
            assert judge(held, wrong).outcome is not Outcome.RIGHT, (question.id, wrong)


NUMBERS = st.integers(1, 10**9)

ODD = [
    *"0123456789e^.,-+×*/'’°%?½ XV", "9" * 22, "ten ", "10^", "1e", " dozen", " and a half", "-fold",
    "January ", " BC", "the ", " century", "0s", "km",
]  # fmt: skip
KEYS = [
    ("5 m", Sort.NUMBER), ("1969", Sort.YEAR), ("3 January 2019", Sort.DATE), ("1960s", Sort.DECADE),
    ("SN 1987A", Sort.NAME),
]  # fmt: skip


@given(NUMBERS, st.sampled_from([",", " ", "\u00a0", "\u202f", "'", "."]))
def test_marks_between_thousands_do_not_matter(number: int, mark: str) -> None:
    """1,234,567 is 1 234 567 and 1.234.567 and 1'234'567."""
    assert (
        judge(key(f"{number:,} km", "number"), f"{number:,} km".replace(",", mark)).outcome is Outcome.RIGHT
    )


@given(NUMBERS, NUMBERS)
def test_another_number_is_never_right(number: int, other: int) -> None:
    """Whatever it looks like, a number that is not the key's is not accepted."""
    assume(number != other)
    assert judge(key(f"{number} m", "number"), f"{other} m").outcome is not Outcome.RIGHT


@given(
    st.integers(1, 10**6),
    st.sampled_from([("km", "m", 1000), ("kg", "g", 1000), ("h", "min", 60), ("m", "cm", 100)]),
)
def test_units_are_converted(number: int, units: tuple[str, str, int]) -> None:
    """The same amount in a smaller unit is right; the same number in it is not."""
    large, small, factor = units
    held = key(f"{number} {large}", "number")
    assert judge(held, f"{number * factor} {small}").outcome is Outcome.RIGHT
    assert judge(held, f"{number} {small}").outcome is not Outcome.RIGHT


@given(st.integers(-200, 500), st.integers(-200, 500))
def test_temperatures_have_their_scale(celsius: int, other: int) -> None:
    """A bare number is in the question's scale; in another scale it is converted."""
    held = key(f"{celsius} °C", "number")
    assert judge(held, f"{celsius * 9 / 5 + 32:.1f} °F").outcome is Outcome.RIGHT
    if other != celsius:
        assert judge(held, str(other)).outcome is not Outcome.RIGHT


@given(st.floats(1, 1000), st.floats(0.1, 50), st.floats(-100, 100))
def test_a_tolerance_is_what_it_says(middle: float, width: float, off: float) -> None:
    """Inside is right, outside is not."""
    low, high = middle - width, middle + width
    held = Key("5 m", Sort.NUMBER, tolerance=Tolerance(low, high, "m"))
    typed = round(middle + off, 3)
    assume(min(abs(typed - low), abs(typed - high)) > 1e-3)
    assert (judge(held, f"{typed:f} m").outcome is Outcome.RIGHT) == (low <= typed <= high)


@given(st.lists(st.sampled_from(ODD), max_size=12).map("".join), st.sampled_from(KEYS))
@example("10^999", KEYS[0])
@example(f"{'9' * 22}e5", KEYS[0])
@example(f"January {'9' * 22}", KEYS[2])
def test_nothing_that_is_typed_breaks_it(typed: str, held: tuple[str, Sort]) -> None:
    """Powers that no number holds, years beyond any calendar and marks alone get a verdict like all else."""
    assert judge(Key(*held, distractors=("?", "9 m")), typed).outcome in Outcome


@given(st.integers(1000, 2999), st.integers(1000, 2999))
def test_years_are_exact(year: int, other: int) -> None:
    """No year is forgiven a digit."""
    outcome = judge(key(str(year), "year"), f"in {other}").outcome
    assert (outcome is Outcome.RIGHT) == (year == other)


@given(st.dates(date(1000, 1, 1)), st.dates(date(1000, 1, 1)))
def test_dates_are_exact(right: date, typed: date) -> None:
    """Another day is not right, however it is written; the same day is."""
    held = key(f"{right.day} {right:%B} {right.year}", "date")
    forms = [
        f"{typed.day} {typed:%b} {typed.year}",
        f"{typed:%B} {typed.day}, {typed.year}",
        f"{typed:%Y-%m-%d}",
    ]
    for form in forms:
        assert (judge(held, form).outcome is Outcome.RIGHT) == (right == typed), form


@given(st.integers(1, 30), st.integers(1, 30))
def test_a_designation_has_its_own_number(number: int, other: int) -> None:
    """Chang'e 4 is not Chang'e 3, however it is spelt."""
    assume(number != other)
    held = key(f"Chang'e-{number}")
    for form in (f"change {other}", f"Chang’e-{other}", f"the Chang'e {other} mission", f"cheng'e {other}"):
        assert judge(held, form).outcome is not Outcome.RIGHT, form
    assert judge(held, f"the change {number} mission").outcome is Outcome.RIGHT


@given(st.text(max_size=500))
def test_any_text_can_be_judged(text: str) -> None:
    """Nothing raises, and nothing is right by chance."""
    for held in (
        key("350 m", "number"),
        key("1969", "year"),
        key("3 January 2019", "date"),
        key("Von Kármán"),
    ):
        judge(held, text)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 4000,
        "1 2 " * 1000,
        "a" * 4000,
        "a " * 2000,
        "(" * 4000,
        "é" * 4000,
        "1/" * 2000,
        "one " * 1000,
        ",;" * 2000,
    ],
)
def test_too_much_is_refused_before_it_is_read(text: str) -> None:
    """An answer longer than any can be is unclear, and costs nothing."""
    for kind, right in (("number", "350 m"), ("year", "1969"), ("date", "3 May 2019"), ("text", "Luna 9")):
        assert judge(key(right, kind), text).outcome is Outcome.UNCLEAR


@pytest.mark.parametrize(
    "text", [", (!", "no doubt , ", "pretty sure ", "- . ", "lol ", "h h/ ", "Mr h ", "one and a "]
)
def test_no_answer_takes_long(text: str) -> None:
    """What is repeated to the length that is read costs no more than any answer."""
    held = key("Von Kármán", accept=("Chang'e 4",), distractors=("Apollo 11",))
    judge(held, "von karmen")
    for length in (120, 240):
        with processor_seconds(1):
            judge(held, (text * length)[:length])
            judge(key("350 m", "number"), (text * length)[:length])


@pytest.mark.parametrize(
    ("right", "distractor", "typed"),
    [("waxing", "waning", "wanning"), ("Keplar", "Kepler", "Kepler"), ("perigee", "apogee", "apogee")],
)
def test_a_slip_towards_a_wrong_answer_is_that_answer(right: str, distractor: str, typed: str) -> None:
    """What is as near to a wrong option as to the key is not accepted."""
    assert judge(key(right, distractors=(distractor,)), typed).outcome is not Outcome.RIGHT


def test_words_of_the_question_may_be_repeated() -> None:
    """An answer may say again what the question has said."""
    held = key("Queqiao", stem="Which relay satellite passes signals on?")
    assert judge(held, "the Queqiao relay satellite").outcome is Outcome.RIGHT
    days = key("365", "number", stem="How many days has a year?")
    assert judge(days, "365 days").outcome is Outcome.RIGHT
    assert judge(days, "365 hours").outcome is not Outcome.RIGHT


@pytest.mark.parametrize("typed", ["😀", "?", "...", "🌕🌖 !"])
def test_what_says_nothing_does_not_count(typed: str) -> None:
    """A picture or a mark alone is no answer to a name: its writer may give one."""
    assert judge(key("Sun"), typed).outcome is Outcome.UNCLEAR


@pytest.mark.parametrize("typed", ["12 or 13", "Luna 9 or Luna 3", "1968 or 1969", "3 May or 4 May"])
def test_two_answers_are_refused_with_a_word(typed: str) -> None:
    """One person, one answer; the refusal says what to do."""
    kinds = {"12": "number", "Lu": "text", "19": "year", "3 ": "date"}
    rights = {"12": "12", "Lu": "Luna 9", "19": "1969", "3 ": "3 May 2019"}
    found = judge(key(rights[typed[:2]], kinds[typed[:2]], distractors=("Luna 3",)), typed)
    assert found.outcome is Outcome.UNCLEAR
    assert found.note


def verdict(right: str, typed: str, kind: str = "number", **more: object) -> Outcome:
    """Return what becomes of an answer to a key."""
    return judge(key(right, kind, **more), typed).outcome


@pytest.mark.parametrize(
    ("right", "low", "high", "unit", "typed"),
    [
        ("350 m", 340, 365, "m", "0 km"),
        ("3.8 cm", 3.6, 4.0, "cm", "1 inch"),
        ("3.8 cm", 3.6, 4.0, "cm", "2 inches"),
        ("9 days", 8, 9.5, "days", "1 week"),
        ("26 days", 25, 28, "days", "1 month"),
        ("29.5 days", 29.3, 29.8, "days", "a month"),
        ("2.3 km", 2.0, 2.6, "km", "2 miles"),
    ],
)
def test_rounding_in_a_large_unit_takes_no_other_number(
    right: str, low: float, high: float, unit: str, typed: str
) -> None:
    """What rounding may have cost is forgiven in proportion: a coarse unit lets nothing far off in."""
    assert verdict(right, typed, tolerance=Tolerance(low, high, unit)) is not Outcome.RIGHT


@pytest.mark.parametrize(
    ("right", "typed"),
    [
        ("384,400 km", "three hundred eighty-four thousand four hundred kilometres"),
        ("1,022 m/s", "one thousand and twenty-two m/s"),
        ("1.6 km", "one point six kilometres"),
        ("4.25 billion years", "four and a quarter billion years"),
        ("2.5 times", "two and a half times"),
        ("51.5 years", "51 and a half years"),
        ("1 mile", "a mile"),
        ("1.5 inches", "an inch and a half"),
        ("6 times", "half a dozen"),
        ("-173 °C", "minus one hundred and seventy three degrees"),
        ("-173 °C", "negative 173"),
        ("5th", "No. 5"),
        ("5th", "#5"),
        ("350 m", "just over 350 m"),
        ("127 °C", "127 degrees centigrade"),
        ("400 times", "400 times as wide"),
        ("400 times", "×400"),
    ],
)
def test_numbers_as_people_say_them(right: str, typed: str) -> None:
    """A number is taken however it is said: in words with their scale, with a point, with a part of one."""
    assert verdict(right, typed) is Outcome.RIGHT


@pytest.mark.parametrize(
    ("right", "typed"),
    [
        ("384,400 km", "three hundred eighty-four thousand four hundred one kilometres"),
        ("400 times", "400%"),
        ("81 Moons", "81%"),
        ("30 Earths", "30°"),
        ("173 °C", "minus one hundred and seventy three degrees"),
        ("6 times", "dozen"),
        ("400 times", "400 times less"),
    ],
)
def test_numbers_said_otherwise_are_others(right: str, typed: str) -> None:
    """Reading more ways of saying a number takes no number for another, nor a mark for what is counted."""
    assert verdict(right, typed) is not Outcome.RIGHT


def test_a_rate_may_be_said_as_the_question_does() -> None:
    """What is 3.8 cm per year answers how much it is each year, and not how much in another time."""
    stem = "By how much does the Moon move away each year?"
    assert verdict("3.8 cm", "3.8 cm per year", stem=stem) is Outcome.RIGHT
    assert verdict("3.8 cm", "3.8 cm per day", stem=stem) is not Outcome.RIGHT


@pytest.mark.parametrize(
    "typed",
    ["M. Collins", "Micheal Collins", "M Collins", "Michael J. Collins", "michael colins", "Collins Michael"],
)
def test_a_first_name_may_be_an_initial_or_a_slip(typed: str) -> None:
    """Whoever is known by the last name alone is known, too, by it and a first name as people write it."""
    assert verdict("Michael Collins", typed, "text", accept=("Collins",)) is Outcome.RIGHT


@pytest.mark.parametrize("typed", ["Phil Collins", "P. Collins", "Collins Phil", "Mike Tyson", "Michael"])
def test_another_first_name_is_somebody_else(typed: str) -> None:
    """A last name does not carry a first name that is not theirs."""
    assert verdict("Michael Collins", typed, "text", accept=("Collins",)) is not Outcome.RIGHT


@pytest.mark.parametrize("number", [4, 21, 24, 30, 59])
def test_numbers_of_names_are_read_in_words(number: int) -> None:
    """Luna twenty-four is Luna 24, and no other."""
    tens = {20: "twenty", 30: "thirty", 50: "fifty"}
    ones = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    said = "-".join(filter(None, [tens.get(number // 10 * 10, ""), ones[number % 10]]))
    assert verdict(f"Luna {number}", f"Luna {said}", "text") is Outcome.RIGHT
    assert verdict(f"Luna {number + 1}", f"Luna {said}", "text") is not Outcome.RIGHT


@pytest.mark.parametrize(
    ("right", "typed"),
    [
        ("London", "London Bridge"),
        ("London Bridge", "London"),
        ("Panama Canal", "Panama"),
        ("Mexico City", "Mexico"),
        ("Mexico", "Gulf of Mexico"),
        ("Oxford", "University of Oxford"),
        ("Lake Victoria", "Mount Victoria"),
        ("Hudson Bay", "Hudson River"),
        ("Earth", "Earth's Moon"),
        ("neutron star", "neutron"),
        ("SN 1987A", "SN 1987"),
        ("vitamin A", "vitamin"),
    ],
)
def test_a_part_of_a_name_is_another_thing(right: str, typed: str) -> None:
    """A word is left out or added only where the rest names the same thing: Everest, and the crater Tycho."""
    assert verdict(right, typed, "text") is not Outcome.RIGHT


def test_what_the_question_asks_for_may_be_left_out() -> None:
    """Where a canal is asked for, Panama is the canal."""
    stem = "Which canal joins the Pacific to the Atlantic?"
    assert verdict("Panama Canal", "Panama", "text", stem=stem) is Outcome.RIGHT


@pytest.mark.parametrize(
    ("right", "typed", "other"),
    [
        ("Yuri Gagarin", "Юрий Гагарин", "Герман Титов"),
        ("Luna 9", "Луна-9", "Луна-10"),
        ("Chang'e-4", "嫦娥四号", "嫦娥五号"),
        ("Apollo 11", "Аpollo 11", "Аpollo 12"),
    ],
)
def test_names_are_read_in_other_scripts(right: str, typed: str, other: str) -> None:
    """A name in another script, or with a letter of one, is held against the key as it is read."""
    assert verdict(right, typed, "text") is Outcome.RIGHT
    assert verdict(right, other, "text") is not Outcome.RIGHT


@pytest.mark.parametrize(
    ("right", "typed"),
    [
        ("ethanol", "ethanal"),
        ("ethanol", "ethane"),
        ("propanol", "propanal"),
        ("hypoglycaemia", "hyperglycaemia"),
        ("interstellar", "intrastellar"),
    ],
)
def test_another_ending_or_prefix_is_another_thing(right: str, typed: str) -> None:
    """No slip is forgiven where it changes the part of a word that carries its meaning."""
    assert verdict(right, typed, "text") is not Outcome.RIGHT


@pytest.mark.parametrize("typed", ["140 km", "12 s", "heavy"])
def test_what_is_no_mass_does_not_count_where_one_is_asked_for(typed: str) -> None:
    """Another sort of thing is no answer: its writer is told in what to write it, and may."""
    found = judge(key("140 kg", "number"), typed)
    assert (found.outcome, found.note.endswith("in kg.")) == (Outcome.UNCLEAR, True)


LADDERS = [question for question in BANK.questions if question.kind == "ladder"]


@pytest.mark.parametrize("question", LADDERS, ids=lambda question: question.id)
def test_a_ladder_takes_what_other_questions_take(question: Question) -> None:
    """What counts for a key when it is typed elsewhere counts in a ladder, and a person's last name."""
    forms = {
        form
        for other in BANK.questions
        if other.kind == "text" and other.key == question.key
        for form in other.accept
    }
    if question.stem.startswith("Who ") or re.search(r"traveller|scholar|astronomer", question.stem):
        forms.add(question.key.split()[-1])
    for form in forms:
        assert judge(Key.of(question), form).outcome is Outcome.RIGHT, form
