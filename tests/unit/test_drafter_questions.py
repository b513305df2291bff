"""Suggested questions: a few shapes that read well, and silence for all others."""

import pytest

from bot.bank.facts import Ask, FactKind
from bot.drafter import draft
from bot.drafter.draft import stems
from bot.drafter.names import Mention, Name
from bot.drafter.options import Others, suggest_distractors
from bot.drafter.standing import stands_alone
from bot.drafter.values import Value


def asked(text: str, *, name: str = "a.txt", published: str = "") -> dict[str, str]:
    """Return the suggested question of each value of a text."""
    facts = draft(text, name=name, published=published).facts_file.facts
    return {fact.value: stems(fact)[0] for fact in facts if stems(fact)}


@pytest.mark.parametrize(
    ("text", "value", "question"),
    [
        (
            "The engineer Anna Berg mapped Lake Tarn in 1921.",
            "Anna Berg",
            "Which engineer mapped Lake Tarn in 1921?",
        ),
        (
            "The engineer Anna Berg mapped Lake Tarn in 1921.",
            "1921",
            "In which year did the engineer Anna Berg map Lake Tarn?",
        ),
        (
            "The engineer Anna Berg mapped Lake Tarn in 1921.",
            "Lake Tarn",
            "Which lake did the engineer Anna Berg map in 1921?",
        ),
        (
            "Tarn Castle was built by Anna Berg in 1921.",
            "Anna Berg",
            "By whom was Tarn Castle built in 1921?",
        ),
        (
            "Anna Berg was named a colonel in the Republic of Tarn Army on 5 August 1836.",
            "Republic of Tarn Army",
            "In which army was Anna Berg named a colonel on 5 August 1836?",
        ),
        (
            "The Tarn Lab, directed by Otto Lind at Oslo University, has shown a robot.",
            "Otto Lind",
            "By whom was the Tarn Lab directed at Oslo University?",
        ),
        (
            "Anna Berg was born Anna Lind on February 2, 1805.",
            "2 February 1805",
            "On which date was Anna Berg born?",
        ),
        (
            "As god of the sun, Otto Lind was called Sol by the Romans.",
            "Sol",
            "As god of the sun, what was Otto Lind called by the Romans?",
        ),
        ("Lake Tarn is 340 metres deep.", "340 metres", "How many metres deep is Lake Tarn?"),
        (
            "In 1973, Anna Berg named Otto Lind as the first mayor of Oslo.",
            "1973",
            "In which year did Anna Berg name Otto Lind as the first mayor of Oslo?",
        ),
        (
            "On October 6, 1973, Syria and Egypt, with support from others, attacked Israel.",
            "6 October 1973",
            "On which date did Syria and Egypt attack Israel?",
        ),
        (
            "The Oslo flood destroyed 45 kilometres of railway in Norway.",
            "45 kilometres",
            "How many kilometres of railway did the Oslo flood destroy in Norway?",
        ),
        (
            "Ten players were selected to the Pro Bowl of Texas.",
            "10 players",
            "How many players were selected to the Pro Bowl of Texas?",
        ),
        (
            "Anna Berg raised the price of Norwegian oil by 70% in 1973.",
            "70 per cent",
            "By what percentage did Anna Berg raise the price of Norwegian oil in 1973?",
        ),
        ("Anna Berg was born in Eisleben in 1883.", "Eisleben", "Where was Anna Berg born in 1883?"),
        (
            "Anna Berg (3 May 1821 – 6 June 1899) was a painter.",
            "6 June 1899",
            "On which date did Anna Berg die?",
        ),
        (
            "Anna Berg (3 May 1821 – 6 June 1899) was a painter.",
            "3 May 1821",
            "On which date was Anna Berg born?",
        ),
        (
            "Anna Berg, director of the Tarn Museum, said that all was well.",
            "Anna Berg",
            "Who is the director of the Tarn Museum?",
        ),
        (
            "Tarn Castle, built in 1921, is said to have ghosts.",
            "1921",
            "In which year was Tarn Castle built?",
        ),
        (
            "The Tarn Museum reported that Lake Como froze in 1929.",
            "1929",
            "In which year did Lake Como freeze, according to the Tarn Museum?",
        ),
        (
            "There were 153 hospitals in France in 1918.",
            "153 hospitals",
            "How many hospitals were there in France in 1918?",
        ),
        (
            "Anna Berg was charged with fraud and convicted in Oslo in 1990.",
            "1990",
            "In which year was Anna Berg convicted in Oslo?",
        ),
        (
            "In reply to Spain, on May 6, 1973, Anna Berg raised the price of oil by 70%.",
            "70 per cent",
            "By what percentage did Anna Berg raise the price of oil in reply to Spain on May 6, 1973?",
        ),
        (
            "In 1501, at the age of 17, Anna Berg entered Tarn College.",
            "1501",
            "In which year did Anna Berg enter Tarn College at the age of 17?",
        ),
        (
            "Since 2002, the Lund Union has 16 teams.",
            "2002",
            "Since which year has the Lund Union had 16 teams?",
        ),
        (
            "After years of talks that led to nothing, Norway gained its independence on 7 June 1905.",
            "7 June 1905",
            "On which date did Norway gain its independence?",
        ),
        (
            "The Lund Bell was cast at the A.B. Lind Foundry in Oslo in 1921.",
            "1921",
            "In which year was the Lund Bell cast at the A.B. Lind Foundry in Oslo?",
        ),
        (
            "In 1516, Otto Lind was sent to Norway by the Danish Salt Company to sell salt to its own shops.",
            "1516",
            "In which year was Otto Lind sent to Norway by the Danish Salt Company?",
        ),
        (
            "Elected to the Norwegian Salt Council in 1846, Anna Berg wrote a book on trade.",
            "1846",
            "In which year was Anna Berg elected to the Norwegian Salt Council?",
        ),
        (
            "When the war in Norway ended, Anna Berg moved to Oslo in 1921.",
            "1921",
            "In which year did Anna Berg move to Oslo?",
        ),
        (
            "Secretary of State Otto Lind negotiated the Peace of Tarn in Oslo.",
            "Otto Lind",
            "Which Secretary of State negotiated the Peace of Tarn in Oslo?",
        ),
        (
            "Norway has more than three million lakes.",
            "3 million lakes",
            "About how many lakes does Norway have?",
        ),
        (
            "In 1767, Norway passed the Lund Act in order to tax its coast.",
            "Lund Act",
            "In 1767, which act did Norway pass in order to tax its coast?",
        ),
        (
            "Anna Berg reached her first final in 1990 at the Lund Open, and lost.",
            "Lund Open",
            "At which open did Anna Berg reach her first final in 1990?",
        ),
        (
            "In 1781, British forces moved through Norway and stayed.",
            "1781",
            "In which year did British forces move through Norway?",
        ),
        (
            "Anna Berg\n\nAnna Maria Berg was a baker. Her family moved to Lund in 1921.",
            "1921",
            "In which year did Anna Berg's family move to Lund?",
        ),
        (
            "Oslo Castle grew with the years, becoming a school in 1822.",
            "1822",
            "In which year did Oslo Castle become a school?",
        ),
        (
            "Salt Wind is a poem by the Norwegian baker Anna Berg, written in 1928.",
            "1928",
            "In which year was Salt Wind written?",
        ),
        (
            "On 12 July 1934, Otto Lind crossed Lake Tarn, calling himself “Otto I, King of Tarn”.",
            "12 July 1934",
            "On which date did Otto Lind cross Lake Tarn?",
        ),
        (
            "The Tarn Festival was held in Oslo and hosted by Otto Lind.",
            "Otto Lind",
            "By whom was the Tarn Festival hosted?",
        ),
        (
            "The first known sailor to reach Norway was Danish captain Otto Lind in 1503.",
            "Otto Lind",
            "Who was the first known sailor to reach Norway?",
        ),
        (
            "Born and raised in Lund, Sweden, Anna Berg sang in many a town.",
            "Lund",
            "Where was Anna Berg born?",
        ),
        (
            "Anna Berg was a founder and the first head of the Tarn Museum.",
            "Tarn Museum",
            "Anna Berg was a founder and the first head of which museum?",
        ),
        ("Lake Tarn is the deepest lake in Norway.", "Lake Tarn", "What is the deepest lake in Norway?"),
        ("Oslo is the largest city in Norway.", "Oslo", "What is the largest city in Norway?"),
        (
            "On the advice of the dean of the school, Anna Berg moved to Oslo in 1921.",
            "1921",
            "In which year did Anna Berg move to Oslo?",
        ),
        ("Norway is nicknamed the Salt State, after its mines.", "Salt State", "What is Norway nicknamed?"),
        (
            "Historic parts of Oslo were hit by a flood on 25 April 1915.",
            "25 April 1915",
            "On which date were historic parts of Oslo hit by a flood?",
        ),
        (
            "Anna Maria “Nan” Berg was elected to the Salt Council of Norway in 1846.",
            "1846",
            "In which year was Anna Maria Berg elected to the Salt Council of Norway?",
        ),
        (
            "The parliament of Norway is known as the Lund Council.",
            "Lund Council",
            "By what name is the parliament of Norway known?",
        ),
        (
            "Oslo is the home of the Lund National Forest, the largest national forest in Norway.",
            "Lund National Forest",
            "Which forest is the largest national forest in Norway?",
        ),
        (
            "Tarn Castle was built on May 6, 1921, and became a school.",
            "6 May 1921",
            "On which date was Tarn Castle built?",
        ),
        (
            "In February 1864 Anna Berg left Oslo for Spain.",
            "February 1864",
            "In which month and year did Anna Berg leave Oslo for Spain?",
        ),
        (
            "Tarn Castle was built by Anna Berg, and in 1921 the Lund Museum was opened by Otto Lind.",
            "1921",
            "In which year was the Lund Museum opened by Otto Lind?",
        ),
        (
            "More than 300 Norwegian sailors were saved off Oslo by Anna Berg.",
            "300 Norwegian sailors",
            "About how many Norwegian sailors were saved off Oslo by Anna Berg?",
        ),
        (
            "Anna Berg worked at the Tarn Museum in Lund, Sweden, for years.",
            "Lund",
            "In which town or city is the Tarn Museum?",
        ),
        (
            "They flew to Kano, the second largest city in Nigeria, in May.",
            "Kano",
            "Which city is the second largest city in Nigeria?",
        ),
        (
            "Tarn Castle has a total length of 340 metres.",
            "340 metres",
            "What is the total length of Tarn Castle?",
        ),
    ],
)
def test_safe_shapes_are_asked(text: str, value: str, question: str) -> None:
    """A clause with a name for its subject is turned round, in its own words."""
    assert asked(text)[value] == question


