"""Taking back: by the copy alone, parts counted, bookings closed when all is back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from catalogue.models.defect import Defect
from catalogue.rules.completeness import Completeness
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectState
from database.audit import AuditEntry
from loans.errors import NotFoundError, RefusedError
from loans.rules.booking_states import BookingState
from loans.rules.returns import ReturnNote
from schools.models.media_centre import Branch
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.lending("8.4", "3.2"), pytest.mark.both_stores]


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


def test_a_return_ends_the_loan_and_puts_the_copy_on_its_shelf(make: Make, desk: Counter) -> None:
    loan = make.loan()
    done = desk.take_back(loan.copy)
    assert done.note is ReturnNote.RETURNED
    assert (loan.returned_on, loan.checked_at) == (MONDAY, NOW)
    assert loan.returned_by == desk.by.account_id
    assert loan.copy.state is CopyState.AVAILABLE
    assert loan.copy.holding.lendable == 1


def test_a_return_is_in_the_audit_log(make: Make, desk: Counter) -> None:
    loan = make.loan()
    desk.take_back(loan.copy)
    entry = desk.session.scalars(select(AuditEntry).where(AuditEntry.act == "check_in")).one()
    assert (entry.subject_kind, entry.subject_id) == ("loan", loan.id)


def test_away_from_home_it_goes_on_its_way_home(make: Make, desk: Counter) -> None:
    other = Branch(centre_id=make.the_centre().id, name="Nebenstelle")
    make.session.add(other)
    make.session.commit()
    loan = make.loan()
    done = desk.take_back(loan.copy, branch_id=other.id)
    assert done.sent_to == loan.copy.home_branch_id
    assert desk.take_back(loan.copy).note is ReturnNote.ARRIVED
    assert loan.copy.state is CopyState.AVAILABLE


def test_a_copy_that_was_never_lent_says_so_and_nothing_changes(make: Make, desk: Counter) -> None:
    copy = make.copy()
    done = desk.take_back(copy)
    assert (done.note, done.loan) == (ReturnNote.NOT_ON_LOAN, None)
    assert desk.session.scalars(select(AuditEntry)).all() == []


def test_a_missing_copy_under_the_scanner_is_found(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=1)
    holding.copies[0].state, holding.lendable = CopyState.MISSING, 0
    make.session.commit()
    assert desk.take_back(holding.copies[0]).note is ReturnNote.FOUND
    assert (holding.copies[0].state, holding.lendable) == (CopyState.AVAILABLE, 1)


def test_a_booking_closes_when_the_last_of_it_is_back(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=2)
    person = make.person()
    booking = make.booking(holding, Period(MONDAY, MONDAY + timedelta(4)), 2, person=person)
    for copy in holding.copies:
        desk.lend(copy, person)
    states = []
    for copy in holding.copies:
        desk.take_back(copy)
        states.append(booking.state)
    assert states == [BookingState.COLLECTED, BookingState.CLOSED]


def test_what_is_partly_collected_stays_open_for_the_rest(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=2)
    person = make.person()
    booking = make.booking(holding, Period(MONDAY, MONDAY + timedelta(4)), 2, person=person)
    desk.lend(holding.copies[0], person)
    desk.take_back(holding.copies[0])
    assert booking.state is BookingState.PARTLY_COLLECTED


def test_a_placed_copy_counts_again_once_it_is_back(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=1)
    make.loan(holding.copies[0], placed=True, due_on=None)
    holding.lendable = 0
    make.session.commit()
    desk.take_back(holding.copies[0])
    assert holding.lendable == 1


def test_a_box_is_counted_before_its_loan_ends(make: Make, desk: Counter) -> None:
    box = make.part().copy
    loan = make.loan(box)
    with pytest.raises(RefusedError) as refused:
        desk.take_back(box)
    assert refused.value.codes == ("PARTS_UNCOUNTED",)
    assert loan.returned_on is None


def test_a_complete_box_goes_back_on_its_shelf(make: Make, desk: Counter) -> None:
    box = make.part().copy
    make.loan(box)
    done = desk.take_back(box, {})
    assert done.verdict is not None
    assert done.verdict.completeness is Completeness.COMPLETE
    assert box.state is CopyState.AVAILABLE


def test_without_a_critical_part_the_box_leaves_the_capacity(make: Make, desk: Counter) -> None:
    part = make.part(name="Netzteil", critical=True)
    loan = make.loan(part.copy)
    desk.take_back(part.copy, {part.id: 0})
    assert part.copy.state is CopyState.INCOMPLETE
    assert part.copy.holding.lendable == 0
    assert loan.returned_on == MONDAY
    defect = desk.session.scalars(select(Defect)).one()
    assert (defect.part_id, defect.person_id) == (part.id, loan.person_id)
    assert defect.deadline == MONDAY + timedelta(days=7)


def test_a_missing_part_is_written_to_the_borrower_once(make: Make, desk: Counter) -> None:
    part = make.part(name="USB-C-Kabel", count=2)
    make.part(part.copy, "Tasche")
    loan = make.loan(part.copy)
    desk.take_back(part.copy, {part.id: 0})
    letter = desk.session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.PARTS_MISSING
    assert loan.person is not None
    assert letter.to_address == loan.person.email
    assert letter.facts["parts"] == ["2 × USB-C-Kabel"]
    assert letter.facts["due_on"] == "2026-11-30"


def test_a_borrower_is_asked_for_no_more_than_was_lost_with_them(
    make: Make, desk: Counter
) -> None:
    part = make.part(name="Kabel", count=3)
    for there in (2, 0):
        make.loan(part.copy, person=make.person())
        desk.take_back(part.copy, {part.id: there})
    letters = desk.session.scalars(select(OwedLetter).order_by(OwedLetter.id))
    assert [each.facts["parts"] for each in letters] == [["Kabel"], ["2 × Kabel"]]


def test_a_part_that_is_not_critical_leaves_the_box_lendable(make: Make, desk: Counter) -> None:
    part = make.part(name="Tasche")
    make.loan(part.copy)
    done = desk.take_back(part.copy, {part.id: 0})
    assert done.verdict is not None
    assert done.verdict.completeness is Completeness.WITH_NOTE
    assert (part.copy.state, part.copy.holding.lendable) == (CopyState.AVAILABLE, 1)


def test_what_is_brought_later_closes_its_defect(make: Make, desk: Counter) -> None:
    part = make.part(name="Tasche")
    make.loan(part.copy)
    desk.take_back(part.copy, {part.id: 0})
    make.loan(part.copy, person=make.person())
    desk.take_back(part.copy, {part.id: 1})
    assert part.missing == 0
    assert desk.session.scalars(select(Defect)).one().state is DefectState.DONE


def test_known_gaps_are_nobodys_fault_twice(make: Make, desk: Counter) -> None:
    part = make.part(name="Tasche")
    make.loan(part.copy)
    desk.take_back(part.copy, {part.id: 0})
    make.loan(part.copy, person=make.person())
    desk.take_back(part.copy, {part.id: 0})
    assert len(desk.session.scalars(select(Defect)).all()) == 1


def test_a_copy_of_another_centre_is_out_of_reach(make: Make, desk: Counter) -> None:
    foreign = make.loan(make.copy(make.holding(centre=make.centre())))
    with pytest.raises(NotFoundError):
        desk.take_back(foreign.copy)
