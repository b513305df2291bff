"""Simulated players answer as people do: once, in time, some right and some wrong."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.preview.players import HABITS, Habit, Players
from bot.quiz.question import Kind, Question
from tests.banks import faultless

ASKED = faultless(key="Chang'e-4", distractors=("Luna 9", "Surveyor 1", "Ranger 4"))


def card(labels: list[str], *, text: str = "", disabled: bool = False, ident: str = "1") -> dict[str, Any]:
    """Return a message that asks the question with these buttons."""
    buttons = [
        {"type": 2, "label": label, "custom_id": f"answer:7:{index}", "disabled": disabled}
        for index, label in enumerate(labels)
    ]
    stem = {"type": 10, "content": f"### {ASKED.stem}\n{text}"}
    return {
        "id": ident,
        "components": [{"type": 17, "components": [stem, {"type": 1, "components": buttons}]}],
    }


class Table:
    """Players at a table whose presses are noted."""

    def __init__(self, *habits: Habit, seed: int = 1, bank: tuple[Question, ...] = (ASKED,)) -> None:
        self.pressed: list[tuple[str, str, str]] = []
        self.bank = bank
        self.answered: list[tuple[str, str, str]] = []
        self.chosen: list[list[str]] = []
        self.players = Players(self, self._questions, lambda: 1000.0, random.Random(seed))
        self.players.people.update({str(number): habit for number, habit in enumerate(habits)})

    async def press(self, user_id: str, message_id: str, custom_id: str, values: Sequence[str] = ()) -> None:
        """Note a press."""
        self.pressed.append((user_id, message_id, custom_id))
        self.chosen.append(list(values))

    async def answer(self, user_id: str, channel_id: str, text: str) -> None:
        """Note what was typed."""
        self.answered.append((user_id, channel_id, text))

    def _questions(self) -> Iterator[Question]:
        return iter(self.bank)

    async def finish(self) -> list[tuple[str, str, str]]:
        """Wait until everybody has pressed."""
        while self.players.pending:
            await asyncio.gather(*self.players.pending)
        return self.pressed


QUICK = Habit("Quick", 1.0, 0.0, 0.0)
WRONG = Habit("Wrong", 0.0, 0.0, 0.0)
LABELS = ["A  Luna 9", "B  Chang'e-4", "C  Ranger 4", "D  Surveyor 1"]


async def test_a_player_who_knows_presses_the_key() -> None:
    """The key is found by the label, whatever letter stands before it."""
    table = Table(QUICK)
    table.players.look(card(LABELS))
    assert await table.finish() == [("0", "1", "answer:7:1")]


async def test_a_player_who_does_not_know_presses_something_else() -> None:
    """A wrong answer is one of the distractors."""
    table = Table(WRONG)
    table.players.look(card(LABELS))
    [(_, _, pressed)] = await table.finish()
    assert pressed in {"answer:7:0", "answer:7:2", "answer:7:3"}


async def test_options_in_the_text_are_read() -> None:
    """Options too long for a button stand in the text beside their letters."""
    table = Table(QUICK)
    text = "**A**  Luna 9\n**B**  Ranger 4\n**C**  Chang'e\\-4\n**D**  Surveyor 1"
    table.players.look(card(["A", "B", "C", "D"], text=text))
    assert await table.finish() == [("0", "1", "answer:7:2")]


async def test_a_round_is_answered_once() -> None:
    """A message that is edited is not answered again; another message is."""
    table = Table(QUICK)
    for _ in range(3):
        table.players.look(card(LABELS))
    table.players.look(card(LABELS, ident="2"))
    pressed = await table.finish()
    assert sorted(message for _, message, _ in pressed) == ["1", "2"]


async def test_what_is_no_open_round_is_let_be() -> None:
    """Disabled buttons, other buttons and plain words are not pressed."""
    table = Table(QUICK)
    table.players.look(card(LABELS, disabled=True))
    table.players.look({"id": "3", "content": "hello", "components": []})
    assert await table.finish() == []


async def test_a_question_that_the_bank_does_not_know_is_guessed() -> None:
    """A bank that changed meanwhile stops nobody from playing."""
    table = Table(QUICK, bank=(faultless(kind=Kind.CHOICE, stem="Something else that is not on the card?"),))
    table.players.look(card(LABELS))
    assert len(await table.finish()) == 1


async def test_players_type_and_choose_from_menus() -> None:
    """A typed round is answered in words, a menu with as many options as it wants; all right by who knows."""
    typed = faultless(kind=Kind.TEXT, stem="Which crater is it?", key="Tycho", distractors=("Plato",))
    several = faultless(
        kind=Kind.SET, stem="Which two?", key="a", keys=("aa", "bb"), distractors=("cc", "dd")
    )
    table = Table(QUICK, WRONG, bank=(typed, several))
    form = {"type": 2, "label": "Answer", "custom_id": "type:7"}
    options = [{"label": f"{letter}  {each}", "value": str(place)} for place, (letter, each) in
               enumerate(zip("ABCD", ("cc", "bb", "dd", "aa"), strict=True))]  # fmt: skip
    menu = {"type": 3, "custom_id": "choose:8", "options": options, "min_values": 2}
    for ident, stem, way in (("1", typed.stem, form), ("2", several.stem, menu)):
        shown = [{"type": 10, "content": f"## {stem}"}, {"type": 1, "components": [way]}]
        table.players.look({"id": ident, "channel_id": "5", "components": shown})
    await table.finish()
    assert sorted(table.answered) == [("0", "5", "Tycho"), ("1", "5", "Plato")]
    assert {one[1:] for one in table.pressed} == {("2", "choose:8")}
    assert table.chosen[0] == ["1", "3"]
    assert all(len(set(chosen)) == 2 for chosen in table.chosen)


async def test_players_who_leave_press_no_more() -> None:
    """What was meant to be pressed later is not."""
    table = Table(Habit("Slow", 1.0, 0.9, 1.0))
    table.players.look(card(LABELS))
    await table.players.leave()
    assert table.pressed == []
    assert table.players.pending == set()


@given(st.integers(), st.floats(0.5, 60))
def test_pauses_fit_into_the_time_that_there_is(seed: int, left: float) -> None:
    """Nobody waits longer than the round is open, nor longer than people do."""
    rng = random.Random(seed)
    for habit in HABITS:
        pause = Players.pause(habit, left, rng)
        assert 0 <= pause <= min(left, 12.0)
