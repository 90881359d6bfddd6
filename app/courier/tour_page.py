"""From a tour's rows to finished values for its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.courier.answers import Said
from app.courier.links import driver_address
from app.courier.reach import lending_scope
from app.sessions import session
from app.today import today
from loans.models.tour import TourState
from loans.queries.to_pack import ToPack, to_pack
from loans.queries.tours import StopFacts, TourFacts


@dataclass(frozen=True, slots=True)
class StopShown:
    """A stop with what is still to be packed for it."""

    number: int
    facts: StopFacts
    to_pack: Sequence[ToPack]

    @property
    def pieces(self) -> int:
        """How many things are still to be packed; those handed out in person are not."""
        return sum(each.line.left for each in self.to_pack if not each.in_person)


@dataclass(frozen=True, slots=True)
class TourShown:
    """A tour with everything its page shows.

    Attributes:
        tour: with its stops as the store knows them.
        stops: the same with what is to be packed.
        can_pack: it was not handed over, and its day is not past.
        link: of the driver's page; empty once it was ended.
        box_id: the box that stands open; None without.
        asked: the medium whose parts are to be counted; None without.
        said: the status line; None before the first scan.
    """

    tour: TourFacts
    stops: tuple[StopShown, ...]
    can_pack: bool
    link: str
    box_id: int | None = None
    asked: Mapping[str, Any] | None = None
    said: Said | None = None

    @property
    def pieces(self) -> int:
        """How many things are still to be packed."""
        return sum(stop.pieces for stop in self.stops)


def tour_shown(
    tour: TourFacts,
    *,
    box_id: int | None = None,
    asked: Mapping[str, Any] | None = None,
    said: Said | None = None,
) -> TourShown:
    """Return a tour's page, in six statements more.

    Args:
        tour: read within the visitor's reach.
        box_id: the box that stands open, if it still is one of the tour's.
        asked: the medium whose parts are to be counted.
        said: what the status line says.
    """
    waiting = to_pack(session(), lending_scope(), tour.head, today())
    boxes = {box.id for stop in tour.stops for box in stop.boxes}
    can_pack = tour.head.state is TourState.PLANNED and tour.head.day >= today()
    return TourShown(
        tour=tour,
        stops=tuple(
            StopShown(number, stop, waiting.get(stop.place_id, ()))
            for number, stop in enumerate(tour.stops, start=1)
        ),
        can_pack=can_pack,
        link=driver_address(tour.head),
        box_id=box_id if box_id in boxes else None,
        asked=asked,
        said=said,
    )
