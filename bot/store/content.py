"""A question's content as it is kept: its body, the body's hash, and the order of the options asked.

What always holds: equal content has an equal hash, whoever computes it and
whenever; what was kept is asked again as it was asked.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from bot.quiz.game import Asked
from bot.quiz.question import Question, question_from_plain, question_to_plain

_FIRST = ord("0")


class Content(NamedTuple):
    """What is kept of a question that is asked.

    `order` has a letter an option, counted from '0' through the right ones and then the wrong ones; where the
    answer is typed it is empty. The hash has 64 bits: among a million versions two share one with a chance of
    1 to 37 millions.
    """

    hash: int
    body: str
    order: str


def content_of(asked: Asked) -> Content:
    """Return what is to be kept of a question that is asked."""
    return _content(question_to_plain(asked.question), asked.options)


def id_in(body: str) -> str:
    """Return the id of the question that a body is of."""
    return _question(body).id


def asked_of(body: str, order: str) -> Asked:
    """Return the question as it was asked."""
    question = _question(body)
    pool = question.options
    return Asked(question, tuple(pool[ord(letter) - _FIRST] for letter in order))


@lru_cache(maxsize=8192)
def content_of_snapshot(snapshot: str) -> Content:
    """Return what is to be kept of a question that an earlier Farside stored whole with its round."""
    plain = orjson.loads(snapshot)
    return _content(plain["question"], plain["options"])


def _content(plain: Mapping[str, Any], options: Sequence[str]) -> Content:
    keys = plain.get("keys") or [plain["key"]]
    pool = [*keys, *plain["distractors"]]
    if missing := [option for option in options if option not in pool]:
        pool += missing
        plain = {**plain, "distractors": pool[len(keys) :]}
    body = orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    digest = int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)
    return Content(digest, body.decode(), "".join(chr(_FIRST + pool.index(option)) for option in options))


@lru_cache(maxsize=1024)
def _question(body: str) -> Question:
    return question_from_plain(orjson.loads(body))
