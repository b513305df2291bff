"""Whole articles through the drafter: formats, clutter, files, and the drafts that come out."""

from pathlib import Path

import pytest

from bot.bank import BankError
from bot.bank.facts import FactKind, FactsFile, Status, faults
from bot.bank.generator import generate
from bot.bank.schema import read_document
from bot.bank.writer import dump_yaml
from bot.drafter import draft, draft_file
from bot.drafter.clutter import clutter_reason
from bot.drafter.draft import stems
from bot.drafter.paragraphs import Format
from bot.drafter.report import draft_text, summary

ARTICLES = Path(__file__).parents[1] / "articles"
SOURCES = sorted(path for path in ARTICLES.iterdir() if path.suffix in (".txt", ".md", ".html"))


@pytest.mark.parametrize(
    "text",
    [
        "By Ana Brevik, Science Editor",
        "Published 14 March 2023, 09:15",
        "READ MORE: Ten strange graves",
        "RELATED: Why batteries die",
        "A seal on the beach. Picture: Ana Brevik/AP",
        "Image courtesy of the museum",
        "Advertisement",
        "Get 50% off your first box!",
        "What do you think of the pictures? Let us know in the comments",
        "Do you have a story for us? Email us at desk@paper.example",
        "Sign up for our weekly newsletter.",
        "© 2021 Paper Ltd. All rights reserved.",
        "Reporting by Ana Brevik; Editing by Joe Stern",
        "Home > News > Science",
        "Why did the volcano go to therapy? It had been bottling things up.",
        "TOP STORIES IN NEWS HOLY MOLY Dog finds bone WHAT A SHOT Man catches fish BAD HAIR Cat wins",
    ],
)
def test_leaves_out_what_is_no_part_of_the_article(text: str) -> None:
    """Bylines, captions, teasers, advertising, appeals, boilerplate and jokes are told as such."""
    assert clutter_reason(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "The picture was painted by Ana Brevik in 1890 and hangs in Oslo.",
        "The museum sold 400 photographs at an auction in May.",
        "A farmer found the stone while he was ploughing a field near the river.",
        "The firm said that it would recommend the plan to shareholders.",
    ],
)
def test_reads_ordinary_prose(text: str) -> None:
    """Prose about pictures, sales and recommendations is still prose."""
    assert clutter_reason(text) is None


def test_other_news_is_left_out_to_the_next_heading() -> None:
    """What follows "in other news" belongs to other stories."""
    text = "The dam broke in 1953.\n\nIn other news, a cow won 4 prizes.\n\nShe ate 9 hats.\n"
    report = draft(text, name="a.txt")
    assert [fact.paragraphs for fact in report.facts_file.facts] == [[1]]
    assert report.left_out == ((2, "other news"), (3, "other news"))
    assert (report.paragraphs, report.read) == (3, 1)


def test_counts_paragraphs_over_non_empty_blocks() -> None:
    """Paragraph numbers count what is left out too, in wrapped text as in lines of one paragraph each."""
    lines = "A long headline about a dam that broke\n\nBy Ana Brevik\n\nThe dam broke in 1953.\n"
    wrapped = (
        "The old dam above the town of Tarn broke in the night and the water ran\n"
        "through all of its streets until the morning, when it was found that as\n"
        "many as 40 houses were gone.\n\nThe new dam, which was built by the same\n"
        "firm in the years that followed, is said to be higher than the old one;\n"
        "it was opened by the mayor of the town in 1961 on a day of heavy rain.\n"
    )
    assert draft(lines, name="a.txt").facts_file.facts[0].paragraphs == [3]
    found = {fact.value: fact.paragraphs for fact in draft(wrapped, name="a.txt").facts_file.facts}
    assert (found["40 houses"], found["1961"]) == ([1], [2])


