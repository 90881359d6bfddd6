from datetime import date

import pytest

from catalogue.rules.completeness import (
    Completeness,
    CountedPart,
    bring_by,
    verdict,
)

pytestmark = pytest.mark.lending("3.2")


def cable(counted: int | None) -> CountedPart:
    return CountedPart("USB-Kabel", expected=4, counted=counted, critical=False)


def controller(counted: int | None) -> CountedPart:
    return CountedPart("Steuergerät", expected=1, counted=counted, critical=True)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param((), Completeness.COMPLETE, id="a thing without parts"),
        pytest.param((cable(4), controller(1)), Completeness.COMPLETE, id="all there"),
        pytest.param((cable(5), controller(1)), Completeness.COMPLETE, id="one too many"),
        pytest.param((cable(3), controller(1)), Completeness.WITH_NOTE, id="a cable is missing"),
        pytest.param((cable(4), controller(0)), Completeness.INCOMPLETE, id="the critical part"),
        pytest.param((cable(None), controller(1)), Completeness.UNCOUNTED, id="not all counted"),
        pytest.param((cable(None), controller(0)), Completeness.INCOMPLETE, id="known too early"),
    ],
)
def test_a_count_decides_about_the_box(
    parts: tuple[CountedPart, ...], expected: Completeness
) -> None:
    assert verdict(parts).completeness is expected


def test_missing_parts_are_named_with_the_critical_ones_first() -> None:
    missing = verdict((cable(1), controller(0))).missing
    assert [(part.name, part.missing) for part in missing] == [
        ("Steuergerät", 1),
        ("USB-Kabel", 3),
    ]


def test_the_borrower_has_seven_days_to_bring_a_part() -> None:
    assert bring_by(date(2026, 12, 28)) == date(2027, 1, 4)
