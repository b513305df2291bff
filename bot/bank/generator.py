"""From a facts file to a question file: what an author wrote, completed and put into one form.

What always holds:
- the same facts give the same text, byte for byte; nothing here knows the time, chance or the file system;
- a question's id depends on its own fact and wording alone: `<fact>.<kind>`, with a number or the
  author's slug from the second one on, so other facts may come and go;
- a draft, and a fact to avoid, give nothing;
- the options of a question are distinct, and no distractor lies within the tolerance of the key;
- no good question, no question: a wording without two fit distractors is left out, or asked to be typed;
- a question has the fact's paragraphs and verdict only where it asks for the fact's own value.

Stems are people's sentences. The generator adds what can be computed without spoiling them: statements
to be told true or false, comparisons, tolerances, and wrong numbers where the author gave none.
"""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

from bot.bank import comparison, invention
from bot.bank.facts import (
    LONGEST_SENTENCE,
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
from bot.bank.folding import folded, same_answer
from bot.bank.writer import dump_yaml
from bot.quiz.quantity import Amount, is_within, parse_amount
from bot.quiz.question import ORDERED, Kind, Origin, Picture, Question, Reference, Source, Tolerance

MAX_DISTRACTORS = 4
MIN_DISTRACTORS = 2
_TYPED = (Kind.TEXT, Kind.NUMBER, Kind.YEAR, Kind.LADDER)
_NUMERIC = (Kind.NUMBER, Kind.YEAR, Kind.ESTIMATE)
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
    plain |= {name: told for name in ("title", "emblem", "color") if (told := getattr(file, name))}
    if topics := _titles((file, *others), {question.topic for question in questions}):
        plain["topics"] = topics
    plain["questions"] = [authored(question) for question in questions]
    return _HEADER.format(schema=schema) + dump_yaml(plain)


def of_article(file: FactsFile) -> FactsFile:
    """Return the file without the facts that its article does not tell; orders lose those, too."""
    facts = [fact for fact in file.facts if fact.source is Origin.ARTICLE]
    known = {fact.id for fact in facts}
    orders = []
    for order in file.orders:
        items = [item for item in order.items if item.fact is None or item.fact in known]
        if len(items) > 2:
            orders.append(order.model_copy(update={"items": items}))
    return file.model_copy(update={"facts": facts, "orders": orders})


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
    if found := [fault for fault in faults(file) if fault.level == "error"]:
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
    key = _key(fact, wording)
    is_own = key == fact.value
    distractors = _distractors(file, fact, kind, identifier, wording)
    if len(distractors) < MIN_DISTRACTORS and kind not in (Kind.ESTIMATE, Kind.TEXT):
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
        accept=_accept(key, aliases, distractors) if kind in _TYPED else (),
        tolerance=_right(fact, kind, wording) if kind in _NUMERIC else None,
        keys=tuple(wording.keys or ()),
        items=tuple(wording.items or ()),
        clues=tuple(wording.clues or ()),
        picture=wording.picture,
        explanation=wording.explanation or _explanation(fact),
        source=_source(file, fact, wording, says_fact=folded(key) == folded(fact.value)),
        as_of=wording.as_of or fact.as_of,
        enemies=_enemies(fact, wording),
        allow=dict(wording.allow),
    )


def _key(fact: AuthoredFact, wording: Wording) -> str:
    if wording.keys:
        return wording.keys[0]
    if wording.items:
        return ORDERED.join(wording.items)
    return fact.value if wording.key is None else wording.key