def test_list_items_are_paragraphs_without_their_marks() -> None:
    """Each item of a list counts, its mark goes, and a full stop behind a year is no mark."""
    text = "The dam broke in 1953. It was high.\n\n* It killed 40 cows.\n* It cost £3m.\n"
    facts = draft(text, name="a.txt").facts_file.facts
    assert sorted((fact.paragraphs, fact.value) for fact in facts) == [
        ([1], "1953"),
        ([2], "40 cows"),
        ([3], "3 million pounds"),
    ]
    assert all("*" not in str(fact.evidence) for fact in facts)


def test_html_gives_readable_text_only() -> None:
    """Navigation, asides, scripts, captions and marked advertising give no candidate."""
    page = (
        "<html><head><title>T</title><script>var a = 'in 1901';</script></head><body><nav>In 1902</nav>"
        "<article><h1>The dam</h1><figure><figcaption>It broke in 1903.</figcaption></figure>"
        "<div class='ad-slot'><p>The shop opened in 1904.</p></div><p>The dam broke in <b>1953</b>.</p>"
        "<aside><p>The mill burned in 1905.</p></aside></article><footer>Founded in "
        "1906.</footer></body></html>"
    )
    file = draft(page, name="page.html", kind="html").facts_file
    assert [fact.value for fact in file.facts] == ["1953"]
    assert file.source.title == "The dam"


def test_markdown_gives_its_front_matter_and_text() -> None:
    """Title and date come from the front matter, links and emphasis vanish."""
    text = "---\ntitle: The dam\ndate: 2020-03-01\n---\n\n# Dam\n\nThe **dam** [broke](x) in 1953.\n"
    file = draft(text, name="a.md", kind="markdown").facts_file
    assert (file.source.title, file.source.published) == ("The dam", "1 March 2020")
    assert [fact.value for fact in file.facts] == ["1953"]
    assert file.facts[0].evidence == "The dam broke in 1953."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("| Inn | Beds | Built |\n|---|---|---|\n| The Bell | 12 | 1790 |\n", "markdown"),
        (
            "<tr><th>Inn<th>Beds<th>Built</tr><tr><td>The Bell</td><td>12</td><td>1790</td></tr>",
            "html",
        ),
    ],
)
def test_tables_are_left_out_and_told(text: str, kind: Format) -> None:
    """No player sees the article's table, so nothing is asked from it."""
    page = "The inns of Tarn are old, and two of them have burned down.\n\n" if kind == "markdown" else ""
    page = page or "<p>The inns of Tarn are old, and two of them have burned down.</p><table>"
    found = draft(page + text, name="a", kind=kind)
    assert not {"12", "1790"} & {fact.value for fact in found.facts_file.facts}
    assert "table" in dict(found.left_out).values()


@pytest.mark.parametrize(
    "page",
    [
        '<div class="row with-sidebar-right"><p>The lake was mapped by Anna Berg in 1921.</p></div>',
        '<div class="nav_drawer-panel"><article><p>The lake was mapped in 1921.</p></article></div>',
        '<div aria-hidden="true" id="share"><h1>The lake</h1><p>The lake was mapped in 1921.</p></div>',
    ],
)
def test_the_wrapper_of_the_article_stays_whatever_it_is_called(page: str) -> None:
    """What holds the article, its heading or most of the page's words is no sidebar."""
    file = draft(page, name="page.html", kind="html").facts_file
    assert "1921" in [fact.value for fact in file.facts]


def test_what_stands_at_the_foot_under_related_is_left_out() -> None:
    """Teasers below "Related stories" and the author's life at the foot are no part of the story."""
    text = (
        "The dam above Tarn broke in 1953 and the water ran through the streets until the morning came.\n\n"
        "Related stories\n\nThe mill of Tarn burned down in 1905.\n\nAbout the author\n\n"
        "Ana won a prize in 1999.\n"
    )
    found = draft(text, name="a.txt")
    assert [fact.value for fact in found.facts_file.facts if fact.kind is FactKind.YEAR] == ["1953"]


