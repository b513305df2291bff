"""Numbers, dates, names and terms that the drafter reads out of sentences."""

from datetime import date

import pytest

from bot.bank.drafter import draft
from bot.bank.drafter.dates import find_dates, guess_published, published_on, read_published
from bot.bank.drafter.names import find_names
from bot.bank.drafter.numbers import find_numbers
from bot.bank.drafter.terms import find_causes, find_terms
from bot.bank.facts import FactKind


@pytest.mark.parametrize(
    ("sentence", "texts"),
    [
        ("The wall ran for around 350 metres.", ["350 metres"]),
        ("A turn takes 29 days, 12 hours and 44 minutes.", ["29 days, 12 hours and 44 minutes"]),
        ("It fell to minus 173 degrees Celsius at night.", ["-173 degrees Celsius"]),
        ("The rock is 4.51billion years old.", ["4.51 billion years"]),
        ("Its pull is about a sixth of ours.", ["one sixth"]),
        ("It is 0.27 times the width of its parent.", ["0.27 times"]),
        ("They brought back 2kg of dust.", ["2 kilograms"]),
        ("It is the fifth biggest in the county.", ["fifth"]),
        ("The data cover 12 lunar days.", ["12 lunar days"]),
        ("The camera turns 360 degrees.", ["360 degrees"]),
        ("Between 20 and 25 kilometres of road were lost.", ["20 to 25 kilometres"]),
        ("Six to eight metres of mud had to go.", ["6 to 8 metres"]),
        ("She paid £38.5m for it.", ["38.5 million pounds"]),
        ("The firm lost $212 million on the deal.", ["212 million dollars"]),
        ("Sales rose by 11.4%.", ["11.4 per cent"]),
        ("Twenty-five ships and two hundred and six boats came.", ["25 ships", "206 boats"]),
        ("Two thirds of the shrimps died.", ["2/3"]),
        ("Half of the crew fell ill.", ["one half"]),
        ("It cooled the planet by half a degree.", ["0.5 degrees"]),
        ("Three out of four plants were late.", ["3 out of 4"]),
        ("They finished 11th and won 3-1 away.", ["eleventh", "3-1"]),
        ("He struck in the 87th minute.", ["87th minute"]),
        ("It is twice as heavy as gold.", ["2 times"]),
        ("The 19-year-old has left.", ["19 years"]),
        ("Jane Smith, 34, is in charge.", ["34"]),
        ("The town has a population of 8,400.", ["8,400"]),
        ("A 410-page report came out.", ["410 pages"]),
        ("She needed half a point.", ["0.5 points"]),
        ("He learned it at the age of six.", ["6"]),
        ("They took third place.", ["third"]),
        ("It weighs 5ft 10in of timber.", ["5 feet and 10 inches"]),
    ],
)
def test_reads_quantities_as_people_write_them(sentence: str, texts: list[str]) -> None:
    """A quantity begins with its number, in digits, and carries its unit under one name."""
    assert [value.text for value in find_numbers(sentence, [])] == texts


@pytest.mark.parametrize(
    "sentence",
    [
        "One of the men said so.",
        "See page 4 of the report.",
        "Call 020 7946 0999 now.",
        "One day it may rain.",
        "Hundreds of people came.",
        "Go to https://example.org/2/34 for more.",
    ],
)
def test_numbers_of_speech_are_no_quantities(sentence: str) -> None:
    """Page numbers, telephone numbers, addresses, "one of" and vague crowds give no candidate."""
    assert find_numbers(sentence, []) == []


@pytest.mark.parametrize(
    ("sentence", "kind", "text"),
    [
        ("It sank in 1543.", FactKind.YEAR, "1543"),
        ("It came on 6 November 2022, a Sunday.", FactKind.DATE, "6 November 2022"),
        ("It came on Sept. 3, 2025.", FactKind.DATE, "3 September 2025"),
        ("It began in June 1991.", FactKind.DATE, "June 1991"),
        ("It opens on 17 August.", FactKind.DATE, "17 August"),
        ("They plan a base in the 2030s.", FactKind.PERIOD, "the 2030s"),
        ("It was built in the 15th century.", FactKind.PERIOD, "the 15th century"),
        ("She was buried in AD 834.", FactKind.PERIOD, "AD 834"),
        ("The doors open at 3.15pm.", FactKind.TERM, "3.15pm"),
    ],
)
def test_reads_dates(sentence: str, kind: FactKind, text: str) -> None:
    """Years, dates, decades, centuries, eras and times of day are told apart."""
    assert [(value.kind, value.text) for value in find_dates(sentence)] == [(kind, text)]


