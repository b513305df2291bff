"""How many facts the drafter finds, and how many of its candidates are worth asking.

    uv run python tests/bench/bench_drafter.py [--shared FOLDER] [--verbose] [--fail-under]

Measured on every article in `tests/articles` that has a `NAME.gold.yaml`, and, given `--shared`, on the
`article.txt` of that folder against its `facts.yaml`.

The matching rule. A candidate matches a fact when both hold:
- same paragraph: their paragraph lists share a number; in HTML and Markdown, whose blocks people count in
  different ways, a neighbouring number will do;
- same value, normalised: numbers in words become digits, articles and hedges ("about") go, spelling of
  units is made one. Values with numbers match when the first number is equal (after "million" and the like)
  and the units, where both have one, begin alike. Names match when the words of the shorter all stand in
  the longer, in order, and make up a third of it or more.
Recall is the share of the gold `facts` (numbers, years, quantities, proper names) matched by a candidate.
Precision is the share of candidates that match a gold fact, an entry of `also` (terms, causes and lesser
facts annotated before the run), or an entry of `judged` (read after a run by a person, and found worth
asking). Each of the annotations was written before the drafter first read its article, except `judged`.

For the shared article the gold is every fact of the kinds quantity, year, spacecraft, person, place and
country; "stated" are those of them whose value stands in the article as a number or a proper name ("later
in 2020" does not: the article has no date; "on top of the lander" is no name).
"""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bot.bank.drafter import report_file  # noqa: E402 - the path must be set first
from bot.bank.facts import AuthoredFact  # noqa: E402

ARTICLES = ROOT / "tests" / "articles"
CONTRACT_KINDS = {"quantity", "year", "spacecraft", "person", "place", "country"}
WORDS = re.split(
    " ",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty",
)
NUMBERS = {word: str(number) for number, word in enumerate(WORDS)}
TENS = re.split(" ", "thirty forty fifty sixty seventy eighty ninety")
NUMBERS |= {word: str(10 * number) for number, word in enumerate(TENS, 3)}
ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        re.split(" ", "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"), 1
    )
}
FRACTIONS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
    "twentieth": 20,
}
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "m": 1e6, "bn": 1e9, "k": 1e3}
IDLE = set(re.split(" ", "a an the about around roughly only most of in on later nearly almost ago old some"))
UNITS = {
    "£": "pounds", "$": "dollars", "€": "euros", "%": "per cent", "percent": "per cent", "km": "kilometres",
    "m": "metres", "kg": "kilograms", "°c": "degrees celsius", "cm": "centimetres", "mph": "miles per hour",
}  # fmt: skip


@dataclass(frozen=True)
class Gold:
    """A fact to be found: its paragraphs, the spellings of its value, its kind."""

    paragraphs: frozenset[int]
    values: tuple[str, ...]
    kind: str


def normalised(text: str) -> str:
    """Return small letters, numbers in digits, units under one name, without articles and hedges."""
    low = text.casefold().replace("’", "'").replace("−", "-").replace("minus ", "-")
    low = re.sub(r"(?<=\d),(?=\d{3})", "", low)
    low = re.sub(r"([£$€])\s?([\d.]+)\s?(million|billion|m|bn|k)?\b", r"\2 \3 \1", low)
    low = re.sub(r"(?<=\d)(?=[a-z°%])", " ", low)
    low = re.sub(r"(?<=\w)[‐-―-](?=\w)", " ", low)
    fraction = re.fullmatch(r"(?:about |roughly )?(?:an?|one) (\w+)(?: of .*)?", low)
    if fraction and fraction[1] in FRACTIONS:
        return f"1/{FRACTIONS[fraction[1]]}"
    if re.match(r"half an? \w+", low):
        low = "0.5 " + low.split(maxsplit=2)[2]
    words = [word.strip(",;:()'\"") for word in low.split()]
    words = [NUMBERS.get(word, ORDINALS.get(word, word)) for word in words]
    words = [UNITS.get(word, word) for word in words if word not in IDLE]
    words = [re.sub(r"^(\d+)(?:st|nd|rd|th)$", r"\1", word) for word in words]
    return re.sub(r"(\d) (?:st|nd|rd|th)\b", r"\1", " ".join(filter(None, words)))


def number_in(text: str) -> tuple[float, str] | None:
    """Return the first number of a normalised text with the words after it."""
    match = re.match(r"(?:ad )?(-?\d+(?:\.\d+)?)(?:/(\d+))?\s*(.*)", text)
    if not match:
        return None
    number = float(match[1]) / (float(match[2]) if match[2] else 1)
    rest = match[3].split()
    if rest and rest[0] in SCALES and (rest[0] not in ("m", "k") or len(rest) > 1):
        number *= SCALES[rest.pop(0)]
    return number, " ".join(rest)


