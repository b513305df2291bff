"""Laws of the drafter: any text ends in a valid draft or a clear error, in bounded time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank import BankError
from bot.bank.facts import Status, faults
from bot.drafter import draft
from bot.drafter.draft import stems
from bot.drafter.paragraphs import Format
from tests.bounds import processor_seconds
from tests.laws import tried

WORDS = (
    re.findall(
        r"\S+", "the a of in on and which who that was has been said Dr Ana Brevik Oslo Norway Tarn 4 1990"
    )
    + re.findall(
        r"\S+", "12.5 £3m 40 per cent million metres fifth largest because called known as it she they"
    )
    + re.findall(
        r"\S+", "ship found sank built A The In Since half two 6 November 2022 years ago's minus 5ft %"
    )
    + ["“", "”", "(", ")", ",", ".", ";", "–", "?", "'", '"', "<p>", "</b>", "*", "#", "[x](y)", "-"]
)
FORMATS: list[Format] = ["text", "markdown", "html"]


def _holds(text: str, kind: Format) -> None:
    try:
        file = draft(text, name="any", kind=kind).facts_file
    except BankError:
        return  # its sentences are tested with the articles
    assert list(faults(file)) == []
    for fact in file.facts:
        assert fact.status is Status.DRAFT
        assert all(f" {fact.value.casefold()} " not in f" {stem.casefold()} " for stem in stems(fact))
        if fact.tolerance is not None:
            assert fact.tolerance.low <= fact.tolerance.high


@tried(25)
@given(st.text(max_size=300), st.sampled_from(FORMATS))
def test_any_text_ends_in_a_draft_or_a_clear_error(text: str, kind: Format) -> None:
    """Whatever the text, nothing but a valid draft or a BankError comes out."""
    _holds(text, kind)


@tried(30)
@given(st.lists(st.sampled_from(WORDS), min_size=4, max_size=60).map(" ".join), st.sampled_from(FORMATS))
def test_any_sentence_like_text_ends_in_a_valid_draft(text: str, kind: Format) -> None:
    """Words of news in any order keep the laws: valid facts, no stem that holds its value."""
    _holds(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        f"Dr Ana {'A' * 90} found Oslo.",
        "0 0 ² cows",
        "the the -0 -0",
        "the the [x](y) because “",
        ".\n the the the",
        "It is ½ of 5ft² wide.",
    ],
)
def test_texts_that_once_failed(text: str) -> None:
    """Endless names, superscripts, a negative nought, a lone quotation mark, a lone full stop end well."""
    for kind in FORMATS:
        _holds(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "words |  ---  | " * 24 + "x" * 60 + ".",
        "A " * 200_000,
        "1," * 300_000,
        ". A" * 200_000,
        "one " * 200_000,
        "(" * 500_000,
        '"' * 500_000,
        "The man " + "that saw the man " * 20_000 + "has 5 dogs.",
        "Aa " * 450 + "is 5 metres long. ",
    ],
    ids=["a", "cells", "A", "commas", "stops", "ones", "brackets", "quotes", "that", "capitals"],
)
def test_hostile_text_takes_bounded_time(text: str) -> None:
    """No pattern runs away on long runs of one thing; the usual time is below a second."""
    with processor_seconds(20):
        _holds(text, "text")
