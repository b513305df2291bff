"""Options as other programs than Discord's own apps may send them."""

from typing import Any

import pytest

from bot.cogs.choices import unknown_option


@pytest.mark.parametrize(
    ("kind", "place"),
    [(6, "users"), (7, "channels"), (8, "roles"), (9, "users"), (9, "roles"), (11, "attachments")],
)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_an_id_of_which_nothing_is_told_is_found(kind: int, place: str, depth: int) -> None:
    """A person, role, channel or file comes with its data, however deep its option lies."""
    option: dict[str, Any] = {"type": kind, "name": "who", "value": "5"}
    options = [option]
    for _ in range(depth):
        options = [{"type": 1, "name": "deeper", "options": options}]
    assert unknown_option({"name": "x", "options": options}) == "who"
    assert unknown_option({"name": "x", "options": options, "resolved": {place: {"6": {}}}}) == "who"
    assert unknown_option({"name": "x", "options": options, "resolved": {place: {"5": {}}}}) is None


def test_words_and_numbers_stand_for_themselves() -> None:
    """Nothing has to be told about a text, a number or a truth value."""
    options = [{"type": kind, "name": "x", "value": "5"} for kind in (3, 4, 5, 10)]
    assert unknown_option({"options": options}) is None
    assert unknown_option({}) is None
