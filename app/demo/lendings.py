"""What happened and will happen at the desk, before it is written."""

from dataclasses import dataclass
from datetime import date

from app.demo.county import BranchRow
from app.demo.people import Teacher
from app.demo.stock import CopyRow, HoldingRow
from loans.models.purpose import OtherReason
from loans.rules.booking_states import BookingState


@dataclass(frozen=True, slots=True)
class Purpose:
    """A teaching unit or another reason, and the class."""

    unit_id: int | None
    reason: OtherReason | None
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """Somebody wants so many of a holding for a purpose."""

    teacher: Teacher
    purpose: Purpose
    holding: HoldingRow
    quantity: int

    @property
    def branch(self) -> BranchRow:
        """Where the teacher's school goes."""
        return self.teacher.school.branch


@dataclass(frozen=True, slots=True, eq=False)
class Reservation:
    """A booking.

    Attributes:
        demand: who wants what.
        place_id: a counter or a stop of the courier.
        first: the first day.
        last: the last day, included.
        state: where it stands today.
        made_on: the day it was made.
        handed_out: copies lent on it.
        order_id: the collective order it has joined.
    """

    demand: Demand
    place_id: int
    first: date
    last: date
    state: BookingState
    made_on: date
    handed_out: int = 0
    order_id: int | None = None

    @property
    def by_courier(self) -> bool:
        """Say whether the courier takes it to the school."""
        return self.place_id == self.demand.teacher.school.courier_id


@dataclass(frozen=True, slots=True, eq=False)
class Lending:
    """Copies of one holding that went out together.

    Attributes:
        demand: who took what.
        copies: the very copies.
        lent_on: the day.
        due_on: the last day in time, renewals counted.
        returned_on: the day they came back; None while they are out.
        renewals: how often.
        reservation: what they were booked by; None of a walk-in.
    """

    demand: Demand
    copies: tuple[CopyRow, ...]
    lent_on: date
    due_on: date
    returned_on: date | None = None
    renewals: int = 0
    reservation: Reservation | None = None
