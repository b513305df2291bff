"""The gateway's patience: pauses that stay under a minute, so that a gateway that is well is soon used."""

from bot.cogs.gateway import CappedBackoff


def test_pauses_between_connections() -> None:
    """However long the trouble, the next try comes within a minute, and not at once."""
    backoff = CappedBackoff()
    pauses = [backoff.delay() for _ in range(200)]
    assert max(pauses) < 60
    assert min(pauses) > 0.5
    assert sum(pauses[:4]) < 20
