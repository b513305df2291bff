"""Forms: which questions a game asks in its mode, and how each of them is then answered.

- choice: what one press answers;
- typed: what can be typed, and nothing else;
- mixed: each question as suits its kind: words and numbers typed, several of a list from a menu, the rest
  by one press.
"""

from bot.quiz.game import Form, Mode
from bot.quiz.question import ONE_PRESS, TYPED, Kind, Question

_WRITTEN = TYPED - {Kind.LADDER}  # a ladder's last clue tells much: among options it stays a question

KINDS = {Mode.CHOICE: ONE_PRESS, Mode.TYPED: TYPED, Mode.MIXED: frozenset(Kind)}
"""The kinds of questions that a mode asks."""


def form_of(question: Question, mode: Mode) -> Form | None:
    """Return how a question is answered in a game of that mode; None when it is not asked there."""
    if question.kind not in KINDS[mode]:
        return None
    if mode is Mode.TYPED:
        return Form.TYPED
    if mode is Mode.MIXED:
        if question.kind in _WRITTEN:
            return Form.TYPED
        if question.kind is Kind.SET:
            return Form.MENU if question.distractors and question.keys else None
        if question.kind is Kind.LADDER:
            return Form.PRESS if question.distractors else Form.TYPED
    return Form.PRESS if question.is_pressed else None