def test_he_and_it_are_named_where_there_is_no_doubt() -> None:
    """The subject of the sentence before is meant, if no other stands between."""
    text = "The baker Anna Berg was born in Oslo. She founded Tarn College in 1921."
    assert asked(text)["1921"] == "In which year did Anna Berg found Tarn College?"
    text = "Tarn Castle is a fortress in Norway. It was built in 1921."
    assert asked(text)["1921"] == "In which year was Tarn Castle built?"


def test_what_an_article_is_named_after_is_meant_by_its_kind_and_by_he_or_she() -> None:
    """In "Tarn Gate" the gate is Tarn Gate; in "Anna Berg" she is Anna Berg till another woman is told of."""
    gate = "Tarn Gate\n\nTarn Gate is one of the gates of Oslo.\n\nThe gate was closed to the public in 1907."
    assert asked(gate)["1907"] == "In which year was Tarn Gate closed to the public?"
    life = (
        "Anna Berg\n\nAnna Berg was a painter. Otto Lind sold her pictures. In 1921 she founded Tarn College."
    )
    assert asked(life)["1921"] == "In which year did Anna Berg found Tarn College?"
    other = life.replace("Otto Lind sold", "Mary Lind sold")
    assert "Anna Berg" not in asked(other)["1921"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "Karl Berg was an inventor. In 1882, Berg hired Otto Lind. In June 1884, he moved to Lyon.",
            "June 1884",
        ),
        ("Karl Berg was an inventor. Otto Lind hired Berg in 1882. He moved to Lyon in 1884.", "1884"),
        (
            "Two of Berg's uncles raised money. Milo Berg went to Linz with Otto Lind. He arrived in 1881.",
            "1881",
        ),
        ("Tarn Castle stands above the Lund Museum. It was built in 1921.", "1921"),
    ],
)
def test_nobody_is_named_where_two_may_be_meant(text: str, value: str) -> None:
    """With another person or thing beside the subject, "he" and "it" stay open, and nothing is asked."""
    assert value not in asked(text)


