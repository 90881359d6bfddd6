"""Pick: copies are taken off their shelves for the bookings of a day, and put back again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused
from loans.models.booking import Booking, BookingLine, BookingPick
from loans.operations.drop_pick import drop_pick, pick_of
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy
from loans.operations.tell_courier import tell_ready, was_told_ready
from loans.queries.hand_out import hold_on, parts_of
from loans.queries.picking import PickDay, PickLine, case_of_pick, pick_list
from loans.rules.booking_states import BookingStep, next_state
from loans.rules.picking import PickNote, put_back
from loans.rules.policy import BorrowerCase, CopyCase, LendingCase, refusals
from schools.models.media_centre import Branch, PlaceKind
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class PickWish:
    """A copy scanned at the shelf, for the pick list of a branch and day."""

    copy_id: int
    branch_id: int
    day: date


@dataclass(frozen=True, slots=True)
class PickDone:
    """What came of it.

    Attributes:
        note: in one word.
        copy: the copy.
        pick: the new one, or the one there was; None without.
        booking: it is picked for, or was; None without.
        refused: every reason why the copy is not lent.
        is_ready: the booking has just become ready.
        was_told: of a pick put back: the borrower was told already that it is ready.
    """

    note: PickNote
    copy: Copy
    pick: BookingPick | None = None
    booking: Booking | None = None
    refused: tuple[Refused, ...] = ()
    is_ready: bool = False
    was_told: bool = False


def pick_copy(session: Session, wish: PickWish, by: Actor, today: date, now: datetime) -> PickDone:
    """Note that a copy was taken off the shelf for the first line of the list that wants it.

    It stands at this branch now, wherever it stood before.

    Locks holding, copy and booking in this order. With the last copy the booking is ready; the
    borrower who comes to a counter is told by one letter. A copy whose booking wants it no
    longer lies on its shelf again; scanned again for one that was changed meanwhile, it makes it
    ready anew if everything lies there.

    Raises:
        loans.errors.NotFoundError: copy or branch lies out of reach.

    Source:
        docs/rules.md, Lending 5.1 and 11.2.
    """
    copy = lock_copy(session, wish.copy_id)
    branch = _branch(session, wish, by, copy)
    if copy.state is CopyState.AVAILABLE:
        copy.branch_id = branch.id
    known = pick_of(session, copy.id)
    if known is not None:
        return _again(session, known, copy, by, (today, now))
    refused = refusals(_case(session, copy, today))
    if refused or copy.state is not CopyState.AVAILABLE:
        return PickDone(PickNote.REFUSED, copy, refused=refused)
    day = PickDay(branch.id, branch.centre_id, max(wish.day, today), today)
    listed = pick_list(session, by.scope(Right.LEND), day)
    fitting = [each for each in listed.lines if _fits(each, copy)]
    wanted = next((each for each in fitting if each.open > 0), None)
    if wanted is None:
        return PickDone(PickNote.ENOUGH if fitting else PickNote.NOT_WANTED, copy)
    return _pick(session, wanted, copy, by, now)


def unpick(session: Session, pick_id: int, by: Actor, now: datetime) -> PickDone:
    """Put a picked copy back onto its shelf; its booking is no longer ready.

    A letter that told so and was not sent yet is taken back. Locks as `pick_copy`.

    Raises:
        loans.errors.NotFoundError: no such pick within reach; somebody was quicker.
    """
    copy_id = session.scalar(select(BookingPick.copy_id).where(BookingPick.id == pick_id))
    if copy_id is None:
        raise NotFoundError("pick", pick_id)
    copy = lock_copy(session, copy_id)
    pick = pick_of(session, copy_id)
    reached = by.scope(Right.LEND).covers_centre(copy.centre_id)
    if pick is None or pick.id != pick_id or not reached:
        raise NotFoundError("pick", pick_id)
    return _put_back(session, copy, by, now)


def make_ready(session: Session, booking: Booking, now: datetime) -> bool:
    """Make a locked booking ready if everything of it lies ready; says whether it now became so.

    Whoever comes to a counter for it is told by one letter; what the courier brings is announced
    when it is on its way.

    Source:
        docs/rules.md, Lending 5.1.
    """
    state = next_state(booking.state, BookingStep.MAKE_READY)
    if state is None or not _is_whole(session, booking):
        return False
    booking.state, booking.ready_at = state, now
    if booking.place.kind is PlaceKind.COUNTER:
        tell_ready(session, booking, now)
    return True


def make_ready_anew(session: Session, booking: Booking, now: datetime) -> bool:
    """Make a locked booking ready that lies there as it was picked, for this day and place.

    Source:
        docs/rules.md, Lending 5.1.
    """
    picks = [pick for line in booking.lines for pick in line.picks]
    same_day = all(pick.first == booking.first for pick in picks)
    return bool(picks) and same_day and make_ready(session, booking, now)


def _branch(session: Session, wish: PickWish, by: Actor, copy: Copy) -> Branch:
    if not by.scope(Right.LEND).covers_centre(copy.centre_id):
        raise NotFoundError("copy", copy.id)
    branch = session.get(Branch, wish.branch_id)
    if branch is None or branch.centre_id != copy.centre_id:
        raise NotFoundError("branch", wish.branch_id)
    return branch


def _again(
    session: Session, pick: BookingPick, copy: Copy, by: Actor, when: tuple[date, datetime]
) -> PickDone:
    today, now = when
    earlier = select(func.count(BookingPick.id)).where(
        BookingPick.line_id == pick.line_id, BookingPick.id < pick.id
    )
    before = session.scalar(earlier) or 0
    if put_back(case_of_pick(pick, pick.line, copy, before), today) is not None:
        return _put_back(session, copy, by, now)
    (booking,) = lock(session, Booking, [pick.line.booking_id])
    ready = make_ready(session, booking, now)
    return PickDone(PickNote.AGAIN, copy, pick, booking, is_ready=ready)


def _put_back(session: Session, copy: Copy, by: Actor, now: datetime) -> PickDone:
    booking = drop_pick(session, copy.id)
    told = False
    if booking is not None:
        told = was_told_ready(session, booking)
        _record(session, booking, Change("unpick", before=_named(copy, booking)), by, now)
    return PickDone(PickNote.PUT_BACK, copy, booking=booking, was_told=told)


def _case(session: Session, copy: Copy, today: date) -> LendingCase:
    """Return what stands against lending the copy to anybody at all."""
    kept = {CopyState.SET_ASIDE, CopyState.IN_TRANSIT}
    critical = sum(part.critical and part.missing > 0 for part in parts_of(session, copy.id))
    return LendingCase(
        today=today,
        has_terms=True,
        borrower=BorrowerCase(),
        copy=CopyCase(
            state=copy.state,
            set_aside_for_other=copy.state in kept and hold_on(session, copy.id) is not None,
            lendable=copy.lendable,
            reason=copy.not_lendable_reason,
            critical_missing=critical,
        ),
    )


def _fits(each: PickLine, copy: Copy) -> bool:
    """Say whether a line can be served by the copy: its pool's, or the very copy it names."""
    line = each.line
    named = line.copy_id == copy.id
    return line.holding_id == copy.holding_id and (
        named or (line.copy_id is None and not copy.numbered)
    )


