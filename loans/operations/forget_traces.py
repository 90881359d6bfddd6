"""Forget traces: letters, the desk's log and wishes that name borrowers beside what they had."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, Select, Update, delete, func, select, update
from sqlalchemy.orm import Session

from catalogue.models.defect import Defect
from catalogue.models.holding import Holding
from catalogue.rules.defect_states import STILL_OPEN
from database.audit import cut_people, without_words
from loans.models.basket import BasketLine
from loans.models.collective_order import CollectiveOrder
from loans.models.desk_session import DeskScan, DeskSession
from loans.models.hold import Hold, HoldState
from loans.models.purchase_wish import PurchaseWish
from loans.operations.forget_borrowers import forgotten_people, words_for
from loans.queries.forgettable import Horizon
from loans.rules.purchases import PurchaseState
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person

NOT_ABOUT_LENDING = frozenset(
    {
        LetterKind.INVITATION,
        LetterKind.PASSWORD_RESET,
        LetterKind.REGISTRATION_PROOF,
        LetterKind.REGISTRATION_RECEIVED,
        LetterKind.MEMBERSHIP_TO_CONFIRM,
        LetterKind.MEMBERSHIP_CONFIRMED,
        LetterKind.MEMBERSHIP_DECLINED,
        LetterKind.BARRIER_REPORTED,
        LetterKind.SEARCH_ALERT,
    }
)
"""Letters that tell nothing of anybody's loans; they are kept for a year."""

OVER = frozenset({HoldState.FULFILLED, HoldState.CANCELLED, HoldState.EXPIRED})
BASKETS_KEPT = timedelta(days=7)
"""A line that ran out holds nothing; so long it can be taken up again."""

ANSWERED = frozenset({PurchaseState.FULFILLED, PurchaseState.DECLINED})


def forget_desks(session: Session, session_ids: Collection[int]) -> int:
    """Delete sessions of the desk with their log; returns how many lines it had."""
    scans = _count(session, delete(DeskScan).where(DeskScan.session_id.in_(session_ids)))
    _count(session, delete(DeskSession).where(DeskSession.id.in_(session_ids)))
    return scans


def forget_letters(session: Session, centre_id: int | None, before: datetime, most: int) -> int:
    """Delete letters about lending made before an instant and not waiting to be sent.

    Args:
        session: within the night's unit of work.
        centre_id: whose letters; None for those of no centre.
        before: the borrower is cut from what came back before it, so its letters go.
        most: how many at most; the caller asks again while so many were deleted.

    Source:
        docs/rules.md, Lending 12.1.
    """
    old = (
        select(OwedLetter.id)
        .where(OwedLetter.centre_id == centre_id, OwedLetter.created_at < before)
        .where(OwedLetter.state != LetterState.OWED)
        .where(OwedLetter.kind.not_in(NOT_ABOUT_LENDING))
        .limit(most)
    )
    ids = session.scalars(old).all()
    return _count(session, delete(OwedLetter).where(OwedLetter.id.in_(ids)))


def forget_other_letters(session: Session, before: datetime, most: int) -> int:
    """Delete letters of any kind and centre made before an instant, but for those that wait."""
    old = select(OwedLetter.id).where(
        OwedLetter.created_at < before, OwedLetter.state != LetterState.OWED
    )
    ids = session.scalars(old.limit(most)).all()
    return _count(session, delete(OwedLetter).where(OwedLetter.id.in_(ids)))


def forget_wishes(session: Session, horizon: Horizon, now: datetime) -> dict[str, int]:
    """Forget who waited for what, wished it bought, ordered it or had it in the basket.

    Holds that are over go wholly: refused wishes tell of the demand, without a person. What the
    audit log tells of holds and wishes names nobody either.

    Returns:
        How many of each kind were deleted, or lost the person behind them.

    Source:
        docs/rules.md, Lending 5.9 and 12.1.
    """
    here = select(Holding.id).where(Holding.centre_id == horizon.centre_id)
    ended = func.coalesce(Hold.ended_at, Hold.created_at)
    over = (Hold.holding_id.in_(here), Hold.state.in_(OVER), ended < horizon.desk)
    answered = (
        PurchaseWish.centre_id == horizon.centre_id,
        PurchaseWish.person_id.is_not(None),
        PurchaseWish.state.in_(ANSWERED),
        PurchaseWish.changed_at < horizon.bookings_at,
    )
    _cut_from_log(session, "hold", select(Hold.id, Hold.person_id).where(*over))
    of_wishes = select(PurchaseWish.id, PurchaseWish.person_id).where(*answered)
    _cut_from_log(session, "purchase_wish", of_wishes)
    wishes = update(PurchaseWish).where(*answered)
    orders = (
        update(CollectiveOrder)
        .where(CollectiveOrder.centre_id == horizon.centre_id)
        .where(CollectiveOrder.opened_by.is_not(None), CollectiveOrder.last < horizon.bookings)
    )
    baskets = delete(BasketLine).where(
        BasketLine.holding_id.in_(here), BasketLine.held_until < now - BASKETS_KEPT
    )
    return {
        "holds": _count(session, delete(Hold).where(*over)),
        "wishes": _count(session, wishes.values(person_id=None)),
        "orders": _count(session, orders.values(opened_by=None)),
        "baskets": _count(session, baskets),
    }


def _cut_from_log(session: Session, kind: str, whose: Select[*tuple[int, int | None]]) -> None:
    """Cut people from the log of what was theirs.

    Args:
        session: within the night's unit of work.
        kind: of the subjects, as the log names it.
        whose: their keys, each with its person's.
    """
    owners = dict(session.execute(whose).all())
    who = forgotten_people(session, owners.values())
    cut_people(
        session,
        kind,
        {key: who[person_id] for key, person_id in owners.items() if person_id in who},
    )


def forget_reporters(session: Session, horizon: Horizon, most: int) -> int:
    """Cut people from closed defects, and their names from what was written; returns how many.

    A closed defect tells what was wrong, no longer who had the thing; nor does the audit log. Of
    what was found in the house it goes on to tell who reported it.

    Source:
        docs/rules.md, Lending 12.1.
    """
    query = (
        select(Defect, Person)
        .join(Person, Person.id == Defect.person_id)
        .where(Defect.centre_id == horizon.centre_id, Defect.state.not_in(STILL_OPEN))
        .where(Defect.changed_at < horizon.loans)
        .order_by(Defect.id)
        .limit(most)
    )
    rows = session.execute(query).all()
    who = forgotten_people(session, [person.id for _defect, person in rows])
    lent = {defect.id: who[person.id] for defect, person in rows if defect.institution_id}
    cut_people(session, "defect", lent)
    for defect, person in rows:
        words = words_for(person)
        defect.text = without_words(defect.text, words)
        defect.answer = without_words(defect.answer, words)
        defect.person_id = None
    session.flush()
    return len(rows)


def _count(session: Session, statement: Delete | Update) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)
