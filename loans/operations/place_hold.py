"""Place a hold: a person waits for a title of which nothing is free."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from catalogue.rules.licences import LicenceGap, licence_gaps
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.hold import STILL_OPEN, Hold
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.queries.availability import HoldingFacts, availability, holding_facts, licences_of
from loans.queries.borrowers import (
    Borrower,
    is_overdue_blocked,
    memberships_of,
    terms_of_membership,
)
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.availability import Availability, Wish, check_wish
from loans.rules.codes import Refusal
from loans.rules.hold_policy import HoldCase, hold_refusals
from schools.models.media_centre import PlaceKind
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldWish:
    """What somebody wants to wait for.

    Attributes:
        holding_id: of a centre the actor works with.
        person_id: who waits; somebody else than the actor where staff do it for a caller.
        institution_id: acted for; None for that of the oldest membership there.
        period: the days it is for; None for as soon as possible.
        quantity: how many were looked for; one copy is waited for all the same.
        not_after: the last day on which it is of use.
        place_id: a counter of the centre; None for its first.
    """

    holding_id: int
    person_id: int
    institution_id: int | None = None
    period: Period | None = None
    quantity: int = 1
    not_after: date | None = None
    place_id: int | None = None


def place_hold(session: Session, wish: HoldWish, by: Actor, today: date, now: datetime) -> Hold:
    """Let a person wait at the end of a holding's queue.

    Locks the holding, then the person.

    Raises:
        loans.errors.NotFoundError: no such holding, person or counter within the actor's reach.
        loans.errors.RefusedError: every reason against it.

    Source:
        docs/rules.md, Lending 7.1.
    """
    holding = _holding(session, wish, by)
    person = _person(session, wish)
    borrower = _borrower(session, wish, holding, by, today)
    where = Where(holding.centre_id, wish.place_id, borrower.institution_id)
    view = viewpoint_of(session, by.scope(Right.BOOK), where, today, now)
    if view.place.kind is not PlaceKind.COUNTER:
        raise NotFoundError("place", view.place.id)
    case = _case(session, view, wish, holding, person)
    refused = hold_refusals(case)
    if refused:
        raise RefusedError(refused)
    hold = _written(session, view, wish, by)
    _record(session, hold, holding, by, now)
    return hold


def _holding(session: Session, wish: HoldWish, by: Actor) -> Holding:
    for holding in lock(session, Holding, {wish.holding_id}):
        if holding.centre_id in by.centre_ids():
            return holding
    raise NotFoundError("holding", wish.holding_id)


def _person(session: Session, wish: HoldWish) -> Person:
    for person in lock(session, Person, {wish.person_id}):
        return person
    raise NotFoundError("person", wish.person_id)


def _borrower(
    session: Session, wish: HoldWish, holding: Holding, by: Actor, today: date
) -> Borrower:
    """Return for whom the person waits: as named, or the oldest membership at the centre."""
    found = memberships_of(session, by.scope(Right.BOOK), wish.person_id, today)
    here = [each for each in found if each.centre_id == holding.centre_id]
    for each in here:
        if wish.institution_id in {None, each.institution_id}:
            return each
    if found and not here:
        raise RefusedError((Refused(Refusal.MEMBERSHIP_ENDED),))
    raise NotFoundError("person", wish.person_id)


def _case(
    session: Session, view: Viewpoint, wish: HoldWish, holding: Holding, person: Person
) -> HoldCase:
    facts = _facts(session, view, holding)
    institution_id = 0 if view.customer is None else view.customer.id
    period = wish.period or Period(view.today, view.today)
    found = availability(session, view, {facts.id}, period)[facts.id]
    return HoldCase(
        today=view.today,
        period=wish.period,
        not_after=wish.not_after,
        wanted=wish.quantity,
        free=_free(found, wish, view.today),
        copies=_copies(session, holding),
        has_copy=_has_copy(session, holding.title_id, person.id),
        waits=_waits(session, holding.title_id, person.id),
        memberships=terms_of_membership(session, person.id, institution_id),
        has_terms=view.effective(facts.type_code).terms is not None,
        blocked=person.blocked,
        block_reason=person.block_reason,
        overdue_block=is_overdue_blocked(session, view, person.id),
        licence_gaps=_gaps(session, view, facts, period),
        days=() if wish.period is None else _days(found, wish.period),
    )


def _facts(session: Session, view: Viewpoint, holding: Holding) -> HoldingFacts:
    for facts in holding_facts(session, view, {holding.id}):
        return facts
    raise NotFoundError("holding", holding.id)


def _free(found: Availability, wish: HoldWish, today: date) -> int:
    """Return how many are free now, or in the period, signed.

    Source:
        docs/rules.md, Lending 7.1: nothing free now, or in its period.
    """
    return found.free_on(today) if wish.period is None else found.free_for(wish.period)


def _days(found: Availability, period: Period) -> tuple[Refused, ...]:
    against = check_wish(found, Wish(period=period, quantity=0))
    return tuple(each for each in against if each.code is not Refusal.NOT_FREE)


def _gaps(
    session: Session, view: Viewpoint, facts: HoldingFacts, period: Period
) -> tuple[LicenceGap, ...]:
    if view.customer is None:
        return ()
    licences = licences_of(session, view, {facts.title_id}).get(facts.title_id, ())
    return licence_gaps(licences, view.customer.licensee, period)


def _copies(session: Session, holding: Holding) -> int:
    gone = {CopyState.WITHDRAWN, CopyState.LOST}
    query = select(func.count(Copy.id)).where(Copy.holding_id == holding.id)
    return session.scalar(query.where(Copy.state.not_in(gone), Copy.owner_id.is_(None))) or 0


def _has_copy(session: Session, title_id: int, person_id: int) -> bool:
    """Say whether a person has a copy, and might renew it: what was received is given back."""
    lent = (
        exists()
        .where(Loan.person_id == person_id, Loan.returned_on.is_(None), ~Loan.placed)
        .where(Loan.received_on.is_(None))
        .where(Loan.holding_id == Holding.id, Holding.title_id == title_id)
    )
    return bool(session.scalar(select(lent)))


def _waits(session: Session, title_id: int, person_id: int) -> bool:
    waiting = (
        exists()
        .where(Hold.person_id == person_id, Hold.state.in_(STILL_OPEN))
        .where(Hold.holding_id == Holding.id, Holding.title_id == title_id)
    )
    return bool(session.scalar(select(waiting)))


def _written(session: Session, view: Viewpoint, wish: HoldWish, by: Actor) -> Hold:
    last = session.scalar(
        select(func.max(Hold.rank)).where(
            Hold.holding_id == wish.holding_id, Hold.state.in_(STILL_OPEN)
        )
    )
    period = wish.period
    hold = Hold(
        holding_id=wish.holding_id,
        person_id=wish.person_id,
        institution_id=0 if view.customer is None else view.customer.id,
        place_id=view.place.id,
        rank=(last or 0) + 1,
        first=None if period is None else period.first,
        last=None if period is None else period.last,
        not_after=wish.not_after,
        created_at=view.now,
        created_by=by.account_id,
    )
    session.add(hold)
    session.flush()
    return hold


def _record(session: Session, hold: Hold, holding: Holding, by: Actor, now: datetime) -> None:
    subject = Subject("hold", hold.id, holding.centre_id, hold.institution_id)
    after = {
        "holding_id": holding.id,
        "person_id": hold.person_id,
        "rank": hold.rank,
        "first": None if hold.first is None else hold.first.isoformat(),
    }
    record(session, by, subject, Change("place_hold", after=after), now)