def test_last_year_is_named_where_the_article_is_dated() -> None:
    """Words that age are told as the year they mean."""
    text = "Anna Berg won 74 medals for Norway last year."
    assert (
        asked(text, published="3 May 2020")["74 medals"]
        == "How many medals did Anna Berg win for Norway in 2019?"
    )
    assert "74 medals" not in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        # a condition, a guess, a denial, somebody's speech
        "If Anna Berg protects 20% more sites, it is because the web grew by 20% in 1999.",
        "Anna Berg might open the Tarn Museum in 2031.",
        "Anna Berg did not open the Tarn Museum in 1931.",
        "“Anna Berg opened the Tarn Museum in 1931,” said Otto Lind.",
        # what points outside itself
        "It was still winter in Odda in 1999.",
        "The plan was made in 1921.",
        "The manager opened the gates of the factory in 1921.",
        "This opened the Tarn Museum in 1921.",
        "We opened the Tarn Museum in 1921.",
        # a question that has many answers
        "Anna Berg was a professor of theology.",
        "Anna Berg is one of the best players of Norway.",
        "On 3 May the museum of Oslo opened.",
        # a year among others
        "Strikes in 1955, 1956 and 1957 all failed.",
        # a line-up
        "Rodd for Genge (43), Smith for Vunipola (51), Lawes for Itoje (57), Pollock for Earl (61).",
    ],
)
def test_silence_where_it_is_not_sure(text: str) -> None:
    """What would mislead, lean, or have two answers is not asked."""
    assert asked(text) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # many did that, or anybody may have
        ("Otto Lind grew up in Oslo.", "Otto Lind"),
        ("Otto Lind wrote to his bishop in Oslo.", "Otto Lind"),
        ("The Tarn Bridge was built in 1912.", "Tarn Bridge"),
        # a condition, a list or a reason would be lost
        ("In 2010 the Lund Club named Anna Berg among the ten women who had changed Norway.", "2010"),
        ("Anna Berg had three brothers named Otto, Karl, and Ivar.", "3 brothers"),
        ("Otto Lind rode out of Oslo yelling: “The king is dead!” in 1775.", "Otto Lind"),
        ("Anna Berg, threatened by Lund, moved to Oslo.", "Anna Berg"),
        ("Otto Lind and Anna Berg sold 12 and 9 pictures respectively in Oslo.", "12"),
        # what holds on one day
        ("Anna Berg is building 22 bridges in Norway.", "22 bridges"),
        ("Anna Berg will open the Lund Museum in 2031.", "2031"),
        ("On October 19, Anna Berg asked Norway for 22 ships.", "22 ships"),
        # a bound, and a number that nobody would ask
        ("Anna Berg raised the price of Norwegian oil by less than 2 per cent in 1973.", "2 per cent"),
        ("Anna Berg painted two pictures of Oslo.", "2 pictures"),
        ("Otto Lind rushed for 256 yards.", "256 yards"),
        ("Otto Lind returned 27 balls for 256 yards.", "27 balls"),
        ("Otto Lind was born into a Syrian family in Oslo.", "Otto Lind"),
        ("On May 21, 2013, owners of the Lund Club voted and left Spain to Otto Lind.", "21 May 2013"),
        # to whom, or where to, an inner phrase leads
        ("The landing of Otto Lind was prevented by a fire in transit to Spain.", "Spain"),
        ("The Lund Union holds Tarn Castle, a house that has stood empty for years, and Oslo.", "Lund Union"),
        # two years in one question
        ("The price of Norwegian oil fell from 20 dollars in 1943 to 55 cents in 1946.", "1943"),
        # "in Rome" belongs to what is built
        ("Otto Lind sold bonds in 1516 to rebuild old roads in Oslo.", "Oslo"),
        # a subject from before, and somebody's reign
        ("Construction of walls began in 1921.", "1921"),
        ("King Otto (reign 1335-1408) was loved.", "1335"),
        ("In 2010 the Lund Club named her a member of Oslo.", "2010"),
        ("Anna Berg established the first Norwegian settlement in 1921.", "1921"),
    ],
)
def test_a_question_with_a_fault_is_left_out(text: str, value: str) -> None:
    """What many did, what would lose a condition, what ages, bounds and leaning subjects are not asked."""
    assert value not in asked(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A jury voted two days before a vanguard of 250 sailors who will come to Oslo.", "250 sailors"),
        ("Though Anna Berg was born in Lund, about 60 kilometres from Oslo, she moved.", "60 kilometres"),
        ("A small script of Norway with 30 signs including three.", "30 signs"),
        ("Norway is a part of the Salt Union, holds a seat in the Lund Assembly.", "Lund Assembly"),
        ("In 2016 the club went on, handing its bells to Tarn, Norway based Lind Foundry.", "2016"),
        ("Otto Lind was removed by General Karl Holm in the 2003 coup.", "2003"),
        ("The Danes took control of Norway 135 years after the Swedes.", "135 years"),
        ("The baker Otto Lind carved Karl Holms' bell in Oslo.", "Karl Holm"),
        ("The bells of Oslo, first rung in 1929 at the Lund Hotel, are kept by Otto Lind.", "Lund Hotel"),
        ("Anna Berg was sent to the governors of Texas, Ohio and Utah for help.", "Texas"),
        ("Anna Berg and Otto Lind shared in a 33-run partnership at the Oslo Oval.", "33 runs"),
        ("The ferry Mary was sent to the U.S. state of Florida in great haste.", "Florida"),
        ("The Lund Club is meeting with all of its members in Oslo.", "Oslo"),
        ("More than a million rounds of caliber 75 millimetres shot were made in Norway.", "75 millimetres"),
    ],
)
def test_a_sentence_that_would_lose_its_sense_is_not_asked_where_its_value_stands(
    text: str, value: str
) -> None:
    """What is cut, a list, a word that belongs to the value, or what holds today alone is not asked."""
    assert value not in asked(text)


