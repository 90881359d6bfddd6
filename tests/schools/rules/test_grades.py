"""Grades: how they are labelled and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.grades import (
    GRADES,
    grade_label,
    grades_text,
    parse_grades,
    youngest_age,
)


@pytest.mark.parametrize(("grade", "label"), [(1, "1"), (10, "10"), (11, "EF"), (13, "Q2")])
def test_upper_grades_have_names_instead_of_numbers(grade: int, label: str) -> None:
    assert grade_label(grade) == label


@pytest.mark.parametrize("number", [0, 14, -1])
def test_other_numbers_are_no_grades(number: int) -> None:
    with pytest.raises(ValueError, match="not a grade"):
        grade_label(number)


def test_fifth_graders_start_at_ten() -> None:
    assert youngest_age(5) == 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("7", (7,), id="a number"),
        pytest.param(" 07 ", (7,), id="a number with a zero"),
        pytest.param("7b", (7,), id="a class"),
        pytest.param("Jg. 7", (7,), id="a shortened word before it"),
        pytest.param("Jahrgangsstufe 7", (7,), id="a long word before it"),
        pytest.param("5-8", (5, 6, 7, 8), id="a range"),
        pytest.param("5–8", (5, 6, 7, 8), id="a range with a dash"),
        pytest.param("5 bis 8", (5, 6, 7, 8), id="a range in words"),
        pytest.param("5.-8. Klasse", (5, 6, 7, 8), id="ordinals"),
        pytest.param("5/6", (5, 6), id="a double grade"),
        pytest.param("9, 5, 6", (5, 6, 9), id="a list in any order"),
        pytest.param("EF", (11,), id="introduction phase"),
        pytest.param("Q1", (12,), id="first year of qualification"),
        pytest.param("Q", (12, 13), id="qualification phase"),
        pytest.param("9-EF", (9, 10, 11), id="a range into the upper stage"),
        pytest.param("Sek. I", (5, 6, 7, 8, 9, 10), id="lower secondary stage"),
        pytest.param("Primarstufe", (1, 2, 3, 4), id="primary stage"),
        pytest.param("A(5-7)", (5, 6, 7), id="a target group"),
        pytest.param("A(5);A(6) Q;T", (5, 6), id="target groups beside adults"),
        pytest.param("A(5-7);J(12-16)", (5, 6, 7), id="ages are no grades"),
        pytest.param("J(12-16)", None, id="only ages"),
        pytest.param("ab 7", None, id="an open end"),
        pytest.param("8-5", None, id="a range backwards"),
        pytest.param("5-14", None, id="a range too far"),
        pytest.param("", None, id="nothing"),
        pytest.param("alle", None, id="a word"),
    ],
)
def test_grades_are_read_as_people_write_them(text: str, expected: tuple[int, ...] | None) -> None:
    assert parse_grades(text) == expected


@given(st.sets(st.sampled_from(GRADES), min_size=1))
def test_written_grades_are_read_back(grades: set[int]) -> None:
    assert parse_grades(grades_text(tuple(grades))) == tuple(sorted(grades))


@given(st.text(max_size=60))
def test_any_text_is_read_as_grades_in_order_or_not_at_all(text: str) -> None:
    grades = parse_grades(text)
    assert grades is None or (grades == tuple(sorted(set(grades))) and set(grades) <= set(GRADES))
