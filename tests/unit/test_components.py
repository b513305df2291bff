"""Cards as values: which addresses are links, and what is left of a card without them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.messages.components import (
    button,
    container,
    custom_ids,
    link,
    row,
    text,
    without_links,
)
from bot.cogs.messages.sources import source_card
from bot.quiz.addresses import is_address
from bot.quiz.question import Reference, Source, Verdict

BAD = [
    "https://example.org/a page",
    "https://",
    "https:///page",
    "http://nowhere",
    "example.org",
    "ftp://example.org/",
    "javascript:alert(1)",
    "https://example.org:port/",
    "https://[::1",
    "https://.org/",
    "https://example..org/",
    "https://ada:secret@example.org/",
    "https://example.org/\u200b",
    "https://example.org/\n",
    "https://example.org/" + "a" * 512,
    "",
]


@pytest.mark.parametrize("url", BAD)
def test_addresses_that_are_no_links(url: str) -> None:
    """An address that Discord would refuse gets no button; the rest of its card is there."""
    assert not is_address(url)
    good = Reference("Good", "https://example.org/", seen="2026-01-01")
    bad = Reference("Bad", url, seen="2026-01-01")
    source = Source("A", "B", "2019", (1,), Verdict.SUPPORTED, references=(bad, good), url=url)
    card = source_card(source, "It is so.")
    urls = [one["url"] for part in card for one in part["components"] if "url" in one]
    assert urls == ["https://example.org/"]
    assert "Bad" in str(card)


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://a.b/c?d=e#f", "https://пример.рф/", "https://example.org/%20"]
)
def test_addresses_that_are_links(url: str) -> None:
    """What Discord takes stays."""
    assert is_address(url)


words = st.text("abc:-1 ", min_size=1)
leaves = st.one_of(
    st.builds(text, words),
    st.builds(button, words, words),
    st.builds(link, words, words),
)
cards = st.lists(
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, min_size=1, max_size=4).map(lambda parts: row(*parts)),
        max_leaves=8,
    ),
    max_size=5,
)


@given(cards)
def test_without_links(card: list[dict[str, Any]]) -> None:
    """No link and no empty row is left, all other buttons are, and doing it again changes nothing."""
    before = str(card)
    lighter = without_links(card)
    assert str(card) == before
    assert list(custom_ids(lighter)) == list(custom_ids(card))
    assert "'url'" not in str(lighter)
    assert "'components': []" not in str(lighter)
    assert without_links(lighter) == lighter


def test_custom_ids_at_any_depth() -> None:
    """A button in a section's corner is found like one in a row."""
    section = {"type": 9, "components": [text("a")], "accessory": button("b", "b:1")}
    assert list(custom_ids([container(section, row(button("c", "c:1"), link("d", "https://d.org")))])) == [
        "b:1",
        "c:1",
    ]