@pytest.mark.parametrize(
    ("text", "value", "question"),
    [
        (
            "In Norway, a trader of salt is called a salter.",
            "salter",
            "In Norway, what is a trader of salt called?",
        ),
        (
            "The first woman in the Oslo senate was Sally Berg.",
            "Sally Berg",
            "Who was the first woman in the Oslo senate?",
        ),
        (
            "Tarn Castle is a castle in Norway, having an area of 40 square kilometres.",
            "40 square kilometres",
            "What is the area of Tarn Castle?",
        ),
    ],
)
def test_what_stands_beside_a_name_is_asked(text: str, value: str, question: str) -> None:
    """What something is called, who was the first or holds an office, a size, and the year of a work."""
    assert asked(text)[value] == question


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # the year of a title that is cut, and of somebody who is named in passing
        ("Her novels were Those Bare Hills (1925) and Salt Wind (1921).", "1925"),
        ("The scroll was painted by Karl Holm (1085–1145) for the king of Norway.", "1085"),
        # what follows, with nothing to tell it by
        ("The United Kingdom followed in 1955.", "1955"),
        # an "it" that is nobody
        ("Tarn Castle is a fortress in Norway. It took 12 years for all to agree.", "12 years"),
        # something done by the place, and a place that is no son
        ("Anna Berg was born in Lund, Texas, the youngest son of Dr. John of Oslo.", "Texas"),
        ("Otto Holm, who is in the Danish capital Oslo, sent for help.", "Oslo"),
        # what was published, and a meeting that is no person's role
        ("Salt Wind is a novel by Anna Berg, first published in Oslo on 3 May 1921.", "Oslo"),
        ("A meeting with the director Otto Lind led Oslo to the Salt War of 1921.", "Otto Lind"),
        # nothing else is told of it, and what was done is told behind it
        ("Anna Berg was a singer. At first, Berg struggled in Oslo and took odd jobs.", "Oslo"),
        ("A second night of raids killed how many say 80 sailors.", "80 sailors"),
        # an adjective of a country, and a second time
        ("US officers in Norway say all is well.", "United States"),
        ("Anna Berg made the salt wheel in 1877 and the salt clock in December 1888.", "December 1888"),
    ],
)
def test_what_belongs_elsewhere_is_not_asked(text: str, value: str) -> None:
    """A value is asked for only of what the words before and behind it surely belong to."""
    assert value not in asked(text)


