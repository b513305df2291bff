"""The linter's rules: for each, questions that it finds fault with and questions that it leaves alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank import load_bank
from bot.bank.compiler import Compiled, compile_document
from bot.bank.document import parse
from bot.bank.linter import READING, check, lint
from bot.bank.rules import Entry, all_rules
from bot.quiz.question import MAX_TEXT, Kind, Picture, Question, Reference, Tolerance, Verdict
from tests.banks import faultless, number_question, source, yaml_of
from tests.bounds import processor_seconds
from tests.laws import tried

TF = {
    "kind": Kind.TRUE_FALSE,
    "key": "False",
    "distractors": ("True",),
    "stem": "True or false: The rover Yutu-2 carried a drill.",
}
LONG = "a long walk over the wide grey plain between two craters, then back again by night, "


def found(*questions: Question, topics: dict[str, str] | None = None) -> list[tuple[str, int, int]]:
    """Return rule, line and column of all that the linter finds in a file of these questions."""
    compiled = compile_document(parse("f.yaml", yaml_of(*questions, topics=topics)))
    assert compiled.problems == []
    return sorted((problem.rule, problem.line, problem.column) for problem in lint([compiled]))


def rules_of(*questions: Question, topics: dict[str, str] | None = None) -> set[str]:
    """Return the names of the rules that find something."""
    return {rule for rule, _, _ in found(*questions, topics=topics)}


def q(**changes: Any) -> list[Question]:
    """Return a single question with these changes."""
    return [faultless(**changes)]


def n(**changes: Any) -> list[Question]:
    """Return a single number question with these changes."""
    return [number_question(**changes)]


def always(number: int, **changes: Any) -> Question:
    """Return a question whose key is the Moon, unless changed; its wrong options come once."""
    wrong = (f"Rock {number}", f"Ring {number}", f"Dust {number}")
    fields = {"id": f"q{number}", "stem": f"Which is number {number}?", "key": "Moon", "distractors": wrong}
    return faultless(**{**fields, **changes})


def facts_about(*names: str) -> list[Question]:
    """Return questions on different facts, each with a name inside its stem and nothing else in common."""
    asks = (
        "Who built",
        "When did people first see",
        "What powered",
        "How long was",
        "Why did engineers test",
    )
    return [
        faultless(id=f"q{index}", fact=f"f{index}", stem=f"{asks[index % 5]} {name} during winter {index}?")
        for index, name in enumerate(names)
    ]


def other_number(**changes: Any) -> Question:
    """Return a number question about another fact, but for `changes`."""
    return number_question(**{"id": "b", "fact": "second-drive", "stem": "And in its second year?"} | changes)


# rule: (questions with the fault, questions that come close and are right)
EXAMPLES: dict[str, tuple[Sequence[list[Question]], Sequence[list[Question]]]] = {
    "key-among-distractors": (
        [
            q(distractors=("Chang'e-4", "Luna 9")),
            q(distractors=("Luna 9", "CHANG’E 4")),
            q(key="Moon", distractors=("the Moon", "Mars")),
            n(distractors=("1,357 m", "357 m")),
            q(key="half a million", distractors=("500,000", "200,000")),
            q(key="2 dozen eggs", distractors=("36 eggs", "24 eggs")),
        ],
        [
            q(),
            q(key="-3 °C", distractors=("3 °C", "30 °C")),
            q(key="1.5 km", distractors=("15 km", "150 km")),
        ],
    ),
    "equal-options": (
        [
            q(distractors=("Luna 9", "luna-9", "Ranger 4")),
            q(distractors=("The Moon", "the moon.")),
            q(distractors=("Sun & Moon", "Sun and Moon")),
            q(key="3 km", distractors=("2 km", "2,000 m", "2\u202f000 metres")),
        ],
        [q(distractors=("Luna 9", "Luna 10")), q(key="10", distractors=("-5", "5"))],
    ),
    "equal-but-for-accents": (
        [
            q(key="Kármán", distractors=("Karman", "Pavo")),
            q(distractors=("Brahe", "Tyge Ödman", "Tyge Odman")),
        ],
        [q(key="Kármán", distractors=("Korman", "Pavo"))],
    ),
    "impossible-day": (
        [
            q(key="31 February 2019", distractors=("3 March 2019", "4 March 2019")),
            q(key="3 March 2019", distractors=("February 29, 2019", "4 March 2019")),
            q(key="3 March 2019", distractors=("2019-04-31", "4 March 2019")),
            q(key="3 March 2019", distractors=("the 31st of June", "32 May 2019")),
        ],
        [
            q(key="29 February 2020", distractors=("31 January", "May 2019", "12.25.2019", "1 May 1969")),
            q(distractors=("Apollo 31", "31 marching men", "Mar 9900")),
        ],
    ),
    "equal-beginnings": (
        [q(key=LONG + "in the dark", distractors=(LONG + "in the light", "a short one"))],
        [q(key=LONG, distractors=("in the dark " + LONG, "a short one"))],
    ),
    "no-distractors": (
        [q(distractors=()), q(kind=Kind.MYTH, distractors=())],
        [q(kind=Kind.TEXT, distractors=()), n(distractors=())],
    ),
    "true-false-form": (
        [
            q(**{**TF, "key": "No", "distractors": ("Yes",)}),
            q(**{**TF, "distractors": ("True", "Perhaps")}),
            q(**{**TF, "distractors": ("Wrong",)}),
        ],
        [q(**TF), q(**{**TF, "key": "True", "distractors": ("False",)})],
    ),
    "accept-contains-distractor": (
        [q(accept=("change 4", "luna 9")), q(accept=("LUNA-9",))],
        [q(accept=("change 4", "ce-4"))],
    ),
    "missing-tolerance": (
        [n(tolerance=None)],
        [n(), q(kind=Kind.YEAR, key="1969", distractors=("1968", "1971"))],
    ),
    "tolerance-order": ([n(tolerance=Tolerance(370, 340, "m"))], [n(tolerance=Tolerance(357, 357, "m"))]),
    "key-outside-tolerance": (
        [n(tolerance=Tolerance(100, 110, "m")), n(key="-10 °C", tolerance=Tolerance(5, 15, "°C"))],
        [n(), n(key="−173 °C", distractors=("0 °C", "100 °C"), tolerance=Tolerance(-180, -170, "°C"))],
    ),
    "distractor-inside-tolerance": (
        [
            n(distractors=("350 m", "900 m")),
            n(distractors=("350", "900 m")),
            n(distractors=("340.0 m", "900 m")),
        ],
        [n(), n(distractors=("350 km", "900 m")), n(key="1,357 m", tolerance=Tolerance(1300, 1400, "m"))],
    ),
    "year-form": (
        [q(kind=Kind.YEAR, key="May 1969"), q(kind=Kind.YEAR, key="1960s")],
        [q(kind=Kind.YEAR, key="1969"), q(kind=Kind.YEAR, key="44 BC"), q(key="1960s")],
    ),
    "duplicate-id": (
        [[faultless(), faultless(stem="Who flew the first craft that took off again?")]],
        [[faultless(), faultless(id="another", stem="Who flew the first craft that took off again?")]],
    ),
    "long-option": (
        [q(key="x" * 81), q(distractors=("x" * 81, "y"))],
        [q(key="x" * 80, distractors=("y" * 80, "z"))],
    ),
    "few-distractors": (
        [
            q(distractors=("Luna 9",)),
            q(kind=Kind.REVERSE, distractors=("Luna 9", "Luna 2")),
            q(kind=Kind.TEXT, distractors=("Luna 9", "Luna 2")),
            q(kind=Kind.ORDER, distractors=("Luna 9",)),
        ],
        [
            q(),
            q(kind=Kind.ORDER, distractors=("Luna 9", "Luna 2")),
            q(kind=Kind.TEXT, distractors=()),
            q(**TF),
        ],
    ),
    "leading-article": (
        [
            q(key="A seismometer", distractors=("A drill", "A mirror", "A sail")),
            q(key="Seismometer", distractors=("the far side", "An old drill", "Mirror")),
        ],
        [
            q(key="The Hague", distractors=("The Beatles", "Ghent", "Ypres")),
            q(key="A drill bit that had broken in the cold", distractors=("Aquifer", "Thetis", "An")),
        ],
    ),
    "mixed-case-options": (
        [
            q(key="dust", distractors=("Ice", "Rock", "Glass")),
            q(key="Dust", distractors=("ice", "Rock", "Glass")),
        ],
        [q(key="dust", distractors=("ice", "3 rocks", "glass")), q(key="Dust", distractors=("Ice", "Rock"))],
    ),
    "absurd-distractor": (
        [
            q(key="Basalt", distractors=("Cheese", "Granite", "Marble")),
            n(distractors=("120 m", "900 m", "400 km")),
            q(kind=Kind.YEAR, key="1957", distractors=("1794", "1955", "1961")),
        ],
        [
            q(
                key="Cheese",
                stem="Of what is the Moon in the tale?",
                distractors=("Chocolate", "Ice", "Glass"),
            ),
            n(distractors=("120 m", "9 km", "2500 m")),
            q(kind=Kind.YEAR, key="1066", distractors=("800", "1215", "1492")),
            q(kind=Kind.YEAR, key="1957", distractors=("1914", "1955", "1961")),
        ],
    ),
    "unordered-numbers": (
        [n(distractors=("120 m", "9 kg", "2500 m"))],
        [
            n(),
            n(distractors=("120 m", "9 km", "2500 m")),
            q(key="3 craft", distractors=("None", "Two", "Four")),
        ],
    ),
    "dependent-statement": (
        [
            q(**{**TF, "stem": "True or false: It carried a drill."}),
            q(**{**TF, "stem": "True or false: However, both rovers failed."}),
            q(**{**TF, "stem": "They were named after a rabbit."}),
        ],
        [
            q(**TF),
            q(**{**TF, "stem": "True or false: It takes a month to circle Earth."}),
            q(**{**TF, "stem": "True or false: Items from the Moon are on show in Beijing."}),
            q(stem="It landed in 2019. Which craft was it?"),
        ],
    ),
    "unsaid-claim": (
        [q(**{**TF, "stem": "The rover Yutu-2 carried a drill."})],
        [q(**TF), q(**{**TF, "stem": "Right or wrong? Yutu-2 carried a drill."}), q()],
    ),
    "unnamed-referent": (
        [
            q(stem="What does the article call the far side of the Moon?"),
            q(stem="According to the text, which craft landed first?"),
            q(stem="Where did the canister stand on the Moon?"),
            q(stem="How did this mission end?"),
            q(stem="In May the rover slept. Why?"),
        ],
        [
            q(stem="Where did the canister of Chang'e-4 stand?"),
            q(stem="What did the rover Yutu-2 find?"),
            q(stem="Yutu-2 drove on the Moon for years. How far did the rover get?"),
            q(stem="Which craft was the mission that reached the far side first?"),
            q(stem="What is the source of moonlight?"),
            q(stem="What did the Apollo mission of July 1969 bring home?"),
        ],
    ),
    "verdict-of-another": (
        [
            q(kind=Kind.ORDER),
            q(source=source(verdict=Verdict.CONTRADICTED, says="Apples are blue.")),
        ],
        [
            q(source=source(verdict=Verdict.CONTRADICTED, says="The first soft landing was Luna's.")),
            q(kind=Kind.ORDER, source=source(verdict=None, paragraphs=())),
        ],
    ),
    "weak-reference": (
        [
            q(source=source(references=(Reference("A blog", "https://craft.blogspot.com/1"),))),
            q(
                source=source(
                    references=(
                        Reference("A film", "https://www.youtube.com/watch?v=1"),
                        Reference("A talk", "http://old.reddit.com/r/moon"),
                    )
                )
            ),
        ],
        [
            q(),
            q(source=source(references=())),
            q(
                source=source(
                    references=(
                        Reference("A blog", "https://craft.blogspot.com/1"),
                        Reference("A book", ""),
                    )
                )
            ),
            q(source=source(references=(Reference("An agency", "https://x.com.example.org/"),))),
        ],
    ),
    "twin-options": (
        [
            [
                faultless(),
                faultless(
                    id="b",
                    kind=Kind.TEXT,
                    stem="What is it called?",
                    distractors=("luna 9", "Ranger 4", "Surveyor 1"),
                ),
            ]
        ],
        [
            [
                faultless(),
                faultless(
                    id="b", stem="What is it?", key="Luna 9", distractors=("Luna 2", "Luna 3", "Luna 4")
                ),
            ],
            [
                faultless(),
                faultless(
                    id="b",
                    stem="And then?",
                    key="Luna 9",
                    distractors=("Chang'e-4", "Surveyor 1", "Ranger 4"),
                ),
            ],
        ],
    ),
    "shared-explanation": (
        [[faultless(id=f"q{n}", stem=f"What is number {n} of them?", key=f"Craft {n}") for n in range(3)]],
        [[faultless(id=f"q{n}", stem=f"What is number {n} of them?", key=f"Craft {n}") for n in range(2)]],
    ),
    "always-the-key": (
        [[always(n) for n in range(4)]],
        [
            [always(n) for n in range(3)],
            [*[always(n) for n in range(4)], always(9, key="Io", distractors=("Moon", "Pan"))],
        ],
    ),
    "key-stands-out": (
        [
            q(
                key="A relay craft that circles a point behind the Moon",
                distractors=("A dish", "A rover", "A mast"),
            ),
            q(
                key="A dish",
                distractors=("A relay that circles the Moon", "A mast of twenty metres in height"),
            ),
        ],
        [q(key="A relay behind the Moon", distractors=("A dish on the near side", "A mast", "A rover"))],
    ),
    "all-of-the-above": (
        [
            q(distractors=("Luna 9", "All of the above")),
            q(key="Both A and B"),
            q(distractors=("all of these", "Luna 9")),
            q(distractors=("All three", "Luna 9")),
        ],
        [q(key="All of the northern plain", distractors=("Half of it", "None"))],
    ),
    "none-of-the-above": (
        [q(distractors=("Luna 9", "None of the above")), q(distractors=("neither of them", "Luna 9"))],
        [q(key="Nun of Kent", distractors=("Noon", "Dawn"))],
    ),
    "absolute-words": (
        [q(distractors=("It always shines", "Luna 9")), q(**{**TF, "stem": "The rover never moved by day."})],
        [q(key="Always lit", distractors=("Never lit", "Always dim")), q(**TF)],
    ),
    "other-kind": (
        [
            n(distractors=("Luna 9", "900 m", "120 m")),
            q(key="1969", distractors=("Apollo", "1971")),
            q(key="Yes", distractors=("No", "Luna")),
            q(key="Luna", distractors=("1969", "Apollo")),
            q(key="1969", distractors=("350 m", "1971")),
        ],
        [
            n(),
            q(),
            q(key="1969", distractors=("1971", "1972")),
            q(key="Yes", distractors=("No",)),
            q(**TF),
            q(key="NO", distractors=("SE", "DK", "FI")),
            q(key="SE", distractors=("NO", "DK", "FI")),
        ],
    ),
    "key-looks-different": (
        [
            q(key="A dish", distractors=("Mast", "Wheel", "Drill")),
            q(key="dish", distractors=("Mast", "Wheel")),
            q(key="Dish.", distractors=("Mast", "Wheel")),
            q(key="Dish", distractors=("Mast (long)", "Wheel (small)")),
        ],
        [q(key="A dish", distractors=("A mast", "Wheel")), q(key="12 m", distractors=("Mast", "Wheel"))],
    ),
    "repeated-accept": ([q(accept=("ce-4", "CE-4"))], [q(accept=("ce-4", "ce 4"))]),
    "hard-to-type": (
        [q(kind=Kind.TEXT, key="A relay craft that circles a point behind the Moon", accept=())],
        [
            q(kind=Kind.TEXT, key="A relay craft that circles a point behind the Moon", accept=("relay",)),
            q(key="A relay craft that circles a point behind the Moon"),
        ],
    ),
    "missing-unit": (
        [
            n(tolerance=Tolerance(340, 370, "")),
            n(kind=Kind.ESTIMATE, tolerance=Tolerance(340, 370, "")),
            n(distractors=("120", "900 m")),
            q(key="5", distractors=("6 km", "7")),
        ],
        [n(), q(key="5", distractors=("6", "7")), q(key="1969", distractors=("6 km", "7 km"))],
    ),
    "overlapping-ranges": (
        [
            q(key="10 to 20 km", distractors=("15 to 30 km", "40 to 50 km")),
            q(key="10-20", distractors=("20-30", "31-40")),
            q(key="more than 50 km", distractors=("between 40 and 60 km", "under 10 km")),
            q(key="10 to 20", distractors=("15", "30")),
        ],
        [
            q(key="10 to 19 km", distractors=("20 to 29 km", "30 to 39 km")),
            q(key="10 to 20 km", distractors=("15 to 30 m", "1 to 2 m")),
            q(key="under 10", distractors=("10.5 to 20", "over 20")),
        ],
    ),
    "long-stem": ([q(stem="Which " + "x" * 300 + "?")], [q(stem="Which " + "x" * 290 + "?")]),
    "blank-in-stem": (
        [
            q(stem="The craft was called ____."),
            q(stem="The craft was called [...]?"),
            q(stem="It was (blank)?"),
        ],
        [q(stem="What is a (soft) landing?"), q(stem="Which craft... and when?")],
    ),
    "stem-form": (
        [q(stem="The first craft to land"), q(**{**TF, "stem": "Did the rover carry a drill?"})],
        [q(), q(stem="Name the first craft to land."), q(stem="Which one, in the end? Choose."), q(**TF)],
    ),
    "unmarked-negative": (
        [
            q(stem="Which craft did not land softly?"),
            q(stem="Which craft landed, all except one?"),
            q(stem="Which craft didn't land?"),
            q(**{**TF, "stem": "The rover does not carry a drill."}),
        ],
        [q(stem="Which craft did NOT land softly?"), q(stem="Which knot is notable?")],
    ),
    "negative-option": (
        [q(key="Not a craft"), q(distractors=("No wheel", "All craft except one"))],
        [q(key="Notable", distractors=("Nothing much", "Luna 9"))],
    ),
    "grammar-clue": (
        [q(stem="What landed there was an?", key="orbiter", distractors=("rover", "engine"))],
        [q(stem="What landed there was a?", key="lander", distractors=("rover", "mast"))],
    ),
    "stem-gives-key": (
        [
            q(stem="Which country sent Chang'e-4, the lander?", key="Chang'e-4"),
            q(stem="In the crater of Von Karman, what lies?", key="von karman"),
            q(stem="Which eclipse leaves a ring of Sun?", key="Annular", accept=("ring", "annular one")),
        ],
        [
            q(stem="Which came first, Chang'e-4, Luna 9, Surveyor 1 or Ranger 4?"),
            q(stem="Which Chang'e-40 craft?"),
            q(**{**TF, "stem": "It is False that the rover carried a drill."}),
        ],
    ),
    "key-echoes-stem": (
        [q(stem="Which landing did the lander make?", key="Soft landing", distractors=("Crash", "Flyby"))],
        [q(stem="Which landing was it?", key="Soft landing", distractors=("Hard landing", "Flyby"))],
    ),
    "asks-opinion": (
        [q(stem="Which craft do you think is the best?"), q(stem="What is the most beautiful crater?")],
        [q(stem="Which craft did people think had failed?")],
    ),
    "two-questions": ([q(stem="Which craft landed? And when?")], [q(stem="Which craft landed, and when?")]),
    "ageing-words": (
        [
            q(stem="Which craft lands later this year?"),
            q(explanation="It is currently asleep, and nobody knows why."),
            q(distractors=("A craft built recently", "Luna 9")),
        ],
        [
            q(explanation="As of 2024 it was currently asleep, and nobody knew why."),
            q(stem="Which craft landed soon after the first one?"),
        ],
    ),
    "look-alike-letters": (
        [
            q(key="Сhina"),
            q(stem="Which year, 2O19 or later, was it?"),
            q(key="Мооn"),
            q(distractors=("МОН", "Luna 9")),
        ],
        [
            q(key="嫦娥四号"),
            q(key="5 μm", distractors=("6 μm", "7 μm")),
            q(key="Луна-9"),
            q(stem="What is O3?"),
        ],
    ),
    "invisible-character": (
        [q(key="Chang\u00ade-4"), q(stem="Which\u200b craft landed?")],
        [q(key="Châng'e-4")],
    ),
    "stray-spaces": (
        [q(stem="Which craft  landed?"), q(key=" Luna 3"), q(explanation="It landed , and then it slept.")],
        [q(stem="Which craft had .5 m of wheel?")],
    ),
    "doubled-word": (
        [q(stem="Which craft landed on the the Moon?")],
        [q(stem="Which craft had had a drill?")],
    ),
    "placeholder": (
        [q(explanation="TODO"), q(distractors=("Luna 9", "???")), q(stem="Which <craft name> landed?")],
        [q(explanation="Todos os craft were made of aluminium and foil.")],
    ),
    "html-entity": (
        [
            q(stem="Which craft landed &quot;softly&quot; behind the Moon?"),
            q(distractors=("Wilhelm R&ouml;ntgen", "Luna 9")),
            q(explanation="It&#39;s the first craft that landed behind the Moon."),
        ],
        [q(explanation="Salt & pepper; AT&T; a&b; and one &nosuchsign; are no signs.")],
    ),
    "discord-markup": (
        [
            q(explanation="Tell @everyone that it landed behind the Moon."),
            q(stem="Which craft did <@123456789012345678> land?"),
            q(explanation="See [the page](https://example.org/craft) for its landing."),
            q(explanation="See https://example.org/craft for its landing."),
            q(stem="Which craft landed <t:1546484640:R> behind the Moon?"),
            q(distractors=("Luna 9 <:moon:123456789012345678>", "Surveyor 1")),
            q(explanation="Use </quiz start:123456789012345678> to learn of its landing."),
            q(explanation="It was the **first** that landed behind the Moon."),
            q(explanation="It landed ||behind|| the Moon."),
        ],
        [
            q(explanation="Write to me@example.org [in brackets] (or not) about everyone here."),
            q(explanation="2 ** 3 ** 2 is 512, a || b is an or, and it is < 5 or > 7: at 10:30."),
        ],
    ),
    "idle-explanation": (
        [q(explanation="Chang'e-4.")],
        [q(explanation="Chang'e-4 needed a relay behind the Moon.")],
    ),
    "verdict-without-says": (
        [q(source=source(verdict=Verdict.OUTDATED)), q(source=source(says="It was the second."))],
        [
            q(source=source(verdict=Verdict.OUTDATED, says="It was the second.")),
            q(source=source(verdict="imprecise")),
        ],
    ),
    "unchecked-correction": (
        [q(source=source(verdict=Verdict.CONTRADICTED, says="It was the second.", references=()))],
        [q(source=source(verdict=Verdict.CONTRADICTED, says="It was the second."))],
    ),
    "web-address": (
        [
            q(source=source(references=(Reference("A book", "example.org"),))),
            q(source=source(references=(Reference("A page", "https://example.org:port/"),))),
        ],
        [
            q(
                source=source(
                    references=(Reference("A book", ""), Reference("A page", "http://example.org/x?y=1"))
                )
            )
        ],
    ),
    "missing-paragraphs": ([q(source=source(paragraphs=()))], [q(source=source(paragraphs=(1,)))]),
    "misspelling": (
        [q(explanation="It was 100 degrees Celcius in the sun, and cold at night."), q(key="Yutru-2")],
        [q(explanation="It was 100 degrees Celsius in the sun, and cold at night.")],
    ),
    "myth-without-source": (
        [q(kind=Kind.MYTH, stem="Which side is dark?")],
        [
            q(kind=Kind.MYTH, stem="Which side do many people take to be dark?"),
            q(
                kind=Kind.MYTH,
                stem="Which side is dark?",
                source=source(verdict="contradicted", says="The far side."),
            ),
        ],
    ),
    "same-stem": (
        [
            [faultless(), faultless(id="b", fact="other")],
            [faultless(), faultless(id="b", stem=faultless().stem.upper())],
        ],
        [
            [faultless(), faultless(id="b", kind=Kind.REVERSE)],
            [
                faultless(stem="Which of these came first?"),
                faultless(id="b", stem="Which of these came first?", distractors=("Luna 1", "Luna 2")),
            ],
        ],
    ),
    "near-duplicate-stems": (
        [
            [faultless(), faultless(id="b", stem=faultless().stem.replace("softly", "soft"))],
            [
                faultless(),
                faultless(
                    id="b", stem="On the far side of the Moon, which craft was the first to land softly?"
                ),
            ],
        ],
        [
            [faultless(), faultless(id="b", stem=faultless().stem.replace("far", "near"))],
            [faultless(), faultless(id="b", stem=faultless().stem.replace("Moon", "Mars"))],
            [faultless(), faultless(id="b", stem="How far did the rover drive in its first year?")],
        ],
    ),
    "key-refused": (
        [
            q(kind=Kind.TEXT, key="A very long answer that nobody would ever type, " * 3),
            q(kind=Kind.ESTIMATE, key="quite a lot", distractors=(), tolerance=None),
        ],
        [q(kind=Kind.TEXT), [number_question()], q(key="x" * 150)],
    ),
    "distractor-accepted": (
        [
            q(kind=Kind.TEXT, key="Von Kármán", distractors=("Von Karman", "Tycho", "Plato")),
            [number_question(distractors=("0.35 km", "900 m", "2500 m"))],
        ],
        [q(kind=Kind.TEXT), [number_question()], q(key="Von Kármán", distractors=("Von Karman", "Tycho"))],
    ),
    "tolerance-takes-other-value": (
        [[number_question(), other_number(key="0.365 km")]],
        [
            [number_question(), other_number(key="380 m", tolerance=Tolerance(375, 385, "m"))],
            [number_question(), other_number(key="365 kg")],
            [number_question(), other_number(key="365 m", fact="first-drive")],
            [number_question(), other_number(key="365 m", topic="rover", tolerance=None)],
        ],
    ),
    "unpressable-topic": (
        [
            q(kind=Kind.TEXT, distractors=()),
            [faultless(), faultless(id="b", topic="rover", kind=Kind.SET, stem="Which of them flew?")],
        ],
        [q(), [faultless(), faultless(id="b", kind=Kind.TEXT, distractors=(), stem="Which one flew?")]],
    ),
    "picture-not-shown": (
        [
            q(kind=Kind.PICTURE, picture=Picture("ring/Atlantis", "A ring on the Moon")),
            q(kind=Kind.PICTURE, picture=Picture("nowhere.png", "Something")),
            q(kind=Kind.PICTURE, picture=Picture("../../outside.png", "Something")),
        ],
        [
            q(kind=Kind.PICTURE, picture=Picture("ring/Tycho", "A ring on the Moon")),
            q(kind=Kind.PICTURE, picture=Picture("phase/2026-11-17/south", "The Moon")),
            q(),
        ],
    ),
    "estimate-without-scale": (
        [
            q(kind=Kind.ESTIMATE, key="0 km", distractors=(), tolerance=Tolerance(0, 0, "km")),
            q(kind=Kind.ESTIMATE, key="12 km", distractors=(), tolerance=None),
            q(kind=Kind.ESTIMATE, key="12 km", distractors=(), tolerance=Tolerance(-2, 20, "km")),
        ],
        [
            q(kind=Kind.ESTIMATE, key="12 km", distractors=(), tolerance=Tolerance(11, 13, "km")),
            [number_question()],
            q(),
        ],
    ),
    "estimate-too-easy": (
        [q(kind=Kind.ESTIMATE, key="12 km", distractors=(), tolerance=Tolerance(6, 20, "km"))],
        [
            q(kind=Kind.ESTIMATE, key="12 km", distractors=(), tolerance=Tolerance(8, 20, "km")),
            [number_question(tolerance=Tolerance(100, 400, "m"))],
        ],
    ),
    "missing-parts": (
        [
            q(kind=Kind.SET),
            q(kind=Kind.SET, key="Iron", keys=("Iron",)),
            q(kind=Kind.LADDER),
            q(kind=Kind.PICTURE),
        ],
        [
            q(kind=Kind.SET, key="Iron", keys=("Iron", "Lead")),
            q(kind=Kind.LADDER, clues=("It is heavy.", "It is grey.")),
            q(kind=Kind.PICTURE, picture=Picture("ring/Tycho", "A ring on the Moon")),
            q(),
        ],
    ),
    "parts-of-another-kind": (
        [
            q(keys=("Iron", "Lead")),
            q(clues=("It is heavy.", "It is grey.")),
            q(kind=Kind.TEXT, picture=Picture("ring/Tycho", "A ring on the Moon")),
        ],
        [q(), q(kind=Kind.SET, key="Iron", keys=("Iron", "Lead"))],
    ),
    "repeated-part": (
        [
            q(kind=Kind.SET, key="Iron", keys=("Iron", "iron")),
            q(kind=Kind.LADDER, clues=("It is heavy.", "It is heavy.")),
            q(kind=Kind.ORDER, key="A1 → A1 → B2", items=("A1", "A1", "B2"), distractors=("B2 → A1 → A1",)),
        ],
        [q(kind=Kind.SET, key="Iron", keys=("Iron", "Lead"))],
    ),
    "key-beside-parts": (
        [
            q(kind=Kind.SET, key="Lead", keys=("Iron", "Lead")),
            q(kind=Kind.ORDER, key="A → B → C", items=("B", "A", "C"), distractors=("C → B → A",)),
            q(kind=Kind.ORDER, key="A → B → C", items=("A", "B", "C"), distractors=("C → B → D",)),
        ],
        [
            q(kind=Kind.SET, key="Iron", keys=("Iron", "Lead")),
            q(kind=Kind.ORDER, key="A → B → C", items=("A", "B", "C"), distractors=("C → B → A",)),
            q(kind=Kind.ORDER, key="Luna 9", distractors=("Luna 3",)),
        ],
    ),
    "clue-gives-key": (
        [
            q(kind=Kind.LADDER, key="Saturn", clues=("It is far.", "Saturn has rings.")),
            q(kind=Kind.PICTURE, key="Tycho", picture=Picture("ring/Tycho", "A ring round Tycho")),
        ],
        [
            q(kind=Kind.LADDER, key="Saturn", clues=("It is far.", "It has rings.")),
            q(kind=Kind.PICTURE, key="Tycho", picture=Picture("ring/Tycho", "A ring on the Moon")),
            q(key="Saturn"),
        ],
    ),
    "picture-of-another": (
        [q(kind=Kind.PICTURE, key="Tycho", distractors=("Plato",), picture=Picture("ring/Plato", "A ring"))],
        [
            q(
                kind=Kind.PICTURE,
                key="Tycho",
                distractors=("Plato",),
                picture=Picture("ring/Tycho", "A ring"),
            ),
            q(),
        ],
    ),
    "tolerance-of-another-unit": (
        [[number_question(tolerance=Tolerance(340, 365, "kg"))]],
        [
            [number_question()],
            [number_question(key="0.35 km", tolerance=Tolerance(340, 365, "m"))],
            q(kind=Kind.ESTIMATE, key="12 craters", distractors=(), tolerance=Tolerance(8, 20, "craters")),
        ],
    ),
    "unknown-enemy": (
        [q(enemies=("second-lander",))],
        [[faultless(enemies=("b", "second")), faultless(id="b", fact="second", stem="Which one flew?")]],
    ),
}


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_a_rule_finds_what_is_wrong_and_nothing_else(rule: str) -> None:
    """Each faulty example is found, with a place in the file; each good one is left alone."""
    faulty, good = EXAMPLES[rule]
    for number, questions in enumerate(faulty):
        assert rule in rules_of(*questions), f"faulty example {number}"
    for number, questions in enumerate(good):
        assert rule not in rules_of(*questions), f"good example {number}"


def test_every_rule_has_examples() -> None:
    """No rule is without a test; unknown-topic has one of its own, for it needs declared topics."""
    assert set(EXAMPLES) | {"unknown-topic"} == set(all_rules())


def test_a_sound_question_is_left_alone() -> None:
    """By all rules together: the base of every example."""
    assert found(faultless(), number_question()) == []
    assert found(faultless(**TF)) == []


def test_an_unknown_topic_is_told_with_the_one_that_was_meant() -> None:
    """Only where topics are declared."""
    topics = {"mission": "The mission", "rover": "The rover"}
    assert rules_of(faultless(topic="misson"), topics=topics) == {"unknown-topic"}
    assert rules_of(faultless(topic="rover"), topics=topics) == set()
    assert rules_of(faultless(topic="misson")) == set()
    compiled = compile_document(parse("f", yaml_of(faultless(topic="misson"), topics=topics)))
    assert [problem.message for problem in lint([compiled])] == [
        "there is no topic `misson`: did you mean `mission`?"
    ]


def test_topics_of_one_file_count_for_the_others() -> None:
    """A facts file beside the questions declares them for both."""
    facts = (
        "source: {title: T}\ntopics: {rover: The rover}\n"
        "facts:\n  - {id: a, statement: It was built., kind: year, value: '1901'}\n"
    )
    compiled = [
        compile_document(parse("facts.yaml", facts)),
        compile_document(parse("questions.yaml", yaml_of(faultless(topic="rovr")))),
    ]
    found_there = [problem.path for problem in lint(compiled) if problem.rule == "unknown-topic"]
    assert found_there == ["questions.yaml"]


# fmt: off
_PIECES = (
    "1", "12", "2019", ",", ".", "-", "−", "–", " ", "to", "and", "between", "over", "at least", "km",
    "m", "%", "°C", "a", "an", "the", "not", "Luna", "Сhina", "²", "٣", "½", "?", "'", '"', "(",
    "of these", "all", "none", "True",
)
# fmt: on
_ODD = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=9).map("".join),
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=9).map(" ".join),
)


@tried(100)
@given(
    texts=st.lists(_ODD, min_size=8, max_size=8),
    kind=st.sampled_from(Kind),
    bounds=st.tuples(st.floats(-10, 3000), st.floats(-10, 3000)),
)
def test_no_rule_fails_whatever_is_written(texts: list[str], kind: Kind, bounds: tuple[float, float]) -> None:
    """Any text in any field ends in problems, or in none: never in an exception."""
    odd = faultless(
        stem=texts[0],
        key=texts[1],
        distractors=tuple(texts[2:5]),
        accept=(texts[5],),
        explanation=texts[6],
        kind=kind,
        tolerance=Tolerance(*bounds, texts[7]),
        source=source(says=texts[7], references=(Reference(texts[6], texts[5]),)),
    )
    document = parse("f.yaml", "questions: []")
    entries = [Entry(odd, document, ()), Entry(replace(odd, id="b", fact="b"), document, ())]
    for problem in lint([Compiled(document, [], entries)]):
        assert problem.message


def test_findings_stand_at_the_field_at_fault() -> None:
    """Line and column of the distractor itself, not of its question."""
    odd = faultless(distractors=("Luna 9", "Chang'e-4", "Luna 2"))
    text = yaml_of(odd)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "- Chang'e-4")
    assert found(odd) == [("key-among-distractors", line, 9)]


def test_every_rule_is_documented() -> None:
    """A first line that says what is wrong, and below what to write instead."""
    rules = all_rules()
    assert len(rules) >= 25
    for rule in rules.values():
        summary, blank, *rest = rule.documentation.splitlines()
        assert summary.endswith("."), rule.name
        assert blank == ""
        assert len(" ".join(rest)) > 40, rule.name
        assert rule.level in ("error", "warning")
        assert rule.name not in READING
    literature = [rule for rule in rules.values() if "H&D" in rule.documentation]
    assert len(literature) >= 15


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_any_warning_can_be_switched_off_with_a_reason(rule: str) -> None:
    """For one question; then it is silent there, and says nothing else. An error is told all the same."""
    for questions in EXAMPLES[rule][0]:
        allowed = [question_with(one, {rule: "because it is meant so"}) for one in questions]
        told = rules_of(*allowed)
        if all_rules()[rule].level == "warning":
            assert rule not in told
            assert "allowed-error" not in told
        else:
            assert {rule, "allowed-error"} <= told


def question_with(one: Question, allow: dict[str, str]) -> Question:
    """Return the question with these rules switched off."""
    return replace(one, allow=allow)


def test_switching_off_needs_a_rule_a_reason_and_a_cause() -> None:
    """Each of the three ways of getting it wrong is told."""
    assert rules_of(faultless(allow={"long-sten": "why"})) == {"unknown-rule"}
    assert rules_of(faultless(allow={"syntax": "why"})) == {"unknown-rule"}
    assert rules_of(faultless(allow={"equal-options": "why"})) == {"allowed-error"}
    assert rules_of(faultless(allow={"long-stem": "  "})) == {"allow-without-reason"}
    assert rules_of(faultless(allow={"long-stem": "why"})) == {"unneeded-allow"}


def test_a_question_with_faults_of_schema_is_linted_all_the_same() -> None:
    """Its sound fields are looked at; its broken ones are told once, by the schema."""
    text = (
        yaml_of(faultless(stem="Which craft  landed?", distractors=("Chang'e-4", "Luna 9", "Luna 2")))
        .replace("difficulty: 1", "difficulty: easy")
        .replace("fact: first-lander", "fcat: first-lander")
    )
    compiled = compile_document(parse("f.yaml", text))
    assert sorted(problem.rule for problem in compiled.problems) == [
        "missing-field",
        "schema",
        "unknown-field",
    ]
    assert sorted(problem.rule for problem in lint([compiled])) == ["key-among-distractors", "stray-spaces"]


@pytest.mark.parametrize(
    "field",
    ["id", "fact", "kind", "topic", "difficulty", "stem", "key", "distractors", "explanation", "source"],
)
def test_any_field_may_be_broken(field: str) -> None:
    """A question is linted whichever of its fields is of no use; no rule complains of the same field."""
    lines = yaml_of(faultless()).splitlines()
    start = next(number for number, line in enumerate(lines) if line[4:].startswith(f"{field}:"))
    end = start + 1
    while end < len(lines) and lines[end].startswith("      "):
        end += 1
    broken = [*lines[:start], f"{lines[start][:4]}{field}: {{a: [b]}}", *lines[end:], ""]
    compiled = compile_document(parse("f.yaml", "\n".join(broken)))
    assert compiled.problems
    assert [problem.rule for problem in lint([compiled])] == []


@pytest.mark.parametrize(
    "unit", ["a", "a ", "aA ", "1,", "С", "Сa", "why not ", "A-", "aa aa ", "{x", "Aaaa. "]
)
def test_a_field_of_any_length_costs_little(unit: str) -> None:
    """What is far too long is told by the schema; the longest that is let through takes no rule long.

    It takes 15 ms on an old laptop, and minutes if a rule were quadratic.
    """
    text = unit * (MAX_TEXT // len(unit))
    longest = faultless(stem=text, key=text[:-1], distractors=(text[:-2], "b"), accept=(text[:-3],))
    with processor_seconds(2):
        rules_of(longest)
    longer = compile_document(parse("q.yaml", yaml_of(faultless(stem="a" * (MAX_TEXT + 1)))))
    assert [problem.message for problem in longer.problems] == [
        f"`stem` has {MAX_TEXT + 1} characters; at most {MAX_TEXT} are allowed"
    ]


def test_problems_without_end_are_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The linter stops where nobody reads on, and says so; the loader asks for errors only."""
    monkeypatch.setattr("bot.bank.linter.MAX_PROBLEMS", 200)
    text = (
        "version: 1\nquestions:\n"
        + yaml_of(faultless(stem="Is it not not?", explanation="the the")).split("questions:\n")[1]
    )
    item = text.split("questions:\n")[1]
    many = "".join(item.replace("first-lander.choice", f"q{number}") for number in range(70))
    (tmp_path / "q.yaml").write_text(f"version: 1\nquestions:\n{many}", encoding="utf-8")
    problems = check([tmp_path / "q.yaml"])
    assert len(problems) == 201
    assert [one.message for one in problems if one.rule == "file"] == [
        "the rules find more than 200 problems: mend these first, then see the others"
    ]
    assert check([tmp_path / "q.yaml"], errors_only=True) == []
    assert len(load_bank(tmp_path / "q.yaml")) == 70


FACTS = """source: {title: T}
facts:
  - id: bridge
    statement: The bridge was recently built by Mary Cole.
    kind: person
    value: Mary Cole
    distractors: [Ida Marsh, Amos Pike, ida marsh, Ann Low]
    explanation: She lived in  the city, and built three more.
    paragraphs: [1]
    ask:
      choice: Who built the Celcius bridge?
      text: {stem: Whose bridge is not at Farley?, distractors: [Eve Dow, Jo Fry, Al Poe]}
      true_statements: 'True or false: Mary is the the builder.'
"""


def test_faults_of_a_facts_file_stand_at_the_text_itself() -> None:
    """Each text is told at its own line and column, and once, however many questions are made of it."""
    compiled = compile_document(parse("f.yaml", FACTS))
    told = sorted((p.line, p.column, p.rule) for p in (*compiled.problems, *lint([compiled])))
    assert sorted(set(told)) == [
        (4, 16, "ageing-words"),
        (7, 41, "equal-options"),
        (8, 18, "shared-explanation"),
        (8, 18, "stray-spaces"),
        (11, 15, "misspelling"),
        (12, 20, "unmarked-negative"),
        (13, 24, "doubled-word"),
    ]
