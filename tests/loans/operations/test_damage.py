"""What is wrong with what comes back: noted in the same step, with borrower, deadline, letter."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Part
from catalogue.models.defect import Defect, DefectKind
from catalogue.models.holding import BookedBy
from catalogue.operations.report_defect import Photo
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectState
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.claim import ClaimKind
from loans.models.hold import HoldState
from loans.operations.bring_part import bring_part
from loans.operations.claim import Claim, Settlement, claim, settle_claim
from loans.operations.note_damage import Found
from loans.rules.booking_states import BookingState
from loans.rules.returns import ReturnNote
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

DAY = timedelta(days=1)
PHOTO = Photo("scan.jpg", "image/jpeg", 640, 480, 1234)


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


@pytest.fixture
def lent_box(make: Make, desk: Counter) -> Part:
    """A critical part of a box that is out."""
    part = make.part(name="Netzteil", critical=True)
    make.loan(part.copy)
    return part


def defects(session: Session) -> list[Defect]:
    return list(session.scalars(select(Defect).order_by(Defect.id)))


@pytest.mark.lending("3.2", "8.4")
def test_a_missing_part_with_a_remark_and_a_photo_is_one_defect(
    desk: Counter, lent_box: Part, session: Session
) -> None:
    found = Found(text="war schon beim Auspacken nicht dabei", photo=PHOTO)
    desk.take_back(lent_box.copy, {lent_box.id: 0}, found=found)
    (defect,) = defects(session)
    assert defect.kind is DefectKind.PART_MISSING
    assert defect.text == "Netzteil\nwar schon beim Auspacken nicht dabei"
    assert (defect.deadline, defect.photo_id is None) == (MONDAY + 7 * DAY, False)
    (letter,) = session.scalars(select(OwedLetter))
    assert letter.facts["remark"] == "war schon beim Auspacken nicht dabei"


@pytest.mark.lending("3.2", "8.4")
def test_a_damage_is_a_defect_of_the_borrower_with_a_letter(
    make: Make, desk: Counter, session: Session
) -> None:
    loan = make.loan()
    found = Found(DefectKind.BROKEN, "Display gesprungen", PHOTO)
    desk.take_back(loan.copy, found=found)
    (defect,) = defects(session)
    assert (defect.kind, defect.person_id) == (DefectKind.BROKEN, loan.person_id)
    assert (defect.institution_id, defect.deadline) == (loan.institution_id, MONDAY + 7 * DAY)
    letter = session.scalars(select(OwedLetter)).one()
    assert (letter.kind, letter.person_id) == (LetterKind.DAMAGE_FOUND, loan.person_id)
    assert letter.facts["path"] == f"/defects/{defect.id}"
    assert loan.copy.state is CopyState.AVAILABLE


@pytest.mark.lending("4.2", "4.4")
def test_what_goes_to_repair_leaves_the_capacity_and_bookings_ahead_are_short(
    make: Make, desk: Counter
) -> None:
    loan = make.loan(make.copy(make.holding()))
    hold = make.hold(loan.holding)
    booking = make.booking(loan.holding, Period(MONDAY + 7 * DAY, MONDAY + 9 * DAY))
    make.booking(make.holding(copies=1), Period(MONDAY, MONDAY + DAY))
    done = desk.take_back(loan.copy, found=Found(DefectKind.BROKEN, "klappert", repair=True))
    assert (loan.copy.state, loan.holding.lendable) == (CopyState.IN_REPAIR, 0)
    assert [each.number for each in done.short] == [booking.number]
    assert hold.state is HoldState.WAITING


@pytest.mark.lending("3.3", "4.4")
def test_what_is_booked_by_number_and_goes_to_repair_leaves_its_own_booking_short(
    make: Make, desk: Counter
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    copy, other = (make.copy(holding, numbered=True) for _ in range(2))
    booking, _kept = (
        make.booking(holding, Period(MONDAY + 7 * DAY, MONDAY + 9 * DAY)) for _ in range(2)
    )
    booking.lines[0].copy_id, _kept.lines[0].copy_id = copy.id, other.id
    make.loan(copy)
    done = desk.take_back(copy, found=Found(DefectKind.BROKEN, "klappert", repair=True))
    assert [each.number for each in done.short] == [booking.number]


@pytest.mark.lending("4.4")
def test_while_others_are_left_no_booking_is_short(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=2)
    loan = make.loan(holding.copies[0])
    make.booking(holding, Period(MONDAY + 7 * DAY, MONDAY + 9 * DAY))
    done = desk.take_back(loan.copy, found=Found(DefectKind.BROKEN, "klappert", repair=True))
    assert done.short == ()


@pytest.mark.lending("3.2")
def test_the_box_scanned_again_with_its_part_is_counted_and_lent_again(
    make: Make, desk: Counter, lent_box: Part, session: Session
) -> None:
    copy = lent_box.copy
    desk.take_back(copy, {lent_box.id: 0})
    with pytest.raises(RefusedError) as refused:
        desk.take_back(copy)
    assert refused.value.codes == ("PARTS_UNCOUNTED",)
    still = desk.take_back(copy, {lent_box.id: 0})
    assert (still.note, copy.state) == (ReturnNote.NOT_LENDABLE, CopyState.INCOMPLETE)
    done = desk.take_back(copy, {lent_box.id: 1})
    assert (done.note, copy.holding.lendable) == (ReturnNote.COMPLETED, 1)
    assert [each.state for each in defects(session)] == [DefectState.DONE]


@pytest.mark.lending("3.1", "3.2")
@pytest.mark.parametrize("state", [CopyState.IN_REPAIR, CopyState.WITHDRAWN])
@pytest.mark.parametrize("there", [0, 1])
def test_a_count_brings_nothing_back_from_repair_or_into_the_stock(
    desk: Counter, lent_box: Part, session: Session, state: CopyState, there: int
) -> None:
    copy = lent_box.copy
    desk.take_back(copy, {lent_box.id: 0})
    copy.state = state
    session.commit()
    done = desk.take_back(copy, {lent_box.id: there}, found=Found(repair=True))
    assert (done.note, copy.state) == (ReturnNote.NOT_LENDABLE, state)
    assert copy.holding.lendable == 0


@pytest.mark.lending("3.2", "7.2")
def test_a_box_made_complete_serves_who_waits(make: Make, desk: Counter, lent_box: Part) -> None:
    desk.take_back(lent_box.copy, {lent_box.id: 0})
    hold = make.hold(lent_box.copy.holding)
    desk.take_back(lent_box.copy, {lent_box.id: 1})
    assert (hold.state, lent_box.copy.state) == (HoldState.SET_ASIDE, CopyState.SET_ASIDE)


@pytest.mark.lending("3.2")
def test_two_of_three_brought_leave_the_defect_open(
    make: Make, desk: Counter, session: Session
) -> None:
    part = make.part(name="Kabel", count=3)
    make.loan(part.copy)
    desk.take_back(part.copy, {part.id: 0})
    desk.take_back(part.copy, {part.id: 2})
    assert [each.state for each in defects(session)] == [DefectState.REPORTED]
    desk.take_back(part.copy, {part.id: 3})
    assert [each.state for each in defects(session)] == [DefectState.DONE]


@pytest.mark.lending("3.2")
def test_brought_later_by_a_button_closes_the_defect_and_frees_the_box(
    make: Make, desk: Counter, lent_box: Part, session: Session
) -> None:
    desk.take_back(lent_box.copy, {lent_box.id: 0})
    (defect,) = defects(session)
    with unit_of_work(session):
        bring_part(session, defect.id, desk.by, MONDAY, NOW)
    assert (lent_box.missing, defect.state) == (0, DefectState.DONE)
    assert (lent_box.copy.state, lent_box.copy.holding.lendable) == (CopyState.AVAILABLE, 1)
    with pytest.raises(NotFoundError), unit_of_work(session):
        bring_part(session, defect.id, desk.by, MONDAY, NOW)


def lost_by_two(make: Make, desk: Counter, session: Session) -> tuple[Part, Defect, Defect]:
    """Of five cables one borrower has lost one, the next another two."""
    part = make.part(name="Kabel", count=5)
    for there in (4, 2):
        make.loan(part.copy)
        desk.take_back(part.copy, {part.id: there})
    first, second = defects(session)
    return part, first, second


@pytest.mark.lending("3.2")
def test_what_one_borrower_brings_closes_only_the_own_defect_of_a_part_two_have_lost(
    make: Make, desk: Counter, session: Session
) -> None:
    part, first, second = lost_by_two(make, desk, session)
    assert [each.text for each in (first, second)] == ["Kabel", "2 × Kabel"]
    with unit_of_work(session):
        bring_part(session, first.id, desk.by, MONDAY, NOW)
    assert [first.state, second.state] == [DefectState.DONE, DefectState.REPORTED]
    assert part.missing == 2
    with unit_of_work(session):
        bring_part(session, second.id, desk.by, MONDAY, NOW)
    assert (part.missing, second.state) == (0, DefectState.DONE)


@pytest.mark.lending("3.2")
def test_two_pieces_brought_leave_the_one_another_has_lost_missing(
    make: Make, desk: Counter, session: Session
) -> None:
    part, first, second = lost_by_two(make, desk, session)
    with unit_of_work(session):
        bring_part(session, second.id, desk.by, MONDAY, NOW)
    assert (part.missing, first.state) == (1, DefectState.REPORTED)


@pytest.mark.lending("3.2")
def test_while_another_part_it_needs_is_missing_the_box_stays(
    make: Make, desk: Counter, lent_box: Part, session: Session
) -> None:
    second = make.part(lent_box.copy, "Fernbedienung", critical=True)
    desk.take_back(lent_box.copy, {lent_box.id: 0, second.id: 0})
    first = next(each for each in defects(session) if each.part_id == lent_box.id)
    with unit_of_work(session):
        bring_part(session, first.id, desk.by, MONDAY, NOW)
    assert lent_box.copy.state is CopyState.INCOMPLETE


def test_defects_of_another_centre_are_out_of_reach(
    make: Make, desk: Counter, lent_box: Part, session: Session
) -> None:
    desk.take_back(lent_box.copy, {lent_box.id: 0})
    (defect,) = defects(session)
    stranger = make.actor(Role.STAFF, centre=make.centre())
    with pytest.raises(NotFoundError), unit_of_work(session):
        bring_part(session, defect.id, stranger, MONDAY, NOW)


@pytest.mark.lending("7.2", "8.4")
def test_set_aside_and_found_incomplete_who_waited_waits_again(make: Make, desk: Counter) -> None:
    part = make.part(name="Netzteil", critical=True)
    make.loan(part.copy)
    hold = make.hold(part.copy.holding)
    desk.take_back(part.copy, {})
    replace(desk, today=MONDAY + DAY).take_back(part.copy, {part.id: 0})
    assert (hold.state, hold.rank, part.copy.state) == (
        HoldState.WAITING,
        1,
        CopyState.INCOMPLETE,
    )


@pytest.mark.lending("4.2", "5.1")
def test_of_ten_booked_five_come_back_well_three_are_lost_two_are_damaged(
    make: Make, desk: Counter, session: Session
) -> None:
    holding, person = make.holding(copies=100), make.person()
    booking = make.booking(holding, Period(MONDAY, MONDAY + 4 * DAY), 10, person=person)
    loans = [desk.lend(copy, person).loan for copy in holding.copies[:10]]
    for loan in loans[:5]:
        desk.take_back(loan.copy)
    for loan in loans[5:8]:
        with unit_of_work(session):
            made = claim(session, Claim(loan.id, ClaimKind.LOST), desk.by, MONDAY, NOW)
        with unit_of_work(session):
            settle_claim(session, Settlement(made.id), desk.by, MONDAY, NOW)
    for loan in loans[8:]:
        desk.take_back(loan.copy, found=Found(DefectKind.BROKEN, "zerkratzt", repair=True))
    assert (booking.state, holding.lendable) == (BookingState.CLOSED, 95)
    assert len(defects(session)) == 2
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        claim(session, Claim(loans[5].id, ClaimKind.LOST), desk.by, MONDAY, NOW)
    assert refused.value.codes == ("LOAN_OVER",)