_NORWAY = "Norway\n\nNorway is a country in the north of the old world. {}"
_BERG = "Anna Berg\n\nAnna Berg was a baker in the town of Lund in Sweden. {}"


@pytest.mark.parametrize(
    ("text", "value", "question"),
    [
        # one name that is not the article's is known to its reader alone
        (_NORWAY.format("Tarn was fortified in 1587."), "1587", ""),
        (_NORWAY.format("Tarn Castle was built in 1587."), "1587", "In which year was Tarn Castle built?"),
        (_NORWAY.format("Tarn has 40 towers."), "40 towers", ""),
        (
            _NORWAY.format("Tarn Castle in Oslo was built in 1587."),
            "1587",
            "In which year was Tarn Castle in Oslo built?",
        ),
        (
            "A night of rain\n\nIt was cold.\n\nTarn Castle was built in 1587.",
            "1587",
            "In which year was Tarn Castle built?",
        ),
        (
            _BERG.format("In 2009, the Lund Museum named her the best baker of the Salt Union."),
            "2009",
            "In which year did the Lund Museum name Anna Berg the best baker of the Salt Union?",
        ),
        # those of one family, of one name alone, and of one rank
        (_BERG.format("Her aunt Karla Berg was born in Oslo in 1921."), "1921", ""),
        (_BERG.format("Julia was born in Oslo in July 1921."), "July 1921", ""),
        (_BERG.format("Captain Anna Berg was killed in Oslo in 1786."), "1786", ""),
        # letters are written in full; what they stand for is asked behind what the article is about
        (
            _NORWAY.format("It is in the European Salt Union (ESU). The ESU was founded by Norway in 1921."),
            "1921",
            "In which year was the European Salt Union founded by Norway?",
        ),
        (
            _NORWAY.format("It had joined the European Salt Union (ESU) by then."),
            "European Salt Union",
            "Norway: what does ESU stand for?",
        ),
        (_NORWAY.format("It has the Norway Salt Union (NSU)."), "Norway Salt Union", ""),
        # what stands south of the capital is not the capital, and two sailors are not one
        (_NORWAY.format("Ninety miles south of the capital is Lund, where salt is made."), "Lund", ""),
        (_NORWAY.format("The sailors Otto Lind and Karl Holm reached Norway in 1921."), "Karl Holm", ""),
        (
            "Bergen F.C.\n\nBergen beat Oslo. Bergen lost to Tarn. Bergen won the Salt Cup in 1933.",
            "1933",
            "In which year did Bergen win the Salt Cup?",
        ),
        # what it is called when it is named again, what it has one of, and what its name means
        (
            _NORWAY.format("The state lies by the sea. The state was run as a part of Sweden until 1614."),
            "1614",
            "Until which year was Norway run as a part of Sweden?",
        ),
        (
            _NORWAY.format("The official tree is the pine, and there are mines."),
            "pine",
            "What is the official tree of Norway?",
        ),
        (_NORWAY.format("Its capital, Oslo, is large."), "Oslo", "Which city is the capital of Norway?"),
        (
            _NORWAY.format("The state tree, the ponderous pine, was chosen by a vote."),
            "ponderous pine",
            "What is the state tree of Norway?",
        ),
        (
            _NORWAY.format("With a total area of 147,040 square miles, Norway is larger than Lund."),
            "147,040 square miles",
            "What is the total area of Norway?",
        ),
        (
            _NORWAY.format("The country's name is derived from the Danish word nord."),
            "Danish",
            "From which language does the name Norway come?",
        ),
        (
            _NORWAY.format("It was made by Lind Inc. The Salt Bridge was opened in 1921 in Oslo."),
            "1921",
            "In which year was the Salt Bridge opened in Oslo?",
        ),
        (
            _NORWAY.format("The name Norway comes from Old Norse and means “northern way” or “north”."),
            "northern way",
            "What does the name Norway mean?",
        ),
        ("It had joined the European Salt Union (ESU) by then.", "European Salt Union", ""),
    ],
)
def test_a_question_says_what_it_is_about(text: str, value: str, question: str) -> None:
    """In an article named after one thing, a question names it, or enough of what else is known."""
    assert asked(text).get(value, "") == question


