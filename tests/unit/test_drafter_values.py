"""Numbers, dates and names as articles write them: read right, or not at all."""

from datetime import date

import pytest

from bot.bank.facts import FactKind
from bot.drafter import draft
from bot.drafter.dates import find_dates, published_on, read_published
from bot.drafter.draft import stems
from bot.drafter.names import find_names
from bot.drafter.numbers import find_numbers
from bot.drafter.terms import find_causes, find_identities, find_matter, find_quoted, find_terms, find_tongues
from bot.drafter.values import plain_numbers


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "The bridge cost $23-million and the tunnel 1.2-billion-yuan.",
            ["23 million dollars", "1.2 billion yuan"],
        ),
        ("The mill employs 12\u00a0500 people.", ["12,500 people"]),
        ("The mill employs 12\u2009500 people.", ["12,500 people"]),
        ("The mill employs 12\u202f500 people.", ["12,500 people"]),
        ("The valley got 12,5 centimetres of rain.", ["12.5 centimetres"]),
        ("The ferry takes 3½ hours.", ["3.5 hours"]),
        ("The wall is 6 ft 3 in thick.", ["6 feet and 3 inches"]),
        ("The door is 5′ 10″ high.", []),
        ("Strikes in 1955, 1956 and 1957 all failed.", []),
        ("The failed 1957 harvests were the worst.", []),
        ("They sold 2,011 tonnes.", ["2,011 tonnes"]),
        ("It began in the first half of the war.", []),
        ("They won the 2015 season, which took 1500 years.", ["1,500 years"]),
        ("The comet is catalogued as 121102.", []),
        ("See table A-1 and tables B-3 and B-8.", []),
        ("She beat Mia Lind 6-4, 7-6 (7-3).", []),
        ("The dish took half a decade to build.", []),
        ("This is our 100 millionth certificate, over 25-gig Ethernet, under 501(c)(3).", []),
        ("It has 4 arches and a 410-page report.", ["4 arches", "410 pages"]),
        ("Nearly 68,000 horses drank 1.99 million litres.", ["68,000 horses", "1.99 million litres"]),
        ("Two thirds of the ice melted for one in four people.", ["2/3", "1 in 4"]),
        ("They won 24–10 for their third title.", ["24-10", "third"]),
        ("It fell to minus 173 degrees Celsius.", ["-173 degrees Celsius"]),
        ("He waited 29 days, 12 hours and 44 minutes.", ["29 days, 12 hours and 44 minutes"]),
        (
            "Between 20 and 25 kilometres away, 62.6% of voters live.",
            ["20 to 25 kilometres", "62.6 per cent"],
        ),
        ("Page 4 of flight 17 in room 9.", []),
        ("It burns between 4% and 75%, or from 5% to 6% of the time.", []),
        (
            "Three boats with 14 Norwegians and 90 Tarn Bay pilots sank.",
            ["3 boats", "14 Norwegians", "90 Tarn Bay pilots"],
        ),
        (
            "The number of known ferries is about 7,000, and around 120 injured were saved.",
            ["7,000 ferries", "120 people"],
        ),
        ("It was sold for 7.2 million U.S. dollars.", ["7.2 million dollars"]),
        ("It became the 49th ferry, and on the 49th day the third sank.", ["49th"]),
        ("A dozen ships and half a million sheep sank.", ["12 ships", "500,000 sheep"]),
    ],
)
def test_numbers_are_whole_or_left_alone(sentence: str, found: list[str]) -> None:
    """A quantity is the whole number with its unit; labels, years, sets and numbers of nothing are none."""
    assert [value.text for value in find_numbers(plain_numbers(sentence), [])] == found


def test_a_measure_in_two_units_is_one_candidate() -> None:
    """What stands in brackets behind a measure is the same in another unit, and right as an answer too."""
    facts = draft("The road to Oslo is 40 miles (64 km) long.", name="a.txt").facts_file.facts
    assert [(fact.value, fact.aliases) for fact in facts if fact.kind is FactKind.QUANTITY] == [
        ("40 miles", ["64 kilometres"])
    ]


def test_a_vague_number_says_how() -> None:
    """Words before a number that make it vague are kept beside it."""
    (value,) = find_numbers("It weighs nearly 20 tonnes.", [])
    assert (value.text, value.hedge, value.asked) == ("20 tonnes", "nearly", "how many tonnes")


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("She was born on 3 May 1921.", ["3 May 1921"]),
        ("She died on Sept. 3, 1999.", ["3 September 1999"]),
        ("It opened in March 1974.", ["March 1974"]),
        ("It burned in the 1840s and in the 19th century.", ["the 1840s", "the 19th century"]),
        ("They had 1921 metres of rope in 1987.", ["1987"]),
        ("It was built in AD 834.", ["AD 834"]),
        ("They lived from 248 BC to AD 226, from 4500–4000 BC, or between 1890 and 1880 BC.", []),
        ("The 1957 harvests failed.", []),
        ("It sold 1500 copies.", []),
    ],
)
def test_dates_are_read_where_the_words_say_so(sentence: str, found: list[str]) -> None:
    """A four-digit number is a year only behind words that date."""
    assert [value.text for value in find_dates(sentence)] == found


