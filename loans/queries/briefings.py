"""Who was shown how to use what needs a briefing."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from loans.models.briefing import Briefing
from schools.models.account import Account
from schools.models.person import Person
from schools.rules.roles import Scope
from schools.vocabularies.media_types import MediaCategory, media_type


@dataclass(frozen=True, slots=True)
class BriefingFacts:
    """A briefing as the person's page shows it; `by` is empty where nobody knows."""

    id: int
    category: MediaCategory
    given_on: date
    by: str


def is_briefed(session: Session, person_id: int, centre_id: int, type_code: str) -> bool:
    """Say whether a centre briefed a person for a media type's category.

    Source:
        docs/rules.md, Lending 2.1.
    """
    asked = {
        "person_id": person_id,
        "centre_id": centre_id,
        "category": media_type(type_code).category.value,
    }
    return session.scalar(_given(), asked) is not None


@cache
def _given() -> Select[int]:
    """Build the statement once: building it costs more than asking."""
    return select(Briefing.id).where(
        Briefing.person_id == bindparam("person_id"),
        Briefing.centre_id == bindparam("centre_id"),
        Briefing.media_category == bindparam("category"),
    )


def briefings_of(session: Session, scope: Scope, person_id: int) -> tuple[BriefingFacts, ...]:
    """Return the briefings a person had from the scope's centres, in one statement."""
    rows: Any = session.execute(
        select(
            Briefing.id,
            Briefing.media_category,
            Briefing.given_on,
            Person.given_name,
            Person.family_name,
        )
        .outerjoin(Account, Account.id == Briefing.given_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Briefing.person_id == person_id, Briefing.centre_id.in_(scope.centre_ids))
        .order_by(Briefing.media_category)
    )
    return tuple(
        BriefingFacts(key, MediaCategory(category), on, f"{given or ''} {family or ''}".strip())
        for key, category, on, given, family in rows
    )
