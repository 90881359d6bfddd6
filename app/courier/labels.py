"""Labels of bookings that lie ready, and of the courier's boxes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.qr import qr_drawing
from loans.queries.picking import PickList
from loans.queries.tours import TourFacts


@dataclass(frozen=True, slots=True)
class BookingLabel:
    """One label; its code is the number that the desk scans.

    Attributes:
        pieces: how many things lie ready for it.
        on: the first day, or the tour's.
        tour: name of the route; empty at a counter.
    """

    school: str
    number: str
    class_name: str
    pieces: int
    on: date
    tour: str
    code: Markup


@dataclass(frozen=True, slots=True)
class BoxLabel:
    """One label of a box; its code is the number that the packing table scans."""

    number: str
    place: str
    school: str
    route: str
    day: date
    pieces: int
    code: Markup


def labels_of(listed: PickList) -> list[BookingLabel]:
    """Return a label for each booking of a list of which something lies ready, by school."""
    return sorted(_booking_labels(listed), key=lambda label: (label.school, label.number))


def box_labels(tour: TourFacts) -> list[BoxLabel]:
    """Return a label for each box of a tour, in the order of its stops."""
    return [
        BoxLabel(
            number=box.number,
            place=stop.name,
            school=stop.school,
            route=tour.head.route,
            day=tour.head.day,
            pieces=len(box.loads),
            code=qr_drawing(box.number),
        )
        for stop in tour.stops
        for box in stop.boxes
    ]


def _booking_labels(listed: PickList) -> Iterator[BookingLabel]:
    bookings = dict.fromkeys(each.line.booking_id for each in listed.lines)
    for booking_id in bookings:
        own = [each for each in listed.lines if each.line.booking_id == booking_id]
        pieces = sum(each.picked for each in own)
        line = own[0].line
        if pieces:
            courier = line.place.courier
            yield BookingLabel(
                school=line.school,
                number=line.number,
                class_name=line.class_name,
                pieces=pieces,
                on=line.period.first if courier is None else line.prepared_on,
                tour="" if courier is None else courier.name,
                code=qr_drawing(line.number),
            )
