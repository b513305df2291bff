"""How a question is answered, and what came of its answers: buttons, menus, words, estimates.

What always holds: what somebody typed is shown escaped and shortened, and only once its round is closed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.cogs.messages.components import PRIMARY, Component, button, gallery, option, row, select, text
from bot.cogs.messages.figures import bar
from bot.cogs.messages.text import PHONE, escape, length, seen_width, shorten, shown_name, written
from bot.quiz.game import LETTERS, Answer, Asked, Form, Round, response_text
from bot.quiz.judging import Key, Outcome, measure
from bot.quiz.marks import judgement_of
from bot.quiz.question import Kind
from bot.services.pictures import suffix_of

_LABEL = 80  # characters that Discord takes on a button
_ON_PHONE = 38  # characters of a label that a phone shows; it may cut off what tells longer options apart
OPTION = 200  # characters of an option in a text
_IN_MENU = 100
_TYPED = 60  # characters of what somebody typed
_LINES = 8  # wrong answers that are shown
_ON_LINE = 15  # estimates on a line

IS_IN = "Your answer is in."
FIRST_STANDS = "You have answered already: your first answer stands."
TOO_LONG = "That is too long for an answer, so it did not count: a few words will do."

Named = Sequence[tuple[Answer, str]]


def ways(asked: Asked, present: Round, *, alone: bool = False) -> list[Component]:
    """Return what an open question is answered by, and alone what gives a ladder's next clue."""
    left = len(asked.question.clues) - len(present.clues_at) - 1
    if alone and left > 0:
        more = row(button("Next clue, for fewer points", f"soloclue:{present.id}"))
        return [*_ways(asked, present.id, alone=True), more]
    return _ways(asked, present.id, alone=alone)


def _ways(asked: Asked, round_id: int, *, alone: bool) -> list[Component]:
    if asked.form is Form.TYPED:
        return [row(button("Answer", f"{'solotype' if alone else 'type'}:{round_id}", style=PRIMARY))]
    if asked.form is Form.MENU:
        return [_menu(asked, f"{'solochoose' if alone else 'choose'}:{round_id}")]
    prefix = f"{'solo' if alone else 'answer'}:{round_id}"
    return [option_buttons(asked, lambda place: f"{prefix}:{place}")]


def option_buttons(asked: Asked, custom_id: Callable[[int], str]) -> Component:
    """Return a row with a button for each option; they have letters alone where one is too long for it."""
    labels = [f"{letter}  {each}" for letter, each in zip(LETTERS, asked.options, strict=False)]
    if max(map(len, labels)) > _LABEL:
        labels = list(LETTERS[: len(labels)])
    return row(*(button(label, custom_id(place)) for place, label in enumerate(labels)))


def asked_ids(round_id: int) -> tuple[str, ...]:
    """Return the custom_ids of which an open question's message has one."""
    return f"answer:{round_id}:0", f"type:{round_id}", f"choose:{round_id}"


def picture_name(asked: Asked, round_id: int) -> str:
    """Return under which name the picture that a question is about is sent; empty where there is none."""
    picture = asked.question.picture
    return f"question-{round_id}{suffix_of(picture)}" if picture is not None else ""


def picture_of(asked: Asked, round_id: int) -> Component | None:
    """Return the picture that a question is about, sent along under its name."""
    picture = asked.question.picture
    if picture is None:
        return None
    return gallery(f"attachment://{picture_name(asked, round_id)}", picture.alt)


def without_picture(asked: Asked) -> Asked:
    """Return what is asked with its picture in words, as those are told who hear it."""
    question = asked.question
    if question.picture is None:
        return asked
    told = f"{question.stem} (The picture is missing. It shows: {question.picture.alt})"
    return replace(asked, question=replace(question, stem=told, picture=None))


def listed_options(asked: Asked, most: int = OPTION) -> Component | None:
    """Return the options as a text, where a button on a phone or a menu may not show them whole."""
    return options_text(asked, most) if asked.options and _stand_in_text(asked) else None


def options_text(asked: Asked, most: int = OPTION) -> Component:
    """Return the options, each in `most` characters at most."""
    listed = zip(LETTERS, asked.options, strict=False)
    return text("\n".join(f"**{letter}**  {written(each, most)}" for letter, each in listed))


def own_fault_text() -> str:
    """Return word that a message was not taken as an answer, through no fault of its writer."""
    return "Something went wrong on our side. Please answer again by the button **Answer**."


def is_in_text(typed: str) -> str:
    """Return word that what somebody typed is stored."""
    return f'"{shown_typed(typed)}" is in. The result is shown when the question closes.'


def chosen_text(chosen: tuple[int, ...]) -> str:
    """Return word that a choice from a menu is stored."""
    verb = "is" if len(chosen) == 1 else "are"
    return f"{response_text(chosen)} {verb} in. The result is shown when the question closes."


def shown_typed(typed: str) -> str:
    """Return what somebody typed, safe to show."""
    return escape(shorten(typed, _TYPED))


def key_text(asked: Asked, heading: str = "##", *, most: int = OPTION) -> str:
    """Return the right answer under its name, as a heading: as large as the question was."""
    keys = asked.question.right
    letter = f"{LETTERS[asked.key_index]}  " if asked.form is Form.PRESS else ""
    named = " · ".join(written(key, most) for key in keys)
    return f"-# The right answer{'s' if len(keys) > 1 else ''}\n{heading} ✅ {letter}{named}"


