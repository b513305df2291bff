"""Suggested questions: a few shapes that read well, and silence for all others."""

import pytest

from bot.bank.facts import Ask
from bot.drafter import draft
from bot.drafter.draft import stems
from bot.drafter.standing import stands_alone


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
    ("verb", "base"),
    [
        ("ceded", "cede"),
        ("evaded", "evade"),
        ("hired", "hire"),
        ("won", "win"),
        ("sold", "sell"),
        ("carried", "carry"),
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
