"""What happens to a tour, for tests: handed over, reported from the road, looked at."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from database.unit_of_work import unit_of_work
from loans.models.tour import Tour
from loans.operations.drive import Report, report
from loans.operations.hand_over import hand_over
from loans.queries.tours import StopFacts, TourFacts, tour_within
from loans.rules.packing import Tap
from schools.models.media_centre import PickupPlace
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Right
from tests.loans.operations.courier import Table


def letters(session: Session) -> list[OwedLetter]:
    query = select(OwedLetter).where(OwedLetter.kind == LetterKind.ON_ITS_WAY)
    return list(session.scalars(query.order_by(OwedLetter.id)))


def facts(staff: Table, tour: Tour) -> TourFacts:
    found = tour_within(staff.session, staff.by.scope(Right.LEND), tour.id)
    assert found is not None
    return found


def stop_of(staff: Table, tour: Tour) -> StopFacts:
    return facts(staff, tour).stops[0]


def packed(staff: Table, stop: PickupPlace, tour: Tour) -> Copy:
    """A copy that somebody at a stop booked, in the tour's box."""
    (copy,) = staff.make.holding(copies=1).copies
    staff.delivered(copy.holding, stop)
    staff.pack(tour, copy)
    return copy


def hand(staff: Table, tour: Tour) -> None:
    with unit_of_work(staff.session):
        hand_over(staff.session, tour.id, "Firma Flink", staff.by, staff.now)


def tap(staff: Table, tour: Tour, tap: Tap | None, note: str | None = None) -> Tour:
    told = Report(tour.id, stop_of(staff, tour).id, tap, note)
    with unit_of_work(staff.session):
        return report(staff.session, told, None, staff.now)
