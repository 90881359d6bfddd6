"""A tour as its pages, its sheet and its driver see it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking, BookingLine
from loans.models.loan import Loan
from loans.models.tour import TourBox, TourLoad, TourStop
from loans.models.transit import Transit
from loans.queries.tour_heads import TourHead, head_of_tour
from schools.models.institution import Institution
from schools.models.media_centre import Branch, PickupPlace, PlaceKind
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class LoadFacts:
    """A loan in a box; `number` is of the booking it was made on."""

    id: int
    loan_id: int
    title: str
    barcode: str
    number: str
    class_name: str
    packed_at: datetime
    is_back: bool


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """A box with what is in it, in the order it was packed."""

    id: int
    number: str
    loads: tuple[LoadFacts, ...]


@dataclass(frozen=True, slots=True)
class ToCollect:
    """A loan of the stop's school that is due before the tour."""

    title: str
    barcode: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Passing:
    """A copy in transit to the branch whose counter the tour passes."""

    title: str
    barcode: str


@dataclass(frozen=True, slots=True)
class StopFacts:
    """One stop of a tour.

    Attributes:
        name: of the place.
        school: its short name; at a counter the branch's.
        address: street and town.
        phone: of the school, or of the branch at a counter.
        is_counter: another branch, no school.
        boxes: packed for it.
        returns: what is due back from its school by then.
        passing: copies that go to this branch.
    """

    id: int
    place_id: int
    institution_id: int | None
    name: str
    school: str
    address: str
    phone: str
    is_counter: bool
    delivered_at: datetime | None
    collected_at: datetime | None
    note: str
    boxes: tuple[BoxFacts, ...]
    returns: tuple[ToCollect, ...]
    passing: tuple[Passing, ...]

    @property
    def loaded(self) -> int:
        """How many things its boxes hold."""
        return sum(len(box.loads) for box in self.boxes)

    @property
    def is_served(self) -> bool:
        """Say whether the driver has nothing left to do here."""
        brought = self.delivered_at is not None or not self.boxes
        fetched = self.collected_at is not None or not self.returns
        return brought and fetched


@dataclass(frozen=True, slots=True)
class TourFacts:
    """A tour with its stops in order."""

    head: TourHead
    stops: tuple[StopFacts, ...]

    @property
    def boxes(self) -> int:
        """How many boxes it carries."""
        return sum(len(stop.boxes) for stop in self.stops)

    @property
    def loaded(self) -> int:
        """How many things are packed."""
        return sum(stop.loaded for stop in self.stops)

    @property
    def served(self) -> int:
        """How many stops are done."""
        return sum(stop.is_served for stop in self.stops)


def tour_within(session: Session, scope: Scope, tour_id: int) -> TourFacts | None:
    """Return a tour of a centre in the scope, in five statements; None for any other."""
    head = head_of_tour(session, tour_id)
    if head is None or not scope.covers_centre(head.centre_id):
        return None
    return _whole(session, head)


def tour_of_link(session: Session, tour_id: int) -> TourFacts | None:
    """Return a tour for whoever holds its link, in five statements; the caller proves the link."""
    head = head_of_tour(session, tour_id)
    return None if head is None else _whole(session, head)


def _whole(session: Session, head: TourHead) -> TourFacts:
    rows = _stops(session, head.id)
    boxes = _boxes(session, head.id)
    returns = _returns(session, head, rows)
    passing = _passing(session, head, {row.branch_id for row in rows if _is_counter(row)})
    stops = (
        _stop(
            row, boxes[row.id], returns[row.id], passing[row.branch_id] if _is_counter(row) else ()
        )
        for row in rows
    )
    return TourFacts(head, tuple(stops))


def _stops(session: Session, tour_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            TourStop.id,
            TourStop.place_id,
            TourStop.delivered_at,
            TourStop.collected_at,
            TourStop.note,
            PickupPlace.name.label("place"),
            PickupPlace.kind,
            PickupPlace.branch_id,
            PickupPlace.institution_id,
            Branch.name.label("branch"),
            Branch.street.label("branch_street"),
            Branch.postal_code.label("branch_code"),
            Branch.city.label("branch_city"),
            Branch.phone.label("branch_phone"),
            Institution.name.label("school"),
            Institution.short_name,
            Institution.street,
            Institution.postal_code,
            Institution.city,
            Institution.phone,
        )
        .join(PickupPlace, PickupPlace.id == TourStop.place_id)
        .join(Branch, Branch.id == PickupPlace.branch_id)
        .outerjoin(Institution, Institution.id == PickupPlace.institution_id)
        .where(TourStop.tour_id == tour_id)
        .order_by(TourStop.position, TourStop.id)
    ).all()


