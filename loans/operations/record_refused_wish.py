"""Remember what could not be had: it feeds the purchase list."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from loans.models.refused_wish import RefusedWish
from loans.operations.book import BookingWish


def record_refused_wish(
    session: Session, wish: BookingWish, occasion: str, codes: Sequence[str], today: date
) -> None:
    """Remember, without the person, what could not be had; a repeat is counted once.

    Args:
        session: the session, in a unit of work of its own: that of the refusal wrote nothing.
        wish: what was refused.
        occasion: unique text of the request; only its digest is kept, for it names an account.
        codes: every reason.
        today: the day of the wish.

    Source:
        docs/rules.md, Lending 5.9.
    """
    occasion = sha256(occasion.encode()).hexdigest()
    known = select(RefusedWish.id).where(RefusedWish.occasion == occasion)
    if session.scalar(known) is not None or session.get(Holding, wish.holding_id) is None:
        return
    session.add(
        RefusedWish(
            occasion=occasion,
            holding_id=wish.holding_id,
            institution_id=wish.institution_id,
            unit_id=wish.unit_id,
            wished_on=today,
            first=wish.period.first,
            last=wish.period.last,
            quantity=wish.quantity,
            codes=list(codes),
        )
    )