@pytest.mark.parametrize("sentence", ["It cost 1500 euros.", "Some 1600 people came.", "Room 1984x is shut."])
def test_four_digits_are_not_always_a_year(sentence: str) -> None:
    """Four digits that count something are no year."""
    assert find_dates(sentence) == []


def test_a_relative_year_needs_the_day_of_publication() -> None:
    """The words "last year" are a year only where the article's date is known; the note says how."""
    sentence = "It was launched last year."
    assert find_dates(sentence) == []
    (value,) = find_dates(sentence, published_on("9 January 2020"))
    assert (value.text, "9 January 2020" in value.note) == ("2019", True)


def test_reads_the_day_of_publication() -> None:
    """ISO stamps and date lines are read; what is no day gives None."""
    assert read_published("2021-09-28T06:30:00Z") == date(2021, 9, 28)
    assert read_published("Published 14 March 2023, 09:15") == date(2023, 3, 14)
    assert read_published("31 February 2023") is None


def _kinds(*sentences: str) -> dict[str, tuple[FactKind, str]]:
    return {name.text: (name.kind, name.noun) for name in find_names(sentences)}


def test_sorts_names_by_the_company_they_keep() -> None:
    """Persons, places, countries, craft and clubs are told apart, on any subject."""
    found = _kinds(
        "Dr Ana Brevik, a geologist at the University of Tarn, landed on Skag island.",
        "The Polar-3 probe left Norway after Thornaby United had beaten Racing Vauban 2-1.",
    )
    assert found["Ana Brevik"] == (FactKind.PERSON, "person")
    assert found["University of Tarn"][0] is FactKind.ORGANISATION
    assert found["Skag"][0] is FactKind.PLACE
    assert found["Norway"] == (FactKind.COUNTRY, "country")
    assert found["Polar-3"] == (FactKind.NAME, "probe")
    assert found["Thornaby United"] == (FactKind.ORGANISATION, "club")


def test_joins_short_forms_and_slips_of_the_pen() -> None:
    """A surname joins the full name; a spelling one letter away joins the usual one, with its number."""
    names = find_names(
        [
            "Ana Brevik drove the Marlin 2 rover.",
            "The Marlin 2 rover stopped, said Brevik.",
            "The Marlyn 2 rover is blue, and the Marlin 3 rover is red.",
        ]
    )
    found = {name.text: len(name.mentions) for name in names}
    assert found == {"Ana Brevik": 2, "Marlin 2": 3, "Marlin 3": 1}


def test_a_word_that_only_begins_sentences_is_no_name() -> None:
    """Capitals at the start of a sentence make no name."""
    assert _kinds("Scientists agree.", "Temperatures fell.", "Luckily it rained.") == {}


def test_finds_terms_and_causes_by_their_signal_words() -> None:
    """Signal words ("known as", "called" "because") introduce terms and causes; calling somebody does not."""
    assert [v.text for v in find_terms("Lava of this kind is called basalt.")] == ["basalt"]
    assert [v.text for v in find_terms("It rots, a process known as cellular collapse.")] == [
        "cellular collapse"
    ]
    assert find_terms("The manager called me every day.") == []
    (cause,) = find_causes("The bridge fell because the river washed its feet away.")
    assert (cause.text, cause.stem) == ("the river washed its feet away", "Why did the bridge fall?")


def test_the_year_of_publication_is_guessed_only_from_a_year_just_over() -> None:
    """The words "most of 2019" tell that it is 2020; a later year, or a plan, tells that nothing is sure."""
    over = "The rover was busy for most of 2019."
    guess = guess_published([over, "It was built in 1994.", "It will land in 2031."])
    assert guess is not None
    assert (guess.year, "guess" in guess.told) == (2020, True)
    assert guess_published([over, "It stopped in 2022."]) is None
    assert guess_published(["It will run for most of 2031."]) is None
    assert guess_published(["It was built in 1994."]) is None


@pytest.mark.parametrize(("text", "year"), [("2024-03-14", 2024), ("March 2024", 2024), ("1888", 1888)])
def test_the_date_of_publication_may_be_a_day_a_month_or_a_year(text: str, year: int) -> None:
    """An author states as much of the date as is known; what is no date is none."""
    found = published_on(text)
    assert found is not None
    assert found.year == year
    assert published_on("some day") is None


def test_slips_in_names_leave_the_questions() -> None:
    """A name misspelt once is spelt as usual in stems and statements; the evidence stays as it was."""
    text = "The Osprey 4 rover landed. The Osprey 4 rover rests. The Osprrey 4 rover drove 350 metres."
    (fact,) = [fact for fact in draft(text, name="a.txt").facts if fact.value == "350 metres"]
    assert fact.ask == "How many metres did the Osprey 4 rover drive?"
    assert ("Osprey" in fact.statement, "Osprrey" in str(fact.evidence)) == (True, True)
