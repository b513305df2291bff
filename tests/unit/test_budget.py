"""The budget of requests."""

import asyncio

import pytest

from bot.cogs import budget
from bot.cogs.budget import Budget


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> float:
    """Make the second short, so that tests need not wait for one."""
    monkeypatch.setattr(budget, "_SECOND", 0.02)
    return 0.02


async def spend(purse: Budget, priority: int, spent: list[tuple[float, int]]) -> None:
    """Make one request; note when it was allowed."""
    async with purse.request(priority):
        spent.append((asyncio.get_running_loop().time(), priority))


async def test_never_more_in_a_second(window: float) -> None:
    """However many ask at once, no second sees more requests than are allowed, and all come in the end."""
    purse, spent = Budget(most=3), list[tuple[float, int]]()
    await asyncio.gather(*(spend(purse, 1, spent) for _ in range(10)))
    times = sorted(at for at, _ in spent)
    assert len(times) == 10
    assert all(later - sooner >= window * 0.9 for sooner, later in zip(times, times[3:], strict=False))


async def test_urgent_first(window: float) -> None:
    """Among those who wait the more urgent go first, and equals in the order in which they came."""
    purse, spent = Budget(most=1), list[tuple[float, int]]()
    await spend(purse, 0, spent)
    await asyncio.gather(*(spend(purse, priority, spent) for priority in (2, 1, 2, 0)))
    assert [priority for _, priority in spent] == [0, 0, 1, 2, 2]


async def test_a_backlog_leaves_room(window: float) -> None:
    """However much can wait is waiting, what is urgent need not wait for a second to pass."""
    purse, spent = Budget(most=6), list[tuple[float, int]]()
    backlog = asyncio.gather(*(spend(purse, 2, spent) for _ in range(12)))
    await asyncio.sleep(0)
    assert [priority for _, priority in spent] == [2] * 4
    await asyncio.gather(spend(purse, 0, spent), spend(purse, 0, spent))
    assert [priority for _, priority in spent[4:]] == [0, 0]
    await backlog
    assert len(spent) == 14


async def test_pause(window: float) -> None:
    """While Discord takes nothing, nobody gets a turn; then all go on."""
    purse, spent = Budget(most=5), list[tuple[float, int]]()
    began = asyncio.get_running_loop().time()
    purse.pause(3 * window)
    purse.pause(window)  # a shorter one changes nothing
    await asyncio.gather(spend(purse, 1, spent), spend(purse, 1, spent))
    assert all(at - began >= 3 * window - 0.002 for at, _ in spent)


async def test_giving_up_passes_the_turn_on(window: float) -> None:
    """Who is cancelled while waiting costs the others nothing."""
    purse, spent = Budget(most=1), list[tuple[float, int]]()
    await spend(purse, 1, spent)
    first, second = (asyncio.ensure_future(spend(purse, 1, spent)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert len(spent) == 2


def has_spare(purse: Budget) -> bool:
    """Return whether there is a right that nobody needs."""
    return purse.is_idle


async def test_what_nobody_misses_takes_no_right_that_is_needed(window: float) -> None:
    """There is a right to spare only while most are free, nobody waits, and Discord has not said to pause."""
    purse = Budget(most=6)
    assert has_spare(purse)
    for _ in range(3):
        await spend(purse, 1, [])
    assert not has_spare(purse)
    await asyncio.gather(*(spend(purse, 1, []) for _ in range(6)))
    assert not has_spare(purse)
    fresh = Budget(most=6)
    fresh.pause(60)
    assert not has_spare(fresh)
