"""From a facts file to a question file: what an author wrote, completed and put into one form.

What always holds:
- the same facts give the same text, byte for byte; nothing here knows the time, chance or the file system;
- a question's id depends on its own fact and wording alone: `<fact>.<kind>`, with a number or the
  author's slug from the second one on, so other facts may come and go;
- a draft, and a fact to avoid, give nothing;
- the options of a question are distinct, and no distractor lies within the tolerance of the key;
- no good question, no question: a wording without two fit distractors is left out.

Stems are people's sentences. The generator adds what can be computed without spoiling them: statements
to be told true or false, comparisons, tolerances, and wrong numbers where the author gave none.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.bank import comparison, invention
from bot.bank.facts import (
    Ask,
    AuthoredFact,
    FactKind,
    FactsFile,
    Range,
    Status,
    Use,
    Wording,
    faults,
    wordings,
)
from bot.bank.quantity import Amount, parse_amount
from bot.bank.writer import dump_yaml
from bot.quiz.question import Kind, Question, Reference, Source, Tolerance

MAX_DISTRACTORS = 4
MIN_DISTRACTORS = 2
_TYPED = (Kind.TEXT, Kind.NUMBER, Kind.YEAR)
_NUMERIC = (Kind.NUMBER, Kind.YEAR)
_NATURAL = {FactKind.YEAR: Kind.YEAR, FactKind.QUANTITY: Kind.NUMBER}
_HEADER = """\
# yaml-language-server: $schema={schema}
#
# Generated from the facts file beside it: do not edit. Change the facts, then run
#
#     farside bank generate FACTS.yaml
#
"""


def generate(file: FactsFile, *others: FactsFile, schema: str = "../questions.schema.json") -> str:
    """Return the text of the question file that `file`, and perhaps others, give rise to together.

    `schema` is the address of the JSON Schema, relative to where the text will be stored. Raises
    ValueError with every fault of a file when there is one: see `bot.bank.facts.faults`.
    """
    questions = [question for each in (file, *others) for question in generate_questions(each)]
    plain: dict[str, Any] = {"version": 1}
    if topics := _titles((file, *others), {question.topic for question in questions}):
        plain["topics"] = topics
    plain["questions"] = [_plain(question) for question in questions]
    return _HEADER.format(schema=schema) + dump_yaml(plain)


def _titles(files: Sequence[FactsFile], used: set[str]) -> dict[str, str]:
    """Return the title of each topic that is asked about, as the first file to declare it says."""
    titles: dict[str, str] = {}
    for file in files:
        for topic, title in file.topics.items():
            if topic in used:
                titles.setdefault(topic, title)
    undeclared = sorted(used - titles.keys()) if titles else ()
    return titles | {topic: topic.replace("-", " ").capitalize() for topic in undeclared}


def generate_questions(file: FactsFile) -> tuple[Question, ...]:
    """Return the questions that `file` gives rise to, in the order of its facts.

    Raises ValueError like `generate`.
    """
    if found := tuple(faults(file)):
        lines = (f"{'.'.join(map(str, fault.place))}: {fault.message}" for fault in found)
        raise ValueError("\n".join(lines))
    compared = comparison.compare(file)
    questions: list[Question] = []
    told: set[str] = set()  # statements that several facts share are told true or false once
    for fact in file.facts:
        if fact.status is Status.DRAFT or fact.use is Use.AVOID:
            continue
        questions += _asked(file, fact)
        if fact.statement not in told:
            questions += _claims(file, fact)
        told.add(fact.statement)
        questions += (_compared(file, fact, each) for each in compared.get(fact.id, ()))
    return tuple(questions)


def _asked(file: FactsFile, fact: AuthoredFact) -> Iterator[Question]:
    """Yield the questions that ask for something among options."""
    for kind, number, wording in _numbered(_wordings_by_kind(fact)):
        question = _question(file, fact, kind, f"{fact.id}.{kind}{_ending(number, wording)}", wording)
        if question is not None:
            yield question


def _wordings_by_kind(fact: AuthoredFact) -> dict[Kind, tuple[Wording, ...]]:
    if isinstance(fact.ask, Ask):
        kinds = (kind for kind in Kind if kind is not Kind.TRUE_FALSE)
        return {kind: wordings(getattr(fact.ask, kind.value)) for kind in kinds}
    return {_NATURAL.get(fact.kind, Kind.CHOICE): wordings(fact.ask)}


def _numbered(asked: dict[Kind, tuple[Wording, ...]]) -> Iterator[tuple[Kind, int, Wording]]:
    for kind, listed in asked.items():
        for number, wording in enumerate(listed, 1):
            yield kind, number, wording


def _ending(number: int, wording: Wording) -> str:
    if wording.slug is not None:
        return f"-{wording.slug}"
    return f"-{number}" if number > 1 else ""


def _question(
    file: FactsFile, fact: AuthoredFact, kind: Kind, identifier: str, wording: Wording
) -> Question | None:
    """Complete one wording, or return None where it lacks fit distractors."""
    is_own = wording.key is None
    key = fact.value if wording.key is None else wording.key
    tolerance = _tolerance(key, wording.tolerance or (fact.tolerance if is_own else None), kind)
    given = wording.distractors if wording.distractors is not None else fact.distractors if is_own else []
    distractors = _fit(key, given, tolerance)
    if len(distractors) < MIN_DISTRACTORS and kind in _NUMERIC and (amount := parse_amount(key)):
        invented = _invent(file, identifier, kind, amount, tolerance)
        distractors = _fit(key, (*distractors, *invented), tolerance)
    if len(distractors) < MIN_DISTRACTORS:
        return None
    aliases = wording.accept if wording.accept is not None else fact.aliases if is_own else []
    return Question(
        id=identifier,
        fact=fact.id,
        kind=kind,
        topic=_topic(file, fact),
        difficulty=_difficulty(fact, wording),
        stem=wording.stem,
        key=key,
        distractors=distractors,
        explanation=wording.explanation or _explanation(fact),
        source=_source(file, fact),
        accept=_accept(key, aliases, distractors) if kind in _TYPED else (),
        tolerance=tolerance if kind in _NUMERIC else None,
        allow=dict(wording.allow),
    )


def _tolerance(key: str, given: Range | None, kind: Kind) -> Tolerance | None:
    """Return what counts as right: as given, else what rounds to the key; years exactly."""
    amount = parse_amount(key)
    if amount is None:
        return None
    if kind is Kind.YEAR:
        return Tolerance(amount.number, amount.number, "year")
    if given is not None:
        return Tolerance(given.low, given.high, given.unit or amount.unit)
    slack = amount.rounding
    return Tolerance(amount.number - slack, amount.number + slack, amount.unit)


def _fit(key: str, candidates: Sequence[str], tolerance: Tolerance | None) -> tuple[str, ...]:
    """Return the candidates that are wrong for certain and differ from one another, four at most."""
    seen = {normalised(key)}
    fit: list[str] = []
    for candidate in candidates:
        if normalised(candidate) in seen or _is_within(candidate, key, tolerance):
            continue
        seen.add(normalised(candidate))
        fit.append(candidate)
    return tuple(fit[:MAX_DISTRACTORS])


def _is_within(candidate: str, key: str, tolerance: Tolerance | None) -> bool:
    """Say whether `candidate` is a number in the key's unit that the tolerance would count as right."""
    if tolerance is None:
        return False
    amount, right = parse_amount(candidate), parse_amount(key)
    if amount is None or right is None:
        return False
    same_unit = amount.unit.rstrip("s") == right.unit.rstrip("s")
    return same_unit and tolerance.low <= amount.number <= tolerance.high


