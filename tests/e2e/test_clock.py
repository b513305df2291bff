"""The machine's clock is set while the bot plays; Discord's goes on."""

import pytest

from tests.e2e.conftest import Farside
from tests.e2e.rounds import closed, is_standings, opened


async def own_clock(farside: Farside) -> None:
    """Give the bot a clock of its own: setting it does not move Discord's."""
    await farside.kill()
    farside.clock_file = farside.clock_file.with_name("own-clock")
    await farside.restart()


@pytest.mark.long
async def test_set_forward_in_a_round(farside: Farside) -> None:
    """Set forward by twenty minutes, our clock closes no round early, and the next one comes in time."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await own_clock(farside)
    await desk.run(desk.you, quiz, "quiz start", seconds=8, questions=2, pace="fast")
    card = await desk.shown(quiz, opened())
    farside.clock_file.write_text("1200", encoding="ascii")
    await farside.until(lambda: "moved apart" in farside.log())
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    assert farside.rows("SELECT closed_at FROM rounds") == [(None,)]
    await desk.shown(quiz, closed())
    [(shown, ended)] = farside.rows("SELECT opened_at, closed_at FROM rounds")
    assert ended - shown == 8000
    await desk.shown(quiz, opened(2))
    await desk.shown(quiz, closed(2))
    await desk.shown(quiz, is_standings)


@pytest.mark.long
async def test_set_back_in_a_round(farside: Farside) -> None:
    """Set back by twenty minutes, our clock keeps no round open, no skip waiting and no pause going on."""
    desk = farside.desk
    quiz = desk.channel("quiz")
    await own_clock(farside)
    await desk.run(desk.you, quiz, "quiz start", seconds=5, questions=2, pace="fast")
    card = await desk.shown(quiz, opened())
    assert "A is in" in (await desk.press(desk.you, card, "A")).text
    farside.clock_file.write_text("-1200", encoding="ascii")
    await desk.shown(quiz, closed())
    await desk.shown(quiz, opened(2))
    farside.clock_file.write_text("-3600", encoding="ascii")
    assert (await desk.run(desk.you, quiz, "quiz skip")).text == "Skipped."
    await desk.shown(quiz, closed(2))
    await desk.shown(quiz, is_standings)
