"""Check out: a copy leaves the house with a person."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules import copy_states
from catalogue.rules.copy_states import CopyState, CopyStep
from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError, Refused, RefusedError
from loans.models.booking import Booking
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.operations.drop_pick import drop_pick, lacks_copies
from loans.operations.end_loan import end_loan
from loans.operations.fulfil_holds import Waits, fulfil_own, lock_with_holds
from loans.operations.journal import Act, Effects
from loans.operations.lock import lock
from loans.operations.lock_copy import move_copy
from loans.operations.route import leave_the_road
from loans.operations.serve_hold import put_back
from loans.operations.tell_courier import take_back_ready
from loans.queries.hand_out import Promise, hold_on, open_loan_of, parts_of, promise_for
from loans.queries.lending_case import Scene, case_of, due_despite, plan_of
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.booking_states import BookingState, BookingStep, next_state
from loans.rules.codes import OVERRIDES, Refusal
from loans.rules.policy import refusals
from schools.models.person import Person
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class HandOut:
    """A member of staff's wish to hand a copy to a person.

    Attributes:
        copy_id: the copy.
        person_id: who takes it.
        institution_id: for whom, where no booking of the person says so.
        branch_id: the counter.
        booking_id: a booking of the person that is served before any other.
        counted: the parts were counted at this hand-out.
        reason: why it goes out against the rules; empty to obey them.
        in_person: the person was seen at the desk; False where the courier takes it along.
        due_on: until when staff lend it; None for as long as the booking or the terms say.
    """

    copy_id: int
    person_id: int
    institution_id: int
    branch_id: int
    booking_id: int | None = None
    counted: bool = False
    reason: str = ""
    in_person: bool = True
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What came of it.

    Attributes:
        loan: the new loan, flushed.
        booking: the booking it was made on, if any.
        overruled: the reasons that stood against it.
        promised_from: a copy booked by number is promised to somebody else from this day on.
        taken_from: another's booking it had been picked for, which needs another copy now.
        fulfilled: the person's own hold on the title, if there was one.
        put_back: the hold of somebody else for whom it was kept, and who waits again.
        effects: what undoing it needs.
    """

    loan: Loan
    booking: Booking | None
    overruled: tuple[Refused, ...]
    promised_from: date | None = None
    taken_from: Booking | None = None
    fulfilled: Hold | None = None
    put_back: Hold | None = None
    effects: Effects = field(default_factory=dict)


def check_out(session: Session, wish: HandOut, by: Actor, today: date, now: datetime) -> HandedOut:
    """Lend a copy to a person, on the person's own booking if there is one, else as a walk-in.

    Locks holding, copy, person and booking in this order: two desks cannot lend one copy, nor
    push one person over a limit, nor serve one line of a booking twice. The person's own hold
    on the title is fulfilled; who else the copy was kept for waits again at the old place.

    Raises:
        loans.errors.NotFoundError: copy, branch, person or institution lies out of reach.
        loans.errors.RefusedError: the rules forbid it, with every reason; where a reason to
            overrule is given, only those that `by` may not overrule.

    Source:
        docs/rules.md, Lending 4.4, 5.6, 7.3, 8.2 and 8.3.
    """
    copy, waits = lock_with_holds(session, wish.copy_id, wish.person_id)
    act = _Act(session, wish, by, today, now)
    scene = _scene(act, copy, waits)
    plan = plan_of(session, scene)
    reasons = refusals(case_of(session, scene, plan))
    left = _not_overruled(act, reasons, scene.copy)
    if left:
        raise RefusedError(left)
    due_on = due_despite(scene, plan, {reason.code for reason in reasons})
    plain = Act(session, by, today, now, wish.branch_id)
    taken_from = _drop_pick(plain, scene)
    bumped = _clear_the_way(plain, scene)
    loan = _lend(act, scene, due_on)
    booking = None
    if scene.promise is not None:
        booking = _collect(plain, scene.promise)
        _take_purpose(loan, booking, scene.promise.line_id)
    session.flush()
    plain.journal.made(loan)
    own = fulfil_own(plain, copy, scene.person.id, waits)
    _record(act, scene, loan, reasons)
    session.flush()
    return HandedOut(
        loan,
        booking,
        reasons,
        promised_from=plan.reserved_from if scene.copy.numbered else None,
        taken_from=taken_from,
        fulfilled=own[0] if own else None,
        put_back=bumped,
        effects=plain.journal.effects(),
    )


@dataclass(frozen=True, slots=True)
class _Act:
    session: Session
    wish: HandOut
    by: Actor
    today: date
    now: datetime


def _scene(act: _Act, copy: Copy, waits: Waits) -> Scene:
    session, wish, scope = act.session, act.wish, act.by.scope(Right.LEND)
    if not scope.covers_centre(copy.centre_id):
        raise NotFoundError("copy", copy.id)
    person = _locked_person(session, wish.person_id)
    promise = _promise(act, copy, person)
    institution_id = wish.institution_id if promise is None else promise.institution_id
    parts = parts_of(session, copy.id)
    return Scene(
        copy=copy,
        person=person,
        view=_view(act, Where(copy.centre_id, institution_id=institution_id)),
        promise=promise,
        loan=open_loan_of(session, copy.id) if copy.state is CopyState.ON_LOAN else None,
        hold=hold_on(session, copy.id) if copy.state in _KEPT else None,
        uncounted=0 if wish.counted else len(parts),
        critical_missing=sum(part.critical and part.missing > 0 for part in parts),
        own_holds=waits.hold_ids,
        in_person=wish.in_person,
        chosen_due=wish.due_on,
    )


