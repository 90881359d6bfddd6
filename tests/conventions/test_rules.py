"""Every rule says where it comes from, and what it names stands in docs/rules.md."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "catalogue", "database", "loans", "schools", "search_index")
REFERENCE = re.compile(r"docs/rules\.md,\s+(\w+)\s+([\d., and-]+?\d)(?=[^\d.]|\.?$|\.\s|\.$)")
NAMED_FILE = re.compile(rf"`((?:docs|tests|{'|'.join(PACKAGES)})/[\w./]*\w)/?`")
PARAGRAPH = re.compile(r"\d+\.\d+")


def docstrings() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for text in re.findall(r'"""(.*?)"""', path.read_text(), re.DOTALL):
                yield str(path.relative_to(ROOT)), " ".join(text.split())


def paragraphs() -> dict[str, set[str]]:
    """Return the numbers of the paragraphs under each chapter of docs/rules.md."""
    found: dict[str, set[str]] = {}
    chapter = ""
    for line in (ROOT / "docs/rules.md").read_text().splitlines():
        if line.startswith("# "):
            chapter = line[2:].split(":")[0].strip()
        elif match := re.match(r"(\d+\.\d+) ", line):
            found.setdefault(chapter, set()).add(match.group(1))
    return found


def test_every_paragraph_a_docstring_names_exists() -> None:
    known = paragraphs()
    unknown = [
        (path, chapter, number)
        for path, text in docstrings()
        for chapter, numbers in REFERENCE.findall(text)
        for number in PARAGRAPH.findall(numbers)
        if number not in known.get(chapter, set())
    ]
    assert unknown == []


def test_references_are_found_at_all() -> None:
    named = [match for _, text in docstrings() for match in REFERENCE.findall(text)]
    assert len(named) > 100


def test_most_rules_of_lending_name_their_source() -> None:
    """A rule's helpers may go without; a module of rules without any source may not."""
    silent = [
        str(path.relative_to(ROOT))
        for package in ("catalogue", "loans", "schools")
        for path in sorted((ROOT / package / "rules").glob("*.py"))
        if path.name not in {"__init__.py", *WITHOUT_SOURCE} and "Source:" not in path.read_text()
    ]
    assert silent == []


WITHOUT_SOURCE = frozenset({"editions.py", "imports.py", "pages.py", "roles.py", "tokens.py"})
"""Modules that hold values of our own, no rule."""


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_files_that_a_page_of_docs_names_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:app|catalogue|database|docs|loans|schools|search_index|tests)/[\w./]+)`",
        page.read_text(),
    )
    missing = [name for name in named if not (ROOT / name.rstrip("/")).exists()]
    assert missing == []
