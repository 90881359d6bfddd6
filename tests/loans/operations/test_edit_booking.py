"""Editing a booking: what goes, what is refused, who is told; and taking one up again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import (
    ChangedMeanwhileError,
    ImpossibleStepError,
    NotFoundError,
    RefusedError,
)
from loans.models.booking import Booking, BookingLine, BookingPick
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
from schools.models.media_centre import Branch, PickupPlace
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.loans.operations.desks import counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores


def days(first: int, last: int) -> Period:
    """Days from the Monday on that is today."""
    return Period(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))


DAYS = days(8, 10)

Edits = Callable[..., Booking]


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person) -> Actor:
    return make.actor(Role.TEACHER, person=person)


@pytest.fixture
def edits(session: Session, teacher: Actor) -> Edits:
    """Edit a booking; what the test does not name stays as it is."""

    def edits(booking: Booking, by: Actor = teacher, **change: Any) -> Booking:
        session.rollback()
        quantity = change.pop("quantity", None)
        wished = unchanged(booking)
        if quantity is not None:
            lines = {key: replace(line, quantity=quantity) for key, line in wished.lines.items()}
            wished = replace(wished, lines=lines)
        with unit_of_work(session):
            return edit_booking(session, replace(wished, **change), by, MONDAY, NOW)

    return edits


def letters(session: Session) -> list[LetterKind]:
    return [each.kind for each in session.scalars(select(OwedLetter).order_by(OwedLetter.id))]


def codes(refused: pytest.ExceptionInfo[RefusedError]) -> list[str]:
    return [str(code) for code in refused.value.codes]


@pytest.mark.lending("5.3")
def test_an_edit_does_not_collide_with_itself(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    """Case 92."""
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    moved = edits(booking, period=days(9, 11))
    assert (moved.first, moved.last, moved.state) == (
        days(9, 11).first,
        days(9, 11).last,
        BookingState.CONFIRMED,
    )


@pytest.mark.lending("4.5", "5.3")
def test_an_edit_does_not_collide_with_its_own_visits(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    other = PickupPlace(centre_id=make.the_centre().id, branch_id=make.branch().id, name="Theke 2")
    session.add(other)
    session.scalars(select(Branch)).one().visits_a_day = 1
    session.commit()
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    assert edits(booking, place_id=other.id).place_id == other.id
    assert edits(booking, period=days(10, 14)).first == DAYS.last


@pytest.mark.lending("4.5", "5.3")
def test_an_earlier_first_day_may_make_it_too_long(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    session.scalars(select(Terms)).one().loan_period = 4
    session.commit()
    booking = make.booking(make.holding(copies=1), days(17, 18), person=person)
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(7, 18))
    assert codes(refused) == [DayReason.TOO_LONG]
    assert edits(booking, period=days(15, 18)).first == days(15, 18).first


@pytest.mark.lending("4.5", "5.3")
def test_what_runs_uncollected_may_be_collected_elsewhere(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    other = PickupPlace(centre_id=make.the_centre().id, branch_id=make.branch().id, name="Theke 2")
    session.add(other)
    session.commit()
    booking = make.booking(make.holding(copies=1), days(-3, 4), person=person)
    assert edits(booking, place_id=other.id).place_id == other.id


@pytest.mark.lending("4.3", "5.3")
def test_the_rest_of_a_booking_is_extended_though_what_came_back_is_booked_by_others(
    make: Make, edits: Edits, person: Person
) -> None:
    """S62: what was returned is others' to book; only the rest must be free."""
    holding, desk = make.holding(copies=2), counter(make)
    booking = make.booking(holding, days(0, 3), 2, person=person)
    desk.lend(holding.copies[0], person)
    desk.take_back(holding.copies[0])
    make.booking(holding, days(1, 9))
    assert edits(booking, period=days(0, 4)).last == days(0, 4).last
    with pytest.raises(RefusedError) as refused:
        edits(booking, quantity=3)
    assert codes(refused) == [Refusal.NOT_FREE]


@pytest.mark.lending("5.3")
def test_bookings_that_are_off_or_over_never_block(
    make: Make, edits: Edits, person: Person
) -> None:
    """Case 92."""
    holding = make.holding(copies=1)
    for state in (
        BookingState.CANCELLED,
        BookingState.DECLINED,
        BookingState.LAPSED,
        BookingState.CLOSED,
    ):
        make.booking(holding, days(9, 11), state=state)
    booking = make.booking(holding, DAYS, person=person)
    assert edits(booking, period=days(9, 11)).first == days(9, 11).first


@pytest.mark.lending("5.3", "5.2")
def test_others_refuse_a_longer_booking_with_every_reason_at_once(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS, person=person)
    make.booking(holding, days(11, 11))
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(8, 12), reason=None)
    assert set(codes(refused)) == {DayReason.CLOSED, Refusal.NOT_FREE, Refusal.NO_PURPOSE}
    session.expire_all()
    assert (booking.last, booking.sequence) == (DAYS.last, 0)
    assert letters(session) == []


