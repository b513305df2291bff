"""Players' private lines: how many are remembered, and for how long."""

from typing import Any, cast

from bot.cogs.lines import Lines


def lines() -> Lines:
    """Return lines that nobody is told of."""
    nobody: Any = None
    return Lines(cast("Any", nobody), cast("Any", nobody), lambda: True)


async def test_memory_is_bounded() -> None:
    """However many people press, no more than ten thousand lines are remembered: the latest."""
    kept = lines()
    for player in range(12_000):
        kept.keep(1, player, "/webhooks/1/secret", 1)
    assert len(kept) == 10_000
    kept.forget(11_999)
    assert len(kept) == 9_999
    await kept.close()


async def test_a_player_has_one_line_in_a_channel() -> None:
    """A new line takes the place of the last one, in each channel apart."""
    kept = lines()
    for channel, round_id in ((1, 1), (1, 2), (2, 3)):
        kept.keep(channel, 7, f"/webhooks/1/{round_id}", round_id)
    assert len(kept) == 2
    await kept.close()
