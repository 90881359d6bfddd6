"""Which tours there are, and how far each has come."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from loans.models.tour import CourierRoute, Tour, TourBox, TourLoad, TourState, TourStop
from schools.models.media_centre import Branch
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class TourHead:
    """Which tour it is, and how far it has come."""

    id: int
    route_id: int
    route: str
    centre_id: int
    branch_id: int
    branch: str
    day: date
    state: TourState
    driver: str
    handed_over_at: datetime | None
    nonce: str | None


def head_of_tour(session: Session, tour_id: int) -> TourHead | None:
    """Return a tour; for its page within a scope, and for whoever holds its link."""
    row = session.execute(_heads().where(Tour.id == tour_id)).first()
    return None if row is None else TourHead(*row)


def heads_within(
    session: Session, scope: Scope, branch_id: int, days: tuple[date, date]
) -> list[TourHead]:
    """Return the tours of a branch that exist on some days, both included, by day and name."""
    query = _heads().where(CourierRoute.branch_id == branch_id, Tour.day.between(*days))
    rows = session.execute(query.order_by(Tour.day, CourierRoute.name, Tour.id))
    return [
        head for head in (TourHead(*row) for row in rows) if scope.covers_centre(head.centre_id)
    ]


def loaded_in(session: Session, scope: Scope, heads: Collection[TourHead]) -> dict[int, int]:
    """Count what is packed, by tour."""
    ids = [head.id for head in heads if scope.covers_centre(head.centre_id)]
    rows = session.execute(
        select(TourStop.tour_id, TourLoad.id)
        .join(TourBox, TourBox.stop_id == TourStop.id)
        .join(TourLoad, TourLoad.box_id == TourBox.id)
        .where(TourStop.tour_id.in_(ids))
    )
    found: dict[int, int] = defaultdict(int)
    for tour_id, _load_id in rows:
        found[tour_id] += 1
    return found


def _heads() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Tour.id,
            Tour.route_id,
            CourierRoute.name,
            CourierRoute.centre_id,
            CourierRoute.branch_id,
            Branch.name,
            Tour.day,
            Tour.state,
            Tour.driver,
            Tour.handed_over_at,
            Tour.driver_nonce,
        )
        .join(CourierRoute, CourierRoute.id == Tour.route_id)
        .join(Branch, Branch.id == CourierRoute.branch_id)
    )
