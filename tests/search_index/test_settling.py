"""What changes leave behind: seen at once, joined afterwards, by the lists that were written."""

from pathlib import Path

import pytest

from search_index.engine import Changes, Question
from search_index.whoosh_engine import WhooshEngine
from search_index.whoosh_merging import MOST_SEGMENTS
from tests.search_index.library import a_document

CHANGES = 3 * MOST_SEGMENTS


@pytest.fixture
def index(tmp_path: Path) -> WhooshEngine:
    index = WhooshEngine(tmp_path / "index")
    index.rebuild([a_document(1, "Der Wald im Winter")], 1)
    return index


def segments(index: WhooshEngine) -> int:
    return len(index._opening.current().snapshot.segments)


def test_changes_are_seen_before_anything_is_joined(index: WhooshEngine) -> None:
    for number in range(2, CHANGES):
        index.apply(Changes((a_document(number, f"Wald {number}"),)), number)
        assert number in index.search(Question(f"Wald {number}")).title_ids
    assert segments(index) == CHANGES - 1


def test_settling_after_each_change_keeps_segments_few_and_loses_nothing(
    index: WhooshEngine,
) -> None:
    for number in range(2, CHANGES):
        gone = frozenset({number - 4}) if number % 5 == 0 else frozenset()
        index.apply(Changes((a_document(number, f"Wald {number}"),), gone), number)
        index.settle()
        assert segments(index) <= MOST_SEGMENTS
    left = {1, *range(2, CHANGES)} - {number - 4 for number in range(5, CHANGES, 5)}
    assert index.search(Question("Wald", per_page=100)).total == len(left)
    assert index.search(Question('"Wald im Winter"')).total == (1 in left)
    assert index.position() == CHANGES - 1


def test_settling_few_segments_changes_nothing(index: WhooshEngine) -> None:
    index.apply(Changes((a_document(2, "Der See"),)), 2)
    before = index._opening.current().manifest
    index.settle()
    assert index._opening.current().manifest == before
