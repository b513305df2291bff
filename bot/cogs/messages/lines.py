"""The line that each player alone reads below a question: what came of their answer, and where they stand."""

from bot.cogs.messages.answering import OPTION, is_near
from bot.cogs.messages.figures import ordinal
from bot.cogs.messages.text import written
from bot.quiz.game import LETTERS, Answer, Asked, Form


def verdict_text(asked: Asked, answer: Answer, place: int | None = None) -> str:
    """Return what came of an answer once its round is closed; `place` is the player's in the game so far."""
    told = [_verdict(asked, answer)]
    if answer.is_right and answer.streak > 1:
        told.append(f"{answer.streak} in a row")
    if place is not None:
        told.append(ordinal(place))
    return " · ".join(told)


def _verdict(asked: Asked, answer: Answer) -> str:
    if answer.is_right:
        return f"✅ +{answer.points}"
    if is_near(asked, answer):
        return f"≈ {f'+{answer.points}, ' if answer.points else ''}close: it was {_key(asked)}"
    return f"❌ it was {_key(asked)}"


def _key(asked: Asked) -> str:
    if asked.form is Form.MENU:
        letters = [LETTERS[place] for place in asked.key_places]
        return f"**{', '.join(letters[:-1])} and {letters[-1]}**"
    shown = written(asked.question.key, OPTION)
    return f"**{LETTERS[asked.key_index]}** {shown}" if asked.form is Form.PRESS else f"**{shown}**"
