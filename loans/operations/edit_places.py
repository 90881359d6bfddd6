"""Edit pick-up places: counters of branches, and the courier's stops at schools."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from catalogue.errors import InvalidError
from catalogue.operations.editing import check_edition, take_over
from catalogue.rules.editions import edition_of
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.booking import Booking
from loans.models.tour import RouteStop
from loans.rules.booking_states import COMMITTING
from loans.rules.route_faults import PlaceFault, PlaceValues, place_faults
from schools.models.institution import Institution
from schools.models.media_centre import Branch, MediaCentre, PickupPlace, PlaceKind
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place to be added.

    Attributes:
        centre_id: whose.
        kind: a counter, or a stop of the courier.
        institution_id: whose stop it is; None at a counter.
        values: all else.
    """

    centre_id: int
    kind: PlaceKind
    institution_id: int | None
    values: PlaceValues


def place_values(place: PickupPlace) -> PlaceValues:
    """Return what can be changed of a stored place."""
    return PlaceValues(
        place.name,
        place.branch_id,
        place.courier_days_before,
        place.courier_days_after,
        place.active,
    )


def place_edition(values: PlaceValues) -> str:
    """Return what tells these values from any others."""
    return edition_of(asdict(values))


def add_place(session: Session, wish: NewPlace, by: Actor, now: datetime) -> PickupPlace:
    """Add a place; locks the centre.

    Raises:
        NotFoundError: no such centre within the actor's reach.
        InvalidError: with every fault by the value's name.

    Source:
        docs/rules.md, Lending 11.1 and 12.2.
    """
    _lock_centre(session, wish.centre_id, by)
    wrong = _faults(session, wish.centre_id, None, wish.values, wish.kind)
    school = None
    if wish.kind is PlaceKind.COURIER:
        school = session.get(Institution, wish.institution_id or 0)
        if school is None or school.centre_id != wish.centre_id:
            wrong["institution_id"] = PlaceFault.NO_SCHOOL
    if wrong:
        raise InvalidError(wrong)
    values = _fitting(wish.kind, wish.values)
    place = PickupPlace(
        centre_id=wish.centre_id,
        kind=wish.kind,
        institution_id=None if school is None else school.id,
        **values,
    )
    session.add(place)
    session.flush()
    change = Change("add_place", after=values | {"kind": wish.kind.value})
    record(session, by, _subject(place), change, now)
    return place


def change_place(
    session: Session,
    place_id: int,
    edit: tuple[PlaceValues, str],
    by: Actor,
    now: datetime,
) -> PickupPlace:
    """Take over what is said of a place; whose it is never changes. Locks the centre.

    Args:
        session: inside a unit of work.
        place_id: which.
        edit: the values, and the edition of those that were opened.
        by: whoever saves.
        now: the instant.

    Raises:
        NotFoundError: no such place within the actor's reach.
        ChangedMeanwhileError: it is not the one that was opened any more.
        InvalidError: with every fault; a place that is still booked cannot be closed.
    """
    values, edition = edit
    place = _lock_place(session, place_id, by)
    stored, wished = asdict(place_values(place)), _fitting(place.kind, values)
    check_edition(session, _subject(place), edition, stored, wished)
    if stored == wished:
        return place
    wrong = _faults(session, place.centre_id, place.id, values, place.kind)
    if place.active and not values.active:
        wrong |= _faults_of_closing(session, place)
    if wrong:
        raise InvalidError(wrong)
    record(session, by, _subject(place), Change("change_place", *take_over(place, wished)), now)
    return place


def _fitting(kind: PlaceKind, values: PlaceValues) -> dict[str, object]:
    """Return the values as they are stored: nothing drives to a counter."""
    stored = asdict(values)
    if kind is PlaceKind.COUNTER:
        stored |= {"courier_days_before": 0, "courier_days_after": 0}
    return stored


def _faults(
    session: Session, centre_id: int, place_id: int | None, values: PlaceValues, kind: PlaceKind
) -> dict[str, PlaceFault]:
    wrong = place_faults(values)
    if kind is PlaceKind.COURIER and values.courier_days_after == 0:
        wrong["courier_days_after"] = PlaceFault.NO_DAY_AFTER
    branch = session.get(Branch, values.branch_id)
    if branch is None or branch.centre_id != centre_id:
        wrong["branch_id"] = PlaceFault.BRANCH_ELSEWHERE
    same = exists().where(
        PickupPlace.centre_id == centre_id,
        PickupPlace.branch_id == values.branch_id,
        PickupPlace.name == values.name,
        PickupPlace.id != (place_id or 0),
    )
    if session.scalar(select(same)):
        wrong["name"] = PlaceFault.NAME_TAKEN
    return wrong


def _faults_of_closing(session: Session, place: PickupPlace) -> dict[str, PlaceFault]:
    booked = exists().where(Booking.place_id == place.id, Booking.state.in_(COMMITTING))
    if session.scalar(select(booked)):
        return {"active": PlaceFault.STILL_BOOKED}
    if session.scalar(select(exists().where(RouteStop.place_id == place.id))):
        return {"active": PlaceFault.ON_A_ROUTE}
    other = exists().where(
        PickupPlace.branch_id == place.branch_id,
        PickupPlace.kind == PlaceKind.COUNTER,
        PickupPlace.active,
        PickupPlace.id != place.id,
    )
    if place.kind is PlaceKind.COUNTER and not session.scalar(select(other)):
        return {"active": PlaceFault.LAST_COUNTER}
    return {}


def _lock_place(session: Session, place_id: int, by: Actor) -> PickupPlace:
    centre_id = session.scalar(select(PickupPlace.centre_id).where(PickupPlace.id == place_id))
    if centre_id is None or not by.scope(Right.MANAGE_CENTRE).covers_centre(centre_id):
        raise NotFoundError("place", place_id)
    _lock_centre(session, centre_id, by)
    query = select(PickupPlace).where(PickupPlace.id == place_id)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _lock_centre(session: Session, centre_id: int, by: Actor) -> None:
    query = select(MediaCentre.id).where(MediaCentre.id == centre_id)
    found = session.scalar(query.with_for_update(key_share=True))
    if found is None or not by.scope(Right.MANAGE_CENTRE).covers_centre(centre_id):
        raise NotFoundError("media_centre", centre_id)


def _subject(place: PickupPlace) -> Subject:
    return Subject("pickup_place", place.id, place.centre_id)
