"""docs/rules.md says of each paragraph of lending where it stands in code and what shows it."""

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def _tool() -> Any:  # a module by its path
    spec = importlib.util.spec_from_file_location("rules", ROOT / "tools" / "rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TOOL = _tool()
NOT_YET = {"3.4": "inspections of equipment: step 4"}
"""Paragraphs that a later step builds."""


def paragraphs() -> list[str]:
    chapters = re.split(r"^# ", TOOL.PAGE.read_text(), flags=re.MULTILINE)
    (lending,) = (each for each in chapters if each.startswith(f"{TOOL.CHAPTER}\n"))
    return [found[1] for line in lending.splitlines() if (found := TOOL.PARAGRAPH.match(line))]


def lacking() -> dict[str, set[str]]:
    """What each paragraph lacks."""
    found = TOOL.places()
    return {
        number: {what for what in ("code", "tests") if not getattr(found[number], what)}
        for number in paragraphs()
    }


def test_the_page_names_the_code_and_the_tests_of_each_paragraph() -> None:
    text = TOOL.PAGE.read_text()
    assert TOOL.page(text) == text, "write the page anew: python tools/rules.py"


def test_every_paragraph_of_lending_has_code_and_a_test() -> None:
    assert {number for number, lacks in lacking().items() if lacks} <= set(NOT_YET)


def test_marks_name_paragraphs_that_there_are() -> None:
    assert set(TOOL.places()) - set(paragraphs()) == set()


def test_paragraphs_of_later_steps_are_taken_off_the_list_once_they_are_shown() -> None:
    assert {number for number in NOT_YET if not lacking()[number]} == set()