def test_front_matter_of_either_kind_and_shortcodes_are_no_prose() -> None:
    """TOML between pluses gives title and date, and what a site generator would replace gives nothing."""
    text = (
        '+++\ntitle = "A lake mapped"\ndate = 2019-03-01\nweight = 3161732\n+++\n\n'
        '{{< img src="a-1903.jpg" alt="The lake in 1903" >}}\n\nThe lake was mapped by Anna Berg in 1921.\n'
    )
    file = draft(text, name="a.md", kind="markdown").facts_file
    assert (file.source.title, file.source.published) == ("A lake mapped", "1 March 2019")
    assert {fact.value for fact in file.facts} == {"Anna Berg", "1921"}


@pytest.mark.parametrize(
    "text",
    [
        (
            "Sie wurde am 3. Mai 1921 in Koeln geboren und zog 1950 nach Berlin um, wo sie Lehrerin war. "
            "Dort lernte sie auch ihren spaeteren Mann kennen, der in einer kleinen Werkstatt Uhren baute."
        ),
        "这座桥建于一九二一年，长三百四十米，由安娜设计。它是该地区最古老的桥梁之一，每年吸引许多游客前来参观。",
        (
            "Le pont fut construit en 1921 par Anna Berg et mesure 340 metres de long; il est le plus vieux "
            "de la region et beaucoup de gens viennent le voir chaque annee, quand les feuilles tombent."
        ),
    ],
)
def test_other_languages_are_refused_in_words(text: str) -> None:
    """The drafter reads English alone, and says so."""
    with pytest.raises(BankError, match="not English") as caught:
        draft(text, name="a.txt")
    assert caught.value.problems[0].rule == "not-english"


def test_a_draft_is_laid_out_for_review() -> None:
    """Evidence and question come before the rest, paragraphs are marked, a missing question is shown."""
    text = "The dam broke in 1953.\n\nHe was cleared of it within 40 days.\n\nBy Ana Brevik, editor\n"
    found = draft(text, name="a.txt")
    shown = draft_text(found, article="a.txt", facts="facts.yaml")
    assert shown.index("evidence:") < shown.index("ask:") < shown.index("kind:") < shown.index("statement:")
    assert shown.count("# ask: ...?") == 2
    told = summary(found, facts="facts.yaml")
    assert "2 candidate facts in 2 of 3 paragraphs" in told
    assert "byline or date line 1" in told
    assert "2 facts without a suggested question" in told


def test_a_date_that_is_none_is_told() -> None:
    """The date of publication, given by hand, must be one."""
    with pytest.raises(BankError, match="is no date"):
        draft("The dam broke in 1953.", name="a.txt", published="soon")


def test_the_same_fact_told_twice_is_one_candidate() -> None:
    """A fact repeated in another paragraph is one candidate with both numbers."""
    text = "The old dam broke in 1953.\n\nMany saw it.\n\nWhen the old dam broke in 1953, people fled.\n"
    (fact,) = [fact for fact in draft(text, name="a.txt").facts_file.facts if fact.value == "1953"]
    assert fact.paragraphs == [1, 3]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_draft_is_a_valid_facts_file_that_asks_nothing(path: Path, tmp_path: Path) -> None:
    """What is drafted is read back without a fault, holds drafts only, and makes no question."""
    file = draft_file(path).facts_file
    assert len(file.facts) > 5
    assert all(fact.status is Status.DRAFT and fact.evidence for fact in file.facts)
    assert all(str(fact.note).startswith("Offered as ") for fact in file.facts)
    assert list(faults(file)) == []
    written = tmp_path / "facts.yaml"
    written.write_text(
        dump_yaml(file.model_dump(mode="json", exclude_defaults=True) | {"version": 1}), encoding="utf-8"
    )
    read, problems = read_document(written, FactsFile)
    assert (read, problems) == (file, [])
    assert "stem:" not in generate(file)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_candidates_are_few_and_give_nothing_away(path: Path) -> None:
    """At most three for each hundred words; ids are unique, no stem holds its value, twice is the same."""
    file = draft_file(path).facts_file
    assert len(file.facts) <= 0.03 * len(path.read_text(encoding="utf-8").split()) + 1
    assert len({fact.id for fact in file.facts}) == len(file.facts)
    for fact in file.facts:
        for stem in stems(fact):
            assert f" {fact.value.casefold()} " not in f" {stem.casefold()} "
            assert stem.endswith("?")
        assert fact.value not in fact.distractors
        assert len(fact.distractors) != 1
    assert draft_file(path).facts_file == file


