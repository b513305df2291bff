"""How many facts the drafter finds, how many of its candidates are worth asking, and how its questions read.

    uv run python tests/bench/bench_drafter.py [--verbose] [--fail-under] [ARTICLE ...]

Measured on every article in `tests/articles` that has a `NAME.gold.yaml`, or on the articles that are named,
each with its `NAME.gold.yaml` or `NAME.facts.yaml` beside it.

The matching rule. A candidate matches a fact when both hold:
- same paragraph: their paragraph lists share a number; in HTML and Markdown, whose blocks people count in
  different ways, any will do;
- same value: numbers are equal, whatever their unit is called; of names, the words of one stand in the other.
Found is the share of the gold `facts` that a candidate matches. A draft offers three candidates for each
hundred words at most, so not all can be. Worth is the share of candidates that match a gold fact, an entry of
`also` or of `judged` (read after a run by a person, and found worth asking).

Questions were read by a person once: `tests/articles/questions.yaml` says of each whether it can be printed
as it is (good), after a small edit (edit), or never. One that nobody has read yet counts as unread.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bot.bank.facts import AuthoredFact  # noqa: E402 - the path must be set first
from bot.drafter import draft_file  # noqa: E402
from bot.drafter.draft import stems  # noqa: E402

ARTICLES = ROOT / "tests" / "articles"
WORDS = re.split(" ", "zero one two three four five six seven eight nine ten eleven twelve")
ORDINALS = re.split(
    " ", "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
)
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "m": 1e6, "bn": 1e9, "k": 1e3}


@dataclass(frozen=True)
class Gold:
    """A fact to be found: its paragraphs and its value."""

    paragraphs: frozenset[int]
    value: str


def numbers(text: str) -> list[float]:
    """Return the numbers of a text, in digits or in words, with their scale."""
    low = re.sub(r"(?<=\d),(?=\d{3})", "", text.casefold())
    for words in (WORDS, ORDINALS):
        for number, word in enumerate(words):
            low = re.sub(rf"\b{word}\b", str(number), low)
    found = re.findall(r"(\d+(?:\.\d+)?)(?:\s*(thousand|million|billion|bn|m|k)\b)?", low)
    return [float(digits) * SCALES.get(scale, 1) for digits, scale in found]


def same_value(one: str, other: str) -> bool:
    """Apply the value half of the matching rule."""
    first, second = numbers(one), numbers(other)
    if first or second:
        return bool(first and second) and first[0] in second
    words = [set(re.findall(r"\w+", text.casefold())) - {"the", "a", "an", "of"} for text in (one, other)]
    return all(words) and (words[0] <= words[1] or words[1] <= words[0])


def matches(fact: AuthoredFact, gold: Gold, *, anywhere: bool) -> bool:
    """Apply the whole matching rule."""
    near = anywhere or bool(gold.paragraphs & set(fact.paragraphs))
    return near and any(same_value(text, gold.value) for text in (fact.value, *fact.aliases))


def read_gold(path: Path) -> tuple[list[Gold], list[Gold]]:
    """Return the facts to be found, and what else is worth asking."""
    entries: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    if isinstance(entries, list):
        entries = {"facts": [each | {"paragraphs": [each["paragraph"]]} for each in entries]}
    parts = {
        name: [Gold(frozenset(each["paragraphs"]), str(each["value"])) for each in entries.get(name) or []]
        for name in ("facts", "also", "judged")
    }
    return parts["facts"], parts["also"] + parts["judged"]


def articles(named: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Return each article with its gold file."""
    sources = [*named] or [
        path for path in sorted(ARTICLES.iterdir()) if path.suffix in (".txt", ".md", ".html")
    ]
    pairs = []
    for source in sources:
        golds = (source.with_name(f"{source.stem}.{name}.yaml") for name in ("gold", "facts"))
        pairs += [(source, gold) for gold in golds if gold.exists()][:1]
    return pairs


def share(part: int, whole: int) -> str:
    """Return "37/40 (92 %)"."""
    return f"{part}/{whole} ({100 * part / whole if whole else 100:.0f} %)"


def main() -> int:
    """Measure every article, print a line for each; with --fail-under return 1 below the bounds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("articles", nargs="*", type=Path)
    parser.add_argument("--verbose", action="store_true", help="list what was missed, and the questions")
    parser.add_argument(
        "--fail-under", action="store_true", help="exit 1 below 80 % worth, 60 % good or above 10 % never"
    )
    arguments = parser.parse_args()
    read = yaml.safe_load((ARTICLES / "questions.yaml").read_text(encoding="utf-8"))
    all_found = all_gold = all_worth = all_candidates = asked = 0
    verdicts: Counter[str] = Counter()
    for source, path in articles(arguments.articles):
        gold, also = read_gold(path)
        facts = draft_file(source).facts_file.facts
        anywhere = source.suffix != ".txt"
        missed = [each for each in gold if not any(matches(fact, each, anywhere=anywhere) for fact in facts)]
        worth = [
            fact for fact in facts if any(matches(fact, each, anywhere=anywhere) for each in gold + also)
        ]
        told = [stem for fact in facts for stem in stems(fact)]
        verdicts.update(read.get(stem, "unread") for stem in told)
        all_found, all_gold = all_found + len(gold) - len(missed), all_gold + len(gold)
        all_worth, all_candidates, asked = (
            all_worth + len(worth),
            all_candidates + len(facts),
            asked + len(told),
        )
        print(
            f"{source.name}: found {share(len(gold) - len(missed), len(gold))}, worth "
            f"{share(len(worth), len(facts))}, {len(told)} questions"
        )
        if arguments.verbose:
            for each in missed:
                print(f"    missed  {sorted(each.paragraphs)} {each.value}")
            for fact in facts:
                for stem in stems(fact):
                    print(f"    {read.get(stem, 'unread'):6}  {stem} - {fact.value}")
    print(f"all: found {share(all_found, all_gold)}, worth {share(all_worth, all_candidates)}")
    print(f"     with a question {share(asked, all_candidates)}")
    print("     " + ", ".join(f"{name} {share(count, asked)}" for name, count in verdicts.most_common()))
    low = (
        all_worth < 0.8 * all_candidates or verdicts["good"] < 0.6 * asked or verdicts["never"] > 0.1 * asked
    )
    return int(low and arguments.fail_under)


if __name__ == "__main__":
    sys.exit(main())