def _pick(session: Session, wanted: PickLine, copy: Copy, by: Actor, now: datetime) -> PickDone:
    (booking,) = lock(session, Booking, [wanted.line.booking_id])
    pick = BookingPick(
        line_id=wanted.line.id,
        copy_id=copy.id,
        first=booking.first,
        picked_at=now,
        picked_by=by.account_id,
    )
    session.add(pick)
    session.flush()
    _record(session, booking, Change("pick", after=_named(copy, booking)), by, now)
    ready = make_ready(session, booking, now)
    return PickDone(PickNote.PICKED, copy, pick, booking, is_ready=ready)


def _is_whole(session: Session, booking: Booking) -> bool:
    """Say whether everything of it lies ready or is out."""
    wanted = {line.id: line.quantity - line.handed_out for line in booking.lines}
    place = booking.place
    here = Copy.stands_at == place.branch_id if place.kind is PlaceKind.COUNTER else true()
    rows = session.execute(
        select(BookingPick.line_id, func.count(BookingPick.id))
        .join(BookingLine, BookingLine.id == BookingPick.line_id)
        .join(Copy, Copy.id == BookingPick.copy_id)
        .where(BookingLine.booking_id == booking.id)
        .where(Copy.state == CopyState.AVAILABLE, Copy.lendable, here)
        .group_by(BookingPick.line_id)
    )
    there = dict(rows.all())
    return all(there.get(line_id, 0) >= count for line_id, count in wanted.items())


def _record(session: Session, booking: Booking, change: Change, by: Actor, now: datetime) -> None:
    subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
    record(session, by, subject, change, now)


def _named(copy: Copy, booking: Booking) -> dict[str, str]:
    return {"copy": copy.barcode, "number": booking.number}
