"""Answers that Discord refuses, or does not take at once."""

import pytest

from bot.cogs import replies
from bot.cogs.replies import LateReply, follow_up_by, respond
from bot.cogs.sender import Later, Refused
from bot.pauses import Pauses

LATER, REFUSED = Later(), Refused("no")
LINKED = {"components": [{"type": 1, "components": [{"type": 2, "style": 5, "url": "https://example.org"}]}]}


class Wire:
    """Meets the failures that it is given, one a request, and then takes what it is sent."""

    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.is_taken = False

    async def answer(self, *_: object, **__: object) -> None:
        """Take a request, or fail."""
        if self.failures:
            raise self.failures.pop(0)
        self.is_taken = True

    def on_answered(self, _: int) -> None:
        """Note nothing."""


@pytest.mark.parametrize("follows_up", [False, True])
@pytest.mark.parametrize("message", [{}, LINKED], ids=["plain", "linked"])
@pytest.mark.parametrize(
    ("failures", "is_told"),
    [
        ([REFUSED], True),
        ([LATER, REFUSED], True),
        ([REFUSED, LATER], True),
        ([REFUSED, REFUSED], False),
        ([LATER, REFUSED, LATER, REFUSED], False),
        ([LATER, LATER, LATER, LATER, REFUSED, REFUSED], False),
    ],
)
async def test_the_second_refusal_is_believed(
    failures: list[Exception],
    is_told: bool,
    message: dict[str, object],
    follows_up: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One refusal leaves nobody without an answer, whatever came before it; what is not told is said."""
    monkeypatch.setattr(replies, "_PROMPT", Pauses((0.0,)))
    monkeypatch.setattr(replies, "pause_after", lambda *_: 0.0)
    wire = Wire([*failures])
    told = follow_up_by(wire, "/w", message) if follows_up else respond(wire, 1, "t", 4, message)  # type: ignore[arg-type]
    if is_told:
        await told
    else:
        with pytest.raises(LateReply):
            await told
    assert wire.is_taken is is_told
