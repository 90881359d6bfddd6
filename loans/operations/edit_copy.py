"""Edit a copy; one that is not lent any more is kept for nobody and lies ready for nobody."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.operations.edit_copy import CopyFacts, edit_copy
from loans.operations.drop_pick import drop_pick
from loans.operations.journal import Act
from loans.operations.lock_copy import lock_copy
from loans.operations.pass_on import release
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class CopyEdit:
    """What staff say about a copy, and the edition of what they opened."""

    copy_id: int
    facts: CopyFacts
    edition: str


def edit_copy_in_stock(
    session: Session, wish: CopyEdit, by: Actor, today: date, now: datetime
) -> Copy:
    """Take over what somebody edited of a copy.

    Locks holding and copy, and the booking it was picked for. Where it is not lent any more,
    whoever it was kept for waits again.

    Raises:
        loans.errors.NotFoundError: there is no such copy.
        catalogue.errors.NotFoundError: it is of no centre of the actor's.
        catalogue.errors.ChangedMeanwhileError: it is not the one that was opened any more.
        catalogue.errors.InvalidError: a value cannot be stored.
        catalogue.errors.ActRefusedError: it is withdrawn, or on loan and its lending would change.

    Source:
        docs/rules.md, Lending 4.2, 5.6 and 7.2.
    """
    copy = lock_copy(session, wish.copy_id)
    if copy.lendable and not wish.facts.lendable:
        release(Act(session, by, today, now), copy)
        drop_pick(session, copy.id)
    return edit_copy(session, wish.copy_id, (wish.facts, wish.edition), by, now)
