"""What a process that runs for long must not do: take more and more memory, descriptors, threads or tasks.

A run is watched by samples; the middle of its first third is held against the middle of its last, so that a
peak is forgiven and a slope is not.
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


def ends(samples: Sequence[Sample]) -> tuple[Sample, Sample]:
    """Return the middles of the first and of the last third."""
    third = len(samples) // 3
    assert third, "there is too little to judge by"
    return middle(samples[:third]), middle(samples[-third:])


def growth(samples: Sequence[Sample]) -> list[str]:
    """Return a sentence for each thing of which the process has taken more and more."""
    first, last = ends(samples)
    return [
        f"{field.name} grew from {getattr(first, field.name):,} to {getattr(last, field.name):,}"
        for field in fields(Sample)
        if getattr(last, field.name) - getattr(first, field.name) > getattr(MOST, field.name)
    ]
