"""Owe the letters about holds, in the transaction that gives rise to them."""

from datetime import date
from typing import Any

from sqlalchemy import select

from catalogue.models.copy import Copy
from loans.models.hold import Hold
from loans.operations.journal import Act
from loans.operations.withdraw_letters import drop_unsent
from loans.rules.holds import Ending
from schools.models.media_centre import Branch
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.operations.owe import Addressee, Letter, owe, person_addressed


def tell_ready(act: Act, hold: Hold) -> None:
    """Owe whoever waited one letter: a copy is kept, where and until when.

    Source:
        docs/rules.md, Lending 7.2.
    """
    occasion = ready_occasion(hold, hold.ready_on or act.today)
    _owe(act, hold, Letter(LetterKind.HOLD_READY, occasion, _facts(hold)))


def ready_occasion(hold: Hold, ready_on: date) -> str:
    """Return the occasion of the letter that a copy is ready since a day."""
    return f"hold_ready:{hold.id}:{ready_on.isoformat()}"


def tell_ended(act: Act, hold: Hold, why: Ending, reason: str = "") -> None:
    """Owe whoever waited one letter that the hold is over, and why.

    Source:
        docs/rules.md, Lending 7.2.
    """
    facts = _facts(hold) | {"why": why.value, "reason": reason}
    by_staff = why is Ending.BY_STAFF
    letter = Letter(LetterKind.HOLD_EXPIRED, f"hold_expired:{hold.id}", facts, always=by_staff)
    _owe(act, hold, letter)


def tell_desk(act: Act, hold: Hold, copy: Copy, sent_from: int | None = None) -> None:
    """Owe the desk of the pick-up place one letter: a copy is coming, or is to be set aside.

    Args:
        act: the act.
        hold: bound to the copy.
        copy: the copy.
        sent_from: the branch it comes from; None if it stands there already.

    Source:
        docs/rules.md, Lending 7.2.
    """
    origin = None if sent_from is None else act.session.get_one(Branch, sent_from)
    facts = _facts(hold) | {
        "number": copy.barcode,
        "shelf": copy.holding.shelf_mark,
        "origin": "" if origin is None else origin.name,
        "person": hold.person.name,
        "path": f"/desk/holds?branch={hold.place.branch_id}",
    }
    centre = hold.place.branch.centre
    to = Addressee(centre.email, hold.place.branch.name, centre_id=centre.id)
    occasion = f"{LetterKind.HOLD_AT_DESK.value}:{hold.id}:{copy.id}:{act.today.isoformat()}"
    letter = Letter(LetterKind.HOLD_AT_DESK, occasion, facts)
    if owe(act.session, letter, to, act.now):
        act.journal.owed(occasion)


def take_back_from_desk(act: Act, hold: Hold) -> None:
    """Let a letter to the desk go unsent about a copy that is no longer kept for the hold.

    Source:
        docs/rules.md, Lending 8.6.
    """
    if hold.copy_id is None:
        return
    asked = f"{LetterKind.HOLD_AT_DESK.value}:{hold.id}:{hold.copy_id}:"
    told = select(OwedLetter.occasion).where(
        OwedLetter.occasion.startswith(asked, autoescape=True)
    )
    drop_unsent(act.session, act.session.scalars(told).all(), act.journal)


def _owe(act: Act, hold: Hold, letter: Letter) -> None:
    centre_id = hold.holding.centre_id
    to = person_addressed(hold.person, centre_id=centre_id, institution_id=hold.institution_id)
    if owe(act.session, letter, to, act.now):
        act.journal.owed(letter.occasion)


def _facts(hold: Hold) -> dict[str, Any]:
    place = hold.place
    deadline = hold.pickup_deadline
    return {
        "title": hold.holding.title.name,
        "hold": hold.id,
        "place": f"{place.name}, {place.branch.name}",
        "school": hold.institution.short_name or hold.institution.name,
        "due_on": "" if deadline is None else deadline.isoformat(),
        "first": "" if hold.first is None else hold.first.isoformat(),
        "last": "" if hold.last is None else hold.last.isoformat(),
    }
