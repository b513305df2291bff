"""Numbers as pictures: the points of a game, round by round.

What always holds:
- a picture repeats what its card says in words and adds none: names stay in the card, where any script can be
  read; here places stand as digits;
- nothing is told by colour alone: lines differ in marker and carry their place, bars carry their number;
- the same values give the same bytes; a PNG is some 10 kB.
"""


def percent(right: int, answered: int) -> str:
    """Return a share in whole per cent, as charts and cards write it; 100% is only for all, 0% for none."""
    if not answered:
        return "0%"
    share = round(100 * right / answered)
    if right not in {0, answered}:
        share = min(max(share, 1), 99)
    return f"{share}%"
