"""Templates stay within the strict content policy and escape everything."""

import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
TEMPLATES = sorted(path for path in (APP / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if path.parent.name != "letters"]
IMPORT = re.compile(r"{% from [^%]* import ([\w, ]+?)(?: with context)? %}")
INCLUDED = re.compile(r'{% include "([\w/]+\.html)" %}')
SCANNING = re.compile(r"<script[^>]*js/(?:scan|desk)\.js[^>]*>")
POST_FORM = re.compile(r"""<form\b[^>]*method=["']post["'].*?</form>""", re.DOTALL | re.IGNORECASE)

FORBIDDEN = {
    "a style attribute": re.compile(r"""\sstyle\s*=""", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"""\son[a-z]+\s*=\s*["']""", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|\bautoescape\s+false"),
    "an address of another site": re.compile(r"""(?:src|href|action)=["']https?://"""),
}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(APP / "templates")))
def test_a_template_holds_nothing_forbidden(path: Path) -> None:
    text = path.read_text("utf-8")
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(APP / "templates")))
def test_every_form_that_changes_something_carries_its_token(path: Path) -> None:
    forms = POST_FORM.findall(path.read_text("utf-8"))
    for form in forms:
        assert re.search(r"csrf_token|hidden\(|hidden_tag\(|tokens\(", form), form[:120]


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(APP / "templates"))
)
def test_a_template_uses_every_macro_it_imports(path: Path) -> None:
    text = path.read_text("utf-8")
    included = [APP / "templates" / name for name in INCLUDED.findall(text)]
    rest = "".join(IMPORT.sub("", each.read_text("utf-8")) for each in (path, *included))
    names = [name for names in IMPORT.findall(text) for name in re.split(r",\s*", names)]
    assert [name for name in names if not re.search(rf"\b{name.split()[-1]}\b", rest)] == []


def test_stylesheets_load_nothing_and_colours_are_tokens() -> None:
    css = (APP / "static" / "css" / "house.css").read_text("utf-8")
    assert "@import" not in css
    assert "url(" not in css


def test_a_page_for_scanners_shows_once_its_script_holds_the_scans() -> None:
    """Else a scan is sent as a plain form, and the next one into the page that is on its way."""
    pages = [path.read_text("utf-8") for path in PAGES]
    scripts = [tag for page in pages for tag in SCANNING.findall(page)]
    assert scripts
    assert [tag for tag in scripts if 'blocking="render"' not in tag] == []


def test_scripts_stay_tiny() -> None:
    """30 kB in all, 9 kB packed: the desk's queue, keys and camera came to the first 16."""
    total = sum(path.stat().st_size for path in (APP / "static" / "js").glob("*.js"))
    assert total <= 30_000
