"""Drive: what the driver reports from the road, stop by stop."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError
from loans.models.tour import Tour, TourState, TourStop
from loans.operations.open_tour import lock_tour
from loans.queries.tours import tour_of_link
from loans.rules.packing import Tap
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported at a stop.

    Attributes:
        tour_id: the tour.
        stop_id: one of its stops.
        tap: delivered, collected, or taken back; None leaves both as they are.
        note: replaces the one there was; None leaves it.
    """

    tour_id: int
    stop_id: int
    tap: Tap | None = None
    note: str | None = None


def report(session: Session, told: Report, by: Actor | None, now: datetime) -> Tour:
    """Take down what a driver, or staff on the telephone with one, reports; locks the tour.

    The same once more changes nothing: the first instant stays. When every stop is served the
    tour is done.

    Args:
        session: inside a unit of work.
        told: what, and where.
        by: None for a driver whose link was proved.
        now: the instant.

    Raises:
        NotFoundError: no such tour or stop within reach.
        ImpossibleStepError: the tour was not handed over yet.

    Source:
        docs/rules.md, Lending 11.2.
    """
    tour = lock_tour(session, told.tour_id, by)
    stop = next((each for each in tour.stops if each.id == told.stop_id), None)
    if stop is None:
        raise NotFoundError("stop", told.stop_id)
    if tour.state is TourState.PLANNED:
        raise ImpossibleStepError("tour", tour.state, told.tap or Tap.DELIVERED)
    before = _said(stop)
    _take_down(stop, told, now)
    session.flush()
    if _said(stop) != before:
        subject = Subject("tour", tour.id, tour.route.centre_id, stop.place.institution_id)
        change = Change("report_stop", before, _said(stop))
        record(session, by or _DRIVER, subject, change, now)
        tour.state = _state(session, tour, told)
    return tour


_DRIVER = Actor(None, None, "")
"""Whoever holds the link: no account, and no name is kept."""


def _take_down(stop: TourStop, told: Report, now: datetime) -> None:
    match told.tap:
        case Tap.DELIVERED:
            stop.delivered_at = stop.delivered_at or now
        case Tap.COLLECTED:
            stop.collected_at = stop.collected_at or now
        case Tap.NOT_DELIVERED:
            stop.delivered_at = None
        case Tap.NOT_COLLECTED:
            stop.collected_at = None
    if told.note is not None:
        stop.note = told.note


_TAKEN_BACK = frozenset({Tap.NOT_DELIVERED, Tap.NOT_COLLECTED})


def _state(session: Session, tour: Tour, told: Report) -> TourState:
    """Return how far a tour is; what staff called over stays so unless a tap is taken back."""
    facts = tour_of_link(session, tour.id)
    if facts is not None and facts.served == len(facts.stops):
        return TourState.DONE
    return TourState.UNDER_WAY if told.tap in _TAKEN_BACK else tour.state


def _said(stop: TourStop) -> dict[str, object]:
    times = {"delivered_at": stop.delivered_at, "collected_at": stop.collected_at}
    said: dict[str, object] = {
        name: at.isoformat() for name, at in times.items() if at is not None
    }
    return said | {"stop": stop.place.name, "note": stop.note}
