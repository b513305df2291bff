"""What loading and drawing cost, as ratios within one run.

    python tests/bench/bench_bank.py [QUESTIONS]

Makes a bank of 10,000 questions from the shipped ones (new ids, all else as it is)
and loads it in fresh processes, the best of three each: by PyYAML's C loader alone,
by this package with an empty cache, and by this package once more. The collector is
part of the comparison: PyYAML leaves it on, so its figures are given with it and
without. Then draws from 1,000, 10,000 and 100,000 questions.
"""

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, MutableSet
from dataclasses import replace
from pathlib import Path
from random import Random

SHIPPED = Path(__file__).parents[2] / "questions"
RUNS = 3
DRAWS = 4000


def main() -> None:
    """Run every part and print what came out."""
    if len(sys.argv) == 4 and sys.argv[1] == "part":
        print(PARTS[sys.argv[2]](Path(sys.argv[3])))
        return
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "questions.yaml"
        make_bank(path, number)
        print(f"{number:,} questions, {path.stat().st_size / 2**20:.1f} MB\n")
        report_loading(path, Path(folder))
    report_drawing()


def make_bank(path: Path, number: int) -> None:
    """Write the shipped questions again and again, under new ids."""
    from bot.bank import load_bank
    from bot.bank.generator import authored
    from bot.bank.writer import dump_yaml

    bank = load_bank(SHIPPED)
    questions = bank.questions
    copies = [
        authored(
            replace(questions[index % len(questions)], id=f"{questions[index % len(questions)].id}.{index}")
        )
        for index in range(number)
    ]
    plain = {"version": 1, "topics": dict(bank.topics), "questions": copies}
    path.write_text(dump_yaml(plain), encoding="utf-8")


# ------------------------------------------------------------------------------------------------- loading


def by_pyyaml(path: Path, *, whole: bool = True, collect: bool = True) -> float:
    """Return the seconds that PyYAML's C loader takes: to values (`whole`), or to nodes only."""
    import yaml

    if not collect:
        gc.disable()
    began = time.perf_counter()
    with path.open("rb") as file:
        found = yaml.load(file, yaml.CSafeLoader) if whole else yaml.compose(file, yaml.CSafeLoader)
    took = time.perf_counter() - began
    del found
    return took


def by_farside(path: Path, *, imported: bool = True) -> float:
    """Return the seconds that `load_bank` takes, with its libraries imported before or not."""
    from bot.bank import load_bank

    if imported:
        import pydantic  # noqa: F401 # to be there already

        import bot.bank.linter
        import bot.bank.schema  # noqa: F401 # to be there already
    began = time.perf_counter()
    load_bank(path)
    return time.perf_counter() - began


PARTS: dict[str, Callable[[Path], float]] = {
    "load": by_pyyaml,
    "load, collector off": lambda path: by_pyyaml(path, collect=False),
    "compose": lambda path: by_pyyaml(path, whole=False),
    "compose, collector off": lambda path: by_pyyaml(path, whole=False, collect=False),
    "farside": by_farside,
    "farside with its imports": lambda path: by_farside(path, imported=False),
}


def seconds(part: str, path: Path, cache: Path) -> float:
    """Run one part in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "part", part, str(path)],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def report_loading(path: Path, folder: Path) -> None:
    """Print cold and warm loads beside PyYAML's."""
    yaml_parts = [part for part in PARTS if not part.startswith("farside")]
    best: dict[str, float] = {}
    for run in range(RUNS):  # taking turns, so that a busy moment of the machine meets all of them
        for part in PARTS:
            took = seconds(part, path, folder / f"{part}-{run}")
            best[part] = min(best.get(part, took), took)
    cold = best["farside"]
    whole = best["farside with its imports"]
    print(f"cold load                      {cold:6.2f} s  (and its imports: {whole:.2f} s)")
    for part in yaml_parts:
        print(f"  PyYAML {part:23} {best[part]:6.2f} s  ratio {cold / best[part]:.2f}")
    warm = min(seconds("farside with its imports", path, folder / "farside-0") for _ in range(5))
    print(f"warm load                    {warm * 1000:6.0f}   ms  ratio to cold {warm / cold:.3f}\n")


# ------------------------------------------------------------------------------------------------- drawing


def report_drawing() -> None:
    """Print what a draw costs by the size of the bank, and by what remembers the questions seen."""
    from bot.bank import Seen, load_bank
    from bot.bank.bank import Bank
    from bot.bank.part import Part

    shipped = load_bank(SHIPPED).questions
    makes: dict[str, type[MutableSet[str]]] = {"Seen": Seen, "set": set}
    first: dict[str, float] = {}
    print("a draw, of")
    for number in (1_000, 10_000, 100_000):
        copies = [replace(shipped[index % len(shipped)], id=str(index)) for index in range(number)]
        bank = Bank([Part.of(copies, {})])
        for name, make in makes.items():
            rng, seen = Random(1), make()
            bank.draw(rng, seen=seen)
            began = time.perf_counter()
            for _ in range(DRAWS):
                bank.draw(rng, seen=seen)
            each = (time.perf_counter() - began) / DRAWS * 1e6
            ratio = each / first.setdefault(name, each)
            print(f"  {number:7,} questions, {name:4}  {each:5.1f} µs  ratio to 1,000: {ratio:.2f}")
        rng, seen = Random(2), Seen()
        began = time.perf_counter()
        for _ in range(number):
            bank.draw(rng, seen=seen)
        each = (time.perf_counter() - began) / number * 1e6
        ratio = each / first.setdefault("whole", each)
        print(f"  {number:7,} questions, all    {each:5.1f} µs  ratio to 1,000: {ratio:.2f}")


if __name__ == "__main__":
    main()
