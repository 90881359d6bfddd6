"""Owe the receipt of a session at the desk, one letter a session."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loans.models.desk_session import DeskSession
from loans.queries.choices import choices_of
from loans.queries.receipts import ReceiptLine, lines_of
from schools.models.media_centre import Branch
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Letter, owe, person_addressed


def tell_receipt(session: Session, desk: DeskSession, now: datetime) -> bool:
    """Owe the person of a session its receipt, where the centre sends receipts.

    What came back for another institution is not told to this one.

    Returns:
        False without a person, an address, or anything lent or taken back; or if the session's
        receipt is owed already.

    Source:
        docs/rules.md, Lending 8.7.
    """
    if desk.person_id is None:
        return False
    lent, every = lines_of(session, desk.id)
    returned = [line for line in every if line.institution_id == desk.institution_id]
    if not lent and not returned:
        return False
    centre_id = session.get_one(Branch, desk.branch_id).centre_id
    if not choices_of(session, centre_id).mails_receipts:
        return False
    letter = Letter(LetterKind.LOAN_RECEIPT, occasion_of(desk.id), facts_of(lent, returned))
    person = session.get_one(Person, desk.person_id)
    to = person_addressed(person, centre_id=centre_id, institution_id=desk.institution_id)
    return owe(session, letter, to, now)


def occasion_of(session_id: int) -> str:
    """Return the occasion of a session's receipt."""
    return f"{LetterKind.LOAN_RECEIPT.value}:{session_id}"


def facts_of(lent: Iterable[ReceiptLine], returned: Iterable[ReceiptLine]) -> dict[str, Any]:
    """Return what the letter is made from; things that are due on one day stand together."""
    by_day: dict[str, list[dict[str, Any]]] = {}
    for line in lent:
        day = "" if line.due_on is None else line.due_on.isoformat()
        by_day.setdefault(day, []).append(_thing(line))
    groups = [{"due_on": day, "things": by_day[day]} for day in sorted(by_day)]
    return {
        "count": sum(len(things) for things in by_day.values()),
        "due_on": min((day for day in by_day if day), default=""),
        "lent": groups,
        "returned": [_thing(line) for line in returned],
        "no_copying": any(thing["no_copying"] for things in by_day.values() for thing in things),
    }


def _thing(line: ReceiptLine) -> dict[str, Any]:
    return {
        "title": line.title,
        "number": line.barcode,
        "parts": list(line.parts),
        "missing": list(line.missing),
        "no_copying": line.no_copying,
    }
