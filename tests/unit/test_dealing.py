"""Tests are dealt out so that no process ends with one that waits for long."""

import pytest

from tests.dealing import dealt


@pytest.mark.parametrize("processes", [1, 2, 3, 8])
@pytest.mark.parametrize(("waiting", "others"), [(0, 0), (5, 90), (16, 95), (7, 0), (0, 31)])
def test_each_process_begins_with_its_own_that_wait(processes: int, waiting: int, others: int) -> None:
    """All are run, once; the longest are the first of their processes, and what needs no wait comes last."""
    first, rest = list(range(waiting)), list(range(waiting, waiting + others))
    order = dealt(first, rest, processes)
    assert sorted(order) == first + rest
    if others < processes * waiting:
        return
    left = len(order)
    for process in range(processes):
        share, order = order[: left // (processes - process)], order[left // (processes - process) :]
        left -= len(share)
        assert share == sorted(share)
        assert [one for one in share if one < waiting] == first[process::processes]
