"""Recalling: looked at first, then done by the worker, again and again if need be."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.models.closure import Closure
from loans.models.loan import Loan
from loans.operations.load_holidays import load_holidays
from schools.models.owed_letter import OwedLetter
from tests.app.overdue.conftest import Work, page_of
from tests.make import MONDAY, Make

FRIDAY = MONDAY + timedelta(days=11)

pytestmark = pytest.mark.lending("10.3")


def test_what_would_be_shortened_is_shown_first(staff: FlaskClient, make: Make) -> None:
    make.loan(make.copy(make.holding(make.title("Wale"))), days=14)
    page = page_of(staff, f"/overdue/recall?day={FRIDAY}")
    assert "Wale" in page
    assert "1 Ausleihe zurückrufen" in page
    assert "Mo, 7.12." in page
    assert "<b>Fr, 4.12.</b>" in page
    assert "Nach diesem Tag ist nichts mehr fällig" in page_of(
        staff, f"/overdue/recall?day={MONDAY + timedelta(days=20)}"
    )


def test_the_recall_is_done_and_can_be_repeated(
    staff: FlaskClient, make: Make, work: Work, session: Session
) -> None:
    loan = make.loan(days=14)
    form = {"day": FRIDAY.isoformat(), "reason": "Wir zählen.", "school": "", "category": ""}
    answer = staff.post("/overdue/recall", data=form | {"idem": "a"})
    assert answer.status_code == 303
    assert work().result["centres"] == {str(loan.centre_id): {"loans": 1, "letters": 1}}
    page = page_of(staff, answer.headers["Location"])
    assert "Ausleihen: 1" in page
    assert "nichts mehr fällig" in page
    session.rollback()
    assert session.get_one(Loan, loan.id).due_on == FRIDAY
    assert session.scalars(select(OwedLetter)).one().facts["reason"] == "Wir zählen."
    again = staff.post("/overdue/recall", data=form | {"idem": "b"})
    work()
    assert "Nach diesem Tag war nichts mehr fällig." in page_of(staff, again.headers["Location"])


def test_the_last_open_day_before_the_summer_holidays_is_proposed(
    staff: FlaskClient, session: Session
) -> None:
    with unit_of_work(session):
        load_holidays(session)
    assert 'value="2027-07-16"' in page_of(staff, "/overdue/recall")


@pytest.mark.parametrize("day", ["", "x", "2020-01-01", "2999-01-01", "2026-02-30"])
def test_a_day_that_cannot_be_is_refused_and_nothing_is_queued(
    staff: FlaskClient, make: Make, day: str
) -> None:
    make.loan(days=14)
    answer = staff.post("/overdue/recall", data={"day": day})
    assert answer.status_code == 422
    assert "Fehler:" in answer.get_data(as_text=True)
    assert page_of(staff, f"/overdue/recall?day={day}&school=x&category=y")


@pytest.mark.lending("1.4")
def test_what_goes_back_where_it_is_never_open_is_counted_and_left_out(
    staff: FlaskClient, make: Make
) -> None:
    here, there = make.loan(days=60), make.loan(days=60)
    there.branch_id = make.other_branch().id
    first, last = MONDAY, MONDAY + timedelta(days=420)
    make.session.add(
        Closure(
            centre_id=there.centre_id,
            branch_id=there.branch_id,
            name="Umbau",
            first=first,
            last=last,
        )
    )
    make.session.commit()
    page = page_of(staff, f"/overdue/recall?day={FRIDAY}")
    assert here.copy.barcode in page
    assert there.copy.barcode not in page
    assert "1 Ausleihe behält ihren Tag" in page