def test_what_weighs_little_is_offered_where_there_is_nothing_else_alone() -> None:
    """Countries and small numbers that nothing singles out stay out, but the first few of an article."""
    plain = "Anna Berg then walked on her own through parts of France, and of Spain, and of Italy."
    filled = " ".join(
        ["Many others did so after her and were glad of it when the rain came in the night."] * 9
    )
    long = draft(f"{'Much was said of it. ' * 6}{filled} {plain}", name="a.txt").facts_file.facts
    assert len(draft(plain, name="a.txt").facts_file.facts) == 3
    assert {fact.value for fact in long} == {"Anna Berg", "France", "Spain"}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty-article"),
        (b" \n\t\n", "empty-article"),
        (b"\x89PNG\r\n\x00\x00binary", "binary-file"),
        (b"%PDF-1.7 words and more words", "binary-file"),
        (b"{\\rtf1\\ansi The dam broke in 1953.\\par}", "rtf-file"),
        (b"PK\x03\x04 words and more words", "binary-file"),
        (b'{"title": "The dam broke in 1953."}', "binary-file"),
        (b"MIME-Version: 1.0\n\nThe dam broke in 1953.", "binary-file"),
        (b"first line\nna\xefve caf\xe9 in 1990\n", "not-utf-8"),
        (b"1234\n\n5678\n", "no-sentences"),
        (b"word " * 1_000_000, "too-long"),
    ],
)
def test_what_is_no_article_ends_in_a_clear_error(content: bytes, rule: str, tmp_path: Path) -> None:
    """Empty, binary, wrongly encoded, endless and wordless files give one problem that says what to do."""
    path = tmp_path / "article.txt"
    path.write_bytes(content)
    with pytest.raises(BankError) as caught:
        draft_file(path)
    (problem,) = caught.value.problems
    assert (problem.rule, problem.path, problem.level) == (rule, str(path), "error")


def test_a_missing_file_ends_in_a_clear_error(tmp_path: Path) -> None:
    """A file that is not there is told so, without a traceback."""
    with pytest.raises(BankError, match="cannot be read"):
        draft_file(tmp_path / "nothing.txt")


def test_reads_other_encodings_that_are_stated(tmp_path: Path) -> None:
    """UTF-16 with a mark, UTF-8 with a mark and an HTML page's stated encoding are read."""
    text = "The café burned down in 1990."
    pages = {
        "a.txt": text.encode("utf-16"),
        "b.txt": text.encode("utf-8-sig"),
        "c.html": f'<meta charset="iso-8859-1"><p>{text}</p>'.encode("latin-1"),
    }
    for name, content in pages.items():
        (tmp_path / name).write_bytes(content)
        (fact,) = draft_file(tmp_path / name).facts_file.facts
        assert (fact.value, fact.evidence) == ("1990", text)


def test_html_nested_without_end_ends_in_a_clear_error() -> None:
    """A page whose tags nest by the thousand is refused before it is parsed."""
    page = "<div>" * 5_000 + "The dam broke in 1953." + "</div>" * 5_000
    with pytest.raises(BankError, match="nest deeper"):
        draft(page, name="page.html", kind="html")
