"""Editing a booking: what changes, who is told; and taking one up again."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy, Holding
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import (
    ChangedMeanwhileError,
    ImpossibleStepError,
    NotFoundError,
    RefusedError,
)
from loans.models.booking import Booking, BookingLine, BookingPick
from loans.models.collective_order import OrderState
from loans.models.loan import Loan
from loans.models.purpose import OtherReason
from loans.models.terms import Terms
from loans.operations.book_by import book_by
from loans.operations.cancel import cancel
from loans.operations.edit_booking import edit_booking
from loans.operations.revive import revive
from loans.queries.edits import BookingEdit, unchanged
from loans.queries.wishes import LineWish
from loans.rules.booking_states import BookingState
from loans.rules.codes import DayReason, Refusal
from schools.models.media_centre import PickupPlace
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.rules.roles import Actor, Role
from tests.loans.operations.desks import counter
from tests.loans.operations.edits.editing import DAYS, Edits, codes, days, letters
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores


@pytest.mark.lending("5.3")
def test_one_letter_tells_of_new_dates_and_none_of_the_rest(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    """Case 100: and the calendar's entry keeps its name with a higher sequence."""
    booking = make.booking(make.holding(copies=2), DAYS, person=person)
    steps: list[tuple[dict[str, Any], int]] = [
        ({"class_name": "7b"}, 0),
        ({"reason": OtherReason.TRAINING}, 0),
        ({"quantity": 2}, 1),
    ]
    for change, sequence in steps:
        assert edits(booking, **change).sequence == sequence
        assert letters(session) == []
    assert edits(booking, period=days(9, 11)).sequence == 2
    assert letters(session) == [LetterKind.BOOKING_CHANGED]


