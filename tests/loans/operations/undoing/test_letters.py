"""What was told of a scan that is undone is taken back or corrected."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.defect import DefectKind
from database.unit_of_work import unit_of_work
from loans.models.hold import HoldState
from loans.models.loan import Loan, Reminder
from loans.operations.note_damage import Found
from loans.operations.pick_copy import PickWish, pick_copy
from loans.queries.invariants import breaches
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from tests.loans.operations.test_remind import night as remind_tonight
from tests.loans.operations.undoing.desk import DAY, WEEK, Desk, damaged, everything
from tests.make import MONDAY, Make

pytestmark = pytest.mark.both_stores


@pytest.mark.lending("8.6", "7.2")
@pytest.mark.parametrize("sent", [False, True], ids=["not sent yet", "sent"])
@pytest.mark.parametrize("act", ["damage", "loan"])
def test_whoever_has_the_copy_kept_again_is_told_again(
    make: Make, desk: Desk, session: Session, act: str, *, sent: bool
) -> None:
    loan = make.loan(make.copy(make.holding()))
    hold = make.hold(loan.holding)
    back = desk.take_back(loan.copy)
    if sent:
        session.scalars(select(OwedLetter)).one().state = LetterState.SENT
        session.commit()
    if act == "damage":
        line = damaged(desk, back, Found(DefectKind.BROKEN, "Riss", repair=True))
    else:
        line = desk.overrule(desk.lend(loan.copy, make.person()))
    assert hold.copy_id is None
    assert desk.undo(line).outcome.value == "done"
    letters = session.scalars(select(OwedLetter).order_by(OwedLetter.id)).all()
    told = [LetterKind.HOLD_READY, LetterKind.CORRECTION] if sent else []
    assert hold.state is HoldState.SET_ASIDE
    assert [
        each.kind
        for each in letters
        if each.kind in {LetterKind.HOLD_READY, LetterKind.CORRECTION}
    ] == [*told, LetterKind.HOLD_READY]
    assert letters[-1].state is LetterState.OWED


@pytest.mark.lending("8.6", "7.3")
def test_an_addressee_whose_loan_is_undone_is_told_only_once(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    desk.undo(desk.lend(loan.copy, hold.person))
    assert hold.state is HoldState.SET_ASIDE
    assert [each.kind for each in session.scalars(select(OwedLetter))] == [LetterKind.HOLD_READY]


@pytest.mark.lending("7.2", "7.3", "8.6")
def test_whoever_has_it_already_is_not_told_next_morning_that_it_is_kept(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    session.scalars(select(OwedLetter)).one().state = LetterState.DAILY
    session.commit()
    before = everything(session)
    line = desk.lend(loan.copy, hold.person)
    assert session.scalars(select(OwedLetter)).all() == []
    assert desk.undo(line).outcome.value == "done"
    assert everything(session) == before


@pytest.mark.lending("5.1", "8.6")
@pytest.mark.parametrize("own", [True, False], ids=["to whoever booked it", "to another"])
def test_a_letter_that_a_booking_lies_ready_goes_and_comes_with_the_loan_of_its_copy(
    make: Make, desk: Desk, session: Session, *, own: bool
) -> None:
    holding, person = make.holding(copies=2), make.person()
    make.booking(holding, WEEK, person=person)
    with unit_of_work(session):
        wish = PickWish(holding.copies[0].id, desk.branch.id, MONDAY)
        pick_copy(session, wish, desk.by, MONDAY, desk.now)
    before = everything(session)
    line = desk.lend(holding.copies[0], person if own else make.person())
    assert session.scalars(select(OwedLetter)).all() == []
    assert desk.undo(line).outcome.value == "done"
    assert everything(session)["owed_letter"] == before["owed_letter"]
    assert breaches(session) == []


@pytest.mark.lending("8.6")
def test_a_letter_not_sent_is_taken_back_and_owed_anew_by_the_next_return(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    make.hold(loan.holding)
    desk.undo(desk.take_back(loan.copy))
    assert session.scalars(select(OwedLetter)).all() == []
    desk.take_back(loan.copy)
    assert [each.kind for each in session.scalars(select(OwedLetter))] == [LetterKind.HOLD_READY]


@pytest.mark.lending("8.6")
@pytest.mark.parametrize("how", ["sent", "in hand"])
def test_a_letter_that_went_out_is_followed_by_one_correction(
    make: Make, desk: Desk, session: Session, how: str
) -> None:
    loan = make.loan(make.copy(make.holding()))
    make.hold(loan.holding)
    line = desk.take_back(loan.copy)
    letter = session.scalars(select(OwedLetter)).one()
    if how == "sent":
        letter.state = LetterState.SENT
    else:
        letter.claimed_until = desk.now + timedelta(minutes=5)
    session.commit()
    desk.undo(line)
    desk.take_back(loan.copy)
    kinds = [each.kind for each in session.scalars(select(OwedLetter).order_by(OwedLetter.id))]
    assert kinds == [LetterKind.HOLD_READY, LetterKind.CORRECTION, LetterKind.HOLD_READY]


@pytest.mark.lending("8.4", "8.6")
def test_undone_a_return_dated_back_owes_the_letter_nobody_had_read_again(
    make: Make, desk: Desk, session: Session
) -> None:
    loan = make.loan(lent_on=MONDAY - 18 * DAY)
    remind_tonight(session, make)
    desk.scan("CMD-KASTEN")
    line = desk.scan(loan.copy.barcode)
    assert session.scalars(select(Reminder)).all() == []
    desk.undo(line)
    assert session.get_one(Loan, loan.id).returned_on is None
    assert remind_tonight(session, make).letters == 1
    assert [each.level for each in session.scalars(select(Reminder))] == [1]
