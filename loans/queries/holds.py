"""Holds as pages show them: a person's, one, those at a counter, and the queues of a centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.hold import STILL_OPEN, Hold, HoldState
from loans.queries.borrowers import within
from loans.rules.holds import Ending
from schools.models.institution import Institution
from schools.models.media_centre import Branch, PickupPlace
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Scope

REMEMBERED = timedelta(days=30)
"""So long one's own list shows what is over."""

PAGE = 25


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A hold with everything its pages say.

    Attributes:
        in_line: the place among those that wait, from 1; of one that does not wait, 0.
        waiting: how many wait for the holding.
        barcode: of the copy kept for it; empty without one.
    """

    id: int
    state: HoldState
    holding_id: int
    centre_id: int
    title_id: int
    title: str
    type_code: str
    shelf_mark: str
    person_id: int
    person: str
    card: str
    institution_id: int
    institution: str
    place: str
    branch_id: int
    branch: str
    first: date | None
    last: date | None
    not_after: date | None
    suspended_until: date | None
    ready_on: date | None
    pickup_deadline: date | None
    created_at: datetime
    ended_at: datetime | None
    ended_why: Ending | None
    barcode: str
    in_line: int
    waiting: int

    @property
    def period(self) -> Period | None:
        """The days it is for, if any."""
        if self.first is None or self.last is None:
            return None
        return Period(self.first, self.last)

    @property
    def is_open(self) -> bool:
        """Say whether it waits, or a copy is kept for it."""
        return self.state in STILL_OPEN

    @property
    def waits(self) -> bool:
        """Say whether nothing is kept for it yet."""
        return self.state is HoldState.WAITING

    def is_suspended(self, today: date) -> bool:
        """Say whether it is passed over today by its owner's wish."""
        return self.suspended_until is not None and today <= self.suspended_until


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """A holding that somebody waits for, and for how many a copy is kept."""

    holding_id: int
    title_id: int
    title: str
    waiting: int
    kept: int
    since: datetime


def holds_of_person(session: Session, person_id: int, now: datetime) -> tuple[HoldFacts, ...]:
    """Return a person's holds in one statement: those ready first, then by date, over last."""
    query = _holds().where(Hold.person_id == person_id)
    recent = or_(Hold.state.in_(STILL_OPEN), Hold.ended_at > now - REMEMBERED)
    rows = session.execute(query.where(recent).order_by(Hold.created_at, Hold.id))
    return tuple(sorted((_facts(row) for row in rows), key=_urgency))


def hold_within(session: Session, scope: Scope, hold_id: int) -> HoldFacts | None:
    """Return a hold; None where the scope ends."""
    own = [] if scope.person_id is None else [Hold.person_id == scope.person_id]
    near = within(scope, Holding.centre_id, Hold.institution_id)
    row = session.execute(_holds().where(Hold.id == hold_id, or_(near, *own))).first()
    return None if row is None else _facts(row)


def open_holds_of(session: Session, scope: Scope, holding_id: int) -> tuple[HoldFacts, ...]:
    """Return the open holds of a holding by rank; none where the scope ends."""
    query = _holds().where(Hold.holding_id == holding_id, Hold.state.in_(STILL_OPEN))
    rows = session.execute(
        query.where(within(scope, Holding.centre_id, Hold.institution_id)).order_by(Hold.rank)
    )
    return tuple(_facts(row) for row in rows)


def kept_at(session: Session, scope: Scope, branch_id: int) -> tuple[HoldFacts, ...]:
    """Return what is set aside at a branch, or on its way there, what runs out first on top."""
    kept = Hold.state.in_({HoldState.SET_ASIDE, HoldState.IN_TRANSIT})
    query = _holds().where(kept, PickupPlace.branch_id == branch_id)
    rows = session.execute(
        query.where(within(scope, Holding.centre_id, Hold.institution_id)).order_by(
            Hold.state.desc(), Hold.pickup_deadline, Title.name, Hold.id
        )
    )
    return tuple(_facts(row) for row in rows)


def queues_within(session: Session, scope: Scope, page: int) -> tuple[Sequence[QueueFacts], int]:
    """Return a page of the holdings somebody waits for, and how many there are; two statements."""
    waiting = func.sum(case((Hold.state == HoldState.WAITING, 1), else_=0))
    query = (
        select(
            Hold.holding_id,
            Title.id,
            Title.name,
            waiting,
            func.count(Hold.id) - waiting,
            func.min(Hold.created_at),
        )
        .join(Holding, Holding.id == Hold.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(Hold.state.in_(STILL_OPEN), within(scope, Holding.centre_id, Hold.institution_id))
        .group_by(Hold.holding_id, Title.id, Title.name)
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(waiting.desc(), Title.name, Hold.holding_id)
    rows = session.execute(ordered.offset((page - 1) * PAGE).limit(PAGE))
    return [QueueFacts(*row) for row in rows], total


def _holds() -> Select[*tuple[Any, ...]]:
    other = aliased(Hold)
    beside = select(func.count(other.id)).where(
        other.holding_id == Hold.holding_id, other.state == HoldState.WAITING
    )
    return (
        select(
            Hold,
            Holding.centre_id,
            Holding.shelf_mark,
            Title.id.label("title_id"),
            Title.name.label("title"),
            Title.media_type,
            Person,
            Institution,
            PickupPlace.name.label("place"),
            PickupPlace.branch_id,
            Branch.name.label("branch"),
            Copy.barcode,
            beside.where(other.rank <= Hold.rank)
            .correlate(Hold)
            .scalar_subquery()
            .label("before"),
            beside.correlate(Hold).scalar_subquery().label("waiting"),
        )
        .join(Holding, Holding.id == Hold.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Person, Person.id == Hold.person_id)
        .join(Institution, Institution.id == Hold.institution_id)
        .join(PickupPlace, PickupPlace.id == Hold.place_id)
        .join(Branch, Branch.id == PickupPlace.branch_id)
        .outerjoin(Copy, Copy.id == Hold.copy_id)
    )


def _facts(row: Row[*tuple[Any, ...]]) -> HoldFacts:
    hold: Hold = row.Hold
    person: Person = row.Person
    school: Institution = row.Institution
    return HoldFacts(
        id=hold.id,
        state=hold.state,
        holding_id=hold.holding_id,
        centre_id=row.centre_id,
        title_id=row.title_id,
        title=row.title,
        type_code=row.media_type,
        shelf_mark=row.shelf_mark,
        person_id=hold.person_id,
        person=person.name,
        card=person.card,
        institution_id=hold.institution_id,
        institution=school.short_name or school.name,
        place=row.place,
        branch_id=row.branch_id,
        branch=row.branch,
        first=hold.first,
        last=hold.last,
        not_after=hold.not_after,
        suspended_until=hold.suspended_until,
        ready_on=hold.ready_on,
        pickup_deadline=hold.pickup_deadline,
        created_at=hold.created_at,
        ended_at=hold.ended_at,
        ended_why=hold.ended_why,
        barcode=row.barcode or "",
        in_line=row.before if hold.state is HoldState.WAITING else 0,
        waiting=row.waiting,
    )


def _urgency(hold: HoldFacts) -> tuple[int, date]:
    order = (HoldState.SET_ASIDE, HoldState.IN_TRANSIT, HoldState.WAITING)
    place = order.index(hold.state) if hold.state in order else len(order)
    return place, hold.pickup_deadline or hold.created_at.date()