def test_a_day_s_news_is_asked_with_its_year() -> None:
    """What a text tells of its own day is asked where it says the year, and of nothing else."""
    news = "“It is cold,” Anna Berg said on Friday. The Lund Club of Oslo beat {} in {}.{}"
    told = " The mayor said it was late. The club said so too. Anna Berg told the Oslo Post on Monday."
    assert asked(news.format("the Salt Club of Tarn", "Bergen", told)) == {}
    assert asked(news.format("the Salt Club of Tarn", "1921", told)).keys() == {"1921"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # what anybody may have done, and somebody of whom nothing more is known
        ("In 1893, at the age of 33, Anna Berg took a train trip to Tarn, Norway.", "Anna Berg"),
        ("Otto Lind outmanoeuvred and defeated Karl Holm, capturing Oslo.", "Otto Lind"),
        ("Years later their daughter, Ermina, married Otto Lind in great haste.", "Otto Lind"),
        # what is said of a name beside it
        ("Ten towns supported Oslo, formed a council to lead them, and set up posts.", "Oslo"),
        # a part of the title
        (
            "A Baker in Paris\n\nOtto Lind wrote the novel A Baker in Paris for the Lund Museum in 1921.",
            "Paris",
        ),
        # two of several amounts, and a thing known from before
        (
            "Otto Lind founded Lund in 1575 with a hundred families of settlers and 400 sailors.",
            "400 sailors",
        ),
        ("In 2001, the Foundation opened Tarn College in Oslo, a public school.", "2001"),
        ("The first usage appears in three accounts of the Norwegian journey of 1540.", "3 accounts"),
    ],
)
def test_what_tells_nobody_from_others_is_not_asked(text: str, value: str) -> None:
    """A question names what it is about, and only one answer to it is right."""
    assert value not in asked(text)


