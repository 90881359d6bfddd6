"""Returns in two steps, and returns that are dated back to the day they were dropped."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.rules.copy_states import CopyState
from loans.errors import RefusedError
from loans.models.hold import HoldState
from loans.models.loan import Loan, Reminder
from loans.models.terms import Terms
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from loans.rules.returns import ReturnNote
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.loans.operations.desks import Counter, counter
from tests.loans.operations.test_scan import Desk
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

DAY = timedelta(days=1)


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


@pytest.fixture
def checking(make: Make, desk: Counter) -> Counter:
    """A desk of a centre that looks returns over later."""
    make.choices(checks_returns=True)
    return desk


@pytest.mark.lending("8.4")
def test_the_first_scan_receives_and_the_borrower_stays_liable(
    make: Make, checking: Counter, session: Session
) -> None:
    loan = make.loan()
    done = checking.take_back(loan.copy)
    assert (done.note, done.loan) == (ReturnNote.RECEIVED, loan)
    assert (loan.received_on, loan.received_by) == (MONDAY, checking.by.account_id)
    assert (loan.returned_on, loan.person_id is None) == (None, False)
    assert (loan.copy.state, loan.copy.holding.lendable) == (CopyState.RECEIVED, 1)
    assert breaches(session) == []


@pytest.mark.lending("8.4")
def test_the_second_scan_looks_it_over_and_ends_the_loan_on_the_day_it_was_received(
    make: Make, checking: Counter
) -> None:
    loan = make.loan(lent_on=MONDAY - 10 * DAY)
    checking.take_back(loan.copy)
    checking.today = MONDAY + 3 * DAY
    done = checking.take_back(loan.copy)
    assert done.note is ReturnNote.CHECKED
    assert (loan.returned_on, loan.checked_at) == (MONDAY, NOW)
    assert loan.copy.state is CopyState.AVAILABLE


@pytest.mark.lending("2.4", "8.4")
@pytest.mark.parametrize("limit", ["limit_open_loans", "limit_school_loans"])
def test_what_was_received_counts_in_no_limit(
    make: Make, checking: Counter, session: Session, limit: str
) -> None:
    holding, person = make.holding(copies=2), make.person()
    setattr(session.scalars(select(Terms)).one(), limit, 1)
    session.commit()
    make.loan(holding.copies[0], person=person)
    assert checking.refused(holding.copies[1], person) != []
    checking.take_back(holding.copies[0])
    assert checking.refused(holding.copies[1], person) == []


@pytest.mark.lending("8.4", "3.2")
def test_parts_are_counted_when_it_is_looked_over_not_before(
    make: Make, checking: Counter
) -> None:
    part = make.part()
    make.loan(part.copy)
    assert checking.take_back(part.copy).note is ReturnNote.RECEIVED
    with pytest.raises(RefusedError) as refused:
        checking.take_back(part.copy)
    assert refused.value.codes == ("PARTS_UNCOUNTED",)
    assert checking.take_back(part.copy, {}).note is ReturnNote.CHECKED


@pytest.mark.lending("8.4", "8.5")
def test_who_waits_is_served_once_it_is_looked_over(make: Make, checking: Counter) -> None:
    loan = make.loan()
    hold = make.hold(loan.holding)
    states = []
    for _ in range(2):
        checking.take_back(loan.copy)
        states.append(hold.state)
    assert states == [HoldState.WAITING, HoldState.SET_ASIDE]


@pytest.mark.lending("8.4")
def test_a_booking_closes_once_the_last_of_it_is_looked_over(
    make: Make, checking: Counter
) -> None:
    holding, person = make.holding(copies=1), make.person()
    booking = make.booking(holding, Period(MONDAY, MONDAY + 4 * DAY), person=person)
    checking.lend(holding.copies[0], person)
    states = []
    for _ in range(2):
        checking.take_back(holding.copies[0])
        states.append(booking.state)
    assert states == [BookingState.COLLECTED, BookingState.CLOSED]


@pytest.mark.lending("8.4")
@pytest.mark.parametrize(("check", "state"), [(True, "available"), (False, "received")])
def test_a_scan_can_say_which_step_it_is(
    make: Make, desk: Counter, *, check: bool, state: str
) -> None:
    make.choices(checks_returns=check is True)
    loan = make.loan()
    desk.take_back(loan.copy, check=check)
    assert loan.copy.state == state


@pytest.mark.lending("8.4")
def test_where_the_centre_does_not_check_both_steps_are_one_scan(
    make: Make, desk: Counter
) -> None:
    loan = make.loan()
    assert desk.take_back(loan.copy).note is ReturnNote.RETURNED
    assert (loan.received_on, loan.returned_on) == (None, MONDAY)


@pytest.mark.lending("3.5", "8.4")
def test_a_placement_is_looked_over_at_once(make: Make, checking: Counter) -> None:
    holding = make.holding(copies=1)
    loan = make.loan(holding.copies[0], placed=True, due_on=None)
    holding.lendable = 0
    make.session.commit()
    assert checking.take_back(loan.copy).note is ReturnNote.RETURNED
    assert holding.lendable == 1


@pytest.mark.lending("8.4", "10.1")
def test_dated_back_to_its_due_date_it_was_not_late_and_later_reminders_are_void(
    make: Make, desk: Counter, session: Session
) -> None:
    due = MONDAY - 7 * DAY
    loan = make.loan(lent_on=MONDAY - 21 * DAY)
    assert loan.due_on == due
    for level, written_on in ((1, due - DAY), (2, due + 3 * DAY)):
        session.add(Reminder(loan_id=loan.id, level=level, due_on=due, written_on=written_on))
    session.commit()
    desk.take_back(loan.copy, dropped_on=due)
    assert loan.returned_on == due
    assert [each.level for each in session.scalars(select(Reminder))] == [1]


@pytest.mark.lending("8.4")
@pytest.mark.parametrize(
    ("dropped_on", "code"),
    [
        (MONDAY + DAY, "RETURN_IN_FUTURE"),
        (MONDAY - 6 * DAY, "RETURN_BEFORE_LENDING"),
    ],
)
def test_never_into_the_future_nor_before_it_was_lent(
    make: Make, desk: Counter, dropped_on: object, code: str
) -> None:
    loan = make.loan(lent_on=MONDAY - 5 * DAY)
    with pytest.raises(RefusedError) as refused:
        desk.take_back(loan.copy, dropped_on=dropped_on)
    assert refused.value.codes == (code,)
    assert loan.returned_on is None


@pytest.mark.lending("8.4")
def test_received_dated_back_the_loan_ends_that_day(make: Make, checking: Counter) -> None:
    loan = make.loan(lent_on=MONDAY - 10 * DAY)
    checking.take_back(loan.copy, dropped_on=MONDAY - 3 * DAY)
    assert loan.received_on == MONDAY - 3 * DAY
    checking.take_back(loan.copy)
    assert loan.returned_on == MONDAY - 3 * DAY


@pytest.mark.lending("8.2", "8.4")
def test_lent_again_before_it_was_looked_over_the_first_loan_ends(
    make: Make, session: Session
) -> None:
    make.centre()
    head = counter(make, Role.CENTRE_ADMIN)
    make.choices(checks_returns=True)
    loan = make.loan()
    head.take_back(loan.copy)
    assert head.refused(loan.copy, make.person()) == ["NOT_LENDABLE"]
    head.lend(loan.copy, make.person(), reason="ist vollständig")
    assert loan.returned_on == MONDAY
    assert len(session.scalars(select(Loan).where(Loan.returned_on.is_(None))).all()) == 1
    assert breaches(session) == []


def test_whoever_lost_access_can_still_bring_back(make: Make, desk: Counter) -> None:
    loan = make.loan(person=make.person(until=MONDAY - DAY, blocked=True))
    assert desk.take_back(loan.copy).note is ReturnNote.RETURNED


@pytest.mark.lending("8.4")
@pytest.mark.parametrize(
    ("dropped", "since"),
    [
        pytest.param(-3, -3, id="dropped before it was received"),
        pytest.param(1, 0, id="received before the day that is named"),
    ],
)
def test_looked_over_it_is_back_since_the_earliest_day_that_is_known(
    make: Make, checking: Counter, dropped: int, since: int
) -> None:
    loan = make.loan(lent_on=MONDAY - 17 * DAY)
    checking.take_back(loan.copy)
    checking.today = MONDAY + DAY
    checking.take_back(loan.copy, dropped_on=MONDAY + dropped * DAY)
    assert (loan.returned_on, loan.received_on) == (MONDAY + since * DAY, MONDAY + since * DAY)


@pytest.mark.lending("8.4")
def test_received_in_time_it_is_not_called_late_when_the_box_is_looked_over(
    make: Make, session: Session
) -> None:
    in_time = MONDAY - 7 * DAY
    loan = make.loan(lent_on=MONDAY - 21 * DAY, received_on=in_time)
    loan.copy.state = CopyState.RECEIVED
    session.commit()
    desk = Desk(session, make, make.actor(Role.STAFF))
    desk.scan("CMD-KASTEN")
    line = desk.scan(loan.copy.barcode)
    assert (loan.returned_on, line.facts["late"]) == (in_time, 0)
    assert line.facts["back_on"] == in_time.isoformat()
