"""The page's files keep its promises: nothing from outside, nothing inline, no text read as HTML."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "bot" / "emulator" / "page"
FILES = sorted(path for path in PAGE.iterdir() if path.is_file())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_names_another_machine(path: Path) -> None:
    """Neither styles, scripts nor pictures come from anywhere but this folder."""
    text = path.read_text(encoding="utf-8").replace(NAMESPACE, "")
    assert re.findall(r"(?:src|href|url|import|from)\W{1,3}(?:https?:)?//", text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_reads_text_as_html_or_as_a_program(path: Path) -> None:
    """What people and apps write becomes text nodes, in every module."""
    text = path.read_text(encoding="utf-8")
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc"
    )
    assert re.findall(forbidden, text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_module_says_what_it_is(path: Path) -> None:
    """A module begins with what always holds in it."""
    assert path.read_text(encoding="utf-8").startswith("/**")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_import_is_there(path: Path) -> None:
    """What a module takes from another one, that one exports; and it is used."""
    text = path.read_text(encoding="utf-8")
    for names, module in re.findall(r"^import \{([^}]+)\} from \"\./([\w.]+)\";", text, re.MULTILINE):
        source = (PAGE / module).read_text(encoding="utf-8")
        exported = set(re.findall(r"^export (?:async )?(?:function|class|const) (\w+)", source, re.MULTILINE))
        for name in (each.strip() for each in names.split(",")):
            assert name in exported, f"{module} does not export {name}"
            assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{name} is imported and not used"


def test_the_document_has_no_inline_style_script_or_handler() -> None:
    """The content policy forbids them, so none may be meant."""
    text = (PAGE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", text) == []
    for name in re.findall(r"(?:src|href)=\"([^\"#]+)\"", text):
        assert (PAGE / name).is_file(), name
