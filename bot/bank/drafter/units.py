"""Units and number words: what may follow a number, and what it is then called.

What always holds: a unit has one name here, its plural in British spelling, however the article writes it.
"""

from dataclasses import dataclass
from functools import cache

from bot.bank.drafter.lexicon import word_list


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit under its one name, and what it measures."""

    name: str
    singular: str
    dimension: str

    def for_number(self, number: float) -> str:
        """Return the name that follows `number`."""
        return self.singular if number == 1 else self.name


# name|singular|other spellings ; by dimension. Symbols are matched as they stand, words in any case.
_TABLE = {
    "length": "metres|metre|m,meter,meters; kilometres|kilometre|km,kms,kilometer,kilometers; miles|mile|mi;"
    "centimetres|centimetre|cm,centimeter,centimeters; millimetres|millimetre|mm,millimeter,millimeters;"
    "feet|foot|ft; inches|inch|in.,in; yards|yard|yd,yds; light years|light "
    "year|light-years,light-year,lightyears;"
    "nautical miles|nautical mile|; micrometres|micrometre|µm,microns,micron; nanometres|nanometre|nm;"
    "astronomical units|astronomical unit|AU; fathoms|fathom|; storeys|storey|stories; furlongs|furlong|",
    "area": "square kilometres|square kilometre|sq km,km²,km2,square kilometers,square kilometer;"
    "square miles|square mile|sq miles,sq mi; square metres|square metre|sq m,m²,m2,square "
    "meters,square meter;"
    "square feet|square foot|sq ft,sq feet; hectares|hectare|ha; acres|acre|",
    "volume": "litres|litre|liter,liters; cubic metres|cubic metre|m³,m3,cubic meters; gallons|gallon|;"
    "cubic kilometres|cubic kilometre|km³,cubic kilometers; pints|pint|; barrels|barrel|; "
    "millilitres|millilitre|ml",
    "mass": "kilograms|kilogram|kg,kgs,kilo,kilos,kilogrammes,kilogramme; grams|gram|g,grammes,gramme;"
    "tonnes|tonne|t; tons|ton|; pounds|pound|lb,lbs; ounces|ounce|oz; stone|stone|; milligrams|milligram|mg;"
    "carats|carat|",
    "time": "years|year|yrs,yr; months|month|; weeks|week|; days|day|; hours|hour|hrs,hr; nights|night|;"
    "minutes|minute|mins,min; seconds|second|secs,sec; decades|decade|; centuries|century|;"
    "generations|generation|; milliseconds|millisecond|; fortnights|fortnight|; seasons|season|",
    "speed": "kilometres per hour|kilometre per hour|km/h,kph,kmh,kilometers per hour,kilometres an hour;"
    "miles per hour|mile per hour|mph,miles an hour; metres per second|metre per second|m/s,meters "
    "per second;"
    "kilometres per second|kilometre per second|km/s; knots|knot|",
    "temperature": "degrees Celsius|degree Celsius|°C,degrees celcius,degrees centigrade,deg C,C,celsius;"
    "degrees Fahrenheit|degree Fahrenheit|°F,F,fahrenheit; kelvin|kelvin|kelvins",
    "angle": "degrees|degree|°",
    "share": "per cent|per cent|%,percent,pc,percentage; percentage points|percentage point|",
    "power": "watts|watt|W; kilowatts|kilowatt|kW; megawatts|megawatt|MW; gigawatts|gigawatt|GW;"
    "horsepower|horsepower|hp,bhp; volts|volt|; kilowatt hours|kilowatt hour|kWh;"
    "megawatt hours|megawatt hour|MWh; gigawatt hours|gigawatt hour|GWh; terawatt hours|terawatt hour|TWh",
    "information": "gigabytes|gigabyte|GB; megabytes|megabyte|MB; terabytes|terabyte|TB; "
    "megapixels|megapixel|MP;"
    "pixels|pixel|; hertz|hertz|Hz; megahertz|megahertz|MHz; gigahertz|gigahertz|GHz; decibels|decibel|dB",
    "energy": "calories|calorie|; kilocalories|kilocalorie|kcal; joules|joule|; megatons|megaton|; "
    "kilotons|kiloton|",
    "money": "pounds|pound|£,GBP,sterling; dollars|dollar|$,US$,USD,bucks; euros|euro|€,EUR; yen|yen|¥,JPY;"
    "pence|penny|p; cents|cent|; kroner|krone|; kronor|krona|; rupees|rupee|₹; yuan|yuan|; francs|franc|;"
    "roubles|rouble|rubles,ruble; pesos|peso|; rand|rand|; won|won|",
    "light": "lux|lux|lx; lumens|lumen|lm",
    "times": "times|time|",
}
CURRENCIES = {"£": "pounds", "$": "dollars", "€": "euros", "¥": "yen", "₹": "rupees"}


@cache
def _units() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for dimension, table in _TABLE.items():
        for entry in table.split(";"):
            name, one, spellings = (part.strip() for part in entry.strip().split("|"))
            unit = Unit(name, one, dimension)
            for spelling in (name, one, *filter(None, spellings.split(","))):
                units.setdefault(spelling.strip(), unit)
    units["pounds"] = Unit("pounds", "pound", "mass")
    units["won"] = Unit("won", "won", "money")
    return units


# What is a unit only when it touches its number or follows it in the right case.
_AMBIGUOUS = frozenset(
    {"in.", "in", "t", "g", "p", "C", "F", "W", "AU", "ha", "min", "sec", "won", "stone", "pc", "MP"}
)


def find_unit(words: list[str], touching: bool) -> tuple[Unit, int] | None:
    """Return the unit that begins `words`, and how many of them it takes; the longest one wins.

    `touching` tells that no space parts the number from the first word ("2kg").
    """
    for length in range(min(4, len(words)), 0, -1):
        written = " ".join(words[:length])
        unit = _units().get(written)
        if unit is None and len(written) > 3:
            unit = _units().get(written.lower())
        if unit is not None and (touching or written not in _AMBIGUOUS):
            return unit, length
    return None


def unit_named(name: str) -> Unit | None:
    """Return the unit with this very name or spelling."""
    return _units().get(name)


_ONES = word_list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = word_list("twenty thirty forty fifty sixty seventy eighty ninety")
CARDINALS = {word: number for number, word in enumerate(_ONES)}
CARDINALS |= {word: 10 * number for number, word in enumerate(_TENS, 2)}
SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "mn": 1e6,
    "bn": 1e9,
    "tn": 1e12,
    "dozen": 12.0,
}
SHORT_SCALES = {
    "m": "million",
    "mn": "million",
    "bn": "billion",
    "b": "billion",
    "k": "thousand",
    "tn": "trillion",
}
_ORDINAL_WORDS = word_list(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINALS = {word: number for number, word in enumerate(_ORDINAL_WORDS, 1)}
FRACTIONS = {"half": 2, "quarter": 4, **{word: number for word, number in ORDINALS.items() if number > 2}}
FRACTIONS |= {"hundredth": 100, "thousandth": 1000}


def ordinal(number: int) -> str:
    """Return "fifth", "13th", "101st": in words up to twelfth, as people write."""
    words = {value: word for word, value in ORDINALS.items() if value <= 12}
    return words.get(number) or short_ordinal(number)


def short_ordinal(number: int) -> str:
    """Return "5th", "13th", "101st"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