@pytest.mark.lending("5.3")
def test_another_place_is_told_with_the_one_before(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    centre = make.the_centre()
    place = PickupPlace(centre_id=centre.id, branch_id=make.branch().id, name="Rathaus")
    session.add(place)
    session.commit()
    edits(booking, place_id=place.id)
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.facts["place"].startswith("Rathaus")
    assert letter.facts["was_place"].startswith("Theke")
    assert letter.facts["sequence"] == 1


@pytest.mark.lending("3.3", "5.3")
def test_a_swapped_copy_is_not_told(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    """Case 100."""
    holding = make.holding()
    first, second, taken = (make.copy(holding, numbered=True) for _ in range(3))
    booking = make.booking(holding, DAYS, person=person)
    booking.lines[0].copy_id = first.id
    make.booking(holding, DAYS).lines[0].copy_id = taken.id
    session.commit()
    (line,) = booking.lines
    swapped = edits(booking, lines={line.id: LineWish(holding.id, 1, second.id)})
    assert swapped.lines[0].copy_id == second.id
    assert letters(session) == []
    with pytest.raises(RefusedError) as refused:
        edits(booking, lines={line.id: LineWish(holding.id, 1, taken.id)})
    assert codes(refused) == [Refusal.NOT_FREE]


def test_a_line_can_go_but_not_the_last_one(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    film, box = make.holding(copies=1), make.holding(copies=1)
    booking = make.booking(film, DAYS, person=person)
    booking.lines.append(BookingLine(holding_id=box.id, quantity=1))
    session.commit()
    kept = {booking.lines[0].id: LineWish(film.id)}
    assert [line.holding_id for line in edits(booking, lines=kept).lines] == [film.id]
    with pytest.raises(NotFoundError):
        edits(booking, lines={})


@pytest.mark.lending("5.1")
def test_of_what_is_collected_only_the_rest_changes(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=3)
    copy = holding.copies[0]
    booking = make.booking(holding, days(0, 4), 3, person=person)
    counter(make).lend(copy, person)
    changes: list[dict[str, Any]] = [{"period": days(1, 4)}, {"lines": {}}]
    for change in changes:
        with pytest.raises((ImpossibleStepError, NotFoundError)):
            edits(booking, **change)
    longer = edits(booking, period=days(0, 7), class_name="8a")
    assert (longer.last, longer.state) == (days(0, 7).last, BookingState.PARTLY_COLLECTED)
    loan = session.scalars(select(Loan)).one()
    assert (loan.due_on, loan.class_name) == (days(0, 4).last, "8a")
    assert edits(booking, quantity=1).state is BookingState.COLLECTED


@pytest.mark.lending("5.3", "9.1")
def test_what_is_collected_is_not_kept_longer_by_giving_up_the_rest(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, days(0, 4), 2, person=person)
    counter(make).lend(holding.copies[0], person)
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(0, 30), quantity=1)
    assert codes(refused) == [DayReason.TOO_LONG]
    assert refused.value.refusals[0].facts["until"] == days(0, 4).last
    assert letters(session) == []
    assert edits(booking, quantity=1).state is BookingState.COLLECTED


@pytest.mark.lending("5.1")
def test_a_booking_closes_when_it_is_reduced_to_what_is_back_already(
    make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=3)
    booking = make.booking(holding, days(0, 4), 3, person=person)
    desk = counter(make)
    desk.lend(holding.copies[0], person)
    desk.take_back(holding.copies[0])
    assert edits(booking, quantity=2).state is BookingState.PARTLY_COLLECTED
    assert edits(booking, quantity=1).state is BookingState.CLOSED


def test_copies_picked_that_are_too_many_go_back(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, DAYS, 2, person=person, state=BookingState.READY)
    for copy in holding.copies:
        line_id = booking.lines[0].id
        session.add(
            BookingPick(line_id=line_id, copy_id=copy.id, first=booking.first, picked_at=NOW)
        )
    session.commit()
    assert edits(booking, quantity=1).state is BookingState.READY
    assert edits(booking, period=days(8, 11)).state is BookingState.READY
    assert len(session.scalars(select(BookingPick)).all()) == 1
    assert edits(booking, period=days(7, 9)).state is BookingState.CONFIRMED


@pytest.mark.lending("5.1")
def test_what_needs_approval_is_asked_for_anew_when_more_is_wanted(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=3)
    booking = make.booking(holding, DAYS, person=person)
    session.scalars(select(Terms)).one().needs_approval = True
    session.commit()
    assert edits(booking, by=make.actor(Role.STAFF), quantity=2).state is BookingState.CONFIRMED
    assert edits(booking, quantity=1).state is BookingState.CONFIRMED
    assert edits(booking, quantity=3).state is BookingState.REQUESTED


@pytest.mark.lending("5.1")
def test_of_a_partly_collected_booking_more_that_needs_approval_is_a_booking_of_its_own(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=5)
    booking = make.booking(holding, days(0, 4), 2, person=person)
    counter(make).lend(holding.copies[0], person)
    session.scalars(select(Terms)).one().needs_approval = True
    session.commit()
    changes: list[dict[str, Any]] = [{"quantity": 5}, {"period": days(0, 7)}]
    for change in changes:
        with pytest.raises(RefusedError) as refused:
            edits(booking, **change)
        assert codes(refused) == [Refusal.MORE_NEEDS_APPROVAL]
    assert edits(booking, class_name="8a").lines[0].quantity == 2
    assert edits(booking, by=make.actor(Role.STAFF), quantity=3).lines[0].quantity == 3


@pytest.mark.lending("4.4")
def test_why_it_was_overbooked_is_forgotten_when_less_is_enough(make: Make, edits: Edits) -> None:
    holding = make.holding(copies=2)
    make.booking(holding, DAYS)
    booking = make.booking(holding, DAYS, 3, overbooked_reason="Absprache")
    staff = make.actor(Role.STAFF)
    assert edits(booking, by=staff, quantity=2).overbooked_reason == "Absprache"
    assert edits(booking, by=staff, quantity=1).overbooked_reason == ""


@pytest.mark.lending("4.4")
def test_staff_overbook_by_an_edit_and_a_later_one_settles_it(
    session: Session, make: Make, edits: Edits
) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS)
    make.booking(holding, days(11, 11))
    head = make.actor(Role.CENTRE_ADMIN)
    longer = edits(booking, by=head, period=days(8, 11), overruling="Absprache")
    assert longer.overbooked_reason == "Absprache"
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.reason, entry.after["overruled"]) == (
        "edit",
        "Absprache",
        ["NOT_FREE"],
    )
    assert edits(booking, by=head, period=days(7, 9)).overbooked_reason == ""


def test_who_may_not_see_a_booking_does_not_edit_it(make: Make, edits: Edits) -> None:
    booking = make.booking(make.holding(copies=1), DAYS)
    elsewhere = make.actor(Role.STAFF, centre=make.centre())
    for by in (make.actor(Role.TEACHER), elsewhere):
        with pytest.raises(NotFoundError):
            edits(booking, by=by, class_name="7b")
    assert edits(booking, by=make.actor(Role.STAFF), class_name="7b").class_name == "7b"


def test_foreign_things_are_not_found(make: Make, edits: Edits, person: Person) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS, person=person)
    elsewhere = make.centre()
    line_id = booking.lines[0].id
    for change in (
        {"unit_id": make.unit(make.school()).id, "reason": None},
        {"place_id": make.place(elsewhere).id},
        {"lines": {line_id: LineWish(make.holding(copies=1).id)}},
        {"lines": {line_id + 99: LineWish(holding.id)}},
        {"number": "R-0"},
    ):
        with pytest.raises(NotFoundError):
            edits(booking, **change)