def test_last_year_is_counted_from_the_articles_date() -> None:
    """A relative year is told with its note, and only where the article is dated."""
    published = published_on("14 March 2020")
    (value,) = find_dates("It broke last year.", published)
    assert (value.text, "counted from the article's date" in value.note) == ("2019", True)
    assert find_dates("It broke last year.") == []


def test_the_date_of_publication_is_read() -> None:
    """ISO stamps, written days, months and years are read; nothing else is taken for a date."""
    assert read_published("2019-01-03T09:15") == date(2019, 1, 3)
    assert read_published("31 February 2019") is None
    assert published_on("March 2024") is not None
    assert published_on("soon") is None


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("The Hudson's Bay Company bought the land.", {"Hudson's Bay Company": FactKind.ORGANISATION}),
        (
            "The National Oceanic and Atmospheric Administration named it.",
            {"National Oceanic and Atmospheric Administration": FactKind.ORGANISATION},
        ),
        ("She studied at the University of Erfurt.", {"University of Erfurt": FactKind.ORGANISATION}),
        ("They played at Levi's Stadium.", {"Levi's Stadium": FactKind.PLACE}),
        (
            "US Secretary of State Henry Lind resigned.",
            {"Henry Lind": FactKind.PERSON},
        ),
        ("He married Katharina von Bora.", {"Katharina von Bora": FactKind.PERSON}),
        ("The rancher Crispus Attucks died.", {"Crispus Attucks": FactKind.PERSON}),
        ("They left the Bretton Woods Accord.", {"Bretton Woods Accord": FactKind.NAME}),
        ("She was born in Eisleben, Saxony.", {"Eisleben": FactKind.PLACE, "Saxony": FactKind.PLACE}),
        (
            "The Nature Conservancy (TNC) is an environmental organisation.",
            {"Nature Conservancy": FactKind.ORGANISATION},
        ),
        ("It costs US$3 a barrel.", {}),
        ("They met the George Mason University Libraries.", {}),
        ("They met in Friar Street.", {"Friar Street": FactKind.PLACE}),
        (
            "It was found by the Northern Regional Laboratory.",
            {"Northern Regional Laboratory": FactKind.ORGANISATION},
        ),
        ("The Galaxy of Stars is not known.", {}),
        (
            "Tarn Premier Anna Berg met the reporter Otto A. Lind.",
            {"Anna Berg": FactKind.PERSON, "Otto A. Lind": FactKind.PERSON},
        ),
        (
            "Columnist Otto Lind left the Norwegian Rowers Union.",
            {"Otto Lind": FactKind.PERSON, "Norwegian Rowers Union": FactKind.ORGANISATION},
        ),
        ("The capital of the island is Tarnholm.", {"Tarnholm": FactKind.PLACE}),
        ("The official language is Tarnish.", {"Tarnish": FactKind.NAME}),
        (
            "It lies in the exclave of Tarnholm, on the Lindar peninsula.",
            {"Tarnholm": FactKind.PLACE, "Lindar": FactKind.PLACE},
        ),
        (
            "They won the battle of Tarnholm under the First Lindar Empire.",
            {"Tarnholm": FactKind.PLACE, "First Lindar Empire": FactKind.PLACE},
        ),
        (
            "They flew to Tarnholm, Oslo and Bergen.",
            {"Tarnholm": FactKind.PLACE, "Oslo": FactKind.PLACE, "Bergen": FactKind.PLACE},
        ),
        ("She spoke in the House of Rowers on Monday.", {"House of Rowers": FactKind.ORGANISATION}),
        ("The Lind–Berg Treaty ended it.", {"Lind–Berg Treaty": FactKind.NAME}),
        (
            "King Charles I met Sir Otto Long, and James I fled.",
            {"King Charles I": FactKind.PERSON, "Otto Long": FactKind.PERSON, "James I": FactKind.PERSON},
        ),
        ("Underpinning Tarnholm are clays, near the Lindar airship.", {"Lindar": FactKind.NAME}),
        (
            "A Tarnrat official spoke of the order Lindara.",
            {"Tarnrat": FactKind.ORGANISATION, "Lindara": FactKind.NAME},
        ),
        ("Otto Lind 55 and Anna Berg 3 led.", {"Otto Lind": FactKind.PERSON, "Anna Berg": FactKind.PERSON}),
        ("The Earth-based teams kept the Tarnholm treaty.", {"Tarnholm": FactKind.NAME}),
    ],
)
def test_names_are_whole_and_of_their_kind(sentence: str, names: dict[str, FactKind]) -> None:
    """What is offered as a name is the whole of it and of the right kind; what is doubtful is not offered."""
    assert {name.text: name.kind for name in find_names([sentence]) if not name.unsure} == names


