"""Unit tests of what the drafter keeps back: questions that read well, and that no editor would print."""

import pytest

from bot.drafter import draft
from bot.drafter.draft import stems

LEAD = "Tarn Bridge is a bridge in Norway. It has spanned the Moe since 1921. "


def asked(text: str, title: str = "Tarn Bridge") -> dict[str, str]:
    """Return the suggested question of each value of an article."""
    found = draft(f"# {title}\n\n{text}", name="tarn.md", kind="markdown")
    return {fact.value: " ".join(stems(fact)) for fact in found.facts_file.facts}


def test_an_article_about_something_suggests_questions() -> None:
    """What is kept back below is kept back for its own fault."""
    assert asked(LEAD + "In 1953, Tarn Bridge was rebuilt by Anna Berg.")["1953"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (LEAD + "In 1953, Tarn Bridge was the longest bridge in Norway.", "Norway"),
        (LEAD + "The engineers of Tarn Bridge returned to Earth in 1953.", "Earth"),
        (LEAD + "The owner was the Moe Road Company (MRC). " + 9 * "It is red. ", "Moe Road Company"),
        (LEAD + "Otto Lind attended the opening of Tarn Bridge on 3 May 1953.", "3 May 1953"),
        (
            LEAD + "In 1953, Eduard was born at Tarn Bridge. Anna Berg closed Tarn Bridge in 1985.",
            "1953",
        ),
        (LEAD + "The engineer Anna Berg lived in Bergen.", "Bergen"),
        (LEAD + "The Lund Government opened Tarn Bridge in 1953.", "Lund Government"),
        (LEAD + "Tarn Bridge was a landmark until its collapse in 1953.", "1953"),
        (LEAD + "The engineer Otto Lind was killed in a fall at Tarn Bridge.", "Otto Lind"),
        (LEAD + "In 1953, Tarn Bridge had the highest arches in the world.", "1953"),
        (LEAD + "In 1953, Tarn Bridge had over 90 guards in the world.", "1953"),
        (
            LEAD + "Anna Berg is among the great builders of Tarn Bridge in the 20th century.",
            "the 20th century",
        ),
        (LEAD + "At Tarn Bridge a hundred men and 40 women drowned.", "40 women"),
        (LEAD + "Tarn Bridge has been linked with Lund since its construction in 1953.", "1953"),
        (LEAD + "The Lund Company took over in 1953.", "1953"),
        (LEAD + "Tarn Bridge came from the union of Lund and Sweden, which created Tarn Hall.", "Sweden"),
        (LEAD + "Tarn Bridge is ranked among the top 10 bridges of the world.", "10 bridges"),
        (LEAD + "Tarn Bridge fell 40 years after the Lund Bridge.", "40 years"),
        (LEAD + "A helper of the Tarn Bridge was the sculptor Otto Lind.", "Otto Lind"),
        (LEAD + "The builder of the Tarn Bridge was the Duke of Lund.", "Duke of Lund"),
        (LEAD + "In 1953, Anna Berg took a trip over Tarn Bridge.", "1953"),
        (LEAD + "Tarn Bridge belongs to a scholar, Anna Berg, who attended Lund School.", "Lund School"),
        (LEAD + "The current owner of Tarn Bridge is Anna Berg.", "Anna Berg"),
    ],
)
def test_what_nobody_would_ask_is_kept_back(text: str, value: str) -> None:
    """The country an article is about, letters told once, any day's doings, "Eduard", a place of no time."""
    assert not asked(text).get(value, "")


def test_news_is_asked_with_its_year() -> None:
    """Of what happened on Tuesday nobody knows later which raid or match it was."""
    news = (
        "Anna Berg opened Tarn Bridge at Lund on Tuesday. Tarn Bridge was closed yesterday by Otto Lind. "
        "Moe Company sold the Tarn Bridge to Lund Company for 3 million dollars on Friday."
    )
    assert not any(asked(news, "Bridge opened and closed").values())


def test_the_short_form_of_a_name_is_right_too() -> None:
    """Who is asked "in which kingdom" or "which strait" need not say kingdom or strait again."""
    text = "In 1953, Tarn Bridge was sold to the Kingdom of Lund. Tarn Bridge crosses the Skerry Strait. "
    text += 20 * "Boats and ships of all sorts pass below it. "
    facts = draft(f"# Tarn Bridge\n\n{text}", name="tarn.md", kind="markdown").facts_file.facts
    also = {fact.value: fact.aliases for fact in facts}
    assert "Lund" in also["Kingdom of Lund"]
    assert "Skerry" in also["Skerry Strait"]
    facts = draft("The last king of Norway was Harald IV.", name="tarn.md").facts_file.facts
    assert not any("IV" in fact.aliases for fact in facts)


