"""Who may ask Discord how often: the requests of a second, divided by the shards that each process holds."""

from collections.abc import Collection


def share(most: int, owned: Collection[int], count: int) -> int:
    """Return how many of `most` requests a second belong to these shards of `count`; one at least.

    Each shard has its own part of the whole, so that the parts of any division add up to `most`.
    """
    return max(1, sum(most * (shard + 1) // count - most * shard // count for shard in owned))
