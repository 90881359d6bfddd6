"""What becomes of a date whose day closes."""

from datetime import date

import pytest

from loans.rules.moved_dates import Move, Stays, move

NEXT = date(2027, 1, 7)


@pytest.mark.lending("1.7", "2.5", "7.1")
@pytest.mark.parametrize(
    ("facts", "becomes"),
    [
        pytest.param({}, Move(NEXT), id="it moves to the next open day"),
        pytest.param({"keeps": True}, Move(None, Stays.KEEP), id="the rule keep leaves it"),
        pytest.param(
            {"licensed_until": NEXT}, Move(NEXT), id="to the last day of the licence it may"
        ),
        pytest.param(
            {"licensed_until": date(2027, 1, 6)},
            Move(None, Stays.LICENCE),
            id="past the end of the licence it may not",
        ),
        pytest.param(
            {"not_after": date(2027, 1, 6)},
            Move(None, Stays.NOT_NEEDED),
            id="nor past the day after which nobody needs it",
        ),
        pytest.param({"not_after": NEXT}, Move(NEXT), id="to that very day it may"),
    ],
)
def test_a_date_on_a_day_that_closes(facts: dict[str, object], becomes: Move) -> None:
    assert move(NEXT, **facts) == becomes  # type: ignore[arg-type]  # a table


def test_without_an_open_day_it_stays() -> None:
    assert move(None) == Move(None, Stays.NO_OPEN_DAY)
