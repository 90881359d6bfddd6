"""Unpack: a packing scan is undone; the loan never was, the copy is at hand for its booking."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError
from loans.models.booking import Booking, BookingLine, BookingPick
from loans.models.hold import STILL_OPEN, Hold, HoldState
from loans.models.loan import Loan
from loans.models.tour import Tour, TourBox, TourLoad, TourState, TourStop
from loans.operations.journal import Act
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.open_tour import lock_tour
from loans.operations.pick_copy import make_ready
from loans.operations.serve_hold import reopen
from loans.rules.booking_states import BookingStep, next_state
from loans.rules.packing import PackStep
from schools.queries.signed_in import day_of
from schools.rules.roles import Actor


def unpack(session: Session, load_id: int, by: Actor, now: datetime) -> Copy:
    """Take a thing out of its box again, before the tour is handed over.

    Its loan is void, its booking waits as before with the copy picked for it, and whoever waited
    for the title as well has their place in line again. Locks the tour, then holding, copy,
    booking and loan.

    Raises:
        NotFoundError: no such load within reach; somebody was quicker.
        ImpossibleStepError: the tour is under way, or the copy has come back or was said to be
            lost since.

    Source:
        docs/rules.md, Lending 8.6: the effects are reversed in one transaction.
    """
    tour = lock_tour(session, _tour_of(session, load_id), by)
    load = session.get(TourLoad, load_id, populate_existing=True)
    if load is None:
        raise NotFoundError("load", load_id)
    if tour.state is not TourState.PLANNED:
        raise ImpossibleStepError("tour", tour.state, PackStep.UNPACK)
    copy = lock_copy(session, load.loan.copy_id)
    booking = _take_back(session, load.loan)
    (loan,) = lock(session, Loan, [load.loan_id])
    if loan.returned_on is not None or copy.state is not CopyState.ON_LOAN:
        raise ImpossibleStepError("copy", copy.state, PackStep.UNPACK)
    _void(loan, by, now)
    move_copy(copy, CopyState.AVAILABLE)
    copy.branch_id = tour.route.branch_id
    _wait_again(session, loan, by, now)
    _pick_again(session, (loan, booking), by, now)
    _record(session, tour, load, copy, (by, now))
    session.delete(load)
    session.flush()
    return copy


def _tour_of(session: Session, load_id: int) -> int:
    tour_id = session.scalar(
        select(TourStop.tour_id)
        .join(TourBox, TourBox.stop_id == TourStop.id)
        .join(TourLoad, TourLoad.box_id == TourBox.id)
        .where(TourLoad.id == load_id)
    )
    if tour_id is None:
        raise NotFoundError("load", load_id)
    return tour_id


def _take_back(session: Session, loan: Loan) -> Booking | None:
    """Count the copy back on its line, under the booking's lock."""
    if loan.line_id is None:
        return None
    line = session.get_one(BookingLine, loan.line_id)
    (booking,) = lock(session, Booking, [line.booking_id])
    session.refresh(line)
    line.handed_out -= 1
    still_out = any(each.handed_out for each in booking.lines)
    step = BookingStep.GIVE_BACK_PART if still_out else BookingStep.GIVE_BACK_ALL
    state = next_state(booking.state, step)
    if state is None:
        raise ImpossibleStepError("booking", booking.state, step)
    booking.state = state
    return booking


def _void(loan: Loan, by: Actor, now: datetime) -> None:
    loan.void = True
    loan.returned_on = loan.lent_on
    loan.returned_at = loan.checked_at = now
    loan.returned_by = by.account_id


def _wait_again(session: Session, loan: Loan, by: Actor, now: datetime) -> None:
    """Open the borrower's hold again that the loan had fulfilled, unless they wait anew."""
    theirs = select(Hold).where(
        Hold.holding_id == loan.holding_id, Hold.person_id == loan.person_id
    )
    fulfilled = (Hold.state == HoldState.FULFILLED, Hold.copy_id == loan.copy_id)
    hold = session.scalar(theirs.where(*fulfilled, Hold.ended_at == loan.lent_at))
    if hold is None or session.scalar(theirs.where(Hold.state.in_(STILL_OPEN))) is not None:
        return
    reopen(Act(session, by, day_of(now), now), hold, hold.rank)
    hold.state, hold.copy_id = HoldState.WAITING, None
    hold.ready_on = hold.pickup_deadline = None
    session.flush()


def _pick_again(
    session: Session, lent: tuple[Loan, Booking | None], by: Actor, now: datetime
) -> None:
    """Note that the copy lies at hand for its booking, as it did before it was packed."""
    loan, booking = lent
    if booking is None or loan.line_id is None:
        return
    session.add(
        BookingPick(
            line_id=loan.line_id,
            copy_id=loan.copy_id,
            first=booking.first,
            picked_at=now,
            picked_by=by.account_id,
        )
    )
    session.flush()
    make_ready(session, booking, now)


def _record(
    session: Session, tour: Tour, load: TourLoad, copy: Copy, who: tuple[Actor, datetime]
) -> None:
    by, now = who
    subject = Subject("tour", tour.id, tour.route.centre_id, load.loan.institution_id)
    change = Change("unpack", before={"copy": copy.barcode, "box": load.box.number})
    record(session, by, subject, change, now)
