"""No booking, loan or renewal reaches past a licence's end, over a gap, or out of its area."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.licences import LicenceScope
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.models.purpose import OtherReason
from loans.operations.book import book
from loans.operations.renew import renew
from loans.queries.availability import availability
from loans.queries.viewpoint import Where, viewpoint_of
from loans.queries.wishes import BookingWish, one_line
from loans.rules.codes import DayReason, Refusal, RenewalRefusal
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Role
from tests.loans.operations.desks import counter
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("2.5")]

ENDS, BEGINS = date(2026, 12, 4), date(2026, 12, 9)
"""A Friday and the Wednesday after: in between nothing is licensed."""

Codes = Callable[[date, date], set[str]]


@pytest.fixture
def title(make: Make) -> Title:
    """A title with one licence until a day and another from a later day on."""
    title = make.title()
    make.licence(title, valid_until=ENDS)
    make.licence(title, valid_from=BEGINS)
    return title


@pytest.fixture
def holding(make: Make, title: Title) -> Holding:
    return make.holding(title, copies=2)


@pytest.fixture
def teacher(make: Make) -> Actor:
    return make.actor(Role.TEACHER)


@pytest.fixture
def against(session: Session, holding: Holding, teacher: Actor) -> Codes:
    """Say what stands against booking certain days; nothing if it was booked."""
    holding_id = holding.id

    def against(first: date, last: date) -> set[str]:
        wish = BookingWish(
            lines=one_line(holding_id),
            person_id=teacher.person_id or 0,
            period=Period(first, last),
            reason=OtherReason.PREVIEW,
        )
        session.rollback()
        try:
            with unit_of_work(session):
                book(session, wish, teacher, MONDAY, NOW)
        except RefusedError as refused:
            return {str(code) for code in refused.codes}
        return set()

    return against


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        pytest.param(date(2026, 12, 1), ENDS, set(), id="to the last day of the first"),
        pytest.param(BEGINS, date(2026, 12, 15), set(), id="from the first day of the second"),
        pytest.param(ENDS, date(2026, 12, 7), {"LICENCE_ENDED"}, id="into the gap"),
        pytest.param(date(2026, 12, 8), BEGINS, {"LICENCE_ENDED"}, id="out of the gap"),
        pytest.param(date(2026, 12, 3), date(2026, 12, 10), {"LICENCE_ENDED"}, id="over the gap"),
    ],
)
def test_a_booking_lies_within_one_licence(
    against: Codes, first: date, last: date, codes: set[str]
) -> None:
    assert against(first, last) == codes


def test_the_calendar_shows_what_the_booking_decides(
    session: Session, holding: Holding, teacher: Actor, make: Make
) -> None:
    where = Where(holding.centre_id, institution_id=make.the_school().id)
    view = viewpoint_of(session, teacher.scope(Right.BOOK), where, MONDAY, NOW)
    period = Period(date(2026, 12, 1), date(2026, 12, 11))
    found = availability(session, view, {holding.id}, period)[holding.id]
    shut = {day for day in period if DayReason.LICENCE_ENDED in found.days.start_reasons(day)}
    assert shut == {date(2026, 12, day) for day in (5, 6, 7, 8)}


def test_a_licence_of_another_area_fills_no_gap(make: Make, title: Title, against: Codes) -> None:
    make.licence(title, scope=LicenceScope.SCHOOL, area=["000000"])
    assert against(date(2026, 12, 3), date(2026, 12, 10)) == {"LICENCE_ENDED"}
    own = make.the_school().number
    make.licence(title, scope=LicenceScope.SCHOOL, area=[own])
    assert against(date(2026, 12, 3), date(2026, 12, 10)) == set()


def test_a_licence_only_to_show_fills_no_gap(make: Make, title: Title, against: Codes) -> None:
    make.licence(title, lending_allowed=False)
    assert against(date(2026, 12, 3), date(2026, 12, 10)) == {"LICENCE_ENDED"}


def test_one_licence_may_follow_the_other_at_once(
    make: Make, title: Title, against: Codes
) -> None:
    make.licence(title, valid_from=ENDS + timedelta(days=1), valid_until=BEGINS)
    assert against(date(2026, 12, 3), date(2026, 12, 10)) == set()


def test_a_loan_ends_with_its_own_licence_before_the_gap(make: Make, title: Title) -> None:
    desk = counter(make)
    lent = desk.lend(make.copy(make.holding(title)), make.person())
    assert lent.loan.due_on == ENDS


def test_nothing_is_lent_within_the_gap(make: Make, title: Title) -> None:
    desk = counter(make)
    desk.today = date(2026, 12, 8)
    refused = desk.refused(make.copy(make.holding(title)), make.person())
    assert refused == [Refusal.LICENCE_ENDED]


def test_a_renewal_ends_before_the_gap_and_not_behind_it(
    session: Session, make: Make, title: Title, teacher: Actor
) -> None:
    person = make.person()
    early = make.loan(make.copy(make.holding(title)), person=person, due_on=date(2026, 11, 30))
    late = make.loan(make.copy(make.holding(make.title("Anders"))), person=person, due_on=ENDS)
    make.licence(late.holding.title, valid_until=ENDS)
    staff = make.actor(Role.STAFF)
    with unit_of_work(session):
        assert renew(session, early.id, staff, MONDAY, NOW).due_on == ENDS
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        renew(session, late.id, staff, MONDAY, NOW)
    assert refused.value.codes == (RenewalRefusal.LICENCE_ENDS,)
