"""Last reminders on paper: one letter a school, printed once."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.claim import ClaimKind, LoanClaim
from loans.models.loan import Loan, Reminder
from loans.models.terms import Terms
from loans.rules.terms import UNLIMITED
from tests.app.overdue.conftest import overdue, page_of
from tests.make import MONDAY, NOW, Make


@pytest.fixture
def late(make: Make) -> Loan:
    school = make.school("Adlerschule", street="Horst 1", postal_code="59999", city="Lindenau")
    person = make.person(school, family_name="Zweig")
    copy = make.copy(make.holding(make.title("Wale")), value_cents=12_900)
    loan = overdue(make, 30, copy=copy, person=person)
    assert loan.due_on is not None
    make.session.add(
        Reminder(
            loan_id=loan.id,
            level=3,
            due_on=loan.due_on,
            written_on=MONDAY - timedelta(days=1),
        )
    )
    make.session.commit()
    return loan


@pytest.mark.lending("10.1")
def test_a_letter_names_the_school_what_is_out_and_what_it_would_cost(
    staff: FlaskClient, late: Loan
) -> None:
    page = " ".join(page_of(staff, "/overdue/print").split())
    for words in (
        "An die Schulleitung<br>Adlerschule<br>Horst 1<br>59999 Lindenau",
        "Wale",
        "Ada Zweig",
        late.copy.barcode,
        "129 €",
        "bis Montag, 30. November 2026",
    ):
        assert words in page, words


def test_schools_are_written_to_in_german_whoever_prints(staff: FlaskClient, late: Loan) -> None:
    staff.post("/language", data={"language": "en"})
    page = staff.get("/overdue/print", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "An die Schulleitung" in page
    assert late.copy.barcode in page


def test_marked_as_printed_it_is_not_printed_again(
    staff: FlaskClient, late: Loan, session: Session
) -> None:
    assert "1 Brief drucken" in page_of(staff, "/overdue")
    answer = staff.post("/overdue/print", data={"loan": [late.id, "x", "999999"]})
    assert answer.status_code == 303
    session.rollback()
    assert session.scalars(select(Reminder.printed_at)).one() is not None
    assert "Keine Briefe zu drucken" in page_of(staff, "/overdue/print")
    assert "Wale" in page_of(staff, "/overdue/print?printed=1")
    assert "Brief drucken" not in page_of(staff, "/overdue")


@pytest.mark.lending("10.1")
@pytest.mark.parametrize(("blocks", "said"), [(3, True), (UNLIMITED, False)])
def test_only_who_is_blocked_is_said_to_be(
    staff: FlaskClient, late: Loan, session: Session, *, blocks: int, said: bool
) -> None:
    session.scalars(select(Terms)).one().block_level = blocks
    session.commit()
    page = " ".join(page_of(staff, "/overdue/print").split())
    assert late.holding.title.name in page
    assert ("weder Medien ausleihen noch reservieren" in page) is said


@pytest.mark.lending("10.1")
def test_what_is_put_off_is_printed_once_that_is_over(
    staff: FlaskClient, late: Loan, session: Session
) -> None:
    late.snoozed_until = MONDAY
    session.commit()
    assert "Keine Briefe zu drucken" in page_of(staff, "/overdue/print")
    late.snoozed_until = MONDAY - timedelta(days=1)
    said = LoanClaim(loan_id=late.id, kind=ClaimKind.RETURNED, made_at=NOW)
    session.add(said)
    session.commit()
    assert "Keine Briefe zu drucken" in page_of(staff, "/overdue/print")
    assert "Brief drucken" not in page_of(staff, "/overdue")
    session.delete(said)
    session.commit()
    assert "Wale" in page_of(staff, "/overdue/print")