def test_a_question_is_suggested_once() -> None:
    """Two sentences that give the same question and answer are one candidate."""
    text = (
        "Tarn Castle was rebuilt in 1447.\n\nAfter a long war, as many say, Tarn Castle was rebuilt in 1447."
    )
    assert len([fact for fact in draft(text, name="a.txt").facts_file.facts if fact.value == "1447"]) == 1


@pytest.mark.parametrize(
    ("verb", "base"),
    [
        ("ceded", "cede"),
        ("evaded", "evade"),
        ("hired", "hire"),
        ("won", "win"),
        ("sold", "sell"),
        ("carried", "carry"),
        ("developed", "develop"),
        ("determined", "determine"),
    ],
)
def test_verbs_are_turned_by_their_lemma(verb: str, base: str) -> None:
    """The base of a past stands behind "did"."""
    assert (
        asked(f"King Otto {verb} Malta to Spain in 1801.")["1801"]
        == f"In which year did King Otto {base} Malta to Spain?"
    )


def test_wrong_answers_are_surely_wrong_or_the_question_is_typed() -> None:
    """Names from the same sentence, other names of the key and other sorts are no wrong answers."""
    text = (
        "The minister Anna Berg opened Tarn Museum in 1921.\n\n"
        "The bombs hit embassies in Kenya and Tanzania in 1998.\n\n"
        "The writers Karl Lind and Otto Holm lived in Oslo.\n"
    )
    facts = {fact.value: fact for fact in draft(text, name="a.txt").facts_file.facts}
    for fact in facts.values():
        assert len(fact.distractors) != 1
        assert not {"Kenya", "Tanzania"} & set(fact.distractors)
        assert "Berg" not in fact.distractors
    (anna,) = (fact for value, fact in facts.items() if value == "Anna Berg")
    assert isinstance(anna.ask, Ask) or len(anna.distractors) >= 2


