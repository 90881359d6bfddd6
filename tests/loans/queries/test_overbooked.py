"""What staff must look at: holdings promised too often, and bookings on closed days."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from loans.models.closure import Closure
from loans.queries.availability import availability
from loans.queries.closed_bookings import closed_bookings
from loans.queries.overbooked import overbooked
from loans.queries.viewpoint import Viewpoint
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period
from schools.rules.roles import Scope
from tests.loans.queries.conftest import See
from tests.make import MONDAY, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
EVERYTHING = Scope(everything=True)


def days(first: int, last: int) -> Period:
    return Period(date(2026, 12, first), date(2026, 12, last))


@pytest.fixture
def everything(see: See) -> Viewpoint:
    return see(EVERYTHING)


@pytest.mark.lending("1.7", "4.4")
def test_a_holding_is_named_with_its_short_days_and_all_that_keeps_it_on_them(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(make.title("Kamera", media_type="camera"), copies=1)
    lent = make.copy(holding)
    make.loan(lent, due_on=FRIDAY)
    project = make.booking(holding, days(3, 7), 2, overbooked_reason="Projektwoche")
    single = make.booking(holding, days(7, 8))
    make.booking(holding, days(9, 9))
    (found,) = overbooked(session, see(EVERYTHING))
    assert (found.title, found.capacity, found.free) == ("Kamera", 2, -1)
    assert found.days == (days(3, 4), days(7, 7))
    assert [(each.number, each.code, each.quantity) for each in found.promises] == [
        (project.number, "", 2),
        (single.number, "", 1),
        ("", lent.barcode, 1),
    ]
    assert [each.reason for each in found.promises] == ["Projektwoche", "", ""]


@pytest.mark.lending("4.4")
def test_nothing_is_named_while_everything_can_be_kept(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, days(1, 2))
    make.booking(holding, days(3, 4))
    make.booking(holding, days(1, 4), state=BookingState.CANCELLED)
    assert overbooked(session, see(EVERYTHING)) == ()


@pytest.mark.lending("1.7")
def test_a_preview_tells_what_moved_dates_would_overbook(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=0)
    loan = make.loan(make.copy(holding), due_on=THURSDAY)
    make.booking(holding, days(7, 9))
    view = see(EVERYTHING)
    assert overbooked(session, view) == ()
    (found,) = overbooked(session, view, {loan.id: date(2026, 12, 7)})
    assert (found.free, found.days) == (-1, (days(7, 7),))


def test_every_short_day_that_is_shown_is_named_and_no_other(
    session: Session, make: Make, see: See
) -> None:
    holdings: list[Holding] = []
    for number in range(4):
        holding = make.holding(copies=1)
        holdings.append(holding)
        for start in range(number):
            make.booking(holding, days(1 + 2 * start, 3 + 2 * start))
    view = see(EVERYTHING)
    period = Period(MONDAY, MONDAY + timedelta(days=40))
    shown = availability(session, view, [each.id for each in holdings], period)
    short = {key: {day for day in period if each.free_on(day) < 0} for key, each in shown.items()}
    named = {
        each.holding_id: {day for stretch in each.days for day in stretch}
        for each in overbooked(session, view)
    }
    assert named == {key: found for key, found in short.items() if found}
    assert named


def test_whoever_does_not_see_the_centre_is_told_nothing(
    session: Session, make: Make, see: See
) -> None:
    make.booking(make.holding(copies=0), days(1, 2))
    with_closure(session, make)
    make.booking(make.holding(copies=1), days(3, 9))
    for scope in (Scope(), Scope(institution_ids=frozenset({make.the_school().id}))):
        assert overbooked(session, see(scope)) == ()
        assert closed_bookings(session, see(scope)) == ()


def with_closure(session: Session, make: Make) -> None:
    session.add(Closure(centre_id=make.the_centre().id, name="Umzug", first=THURSDAY, last=FRIDAY))
    session.commit()


@pytest.mark.lending("1.7")
def test_bookings_with_a_closed_day_at_an_end_ahead_are_named(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=9)
    begins, ends = (make.booking(holding, each) for each in (days(3, 9), days(1, 4)))
    runs = make.booking(
        holding, Period(date(2026, 11, 22), FRIDAY), state=BookingState.PARTLY_COLLECTED
    )
    make.booking(holding, days(1, 9))
    make.booking(holding, days(3, 4), state=BookingState.COLLECTED)
    with_closure(session, make)
    found = closed_bookings(session, see(EVERYTHING))
    assert [
        (each.number, each.first and each.first.name, each.last and each.last.name)
        for each in found
    ] == [
        (runs.number, None, "Umzug"),
        (ends.number, None, "Umzug"),
        (begins.number, "Umzug", None),
    ]


def test_statements_stay_the_same_however_much_is_wrong(
    engine: Engine, session: Session, make: Make, see: See
) -> None:
    def statements() -> tuple[int, int]:
        view = see(EVERYTHING)
        with counted(engine) as short:
            overbooked(session, view)
        with counted(engine) as closed:
            closed_bookings(session, view)
        session.rollback()
        return short.count, closed.count

    def fill(number: int) -> None:
        for _ in range(number):
            holding = make.holding(copies=0)
            make.loan(make.copy(holding), due_on=FRIDAY)
            make.booking(holding, days(3, 9))

    with_closure(session, make)
    fill(1)
    few = statements()
    fill(5)
    assert statements() == few
    assert few <= (7, 2)