def _boxes(session: Session, tour_id: int) -> dict[int, tuple[BoxFacts, ...]]:
    rows = session.execute(
        select(TourBox, TourLoad, Loan, Copy.barcode, Title.name, Booking.number)
        .join(TourStop, TourStop.id == TourBox.stop_id)
        .outerjoin(TourLoad, TourLoad.box_id == TourBox.id)
        .outerjoin(Loan, Loan.id == TourLoad.loan_id)
        .outerjoin(Copy, Copy.id == Loan.copy_id)
        .outerjoin(Holding, Holding.id == Loan.holding_id)
        .outerjoin(Title, Title.id == Holding.title_id)
        .outerjoin(BookingLine, BookingLine.id == Loan.line_id)
        .outerjoin(Booking, Booking.id == BookingLine.booking_id)
        .where(TourStop.tour_id == tour_id)
        .order_by(TourBox.id, TourLoad.id)
    )
    loads: dict[TourBox, list[LoadFacts]] = {}
    for box, load, loan, barcode, title, number in rows:
        inside = loads.setdefault(box, [])
        if load is not None:
            inside.append(_load(load, loan, barcode, title, number))
    found: dict[int, tuple[BoxFacts, ...]] = defaultdict(tuple)
    for box, inside in loads.items():
        found[box.stop_id] += (BoxFacts(box.id, box.number, tuple(inside)),)
    return found


def _load(load: TourLoad, loan: Loan, barcode: str, title: str, number: str | None) -> LoadFacts:
    return LoadFacts(
        id=load.id,
        loan_id=loan.id,
        title=title,
        barcode=barcode,
        number=number or "",
        class_name=loan.class_name,
        packed_at=load.packed_at,
        is_back=loan.returned_on is not None or loan.received_on is not None,
    )


def _returns(
    session: Session, head: TourHead, stops: Iterable[Row[*tuple[Any, ...]]]
) -> Mapping[int, tuple[ToCollect, ...]]:
    """Return by stop what is due back from its school before the tour, in one statement.

    A school with several stops gives back what was delivered to one of them there, all else at
    the first. Nobody is sent for what is said to be lost.

    Source:
        docs/rules.md, Lending 11.1: a return joins the first tour after its last day.
    """
    by_place = {stop.place_id: stop.id for stop in stops if stop.institution_id is not None}
    first_of_school: dict[int, int] = {}
    for stop in stops:
        if stop.institution_id is not None:
            first_of_school.setdefault(stop.institution_id, stop.id)
    rows = session.execute(
        select(Loan.institution_id, Loan.due_on, Copy.barcode, Title.name, Booking.place_id)
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .outerjoin(BookingLine, BookingLine.id == Loan.line_id)
        .outerjoin(Booking, Booking.id == BookingLine.booking_id)
        .where(Loan.institution_id.in_(first_of_school), Loan.centre_id == head.centre_id)
        .where(Loan.returned_on.is_(None), Loan.received_on.is_(None), ~Loan.placed)
        .where(Loan.due_on < head.day, Copy.state == CopyState.ON_LOAN)
        .order_by(Loan.due_on, Loan.id)
    )
    found: dict[int, tuple[ToCollect, ...]] = defaultdict(tuple)
    for school_id, due_on, barcode, title, place_id in rows:
        stop_id = by_place.get(place_id) or first_of_school[school_id]
        found[stop_id] += (ToCollect(title, barcode, due_on),)
    return found


def _passing(
    session: Session, head: TourHead, branch_ids: Collection[int]
) -> Mapping[int, tuple[Passing, ...]]:
    rows = session.execute(
        select(Transit.to_branch_id, Copy.barcode, Title.name)
        .join(Copy, Copy.id == Transit.copy_id)
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(Transit.to_branch_id.in_(branch_ids), Transit.ended_at.is_(None))
        .where(Transit.from_branch_id == head.branch_id)
        .order_by(Transit.id)
    )
    found: dict[int, tuple[Passing, ...]] = defaultdict(tuple)
    for branch_id, barcode, title in rows:
        found[branch_id] += (Passing(title, barcode),)
    return found


def _stop(
    row: Row[*tuple[Any, ...]],
    boxes: tuple[BoxFacts, ...],
    returns: tuple[ToCollect, ...],
    passing: tuple[Passing, ...],
) -> StopFacts:
    counter = _is_counter(row)
    if row.school is None:
        lines = (row.branch_street, f"{row.branch_code} {row.branch_city}".strip())
    else:
        lines = (row.street, f"{row.postal_code} {row.city}".strip())
    return StopFacts(
        id=row.id,
        place_id=row.place_id,
        institution_id=row.institution_id,
        name=row.place,
        school=(row.branch if row.school is None else row.short_name or row.school),
        address=", ".join(line for line in lines if line),
        phone=row.branch_phone if row.school is None else row.phone,
        is_counter=counter,
        delivered_at=row.delivered_at,
        collected_at=row.collected_at,
        note=row.note,
        boxes=boxes,
        returns=returns,
        passing=passing,
    )


def _is_counter(row: Row[*tuple[Any, ...]]) -> bool:
    return bool(row.kind is PlaceKind.COUNTER)
