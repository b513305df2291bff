"""A language model's help with the wording: it may word, complete and drop, and code checks each answer.

Any server that speaks the OpenAI chat protocol will do, Ollama among them. One request goes out for each
candidate: its evidence, its statement, its value and its question, and nothing else of the article.

What always holds: a value, its kind and its evidence stay as the drafter found them; what an answer holds is
taken only if no check finds fault with it, each field for itself; what fails, comes late or not at all
leaves the plain draft. Every fact stays a draft.
"""

import asyncio
import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.bank.facts import Ask, AuthoredFact, FactKind
from bot.bank.folding import same_answer
from bot.drafter.draft import Draft, stems
from bot.drafter.questions import faults_of
from bot.drafter.standing import stands_alone
from bot.drafter.units import SCALES
from bot.drafter.words import CLOSED, lemma, words_of
from bot.quiz.numerals import COUNTS, RANKS
from bot.quiz.quantity import parse_amount

TIMEOUT = 60.0  # seconds for an answer; a small machine takes its time
_AT_ONCE = 2
_MOST_BYTES = 200_000
_ASK_FOR = """\
You help an editor of quiz questions. You get one candidate fact: a sentence of an article, a value that
stands in it, and perhaps a question. Answer with one JSON object and nothing else:
{"drop": true or false, "ask": "...", "statement": "...", "distractors": ["...", "...", "..."]}
drop: true if no reader would want to be asked for this value.
ask: a question that is understood without the article and whose only answer is the value. Do not write the
value in it. Use no name and no number that the sentence does not hold.
statement: what the sentence says, in one sentence of your own that stands alone, with the value in it.
distractors: three wrong answers of the same sort as the value, or [] if you are not sure of them."""


