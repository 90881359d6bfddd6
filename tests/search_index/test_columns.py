"""Columns carried over from one state of an index to the next."""

import numpy as np

from search_index.columns import Column, ColumnPart, joined_column


def test_a_state_opened_twice_over_the_same_one_has_its_new_values_both_times() -> None:
    before = joined_column([_part(("film",))])

    first, second = (joined_column([_part(("box", "film"), ())], before) for _ in range(2))

    assert _counts(first) == _counts(second) == {"film": 2, "box": 1}
    assert second.mask(["box"]).tolist() == [False, True, False]


def _part(*sets: tuple[str, ...]) -> ColumnPart:
    return ColumnPart(np.arange(len(sets), dtype=np.int32), sets)


def _counts(column: Column) -> dict[str, int]:
    return column.counts(np.arange(len(column.ordinals), dtype=np.int32))