def test_persons_and_countries_are_typed() -> None:
    """Who else lived then and could have done it is not told by a name: no person is a wrong answer."""
    for kind, noun in ((FactKind.PERSON, "person"), (FactKind.COUNTRY, "country")):
        names = [
            Name(text, kind, noun, [Mention(0, 0, 9, text, role=noun)])
            for text in ("Otto Lind", "Karl Holm", "Ivar Dahl", "Per Moe")
        ]
        value = Value(0, 9, kind, "Otto Lind", "who", "name")
        assert suggest_distractors(value, Others(names, "")) == []


def test_names_are_options_where_there_are_four() -> None:
    """Of places of one sort three others make options; two make a question to be typed."""
    names = [
        Name(text, FactKind.PLACE, "river", [Mention(0, 0, 9, text)])
        for text in ("River Moe", "River Lind", "River Holm", "River Dahl")
    ]
    value = Value(0, 9, FactKind.PLACE, "River Moe", "which river", "name")
    assert len(suggest_distractors(value, Others(names, ""))) == 3
    assert suggest_distractors(value, Others(names[:3], "")) == []
    assert suggest_distractors(value, Others(names, "", ask="What is Lund nicknamed?")) == []


def test_wrong_years_lie_in_the_time_that_is_told_of() -> None:
    """No wrong year lies before a person's birth or after the death, none is told nearby."""
    value = Value(0, 4, FactKind.YEAR, "1860", "which year", "year", number=1860)
    years = suggest_distractors(value, Others([], "In 1856 she left.", (1809, 1865)))
    assert len(years) == 3
    assert all(1809 <= int(year) <= 1865 for year in years)
    assert "1856" not in years


def test_a_month_before_january_is_one_of_the_year_before() -> None:
    """No wrong date lies most of a year ahead of the right one."""
    value = Value(0, 9, FactKind.DATE, "4 January 2016", "which date", "date")
    wrong = suggest_distractors(value, Others([], ""))
    assert len(wrong) == 3
    assert "24 December 2015" in wrong


def test_the_life_of_a_person_bounds_the_wrong_years() -> None:
    """An article that tells the years of a life gives no wrong year outside it."""
    text = (
        "Anna Maria Berg (3 May 1821 - 6 June 1869) was a poet. In 1859, Anna Berg founded the Tarn Museum. "
        "The Tarn Museum was rebuilt in 1921, and closed in 1985."
    )
    (founded,) = (fact for fact in draft(text, name="a").facts_file.facts if fact.value == "1859")
    assert founded.distractors
    assert all(1821 <= int(year) <= 1869 for year in founded.distractors)


def test_a_typed_question_is_asked_where_no_wrong_answer_is_sure() -> None:
    """One name of its sort alone gives a question to be typed, with its short form accepted."""
    (fact,) = (
        fact
        for fact in draft("The minister Anna Berg opened Tarn Museum in 1921.", name="a").facts_file.facts
        if fact.value == "Anna Berg"
    )
    assert isinstance(fact.ask, Ask)
    assert fact.ask.text
    assert "Berg" in fact.aliases


@pytest.mark.parametrize(
    ("statement", "alone"),
    [
        ("Lake Tarn was mapped by Anna Berg in 1921.", True),
        ("The mayor of Oslo opened it.", False),
        ("It was mapped by Anna Berg in 1921.", False),
        ("We are closing in on a billion sites.", False),
        ("The plan was dropped.", False),
        ("The price of oil rose in 1973.", True),
        ("Anna Berg left last year.", False),
        ("“Lake Tarn is deep,” said Anna Berg.", False),
    ],
)
def test_statements_that_lean_are_not_told_true_or_false(statement: str, alone: bool) -> None:
    """Pronouns, "we", words that age and "the plan" make a statement lean on its neighbours."""
    assert stands_alone(statement) is alone
