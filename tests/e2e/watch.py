"""What a process that runs for long must not do: take more and more memory, descriptors, threads or tasks.

A run is watched by samples; the middles of its thirds are held against each other. What grows from each to
the next has a slope; a peak is forgiven, and so is a step, as when something is read that is needed once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import median

import psutil

MIB = 1 << 20


@dataclass(frozen=True)
class Sample:
    """What a process has at one moment; of a `Watch`, how much more of it is too much."""

    memory: float  # bytes, resident
    descriptors: float
    threads: float
    tasks: float  # of the event loop

    @classmethod
    def of(cls, pid: int, tasks: float) -> "Sample":
        """Return a sample of a process; its tasks are what it says itself."""
        process = psutil.Process(pid)
        with process.oneshot():
            memory = process.memory_info().rss
            return cls(memory, process.num_fds(), process.num_threads(), tasks)


# What draws pictures and knows words is read when it is first needed: some 50 MiB, more where it is measured.
MOST = Sample(memory=72 * MIB, descriptors=12, threads=6, tasks=40)


def middle(samples: Sequence[Sample]) -> Sample:
    """Return the median of each number."""
    return Sample(*(median(getattr(sample, field.name) for sample in samples) for field in fields(Sample)))


def thirds(samples: Sequence[Sample]) -> tuple[Sample, Sample, Sample]:
    """Return the middle of each third."""
    third = len(samples) // 3
    assert third, "there is too little to judge by"
    return middle(samples[:third]), middle(samples[third:-third]), middle(samples[-third:])


def growth(samples: Sequence[Sample]) -> list[str]:
    """Return a sentence for each thing of which the process has taken more and more."""
    found = []
    for field in fields(Sample):
        first, second, last = (getattr(third, field.name) for third in thirds(samples))
        if min(second - first, last - second) > getattr(MOST, field.name) / 2:
            found.append(f"{field.name} grew from {first:,} to {second:,} and {last:,}")
    return found
