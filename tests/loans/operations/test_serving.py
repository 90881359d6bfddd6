"""A copy that comes back serves the first who waits and can be served, here or elsewhere."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.models.hold import HoldState
from loans.models.loan import Loan, Reminder
from loans.models.terms import Terms
from loans.models.transit import Transit
from loans.operations.abort_transit import abort_transit
from loans.rules.holds import Ending
from loans.rules.returns import ReturnNote
from schools.models.media_centre import Branch
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Membership
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.effort import times
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

SIX_OPEN_DAYS_LATER = date(2026, 12, 1)
DAY = timedelta(days=1)


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


@pytest.fixture
def head(make: Make, desk: Counter) -> Counter:
    return counter(make, Role.CENTRE_ADMIN)


@pytest.fixture
def other(make: Make, desk: Counter) -> Branch:
    return make.other_branch()


@pytest.fixture
def loan(make: Make, desk: Counter) -> Loan:
    """The only copy of a title is out."""
    return make.loan(make.copy(make.holding()))


def letters(session: Session, kind: LetterKind) -> list[OwedLetter]:
    query = select(OwedLetter).where(OwedLetter.kind == kind).order_by(OwedLetter.id)
    return list(session.scalars(query))


def open_transits(session: Session) -> list[tuple[int, int]]:
    rows = session.scalars(select(Transit).where(Transit.ended_at.is_(None)))
    return [(each.from_branch_id, each.to_branch_id) for each in rows]


@pytest.mark.lending("7.2", "8.5")
def test_a_return_sets_the_copy_aside_for_the_first(make: Make, desk: Counter, loan: Loan) -> None:
    first, second = make.hold(loan.holding), make.hold(loan.holding)
    done = desk.take_back(loan.copy)
    assert (done.note, done.sent_to, done.hold) == (ReturnNote.RETURNED, None, first)
    assert (first.state, first.copy_id) == (HoldState.SET_ASIDE, loan.copy_id)
    assert (first.ready_on, first.pickup_deadline) == (MONDAY, SIX_OPEN_DAYS_LATER)
    assert (second.state, second.rank) == (HoldState.WAITING, 2)
    assert (loan.copy.state, loan.holding.lendable) == (CopyState.SET_ASIDE, 1)


@pytest.mark.lending("7.2")
@pytest.mark.parametrize(
    ("in_open_days", "deadline"),
    [(True, SIX_OPEN_DAYS_LATER), (False, date(2026, 11, 29))],
)
def test_the_deadline_is_in_the_days_the_centre_chose(
    make: Make, desk: Counter, loan: Loan, *, in_open_days: bool, deadline: date
) -> None:
    make.choices(pickup_in_open_days=in_open_days)
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    assert hold.pickup_deadline == deadline


@pytest.mark.lending("7.1")
def test_not_needed_after_wins_over_the_deadline(make: Make, desk: Counter, loan: Loan) -> None:
    hold = make.hold(loan.holding, not_after=MONDAY + 4 * DAY)
    desk.take_back(loan.copy)
    assert hold.pickup_deadline == MONDAY + 4 * DAY


@pytest.mark.lending("7.2")
def test_whoever_waited_is_told_once(
    make: Make, desk: Counter, loan: Loan, session: Session
) -> None:
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    desk.take_back(loan.copy)
    (letter,) = letters(session, LetterKind.HOLD_READY)
    assert letter.to_address == hold.person.email
    assert letter.facts["due_on"] == SIX_OPEN_DAYS_LATER.isoformat()
    assert "Theke" in letter.facts["place"]
    assert letters(session, LetterKind.HOLD_AT_DESK) == []


@pytest.mark.lending("8.5")
def test_set_aside_and_scanned_at_its_place_nothing_changes_and_it_says_so(
    make: Make, desk: Counter, loan: Loan
) -> None:
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    done = replace(desk, today=MONDAY + DAY).take_back(loan.copy)
    assert (done.note, done.loan, done.effects) == (ReturnNote.STILL_SET_ASIDE, None, {})
    assert hold.ready_on == MONDAY


@pytest.mark.lending("7.2", "8.5")
def test_for_a_pick_up_elsewhere_it_is_sent_there_and_its_deadline_begins_on_arrival(
    make: Make, desk: Counter, loan: Loan, other: Branch, session: Session
) -> None:
    hold = make.hold(loan.holding, place_id=make.place_at(other).id)
    done = desk.take_back(loan.copy)
    assert done.sent_to == other.id
    assert (hold.state, hold.pickup_deadline) == (HoldState.IN_TRANSIT, None)
    assert open_transits(session) == [(make.branch().id, other.id)]
    assert letters(session, LetterKind.HOLD_READY) == []
    arrived = replace(desk, today=MONDAY + DAY).take_back(loan.copy, branch_id=other.id)
    assert (arrived.note, arrived.hold) == (ReturnNote.ARRIVED, hold)
    assert (hold.ready_on, hold.pickup_deadline) == (MONDAY + DAY, SIX_OPEN_DAYS_LATER + DAY)
    assert (loan.copy.state, loan.copy.branch_id) == (CopyState.SET_ASIDE, other.id)
    assert open_transits(session) == []
    assert len(letters(session, LetterKind.HOLD_READY)) == 1


@pytest.mark.lending("7.2")
def test_the_notice_for_staff_goes_to_the_desk_where_it_is_fetched(
    make: Make, desk: Counter, loan: Loan, other: Branch, session: Session
) -> None:
    make.hold(loan.holding, place_id=make.place_at(other).id)
    make.hold(loan.holding)
    desk.take_back(loan.copy)
    (notice,) = letters(session, LetterKind.HOLD_AT_DESK)
    assert notice.to_name == other.name
    assert (notice.facts["origin"], notice.facts["number"]) == ("Hauptstelle", loan.copy.barcode)


@pytest.mark.lending("7.3", "8.6")
@pytest.mark.parametrize("how", ["lent to the addressee", "lent to another", "aborted"])
def test_the_desk_is_not_told_of_what_does_not_come_any_more(
    make: Make, desk: Counter, loan: Loan, session: Session, how: str
) -> None:
    hold = make.hold(loan.holding, place_id=make.place_at(make.other_branch()).id)
    head = counter(make, Role.CENTRE_ADMIN)
    desk.take_back(loan.copy)
    if how == "aborted":
        with unit_of_work(session):
            abort_transit(session, session.scalars(select(Transit)).one().id, desk.by, MONDAY, NOW)
    else:
        person = hold.person if how == "lent to the addressee" else make.person()
        head.lend(loan.copy, person, reason="eilt")
    assert letters(session, LetterKind.HOLD_AT_DESK) == []


@pytest.mark.lending("8.5")
def test_returned_at_a_third_branch_it_goes_to_where_it_is_fetched(
    make: Make, desk: Counter, loan: Loan, other: Branch, session: Session
) -> None:
    third = make.other_branch()
    make.hold(loan.holding, place_id=make.place_at(other).id)
    desk.take_back(loan.copy, branch_id=third.id)
    assert open_transits(session) == [(third.id, other.id)]
    done = desk.take_back(loan.copy)
    assert (done.note, done.sent_to) == (ReturnNote.STILL_ON_ITS_WAY, other.id)
    assert open_transits(session) == [(make.branch().id, other.id)]


@pytest.mark.lending("8.5")
def test_on_its_way_home_it_is_readdressed_to_who_waits_meanwhile(
    make: Make, desk: Counter, loan: Loan, other: Branch, session: Session
) -> None:
    third = make.other_branch()
    desk.take_back(loan.copy, branch_id=third.id)
    assert open_transits(session) == [(third.id, make.branch().id)]
    hold = make.hold(loan.holding, place_id=make.place_at(other).id)
    done = desk.take_back(loan.copy, branch_id=third.id)
    assert (done.note, done.sent_to) == (ReturnNote.READDRESSED, other.id)
    assert hold.state is HoldState.IN_TRANSIT
    assert open_transits(session) == [(third.id, other.id)]


@pytest.mark.lending("8.5")
def test_on_its_way_home_it_arrives_at_home(
    make: Make, desk: Counter, loan: Loan, other: Branch, session: Session
) -> None:
    desk.take_back(loan.copy, branch_id=other.id)
    again = desk.take_back(loan.copy, branch_id=other.id)
    assert again.note is ReturnNote.STILL_ON_ITS_WAY
    assert len(session.scalars(select(Transit)).all()) == 1
    assert desk.take_back(loan.copy).note is ReturnNote.ARRIVED
    transit = session.scalars(select(Transit)).one()
    assert (transit.arrived, loan.copy.state) == (True, CopyState.AVAILABLE)


@pytest.mark.lending("8.5", "3.1")
def test_missing_and_found_it_serves_who_waits(make: Make, desk: Counter) -> None:
    copy = make.copy(make.holding())
    copy.state, copy.holding.lendable = CopyState.MISSING, 0
    make.session.commit()
    hold = make.hold(copy.holding)
    assert desk.take_back(copy).note is ReturnNote.FOUND
    assert (hold.state, copy.holding.lendable) == (HoldState.SET_ASIDE, 1)


@pytest.mark.lending("7.1", "7.2")
def test_who_is_suspended_blocked_or_no_member_is_passed_over(
    make: Make, desk: Counter, loan: Loan
) -> None:
    holding = loan.holding
    make.hold(holding, suspended_until=MONDAY)
    make.hold(holding, make.person(blocked=True))
    make.hold(holding, make.person(until=MONDAY - DAY))
    make.hold(holding, not_after=MONDAY - DAY)
    _overdue_for_long(make)
    blocked = make.session.scalars(select(Reminder)).one()
    debtor = make.session.get_one(Loan, blocked.loan_id).person
    make.hold(holding, debtor)
    served = make.hold(holding)
    desk.take_back(loan.copy)
    assert (served.state, served.rank) == (HoldState.SET_ASIDE, 6)


@pytest.mark.lending("7.1")
def test_a_hold_for_days_is_served_only_if_these_are_free(
    make: Make, desk: Counter, loan: Loan
) -> None:
    days = Period(MONDAY + 21 * DAY, MONDAY + 25 * DAY)
    make.booking(loan.holding, days)
    for_days = make.hold(loan.holding, first=days.first, last=days.last)
    served = make.hold(loan.holding)
    desk.take_back(loan.copy)
    assert (for_days.state, served.state) == (HoldState.WAITING, HoldState.SET_ASIDE)


@pytest.mark.lending("7.1")
def test_a_hold_for_free_days_is_kept_until_they_begin(
    make: Make, desk: Counter, loan: Loan
) -> None:
    hold = make.hold(loan.holding, first=MONDAY + 2 * DAY, last=MONDAY + 4 * DAY)
    desk.take_back(loan.copy)
    assert (hold.state, hold.pickup_deadline) == (HoldState.SET_ASIDE, MONDAY + 2 * DAY)


@pytest.mark.lending("7.2", "4.4")
def test_what_is_booked_before_the_deadline_serves_nobody_and_may_be_lent_until_then(
    make: Make, desk: Counter, loan: Loan
) -> None:
    make.booking(loan.holding, Period(SIX_OPEN_DAYS_LATER, SIX_OPEN_DAYS_LATER))
    first = make.hold(loan.holding)
    make.hold(loan.holding, not_after=MONDAY + DAY)
    desk.take_back(loan.copy)
    assert (first.state, loan.copy.state) == (HoldState.WAITING, CopyState.AVAILABLE)
    lent = desk.lend(loan.copy, make.person())
    assert lent.loan.due_on == SIX_OPEN_DAYS_LATER - DAY


@pytest.mark.lending("7.2")
def test_booked_from_the_day_after_the_deadline_it_is_kept(
    make: Make, desk: Counter, loan: Loan
) -> None:
    day_after = SIX_OPEN_DAYS_LATER + DAY
    make.booking(loan.holding, Period(day_after, day_after))
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    assert hold.state is HoldState.SET_ASIDE


@pytest.mark.lending("4.3", "7.2")
def test_service_days_after_the_pick_up_count(make: Make, desk: Counter, loan: Loan) -> None:
    terms = make.session.scalars(select(Terms)).one()
    terms.service_days_after = 1
    day_after = SIX_OPEN_DAYS_LATER + DAY
    make.booking(loan.holding, Period(day_after, day_after))
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    assert hold.state is HoldState.WAITING


@pytest.mark.lending("3.3", "7.2")
def test_a_numbered_copy_is_kept_unless_it_is_booked_itself(make: Make, desk: Counter) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    copies = [make.copy(holding, numbered=True) for _ in range(2)]
    loans = [make.loan(copy) for copy in copies]
    booking = make.booking(holding, Period(MONDAY + DAY, MONDAY + DAY))
    booking.lines[0].copy_id = copies[0].id
    make.session.commit()
    hold = make.hold(holding)
    desk.take_back(loans[0].copy)
    assert hold.state is HoldState.WAITING
    desk.take_back(loans[1].copy)
    assert (hold.copy_id, holding.lendable) == (copies[1].id, 0)


@pytest.mark.lending("3.3", "4.3", "7.2")
@pytest.mark.parametrize("service_days", [0, 1])
def test_service_days_before_the_booking_of_a_numbered_copy_count(
    make: Make, desk: Counter, service_days: int
) -> None:
    make.session.scalars(select(Terms)).one().service_days_before = service_days
    holding = make.holding(booked_by=BookedBy.NUMBER)
    loan = make.loan(make.copy(holding, numbered=True))
    day_after = SIX_OPEN_DAYS_LATER + DAY
    make.booking(holding, Period(day_after, day_after)).lines[0].copy_id = loan.copy_id
    make.session.commit()
    hold = make.hold(holding)
    desk.take_back(loan.copy)
    assert (hold.state is HoldState.SET_ASIDE) is (service_days == 0)


@pytest.mark.lending("3.3", "7.1")
def test_a_hold_for_days_is_served_with_the_numbered_copy_that_is_free_then(
    make: Make, desk: Counter
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    copies = [make.copy(holding, numbered=True) for _ in range(3)]
    for copy in copies:
        make.loan(copy, days=1)
    days = Period(MONDAY + 7 * DAY, MONDAY + 9 * DAY)
    booking = make.booking(holding, days)
    booking.lines[0].copy_id = copies[0].id
    make.session.commit()
    hold = make.hold(holding, first=days.first, last=days.last)
    desk.take_back(copies[0])
    assert hold.state is HoldState.WAITING
    desk.take_back(copies[1])
    assert hold.copy_id == copies[1].id


@pytest.mark.lending("7.3", "8.3")
def test_only_the_addressee_takes_what_is_set_aside(make: Make, desk: Counter, loan: Loan) -> None:
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    assert "SET_ASIDE" in desk.refused(loan.copy, make.person())
    done = desk.lend(loan.copy, hold.person)
    assert (done.fulfilled, done.put_back) == (hold, None)
    assert (hold.state, hold.ended_at) == (HoldState.FULFILLED, NOW)
    assert (loan.copy.state, loan.holding.lendable) == (CopyState.ON_LOAN, 1)


@pytest.mark.lending("7.3", "8.3")
def test_lent_to_somebody_else_with_a_reason_who_waited_is_first_again(
    make: Make, head: Counter, loan: Loan, session: Session
) -> None:
    hold, behind = make.hold(loan.holding), make.hold(loan.holding)
    wished = hold.created_at
    head.take_back(loan.copy)
    done = head.lend(loan.copy, make.person(), reason="Unterricht in einer Stunde")
    assert done.put_back == hold
    assert (hold.state, hold.rank, hold.copy_id) == (HoldState.WAITING, 1, None)
    assert (hold.created_at, behind.rank) == (wished, 2)
    assert letters(session, LetterKind.HOLD_READY) == []
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject_id == hold.id))
    assert "put_back_hold" in set(acts)


@pytest.mark.lending("8.6")
def test_a_letter_that_was_sent_is_followed_by_a_correction(
    make: Make, head: Counter, loan: Loan, session: Session
) -> None:
    hold = make.hold(loan.holding)
    head.take_back(loan.copy)
    (ready,) = letters(session, LetterKind.HOLD_READY)
    ready.state = LetterState.SENT
    session.commit()
    head.lend(loan.copy, make.person(), reason="Unterricht in einer Stunde")
    (correction,) = letters(session, LetterKind.CORRECTION)
    assert correction.to_address == hold.person.email
    assert correction.facts["of"] == "hold_ready"


@pytest.mark.lending("7.3")
def test_borrowing_any_copy_of_the_title_fulfils_the_hold(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=2)
    kept = make.loan(holding.copies[0])
    make.loan(holding.copies[1])
    hold, second = make.hold(holding), make.hold(holding)
    desk.take_back(kept.copy)
    desk.take_back(holding.copies[1])
    assert second.copy_id == holding.copies[1].id
    behind = make.hold(holding)
    third = make.copy(holding)
    done = desk.lend(third, hold.person)
    assert (done.fulfilled, hold.state) == (hold, HoldState.FULFILLED)
    assert (behind.state, behind.copy_id) == (HoldState.SET_ASIDE, kept.copy_id)
    assert (second.rank, behind.rank) == (1, 2)


@pytest.mark.lending("7.3")
def test_a_copy_kept_for_oneself_does_not_keep_another_from_being_borrowed(
    make: Make, desk: Counter
) -> None:
    holding = make.holding(copies=1)
    hold = make.hold(holding)
    desk.take_back(holding.copies[0])
    assert hold.state is HoldState.SET_ASIDE
    second = make.copy(holding)
    make.booking(holding, Period(MONDAY + DAY, MONDAY + DAY))
    done = desk.lend(second, hold.person)
    assert done.loan.due_on == MONDAY + 14 * DAY


@pytest.mark.lending("7.3")
def test_a_hold_on_the_title_at_another_centre_is_fulfilled_as_well(
    make: Make, desk: Counter, session: Session
) -> None:
    here = make.holding(copies=1)
    there = make.holding(here.title, centre=make.centre())
    person = make.person()
    hold = make.hold(there, person)
    desk.lend(here.copies[0], person)
    assert hold.state is HoldState.FULFILLED


@pytest.mark.lending("7.2", "8.2")
def test_who_comes_while_it_is_on_its_way_gets_it_and_so_it_has_arrived(
    make: Make, desk: Counter, loan: Loan, other: Branch, session: Session
) -> None:
    hold = make.hold(loan.holding, place_id=make.place_at(other).id)
    desk.take_back(loan.copy)
    desk.lend(loan.copy, hold.person, branch_id=other.id)
    transit = session.scalars(select(Transit)).one()
    assert (transit.arrived, transit.ended_at) == (True, NOW)
    assert (hold.state, loan.copy.state) == (HoldState.FULFILLED, CopyState.ON_LOAN)


@pytest.mark.lending("7.2")
def test_scanned_after_its_deadline_the_hold_is_over_and_the_next_is_served(
    make: Make, desk: Counter, loan: Loan, session: Session
) -> None:
    first, second = make.hold(loan.holding), make.hold(loan.holding)
    desk.take_back(loan.copy)
    later = replace(desk, today=SIX_OPEN_DAYS_LATER + DAY)
    done = later.take_back(loan.copy)
    assert (first.state, first.ended_why) == (HoldState.EXPIRED, Ending.NOT_COLLECTED)
    assert (done.hold, second.state, second.rank) == (second, HoldState.SET_ASIDE, 1)
    assert len(letters(session, LetterKind.HOLD_EXPIRED)) == 1


@pytest.mark.lending("7.2")
def test_damaged_or_incomplete_it_serves_nobody(make: Make, desk: Counter) -> None:
    part = make.part(critical=True)
    make.loan(part.copy)
    hold = make.hold(part.copy.holding)
    desk.take_back(part.copy, {part.id: 0})
    assert (hold.state, part.copy.state) == (HoldState.WAITING, CopyState.INCOMPLETE)


def test_a_return_takes_as_many_statements_for_300_who_wait_as_for_two(
    make: Make, desk: Counter
) -> None:
    """All but the last are passed over, so that every one of them is looked at."""
    counts = []
    for waiting in (2, times(ci=60, soak=300)):
        holding = make.holding(copies=1)
        loan = make.loan(holding.copies[0])
        people = [make.person(blocked=number < waiting - 1) for number in range(waiting)]
        for person in people:
            make.hold(holding, person)
        with counted(desk.session.get_bind()) as statements:  # type: ignore[arg-type]  # an engine
            assert desk.take_back(loan.copy).hold is not None
        counts.append(statements.count)
    assert counts[0] == counts[1] <= 45


def _overdue_for_long(make: Make) -> None:
    """Somebody got the reminder that blocks."""
    late = make.loan(make.copy(make.holding()), lent_on=MONDAY - 60 * DAY)
    assert late.due_on is not None
    make.session.add(
        Reminder(loan_id=late.id, level=3, due_on=late.due_on, written_on=MONDAY - 20 * DAY)
    )
    make.session.commit()


def test_memberships_of_another_school_do_not_count(make: Make, desk: Counter, loan: Loan) -> None:
    person = make.person(until=MONDAY - DAY)
    other_school = make.school()
    make.session.add(
        Membership(person_id=person.id, institution_id=other_school.id, first=date(2020, 8, 1))
    )
    make.session.commit()
    hold = make.hold(loan.holding, person)
    desk.take_back(loan.copy)
    assert hold.state is HoldState.WAITING