def _promise(act: _Act, copy: Copy, person: Person) -> Promise | None:
    """Return the own booking that the copy serves.

    What staff want back before a booking begins is not lent on it, unless they scanned it.
    """
    wish = act.wish
    promise = promise_for(act.session, copy, person.id, wish.booking_id, act.today)
    if promise is None or wish.due_on is None or promise.booking_id == wish.booking_id:
        return promise
    return None if wish.due_on < promise.period.first else promise


_KEPT = frozenset({CopyState.SET_ASIDE, CopyState.IN_TRANSIT})


def _locked_person(session: Session, person_id: int) -> Person:
    for person in lock(session, Person, [person_id]):
        return person
    raise NotFoundError("person", person_id)


def _view(act: _Act, where: Where) -> Viewpoint:
    """Return the institution's view at the branch; both must lie within reach."""
    scope = act.by.scope(Right.LEND)
    view = viewpoint_of(act.session, scope, where, act.today, act.now)
    customer = view.customer
    if customer is None or not scope.covers_institution(customer.id, customer.centre_id):
        raise NotFoundError("institution", where.institution_id or 0)
    for place in view.places:
        if place.branch_id == act.wish.branch_id:
            return view.at(place.id)
    raise NotFoundError("branch", act.wish.branch_id)


def _not_overruled(act: _Act, reasons: tuple[Refused, ...], copy: Copy) -> tuple[Refused, ...]:
    """Return the reasons that stand; all of them, unless every one but counting is overruled."""
    if not act.wish.reason or not act.by.scope(Right.OVERRIDE).covers_centre(copy.centre_id):
        return reasons
    left = tuple(reason for reason in reasons if OVERRIDES[reason.code] is not Right.OVERRIDE)
    return left if {reason.code for reason in left} <= {Refusal.PARTS_UNCOUNTED} else reasons


def _drop_pick(act: Act, scene: Scene) -> Booking | None:
    """Drop the copy's pick; returns another's booking that needs another copy for it now."""
    own = () if scene.promise is None else (scene.promise.booking_id,)
    booking = drop_pick(act.session, scene.copy.id, own, act.journal)
    if booking is None or not lacks_copies(act.session, booking, scene.copy.holding_id):
        return None
    return booking


def _clear_the_way(act: Act, scene: Scene) -> Hold | None:
    """End what the copy is in the midst of: a loan never settled, a way, a pile, another's hold.

    Returns:
        The hold of somebody else that waits again.
    """
    session, copy = act.session, scene.copy
    act.journal.watch(copy)
    if copy.state in _LOAN_LEFT_OPEN:
        loan = open_loan_of(session, copy.id)
        if loan is not None:
            end_loan(act, loan, loan.received_on or act.today)
    hold = scene.hold
    bumped = None
    if hold is not None and hold.person_id != scene.person.id:
        put_back(act, hold)
        bumped = hold
    if copy.state is CopyState.IN_TRANSIT:
        leave_the_road(act, copy, act.here or copy.home_branch_id)
    return bumped


_LOAN_LEFT_OPEN = frozenset({CopyState.LOST, CopyState.MISSING, CopyState.RECEIVED})
"""States in which the loan before may still be open: claimed lost, or not looked over yet."""


def _lend(act: _Act, scene: Scene, due_on: date) -> Loan:
    copy = scene.copy
    loan = Loan(
        copy_id=copy.id,
        holding_id=copy.holding_id,
        centre_id=copy.centre_id,
        branch_id=act.wish.branch_id,
        person_id=scene.person.id,
        institution_id=scene.institution_id,
        lent_on=act.today,
        lent_at=act.now,
        lent_by=act.by.account_id,
        due_on=due_on,
    )
    act.session.add(loan)
    state = copy_states.next_state(copy.state, CopyStep.LEND)
    if state is None:
        raise ImpossibleStepError("copy", copy.state, CopyStep.LEND)
    move_copy(copy, state)
    copy.branch_id = None
    return loan


def _collect(act: Act, promise: Promise) -> Booking:
    """Count the copy on its line, under the booking's lock."""
    (booking,) = lock(act.session, Booking, [promise.booking_id])
    act.journal.watch(booking, *booking.lines)
    act.journal.concerns(booking)
    for line in booking.lines:
        line.handed_out += line.id == promise.line_id
    whole = all(line.handed_out == line.quantity for line in booking.lines)
    step = BookingStep.COLLECT_ALL if whole else BookingStep.COLLECT_PART
    state = next_state(booking.state, step)
    if state is None:
        raise ImpossibleStepError("booking", booking.state, step)
    if booking.state is BookingState.READY:
        take_back_ready(act.session, booking, act.journal)
    booking.state = state
    return booking


def _take_purpose(loan: Loan, booking: Booking, line_id: int) -> None:
    loan.line_id = line_id
    loan.unit_id, loan.reason = booking.unit_id, booking.reason
    loan.class_name = booking.class_name


def _record(act: _Act, scene: Scene, loan: Loan, overruled: tuple[Refused, ...]) -> None:
    subject = Subject("loan", loan.id, loan.centre_id, loan.institution_id)
    after = {
        "copy": scene.copy.barcode,
        "person_id": loan.person_id,
        "due_on": None if loan.due_on is None else loan.due_on.isoformat(),
        "line_id": loan.line_id,
        "overruled": [str(reason.code) for reason in overruled],
    }
    change = Change("check_out", after=after, reason=act.wish.reason)
    record(act.session, act.by, subject, change, act.now)