def normalised(option: str) -> str:
    """Return `option` without what players overlook: case, spaces at the ends, a leading article."""
    words = option.casefold().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("a", "an", "the") else words)


def _invent(
    file: FactsFile, identifier: str, kind: Kind, amount: Amount, tolerance: Tolerance | None
) -> tuple[str, ...]:
    if kind is Kind.YEAR:
        return invention.wrong_years(
            int(amount.number), identifier, invention.last_year(file.source.published)
        )
    if tolerance is None:
        return ()
    return invention.wrong_amounts(amount, (tolerance.low, tolerance.high), identifier)


def _accept(key: str, aliases: Sequence[str], distractors: Sequence[str]) -> tuple[str, ...]:
    seen = {normalised(option) for option in (key, *distractors)}
    accept: list[str] = []
    for alias in aliases:
        if normalised(alias) not in seen:
            seen.add(normalised(alias))
            accept.append(alias)
    return tuple(accept)


def _claims(file: FactsFile, fact: AuthoredFact) -> Iterator[Question]:
    """Yield the statements to be told true or false.

    Their numbers alternate between true and false ones, from a start that differs from fact to fact,
    so that an id gives nothing away and a new statement renames no other.
    """
    asked = fact.ask if isinstance(fact.ask, Ask) else Ask()
    if asked.true_statements is None and asked.false_statements is None:
        statement, is_true = invention.claim(fact, fact.distractors or _wrong_values(file, fact))
        yield _claim(file, fact, f"{fact.id}.true_false", Wording(stem=statement), is_true=is_true)
        return
    for is_true, listed in ((True, asked.true_statements), (False, asked.false_statements)):
        first = 1 + (is_true ^ invention.coin(fact.id))
        for index, wording in enumerate(wordings(listed)):
            ending = wording.slug or str(first + 2 * index)
            yield _claim(file, fact, f"{fact.id}.true_false-{ending}", wording, is_true=is_true)


