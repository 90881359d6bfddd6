"""Staff say until when a thing goes: within the terms, or beyond them with a reason."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import Refused, RefusedError
from loans.models.desk_session import DeskSession
from loans.models.loan import Loan
from loans.operations.choose_due import DueWish, choose_due
from loans.operations.scan import Scan, scan
from loans.rules.booking_states import BookingState
from loans.rules.codes import Refusal
from schools.models.person import Membership
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, Make

pytestmark = [pytest.mark.lending("1.6", "8.2"), pytest.mark.both_stores]

PERIOD = 14
"""Days of the made terms."""


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


def refusals(desk: Counter, due_on: date, copy_of: Make) -> tuple[Refused, ...]:
    with pytest.raises(RefusedError) as refused:
        desk.lend(copy_of.copy(), copy_of.person(), due_on=due_on)
    return refused.value.refusals


@pytest.mark.parametrize("days", [0, 3, 5, 6, PERIOD])
def test_a_day_within_the_terms_is_kept_open_or_closed(
    make: Make, desk: Counter, days: int
) -> None:
    assert desk.lend(make.copy(), make.person(), due_on=after(days)).loan.due_on == after(days)


def test_a_day_beyond_the_terms_is_told_with_the_last_one(make: Make, desk: Counter) -> None:
    (reason,) = refusals(desk, after(PERIOD + 1), make)
    assert reason.code is Refusal.TOO_LONG
    assert reason.facts == {"until": after(PERIOD)}


def test_a_day_before_today_is_too_early(make: Make, desk: Counter) -> None:
    assert [each.code for each in refusals(desk, after(-1), make)] == [Refusal.TOO_EARLY]


def test_who_may_overrule_lends_longer_with_a_reason(make: Make) -> None:
    make.centre()
    head = counter(make, Role.CENTRE_ADMIN)
    copy, person = make.copy(), make.person()
    done = head.lend(copy, person, due_on=after(40), reason="Projekt bis Januar")
    assert done.loan.due_on == after(40)
    assert [each.code for each in done.overruled] == [Refusal.TOO_LONG]


def test_a_shorter_day_of_an_own_booking_is_kept_and_a_longer_one_told(
    make: Make, desk: Counter
) -> None:
    holding = make.holding(copies=2)
    person = make.person()
    make.booking(holding, Period(MONDAY, after(4)), 2, person=person)
    first, second = holding.copies
    assert desk.lend(first, person, due_on=after(2)).loan.due_on == after(2)
    with pytest.raises(RefusedError) as refused:
        desk.lend(second, person, due_on=after(7))
    (reason,) = refused.value.refusals
    assert (reason.code, reason.facts) == (Refusal.TOO_LONG, {"until": after(4)})


def test_a_day_before_an_own_booking_begins_leaves_the_booking_alone(
    make: Make, desk: Counter
) -> None:
    holding, person = make.holding(copies=1), make.person()
    booking = make.booking(holding, Period(after(14), after(18)), person=person)
    done = desk.lend(holding.copies[0], person, due_on=after(2))
    assert (done.booking, done.loan.due_on) == (None, after(2))
    desk.take_back(holding.copies[0])
    assert booking.state is BookingState.CONFIRMED
    assert desk.lend(holding.copies[0], person).booking is booking


def test_beyond_an_own_booking_it_is_told_from_when_others_need_it(make: Make) -> None:
    make.centre()
    head = counter(make, Role.CENTRE_ADMIN)
    holding, person = make.holding(copies=2), make.person()
    make.booking(holding, Period(MONDAY, after(4)), 2, person=person)
    make.booking(holding, Period(after(7), after(8)))
    first, second = holding.copies
    done = head.lend(first, person, due_on=after(9), reason="Projekt bis Mittwoch")
    assert [each.code for each in done.overruled] == [Refusal.TOO_LONG]
    with pytest.raises(RefusedError) as refused:
        head.lend(second, person, due_on=after(9))
    assert [(each.code, each.facts) for each in refused.value.refusals] == [
        (Refusal.TOO_LONG, {"until": after(4)}),
        (Refusal.RESERVED, {"lend_until": after(6)}),
    ]


def test_what_others_need_is_not_shortened_in_silence(make: Make, desk: Counter) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, Period(after(7), after(8)))
    free_until = desk.lend(holding.copies[0], make.person()).loan.due_on
    other = make.holding(copies=1)
    make.booking(other, Period(after(7), after(8)))
    with pytest.raises(RefusedError) as refused:
        desk.lend(other.copies[0], make.person(), due_on=after(9))
    (reason,) = refused.value.refusals
    assert (reason.code, reason.facts) == (Refusal.RESERVED, {"lend_until": after(6)})
    assert free_until is not None
    assert free_until <= after(6)


def test_the_end_of_a_membership_is_told(make: Make, desk: Counter, session: Session) -> None:
    person = make.person()
    session.get_one(Membership, person.memberships[0].id).last = after(5)
    session.commit()
    with pytest.raises(RefusedError) as refused:
        desk.lend(make.copy(), person, due_on=after(9))
    (reason,) = refused.value.refusals
    assert (reason.code, reason.facts) == (Refusal.MEMBERSHIP_ENDED, {"lend_until": after(5)})


def scanned(desk: Counter, code: str) -> None:
    with unit_of_work(desk.session):
        branch = desk.make.branch().id
        scan(desk.session, Scan(code, code, branch), desk.by, desk.today, desk.now)


def test_it_holds_for_one_customer(make: Make, desk: Counter, session: Session) -> None:
    first, second = make.person(), make.person()
    for_first, for_second = make.copy(), make.copy()
    scanned(desk, first.card)
    with unit_of_work(session):
        wish = DueWish(make.branch().id, after(3), "k")
        line = choose_due(session, wish, desk.by, desk.today, desk.now)
        assert session.get_one(DeskSession, line.session_id).due_on == after(3)
    scanned(desk, for_first.barcode)
    scanned(desk, second.card)
    scanned(desk, for_second.barcode)
    due = {loan.copy_id: loan.due_on for loan in session.query(Loan)}
    assert due == {for_first.id: after(3), for_second.id: after(PERIOD)}


@pytest.mark.parametrize(
    ("day", "code"),
    [
        pytest.param(after(-1), Refusal.TOO_EARLY, id="over"),
        pytest.param(date(9999, 12, 31), Refusal.TOO_LONG, id="never"),
    ],
)
def test_a_day_that_nothing_can_be_due_on_is_not_taken(
    make: Make, desk: Counter, session: Session, day: date, code: Refusal
) -> None:
    wish = DueWish(make.branch().id, day, "k")
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        choose_due(session, wish, desk.by, desk.today, desk.now)
    assert [each.code for each in refused.value.refusals] == [code]