class Unreachable(Exception):
    """Tells why no model could be asked, as a sentence."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    drop: bool = False
    ask: str = ""
    statement: str = ""
    distractors: list[str] = []


class Rewriter:
    """Asks one model on one server; `timeout` is in seconds for each answer."""

    def __init__(self, url: str, model: str, *, timeout: float = TIMEOUT) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model
        self._timeout = timeout

    async def rewrite(self, found: Draft) -> tuple[Draft, Counter[str]]:
        """Return the draft with what the model did well, and how often it did what.

        Raises Unreachable where the very first answer does not come: then nothing is tried further.
        """
        facts = found.facts_file.facts
        if not facts:
            return found, Counter()
        gate = asyncio.Semaphore(_AT_ONCE)
        limit = aiohttp.ClientTimeout(total=self._timeout)
        async with aiohttp.ClientSession(timeout=limit) as session:
            first = await self._answer(session, facts[0])
            if isinstance(first, Unreachable):
                raise first

            async def later(fact: AuthoredFact) -> Any:
                async with gate:
                    return await self._answer(session, fact)

            answers = [first, *await asyncio.gather(*map(later, facts[1:]))]
        count: Counter[str] = Counter()
        kept = []
        for fact, answer in zip(facts, answers, strict=True):
            better = None if isinstance(answer, Unreachable) else _taken(fact, answer, self._model, count)
            if isinstance(answer, Unreachable):
                count["unanswered"] += 1
                kept.append(fact)
            elif better is not None:
                kept.append(better)
        file = found.facts_file.model_copy(update={"facts": kept})
        return replace(found, facts_file=file), count

    async def _answer(
        self, session: aiohttp.ClientSession, fact: AuthoredFact
    ) -> "_Answer | Unreachable | None":
        """Return what the model says, None where that is no answer at all."""
        question = next(iter(stems(fact)), "")
        told = {"sentence": fact.evidence, "value": fact.value, "kind": fact.kind.value, "question": question}
        body = {
            "model": self._model,
            "temperature": 0,
            "stream": False,
            "response_format": {"type": "json_object"},
            "messages": [
                {"role": "system", "content": _ASK_FOR},
                {"role": "user", "content": json.dumps(told, ensure_ascii=False)},
            ],
        }
        try:
            async with session.post(self._url, json=body, allow_redirects=False) as response:
                if response.status != 200:
                    return Unreachable(
                        f"The server at {self._url} answered {response.status}: is the model's name right?"
                    )
                raw = await response.content.read(_MOST_BYTES)
        except TimeoutError:
            return Unreachable(f"The server at {self._url} did not answer within {self._timeout:g} seconds.")
        except (aiohttp.ClientError, ValueError, OSError) as error:
            return Unreachable(f"The server at {self._url} cannot be reached ({type(error).__name__}).")
        return _read(raw)


def _read(raw: bytes) -> _Answer | None:
    """Return the JSON object of an answer, also from within a fence; None where there is none."""
    try:
        content = json.loads(raw)["choices"][0]["message"]["content"]
        found = re.search(r"\{.*\}", content, re.DOTALL)
        return _Answer.model_validate_json(found[0]) if found else None
    except (ValueError, KeyError, IndexError, TypeError, ValidationError, RecursionError):
        return None


def _taken(
    fact: AuthoredFact, answer: _Answer | None, model: str, count: Counter[str]
) -> AuthoredFact | None:
    """Return the fact with what passes the checks of it, or None where it is dropped."""
    if answer is None:
        count["unreadable"] += 1
        return fact
    if answer.drop:
        count["dropped"] += 1
        return None
    changed: dict[str, Any] = {}
    if answer.statement and is_sound_statement(fact, answer.statement):
        changed["statement"] = answer.statement.strip()
    distractors = sound_distractors(fact, answer.distractors)
    if distractors:
        changed["distractors"] = distractors
    if answer.ask and is_sound_question(fact, answer.ask):
        stem = answer.ask.strip()
        typed = not (distractors or fact.distractors) and fact.kind not in (FactKind.QUANTITY, FactKind.YEAR)
        alone = stands_alone(changed.get("statement", fact.statement))
        changed["ask"] = Ask(text=stem) if typed else stem if alone else _asked(fact, stem)
    refused = bool(answer.ask and "ask" not in changed)
    count["worded" if "ask" in changed else "refused" if refused else "kept"] += 1
    if not changed:
        return fact
    note = f"{fact.note} Worded by {model}." if "ask" in changed or "statement" in changed else fact.note
    return fact.model_copy(update={**changed, "note": note})


def _asked(fact: AuthoredFact, stem: str) -> Ask:
    kind = {FactKind.QUANTITY: "number", FactKind.YEAR: "year"}.get(fact.kind, "choice")
    return Ask.model_validate({kind: stem})


# The checks


def is_sound_question(fact: AuthoredFact, stem: str) -> bool:
    """Tell whether a question names nothing that the evidence lacks, leaves the key open and reads well."""
    text = stem.strip()
    if not text.endswith("?") or "\n" in text or not text[:1].isupper():
        return False
    return not faults_of(text, fact) and _asks_for(text, fact.kind) and _knows_no_more(text, fact)


_AMOUNT = r"\bhow (?:many|much)\b"
_TIME = r"\b(?:which|what) (?:year|date|day|month|decade|century)\b|\bwhen\b"
_ASKING = {
    FactKind.QUANTITY: rf"{_AMOUNT}|\bhow [a-z]+|\bwhat\b",
    FactKind.YEAR: _TIME,
    FactKind.DATE: _TIME,
    FactKind.PERIOD: rf"{_TIME}|\bwh(?:ich|at)\b",
    FactKind.CAUSE: r"\bwhy\b|\bwhat\b",
}


def _asks_for(text: str, kind: FactKind) -> bool:
    """Tell whether a question's words ask for such a value: of a year, not who did it."""
    asking = _ASKING.get(kind)
    if asking is None:
        return not re.search(f"{_AMOUNT}|{_TIME}", text.lower())
    return bool(re.search(asking, text.lower()))


