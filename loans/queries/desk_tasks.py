"""What waits for staff of a branch besides whoever stands at the desk, counted."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.models.transit import Transit
from loans.queries.borrowers import within
from schools.models.media_centre import PickupPlace
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class DeskTasks:
    """How much waits.

    Attributes:
        set_aside: copies kept at this branch for whoever fetches them.
        coming: copies on their way to it.
        received: copies that wait to be looked over here.
        reviews: placements of the centre whose day of review has come.
    """

    set_aside: int = 0
    coming: int = 0
    received: int = 0
    reviews: int = 0


def desk_tasks(session: Session, scope: Scope, branch_id: int, today: date) -> DeskTasks:
    """Count what waits at a branch, in one statement."""
    here = and_(
        PickupPlace.branch_id == branch_id, within(scope, Holding.centre_id, Hold.institution_id)
    )
    set_aside = (
        select(func.count(Hold.id))
        .join(PickupPlace, PickupPlace.id == Hold.place_id)
        .join(Holding, Holding.id == Hold.holding_id)
        .where(Hold.state == HoldState.SET_ASIDE, here)
    )
    coming = (
        select(func.count(Transit.id))
        .join(Copy, Copy.id == Transit.copy_id)
        .where(Transit.ended_at.is_(None), Transit.to_branch_id == branch_id)
        .where(Copy.centre_id.in_(scope.centre_ids))
    )
    received = select(func.count(Copy.id)).where(
        Copy.state == CopyState.RECEIVED,
        Copy.branch_id == branch_id,
        Copy.centre_id.in_(scope.centre_ids),
    )
    reviews = select(func.count(Loan.id)).where(
        Loan.placed, Loan.returned_on.is_(None), Loan.review_on <= today
    )
    reviews = reviews.where(Loan.centre_id.in_(scope.centre_ids))
    counts = (each.scalar_subquery() for each in (set_aside, coming, received, reviews))
    row = session.execute(select(*counts)).one()
    return DeskTasks(*(int(each or 0) for each in row))
