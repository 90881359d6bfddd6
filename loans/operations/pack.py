"""Pack: what the courier brings is lent and laid into the box of its stop, scan by scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy, Part
from catalogue.rules.completeness import Completeness
from catalogue.rules.copy_states import CopyState
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.loan import Loan
from loans.models.tour import Tour, TourBox, TourLoad, TourState, TourStop
from loans.operations.check_out import HandOut, check_out
from loans.operations.count_parts import Count, Pieces, count_parts
from loans.operations.drop_pick import pick_of
from loans.operations.journal import Act
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.open_tour import lock_tour
from loans.operations.pass_on import release
from loans.queries.hand_out import open_loan_of, parts_of
from loans.queries.picking import picks_of
from loans.queries.prepared import (
    Leaving,
    PreparedLine,
    dispatch_of,
    prepared_lines,
)
from loans.rules.codes import Refusal
from loans.rules.packing import PackNote
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right

FIRST_BOX = 100
"""Numbers of boxes begin behind it: B-101."""

LOOKED_AHEAD = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Packing:
    """A copy scanned at a tour.

    Attributes:
        tour_id: the tour.
        copy_id: the copy.
        box_id: the box that stands open; None, or another stop's, for the newest of the stop.
        pieces: how many of each part were found, by the part's id; None if nobody counted.
    """

    tour_id: int
    copy_id: int
    box_id: int | None = None
    pieces: Pieces | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """What came of it.

    Attributes:
        note: in one word.
        copy: the copy.
        load: that was made, or was there.
        refused: every reason of the rules of lending.
        parts: to be counted first.
        line: of the booking it belongs to, where that goes another way.
    """

    note: PackNote
    copy: Copy
    load: TourLoad | None = None
    refused: tuple[Refused, ...] = ()
    parts: Sequence[Part] = ()
    line: PreparedLine | None = None


def pack(session: Session, wish: Packing, by: Actor, today: date, now: datetime) -> Packed:
    """Lend a copy to whoever booked it, and lay it into a box of their stop.

    Locks the tour, then holding, copy, person and booking.

    Raises:
        loans.errors.NotFoundError: tour or copy lies out of reach.

    Source:
        docs/rules.md, Lending 11.2: a wrong tour refuses; 8.3: PERSONAL_PICKUP.
    """
    tour = lock_tour(session, wish.tour_id, by)
    copy = lock_copy(session, wish.copy_id)
    if copy.centre_id != tour.route.centre_id:
        raise NotFoundError("copy", wish.copy_id)
    act = _Act(session, wish, tour, copy, by, (today, now))
    known = _load_of(session, copy)
    if known is not None:
        mine = known.box.stop.tour_id == tour.id
        return Packed(PackNote.AGAIN if mine else PackNote.OTHER_TOUR, copy, known)
    if tour.state is not TourState.PLANNED:
        return Packed(PackNote.UNDER_WAY, copy)
    return _pack(act)


def new_box(session: Session, stop: TourStop) -> TourBox:
    """Put another box up for a stop of a locked tour."""
    box = TourBox(number=f"new-{uuid4().hex[:12]}")
    stop.boxes.append(box)
    session.flush()
    box.number = f"B-{FIRST_BOX + box.id}"
    session.flush()
    return box


def add_box(session: Session, asked: tuple[int, int], by: Actor, now: datetime) -> TourBox:
    """Put another box up for a stop, by the keys of tour and stop; locks the tour.

    Raises:
        loans.errors.NotFoundError: no such tour or stop within reach, or it is under way.
    """
    tour_id, stop_id = asked
    tour = lock_tour(session, tour_id, by)
    stop = next((each for each in tour.stops if each.id == stop_id), None)
    if stop is None or tour.state is not TourState.PLANNED:
        raise NotFoundError("stop", stop_id)
    box = new_box(session, stop)
    change = Change("add_box", after={"box": box.number})
    record(session, by, Subject("tour", tour.id, tour.route.centre_id), change, now)
    return box


@dataclass(frozen=True, slots=True)
class _Act:
    session: Session
    wish: Packing
    tour: Tour
    copy: Copy
    by: Actor
    when: tuple[date, datetime]


def _load_of(session: Session, copy: Copy) -> TourLoad | None:
    loan = open_loan_of(session, copy.id) if copy.state is CopyState.ON_LOAN else None
    if loan is None:
        return None
    return session.scalar(select(TourLoad).where(TourLoad.loan_id == loan.id))


def _pack(act: _Act) -> Packed:
    line = _line_for(act)
    if line is None:
        return Packed(PackNote.NOT_BOOKED, act.copy)
    if line.place.courier is None:
        return Packed(PackNote.COUNTER, act.copy, line=line)
    stop = next((each for each in act.tour.stops if each.place_id == line.place.id), None)
    if stop is None or line.prepared_on != act.tour.day:
        return Packed(PackNote.OTHER_TOUR, act.copy, line=line)
    return _lend(act, line, stop)


def _line_for(act: _Act) -> PreparedLine | None:
    """Return the line the copy serves: what it was picked for, else the first of this tour."""
    today, _now = act.when
    scope, centre_id = act.by.scope(Right.LEND), act.tour.route.centre_id
    dispatch = dispatch_of(act.session, scope, centre_id, today)
    days = Period(today, max(today, act.tour.day) + LOOKED_AHEAD)
    leaving = Leaving(list(dispatch.places.values()), days, act.copy.holding_id)
    lines = [
        each
        for each in prepared_lines(act.session, scope, dispatch, leaving)
        if each.copy_id == act.copy.id or (each.copy_id is None and not act.copy.numbered)
    ]
    pick = pick_of(act.session, act.copy.id)
    picked_for = None if pick is None else pick.line_id
    taken = picks_of(act.session, [each.id for each in lines])
    return min(
        lines,
        key=lambda each: (
            each.id != picked_for,
            not _is_mine(act.tour, each),
            len(taken[each.id]) >= each.left,
            each.prepared_on,
            each.period.first,
            each.id,
        ),
        default=None,
    )


def _is_mine(tour: Tour, line: PreparedLine) -> bool:
    courier = line.place.courier
    on_route = courier is not None and courier.id == tour.route_id
    return on_route and line.prepared_on == tour.day


def _lend(act: _Act, line: PreparedLine, stop: TourStop) -> Packed:
    today, now = act.when
    if act.wish.pieces is not None and _is_incomplete(act, act.wish.pieces):
        return Packed(PackNote.REFUSED, act.copy, refused=(Refused(Refusal.INCOMPLETE),))
    wish = HandOut(
        copy_id=act.copy.id,
        person_id=line.person_id or 0,
        institution_id=line.institution_id,
        branch_id=act.tour.route.branch_id,
        booking_id=line.booking_id,
        counted=act.wish.pieces is not None,
        in_person=False,
    )
    try:
        done = check_out(act.session, wish, act.by, today, now)
    except RefusedError as error:
        return _refused(act, error.refusals)
    return Packed(PackNote.LOADED, act.copy, _load(act, stop, done.loan))


def _refused(act: _Act, refused: tuple[Refused, ...]) -> Packed:
    if {reason.code for reason in refused} == {Refusal.PARTS_UNCOUNTED}:
        parts = parts_of(act.session, act.copy.id)
        return Packed(PackNote.PARTS, act.copy, refused=refused, parts=parts)
    return Packed(PackNote.REFUSED, act.copy, refused=refused)


def _is_incomplete(act: _Act, pieces: Pieces) -> bool:
    """Count a box under its locks; lacking a part it needs it leaves lending."""
    today, now = act.when
    verdict = count_parts(act.session, Count(act.copy, pieces, today), act.by, now)
    if verdict is None or verdict.completeness is not Completeness.INCOMPLETE:
        return False
    if act.copy.state is not CopyState.ON_LOAN:
        release(Act(act.session, act.by, today, now), act.copy)
        move_copy(act.copy, CopyState.INCOMPLETE)
    return True


def _load(act: _Act, stop: TourStop, loan: Loan) -> TourLoad:
    _today, now = act.when
    box = _box(act, stop)
    load = TourLoad(loan_id=loan.id, packed_at=now, packed_by=act.by.account_id)
    box.loads.append(load)
    act.session.flush()
    subject = Subject("tour", act.tour.id, act.tour.route.centre_id, loan.institution_id)
    change = Change("pack", after={"copy": act.copy.barcode, "box": box.number})
    record(act.session, act.by, subject, change, now)
    return load


def _box(act: _Act, stop: TourStop) -> TourBox:
    """Return the box that stands open for the stop, its newest, or a first one."""
    chosen = next((box for box in stop.boxes if box.id == act.wish.box_id), None)
    if chosen is not None:
        return chosen
    return stop.boxes[-1] if stop.boxes else new_box(act.session, stop)
