"""The yardstick of long runs: whatever was played, what was told and shown is what is stored, once.

Points are worked out anew from the answers alone, round by round, as the README says they are given; scores,
boards, results and standings must equal them.
"""

import math
import re
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field

from bot.emulator.client import Message
from bot.quiz.game import LETTERS, Asked, Form, Response, Round, RoundState
from bot.quiz.marks import mark, worth_of
from bot.quiz.scoring import CUT_SHORT, streak_bonus
from bot.store.answers import list_answers, response_of
from bot.store.rounds import load_asked, load_round
from tests.e2e.conftest import Farside
from tests.e2e.rounds import is_closed, is_open, is_standings, round_of

Tally = tuple[int, int, int]  # points, answers, right ones
Tallies = dict[tuple[int, int], Tally]


@dataclass
class Promises:
    """What each player was told to be in: the answer by round and player."""

    answers: dict[tuple[int, int], Response] = field(default_factory=dict)

    def note(self, round_id: int, player: str, response: Response) -> None:
        """Keep what somebody was told; whoever is told twice is told the same."""
        before = self.answers.setdefault((round_id, int(player)), response)
        assert before == response, f"told that {before!r} is in, and then {response!r}"


def tallies(farside: Farside) -> Tallies:
    """Return what each player has got in each game, worked out from the answers alone."""
    found: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    streaks: Counter[tuple[int, int]] = Counter()
    with closing(sqlite3.connect(f"{farside.database.as_uri()}?mode=ro", uri=True, timeout=5)) as tx:
        tx.row_factory = sqlite3.Row
        keys = tx.execute("SELECT home_id, id FROM rounds ORDER BY id - behind, number").fetchall()
        for home_id, round_id in keys:
            present, asked = load_round(tx, home_id, round_id), load_asked(tx, home_id, round_id)
            assert present is not None
            assert present.state is RoundState.CLOSED, f"round {round_id} has never closed"
            given = list_answers(tx, home_id, round_id)
            for answer in given:
                who = present.game_id, answer.player_id
                marked = mark(asked, present, answer)
                streaks[who] = streaks[who] + 1 if marked.is_right else 0
                points = math.floor(worth_of(asked) * marked.share + 0.5) + streak_bonus(streaks[who])
                assert (answer.is_right, answer.points) == (marked.is_right, points), answer
                for place, more in enumerate((points, 1, int(marked.is_right))):
                    found[who][place] += more
            _end_streaks(streaks, present, {answer.player_id for answer in given})
    return {who: (points, answered, right) for who, (points, answered, right) in found.items()}


def _end_streaks(streaks: Counter[tuple[int, int]], closed: Round, answered: set[int]) -> None:
    """Let the streaks end of those who left a round out, unless it was cut short."""
    if closed.cause in CUT_SHORT:
        return
    for game_id, player in streaks:
        if game_id == closed.game_id and player not in answered:
            streaks[game_id, player] = 0


def check(farside: Farside, promises: Promises, channels: list[str]) -> None:
    """Hold everything told and shown against everything stored."""
    kept = {
        (round_id, player): response_of(option, text)
        for round_id, player, option, text in farside.rows(
            "SELECT round_id, player_id, option, text FROM answers"
        )
    }
    lost = {who: told for who, told in promises.answers.items() if kept.get(who) != told}
    assert not lost, f"told to be in, and not there: {lost}"
    found = tallies(farside)
    scores = farside.rows("SELECT game_id, player_id, points, answered, correct FROM scores")
    assert {(game, player): tuple(rest) for game, player, *rest in scores} == found
    _check_boards(farside, found)
    _check_messages(farside, kept, channels)
    _check_standings(farside, found, channels)
    _check_posts(farside)


def _check_boards(farside: Farside, found: Tallies) -> None:
    """Each server's board has its games, the board of all servers those in which two or more answered."""
    guilds = dict(farside.rows("SELECT id, home_id FROM games WHERE kind = 'channel'"))
    players = Counter(game for game, _ in found)
    expected: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (game, player), tally in found.items():
        boards = [guilds[game], 0] if players[game] > 1 else [guilds[game]] if game in guilds else []
        for board in boards if game in guilds else []:
            for place, more in enumerate(tally):
                expected[board, player][place] += more
    shown = farside.rows(
        "SELECT s.home_id, player_id, points, answered, correct FROM standings s"
        " JOIN boards b ON b.home_id = s.home_id AND b.id = s.board_id WHERE period = 'all' AND topic = ''"
    )
    assert {(guild, player): rest for guild, player, *rest in shown} == dict(expected)
    assert farside.rows("SELECT count(*) FROM entries") == [(0,)]


