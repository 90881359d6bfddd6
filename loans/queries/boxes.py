"""A tour's box by its number: where it goes, and what is in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.loan import Loan
from loans.models.tour import CourierRoute, Tour, TourBox, TourLoad, TourStop
from schools.models.media_centre import PickupPlace


@dataclass(frozen=True, slots=True)
class Content:
    """A thing in a box; `is_back` once it has come back."""

    title: str
    barcode: str
    is_back: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a tour.

    Attributes:
        number: as on its label.
        tour_id: the tour it goes with.
        stop_id: where to.
        route: name of the tour's route.
        day: of the tour.
        place: name of the stop.
        contents: in the order they were packed.
    """

    id: int
    number: str
    tour_id: int
    stop_id: int
    route: str
    day: date
    place: str
    contents: tuple[Content, ...] = ()


def boxes_numbered(session: Session, centre_id: int, numbers: Collection[str]) -> list[Box]:
    """Return the boxes of a centre with these numbers, without contents, in one statement.

    For whoever was found to reach the centre.
    """
    if not numbers:
        return []
    rows = session.execute(
        select(
            TourBox.id,
            TourBox.number,
            Tour.id,
            TourStop.id,
            CourierRoute.name,
            Tour.day,
            PickupPlace.name,
        )
        .join(TourStop, TourStop.id == TourBox.stop_id)
        .join(PickupPlace, PickupPlace.id == TourStop.place_id)
        .join(Tour, Tour.id == TourStop.tour_id)
        .join(CourierRoute, CourierRoute.id == Tour.route_id)
        .where(CourierRoute.centre_id == centre_id, TourBox.number.in_(numbers))
    )
    return [Box(*row) for row in rows]


def contents_of(session: Session, box_id: int) -> tuple[Content, ...]:
    """Return what lies in a box that was found within reach, in the order it was packed."""
    rows = session.execute(
        select(Title.name, Copy.barcode, Loan.returned_on, Loan.received_on)
        .join(TourLoad, TourLoad.loan_id == Loan.id)
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(TourLoad.box_id == box_id)
        .order_by(TourLoad.id)
    )
    return tuple(
        Content(title, barcode, returned_on is not None or received_on is not None)
        for title, barcode, returned_on, received_on in rows
    )
