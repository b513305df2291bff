"""How a game begins: what will be played, who is in, and how points work."""

from collections.abc import Mapping

from bot.cogs.messages.components import MOON, PRIMARY, Card, Component, button, container, row, text
from bot.cogs.messages.figures import counted, moment
from bot.cogs.messages.rounds import DIFFICULTIES
from bot.cogs.messages.text import escape, shorten, shown_name, written
from bot.quiz.game import Mode, Pace, Rules, Scoring
from bot.quiz.question import PLAIN, Look, title_of
from bot.quiz.showing import Lobby

_TITLE = 60  # characters of a topic's title
_NAMED = 12  # people named who are in
_MODES = {Mode.TYPED: "typed answers", Mode.MIXED: "answers of every kind"}
_AMONG_FOUR = "A right answer among four brings 10 points times its difficulty (1 to 3)"
_WORTH = {
    Mode.CHOICE: f"{_AMONG_FOUR}, one of true or false 5",
    Mode.TYPED: "A right answer brings 12.5 points times its difficulty (1 to 3)",
    Mode.MIXED: f"{_AMONG_FOUR}, a typed one 12.5",
}
_PACES = {
    Pace.AUTO: "time to read each question",
    Pace.FAST: "fast",
    Pace.RELAXED: "relaxed, twice the time to read",
    Pace.UNTIMED: "no time limit",
}

Topics = Mapping[str, str]


def start_card(lobby: Lobby, topics: Topics, look: Look = PLAIN, *, has_begun: bool = False) -> Card:
    """Return the announcement of a game: before its first question, and (`has_begun`) beside it.

    The bank's own `look` is its title, emblem and colour, where it has them.
    """
    game, rules = lobby.game, lobby.game.rules
    shorter = shorter_text(rules, lobby.wanted)
    state, ways = _state(lobby, has_begun=has_begun)
    asked = f"{_topic(rules, topics)} · {_difficulty(rules)}"
    return [
        container(
            text(f"-# {bank}") if (bank := _bank_name(look)) else None,
            text(f"### {shown_name(lobby.starter)} starts a quiz"),
            text(f"{counted(rules.questions, 'question')} · {asked}{_mode(rules)} · {_time(rules)}"),
            text(f"-# {shorter}") if shorter else None,
            text(f"-# {rules_text(rules)}") if lobby.with_rules else None,
            text(state) if state else None,
            row(*ways, button("How points work", f"points:{game.id}")),
            colour=MOON if look.color is None else look.color,
        )
    ]


def _state(lobby: Lobby, *, has_begun: bool) -> tuple[str, list[Component]]:
    """Return when the first question comes and who is in, with the buttons for those who wait for it."""
    if has_begun:
        return f"-# {_who(lobby.players)}" if len(lobby.players) > 1 else "", []
    if lobby.starts_at is None:
        return "-# The first question is on its way.", []
    game_id = lobby.game.id
    ways = [button("I'm in", f"in:{game_id}", style=PRIMARY), button("Start now", f"now:{game_id}")]
    return f"**Starts {moment(lobby.starts_at)}** · {_who(lobby.players)}", ways


def _who(players: Mapping[int, str]) -> str:
    """Return who has said that they play."""
    names = [shown_name(name, 20) for name in list(players.values())[:_NAMED]]
    more = len(players) - len(names)
    return f"In: {', '.join(names)}{f' and {more} more' if more else ''}"


def rules_text(rules: Rules) -> str:
    """Return how a game is played and what an answer brings, in a few sentences."""
    return f"{_once(rules)} {_worth(rules)}"


def _once(rules: Rules) -> str:
    """Return who may answer, and how where answers are typed."""
    once = "Everyone in the channel may answer, once: the first answer stands."
    if rules.mode is Mode.CHOICE:
        return once
    return (
        f"{once} What you type by the button or `/answer` is shown to nobody before the question closes;"
        " a reply to the question can be read by everybody at once."
    )


def points_card(rules: Rules) -> Card:
    """Return what each sort of answer brings in a game, for whoever asks."""
    is_race = rules.scoring is Scoring.SPEED and rules.is_timed
    speed = "full points at once, falling evenly to half as time runs out" if is_race else "does not matter"
    return [
        container(
            text(f"### How points work\n{_once(rules)} A wrong one costs nothing."),
            text(
                "**Right answers**, times the difficulty (1 to 3):\n"
                "- 5 points for true or false\n"
                "- 10 points among four options\n"
                "- 12.5 points among five, and typed\n"
                f"**Speed:** {speed}\n"
                "**In a row:** the third right answer brings 2 more, then 4, 6, 8, and from the seventh on 10"
            ),
            text(
                "-# Several from a menu: all but one is worth a part. Estimates: the nearer, the more."
                " Ladders: the sooner, the more. A guess is worth the same everywhere."
            ),
        )
    ]


def _bank_name(look: Look) -> str:
    return " ".join(part for part in (look.emblem, escape(shorten(look.title, 100))) if part)


def shorter_text(rules: Rules, wanted: int) -> str:
    """Return why a game has fewer questions than were `wanted`; nothing when it has them all."""
    if rules.questions >= wanted:
        return ""
    return (
        f"You asked for {wanted}. There is only enough for {counted(rules.questions, 'question')} here"
        " without asking about the same thing twice: pick another topic, or none, for a longer game."
    )


def unmet_presets_text(presets: Rules, topics: Topics) -> str:
    """Return a word to those who can change a server's presets that the bank cannot meet any more."""
    return (
        f"This server presets {_topic(presets, topics)}, {_difficulty(presets)}. The question bank has no"
        " such questions any more, so that was left aside. `/config defaults` changes it."
    )


def _topic(rules: Rules, topics: Topics) -> str:
    return written(title_of(topics, rules.topic), _TITLE) if rules.topic else "all topics"


def _difficulty(rules: Rules) -> str:
    return DIFFICULTIES.get(rules.difficulty, "any difficulty") if rules.difficulty else "any difficulty"


def _mode(rules: Rules) -> str:
    return f" · {_MODES[rules.mode]}" if rules.mode in _MODES else ""


def _time(rules: Rules) -> str:
    return f"{rules.seconds} s each" if rules.seconds is not None else _PACES[rules.pace]


def _worth(rules: Rules) -> str:
    bonus = "From the third right answer in a row on, a streak brings 2 to 10 more."
    worth = _WORTH[rules.mode]
    if rules.scoring is Scoring.SPEED and rules.is_timed:
        return f"{worth}, down to half as time runs out. {bonus}"
    return f"{worth}; speed does not matter. {bonus}"
