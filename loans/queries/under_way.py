"""What is under way between branches, and what was received and waits to be looked over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.models.copy import Copy, Part
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.models.transit import Transit
from loans.queries.borrowers import within
from schools.models.institution import Institution
from schools.models.media_centre import Branch
from schools.rules.roles import Scope

PAGE = 50


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A copy on its way from one branch to another.

    Attributes:
        school: whose person waits for it; empty on its way home.
    """

    id: int
    copy_id: int
    barcode: str
    title: str
    from_branch_id: int
    from_branch: str
    to_branch_id: int
    to_branch: str
    sent_at: datetime
    school: str


@dataclass(frozen=True, slots=True)
class Received:
    """A copy that is in the house and waits to be looked over.

    Attributes:
        parts: kinds of parts to count.
        late: it came back after its due date.
    """

    copy_id: int
    barcode: str
    title: str
    shelf_mark: str
    school: str
    loan_id: int
    received_on: date
    due_on: date | None
    parts: int

    @property
    def late(self) -> bool:
        """Say whether it was received too late."""
        return self.due_on is not None and self.received_on > self.due_on


def under_way(
    session: Session, scope: Scope, branch_id: int, page: int
) -> tuple[Sequence[UnderWay], int]:
    """Return a page of what is under way to or from a branch, the oldest first; two statements."""
    query = _transits().where(
        within(scope, Copy.centre_id, Hold.institution_id),
        or_(Transit.from_branch_id == branch_id, Transit.to_branch_id == branch_id),
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    coming_first = (Transit.to_branch_id == branch_id).desc()
    ordered = query.order_by(coming_first, Transit.sent_at, Transit.id)
    rows = session.execute(ordered.offset((page - 1) * PAGE).limit(PAGE))
    return [UnderWay(*row) for row in rows], total


def received(
    session: Session, scope: Scope, branch_id: int, page: int
) -> tuple[Sequence[Received], int]:
    """Return a page of what waits to be looked over at a branch, the oldest first."""
    query = _received().where(
        within(scope, Copy.centre_id, Loan.institution_id), Copy.branch_id == branch_id
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Loan.received_on, Title.name, Copy.id)
    rows = session.execute(ordered.offset((page - 1) * PAGE).limit(PAGE))
    return [Received(*row) for row in rows], total


def _transits() -> Select[*tuple[Any, ...]]:
    origin, goal = aliased(Branch), aliased(Branch)
    waits = and_(Hold.copy_id == Transit.copy_id, Hold.state == HoldState.IN_TRANSIT)
    school = func.coalesce(func.nullif(Institution.short_name, ""), Institution.name, "")
    return (
        select(
            Transit.id,
            Copy.id,
            Copy.barcode,
            Title.name,
            Transit.from_branch_id,
            origin.name,
            Transit.to_branch_id,
            goal.name,
            Transit.sent_at,
            school,
        )
        .join(Copy, Copy.id == Transit.copy_id)
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(origin, origin.id == Transit.from_branch_id)
        .join(goal, goal.id == Transit.to_branch_id)
        .outerjoin(Hold, waits)
        .outerjoin(Institution, Institution.id == Hold.institution_id)
        .where(Transit.ended_at.is_(None))
    )


def _received() -> Select[*tuple[Any, ...]]:
    parts = select(func.count(Part.id)).where(Part.copy_id == Copy.id).scalar_subquery()
    school = func.coalesce(func.nullif(Institution.short_name, ""), Institution.name)
    return (
        select(
            Copy.id,
            Copy.barcode,
            Title.name,
            Holding.shelf_mark,
            school,
            Loan.id,
            Loan.received_on,
            Loan.due_on,
            parts,
        )
        .join(Loan, and_(Loan.copy_id == Copy.id, Loan.returned_on.is_(None)))
        .join(Institution, Institution.id == Loan.institution_id)
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(Copy.state == CopyState.RECEIVED)
    )
