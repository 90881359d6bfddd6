"""Who looks after media at a school, and is told of what is long overdue."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from schools.models.person import Membership, MembershipRole, Person


def media_officers(
    session: Session, institution_ids: Collection[int], day: date
) -> dict[int, Sequence[Person]]:
    """Return by school its media officers on a day who have an address, in one statement."""
    query = (
        select(Membership.institution_id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.institution_id.in_(institution_ids))
        .where(Membership.role == MembershipRole.MEDIA_OFFICER, Membership.first <= day)
        .where(or_(Membership.last.is_(None), Membership.last >= day))
        .where(Person.email.is_not(None))
        .order_by(Membership.institution_id, Person.id)
    )
    found: dict[int, list[Person]] = defaultdict(list)
    for institution_id, person in session.execute(query):
        found[institution_id].append(person)
    return dict(found)