def outcome_text(asked: Asked, answers: Named) -> str:
    """Return what people answered: bars, with their numbers and words; empty when nobody did."""
    given = [answer for answer, _ in answers]
    if not given:
        return ""
    if asked.form is not Form.TYPED:
        chosen = Counter(place for answer in given for place in answer.places)
        return counts_text(asked, [chosen[place] for place in range(len(asked.options))], len(given))
    if asked.question.kind is Kind.ESTIMATE and (line := estimates_text(asked, answers)):
        return line
    return "\n".join([*_shares(asked, given), *_wrong_lines(asked, given)])


def counts_text(asked: Asked, counts: Sequence[int], answered: int, *, most: int = OPTION) -> str:
    """Return for each option whether it is right, a bar, and how many of `answered` chose it.

    Bars stand before their options, or below them where one has no room beside it on a phone.
    """
    right, rows = asked.key_places, []
    for place, (each, count) in enumerate(zip(asked.options, counts, strict=True)):
        shown, is_right = written(each, most), place in right
        head = f"{'✅' if is_right else '▫️'} **{LETTERS[place]}**"
        rows.append((head, f"{bar(count / answered)} {count:,} chose", f"**{shown}**" if is_right else shown))
    beside = [" ".join(parts) for parts in rows]
    if max(map(seen_width, beside)) <= PHONE:
        return "\n".join(beside)
    return "\n".join(f"{head} {shown}\n{measured}" for head, measured, shown in rows)


def estimates_text(asked: Asked, answers: Named) -> str:
    """Return all estimates on a line, the right number among them; empty when nobody gave one."""
    key = Key.of(asked.question)
    right = measure(key, asked.question.key)
    placed = [
        (found.number, f"{shown_typed(answer.response)} ({shown_name(name)})")
        for answer, name in answers
        if isinstance(answer.response, str) and (found := measure(key, answer.response)) is not None
    ]
    if right is None or not placed:
        return ""
    nearest = sorted(placed, key=lambda one: abs(one[0] - right.number))[:_ON_LINE]
    line = sorted(
        [*nearest, (right.number, f"**▸ {written(asked.question.key, OPTION)} ◂**")], key=lambda one: one[0]
    )
    more = len(placed) - len(nearest)
    return " — ".join(shown for _, shown in line) + (f" · and {more} farther off" if more else "")


def own_response_text(asked: Asked, answer: Answer) -> str:
    """Return an answer in the words of whoever gave it, without a word on whether it is right."""
    if isinstance(answer.response, str):
        return f'"{shown_typed(answer.response)}"'
    if isinstance(answer.response, int):
        return f"{LETTERS[answer.response]}  {written(asked.options[answer.response], OPTION)}"
    return response_text(answer.response)


def own_answer_text(asked: Asked, answer: Answer) -> str:
    """Return what came of one's own answer that was not right, without its mark."""
    if isinstance(answer.response, str):
        judgement = judgement_of(asked, answer)
        note = f" {judgement.note}" if judgement is not None and judgement.note else ""
        return f'you wrote "{shown_typed(answer.response)}".{note}'
    if isinstance(answer.response, int):
        chosen = written(asked.options[answer.response], OPTION)
        return f"you chose {LETTERS[answer.response]}  {chosen}"
    return f"you chose {response_text(answer.response)}"


def is_near(asked: Asked, answer: Answer) -> bool:
    """Return whether an answer that is not right is told to be close."""
    judgement = judgement_of(asked, answer)
    is_close = judgement is not None and judgement.outcome is Outcome.CLOSE
    return not answer.is_right and (is_close or answer.points > 0)


def _menu(asked: Asked, custom_id: str) -> Component:
    count = len(asked.key_places)
    options = [
        option(shorten(f"{LETTERS[place]}  {each}", _IN_MENU), str(place))
        for place, each in enumerate(asked.options)
    ]
    return row(select(custom_id, options, placeholder=f"Choose {count}", least=count, most=count))


def _stand_in_text(asked: Asked) -> bool:
    most = _ON_PHONE if asked.form is Form.PRESS else _IN_MENU
    return any(length(option) + 3 > most for option in asked.options)


def _shares(asked: Asked, answers: Sequence[Answer]) -> list[str]:
    """Return how many of those who typed were right, were close, and were neither."""
    right = sum(bool(answer.is_right) for answer in answers)
    near = sum(is_near(asked, answer) for answer in answers)
    rows = (("✅", right, "right"), ("≈", near, "close"), ("❌", len(answers) - right - near, "wrong"))
    return [f"{mark} {bar(count / len(answers))} {count} {word}" for mark, count, word in rows if count]


def _wrong_lines(asked: Asked, answers: Sequence[Answer]) -> list[str]:
    """Return what was typed that is not right, each once with how many typed it, the most frequent first."""
    wrong = [answer for answer in answers if not answer.is_right]
    counted = Counter(
        (is_near(asked, answer), answer.response) for answer in wrong if isinstance(answer.response, str)
    )
    lines = [
        f"▫️ {shown_typed(typed)}{' (close)' if is_close else ''} · {count} wrote it"
        for (is_close, typed), count in counted.most_common(_LINES)
    ]
    more = len(counted) - len(lines)
    return [*lines, f"-# and {more} more"] if more else lines
