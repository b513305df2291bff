"""An article's paragraphs, from plain text, Markdown or HTML.

What always holds: paragraphs are counted from 1 over what a reader sees as non-empty blocks (a heading, a
paragraph, a list item), after navigation, asides, scripts, captions and advertisements marked as such in
HTML have gone; a paragraph's text has single spaces and no markup.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from bot.drafter.values import plain_numbers
from bot.drafter.words import table

if TYPE_CHECKING:
    from markdown_it.token import Token
    from selectolax.lexbor import LexborHTMLParser, LexborNode

Format = Literal["text", "markdown", "html"]
Role = Literal["heading", "text", "item"]

LONGEST_PARAGRAPH = 20_000  # what is longer is no prose


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One block of an article; `linked` is the share of its letters that are links.

    A row of a table is one block, with its `cells` and the `heads` of its columns, where the table has them.
    """

    number: int
    text: str
    role: Role = "text"
    linked: float = 0.0
    cells: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """What was read from a file, before anything is left out."""

    paragraphs: tuple[Paragraph, ...]
    title: str = ""
    publisher: str = ""
    published: str = ""
    front: dict[str, str] = field(default_factory=dict)


def read_article(text: str, kind: Format) -> ReadArticle:
    """Split `text` into paragraphs, and read title, publisher and date where the format states them."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00ad", "").replace("\ufeff", "")
    if kind == "html":
        return _read_html(clean)
    if kind == "markdown":
        return _read_markdown(clean)
    return ReadArticle(_numbered(Paragraph(0, block) for block in _text_blocks(clean)))


def _numbered(paragraphs: Iterator[Paragraph]) -> tuple[Paragraph, ...]:
    tidy = (replace(part, text=_tidy(part.text)) for part in paragraphs)
    kept = _with_heads(part for part in tidy if part.text.strip("| "))
    return tuple(replace(part, number=count) for count, part in enumerate(kept, 1))


_BETWEEN_CELLS = " | "
_LONGEST_CELL = 60


def _with_heads(paragraphs: Iterator[Paragraph]) -> Iterator[Paragraph]:
    """Give the rows of a table their cells, and the heads of the columns from its first row.

    A table that only lays out a page, with prose in its cells, has no rows in this sense.
    """
    heads: tuple[str, ...] = ()
    for part in paragraphs:
        cells = tuple(cell.strip() for cell in part.text.split(_BETWEEN_CELLS.strip())) if part.cells else ()
        if len(cells) < 2 or max(map(len, cells)) > _LONGEST_CELL:
            cells = ()
        if cells and part.role == "heading":
            heads = cells
        elif not cells:
            heads = ()
        yield replace(part, cells=cells, heads=heads if cells and part.role != "heading" else ())


def _tidy(text: str) -> str:
    text = re.sub(r"\*{2,}|_{3,}", "", plain_numbers(text).replace("\u200b", ""))
    return " ".join(text.split())


# Plain text


def _text_blocks(text: str) -> Iterator[str]:
    """Yield blocks parted by blank lines; the lines of a block are joined only where they look wrapped."""
    groups = groupby((line.strip() for line in text.split("\n")), key=bool)
    blocks = [list(group) for filled, group in groups if filled]
    hard = _has_margin(blocks)
    for lines in blocks:
        if not _is_list(lines) and (hard or _is_wrapped(lines)):
            yield " ".join(lines)
        else:
            yield from (_BULLET.sub("", line) for line in lines)


def _has_margin(blocks: list[list[str]]) -> bool:
    """Tell a text broken at a margin: lines that are not the last of their block are all about as long."""
    inner = sorted(len(line) for lines in blocks for line in lines[:-1])
    if len(inner) < 4 or inner[-1] > 120:
        return False
    return inner[len(inner) // 4] >= 0.7 * inner[-1]


_BULLET = re.compile(r"^(?:[-*•–]|\d{1,2}[.)])\s+")


def _is_list(lines: list[str]) -> bool:
    return any(_BULLET.match(line) for line in lines)


def _is_wrapped(lines: list[str]) -> bool:
    """Tell prose broken at a margin from paragraphs of one line each."""
    if max(map(len, lines)) > 120:
        return False
    ended = sum(line[-1] in '.!?…"”’:' for line in lines[:-1])
    return ended <= 0.6 * (len(lines) - 1)


# Markdown


def _read_markdown(text: str) -> ReadArticle:
    from markdown_it import MarkdownIt

    front, body = _front_matter(text)
    body = _SHORTCODE.sub("", body)
    lines = [_plain_line(line) for line in body.split("\n")]
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(lines))
    paragraphs = _numbered(_markdown_blocks(tokens))
    title = front.get("title") or next((part.text for part in paragraphs if part.role == "heading"), "")
    return ReadArticle(
        paragraphs,
        title=title,
        publisher=front.get("publisher", front.get("source", "")),
        published=front.get("date", front.get("published", "")),
        front=front,
    )


def _plain_line(line: str) -> str:
    """Take the marks out of a line that is all marks: they make the parser slow, and are no prose."""
    line = line[:LONGEST_PARAGRAPH]
    return re.sub(r"[\[\]*_`<>]", "", line) if len(re.findall(r"[\[*_`<]", line)) > 500 else line


_SHORTCODE = re.compile(r"\{\{[<%].{0,2000}?[%>]\}\}|\{%.{0,500}?%\}|\{\{.{0,300}?\}\}|^:::.*$", re.MULTILINE)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Part a leading block of settings, `key: value` between `---` or TOML between `+++`, from the rest."""
    match = re.match(
        r"\s*(?P<mark>---|\+\+\+)[ \t]*\n(?P<head>.{0,9000}?)\n(?P=mark)[ \t]*(?:\n|$)", text, re.DOTALL
    )
    if not match:
        return {}, text
    parted = (re.match(r"([\w.-]+)\s*[:=]\s*(.*)", line) for line in match["head"].split("\n"))
    pairs = (found.groups() for found in parted if found)
    return {key.lower(): value.strip().strip("\"'") for key, value in pairs}, text[match.end() :]