def _wrong_values(file: FactsFile, fact: AuthoredFact) -> tuple[str, ...]:
    """Return made-up wrong values for a fact whose author gave none; none for what is no number."""
    kind = _NATURAL.get(fact.kind)
    amount = parse_amount(fact.value)
    if kind is None or amount is None:
        return ()
    return _invent(file, f"{fact.id}.true_false", kind, amount, _tolerance(fact.value, fact.tolerance, kind))


def _claim(
    file: FactsFile, fact: AuthoredFact, identifier: str, wording: Wording, *, is_true: bool
) -> Question:
    return Question(
        id=identifier,
        fact=fact.id,
        kind=Kind.TRUE_FALSE,
        topic=_topic(file, fact),
        difficulty=_difficulty(fact, wording),
        stem=wording.stem,
        key=str(is_true),
        distractors=(str(not is_true),),
        explanation=wording.explanation or _explanation(fact),
        source=_source(file, fact),
        allow=dict(wording.allow),
    )


def _compared(file: FactsFile, fact: AuthoredFact, found: comparison.Comparison) -> Question:
    return Question(
        id=f"{fact.id}.order.{found.name}",
        fact=fact.id,
        kind=Kind.ORDER,
        topic=found.order.topic or _topic(file, fact),
        difficulty=1 if fact.use is Use.EASY else found.order.difficulty,
        stem=found.stem,
        key=found.key,
        distractors=found.distractors,
        explanation=found.explanation or _explanation(fact),
        source=_source(file, fact),
    )


def _topic(file: FactsFile, fact: AuthoredFact) -> str:
    return fact.topic or next(iter(file.topics), "general")


def _difficulty(fact: AuthoredFact, wording: Wording) -> int:
    if wording.difficulty is not None:
        return wording.difficulty
    return 1 if fact.use is Use.EASY else fact.difficulty


def _explanation(fact: AuthoredFact) -> str:
    """Return what to tell afterwards, in 200 characters at most."""
    if fact.explanation or len(fact.statement) <= 200:
        return fact.explanation or fact.statement
    return fact.statement[:199].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _source(file: FactsFile, fact: AuthoredFact) -> Source:
    references = [file.references[r] if isinstance(r, str) else r for r in fact.references]
    return Source(
        title=file.source.title,
        publisher=file.source.publisher,
        published=file.source.published,
        paragraphs=tuple(fact.paragraphs),
        verdict=fact.verdict,
        says=fact.says,
        references=tuple(Reference(reference.title, reference.url) for reference in references),
    )


def _plain(question: Question) -> dict[str, Any]:
    """Return `question` in the field order of the question file.

    Every field is there, empty or not, so that a reader need not ask; but `tolerance` only where the key
    is a number, and `allow` only where a rule is switched off.
    """
    tolerance, source = question.tolerance, question.source
    fields: dict[str, Any] = {
        "id": question.id,
        "fact": question.fact,
        "kind": question.kind.value,
        "topic": question.topic,
        "difficulty": question.difficulty,
        "stem": question.stem,
        "key": question.key,
        "distractors": list(question.distractors),
        "accept": list(question.accept),
        **({"tolerance": _range(tolerance)} if tolerance else {}),
        "explanation": question.explanation,
        "source": {
            "title": source.title,
            "publisher": source.publisher,
            "published": source.published,
            "paragraphs": list(source.paragraphs),
            "verdict": source.verdict.value,
            "says": source.says,
            "references": [{"title": each.title, "url": each.url} for each in source.references],
        },
    }
    if question.allow:
        fields["allow"] = dict(question.allow)
    return fields


def _range(tolerance: Tolerance) -> dict[str, Any]:
    return {"low": _trimmed(tolerance.low), "high": _trimmed(tolerance.high), "unit": tolerance.unit}


def _trimmed(number: float) -> float | int:
    """Return a whole number as an int, so that it is written without a point."""
    rounded = round(number, 9)
    return int(rounded) if rounded == int(rounded) else rounded
