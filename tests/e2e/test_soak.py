"""A long run: games by the hundred, faults and kills at random, and nothing lost, doubled or grown.

Running for a time is what this test is for: it looks at the clock to know when it has run for FARSIDE_SOAK
seconds, and at nothing else by it; whatever it waits for is a condition. In the first half the bot is killed
and stopped again and again; in the second one process lives through all other faults, and is watched.
"""

import asyncio
import os
import re

import pytest

from tests.e2e import recount
from tests.e2e.conftest import Farside
from tests.e2e.crowd import Crowd
from tests.e2e.test_probes import again, ask, free_port
from tests.e2e.watch import MIB, MOST, Sample, growth, thirds

SECONDS = float(os.environ.get("FARSIDE_SOAK", "60"))
SEED = int(os.environ.get("FARSIDE_SEED", "11"))
_LINES_A_START = 12  # of the log
_LINES_A_FAULT = 4
_BYTES_AN_ANSWER = 2_000  # of the file with all that it holds, but for the questions' texts


@pytest.mark.long
async def test_soak(farside: Farside, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever happens, what was told is stored once; memory, descriptors, tasks, log and file stay small."""
    address = f"127.0.0.1:{free_port()}"
    await again(farside, FARSIDE_HTTP=address)
    crowd, loop = Crowd(farside, SEED), asyncio.get_running_loop()
    try:
        await crowd.gather()
        half, end = loop.time() + SECONDS / 2, loop.time() + SECONDS
        while loop.time() < half:
            await crowd.turn(is_deadly=True)
        before = stored(farside)
        samples: list[Sample] = []
        while loop.time() < end or len(samples) < 9:
            await crowd.turn(is_deadly=False)
            samples.append(Sample.of(farside.pid, await tasks(address)))
        await crowd.finish()
        recount.check(farside, crowd.promises, crowd.channels)
        assert not growth(samples), growth(samples)
        per_answer = bytes_an_answer(before, stored(farside))
        assert per_answer < _BYTES_AN_ANSWER, f"{per_answer:.0f} bytes an answer"
        check_log(farside, crowd)
        with capsys.disabled():
            print("\n" + figures(farside, crowd, samples, per_answer))
    except BaseException as error:
        error.add_note(f"FARSIDE_SEED={SEED} FARSIDE_SOAK={SECONDS:g}, after {dict(crowd.done)}")
        raise


async def tasks(address: str) -> float:
    """Return how many tasks the bot's loop has."""
    _, numbers = await ask(address, "/metrics")
    found = re.search(r"^farside_tasks (\S+)$", numbers, re.MULTILINE)
    assert found, numbers
    return float(found[1])


def stored(farside: Farside) -> tuple[int, int]:
    """Return how many answers there are, and the bytes of the database without the questions' texts."""
    [(answers,)] = farside.rows("SELECT count(*) FROM answers")
    [(texts,)] = farside.rows("SELECT coalesce(sum(length(body)), 0) FROM questions")
    [(pages,)], [(free,)] = farside.rows("PRAGMA page_count"), farside.rows("PRAGMA freelist_count")
    [(size,)] = farside.rows("PRAGMA page_size")
    return answers, (pages - free) * size - texts


def bytes_an_answer(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Return by how much each answer has made the file longer."""
    return (after[1] - before[1]) / (after[0] - before[0])


def check_log(farside: Farside, crowd: Crowd) -> None:
    """The log has some lines for each start and fault, and none for what goes well."""
    lines = farside.log().splitlines()
    starts = 2 + crowd.done["kills"] + crowd.done["stops"]
    most = starts * _LINES_A_START + crowd.done["faults"] * _LINES_A_FAULT
    assert len(lines) <= most, f"{len(lines)} lines in the log:\n" + "\n".join(lines[-80:])
    assert "Traceback" not in farside.log(), farside.log()


def figures(farside: Farside, crowd: Crowd, samples: list[Sample], per_answer: float) -> str:
    """Return what was done and measured."""
    first, _, last = thirds(samples)
    [(games, answers)] = farside.rows("SELECT (SELECT count(*) FROM games), (SELECT count(*) FROM answers)")
    told, lines = len(crowd.promises.answers), len(farside.log().splitlines())
    return f"""{SECONDS:g} s, seed {SEED}: {games} games, {answers} answers ({told} told)
{dict(crowd.done)}
memory {first.memory / MIB:.1f} -> {last.memory / MIB:.1f} MiB
descriptors {first.descriptors:g} -> {last.descriptors:g}
threads {first.threads:g} -> {last.threads:g}, tasks {first.tasks:g} -> {last.tasks:g}
log {lines * 60 / SECONDS:.0f} lines a minute, file {per_answer:.0f} bytes an answer"""


def sample(memory: float = 90.0, descriptors: float = 30, threads: float = 9, tasks: float = 25) -> Sample:
    """Return a sample; the memory in MiB."""
    return Sample(memory * MIB, descriptors, threads, tasks)


@pytest.mark.parametrize("what", ["memory", "descriptors", "threads", "tasks"])
def test_the_watch_sees_what_grows(what: str) -> None:
    """A slope is named, whatever grows; a peak and a step are forgiven."""
    step = getattr(MOST, what) / (MIB if what == "memory" else 1) / 40
    rising = [sample(**{what: 10 + step * number}) for number in range(90)]
    [complaint] = growth(rising)
    assert complaint.startswith(f"{what} grew from")
    peak = [sample(**{what: 9 + 1000 * (number == 45)}) for number in range(90)]
    assert growth(peak) == []
    step_up = [sample(**{what: 9 + 1000 * (number > 40)}) for number in range(90)]
    assert growth(step_up) == []
