"""Write into docs/rules.md where each paragraph of lending stands in code and what shows it.

Usage:
    python tools/rules.py [--check]

A docstring names its paragraphs as ``docs/rules.md, Lending 7.1 and 7.2``; a test says by
``@pytest.mark.lending("7.1")`` (or a module's ``pytestmark``) which paragraph it shows. Below each
paragraph stand the files of both. With ``--check`` nothing is written.
"""

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rules.md"
PACKAGES = ("app", "catalogue", "database", "loans", "schools", "search_index")
CHAPTER = "Lending"
MARKER = "lending"

REFERENCE = re.compile(rf"docs/rules\.md,\s+{CHAPTER}\s+(\d[\d., and-]*?\d)(?=[^\d.]|\.?$|\.\s)")
NUMBER = re.compile(r"\d+\.\d+")
RANGE = re.compile(r"(\d+)\.(\d+) to \1\.(\d+)")
PARAGRAPH = re.compile(r"(\d+\.\d+) ")
CODE_LINE, TEST_LINE = "    Code: ", "    Tests: "


@dataclass
class Shown:
    """Where a paragraph stands: files of code and of tests, relative to the root."""

    code: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)


def main() -> int:
    """Run as a command; exit code 1 if the page is not what code and tests say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    before = PAGE.read_text()
    after = page(before)
    if not options.check:
        PAGE.write_text(after)
    return int(options.check and before != after)


def page(text: str) -> str:
    """Return the page with the lines below each paragraph of lending made anew."""
    found = places()
    lines: list[str] = []
    number, inside = "", False
    for line in [*_without_places(text.splitlines()), ""]:
        starts = PARAGRAPH.match(line)
        if number and (starts or not line.startswith("    ")):
            lines += _place_lines(found.get(number, Shown()))
            number = ""
        if line.startswith("# "):
            inside = line == f"# {CHAPTER}"
        if starts and inside:
            number = starts.group(1)
        lines.append(line)
    return "\n".join(lines).rstrip("\n") + "\n"


def places() -> Mapping[str, Shown]:
    """Return by paragraph the files whose docstrings name it and the tests that show it."""
    found: dict[str, Shown] = defaultdict(Shown)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for number in _named_in(path.read_text()):
                found[number].code.add(path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for number in _marked_in(ast.parse(path.read_text())):
            found[number].tests.add(path.relative_to(ROOT).as_posix())
    return found


def _without_places(lines: Iterable[str]) -> Iterator[str]:
    """Leave out what an earlier run wrote, with its continuation lines."""
    return (line for line in lines if not line.startswith((CODE_LINE, TEST_LINE)))


def _place_lines(shown: Shown) -> list[str]:
    return [
        f"{CODE_LINE}{', '.join(sorted(shown.code)) or 'nowhere'}",
        f"{TEST_LINE}{', '.join(sorted(shown.tests)) or 'none'}",
    ]


def _named_in(source: str) -> Iterator[str]:
    for text in re.findall(r'"""(.*?)"""', source, re.DOTALL):
        for numbers in REFERENCE.findall(" ".join(text.split())):
            yield from NUMBER.findall(numbers)
        for named in re.findall(rf"{CHAPTER} {RANGE.pattern}", " ".join(text.split())):
            chapter, first, last = named
            yield from (f"{chapter}.{each}" for each in range(int(first), int(last) + 1))


def _marked_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr == MARKER:
            yield from (str(each.value) for each in node.args if isinstance(each, ast.Constant))


if __name__ == "__main__":
    sys.exit(main())
