"""Within a part: what is added to a condition so that only the homes of some shards are found."""

from bot.cluster.shards import WHOLE, Part


def within(part: Part, column: str = "home_id") -> str:
    """Return the rest of a WHERE that leaves only homes of the part; nothing where that is everything."""
    if part == WHOLE:
        return ""
    if not part.shards:
        return " AND 1 = 0"
    return f" AND ({column} >> 22) % {part.count} IN ({', '.join(map(str, sorted(part.shards)))})"
