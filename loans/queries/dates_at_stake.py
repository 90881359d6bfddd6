"""Statements for the dates that a change of a centre's calendar may meet; built once each."""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Select, bindparam, func, or_, select, union_all

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.rules.booking_states import COMMITTING
from schools.models.authority import District
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.models.person import Person

WHOSE = (
    Person.id.label("person_id"),
    Person.given_name,
    Person.family_name,
    Institution.id.label("institution_id"),
    Institution.name,
    Institution.short_name,
)
"""Who has a thing, and for which institution."""


@cache
def last_day() -> Select[date]:
    """Select the last day any open loan, deadline or booking of a centre names; built once."""
    centre = bindparam("centre_id", type_=Integer())
    waiting = Hold.state == HoldState.SET_ASIDE
    days = union_all(
        select(func.max(Loan.due_on).label("day")).where(
            Loan.centre_id == centre, Loan.returned_on.is_(None)
        ),
        select(func.max(Hold.pickup_deadline))
        .join(Holding, Holding.id == Hold.holding_id)
        .where(Holding.centre_id == centre, waiting),
        select(func.max(Booking.last)).where(
            Booking.centre_id == centre,
            Booking.state.in_(COMMITTING),
            Booking.last >= bindparam("today"),
        ),
    ).subquery()
    return select(func.max(days.c.day))


@cache
def loan_rows() -> Select[*tuple[Any, ...]]:
    """Select running loans due from `first` to `last`; what came back already is left out."""
    return (
        select(
            Loan.id,
            Loan.due_on.label("day"),
            Loan.branch_id,
            Holding.title_id,
            Title.name.label("title"),
            Title.media_type,
            Copy.barcode,
            *WHOSE,
            Institution.customer_class,
            Institution.school_form,
            Institution.number,
            District.ags,
        )
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(District, District.id == Institution.district_id)
        .outerjoin(Person, Person.id == Loan.person_id)
        .where(Loan.centre_id == bindparam("centre_id"))
        .where(Loan.returned_on.is_(None), ~Loan.placed, Loan.received_on.is_(None))
        .where(Loan.due_on.between(bindparam("first"), bindparam("last")))
        .order_by(Loan.id)
    )


@cache
def deadline_rows() -> Select[*tuple[Any, ...]]:
    """Select copies set aside whose pick-up deadline lies from `first` to `last`."""
    return (
        select(
            Hold.id,
            Hold.pickup_deadline.label("day"),
            Hold.not_after,
            PickupPlace.branch_id,
            Title.name.label("title"),
            Copy.barcode,
            *WHOSE,
        )
        .join(Holding, Holding.id == Hold.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Copy, Copy.id == Hold.copy_id)
        .join(Institution, Institution.id == Hold.institution_id)
        .join(Person, Person.id == Hold.person_id)
        .join(PickupPlace, PickupPlace.id == Hold.place_id)
        .where(Holding.centre_id == bindparam("centre_id"), Hold.state == HoldState.SET_ASIDE)
        .where(Hold.pickup_deadline.between(bindparam("first"), bindparam("last")))
        .order_by(Hold.id)
    )


@cache
def booking_rows() -> Select[*tuple[Any, ...]]:
    """Select open bookings with an end from `first` to `last`."""
    first, last = (bindparam(name, type_=Date()) for name in ("first", "last"))
    return (
        select(
            Booking.number,
            Booking.first,
            Booking.last,
            PickupPlace.branch_id,
            Person.given_name,
            Person.family_name,
            Institution.name,
            Institution.short_name,
        )
        .join(PickupPlace, PickupPlace.id == Booking.place_id)
        .join(Institution, Institution.id == Booking.institution_id)
        .outerjoin(Person, Person.id == Booking.person_id)
        .where(Booking.centre_id == bindparam("centre_id"), Booking.state.in_(COMMITTING))
        .where(Booking.last >= bindparam("today"))
        .where(or_(Booking.first.between(first, last), Booking.last.between(first, last)))
        .order_by(Booking.first, Booking.id)
    )
