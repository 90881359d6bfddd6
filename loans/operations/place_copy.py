"""Place a copy at a school for good: no day to be back, but a day to look at it again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.audit import Change
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.loan import Loan
from loans.operations.journal import Act
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.locked_loan import locked_loan, record_loan
from loans.queries.hand_out import hold_on
from loans.queries.scanned import ScannedCopy, scanned
from loans.queries.short_bookings import ShortBooking, short_bookings
from loans.rules.codes import LoanRefusal, Refusal
from schools.models.institution import Institution
from schools.models.person import Membership
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Placement:
    """A copy that shall stand at a school.

    Attributes:
        barcode: what stands on its label, as at the desk.
        institution_id: the school, served by the copy's centre.
        review_on: when somebody looks at it again.
        person_id: who answers for it there; None for the school itself.
        class_name: the room or class it stands in.
    """

    barcode: str
    institution_id: int
    review_on: date
    person_id: int | None = None
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """When a placement is looked at again."""

    loan_id: int
    review_on: date


def place_copy(
    session: Session, wish: Placement, by: Actor, today: date, now: datetime
) -> tuple[Loan, tuple[ShortBooking, ...]]:
    """Place a copy that is in the house at a school; it leaves the capacity until it is back.

    Locks holding and copy. It counts against no limit.

    Returns:
        The placement, and the bookings ahead that lack a copy now.

    Raises:
        loans.errors.NotFoundError: copy, school or person lies out of reach.
        loans.errors.RefusedError: the copy is out, kept for somebody or out of lending; or the
            review does not lie ahead.

    Source:
        docs/rules.md, Lending 2.4, 3.5 and 4.2.
    """
    act = Act(session, by, today, now)
    copy = _copy(act, wish.barcode)
    school = _school(act, wish, copy)
    _check(act, copy, wish)
    loan = Loan(
        copy_id=copy.id,
        holding_id=copy.holding_id,
        centre_id=copy.centre_id,
        branch_id=copy.stands_at,
        person_id=wish.person_id,
        institution_id=school.id,
        class_name=wish.class_name.strip(),
        placed=True,
        review_on=wish.review_on,
        lent_on=today,
        lent_at=now,
        lent_by=by.account_id,
    )
    session.add(loan)
    move_copy(copy, CopyState.ON_LOAN, is_placed=True)
    copy.branch_id = None
    session.flush()
    after = {"copy": copy.barcode, "review_on": wish.review_on.isoformat()}
    record_loan(act, loan, Change("place_copy", after=after))
    session.flush()
    short = short_bookings(session, by.scope(Right.LEND), copy.holding, today, now)
    return loan, short


def review_placement(
    session: Session, wish: Review, by: Actor, today: date, now: datetime
) -> Loan:
    """Let a placement stand and name the next day to look at it.

    Raises:
        loans.errors.NotFoundError: no such loan at a centre of the actor.
        loans.errors.RefusedError: it is over, no placement, or the day does not lie ahead.

    Source:
        docs/rules.md, Lending 3.5.
    """
    act = Act(session, by, today, now)
    loan, _placed_copy = locked_loan(session, wish.loan_id, by)
    if not loan.placed:
        raise RefusedError((Refused(LoanRefusal.NOT_PLACED),))
    _check_review(wish.review_on, today)
    before = None if loan.review_on is None else loan.review_on.isoformat()
    loan.review_on = wish.review_on
    after = {"review_on": wish.review_on.isoformat()}
    record_loan(act, loan, Change("review_placement", {"review_on": before}, after))
    session.flush()
    return loan


def _copy(act: Act, barcode: str) -> Copy:
    scope = act.by.scope(Right.LEND)
    for centre_id in sorted(scope.centre_ids):
        found = scanned(act.session, scope, centre_id, barcode)
        if isinstance(found, ScannedCopy):
            return lock_copy(act.session, found.id)
    raise NotFoundError("copy", barcode)


def _school(act: Act, wish: Placement, copy: Copy) -> Institution:
    school = act.session.get(Institution, wish.institution_id)
    if school is None or school.centre_id != copy.centre_id:
        raise NotFoundError("institution", wish.institution_id)
    if wish.person_id is not None:
        held = select(Membership.id).where(
            Membership.person_id == wish.person_id, Membership.institution_id == school.id
        )
        if act.session.scalar(held) is None:
            raise NotFoundError("person", wish.person_id)
    return school


def _check(act: Act, copy: Copy, wish: Placement) -> None:
    _check_review(wish.review_on, act.today)
    if hold_on(act.session, copy.id) is not None:
        raise RefusedError((Refused(Refusal.SET_ASIDE),))
    code = _IN_THE_WAY.get(copy.state)
    if code is not None:
        raise RefusedError((Refused(code, {"state": copy.state.value}),))
    if not copy.lendable:
        facts = {"reason": copy.not_lendable_reason}
        raise RefusedError((Refused(Refusal.NOT_LENDABLE, facts),))


def _check_review(review_on: date, today: date) -> None:
    if review_on <= today:
        raise RefusedError((Refused(LoanRefusal.REVIEW_IN_PAST),))


_IN_THE_WAY = {
    CopyState.ON_LOAN: Refusal.ON_LOAN,
    CopyState.RECEIVED: Refusal.NOT_LENDABLE,
    CopyState.IN_TRANSIT: Refusal.NOT_LENDABLE,
    CopyState.INCOMPLETE: Refusal.INCOMPLETE,
    CopyState.IN_REPAIR: Refusal.NOT_LENDABLE,
    CopyState.MISSING: Refusal.MISSING,
    CopyState.LOST: Refusal.LOST,
    CopyState.WITHDRAWN: Refusal.WITHDRAWN,
}
"""What keeps a copy from being placed, by its state."""
