"""Wish for something the centre lacks, and take the wish back."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.title import Title
from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError
from loans.models.purchase_wish import PurchaseWish
from loans.queries.borrowers import memberships_of
from loans.rules.purchases import PurchaseState
from schools.models.media_concept import TeachingUnit
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseAsked:
    """What somebody wishes for.

    Attributes:
        what: in words; for more copies of a title, its name.
        why: what for, in words; may be empty.
        title_id: more copies of this; None for something the centre does not have.
        unit_id: the teaching unit it is for; then its school wishes.
        institution_id: acted for; None for that of the unit, or else the oldest membership.
    """

    what: str
    why: str = ""
    title_id: int | None = None
    unit_id: int | None = None
    institution_id: int | None = None


def wish_for_purchase(
    session: Session, asked: PurchaseAsked, by: Actor, today: date, now: datetime
) -> PurchaseWish:
    """Note a wish for the centre that serves the school; an open one for the same title stays.

    Raises:
        NotFoundError: no such title or unit, or the actor acts for no such school.

    Source:
        docs/rules.md, Lending 5.9: what could not be had feeds the purchase list.
    """
    if asked.title_id is not None and session.get(Title, asked.title_id) is None:
        raise NotFoundError("title", asked.title_id)
    institution_id, centre_id = _for_whom(session, asked, by, today)
    same = _same(session, asked, by)
    if same is not None:
        return same
    wish = PurchaseWish(
        centre_id=centre_id,
        institution_id=institution_id,
        person_id=by.person_id,
        unit_id=asked.unit_id,
        title_id=asked.title_id,
        what=asked.what.strip(),
        why=asked.why.strip(),
        made_at=now,
        changed_at=now,
    )
    session.add(wish)
    session.flush()
    after = {"title_id": asked.title_id, "unit_id": asked.unit_id}
    record(session, by, _subject(wish), Change("wish_for_purchase", after=after), now)
    return wish


def take_back_wish(session: Session, wish_id: int, by: Actor, now: datetime) -> None:
    """Take back one's own wish while nobody has answered it; it is gone for good.

    Raises:
        NotFoundError: there is none of the actor's.
        ImpossibleStepError: staff have answered it.
    """
    query = select(PurchaseWish).where(PurchaseWish.id == wish_id)
    wish = session.scalar(query.with_for_update(key_share=True))
    if wish is None or wish.person_id is None or wish.person_id != by.person_id:
        raise NotFoundError("wish", wish_id)
    if wish.state is not PurchaseState.OPEN:
        raise ImpossibleStepError("wish", wish.state, PurchaseState.OPEN)
    record(session, by, _subject(wish), Change("take_back_wish"), now)
    session.delete(wish)


def _for_whom(session: Session, asked: PurchaseAsked, by: Actor, today: date) -> tuple[int, int]:
    """Return school and centre: as named, that of the unit, or the oldest membership."""
    named = asked.institution_id
    if asked.unit_id is not None:
        unit = session.get(TeachingUnit, asked.unit_id)
        if unit is None or unit.retired_on is not None:
            raise NotFoundError("unit", asked.unit_id)
        named = unit.institution_id
    for each in memberships_of(session, by.scope(Right.RESERVE), by.person_id or 0, today):
        if each.centre_id is not None and named in {None, each.institution_id}:
            return each.institution_id, each.centre_id
    raise NotFoundError("institution", named or 0)


def _same(session: Session, asked: PurchaseAsked, by: Actor) -> PurchaseWish | None:
    if asked.title_id is None:
        return None
    query = select(PurchaseWish).where(
        PurchaseWish.title_id == asked.title_id,
        PurchaseWish.person_id == by.person_id,
        PurchaseWish.state == PurchaseState.OPEN,
    )
    return session.scalars(query.limit(1)).first()


def _subject(wish: PurchaseWish) -> Subject:
    return Subject("purchase_wish", wish.id, wish.centre_id, wish.institution_id)
