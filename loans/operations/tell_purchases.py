"""Owe the letter about a wish for purchase, in the transaction that answers it."""

from datetime import datetime

from sqlalchemy.orm import Session

from loans.models.purchase_wish import PurchaseWish
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Letter, owe, person_addressed


def tell_answer(session: Session, wish: PurchaseWish, now: datetime) -> None:
    """Owe whoever wished one letter about the answer; none once the person is cut from it."""
    person = None if wish.person_id is None else session.get(Person, wish.person_id)
    if person is None:
        return
    title = wish.title
    facts = {
        "what": wish.what,
        "state": wish.state.value,
        "answer": wish.answer,
        "title": "" if title is None else title.name,
        "path": "/wishes" if title is None else f"/titles/{title.id}",
    }
    kind = LetterKind.PURCHASE_ANSWERED
    letter = Letter(kind, f"{kind.value}:{wish.id}:{wish.version}", facts)
    to = person_addressed(person, centre_id=wish.centre_id, institution_id=wish.institution_id)
    owe(session, letter, to, now)