@pytest.mark.lending("5.3")
def test_shortening_and_reducing_go_whatever_stands_against_it(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, days(8, 14), 2, person=person)
    make.booking(holding, days(8, 14), 2)
    person.blocked = True
    session.commit()
    shorter = edits(booking, period=days(8, 12), quantity=1)
    assert (shorter.last, shorter.lines[0].quantity) == (days(8, 12).last, 1)


@pytest.mark.lending("5.3")
def test_nothing_is_shortened_into_the_past(make: Make, edits: Edits, person: Person) -> None:
    booking = make.booking(make.holding(copies=1), days(-3, 3), person=person)
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(-3, -1))
    assert codes(refused) == [DayReason.PAST]


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


@pytest.mark.lending("5.3")
def test_the_booking_of_somebody_who_left_is_refused_with_the_day(
    make: Make, edits: Edits
) -> None:
    """S52."""
    yesterday = MONDAY - timedelta(days=1)
    booking = make.booking(make.holding(copies=1), DAYS, person=make.person(until=yesterday))
    with pytest.raises(RefusedError) as refused:
        edits(booking, by=make.actor(Role.STAFF), period=days(9, 11))
    (reason,) = refused.value.refusals
    assert (reason.code, reason.facts) == (Refusal.MEMBERSHIP_ENDED, {"until": yesterday})
    head = make.actor(Role.CENTRE_ADMIN)
    moved = edits(booking, by=head, period=days(9, 11), overruling="Die Klasse holt es ab.")
    assert moved.first == MONDAY + timedelta(days=9)


@pytest.mark.lending("5.3")
def test_a_booking_lives_on_with_what_is_hidden_meanwhile(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS, person=person)
    holding.visible = False
    session.commit()
    assert edits(booking, period=days(8, 11)).last == MONDAY + timedelta(days=11)


@pytest.mark.lending("5.3", "6.1")
def test_a_booking_lives_on_with_a_unit_that_is_retired_but_takes_no_other(
    session: Session, make: Make, edits: Edits, teacher: Actor, person: Person
) -> None:
    unit, other = make.unit(), make.unit()
    booking = make.booking(
        make.holding(copies=1), DAYS, person=person, unit_id=unit.id, reason=None
    )
    unit.retired_on = other.retired_on = MONDAY
    session.commit()
    assert edits(booking, period=days(9, 11)).unit_id == unit.id
    with pytest.raises(NotFoundError):
        edits(booking, period=days(8, 10), unit_id=other.id)
    with unit_of_work(session):
        cancel(session, booking.number, teacher, NOW)
    with unit_of_work(session):
        revived = revive(session, booking.number, teacher, MONDAY, NOW)
    assert revived.state is BookingState.CONFIRMED


def numbered(make: Make, person: Person) -> Booking:
    """Book the first of two copies by its number."""
    holding = make.holding(booked_by=BookedBy.NUMBER)
    first, _second = make.copy(holding, numbered=True), make.copy(holding, numbered=True)
    booking = make.booking(holding, DAYS, person=person)
    booking.lines[0].copy_id = first.id
    make.session.commit()
    return booking


@pytest.mark.lending("3.3", "5.3")
def test_a_copy_that_was_withdrawn_is_free_on_no_other_days(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    booking = numbered(make, person)
    (line,) = booking.lines
    session.get_one(Copy, line.copy_id).state = CopyState.WITHDRAWN
    session.commit()
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(9, 11))
    assert codes(refused) == [Refusal.NOT_FREE]
    assert edits(booking, period=days(8, 9)).last == MONDAY + timedelta(days=9)
    other = booking.lines[0].holding.copies[1].id
    swapped = {line.id: LineWish(line.holding_id, 1, other)}
    assert edits(booking, period=days(9, 11), lines=swapped).lines[0].copy_id == other


@pytest.mark.lending("3.3", "5.3")
def test_a_copy_that_belongs_to_a_pool_meanwhile_counts_there(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    booking, head = numbered(make, person), make.actor(Role.CENTRE_ADMIN)
    holding = booking.lines[0].holding
    session.rollback()
    with unit_of_work(session):
        book_by(session, holding.id, BookedBy.POOL, head, NOW)
    make.booking(holding, days(15, 17), 2)
    assert edits(booking, period=days(22, 24)).first == MONDAY + timedelta(days=22)
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(16, 18))
    assert codes(refused) == [Refusal.NOT_FREE]


@pytest.mark.lending("5.3")
def test_what_was_to_be_handed_over_at_a_closed_place_is_not_taken_up_again(
    session: Session, make: Make, teacher: Actor, person: Person
) -> None:
    place = make.place_at(make.other_branch())
    booking = make.booking(
        make.holding(copies=1),
        DAYS,
        person=person,
        place_id=place.id,
        state=BookingState.CANCELLED,
    )
    place.active = False
    session.commit()
    number = booking.number
    session.rollback()
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        revive(session, number, teacher, MONDAY, NOW)
    assert codes(refused) == [Refusal.PLACE_CLOSED]