def _markdown_blocks(tokens: "list[Token]") -> Iterator[Paragraph]:
    items = 0
    heading = False
    in_head = False
    row: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield Paragraph(0, _BETWEEN_CELLS.join(row), "heading" if in_head else "item", cells=("",))
            row = None
        in_head = token.type == "thead_open" or (in_head and token.type != "thead_close")
        items += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        heading = token.type == "heading_open" or (heading and token.type != "heading_close")
        if token.type == "inline" and row is not None:
            row.append(_inline_text(token.children or [])[0].replace("|", "/"))
        elif token.type == "inline":
            text, linked = _inline_text(token.children or [])
            role: Role = "heading" if heading else "item" if items else "text"
            yield Paragraph(0, text, role, linked)


def _inline_text(children: "list[Token]") -> tuple[str, float]:
    parts, linked, links = [], 0, 0
    for child in children:
        links += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        piece = {"softbreak": " ", "hardbreak": " "}.get(child.type, "")
        if child.type in ("text", "code_inline"):
            piece = child.content
        parts.append(piece)
        linked += len(piece) if links else 0
    text = "".join(parts)
    return text, linked / len(text) if text.strip() else 0.0


# HTML

_DROPPED_TAGS = table("pages")["dropped_tags"]
_DROPPED_NAMES = re.compile(
    rf"(?:^|[\s_-])(?:{'|'.join(table('pages')['dropped_names'].split())})(?:$|[\s_-])", re.IGNORECASE
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = _HEADINGS | frozenset(table("pages")["blocks"].split())
_DEEPEST = 200


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})[^<>]{0,20000}?(/?)>")
_FLAT = frozenset(table("pages")["flat"].split())
DEEPEST_HTML = 2_000


def html_depth(text: str) -> int:
    """Return how deep the tags of a page nest, roughly: those that close by themselves do not count."""
    depth = deepest = 0
    for match in _TAG.finditer(text):
        if match[2].lower() not in _FLAT and not match[3]:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _read_html(text: str) -> ReadArticle:
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text)
    meta = _html_meta(tree)
    title = meta.get("og:title") or _first_text(tree, "h1") or meta.get("title", "")
    _drop_clutter(tree)
    root = _main_part(tree)
    paragraphs = _numbered(_html_blocks(root)) if root is not None else ()
    return ReadArticle(
        paragraphs,
        title=_tidy(title),
        publisher=_tidy(meta.get("og:site_name", "")),
        published=meta.get("article:published_time") or meta.get("date") or meta.get("time", ""),
    )


