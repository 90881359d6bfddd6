"""Owe a letter: write it down in the transaction that gives rise to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a letter goes to, and whose letter it is.

    Attributes:
        address: e-mail address; without one nothing is owed.
        name: for the salutation.
        locale: ``de`` or ``en``.
        person_id: the person, if the store knows one.
        institution_id: the school it concerns.
        centre_id: the centre whose office sees it and whose desk is answered to.
    """

    address: str | None
    name: str = ""
    locale: str = "de"
    person_id: int | None = None
    institution_id: int | None = None
    centre_id: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What is owed.

    Attributes:
        kind: `app.letters` has a template for each.
        occasion: unique text, such as ``booking_confirmed:R-1203:0``; nobody is told twice.
        facts: plain JSON values that the template names; days as ISO text.
    """

    kind: LetterKind
    occasion: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def person_addressed(
    person: Person, *, centre_id: int | None = None, institution_id: int | None = None
) -> Addressee:
    """Return a person as an addressee."""
    return Addressee(
        person.email, person.name, person.locale, person.id, institution_id, centre_id
    )


def owe(session: Session, letter: Letter, to: Addressee, now: datetime) -> bool:
    """Write a letter down for the worker to send; call it inside the act's unit of work.

    Returns:
        False if the letter of that occasion is owed already, or there is no address.
    """
    known = select(OwedLetter.id).where(OwedLetter.occasion == letter.occasion)
    if not to.address or session.scalar(known) is not None:
        return False
    session.add(OwedLetter(**_values(letter, to, now)))
    session.flush()
    return True


def owe_many(session: Session, owed: Iterable[tuple[Letter, Addressee]], now: datetime) -> int:
    """Write down letters of occasions that never were before, all in a few statements.

    Args:
        session: inside the act's unit of work.
        owed: letters with whom they go to; those without an address are left out.
        now: the instant.

    Returns:
        How many are owed.

    Raises:
        sqlalchemy.exc.IntegrityError: an occasion was there before.
    """
    rows = [_values(letter, to, now) for letter, to in owed if to.address]
    if rows:
        session.execute(insert(OwedLetter), rows)
    return len(rows)


def _values(letter: Letter, to: Addressee, now: datetime) -> dict[str, Any]:
    return {
        "kind": letter.kind,
        "occasion": letter.occasion,
        "to_address": to.address,
        "to_name": to.name,
        "locale": to.locale,
        "facts": dict(letter.facts),
        "person_id": to.person_id,
        "institution_id": to.institution_id,
        "centre_id": to.centre_id,
        "created_at": now,
        "next_try_at": now,
    }