@pytest.mark.parametrize(
    ("text", "value", "question"),
    [
        (
            "Tarn Bridge is a bridge in Norway and lies about 29 miles (47 km (25 nmi)) north-east of Lund.",
            "29 miles",
            "About how many miles north-east of Lund is Tarn Bridge?",
        ),
        (
            LEAD + "The last king who lived at Tarn Bridge was Otto Lind.",
            "Otto Lind",
            "Who was the last king who lived at Tarn Bridge?",
        ),
        (
            LEAD + "Tarn Bridge is nicknamed the Salt State, after its mines.",
            "Salt State",
            "What is Tarn Bridge nicknamed?",
        ),
        (
            "Anna Berg was born to Per Berg (or Bergh) and his wife Ada on 3 May 1921 in Oslo. She built it.",
            "Oslo",
            "In which city was Anna Berg born?",
        ),
    ],
)
def test_what_an_article_says_of_its_own_subject_is_asked(text: str, value: str, question: str) -> None:
    """How far it lies from a place, what else it is called, where a life began."""
    assert asked(text + 9 * " Boats and ships of all sorts pass.")[value] == question


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            LEAD + "In 1953, Anna Berg joined the Lund Club with a hundred other members of the same office.",
            "In which year did Anna Berg join the Lund Club?",
        ),
        (
            LEAD + "In 1953, Otto Lind bought Tarn Bridge with the money of the same friends.",
            "In which year did Otto Lind buy Tarn Bridge?",
        ),
        (
            LEAD + "Anna Berg conquered Tarn Bridge with the same friends in 1953 and Lund Hall in 1961.",
            "",
        ),
        (LEAD + "In 1953 a crowd crossed Tarn Bridge.", "In which year did a crowd cross Tarn Bridge?"),
        (LEAD + "In 1953, Tarn Bridge needed a committee.", ""),
    ],
)
def test_a_time_is_asked_of_what_is_told_first(text: str, question: str) -> None:
    """What is added last is left out where it leans on the text; "a committee" tells no event."""
    assert asked(text).get("1953", "") == question


@pytest.mark.parametrize(
    ("text", "value", "question"),
    [
        (
            "The first Tarn Bridge Games were held on 3 May 1953.",
            "3 May 1953",
            "On which date were the first Tarn Bridge Games held?",
        ),
        (
            "In 1953 the old yard in the centre of Tarn Bridge became a museum of salt.",
            "1953",
            "In which year did the old yard in the centre of Tarn Bridge become a museum of salt?",
        ),
    ],
)
def test_the_first_games_and_a_yard_in_a_town_are_told(text: str, value: str, question: str) -> None:
    """What is the first of a name, and what lies in the middle of one need no words from before."""
    assert asked(LEAD + text)[value] == question


def test_a_name_beside_what_it_is_reads_as_one() -> None:
    """What stands in commas behind "his first film" and before the verb does not break its sentence."""
    text = LEAD + "In 1953, Anna Berg's first film, The Salt of Lund, was shown at Tarn Bridge."
    assert (
        asked(text)["1953"]
        == "In which year was Anna Berg's first film The Salt of Lund shown at Tarn Bridge?"
    )


def test_the_life_of_who_is_introduced_is_asked() -> None:
    """Who is brought in by what he is, with the years of his life, is somebody the article is about."""
    found = asked(LEAD + "It was built by a Norwegian artist, Otto Lind (1883-1969), out of stone.")
    assert found["1883"] == "In which year was Otto Lind born?"


def test_each_side_of_a_place_is_asked_alone() -> None:
    """What borders a place to the north is asked though what borders it to the west stands behind."""
    text = "Norway is old. It is bordered to the north by the Moe Sea, to the west by Lake Tarn and Ohio."
    found = asked(text + 9 * " Boats and ships of all sorts pass.", "Norway")
    assert found["Moe Sea"] == "By which sea is Norway bordered to the north?"
    assert not found.get("Lake Tarn")


def test_a_surname_is_whom_the_title_names_though_others_bear_it() -> None:
    """In an article about Anna Berg, Berg is she: whether her whole name stands there, or her father's."""
    for told in ("Berg was born to Anna Maria Berg's father, Karl Otto Berg. ", ""):
        found = asked(told + "In 1953, Berg joined the Lund Club. Berg left Oslo in 1961.", "Anna Berg")
        assert found["1953"] == "In which year did Anna Berg join the Lund Club?"
