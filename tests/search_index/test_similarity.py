"""Which titles are like one."""

import numpy as np
import pytest

from search_index.arrays import Floats
from search_index.columns import Column, ColumnPart, joined_column
from search_index.similarity import (
    MOST_WORDS,
    STRANGERS,
    kinship,
    most_like,
    overlap,
    telling_words,
)

DOCUMENTS = 1000


def words_of(*called: str, **documents_with: int) -> list[str]:
    """The telling words of name, series and keywords; a word not counted occurs in ten."""
    words = telling_words(called, lambda word: documents_with.get(word, 10), DOCUMENTS)
    return [word for word, _ in words]


def column(*values: tuple[str, ...]) -> Column:
    sets = tuple(dict.fromkeys(values))
    ordinals = np.array([sets.index(each) for each in values], np.int32)
    return joined_column([ColumnPart(ordinals, sets)])


def test_rare_words_tell_more_than_common_ones() -> None:
    assert words_of("Film Vulkan Erde", "", film=800, vulkan=5, erde=90) == [
        "vulkan",
        "erde",
        "film",
    ]


def test_keywords_tell_more_than_names_and_names_more_than_series() -> None:
    assert words_of("Vulkan", "Reihe", "Magma") == ["magma", "vulkan", "reihe"]


def test_the_weight_of_a_word_is_that_of_the_best_place_it_stands_in() -> None:
    found = telling_words(("Vulkan", "Erde", "Vulkan"), lambda _: 10, DOCUMENTS)
    assert found == (("vulkan", 1.0), ("erde", 0.5))


def test_a_word_no_other_title_has_and_stop_words_tell_nothing() -> None:
    assert words_of("Der Kniff mit dem Vulkan", "", kniff=1, vulkan=2, der=900) == ["vulkan"]
    assert words_of("", "") == []


def test_only_the_most_telling_words_count() -> None:
    name = " ".join(f"wort{chr(97 + place)}" for place in range(MOST_WORDS + 5))
    assert len(words_of(name, "")) == MOST_WORDS


def test_values_in_common_are_a_share_of_all_values_of_two_titles() -> None:
    subjects = column(("BI", "CH"), ("BI",), ("DE",), (), ("BI", "CH"), ("BI", "CH", "PH", "M"))
    assert overlap(subjects, 0).tolist() == pytest.approx([1.0, 0.5, 0.0, 0.0, 1.0, 0.5])
    assert overlap(subjects, 3).tolist() == [0.0] * 6


def test_the_same_subjects_and_grades_make_kin_and_none_make_strangers() -> None:
    subjects = column(("BI",), ("BI",), ("DE",), ("BI",))
    grades = column(("7", "8"), ("7", "8"), ("1",), ("9",))
    same, kin, strange, other_grade = kinship(0, subjects, grades).tolist()
    assert same == kin == pytest.approx(1.0)
    assert strange == pytest.approx(STRANGERS)
    assert STRANGERS < other_grade < 1.0


def likeness(*scores: float) -> Floats:
    return np.array(scores, np.float32)


def test_the_likest_come_first_without_the_title_itself_and_strangers() -> None:
    among = np.array([True, True, False, True, True])
    newest = np.arange(5)
    found = most_like(0, likeness(9.0, 1.0, 5.0, 3.0, 0.0), among, newest, 5)
    assert found == [3, 1]


def test_of_titles_alike_the_newest_come_first_and_no_more_than_asked_for() -> None:
    newest = np.array([0, 7, 9, 8])
    among = np.ones(4, np.bool_)
    assert most_like(0, likeness(1, 2, 2, 2), among, newest, 2) == [2, 3]
    assert most_like(0, likeness(1, 2, 2, 2), among, newest, 3) == [2, 3, 1]
    assert most_like(0, likeness(1, 2, 2, 2), among, newest, 0) == []
