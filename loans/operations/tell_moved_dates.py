"""Owe one letter to each person whose dates a change of the calendar moved."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.queries.moved_dates import AffectedDate, DateKind
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Addressee, Letter, owe_many, person_addressed


def tell_moved_dates(
    session: Session, moved: Iterable[AffectedDate], centre_id: int, why: str, now: datetime
) -> tuple[int, int]:
    """Owe each person one letter that lists their old and new days.

    Args:
        session: in the unit of work that moves the dates.
        moved: the dates; those of nobody are left out.
        centre_id: whose calendar it is.
        why: the name of the closure, if it is one that moves them.
        now: the instant.

    Returns:
        How many people are owed one, and how many have no address.

    Source:
        docs/rules.md, Lending 1.7: once, with one letter.
    """
    by_person: dict[int, list[AffectedDate]] = defaultdict(list)
    for each in moved:
        if each.person_id is not None:
            by_person[each.person_id].append(each)
    people = session.scalars(select(Person).where(Person.id.in_(by_person)).order_by(Person.id))
    act = uuid4().hex
    owed = (
        (_letter(act, each.id, by_person[each.id], why), _to(each, by_person[each.id], centre_id))
        for each in people
    )
    told = owe_many(session, owed, now)
    return told, len(by_person) - told


def _letter(act: str, person_id: int, own: Sequence[AffectedDate], why: str) -> Letter:
    kind = LetterKind.DATES_MOVED
    return Letter(kind, f"{kind.value}:{act}:{person_id}", _facts(own, why))


def _to(person: Person, own: Sequence[AffectedDate], centre_id: int) -> Addressee:
    schools = {each.institution_id for each in own}
    institution_id = schools.pop() if len(schools) == 1 else None
    return person_addressed(person, centre_id=centre_id, institution_id=institution_id)


def _facts(own: Sequence[AffectedDate], why: str) -> dict[str, Any]:
    return {
        "why": why,
        "moved": [
            {
                _KEYS[each.kind]: each.id,
                "title": each.title,
                "kind": each.kind.value,
                "before": each.day.isoformat(),
                "after": "" if each.move.to is None else each.move.to.isoformat(),
            }
            for each in own
        ],
    }


_KEYS = {DateKind.LOAN: "loan", DateKind.PICKUP: "hold"}
"""What a date is the end of, as other letters name it."""