def _distractors(
    file: FactsFile, fact: AuthoredFact, kind: Kind, identifier: str, wording: Wording
) -> tuple[str, ...]:
    """Return the author's wrong answers, completed by what can be computed: wrong numbers, wrong orders."""
    if kind is Kind.ESTIMATE:
        return ()
    key, tolerance = _key(fact, wording), _right(fact, kind, wording)
    is_own = key == fact.value
    given = wording.distractors if wording.distractors is not None else fact.distractors if is_own else []
    if wording.items:
        return _fit(key, (*given, *_wrong_orders(identifier, wording.items)), None)[:3]
    distractors = _fit(key, given, tolerance)
    if len(distractors) < MIN_DISTRACTORS and kind in _NUMERIC and (amount := parse_amount(key)):
        invented = _invent(file, identifier, kind, amount, tolerance)
        distractors = _fit(key, (*distractors, *invented), tolerance)
    return () if kind is Kind.TEXT and len(distractors) < MIN_DISTRACTORS else distractors


def _right(fact: AuthoredFact, kind: Kind, wording: Wording) -> Tolerance | None:
    key = _key(fact, wording)
    return _tolerance(key, wording.tolerance or (fact.tolerance if key == fact.value else None), kind)


def _wrong_orders(identifier: str, items: Sequence[str]) -> list[str]:
    """Return the other orders of `items`, in a sequence that only the question's id decides."""
    others = [ORDERED.join(order) for order in permutations(items) if order != tuple(items)]
    return sorted(others, key=lambda order: invention.digest(f"{identifier} {order}"))


def _enemies(fact: AuthoredFact, wording: Wording) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*fact.enemies, *wording.enemies)))


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
    fit: list[str] = []
    for candidate in candidates:
        if not any(same_answer(candidate, other) for other in (key, *fit)) and _is_wrong(
            candidate, tolerance
        ):
            fit.append(candidate)
    return tuple(fit[:MAX_DISTRACTORS])


def _is_wrong(candidate: str, tolerance: Tolerance | None) -> bool:
    """Say whether `candidate` is no number, or none that the tolerance would count as right."""
    amount = parse_amount(candidate)
    if tolerance is None or amount is None:
        return True
    return not is_within(amount, tolerance.low, tolerance.high, tolerance.unit)


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
    """Return the aliases that differ from the key and each other in more than case, and are not wrong."""
    told = {key.casefold(), *(option.casefold() for option in distractors)}
    wrong = {folded(option) for option in distractors}
    accept: list[str] = []
    for alias in aliases:
        if alias.casefold() not in told and folded(alias) not in wrong:
            told.add(alias.casefold())
            accept.append(alias)
    return tuple(accept)


def _claims(file: FactsFile, fact: AuthoredFact) -> Iterator[Question]:
    """Yield the statements to be told true or false: the author's, or one where the author wrote little.

    Their numbers alternate between true and false ones, from a start that differs from fact to fact,
    so that an id gives nothing away and a new statement renames no other.
    """
    if isinstance(fact.ask, str) or fact.ask == Ask():
        statement, is_true = invention.claim(fact, fact.distractors or _wrong_values(file, fact))
        stem = f"True or false: {statement}"
        if len(stem) <= LONGEST_SENTENCE:
            yield _claim(file, fact, f"{fact.id}.true_false", Wording(stem=stem), is_true=is_true)
        return
    for is_true, listed in ((True, fact.ask.true_statements), (False, fact.ask.false_statements)):
        first = 1 + (is_true ^ invention.coin(fact.id))
        for index, wording in enumerate(wordings(listed)):
            ending = wording.slug or str(first + 2 * index)
            yield _claim(file, fact, f"{fact.id}.true_false-{ending}", wording, is_true=is_true)


def _wrong_values(file: FactsFile, fact: AuthoredFact) -> tuple[str, ...]:
    """Return made-up wrong values for a fact whose author gave none; none for what is no number."""
    kind = _NATURAL.get(fact.kind)
    if kind is None or fact.amount is None:
        return ()
    return _invent(
        file, f"{fact.id}.true_false", kind, fact.amount, _tolerance(fact.value, fact.tolerance, kind)
    )


