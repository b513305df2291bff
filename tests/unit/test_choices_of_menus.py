"""What a menu sends back, also where it sends nothing."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot.cogs.answer import _chosen
from bot.errors import NotFound


@pytest.mark.parametrize(
    "data", [{}, {"values": None}, {"values": []}, {"values": ["x"]}, {"values": ["1", "-1"]}]
)
def test_a_damaged_choice_is_told(data: dict[str, Any]) -> None:
    """A submission without places of options, as of a button or a form, is refused with a sentence."""
    interaction: Any = SimpleNamespace(data=data)
    with pytest.raises(NotFound, match="damaged"):
        _chosen(interaction)


def test_a_choice_is_read_in_order() -> None:
    """Each place counts once."""
    interaction: Any = SimpleNamespace(data={"values": ["2", "0", "2"]})
    assert _chosen(interaction) == (0, 2)