def is_sound_statement(fact: AuthoredFact, statement: str) -> bool:
    """Tell whether a statement stands alone, holds the value, and tells nothing that the evidence lacks."""
    text = statement.strip()
    fits = 10 <= len(text) <= 300 and "\n" not in text and text.endswith(".") and stands_alone(text)
    return fits and _holds(text, fact) and _knows_no_more(text, fact)


def sound_distractors(fact: AuthoredFact, given: list[str]) -> list[str]:
    """Return the wrong answers that look like the value, differ from it, and are not in the evidence."""
    evidence = (fact.evidence or "").casefold()
    amount = parse_amount(fact.value)
    kept: list[str] = []
    for option in (text.strip() for text in given[:6]):
        other = parse_amount(option)
        alike = option[:1].isupper() == fact.value[:1].isupper() and (amount is None) == (other is None)
        if amount is not None and other is not None:
            alike = alike and amount.unit == other.unit and not _is_right(fact, other.number)
        fits = 0 < len(option) <= 60 and "\n" not in option and len(option) <= 3 * len(fact.value) + 12
        known = any(same_answer(option, text) for text in (fact.value, *fact.aliases, *kept))
        akin = set(re.findall(r"\w{3,}", option.casefold())) & set(
            re.findall(r"\w{3,}", fact.value.casefold())
        )
        named = amount is None and (option.casefold() in evidence or bool(akin))
        if alike and fits and not known and not named:
            kept.append(option)
    return kept[:4] if len(kept) >= 2 else []


def _is_right(fact: AuthoredFact, number: float) -> bool:
    tolerance = fact.tolerance
    return tolerance is not None and tolerance.low <= number <= tolerance.high


def _holds(text: str, fact: AuthoredFact) -> bool:
    """Tell whether a text holds the value, however it is written."""
    plain = text.casefold()
    if any(each.casefold() in plain for each in (fact.value, *fact.aliases)):
        return True
    amount = parse_amount(fact.value)
    number = re.match(r"-?[\d.,]*\d", fact.value)
    return (
        amount is not None
        and number is not None
        and bool(re.search(rf"(?<!\d){re.escape(number[0])}(?!\d)", plain))
    )


def _knows_no_more(text: str, fact: AuthoredFact) -> bool:
    """Tell whether names, numbers and denials of a text are those of the fact as it was drafted."""
    source = " ".join((fact.evidence or "", fact.statement, fact.value, *fact.aliases, *stems(fact)))
    words = set(re.findall(r"[\w’'-]+", source.casefold()))
    told = re.findall(r"[\w’'-]+", text.casefold())
    if words & {"not", "never"} and not set(told) & {"not", "never"}:
        return False
    if (_COUNTING & set(told)) - words or not {told[0], lemma(told[0])} & (words | CLOSED | _OPENING):
        return False
    numbers = set(re.findall(r"\d[\d.,]*", source))
    for number in re.findall(r"\d[\d.,]*", text):
        if number.rstrip(".,") not in {each.rstrip(".,") for each in numbers}:
            return False
    names = re.findall(r"(?<!^)(?<![.!?] )\b[A-ZÀ-Þ][\w’'-]*", text)
    return all(re.sub(r"['’]s?$", "", name.casefold()) in words or name.casefold() in words for name in names)


_OPENING = frozenset(("who", "whom", "whose", "which", "what", "when", "where", "why", "how"))
_COUNTING = words_of("denying_words") | COUNTS.keys() | RANKS.keys() | SCALES.keys()


def told(count: Counter[str], model: str) -> str:
    """Return what became of the model's answers, in a line."""
    order = ("worded", "kept", "refused", "dropped", "unreadable", "unanswered")
    parts = [f"{count[what]} {what}" for what in order if count[what]]
    return f"{model}: {', '.join(parts) or 'nothing to word'}. What was refused stays as drafted."
