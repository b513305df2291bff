"""Whole articles through the drafter: formats, clutter, files, and the drafts that come out."""

from pathlib import Path

import pytest

from bot.bank import BankError
from bot.bank.drafter import draft, draft_file, draft_report, report_file
from bot.bank.drafter.clutter import clutter_reason
from bot.bank.drafter.paragraphs import Format
from bot.bank.drafter.review import draft_text, summary
from bot.bank.facts import FactKind, FactsFile, Status, faults
from bot.bank.generator import generate
from bot.bank.schema import read_document
from bot.bank.writer import dump_yaml

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
    report = draft_report(text, name="a.txt")
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
    assert draft(lines, name="a.txt").facts[0].paragraphs == [3]
    found = {fact.value: fact.paragraphs for fact in draft(wrapped, name="a.txt").facts}
    assert (found["40 houses"], found["1961"]) == ([1], [2])


def test_list_items_are_paragraphs_without_their_marks() -> None:
    """Each item of a list counts, its mark goes, and a full stop behind a year is no mark."""
    text = "The dam broke in 1953. It was high.\n\n* It killed 40 cows.\n* It cost £3m.\n"
    facts = draft(text, name="a.txt").facts
    assert [(fact.paragraphs, fact.value) for fact in facts] == [
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
    file = draft(page, name="page.html", kind="html")
    assert [fact.value for fact in file.facts] == ["1953"]
    assert file.source.title == "The dam"


def test_markdown_gives_its_front_matter_and_text() -> None:
    """Title and date come from the front matter, links and emphasis vanish."""
    text = "---\ntitle: The dam\ndate: 2020-03-01\n---\n\n# Dam\n\nThe **dam** [broke](x) last year.\n"
    file = draft(text, name="a.md", kind="markdown")
    assert (file.source.title, file.source.published) == ("The dam", "1 March 2020")
    assert [fact.value for fact in file.facts] == ["2019"]


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
def test_rows_of_a_table_are_asked_by_column_and_row(text: str, kind: Format) -> None:
    """A row is one paragraph; each number in it is asked for by the head of its column."""
    page = "The inns of Tarn are old, and two of them have burned down.\n\n" if kind == "markdown" else ""
    page = page or "<p>The inns of Tarn are old, and two of them have burned down.</p><table>"
    found = {fact.value: fact for fact in draft(page + text, name="a", kind=kind).facts}
    assert found["12"].ask == "What does the article's table give as “Beds” for The Bell?"
    assert (found["1790"].kind, found["1790"].paragraphs) == (FactKind.YEAR, found["12"].paragraphs)


def test_statements_stand_by_themselves() -> None:
    """A pronoun becomes what it stands for, and words that age go; what still leans on others is noted."""
    text = "Ana Brevik left Oslo on Tuesday because she was ousted in 1990. It was him in 1991."
    facts = {fact.value: fact for fact in draft(text, name="a.txt").facts}
    assert facts["1990"].statement == "Ana Brevik was ousted in 1990."
    assert "Tuesday" not in facts["Oslo"].statement
    assert "reword it" in str(facts["1991"].note)


def test_a_draft_is_laid_out_for_review() -> None:
    """Evidence and question come before the rest, paragraphs are marked, a missing question is shown."""
    text = "The dam broke in 1953.\n\nHe was cleared of it within 40 days.\n\nBy Ana Brevik, editor\n"
    found = draft_report(text, name="a.txt")
    shown = draft_text(found, article="a.txt", facts="facts.yaml")
    assert shown.index("evidence:") < shown.index("ask:") < shown.index("kind:") < shown.index("statement:")
    assert "# ---- paragraph 2" in shown
    assert shown.count("# ask: ...?") == 1
    told = summary(found, facts="facts.yaml")
    assert "2 candidate facts in 2 of 3 paragraphs" in told
    assert "byline or date line 1" in told
    assert "1 fact without a suggested question" in told


def test_a_date_that_is_none_is_told() -> None:
    """The date of publication, given by hand, must be one."""
    with pytest.raises(BankError, match="is no date"):
        draft_report("The dam broke in 1953.", name="a.txt", published="soon")


def test_the_same_fact_told_twice_is_one_candidate() -> None:
    """A fact repeated in another paragraph is one candidate with both numbers."""
    text = "The old dam broke in 1953.\n\nMany saw it.\n\nWhen the old dam broke in 1953, people fled.\n"
    (fact,) = [fact for fact in draft(text, name="a.txt").facts if fact.value == "1953"]
    assert fact.paragraphs == [1, 3]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_draft_is_a_valid_facts_file_that_asks_nothing(path: Path, tmp_path: Path) -> None:
    """What is drafted is read back without a fault, holds drafts only, and makes no question."""
    file = draft_file(path)
    assert len(file.facts) > 20
    assert all(fact.status is Status.DRAFT and fact.evidence for fact in file.facts)
    asked = [fact for fact in file.facts if isinstance(fact.ask, str)]
    assert len(asked) > 0.5 * len(file.facts)
    assert all("write your own" in str(fact.note) for fact in file.facts if fact not in asked)
    assert list(faults(file)) == []
    written = tmp_path / "facts.yaml"
    written.write_text(
        dump_yaml(file.model_dump(mode="json", exclude_defaults=True) | {"version": 1}), encoding="utf-8"
    )
    read, problems = read_document(written, FactsFile)
    assert (read, problems) == (file, [])
    assert "stem:" not in generate(file)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_candidates_stand_in_order_and_give_nothing_away(path: Path) -> None:
    """Candidates are ordered by paragraph, ids are unique, no stem holds its value, all is the same twice."""
    file = draft_file(path)
    firsts = [fact.paragraphs[0] for fact in file.facts]
    assert firsts == sorted(firsts)
    assert len({fact.id for fact in file.facts}) == len(file.facts)
    for fact in file.facts:
        assert f" {fact.value.casefold()} " not in f" {str(fact.ask).casefold()} "
        assert not isinstance(fact.ask, str) or fact.ask.endswith("?")
        assert fact.value not in fact.distractors
    assert draft_file(path) == file


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty-article"),
        (b" \n\t\n", "empty-article"),
        (b"\x89PNG\r\n\x00\x00binary", "binary-file"),
        (b"%PDF-1.7 words and more words", "binary-file"),
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
        report_file(path)
    (problem,) = caught.value.problems
    assert (problem.rule, problem.path, problem.level) == (rule, str(path), "error")


def test_a_missing_file_ends_in_a_clear_error(tmp_path: Path) -> None:
    """A file that is not there is told so, without a traceback."""
    with pytest.raises(BankError, match="cannot be read"):
        report_file(tmp_path / "nothing.txt")


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
        (fact,) = draft_file(tmp_path / name).facts
        assert (fact.value, fact.evidence) == ("1990", text)


def test_html_nested_without_end_ends_in_a_clear_error() -> None:
    """A page whose tags nest by the thousand is refused before it is parsed."""
    page = "<div>" * 5_000 + "The dam broke in 1953." + "</div>" * 5_000
    with pytest.raises(BankError, match="nest deeper"):
        draft(page, name="page.html", kind="html")
