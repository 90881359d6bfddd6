"""Answer a wish for purchase: ordered, fulfilled or declined, with a sentence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.title import Title
from database.audit import Change, Subject, record
from loans.errors import ChangedMeanwhileError, ImpossibleStepError, NotFoundError
from loans.models.purchase_wish import PurchaseWish
from loans.operations.tell_purchases import tell_answer
from loans.rules.purchases import PurchaseState, may_answer
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class PurchaseAnswer:
    """What staff say to a wish.

    Attributes:
        wish_id: of the wish.
        version: it had when it was opened.
        state: what becomes of it.
        sentence: for whoever wished; not empty where it is declined.
        title_id: the title that came of it; None for none.
    """

    wish_id: int
    version: int
    state: PurchaseState
    sentence: str
    title_id: int | None = None


def answer_wish(
    session: Session, answer: PurchaseAnswer, by: Actor, now: datetime
) -> PurchaseWish:
    """Give a wish its state and answer; owe whoever wished a letter about what is new.

    Raises:
        NotFoundError: no such wish at a centre of the actor, or no such title.
        ChangedMeanwhileError: somebody else answered it since it was opened.
        ImpossibleStepError: the state cannot follow the present one.
    """
    wish = _locked(session, answer, by)
    if not may_answer(wish.state, answer.state):
        raise ImpossibleStepError("wish", wish.state, answer.state)
    if answer.title_id is not None and session.get(Title, answer.title_id) is None:
        raise NotFoundError("title", answer.title_id)
    before = _said(wish)
    wish.state, wish.answer = answer.state, answer.sentence.strip()
    wish.title_id = answer.title_id
    if _said(wish) == before:
        return wish
    wish.changed_at = now
    session.flush()
    session.expire(wish, ["title"])
    subject = Subject("purchase_wish", wish.id, wish.centre_id, wish.institution_id)
    record(session, by, subject, Change("answer_wish", before, _said(wish)), now)
    tell_answer(session, wish, now)
    return wish


def _locked(session: Session, answer: PurchaseAnswer, by: Actor) -> PurchaseWish:
    query = select(PurchaseWish).where(PurchaseWish.id == answer.wish_id)
    wish = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if wish is None or not by.scope(Right.CATALOGUE).covers_centre(wish.centre_id):
        raise NotFoundError("wish", answer.wish_id)
    if wish.version != answer.version:
        raise ChangedMeanwhileError("wish", answer.wish_id)
    return wish


def _said(wish: PurchaseWish) -> dict[str, Any]:
    return {"state": wish.state.value, "answer": wish.answer, "title_id": wish.title_id}
