"""Ratings as rows: how strong a player is in a home, by topic and in all."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from bot.quiz.rating import UNKNOWN, Rating, rate
from bot.store.tx import Tx

_MOST = 200  # players a statement
OVERALL = ""  # the topic of all topics together


@dataclass(frozen=True, slots=True)
class Rated:
    """A player's rating on a topic, and from how many answers it comes."""

    home_id: int
    player_id: int
    topic: str
    rating: Rating = UNKNOWN
    answers: int = 0

    def after(self, question: Rating, *, is_right: bool) -> "Rated":
        """Return the rating after one more answer."""
        rating = rate(self.rating, question, is_right=is_right)
        return replace(self, rating=rating, answers=self.answers + 1)


def load_ratings(
    tx: Tx, home_id: int, player_ids: Collection[int], topics: Collection[str]
) -> dict[tuple[int, str], Rated]:
    """Return each player's rating on each topic; who is not known has that of everybody who begins."""
    found = {
        (player_id, topic): Rated(home_id, player_id, topic) for player_id in player_ids for topic in topics
    }
    marks = ", ".join("?" * len(topics))
    players = sorted(set(player_ids))
    for begin in range(0, len(players), _MOST):
        some = players[begin : begin + _MOST]
        for player_id, topic, mean, spread, answers in tx.execute(
            "SELECT player_id, topic, mean, spread, answers FROM ratings WHERE home_id = ?"  # noqa: S608 - marks
            f" AND player_id IN ({', '.join('?' * len(some))}) AND topic IN ({marks})",
            (home_id, *some, *topics),
        ):
            rating = Rating(mean, spread)
            found[player_id, topic] = Rated(home_id, player_id, topic, rating, answers)
    return found


def list_ratings(tx: Tx, home_id: int, player_ids: Collection[int], topic: str = OVERALL) -> list[Rating]:
    """Return the rating of each player on a topic; of one who has none there, the one in all."""
    rated = load_ratings(tx, home_id, player_ids, {OVERALL, topic})
    return [
        (rated[one, topic] if rated[one, topic].answers else rated[one, OVERALL]).rating
        for one in sorted(set(player_ids))
    ]


def save_ratings(tx: Tx, rated: Iterable[Rated]) -> None:
    """Note players' ratings."""
    tx.executemany(
        "INSERT INTO ratings (home_id, player_id, topic, mean, spread, answers) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (home_id, player_id, topic) DO UPDATE SET mean = excluded.mean,"
        " spread = excluded.spread, answers = excluded.answers",
        [
            (one.home_id, one.player_id, one.topic, one.rating.mean, one.rating.spread, one.answers)
            for one in rated
        ],
    )