def test_sources_and_given_names_are_no_candidates() -> None:
    """Who told it is no fact, nor how much later, nor a given name; of acres in a row a few come first."""
    later = draft("The Tarn ferry sank 160 years later near the Lund Museum.", name="a.txt").facts_file.facts
    assert "160 years" not in {fact.value for fact in later}
    text = "The Tarn ferry sank, according to the diver Otto Lind. The owner was the diver's wife, Anna."
    assert {fact.value for fact in draft(text, name="a.txt").facts_file.facts} & {
        "Otto Lind",
        "Anna",
    } == set()
    farms = " ".join(
        f"The {name} farm had {at} acres of land."
        for at, name in enumerate(("Tarn", "Berg", "Lind", "Holm", "Ness"), 40)
    )
    values = [
        fact.value for fact in draft(f"{farms} The mill of Oslo cost $40.", name="a.txt").facts_file.facts
    ]
    assert values.index("40 dollars") < 4


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("They sailed by Tarnholm before dark.", True),
        ("They met the Tarnholm peoples before dark.", False),
        ("They met Otto before dark.", False),
    ],
)
def test_a_name_of_no_known_kind_is_offered_where_its_bounds_are_sure(text: str, *, offered: bool) -> None:
    """An editor may want it; nothing is asked. An adjective of what follows and a given name are no names."""
    facts = [fact for fact in draft(text, name="a.txt").facts_file.facts if fact.kind is FactKind.NAME]
    assert (len(facts) == 1, [stem for fact in facts for stem in stems(fact)]) == (offered, [])


@pytest.mark.parametrize(
    ("text", "value", "tolerance"),
    [
        ("The Tarn Club holds 10 to 15 flights each year.", "10 flights", (10, 15)),
        ("The Tarn balloon stayed up for 57 days, 7 hours and 38 minutes.", "57 days", (57, 58)),
        ("Anna Berg was 12 years, 4 months and 25 days old.", "12 years", (12, 13)),
    ],
)
def test_a_range_and_a_measure_of_parts_are_offered_as_one_number(
    text: str, value: str, tolerance: tuple[float, float]
) -> None:
    """A game judges one number: what is told as several is offered as the first, with the rest in reach."""
    (fact,) = (fact for fact in draft(text, name="a.txt").facts_file.facts if fact.kind is FactKind.QUANTITY)
    assert fact.value == value
    assert fact.tolerance is not None
    assert tolerance[0] <= fact.tolerance.low <= fact.tolerance.high <= tolerance[1]
    assert "The article says" in str(fact.note)


def test_a_surname_joins_the_full_name() -> None:
    """Later mentions by surname are the same person; one that two persons share is left open."""
    names = find_names(
        ["The baker Anna Berg spoke.", "Berg left.", "Then Otto Lind and Karl Lind came.", "Lind fell."]
    )
    known = {name.text: len(name.mentions) for name in names if not name.unsure}
    assert known == {"Anna Berg": 2, "Otto Lind": 1, "Karl Lind": 1}


def test_a_surname_that_names_houses_too_is_left_open() -> None:
    """Beside Berg College and Berg Library, Berg alone is not surely Anna Berg."""
    names = find_names(
        [
            "The baker Anna Berg left Berg College to us.",
            "The Berg Library burned.",
            "In 1921 Berg was closed.",
        ]
    )
    assert {name.text: len(name.mentions) for name in names if not name.unsure}["Anna Berg"] == 1


def told(text: str) -> list[str]:
    """Return the terms that `text` tells."""
    return [value.text for find in (find_identities, find_tongues, find_quoted) for value in find(text)]


def test_terms_and_reasons_are_found_by_their_signal_words() -> None:
    """What a thing is called, and why something is so, in words that stand alone."""
    assert [value.text for value in find_terms("The way is known as the Silk Road and winds.")] == [
        "Silk Road"
    ]
    assert [value.text for value in find_terms("Smith named the area New England in 1614.")] == [
        "New England"
    ]
    assert told("The state bird is the grey heron, and the largest crop is barley.") == [
        "grey heron",
        "barley",
    ]
    assert told("The result is clear, and the main part was washed away.") == []
    assert told("The penny is the official currency.") == ["penny"]
    assert told("The word comes from Old Norse, from the Greek for water, and means “wet stone”.") == [
        "Old Norse",
        "Greek",
        "wet stone",
    ]
    assert told("She wrote it as “Tarn Nights”, and he said it was “wet”, or “I am wet.”") == ["Tarn Nights"]
    assert [
        value.text
        for value in find_matter("The hut is made of grey oak, and its owner lives on nuts and fish.")
    ] == ["grey oak", "nuts and fish"]
    assert [*find_matter("It is made of the best, and not made of steel.")] == []
    terms = find_terms(
        "The study of salt, known as halology, and the term “halite” is old, says a man known as Otto."
    )
    assert [value.text for value in terms] == ["halology", "halite"]
    causes = find_causes("Anna Berg closed the mine because of heavy floods.")
    assert [value.text for value in causes] == ["heavy floods"]
    assert [*find_causes("Anna Berg closed the mine because she was tired.")] == []
    assert [*find_causes("Anna Berg left the old mine due to the latter's floods.")] == []
