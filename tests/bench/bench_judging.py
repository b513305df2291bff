"""What judging a typed answer costs: `python -m tests.bench.bench_judging`.

The table of cases of the tests, each judged afresh (what is kept of words and typed numbers forgotten) and
again; microseconds at the median and at worst, and the longest input that people can send.
"""

import statistics
import time
from pathlib import Path

from bot.bank.cases import Case, read_cases
from bot.quiz.judging import LONGEST, judge, load_words
from bot.quiz.judging.names import read_name
from bot.quiz.judging.spelling import stem
from bot.quiz.judging.tidying import plain
from bot.quiz.quantity import parse_amount

CASES = Path(__file__).parents[1] / "unit" / "judging_cases.yaml"
MEDIAN_BOUND, LONG_BOUND = 100.0, 5000.0  # microseconds
LONG = [
    "9" * 4000,
    "one " * 1000,
    "a b " * 1000,
    "1,2 or " * 570,
    "é" * 4000,
    "(" * 4000,
    "".join(map(chr, range(0x4E00, 0x5DA0))),
]


def measure(cases: tuple[Case, ...], *, afresh: bool) -> list[float]:
    """Return the microseconds of each verdict."""
    found = []
    for case in cases:
        key = case.judged_by
        if afresh:
            for cached in (read_name, stem, plain, parse_amount):
                cached.cache_clear()
        began = time.process_time()
        judge(key, case.answer)
        found.append((time.process_time() - began) * 1e6)
    return found


def main() -> None:
    """Print each figure beside its bound."""
    load_words()
    cases, _ = read_cases(CASES)
    for name, afresh in (("afresh", True), ("again", False)):
        found = measure(cases, afresh=afresh)
        median, worst = statistics.median(found), max(found)
        print(f"{name}: median {median:.0f} µs (bound {MEDIAN_BOUND:.0f}), worst {worst:.0f} µs")
    worst = 0.0
    for case in cases[::10]:
        for text in LONG:
            began = time.process_time()
            judge(case.judged_by, text)
            judge(case.judged_by, text[:LONGEST])
            worst = max(worst, (time.process_time() - began) * 1e6)
    print(f"4,000 characters, and as many of them as are read: worst {worst:.0f} µs (bound {LONG_BOUND:.0f})")


if __name__ == "__main__":
    main()