def test_a_second_editor_is_told(session: Session, make: Make, person: Person) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    staff = make.actor(Role.STAFF)
    opened = unchanged(booking)
    for number, class_name in enumerate(("7a", "7b")):
        edit: BookingEdit = replace(opened, class_name=class_name)
        if number:
            with pytest.raises(ChangedMeanwhileError), unit_of_work(session):
                edit_booking(session, edit, staff, MONDAY, NOW)
        else:
            with unit_of_work(session):
                edit_booking(session, edit, staff, MONDAY, NOW)


@pytest.mark.parametrize("state", [BookingState.COLLECTED, BookingState.CANCELLED])
def test_what_is_collected_or_off_is_not_edited(
    make: Make, edits: Edits, person: Person, state: BookingState
) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, person=person, state=state)
    with pytest.raises(ImpossibleStepError):
        edits(booking, class_name="7b")


@pytest.mark.lending("5.3")
def test_a_cancelled_booking_is_taken_up_again_only_if_it_still_goes(
    session: Session, make: Make, teacher: Actor, person: Person
) -> None:
    """Case 98."""
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS, person=person)

    def taken_up() -> Booking:
        session.rollback()
        with unit_of_work(session):
            cancel(session, booking.number, teacher, NOW)
        with unit_of_work(session):
            return revive(session, booking.number, teacher, MONDAY, NOW)

    revived = taken_up()
    assert (revived.state, revived.sequence) == (BookingState.CONFIRMED, 2)
    assert letters(session) == [LetterKind.BOOKING_CANCELLED, LetterKind.BOOKING_CONFIRMED]
    with unit_of_work(session):
        cancel(session, booking.number, teacher, NOW)
    make.booking(holding, DAYS)
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        revive(session, booking.number, teacher, MONDAY, NOW)
    assert codes(refused) == [Refusal.NOT_FREE]
    other = make.booking(make.holding(copies=1), DAYS, person=person)
    with pytest.raises(ImpossibleStepError), unit_of_work(session):
        revive(session, other.number, teacher, MONDAY, NOW)


@pytest.mark.lending("3.3", "5.2")
def test_what_is_booked_by_number_meanwhile_is_taken_up_again_with_copies_of_its_own(
    session: Session, make: Make, teacher: Actor, person: Person
) -> None:
    holding, head = make.holding(copies=3), make.actor(Role.CENTRE_ADMIN)
    booking = make.booking(holding, DAYS, 2, person=person)
    with unit_of_work(session):
        cancel(session, booking.number, teacher, NOW)
    with unit_of_work(session):
        book_by(session, holding.id, BookedBy.NUMBER, head, NOW)
    with unit_of_work(session):
        revive(session, booking.number, teacher, MONDAY, NOW)
    copies = [line.copy_id for line in booking.lines]
    assert [line.quantity for line in booking.lines] == [1, 1]
    assert len({*copies} - {None}) == 2
    other = make.booking(holding, DAYS, person=person)
    other.lines[0].copy_id = next(each.id for each in holding.copies if each.id not in copies)
    other.state = BookingState.CANCELLED
    session.commit()
    with unit_of_work(session):
        revive(session, other.number, teacher, MONDAY, NOW)
    third = make.booking(holding, DAYS, person=person, state=BookingState.CANCELLED)
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        revive(session, third.number, teacher, MONDAY, NOW)
    assert codes(refused) == [Refusal.NOT_FREE]


@pytest.mark.lending("5.3", "5.8")
@pytest.mark.parametrize("state", OrderState)
def test_a_booking_is_taken_up_again_into_an_order_only_while_that_is_open(
    session: Session, make: Make, teacher: Actor, person: Person, state: OrderState
) -> None:
    order = make.order(make.the_school(), DAYS, state=state)
    booking = make.booking(make.holding(copies=1), DAYS, person=person, order_id=order.id)
    with unit_of_work(session):
        cancel(session, booking.number, teacher, NOW)
    with unit_of_work(session):
        revive(session, booking.number, teacher, MONDAY, NOW)
    assert (booking.order_id == order.id) is (state is OrderState.OPEN)


@pytest.mark.lending("5.3")
def test_cancelling_and_bringing_back_never_clash(
    session: Session, make: Make, teacher: Actor, person: Person
) -> None:
    """Case 98: whatever is overbooked, what frees something goes."""
    holding = make.holding(copies=1)
    copy = holding.copies[0]
    booking = make.booking(holding, days(0, 4), person=person)
    make.booking(holding, days(0, 4))
    desk = counter(make)
    with unit_of_work(session):
        cancel(session, booking.number, teacher, NOW)
    make.loan(copy, person=person)
    session.commit()
    desk.take_back(copy)
    assert session.get_one(Holding, holding.id).lendable == 1
