"""What a service waits for only for a moment is waited for here, however busy the machine is."""

import pytest

from bot.services import boards, reviews
from tests.bounds import PATIENCE


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no result hang on how fast the machine is; a test of the impatience sets its own."""
    for service in (boards, reviews):
        monkeypatch.setattr(service, "_PATIENCE", PATIENCE)
