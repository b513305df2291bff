"""What Farside counts of itself: plain numbers, cheap enough for every press, whether anybody looks or not.

What always holds: counting takes a microsecond, imports nothing and never fails; `exposed` turns the numbers
into Prometheus' text only when it is asked. Names and units follow Prometheus' conventions: seconds, `_total`
for what only grows. No label tells of a person, a server or a question.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

Labels = tuple[str, ...]

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Counter:
    """A number for each set of labels that only grows."""

    def __init__(self, name: str, help_text: str, labels: Labels = ()) -> None:
        self.name, self.help, self.labels = name, help_text, labels
        self.values: dict[Labels, float] = {} if labels else {(): 0}

    def add(self, *labels: str, amount: float = 1) -> None:
        """Count one more, or `amount`."""
        self.values[labels] = self.values.get(labels, 0) + amount


class Histogram:
    """How often a value fell into each of some ranges."""

    def __init__(self, name: str, help_text: str, bounds: Sequence[float] = _SECONDS) -> None:
        self.name, self.help, self.bounds = name, help_text, tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.sum = 0.0

    def note(self, value: float) -> None:
        """Count a value; a negative one, which a clock that was set may give, as nothing."""
        value = max(value, 0.0)
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


@contextmanager
def pressed() -> Iterator[None]:
    """Count an answer and what it took, by what became of it: in, or the name of its refusal."""
    begun = time.perf_counter()
    try:
        yield
    except Exception as error:
        PRESSES.add(type(error).__name__)
        raise
    PRESSES.add("in")
    PRESS_SECONDS.note(time.perf_counter() - begun)


PRESSES = Counter("farside_presses", "Answers that players gave, by what became of them.", ("outcome",))
HEARD = Counter("farside_messages_heard", "Messages to Farside while a question took typed answers.")
PRESS_SECONDS = Histogram("farside_press_seconds", "From hearing an answer to its being on disk.")
COMMIT_SIZE = Histogram("farside_commit_group_size", "Changes that were stored by one commit.", _SIZES)
COMMIT_SECONDS = Histogram("farside_commit_seconds", "What a commit took.")
NOT_SAVED = Counter("farside_commits_failed", "Commits that the database did not take.")
CLOSE_LAG = Histogram("farside_close_lag_seconds", "From a round's end to its result being on disk.")
REVEAL_LAG = Histogram("farside_reveal_lag_seconds", "From a round's end to its result being shown.")
REST = Counter("farside_rest_requests", "Requests to Discord, by kind and HTTP status.", ("act", "status"))
FOLD_SECONDS = Histogram("farside_fold_seconds", "What adding settled answers to the boards took.")
DAILY = Counter("farside_daily_posts", "Daily posts, by what became of them.", ("state",))
DAILY_LAG = Histogram(
    "farside_daily_lag_seconds", "From a daily post's hour to its being sent.", (*_SECONDS, 60, 600, 3600)
)
FENCED = Counter("farside_commits_fenced", "Commits that were not kept since a shard had been taken over.")
RECONNECTS = Counter("farside_db_reconnects", "Connections to the database that had to be made anew.")
TAKEOVERS = Counter("farside_takeovers", "Shards that were claimed, by why they could be.", ("cause",))
RESUMES = Counter("farside_resumes", "Sessions taken up or begun, by how that went.", ("result",))
IDENTIFY_WAIT = Histogram(
    "farside_identify_wait_seconds", "What a shard waited for its turn to begin a session."
)

_COUNTERS = (PRESSES, HEARD, NOT_SAVED, FENCED, RECONNECTS, TAKEOVERS, RESUMES, REST, DAILY)
_HISTOGRAMS = (
    PRESS_SECONDS,
    COMMIT_SIZE,
    COMMIT_SECONDS,
    CLOSE_LAG,
    REVEAL_LAG,
    FOLD_SECONDS,
    DAILY_LAG,
    IDENTIFY_WAIT,
)

Gauges = Mapping[str, tuple[str, Callable[[], float | Mapping[str, float]]]]
"""By name: what it tells, and how to read it; a mapping gives a value for each shard."""


def exposed(gauges: Gauges) -> bytes:
    """Return all numbers, and `gauges` read at this moment, in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Everything(gauges))
    return generate_latest(registry)


class _Everything:
    """Hands the numbers over to prometheus_client."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Any]:
        """Yield every family of numbers."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        for counter in _COUNTERS:
            family = CounterMetricFamily(counter.name, counter.help, labels=counter.labels)
            for labels, value in sorted(counter.values.items()):
                family.add_metric(labels, value)
            yield family
        for histogram in _HISTOGRAMS:
            yield HistogramMetricFamily(
                histogram.name, histogram.help, buckets=_cumulated(histogram), sum_value=histogram.sum
            )
        for name, (help_text, read) in self._gauges.items():
            found = read()
            if isinstance(found, Mapping):
                gauge = GaugeMetricFamily(name, help_text, labels=("shard",))
                for shard, value in found.items():
                    gauge.add_metric((shard,), value)
            else:
                gauge = GaugeMetricFamily(name, help_text)
                gauge.add_metric((), found)
            yield gauge


def _cumulated(histogram: Histogram) -> list[tuple[str, float]]:
    total, buckets = 0, []
    for bound, count in zip((*map(str, histogram.bounds), "+Inf"), histogram.counts, strict=True):
        total += count
        buckets.append((bound, float(total)))
    return buckets
