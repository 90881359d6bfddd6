"""Withdraw a copy, unless a loan of it is still open."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError
from catalogue.models.copy import Copy
from catalogue.operations.withdraw import Withdrawal, withdraw_copy
from catalogue.rules.stock import StockRefusal
from loans.operations.drop_pick import drop_pick
from loans.queries.hand_out import open_loan_of
from schools.rules.roles import Actor


def withdraw_from_stock(
    session: Session, wish: Withdrawal, by: Actor, today: date, now: datetime
) -> Copy:
    """Take a copy out of the stock for good; what is claimed lost is settled first.

    A booking it was picked for is no longer ready.

    Raises:
        catalogue.errors.NotFoundError: no such copy at a centre of the actor's.
        catalogue.errors.ActRefusedError: it is on loan or its loan not settled, set aside for
            somebody, or under way.

    Source:
        docs/rules.md, Lending 3.1, 5.6 and 10.4.
    """
    copy = withdraw_copy(session, wish, by, today, now)
    if open_loan_of(session, copy.id) is not None:
        raise ActRefusedError((StockRefusal.COPY_ON_LOAN,))
    drop_pick(session, copy.id)
    return copy
