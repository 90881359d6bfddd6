"""Counts that would tell of single people."""

import pytest

from schools.rules.small_counts import is_too_small


@pytest.mark.lending("6.3")
@pytest.mark.parametrize(
    ("count", "too_small"), [(0, False), (1, True), (4, True), (5, False), (500, False)]
)
def test_counts_under_five_are_not_told_outside_the_school(count: int, *, too_small: bool) -> None:
    assert is_too_small(count) is too_small
