"""Lending at the desk: bookings first, then walk-ins within what is free."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.rules.copy_states import CopyState
from catalogue.rules.licences import LicenceScope
from database.audit import AuditEntry
from loans.errors import NotFoundError, RefusedError
from loans.models.closure import Closure
from loans.models.loan import Reminder
from loans.models.purpose import OtherReason
from loans.models.terms import Terms
from loans.rules.booking_states import BookingState
from loans.rules.due_dates import Basis, ClosedDayRule
from schools.models.person import Membership
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, Make

pytestmark = [pytest.mark.lending("8.2"), pytest.mark.both_stores]

FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


@pytest.fixture
def head(make: Make, desk: Counter) -> Counter:
    """Somebody who may overrule."""
    return counter(make, Role.CENTRE_ADMIN)


def days(first: int, last: int) -> Period:
    return Period(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))


def test_a_walk_in_loan_is_due_after_the_terms_loan_period(make: Make, desk: Counter) -> None:
    copy = make.copy()
    loan = desk.lend(copy, make.person()).loan
    assert loan.due_on == MONDAY + timedelta(days=14)
    assert loan.copy.state is CopyState.ON_LOAN
    assert (loan.unit_id, loan.reason) == (None, None)
    assert loan.lent_by == desk.by.account_id


def test_lending_leaves_the_capacity_of_the_holding_alone(make: Make, desk: Counter) -> None:
    copy = make.copy()
    desk.lend(copy, make.person())
    assert copy.holding.lendable == 1


def test_a_scan_serves_the_own_booking_that_starts_earliest(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=3)
    person = make.person()
    unit = make.unit()
    make.booking(holding, days(1, 9), person=person)
    first = make.booking(
        holding, days(-1, 3), person=person, unit_id=unit.id, reason=None, class_name="7b"
    )
    done = desk.lend(holding.copies[0], person)
    assert done.booking is not None
    assert done.booking.id == first.id
    assert done.loan.due_on == first.last
    assert (done.loan.unit_id, done.loan.class_name) == (unit.id, "7b")
    assert done.booking.state is BookingState.COLLECTED


def test_a_booking_of_two_is_partly_collected_after_one(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=3)
    person = make.person()
    booking = make.booking(holding, days(0, 4), 2, person=person)
    states = []
    for copy in holding.copies:
        desk.lend(copy, person)
        states.append(booking.state)
    assert states == [
        BookingState.PARTLY_COLLECTED,
        BookingState.COLLECTED,
        BookingState.COLLECTED,
    ]


def test_an_own_booking_goes_early_if_the_days_before_are_free(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=1)
    person = make.person()
    booking = make.booking(holding, days(2, 9), person=person)
    done = desk.lend(holding.copies[0], person)
    assert done.booking is not None
    assert done.loan.due_on == booking.last


@pytest.mark.lending("1.6", "4.4")
@pytest.mark.parametrize(("others", "due"), [(False, 7), (True, 3)])
def test_a_booking_whose_last_day_closed_since_goes_on_only_while_nobody_else_needs_it(
    make: Make, desk: Counter, session: Session, *, others: bool, due: int
) -> None:
    holding = make.holding(copies=1)
    person = make.person()
    make.booking(holding, days(0, 4), person=person)
    if others:
        make.booking(holding, days(7, 8))
    closure = Closure(centre_id=holding.centre_id, name="Inventur", first=FRIDAY, last=FRIDAY)
    session.add(closure)
    session.commit()
    assert desk.lend(holding.copies[0], person).loan.due_on == MONDAY + timedelta(days=due)


def test_an_own_booking_is_refused_early_while_others_need_the_copy(
    make: Make, desk: Counter
) -> None:
    holding = make.holding(copies=1)
    person = make.person()
    make.booking(holding, days(0, 1))
    make.booking(holding, days(3, 9), person=person)
    with pytest.raises(RefusedError) as refused:
        desk.lend(holding.copies[0], person)
    (reason,) = refused.value.refusals
    assert reason.code == "RESERVED"
    assert reason.facts["from_day"] == MONDAY + timedelta(days=2)


def test_a_walk_in_ends_before_the_next_booking_of_others(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, days(4, 9))
    loan = desk.lend(holding.copies[0], make.person()).loan
    assert loan.due_on == MONDAY + timedelta(days=3)


def test_a_walk_in_that_would_break_a_booking_is_refused(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=2)
    make.booking(holding, days(0, 4), 2)
    assert desk.refused(holding.copies[0], make.person()) == ["RESERVED"]


def test_a_numbered_copy_is_kept_for_the_booking_that_names_it(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=2)
    copy = holding.copies[0]
    copy.numbered, holding.lendable = True, 1
    booking = make.booking(holding, days(0, 4))
    booking.lines[0].copy_id = copy.id
    make.session.commit()
    assert desk.refused(copy, make.person()) == ["RESERVED"]
    assert booking.person is not None
    assert desk.lend(copy, booking.person).booking is not None


@pytest.mark.lending("5.6", "3.3")
def test_the_desk_is_warned_of_a_copy_that_is_promised(make: Make, desk: Counter) -> None:
    """Case S50: the only one of its kind is promised for Tuesday and Wednesday."""
    holding = make.holding()
    copy = make.copy(holding, numbered=True)
    promised = make.booking(holding, days(1, 2))
    promised.lines[0].copy_id = copy.id
    make.session.commit()
    lent = desk.lend(copy, make.person())
    assert lent.promised_from == MONDAY + timedelta(days=1)
    assert lent.loan.due_on == MONDAY


@pytest.mark.lending("5.6", "3.3")
def test_a_promise_to_another_copy_warns_nobody(make: Make, desk: Counter) -> None:
    holding = make.holding()
    copy, other = (make.copy(holding, numbered=True) for _ in range(2))
    make.booking(holding, days(1, 2)).lines[0].copy_id = other.id
    make.session.commit()
    lent = desk.lend(copy, make.person())
    assert (lent.promised_from, lent.loan.due_on) == (None, MONDAY + timedelta(days=14))


@pytest.mark.lending("5.6", "3.3")
def test_a_booking_of_one_copy_is_not_served_by_another(make: Make, desk: Counter) -> None:
    holding, person = make.holding(), make.person()
    named, other = (make.copy(holding, numbered=True) for _ in range(2))
    booking = make.booking(holding, days(0, 2), person=person)
    booking.lines[0].copy_id = named.id
    make.session.commit()
    assert desk.lend(other, person).booking is None
    assert desk.lend(named, person).booking is not None


def test_a_copy_on_loan_is_refused_to_others_and_told_apart_for_its_borrower(
    make: Make, desk: Counter
) -> None:
    loan = make.loan()
    assert desk.refused(loan.copy, make.person()) == ["ON_LOAN"]
    assert loan.person is not None
    assert desk.refused(loan.copy, loan.person) == ["ON_LOAN_SAME_PERSON"]


def test_every_reason_is_told_at_once(make: Make, desk: Counter) -> None:
    copy = make.copy(lendable=False, not_lendable_reason="wird geprüft")
    person = make.person(blocked=True, block_reason="Anschrift fehlt", until=MONDAY - timedelta(1))
    assert desk.refused(copy, person) == ["NOT_LENDABLE", "MEMBERSHIP_ENDED", "BLOCKED"]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (CopyState.WITHDRAWN, "WITHDRAWN"),
        (CopyState.LOST, "LOST"),
        (CopyState.MISSING, "MISSING"),
        (CopyState.INCOMPLETE, "INCOMPLETE"),
        (CopyState.IN_REPAIR, "NOT_LENDABLE"),
    ],
)
def test_a_copy_in_such_a_state_is_refused(
    make: Make, desk: Counter, state: CopyState, code: str
) -> None:
    holding = make.holding(copies=1)
    holding.copies[0].state, holding.lendable = state, 0
    make.session.commit()
    assert desk.refused(holding.copies[0], make.person()) == [code]


def test_the_limit_of_open_loans_is_the_persons(make: Make, desk: Counter) -> None:
    _set_terms(make.session, limit_open_loans=1)
    person = make.person()
    holding = make.holding(copies=3)
    desk.lend(holding.copies[0], person)
    assert desk.refused(holding.copies[1], person) == ["LIMIT_PERSON"]
    assert desk.refused(holding.copies[1], make.person()) == []


def test_a_limit_of_the_school_counts_all_its_people(make: Make, desk: Counter) -> None:
    _set_terms(make.session, limit_school_loans=1)
    holding = make.holding(copies=3)
    desk.lend(holding.copies[0], make.person())
    assert desk.refused(holding.copies[1], make.person()) == ["LIMIT_SCHOOL"]
    elsewhere = make.person(make.school())
    assert desk.refused(holding.copies[1], elsewhere) == []


def test_a_reminder_of_the_blocking_level_stops_further_loans(make: Make, desk: Counter) -> None:
    person = make.person()
    late = make.loan(person=person, lent_on=MONDAY - timedelta(days=60))
    make.session.add(Reminder(loan_id=late.id, level=3, due_on=late.due_on, written_on=MONDAY))
    make.session.commit()
    assert desk.refused(make.copy(), person) == ["OVERDUE_BLOCK"]


def test_the_end_of_the_membership_shortens_a_loan_to_an_open_day(
    make: Make, desk: Counter
) -> None:
    person = make.person(until=MONDAY + timedelta(days=6))
    assert desk.lend(make.copy(), person).loan.due_on == FRIDAY


def test_a_licence_for_other_schools_or_past_its_end_refuses(make: Make, desk: Counter) -> None:
    elsewhere, ended = make.title(), make.title()
    make.licence(elsewhere, scope=LicenceScope.SCHOOL, area=["000000"])
    make.licence(ended, valid_until=MONDAY - timedelta(days=1))
    person = make.person()
    assert desk.refused(make.copy(make.holding(elsewhere)), person) == ["LICENCE_AREA"]
    assert desk.refused(make.copy(make.holding(ended)), person) == ["LICENCE_ENDED"]


def test_the_end_of_the_licence_shortens_a_loan(make: Make, desk: Counter) -> None:
    title = make.title()
    make.licence(title, valid_until=MONDAY + timedelta(days=3))
    loan = desk.lend(make.copy(make.holding(title)), make.person()).loan
    assert loan.due_on == MONDAY + timedelta(days=3)


def test_a_box_is_not_lent_before_its_parts_are_counted(make: Make, desk: Counter) -> None:
    box = make.part().copy
    assert desk.refused(box, make.person(), counted=False) == ["PARTS_UNCOUNTED"]
    assert desk.refused(box, make.person(), counted=True) == []


def test_staff_cannot_overrule_what_only_the_head_may(make: Make, desk: Counter) -> None:
    person = make.person(blocked=True)
    assert desk.refused(make.copy(), person, reason="Ausnahme") == ["BLOCKED"]


def test_the_head_overrules_with_a_reason_that_is_kept(make: Make, head: Counter) -> None:
    done = head.lend(make.copy(), make.person(blocked=True), reason="Projektwoche")
    assert [reason.code for reason in done.overruled] == ["BLOCKED"]
    entry = head.session.scalars(select(AuditEntry).where(AuditEntry.act == "check_out")).one()
    assert entry.reason == "Projektwoche"
    assert entry.after["overruled"] == ["BLOCKED"]


def test_nobody_overrules_terms_that_do_not_exist(make: Make, head: Counter) -> None:
    _set_terms(make.session, loan_period=None)
    assert head.refused(make.copy(), make.person(), reason="Ausnahme") == ["NO_TERMS"]


def test_overruling_a_booking_of_others_gives_the_full_loan_period(
    make: Make, head: Counter
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, days(0, 4))
    loan = head.lend(holding.copies[0], make.person(), reason="Tausch abgesprochen").loan
    assert loan.due_on == MONDAY + timedelta(days=14)


def test_overruled_a_missing_copy_is_found_by_lending_it(make: Make, head: Counter) -> None:
    holding = make.holding(copies=1)
    holding.copies[0].state, holding.lendable = CopyState.MISSING, 0
    make.session.commit()
    head.lend(holding.copies[0], make.person(), reason="liegt vor mir")
    assert holding.lendable == 1


def test_a_copy_or_person_of_another_centre_is_out_of_reach(make: Make, desk: Counter) -> None:
    other = make.centre()
    foreign = make.copy(make.holding(centre=other))
    stranger = make.person(make.school(centre=other))
    with pytest.raises(NotFoundError):
        desk.lend(foreign, make.person())
    with pytest.raises(NotFoundError):
        desk.lend(make.copy(), stranger)


def test_a_loan_without_a_booking_keeps_no_purpose_until_it_is_named(
    make: Make, desk: Counter
) -> None:
    person = make.person()
    holding = make.holding(copies=2)
    booking = make.booking(holding, days(0, 4), person=person)
    assert desk.lend(holding.copies[0], person).loan.reason is OtherReason.PREVIEW
    assert booking.state is BookingState.COLLECTED
    assert desk.lend(holding.copies[1], person).loan.reason is None


def _set_terms(session: Session, **values: int | None) -> None:
    terms = session.scalars(select(Terms)).one()
    for name, value in values.items():
        setattr(terms, name, value)
    session.commit()


@pytest.mark.lending("1.7")
def test_where_closed_days_are_kept_the_end_of_a_booking_stays_on_one(
    make: Make, desk: Counter
) -> None:
    terms = make.session.scalars(select(Terms)).one()
    terms.basis, terms.closed_day_rule = Basis.WEEKDAYS, ClosedDayRule.KEEP
    holding, person = make.holding(copies=1), make.person()
    make.booking(holding, days(0, 5), person=person)
    assert desk.lend(holding.copies[0], person).loan.due_on == MONDAY + timedelta(days=5)


@pytest.mark.lending("2.4")
def test_terms_at_a_school_that_follow_each_other_shorten_no_loan(
    make: Make, desk: Counter
) -> None:
    ends = MONDAY + timedelta(days=10)
    person = make.person(until=ends)
    school, goes_on = person.memberships[0].institution_id, ends + timedelta(days=1)
    make.session.add(Membership(person_id=person.id, institution_id=school, first=goes_on))
    make.session.commit()
    assert desk.lend(make.copy(), person).loan.due_on == MONDAY + timedelta(days=14)


@pytest.mark.lending("1.4")
@pytest.mark.parametrize("booked", [False, True], ids=["walk-in", "on a booking"])
def test_without_an_open_day_to_bring_it_back_nothing_is_lent(
    make: Make, desk: Counter, head: Counter, *, booked: bool
) -> None:
    copy, person = make.copy(), make.person()
    if booked:
        make.booking(copy.holding, days(0, 3), person=person)
    first, last = MONDAY + timedelta(days=1), MONDAY + timedelta(days=500)
    make.session.add(Closure(centre_id=copy.centre_id, name="Umbau", first=first, last=last))
    person.blocked = True
    make.session.commit()
    assert desk.refused(copy, person) == ["BLOCKED", "NO_OPEN_DAY"]
    assert "NO_OPEN_DAY" in head.refused(copy, person, reason="Trotzdem")
