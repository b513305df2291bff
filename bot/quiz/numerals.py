"""Numbers in words, as English counts."""

# fmt: off
CARDINALS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]
"""From 0 to 19."""

TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
"""From 20 to 90."""

ORDINALS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
]
"""From 1st to 20th."""
# fmt: on

COUNTS = {word: number for number, word in enumerate(CARDINALS)}
COUNTS |= {word: 10 * number for number, word in enumerate(TENS, 2)}
"""What each of the cardinals and tens counts."""

RANKS = {word: number for number, word in enumerate(ORDINALS, 1)}
"""Which place each ordinal names."""
