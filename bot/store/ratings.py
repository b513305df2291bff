"""Ratings as rows: how strong a player is in a home, by topic and in all."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from bot.quiz.rating import UNKNOWN, Rating, rate
from bot.store.keys import keys
from bot.store.tx import Tx

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
    wanted = keys(tx, {(player_id,) for player_id in player_ids}, 1)
    marks = ", ".join("?" * len(topics))
    for player_id, topic, mean, spread, answers in tx.execute(
        "SELECT r.player_id, r.topic, r.mean, r.spread, r.answers"  # noqa: S608 - our own words
        f" FROM {wanted.table} CROSS JOIN ratings AS r"
        f" WHERE r.home_id = ? AND r.player_id = k.a AND r.topic IN ({marks})",
        (*wanted.values, home_id, *topics),
    ):
        found[player_id, topic] = Rated(home_id, player_id, topic, Rating(mean, spread), answers)
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
