"""Values: the answers that a sentence holds, each with its place in the sentence.

What always holds: `start` and `end` bound the words that a question must leave out; two values with the
same kind and `same` are the same answer, however they were written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.bank.facts import FactKind

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Value:
    """One answer in a sentence.

    `asked` are the words that ask for it ("how many metres"), `form` its sort within the kind ("count",
    "measure", "money", "share", "rank", "decade", "name"...), `high` the upper end of a range, `hedge` the
    words before a number that make it vague ("around"), `after` what is counted or measured behind it.
    """

    start: int
    end: int
    kind: FactKind
    text: str
    asked: str
    form: str
    number: float | None = None
    high: float | None = None
    unit: str = ""
    hedge: str = ""
    aliases: tuple[str, ...] = ()
    note: str = ""

    @property
    def single(self) -> str:
        """What a game can judge: of "10 to 15 flights" and of "57 days and 7 hours" the first number."""
        if self.kind is not FactKind.QUANTITY:
            return self.text
        return re.sub(r" to [\d.,]+", "", re.split(r"(?:, | and )(?=\d)", self.text)[0])

    @property
    def same(self) -> str:
        """What equal answers have in common."""
        if self.number is not None and self.kind is FactKind.QUANTITY:
            return f"{self.number:g}-{self.high or 0:g} {self.unit.casefold()}"
        return self.text.casefold()


def is_free(start: int, end: int, taken: Iterable[Span]) -> bool:
    """Tell whether no span in `taken` touches the letters from `start` to `end`."""
    return all(end <= first or start >= last for first, last in taken)


def is_clear(start: int, end: int, taken: Iterable[Span]) -> bool:
    """Tell whether no span in `taken` reaches over a bound: "Paris" is cut out of "An American in Paris"."""
    return is_free(start, end, (span for span in taken if not (start <= span[0] and span[1] <= end)))


_HALVES = {"½": ".5", "¼": ".25", "¾": ".75", "⅓": "", "⅔": "", "⅛": ".125"}
_GROUPED = re.compile(r"(?<![\d.,])(\d{1,3})((?:[\u00a0\u2009\u202f]\d{3})+)(?!\d)")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d{1,3}),(\d{1,2})(?=[ \u00a0\u2009\u202f](?:[a-zµ]|°))(?![\d,])")


def plain_numbers(text: str) -> str:
    """Write numbers in one manner: "12 500" parted by thin spaces, "12,5 centimetres", "3½ hours"."""
    text = _GROUPED.sub(lambda match: match[1] + re.sub(r"\D", ",", match[2]), text)
    text = _DECIMAL_COMMA.sub(r"\1.\2", text)
    return re.sub(r"(\d?) ?([½¼¾⅛])", lambda match: f"{match[1] or 0}{_HALVES[match[2]]}", text)