def same_value(one: str, other: str) -> bool:
    """Apply the value half of the matching rule."""
    first, second = normalised(one), normalised(other)
    if first == second:
        return True
    for year, told in ((first, second), (second, first)):
        if re.fullmatch(r"\d{4}", year) and re.fullmatch(rf"[a-z]+ {year}", told):
            return True  # "January 2019" is told as a year
    a, b = number_in(first), number_in(second)
    if a and b:
        if abs(a[0] - b[0]) > 2e-4 * abs(b[0]):
            return False
        units = [{word[:4] for word in re.findall(r"[a-z]{2,}", rest)} for rest in (a[1], b[1])]
        return not units[0] or not units[1] or bool(units[0] & units[1])
    if a or b:
        return False
    shorter, longer = sorted((re.findall(r"[\w']+", first), re.findall(r"[\w']+", second)), key=len)
    rest = iter(longer)
    return 3 * len(shorter) >= len(longer) > 0 and all(word in rest for word in shorter)


def matches(fact: AuthoredFact, gold: Gold, slack: int) -> bool:
    """Apply the whole matching rule."""
    near = any(abs(one - other) <= slack for one in fact.paragraphs for other in gold.paragraphs)
    return near and any(
        same_value(text, value) for text in (fact.value, *fact.aliases) for value in gold.values
    )


def read_gold(path: Path) -> tuple[list[Gold], list[Gold]]:
    """Return the facts to be found, and what else is worth asking."""
    entries: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    parts = {
        name: [
            Gold(frozenset(e["paragraphs"]), (str(e["value"]),), e["kind"]) for e in entries.get(name) or []
        ]
        for name in ("facts", "also", "judged")
    }
    return parts["facts"], parts["also"] + parts["judged"]


def shared_gold(folder: Path) -> tuple[list[Gold], list[Gold], list[Gold]]:
    """Return the shared article's contract facts, those of them that it states, and all the others."""
    facts = yaml.safe_load((folder / "facts.yaml").read_text(encoding="utf-8"))
    wanted, stated, others = [], [], []
    for fact in facts:
        said = [part.strip() for part in str(fact["article_value"]).split(" / ")]
        gold = Gold(frozenset(fact["locator"]), (*said, str(fact["answer"])), fact["answer_kind"])
        if fact["answer_kind"] not in CONTRACT_KINDS:
            others.append(gold)
            continue
        wanted.append(gold)
        number = any(
            re.search(r"\d", part) or set(normalised(part).split()) & set("12345679") for part in said
        )
        named = bool(re.match(r"[A-Z]", said[0])) and "'s lander" not in said[0]
        resolved = "later in" in said[0] or said[0].startswith("about ")
        if (number and not resolved and not said[0].startswith("when")) or named:
            stated.append(gold)
    extra = ARTICLES / "shared.gold.yaml"
    return wanted, stated, others + (read_gold(extra)[1] if extra.exists() else [])


def share(part: int, whole: int) -> str:
    """Return "37/40 (92 %)"."""
    return f"{part}/{whole} ({100 * part / whole if whole else 100:.0f} %)"


def main() -> int:
    """Measure every article, print a line for each; with --fail-under return 1 below 90 and 75 per cent."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--shared", type=Path, help="a folder with article.txt and facts.yaml")
    parser.add_argument(
        "--verbose", action="store_true", help="list what was missed and what is not worth asking"
    )
    parser.add_argument(
        "--fail-under", action="store_true", help="exit 1 below 90 % recall or 75 % precision"
    )
    arguments = parser.parse_args()
    jobs = []
    for path in sorted(ARTICLES.glob("*.gold.yaml")):
        sources = [p for p in ARTICLES.glob(f"{path.name.removesuffix('.gold.yaml')}.*") if p != path]
        jobs += [(source, *read_gold(path)) for source in sources]
    if arguments.shared:
        wanted, stated, others = shared_gold(arguments.shared)
        source = arguments.shared / "article.txt"
        jobs.append((source, stated, others + [gold for gold in wanted if gold not in stated]))
        facts = report_file(source).facts_file.facts
        found = sum(any(matches(fact, gold, 0) for fact in facts) for gold in wanted)
        print(
            f"{source.name}: of all facts of its kinds, stated or implied: recall {share(found, len(wanted))}"
        )
    low = False
    for source, gold_facts, also in jobs:
        slack = 0 if source.suffix == ".txt" else 1
        facts = report_file(source).facts_file.facts
        missed = [gold for gold in gold_facts if not any(matches(fact, gold, slack) for fact in facts)]
        worth = gold_facts + also
        idle = [fact for fact in facts if not any(matches(fact, gold, slack) for gold in worth)]
        recall, precision = len(gold_facts) - len(missed), len(facts) - len(idle)
        print(
            f"{source.name}: recall {share(recall, len(gold_facts))}, precision "
            f"{share(precision, len(facts))}"
        )
        low = low or recall < 0.9 * len(gold_facts) or precision < 0.75 * len(facts)
        if arguments.verbose:
            for gold in missed:
                print(f"    missed  {sorted(gold.paragraphs)} {gold.kind}: {' / '.join(gold.values)}")
            for fact in idle:
                print(f"    idle    {fact.paragraphs} {fact.kind.value}: {fact.value} - {fact.ask}")
    return int(low and arguments.fail_under)


if __name__ == "__main__":
    sys.exit(main())