def _check_messages(farside: Farside, kept: dict[tuple[int, int], Response], channels: list[str]) -> None:
    """Every round of a channel stands there once, closed, with the answers that are stored."""
    shown = [m for channel in channels for m in farside.desk.messages(channel) if is_open(m) or is_closed(m)]
    live = [m.id for m in shown if is_open(m)]
    assert not live, f"messages with live buttons are left: {live}"
    rounds = Counter(map(round_of, shown))
    assert max(rounds.values()) == 1, f"a round stands in its channel twice: {rounds.most_common(3)}"
    stored = farside.rows(
        "SELECT r.id, r.message_id FROM rounds r JOIN games g ON g.id = r.id - r.behind"
        " WHERE g.kind = 'channel'"
    )
    assert {(round_of(m), int(m.id)) for m in shown} == {(one, message) for one, message in stored if message}
    chosen: dict[int, list[Response]] = defaultdict(list)
    for (round_id, _), response in kept.items():
        chosen[round_id].append(response)
    assert not {one for one, message in stored if not message} & set(chosen), "answered, and never shown"
    with closing(sqlite3.connect(f"{farside.database.as_uri()}?mode=ro", uri=True, timeout=5)) as tx:
        tx.row_factory = sqlite3.Row
        homes = dict(tx.execute("SELECT id, home_id FROM rounds").fetchall())
        for message in shown:
            number = round_of(message)
            _check_result(message, load_asked(tx, homes[number], number), chosen[number])


def _check_result(message: Message, asked: Asked, chosen: list[Response]) -> None:
    """A result says how many chose each option, where somebody answered."""
    if asked.form is not Form.PRESS:
        return
    counted = Counter(chosen)
    if not counted:
        assert "Nobody answered." in message.text, message.text
        return
    for place in range(len(asked.options)):
        line = re.search(
            rf"^\S+ \*\*{LETTERS[place]}\*\* (?:.*\n)?[▰▱]+ (\d+) chose", message.text, re.MULTILINE
        )
        assert line, f"nothing on {LETTERS[place]} in:\n{message.text}"
        assert int(line[1]) == counted[place], message.text


def _check_standings(farside: Farside, found: Tallies, channels: list[str]) -> None:
    """Every game that ended has its standings once, with everybody's points."""
    shown = [m for channel in channels for m in farside.desk.messages(channel) if is_standings(m)]
    games = farside.rows("SELECT id, state, message_id FROM games WHERE kind = 'channel'")
    assert all(state != "running" for _, state, _ in games)
    assert sorted(int(m.id) for m in shown) == sorted(message for *_, message in games if message)
    by_id = {int(m.id): m for m in shown}
    for game, _, message in games:
        points = sorted(tally[0] for (one, _), tally in found.items() if one == game)
        if message:
            told = re.findall(r"· \*\*([\d,]+)\*\* · \d+ of \d+", by_id[message].text)
            assert sorted(int(each.replace(",", "")) for each in told) == points, by_id[message].text


def _check_posts(farside: Farside) -> None:
    """Every daily post that was sent stands in its channel once.

    One that did not get through before the clock went on by a day is noted as failed; where Discord had taken
    it after all it may stand there too.
    """
    posts = farside.rows("SELECT channel_id, state, message_id FROM posts")
    states = Counter(state for _, state, _ in posts)
    assert set(states) <= {"sent", "missed", "failed"}, posts
    shown = [
        int(message.id)
        for channel in {str(channel) for channel, _, _ in posts}
        for message in farside.desk.messages(channel)
        if "Fact of the day" in message.text
    ]
    sent = {message for _, state, message in posts if state == "sent"}
    assert len(sent) == states["sent"], "two days have one message"
    assert sent <= set(shown), "a post that was sent is not there"
    assert len(set(shown) - sent) <= states["failed"], "a post stands in its channel twice"
