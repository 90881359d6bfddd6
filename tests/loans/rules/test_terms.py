"""Terms: each value from the most specific row that sets it, and every value explained."""

import pytest

from loans.rules.due_dates import Basis, LoanPeriod
from loans.rules.terms import (
    UNLIMITED,
    VALUE_NAMES,
    LimitScope,
    TermsKey,
    TermsRow,
    TermsValues,
    effective,
)

pytestmark = pytest.mark.lending("2.1", "2.2", "2.3")

HERE, THERE = 1, 2
TEACHER, CLUB = "school", "club"
DVD, CAMERA = "film", "device"

LOANS_BY_KEY = (
    TermsRow(1, TermsKey(), TermsValues(loan_period=14, limit_open_loans=10)),
    TermsRow(2, TermsKey(None, TEACHER), TermsValues(limit_open_loans=5)),
    TermsRow(3, TermsKey(HERE), TermsValues(limit_open_loans=20)),
    TermsRow(4, TermsKey(HERE, TEACHER), TermsValues(limit_open_loans=8)),
    TermsRow(5, TermsKey(HERE, TEACHER, DVD), TermsValues(limit_open_loans=3)),
)


@pytest.mark.parametrize(
    ("key", "limit", "row_id"),
    [
        pytest.param(TermsKey(HERE, TEACHER, DVD), 3, 5, id="centre, class and category"),
        pytest.param(TermsKey(HERE, TEACHER, CAMERA), 8, 4, id="centre and class"),
        pytest.param(TermsKey(HERE, CLUB, DVD), 20, 3, id="the centre beats the general row"),
        pytest.param(TermsKey(THERE, TEACHER, DVD), 5, 2, id="the class elsewhere"),
        pytest.param(TermsKey(THERE, CLUB, DVD), 10, 1, id="nobody in particular"),
    ],
)
def test_the_most_specific_row_wins(key: TermsKey, limit: int, row_id: int) -> None:
    found = effective(LOANS_BY_KEY, key)
    assert found.terms is not None
    assert found.terms.limit_open_loans == limit
    assert found.row_id("limit_open_loans") == row_id


def test_a_row_that_names_the_centre_beats_every_row_that_does_not() -> None:
    rows = (
        TermsRow(1, TermsKey(None, TEACHER, DVD), TermsValues(loan_period=7)),
        TermsRow(2, TermsKey(HERE), TermsValues(loan_period=21)),
    )
    terms = effective(rows, TermsKey(HERE, TEACHER, DVD)).terms
    assert terms is not None
    assert terms.loan_period == 21


def test_each_value_inherits_by_itself() -> None:
    rows = (
        TermsRow(1, TermsKey(), TermsValues(loan_period=14, renewals=2, basis=Basis.OPEN_DAYS)),
        TermsRow(2, TermsKey(HERE), TermsValues(renewals=0)),
        TermsRow(3, TermsKey(HERE, TEACHER), TermsValues(limit_open_loans=UNLIMITED)),
    )
    found = effective(rows, TermsKey(HERE, TEACHER, DVD))
    assert found.terms is not None
    assert found.terms.period == LoanPeriod(14, Basis.OPEN_DAYS)
    assert found.terms.renewals == 0
    assert found.terms.limit_open_loans == UNLIMITED
    assert [found.row_id(name) for name in ("loan_period", "renewals", "limit_open_loans")] == [
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param((), id="no row at all"),
        pytest.param(
            (TermsRow(1, TermsKey(THERE), TermsValues(loan_period=7)),), id="no such row"
        ),
        pytest.param((TermsRow(1, TermsKey(), TermsValues(renewals=1)),), id="no loan period"),
        pytest.param((TermsRow(1, TermsKey(), TermsValues(loan_period=0)),), id="nothing is lent"),
    ],
)
def test_without_a_loan_period_there_are_no_terms(rows: tuple[TermsRow, ...]) -> None:
    assert effective(rows, TermsKey(HERE, TEACHER, DVD)).terms is None


def test_every_value_is_explained() -> None:
    found = effective(LOANS_BY_KEY, TermsKey(HERE, TEACHER, DVD))
    explained = {name: (value, row_id) for name, value, row_id in found.explain()}
    assert tuple(explained) == VALUE_NAMES
    assert explained["loan_period"] == (14, 1)
    assert explained["limit_open_loans"] == (3, 5)
    assert explained["reminder_level_3"] == (17, None)


@pytest.mark.parametrize(
    ("key", "scope"),
    [
        pytest.param(TermsKey(HERE, TEACHER, DVD), LimitScope(HERE, DVD), id="of category here"),
        pytest.param(TermsKey(HERE, TEACHER, CAMERA), LimitScope(HERE), id="all of this centre"),
        pytest.param(TermsKey(THERE, TEACHER, DVD), LimitScope(), id="all there are"),
    ],
)
def test_a_limit_counts_under_the_keys_of_its_row(key: TermsKey, scope: LimitScope) -> None:
    assert effective(LOANS_BY_KEY, key).limit_scope("limit_open_loans") == scope


def test_a_renewal_lasts_as_long_as_a_loan_unless_set() -> None:
    row = TermsRow(1, TermsKey(), TermsValues(loan_period=14))
    shorter = TermsRow(2, TermsKey(HERE), TermsValues(renewal_period=7))
    inherited = effective((row,), TermsKey(HERE)).terms
    set_here = effective((row, shorter), TermsKey(HERE)).terms
    assert inherited is not None
    assert set_here is not None
    assert (inherited.renewed_period.days, set_here.renewed_period.days) == (14, 7)
