"""Values: the answers that a sentence holds, each with its place in the sentence.

What always holds: `start` and `end` bound the words that a question must leave out; two values with the
same kind and `same` are the same answer, however they were written.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.bank.facts import FactKind


@dataclass(frozen=True, slots=True)
class Value:
    """One answer in a sentence.

    `asked` are the words that ask for it ("how many metres"), `form` its sort within the kind ("count",
    "measure", "rank", "decade", "person"...), `high` the upper end of a range, `hedge` the words before a
    number that make it vague ("around").
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
    stem: str = ""

    @property
    def same(self) -> str:
        """What equal answers have in common."""
        if self.number is not None and self.kind is FactKind.QUANTITY:
            return f"{self.number:g}-{self.high or 0:g} {self.unit.casefold()}"
        return self.text.casefold()


Span = tuple[int, int]


def is_free(start: int, end: int, taken: Iterable[Span]) -> bool:
    """Tell whether no span in `taken` touches the letters from `start` to `end`."""
    return all(end <= first or start >= last for first, last in taken)
