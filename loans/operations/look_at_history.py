"""Look at what somebody borrowed in the past: a look that is written down."""

from datetime import datetime

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.queries.loan_page import borrower_within
from schools.rules.roles import Actor, Right

LOOK = "look_at_history"


def look_at_history(
    session: Session, person_id: int, reason: str, by: Actor, now: datetime
) -> None:
    """Write down that somebody of a centre looks at a person's past loans, and why.

    It stands in the log of the centre that serves the person.

    Raises:
        NotFoundError: the person lies out of the actor's reach.

    Source:
        docs/rules.md, Lending 12.2.
    """
    scope = by.scope(Right.LEND)
    person = borrower_within(session, scope, person_id)
    if person is None:
        raise NotFoundError("person", person_id)
    own = {each.institution.centre_id for each in person.memberships}
    centre_id = min(scope.centre_ids & own or scope.centre_ids, default=None)
    change = Change(LOOK, reason=reason.strip())
    record(session, by, Subject("person", person.id, centre_id), change, now)
