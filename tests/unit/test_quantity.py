"""Amounts as people write them."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.quiz.quantity import Amount, parse_amount, same_amount


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("350 m", 350, "m"),
        ("about 2,159 miles", 2159, "miles"),
        ("-173 °C", -173, "°C"),
        ("\u2212173 °C", -173, "°C"),
        ("59%", 59, "%"),
        ("45.5° south", 45.5, "° south"),
        ("4.51 billion years", 4.51, "billion years"),
        ("1969", 1969, ""),
        ("1/6", 1 / 6, ""),
        ("one sixth of Earth's", 1 / 6, "of Earth's"),
        ("a quarter", 0.25, ""),
        ("fifth", 5, ""),
        ("5th", 5, ""),
        ("four moons", 4, "moons"),
        ("12 lunar days", 12, "lunar days"),
        ("3 475 km", 3475, "km"),
        ("384\u202f400 km", 384400, "km"),
        ("1\u00a0391\u00a0400", 1391400, ""),
        ("12'742 km", 12742, "km"),
        ("12’742 km", 12742, "km"),
        ("1.391.400 km", 1391400, "km"),
        ("1.391,5 km", 1391.5, "km"),
        ("12,34,567 rupees", 1234567, "rupees"),
        ("3,5 t", 3.5, "t"),
        ("0,125 m", 0.125, "m"),
        ("3.84 × 10^5 km", 384000, "km"),
        ("3.84 x 10⁵ km", 384000, "km"),
        ("6.02e23", 6.02e23, ""),
        ("10⁻³ m", 0.001, "m"),
        ("½ mile", 0.5, "mile"),
        ("2 1/2 hours", 2.5, "hours"),
        ("two thirds of them", 2 / 3, "of them"),
        ("one and a half days", 1.5, "days"),
        ("twenty-four hours", 24, "hours"),
        ("two hundred and five men", 205, "men"),
        ("one in six", 1 / 6, ""),
        ("minus 173 °C", -173, "°C"),
        ("nearly 400 km", 400, "km"),
        ("12 people in 1972", 12, "people in 1972"),
        ("5 km2", 5, "km2"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, number: float, unit: str) -> None:
    """Digits, grouped or not, signs, fractions, counts and ranks in words all give a number and a unit."""
    amount = parse_amount(text)
    assert amount is not None
    assert amount.number == pytest.approx(number)
    assert amount.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "10-20 km",
        "10 to 20 km",
        "350 ± 5 m",
        "20 July 1969",
        "1:30",
        "5 ft 8 in",
        "3.84 × 105 km",
        "1,234,5",
        "12 3456",
        "12/31/1999",
        "3 of 12",
        "0x10",
        "0x1F m",
        "-0b101",
        "0o17",
        "2020/21",
        "3 in 4",
    ],
)
def test_a_piece_of_a_number_is_no_amount(text: str) -> None:
    """The whole number is read or nothing: a range, a date, a time, a power whose sign is lost."""
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("1 km", "1000 m"),
        ("1 km", "1,000 metres"),
        ("a half", "50 %"),
        ("0 °C", "32 °F"),
        ("1 day", "24 hours"),
        ("1.5 million km", "1 500 000 km"),
        ("1 mile", "1.609344 km"),
        ("4 Moons", "four moon"),
        ("36 km/h", "10 m/s"),
        ("62 mph", "100 km/h"),
        ("half a kilometre", "500 m"),
    ],
)
def test_an_amount_is_the_same_in_another_unit(first: str, other: str) -> None:
    """What two amounts measure decides, not how they are written."""
    one, two = parse_amount(first), parse_amount(other)
    assert one is not None
    assert two is not None
    assert same_amount(one, two)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("5 m", "5 s"),
        ("5 m", "5 km"),
        ("fifth", "5"),
        ("5 moons", "5 suns"),
        ("1 m", "2 m"),
        ("404 km", "405 kilometres"),
    ],
)
def test_amounts_of_different_things_are_different(first: str, other: str) -> None:
    """Metres are no seconds, and the fifth is not five."""
    one, two = parse_amount(first), parse_amount(other)
    assert one is not None
    assert two is not None
    assert not same_amount(one, two)


@pytest.mark.parametrize("text", ["", "Chang'e-4", "the 2030s", "L2", "many moons", "m 350", "/6"])
def test_what_does_not_begin_with_a_number_is_no_amount(text: str) -> None:
    """A name with a digit in it is a name, and a decade is a period."""
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("text", "rounding"),
    [
        ("350 m", 5),
        ("358 m", 0.5),
        ("4.51 Gyr", 0.005),
        ("2,500 km", 50),
        ("4 moons", 0),
        ("1/6", 0),
        ("0.27", 0.005),
    ],
)
def test_rounding_is_half_of_the_last_digit_that_says_something(text: str, rounding: float) -> None:
    """Without a tolerance of the author's, what rounds to the value counts: exactly, for a count of a few."""
    amount = parse_amount(text)
    assert amount is not None
    assert amount.rounding == pytest.approx(rounding)


@given(
    st.integers(-(10**9), 10**9),
    st.integers(0, 4),
    st.booleans(),
    st.sampled_from(["", "m", "%", "°C", "billion years", "°"]),
    st.sampled_from([(",", "."), (" ", "."), ("\u202f", ","), ("'", "."), (".", ",")]),
)
def test_what_is_written_is_read_back(
    scaled: int, decimals: int, grouped: bool, unit: str, marks: tuple[str, str]
) -> None:
    """Law: an amount written in any form is read as the same number, in the same unit."""
    form = Amount(1, unit, decimals=decimals, grouped=grouped, mark=marks[0], point=marks[1])
    assume(form.can_vary)
    assume(marks[0] != "." or not 1000 <= abs(scaled) < 10**6 or decimals)  # 1.234 has a point in English
    read = parse_amount(form.written(scaled / 10**decimals))
    assert read is not None
    assert (read.number, read.unit, read.decimals) == (scaled / 10**decimals, unit, decimals)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    """Law: whatever an author writes as a value is an amount or is none."""
    amount = parse_amount(text)
    assert amount is None or math.isfinite(amount.number)
