"""Withdraw copies with a reason, and titles of which nothing is left."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError
from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.operations.editing import lock_copy, lock_title
from catalogue.rules.copy_states import CopyState
from catalogue.rules.stock import (
    StockRefusal,
    WithdrawalReason,
    counts_in_capacity,
    withdrawal_refusals,
)
from database.audit import Change, Subject, record
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A copy that leaves the stock; `note` says more than the reason, and may be empty."""

    copy_id: int
    reason: WithdrawalReason
    note: str = ""


def withdraw_copy(
    session: Session, wish: Withdrawal, by: Actor, today: date, now: datetime
) -> Copy:
    """Take a copy out of the stock for good; its number stays taken.

    Locks the holding, then the copy. Withdrawing it once more does nothing.

    Raises:
        NotFoundError: no such copy at a centre of the actor's.
        ActRefusedError: it is on loan, set aside for somebody, or under way.
    """
    copy = lock_copy(session, wish.copy_id, by)
    if copy.state is CopyState.WITHDRAWN:
        return copy
    refusals = withdrawal_refusals(CopyState(copy.state))
    if refusals:
        raise ActRefusedError(refusals)
    if counts_in_capacity(CopyState(copy.state), lendable=copy.lendable, numbered=copy.numbered):
        copy.holding.lendable -= 1
    before = {"state": copy.state.value}
    copy.state = CopyState.WITHDRAWN
    copy.withdrawn_on, copy.withdrawn_reason = today, wish.reason.value
    change = Change("withdraw_copy", before, {"reason": wish.reason.value}, wish.note)
    record(session, by, Subject("copy", copy.id, copy.centre_id), change, now)
    return copy


def withdraw_title(
    session: Session, title_id: int, reason: str, by: Actor, now: datetime
) -> Title:
    """Take a title out of the catalogue; what was lent of it stays told.

    Locks its holdings, then the title.

    Raises:
        NotFoundError: no such title within the actor's reach.
        ActRefusedError: another centre keeps it, or copies of it are left.
    """
    holdings = select(Holding.id).where(Holding.title_id == title_id).order_by(Holding.id)
    session.scalars(holdings.with_for_update(key_share=True)).all()
    title = lock_title(session, title_id, by)
    left = exists().where(
        Copy.holding_id == Holding.id,
        Holding.title_id == title_id,
        Copy.state != CopyState.WITHDRAWN,
    )
    if session.scalar(select(left)):
        raise ActRefusedError((StockRefusal.COPIES_LEFT,))
    title.withdrawn_at = title.changed_at = now
    change = Change("withdraw_title", None, {"name": title.name}, reason)
    record(session, by, Subject("title", title.id, title.keeper_id), change, now)
    return title