def _drop_clutter(tree: "LexborHTMLParser") -> None:
    """Take out what its tag, role, class or style says to be no part of the article.

    A wrapper around the article, its heading or most of the page's text stays, whatever it is called.
    """
    most = len(tree.body.text()) / 2 if tree.body is not None else 0
    for selector in (_DROPPED_TAGS, "[class],[id],[style]"):
        for node in tree.css(selector):
            if node.tag in ("html", "body", "main", "article"):
                continue
            if selector != _DROPPED_TAGS and not _is_marked_as_clutter(node):
                continue
            kept = node.tag not in (
                "script",
                "style",
                "head",
                "template",
                "noscript",
                "nav",
                "footer",
                "aside",
            )
            if kept and (len(node.text()) > most or node.css_first("article,h1") is not None):
                continue
            node.remove(recursive=True)


def _html_meta(tree: "LexborHTMLParser") -> dict[str, str]:
    found = {"title": _first_text(tree, "title")}
    for node in tree.css("meta[content]"):
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        found.setdefault(name.lower(), node.attributes.get("content") or "")
    for node in tree.css("time[datetime]"):
        found.setdefault("time", node.attributes.get("datetime") or "")
    return found


def _first_text(tree: "LexborHTMLParser", selector: str) -> str:
    node = tree.css_first(selector)
    return node.text() if node is not None else ""


def _is_marked_as_clutter(node: "LexborNode") -> bool:
    attributes = node.attributes
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return bool(
        _DROPPED_NAMES.search(names[:500]) or _HIDDEN_STYLE.search((attributes.get("style") or "")[:500])
    )


def _main_part(tree: "LexborHTMLParser") -> "LexborNode | None":
    """Return the article element that holds most of the page's text, else main, else the body."""
    body = tree.body
    if body is None:
        return None
    whole = len(body.text())
    for selector in ("article", "main", '[role="main"]'):
        sizes = [(len(node.text()), -index, node) for index, node in enumerate(tree.css(selector)[:200])]
        if sizes and (best := max(sizes, key=lambda size: size[:2]))[0] > whole * 0.4:
            return best[2]
    for node in body.css("body > header"):
        node.remove(recursive=True)
    return body


def _html_blocks(root: "LexborNode") -> Iterator[Paragraph]:
    """Group the text nodes by the block that holds them, in the order of the page."""
    pieces = (
        (*_block_of(node), node.text_content or "")
        for node in root.traverse(include_text=True)
        if node.tag in ("-text", "br")
    )
    for (_, role), group in groupby(pieces, key=lambda piece: (piece[0], piece[1])):
        parts: list[tuple[str, bool]] = []
        last = 0
        for _, _, inside, cell, text in group:
            if last and cell and cell != last:
                parts.append((_BETWEEN_CELLS, False))
            last = cell or last
            parts.append((text.replace("|", "/") if cell else text or " ", inside))
        text = "".join(part for part, _ in parts)
        letters = len(_tidy(text)) or 1
        linked = sum(len(_tidy(part)) for part, inside in parts if inside)
        yield Paragraph(0, text, role, linked / letters, ("",) if last else ())


def _block_of(node: "LexborNode") -> tuple[int, Role, bool, int]:
    """Return the nearest block around a text, what it is, whether a link is between, and the table cell."""
    linked, cell = False, 0
    parent = node.parent
    for _ in range(_DEEPEST):
        if parent is None or parent.tag in _BLOCKS:
            break
        linked = linked or parent.tag == "a"
        cell = parent.mem_id if parent.tag in ("td", "th") else cell
        parent = parent.parent
    if parent is None:
        return 0, "text", linked, 0
    tag = parent.tag or ""
    role: Role = "heading" if tag in _HEADINGS else "item" if tag == "li" else "text"
    if tag == "tr":
        role = "item" if parent.css("td") else "heading"
    return parent.mem_id, role, linked, cell
