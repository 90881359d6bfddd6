"""Manage a person: keep from borrowing for a while, and give another card."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.errors import NotFoundError
from schools.models.institution import Institution
from schools.models.person import Membership, Person
from schools.operations.open_account import new_card
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Block:
    """A person is kept from borrowing, with a reason that they are told; None lifts it."""

    person_id: int
    reason: str | None


def block_person(session: Session, wish: Block, by: Actor, now: datetime) -> None:
    """Keep a person from borrowing and booking, or lift that; doing it again changes nothing.

    Raises:
        NotFoundError: no such person at an institution within the actor's scope of lending.

    Source:
        docs/rules.md, Lending 8.3: BLOCKED.
    """
    person, centre_id = _reached(session, wish.person_id, by)
    before = {"blocked": person.blocked, "reason": person.block_reason}
    person.blocked = wish.reason is not None
    person.block_reason = wish.reason or ""
    after = {"blocked": person.blocked, "reason": person.block_reason}
    if before == after:
        return
    act = "block_person" if person.blocked else "unblock_person"
    change = Change(act, before=before, after=after, reason=wish.reason or "")
    record(session, by, Subject("person", person.id, centre_id=centre_id), change, now)


def give_card(session: Session, person_id: int, by: Actor, now: datetime) -> str:
    """Give a person another card number; the old card opens nothing any more.

    Raises:
        NotFoundError: no such person at an institution within the actor's scope of lending.

    Source:
        docs/rules.md, Accounts 1.8.
    """
    person, centre_id = _reached(session, person_id, by)
    person.card = new_card()
    record(session, by, Subject("person", person.id, centre_id=centre_id), Change("card"), now)
    return person.card


def look_at_history(session: Session, person_id: int, by: Actor, now: datetime) -> None:
    """Note in the audit log that somebody looks at what a person borrowed in the past.

    Raises:
        NotFoundError: no such person at an institution within the actor's scope of lending.

    Source:
        docs/rules.md, Lending 12.2.
    """
    person, centre_id = _reached(session, person_id, by)
    change = Change("look_at_history")
    record(session, by, Subject("person", person.id, centre_id=centre_id), change, now)


def _reached(session: Session, person_id: int, by: Actor) -> tuple[Person, int]:
    """Return the person under its lock, and the centre through which it is reached."""
    centre_ids = by.scope(Right.LEND).centre_ids
    centre_id = session.scalar(
        select(Institution.centre_id)
        .join(Membership, Membership.institution_id == Institution.id)
        .where(Membership.person_id == person_id, Institution.centre_id.in_(centre_ids))
        .order_by(Membership.last.is_(None).desc(), Membership.last.desc())
        .limit(1)
    )
    person = session.scalar(
        select(Person)
        .where(Person.id == person_id)
        .with_for_update(key_share=True, of=Person)
        .execution_options(populate_existing=True)
    )
    if centre_id is None or person is None:
        raise NotFoundError("person", person_id)
    return person, centre_id
