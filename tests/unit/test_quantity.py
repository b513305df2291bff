"""Amounts as people write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank.quantity import Amount, parse_amount


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
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, number: float, unit: str) -> None:
    """Digits, grouped or not, signs, fractions, counts and ranks in words all give a number and a unit."""
    amount = parse_amount(text)
    assert amount is not None
    assert amount.number == pytest.approx(number)
    assert amount.unit == unit


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
)
def test_what_is_written_is_read_back(scaled: int, decimals: int, grouped: bool, unit: str) -> None:
    """Law: an amount written in any form is read as the same number, in the same unit."""
    form = Amount(1, unit, decimals=decimals, grouped=grouped)
    read = parse_amount(form.written(scaled / 10**decimals))
    assert read is not None
    assert (read.number, read.unit, read.decimals) == (scaled / 10**decimals, unit, decimals)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    """Law: whatever an author writes as a value is an amount or is none."""
    amount = parse_amount(text)
    assert amount is None or math.isfinite(amount.number)