def _claim(
    file: FactsFile, fact: AuthoredFact, identifier: str, wording: Wording, *, is_true: bool
) -> Question:
    is_by_hand = isinstance(fact.ask, Ask) and fact.ask != Ask()
    says_fact = not is_by_hand or folded(wording.stem) == folded(fact.statement)
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
        source=_source(file, fact, wording, says_fact=says_fact),
        as_of=wording.as_of or fact.as_of,
        enemies=_enemies(fact, wording),
        allow=dict(wording.allow),
    )


def _compared(file: FactsFile, fact: AuthoredFact, found: comparison.Comparison) -> Question:
    """Return a question of an order: the article says nothing of how things compare."""
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
        source=Source(
            file.source.title,
            file.source.publisher,
            file.source.published,
            references=_resolved(file, found.references),
            url=file.source.url or "",
            origin=fact.source,
        ),
        as_of=fact.as_of,
        enemies=tuple(fact.enemies),
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


def source_of(file: FactsFile, fact: AuthoredFact) -> Source:
    """Return where the fact itself comes from."""
    return _source(file, fact, Wording(stem=fact.statement), says_fact=True)


def _source(file: FactsFile, fact: AuthoredFact, wording: Wording, *, says_fact: bool) -> Source:
    """Return where a question comes from; `says_fact`: it asks for what the fact says, and nothing else."""
    inherits = says_fact and wording.paragraphs != []
    paragraphs = fact.paragraphs if wording.paragraphs is None and inherits else wording.paragraphs or ()
    verdict, says = wording.verdict, wording.says
    if inherits and fact.source is Origin.ARTICLE:
        verdict = verdict or fact.verdict
        says = says or (fact.says if wording.verdict is None else None)
    references = fact.references if wording.references is None else wording.references
    return Source(
        title=file.source.title,
        publisher=file.source.publisher,
        published=file.source.published,
        paragraphs=tuple(paragraphs),
        verdict=verdict,
        says=says,
        references=_resolved(file, references),
        url=file.source.url or "",
        origin=fact.source,
    )


def _resolved(file: FactsFile, references: Sequence[str | Reference]) -> tuple[Reference, ...]:
    """Return references as they stand in `file` under their ids; ids that it does not have are left out."""
    found = (file.references.get(one) if isinstance(one, str) else one for one in references)
    return tuple(one for one in found if one is not None)


def authored(question: Question) -> dict[str, Any]:
    """Return `question` in the field order of the question file.

    Every field is there, empty or not, so that a reader need not ask; but for those that only some kinds
    have, and those that say nothing when they are empty.
    """
    tolerance, picture = question.tolerance, question.picture
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
    }
    some = {
        "tolerance": _range(tolerance) if tolerance else None,
        **{name: list(getattr(question, name)) for name in ("keys", "items", "clues")},
        "picture": _picture(picture) if picture else None,
    }
    told = {"as_of": question.as_of, "enemies": list(question.enemies), "allow": dict(question.allow)}
    fields |= {name: value for name, value in some.items() if value}
    fields |= {"explanation": question.explanation, "source": _plain_source(question.source)}
    return fields | {name: value for name, value in told.items() if value}


def _plain_source(source: Source) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published,
        "paragraphs": list(source.paragraphs),
        "verdict": source.verdict and source.verdict.value,
        "says": source.says,
        "references": [_plain_reference(each) for each in source.references],
    }
    if source.url:
        fields["url"] = source.url
    if source.origin is not Origin.ARTICLE:
        fields["origin"] = source.origin.value
    return fields


def _plain_reference(reference: Reference) -> dict[str, str]:
    fields = {"title": reference.title, "url": reference.url}
    return fields | {name: told for name in ("seen", "seen_as") if (told := getattr(reference, name))}


def _picture(picture: Picture) -> dict[str, str]:
    fields = {"image": picture.image, "alt": picture.alt}
    return fields | ({"credit": picture.credit} if picture.credit else {})


def _range(tolerance: Tolerance) -> dict[str, Any]:
    return {"low": round(tolerance.low, 9), "high": round(tolerance.high, 9), "unit": tolerance.unit}
